"""Working days as the State Council moved them, year by year, and as a county says itself."""

from __future__ import annotations

from datetime import date

import pytest

from onestop_cli.county.workdays import KNOWN_YEARS, Calendar, unknown_years


@pytest.mark.parametrize(
    ("first", "days", "last"),
    [
        (date(2011, 1, 6), 1, date(2011, 1, 6)),
        (date(2011, 1, 6), 3, date(2011, 1, 10)),
        (date(2011, 1, 8), 1, date(2011, 1, 10)),
        # 春节 2 to 8 February; Sunday 30 January and Saturday 12 February are worked.
        (date(2011, 1, 28), 7, date(2011, 2, 11)),
        (date(2011, 2, 11), 2, date(2011, 2, 12)),
        # 国庆 and 中秋 2020: 1 to 8 October; Sunday 27 September and Saturday 10 October are worked.
        (date(2020, 9, 27), 6, date(2020, 10, 10)),
        # 2026: 1 to 3 January; Sunday the 4th is worked.
        (date(2025, 12, 31), 3, date(2026, 1, 5)),
    ],
)
def test_days_are_counted_with_the_holidays_and_the_moved_days(
    first: date, days: int, last: date
) -> None:
    assert Calendar().last_of(first, days) == last


def test_the_countys_own_days_come_first() -> None:
    own = Calendar(holidays=frozenset({date(2011, 1, 7)}), workdays=frozenset({date(2011, 1, 8)}))
    assert own.last_of(date(2011, 1, 6), 2) == date(2011, 1, 8)
    assert not Calendar(frozenset({date(2011, 2, 12)})).works_on(date(2011, 2, 12))
    assert Calendar(workdays=frozenset({date(2011, 2, 3)})).works_on(date(2011, 2, 3))


def test_beyond_the_known_years_only_weekends_are_free() -> None:
    after = KNOWN_YEARS[-1] + 1
    assert Calendar().works_on(date(2003, 1, 1))
    assert not Calendar().works_on(date(2003, 1, 4))
    assert unknown_years(date(after - 1, 12, 30), date(after, 1, 8)) == (after,)
    assert unknown_years(date(2004, 1, 1), date(2026, 12, 31)) == ()


def test_the_calendar_knows_2004_to_2026_at_least() -> None:
    assert set(range(2004, 2027)) <= set(KNOWN_YEARS)
