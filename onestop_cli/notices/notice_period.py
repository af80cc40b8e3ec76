"""公示期: from which day and for how many working days a list hangs, and what is absurd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from onestop_cli.county.deadlines import chinese_day
from onestop_cli.county.periods import Period
from onestop_cli.county.settings import MOST_NOTICE_DAYS
from onestop_cli.county.workdays import KNOWN_YEARS, Calendar, unknown_years
from onestop_cli.errors import CannotRun, Problem

DAYS = 7
"""Working days a list stays up unless the county says otherwise."""

_LATEST = 20
"""Years after its period in which a list may still be meant to be hung."""
_BLANK = "　　　　年　　月　　日"


@dataclass(frozen=True)
class NoticePeriod:
    """How long lists hang. `first`: the first day, None while nobody knows it. `days`: working days by `calendar`."""

    first: date | None = None
    days: int = DAYS
    calendar: Calendar = field(default_factory=Calendar)

    @property
    def last(self) -> date | None:
        """The last day, inclusive; None leaves room to write it."""
        return self.calendar.last_of(self.first, self.days) if self.first else None

    @property
    def span(self) -> str:
        """公示期 in words, with blanks for a hand to fill when no day was given."""
        first, last = (chinese_day(day) if day else _BLANK for day in (self.first, self.last))
        return f"{first}至{last}，共 {self.days} 个工作日{self._doubt}"

    @property
    def unknown(self) -> tuple[int, ...]:
        """The years in it of which no holidays are known."""
        return unknown_years(self.first, self.last) if self.first and self.last else ()

    @property
    def _doubt(self) -> str:
        if not self.unknown:
            return ""
        years = "、".join(map(str, self.unknown))
        return f"（{years}年的放假安排未载入，只扣除周末）"


def check_notice_period(notice: NoticePeriod, period: Period) -> None:
    """Raise `CannotRun` naming everything about a 公示期 of `period` that cannot be meant."""
    if problems := list(_problems(notice, period)):
        raise CannotRun(problems)


def _problems(notice: NoticePeriod, period: Period) -> Iterator[Problem]:
    if not 1 <= notice.days <= MOST_NOTICE_DAYS:
        yield Problem(
            f"公示期 {notice.days} 天不成立",
            f"--days 请写 1 到 {MOST_NOTICE_DAYS} 的整数，通常为 7 个工作日",
        )
    first = notice.first
    if first and first <= period.last:
        yield Problem(
            f"公示第一天 {first} 不晚于结算期末（{period.last}）",
            f"{period.chinese}结算后才能公示，--from 请写 {period.last} 以后的日期",
        )
    elif first and first.year > period.last.year + _LATEST:
        yield Problem(
            f"公示第一天 {first} 太晚，像是写错了年份",
            f"--from 请写{period.chinese}以后 {_LATEST} 年以内的日期",
        )


def known_until() -> str:
    """The years of which the holidays are known, in words."""
    return f"{KNOWN_YEARS[0]}—{KNOWN_YEARS[-1]}年"
