"""Public holidays, as days on which nobody goes to hospital without need."""

from __future__ import annotations

from datetime import date

from chinese_calendar import get_holiday_detail

from onestop_cli.county.workdays import KNOWN_YEARS, Calendar

_BY_LAW = frozenset({(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)})
"""Month and day of the holidays that lie on the same days every year, for years of which no more is known."""


def is_holiday(calendar: Calendar, day: date) -> bool:
    """Whether `day` is off as a public holiday, the weekend it takes in included, or because the county says so."""
    if day in calendar.workdays or day in calendar.holidays:
        return day not in calendar.workdays
    if day.year not in KNOWN_YEARS:
        return (day.month, day.day) in _BY_LAW
    off, name = get_holiday_detail(day)
    return bool(off) and name is not None
