"""Working days: Monday to Friday, moved about as the State Council moves them (调休), and as the county says itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from chinese_calendar import is_workday
from chinese_calendar.constants import holidays, workdays

KNOWN_YEARS = range(min(holidays).year, max(*holidays, *workdays).year + 1)
"""Years whose holidays are known; a later version of `chinesecalendar` knows more."""

_SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """The days on which a county works; its own `holidays` and `workdays` come before the State Council's."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Whether `day` is a working day; in a year that nobody knows, whether it is from Monday to Friday."""
        if day in self.workdays:
            return True
        if day in self.holidays:
            return False
        return bool(is_workday(day)) if day.year in KNOWN_YEARS else day.weekday() < _SATURDAY

    def last_of(self, first: date, days: int) -> date:
        """The day on which `days` working days have been counted, `first` included when it is one."""
        day, left = first, days - self.works_on(first)
        while left > 0:
            day += timedelta(days=1)
            left -= self.works_on(day)
        return day

    def after(self, day: date, days: int) -> date:
        """The day on which `days` working days after `day` have been counted."""
        return self.last_of(day + timedelta(days=1), days)


def unknown_years(first: date, last: date) -> tuple[int, ...]:
    """The years between two days of which only weekends are known."""
    return tuple(year for year in range(first.year, last.year + 1) if year not in KNOWN_YEARS)
