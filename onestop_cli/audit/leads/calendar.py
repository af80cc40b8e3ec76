"""Stand-in until county.workdays is there."""

from __future__ import annotations

from datetime import date

from chinese_calendar import get_holiday_detail, is_workday


class Calendar:
    def works_on(self, day: date) -> bool:
        return bool(is_workday(day))

    def is_holiday(self, day: date) -> bool:
        off, name = get_holiday_detail(day)
        return bool(off and name)


PLAIN = Calendar()
