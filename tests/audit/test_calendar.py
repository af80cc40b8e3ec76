"""Days off, as leads know them."""

from __future__ import annotations

from datetime import date

import pytest

from onestop_cli.audit.leads.calendar import is_holiday
from onestop_cli.county.workdays import KNOWN_YEARS, Calendar

OWN = Calendar(holidays=frozenset({date(2010, 11, 24)}), workdays=frozenset({date(2010, 10, 4)}))
LATER = KNOWN_YEARS.stop


@pytest.mark.parametrize(
    ("calendar", "day", "off"),
    [
        (Calendar(), date(2010, 10, 1), True),
        (Calendar(), date(2010, 10, 2), True),  # a Saturday within the seven days
        (Calendar(), date(2010, 10, 9), False),  # a Saturday worked instead
        (Calendar(), date(2010, 10, 16), False),  # a Saturday as any other
        (Calendar(), date(2010, 10, 12), False),
        (OWN, date(2010, 11, 24), True),
        (OWN, date(2010, 10, 4), False),
        (Calendar(), date(LATER, 10, 1), True),
        (Calendar(), date(LATER, 10, 9), False),
    ],
)
def test_public_holidays(calendar: Calendar, day: date, off: bool) -> None:
    assert is_holiday(calendar, day) is off
