"""First and last days of an entitlement, and days of death: what is sure, and between which days the rest lies.

A day that cannot be read is never "no limit". It has an earliest and a latest reading, as wide as its words allow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.layout.cells import NOTHING, cell_text
from onestop_cli.readers.layout.days import Habit, month_of, read_day, uniform

Part = Literal["from", "to", "died"]

EVER, NEVER = date(1850, 1, 1), date(2100, 12, 31)
"""The readings of a text that tells no year."""

_AFTER_NOUGHT = date(1901, 1, 1)

_ABOUT, _NEAR = timedelta(days=92), timedelta(days=31)
"""How far a day may lie outside the month or year, or from the day, that words stand beside (左右, 底, 批准 …)."""

_NO_LIMIT = {
    "from": {*NOTHING, "", "长期", "永久", "0"},
    "to": {
        *NOTHING,
        "",
        "长期",
        "永久",
        "至今",
        "待定",
        "在保",
        "在册",
        "在享",
        "享受中",
        "正常",
        "正常享受",
        "未停",
        "未停保",
        "未停发",
        "否",
        "不限",
        "0",
        "9999-12-31",
        "99991231",
        "9999/12/31",
        "9999年12月31日",
        "2999-12-31",
    },
    "died": {*NOTHING, "", "健在", "否", "0"},
}
_YEAR_MONTH = re.compile(r"((?:19|20)\d\d)\s*(?:[-./年]\s*(\d{1,2})(?!\d)|(0[1-9]|1[0-2])(?!\d))")
_DAY = re.compile(r"(?:19|20)\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_ONLY_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0+)?\s*年?度?")
_TWO_MONTHS = re.compile(r"((?:19|20)\d\d)\.1")
_MONTH_OR_SERIAL = re.compile(r"((?:19|20)\d\d)([1-9])(?:\.0+)?")
_EITHER_WAY = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./]((?:19|20)\d\d)")


@dataclass(frozen=True)
class Term:
    """A column of days: `on` where read for sure, else between `earliest` and `latest`; all null for no limit.

    `doubtful`: the rows (0-based) in doubt.
    """

    on: pl.Series
    earliest: pl.Series
    latest: pl.Series

    @property
    def doubtful(self) -> list[int]:
        return list(self.earliest.is_not_null().arg_true())

    def or_else(self, other: Term) -> Term:
        """This one where it says anything, else the other."""
        said = self.on.is_not_null() | self.earliest.is_not_null()
        pairs = ((self.on, other.on), (self.earliest, other.earliest), (self.latest, other.latest))
        return Term(*(mine.zip_with(said, theirs) for mine, theirs in pairs))


def terms(values: Sequence[Cell], part: Part, habit: Habit, *, typed: bool) -> Term:
    """The days of a column. A month stands for its first day in a start, for its last in an end, and leaves a death in
    doubt. `typed`: the file tells numbers from texts; where it does not, 2010.1 may have been 2010.10 in any cell."""
    kinds = {(type(value), value) for value in values}
    known = {kind: _no_nought(_term(kind[1], part, habit, typed), part) for kind in kinds}
    found = [known[type(value), value] for value in values]
    return Term(*(pl.Series([days[n] for days in found], dtype=pl.Date) for n in range(3)))


Days = tuple[date | None, date | None, date | None]


def _no_nought(days: Days, part: Part) -> Days:
    """Nothing ended in 1900: programs write their nought so, which says neither when it ends nor that it does not."""
    last = days[0] or days[2]
    return (None, EVER, NEVER) if part != "from" and last and last < _AFTER_NOUGHT else days


def _term(value: Cell, part: Part, habit: Habit, typed: bool) -> Days:
    text = uniform(cell_text(value)).strip(" '’`\t\r\n\u200b\ufeff")
    if text in _NO_LIMIT[part] or not text.strip("-_"):
        return None, None, None
    doubt = _could_be(text, habit, number=not isinstance(value, str) or not typed)
    if doubt:
        return (None, *_ordered(doubt, part))
    day, _ = read_day(value, habit)
    if day:
        return day, None, None
    if month := month_of(text):
        first, last = month
        return (
            (None, first, last)
            if part == "died"
            else (first if part == "from" else last, None, None)
        )
    return (None, *_about(text))


def _could_be(text: str, habit: Habit, number: bool) -> list[tuple[date, date]]:
    """The months or days that a text could be where it could be two: 2010.1 as a number, 20109, 3/5/2010."""
    if number and (match := _TWO_MONTHS.fullmatch(text)):
        return [_month(int(match[1]), 1), _month(int(match[1]), 10)]
    if match := _MONTH_OR_SERIAL.fullmatch(text):
        serial, _ = read_day(float(match[1] + match[2]), habit)
        return [_month(int(match[1]), int(match[2])), *([(serial, serial)] if serial else [])]
    if habit.order is None and (match := _EITHER_WAY.fullmatch(text)):
        one, two, year = int(match[1]), int(match[2]), int(match[3])
        if 1 <= one <= 12 and 1 <= two <= 12 and one != two:
            days = [date(year, one, two), date(year, two, one)]
            return [(day, day) for day in days]
    return []


def _ordered(readings: Sequence[tuple[date, date]], part: Part) -> tuple[date, date]:
    """The earliest and latest day of several readings: a start begins its month, an end ends it."""
    if part == "died":
        return min(first for first, _ in readings), max(last for _, last in readings)
    days = [last if part == "to" else first for first, last in readings]
    return min(days), max(days)


def _about(text: str) -> tuple[date, date]:
    """Around the day, month or year that words stand beside; anywhere when they tell none, or two."""
    days = {day for m in _DAY.finditer(text) if (day := read_day(m[0], Habit())[0])}
    if len(days) == 1:
        return min(days) - _NEAR, max(days) + _NEAR
    months = {(int(m[1]), int(m[2] or m[3])) for m in _YEAR_MONTH.finditer(text)}
    years = {int(year) for year in _YEAR.findall(text)}
    if len(months) == 1 and 1 <= (month := next(iter(months)))[1] <= 12:
        first, last = _month(*month)
    elif len(years) == 1 and not months:
        first, last = date(next(iter(years)), 1, 1), date(next(iter(years)), 12, 31)
        if _ONLY_YEAR.fullmatch(text):
            return first, last
    elif len({year for year, _ in months}) == 1:
        year = next(iter(months))[0]
        first, last = date(year, 1, 1), date(year, 12, 31)
    else:
        return EVER, NEVER
    return first - _ABOUT, last + _ABOUT


def _month(year: int, month: int) -> tuple[date, date]:
    first = date(year, month, 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
