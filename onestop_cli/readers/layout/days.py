"""Days in every form that files write them, both Excel epochs included; a doubtful day is no day."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

import polars as pl

from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.layout.cells import NOTHING, cell_text

Order = Literal["ymd", "mdy", "dmy"]
Month = Literal["refuse", "first", "last"]

_OPEN = {*NOTHING, "", "至今", "长期", "永久", "待定", "0"}
_SEPARATED = re.compile(
    r"(\d{1,4})(?P<s>\s*[-./\\年、,]\s*|\s+)(\d{1,2})(?:\s*[-./\\月、,]\s*|\s+)(\d{1,4})\s*[日号]?(?P<t>.*)"
)
_PACKED = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?P<t>(?:[ T]?\d\d:?\d\d(?::?\d\d)?)?)(?:\.0*)?")
_MONTH = re.compile(r"((?:19|20)\d\d)(?:\s*[-./年]\s*(\d{1,2})\s*月?|(\d\d)月?)(?:份)?(?:\.0+)?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_SERIALS = range(10_000, 100_000)
"""Day numbers of Excel in number cells, 1927 to 2173; as text such a number could be a month (19986)."""

_CLOCK = re.compile(
    r"\s*(?:T\s*)?(?:[上下]午|AM|PM)?\s*(?:\d{1,2}\s*[:时点]\s*(?:\d{1,2}\s*[:分]?\s*)?(?:\d{1,2}(?:\.\d+)?\s*秒?)?)?"
    r"\s*(?:AM|PM|Z|\+08:?00)?[.。]?"
)

KEPT = 4096
"""How many texts and their days are remembered from file to file."""

_ENDS: tuple[Month, Month] = ("first", "last")
_CHINESE = re.compile(r"[〇零○◯OoО一二三四五六七八九十廿卅]+(?=[年月日号])|元(?=月)")
_MIXED = re.compile(r"(?<=[一二三四五六七八九〇])0|0(?=[0〇]?[一二三四五六七八九])")
"""A nought among Chinese numerals: 二0一0年, 二00九年."""

_WEEKDAY = re.compile(r"\s*[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?\s*$")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ENGLISH = re.compile(rf"(\d{{1,2}})[- ]({_MONTHS})[a-z]*[-, ]+((?:19|20)?\d\d)", re.IGNORECASE)
"""8-Oct-10, as an English Excel writes days into a text file."""

_DIGIT = dict(zip("〇零○◯OoО一元二三四五六七八九", "00000001123456789", strict=True))
_TENS = {"十": 10, "廿": 20, "卅": 30}
_DASHES = str.maketrans("—–―─‐‑‒−。", "--------.")
_LASTED = re.compile(r"\s*[(]共?\d+天[)]$")
_UNTIL = re.compile(r"至|到|~|-{2,}")
_REST = re.compile(r"(?:(\d{1,2})\s*[-./月]\s*)?(\d{1,2})\s*[日号]?")
_PACKED_TIME = re.compile(r"(?:19|20)\d{6}[ T]?(\d\d)(\d\d)(\d\d)?")
_TIME = re.compile(r"(?<!\d)(\d{1,2})[:：时点](\d{1,2})(?:[:：分](\d{1,2}))?(?!\d)")


@dataclass(frozen=True)
class Habit:
    """How one column writes its days.

    `order`: what 3/5/2010 means; null refuses what could be read two ways. `month`: what a month
    without a day stands for. `century`: two-digit years above it are of the 1900s.
    """

    epoch_1904: bool = False
    order: Order | None = None
    month: Month = "refuse"
    century: int = 69


def days(values: Sequence[Cell], habit: Habit) -> tuple[pl.Series, list[int]]:
    """The cells as days, and the rows (0-based) whose cell is something else."""
    if set(map(type, values)) == {str}:
        known = {text: read_day(text, habit) for text in set(values)}
        found = [known[text] for text in values]
    else:
        found = [read_day(value, habit) for value in values]
    read = pl.Series([day for day, _ in found], dtype=pl.Date)
    return read, [row for row, (_, fault) in enumerate(found) if fault is not None]


def read_day(value: Cell, habit: Habit) -> tuple[date | None, str | None]:
    """The day of a cell, or the text of what is none; both None for an empty cell."""
    if isinstance(value, datetime):
        return value.date(), None
    if isinstance(value, date):
        return value, None
    if habit.month == "refuse" and isinstance(value, float | int) and value in _SERIALS:
        return _from_serial(int(value), habit.epoch_1904), None
    return _day_of(cell_text(value), habit)


@lru_cache(maxsize=KEPT)
def _day_of(written: str, habit: Habit) -> tuple[date | None, str | None]:
    """`read_day` of a text. The files of a quarter have the same few hundred days."""
    text = unicodedata.normalize("NFKC", written).strip(" '’`\t\r\n\u200b\ufeff")
    if text in _OPEN or not text.strip("-—–─_"):
        return None, None
    day = _from_text(uniform(text), habit)
    return day, None if day else text


def uniform(text: str) -> str:
    """A day's text in half width with plain hyphens, Chinese numerals (元月, 二〇一〇年十月八日) as digits."""
    half = _WEEKDAY.sub("", unicodedata.normalize("NFKC", text).translate(_DASHES))
    if match := _ENGLISH.fullmatch(half):
        month = _MONTHS.split("|").index(match[2].lower()) + 1
        return (
            f"{_full_year(int(match[3]), 69) if len(match[3]) < 3 else match[3]}-{month}-{match[1]}"
        )
    half = _MIXED.sub("〇", half)
    return _CHINESE.sub(lambda match: _in_digits(match[0]), half)


def _in_digits(numeral: str) -> str:
    """`二〇一〇` → `2010`, `十` → `10`, `二十一` → `21`, `廿八` → `28`; what is no number stays as it is."""
    tens = [place for place, char in enumerate(numeral) if char in _TENS]
    if not tens:
        return "".join(_DIGIT[char] for char in numeral)
    ahead, behind = numeral[: tens[0]], numeral[tens[0] + 1 :]
    if len(tens) > 1 or len(ahead) > 1 or len(behind) > 1 or (ahead and numeral[tens[0]] != "十"):
        return numeral
    many = int(_DIGIT[ahead]) * 10 if ahead else _TENS[numeral[tens[0]]]
    return str(many + (int(_DIGIT[behind]) if behind else 0))


def spans(values: Sequence[Cell], habit: Habit) -> tuple[pl.Series, pl.Series, list[int]]:
    """First and last day of cells such as `2010.10.8-2010.10.15` or `10月8日至15日`, and the rows of any others."""
    known = {value: _span(value, habit) for value in set(values)}
    found = [known[value] for value in values]
    wrong = [
        row for row, (first, last, blank) in enumerate(found) if not (blank or (first and last))
    ]
    first, last = (pl.Series([days[n] for days in found], dtype=pl.Date) for n in (0, 1))
    return first, last, wrong


def _span(value: Cell, habit: Habit) -> tuple[date | None, date | None, bool]:
    """Both days of a cell, and whether it is blank. Hyphen, stroke or blank part them if one reading is possible."""
    text = uniform(cell_text(value)).strip(" '’`\t\r\n\u200b\ufeff")
    if text in _OPEN or not text.strip("-_"):
        return None, None, True
    text = _LASTED.sub("", text)
    if len(marks := list(_UNTIL.finditer(text))) == 1:
        cuts = [(text[: marks[0].start()], text[marks[0].end() :])]
    else:
        cuts = [(text[:at], text[at + 1 :]) for at, c in enumerate(text) if c in "-/ \n"]
    found = {both for before, after in cuts if (both := _both(before, after.strip(), habit))}
    first, last = found.pop() if len(found) == 1 else (None, None)
    return first, last, False


def _both(before: str, after: str, habit: Habit) -> tuple[date, date] | None:
    """The days of a span; the second may leave out the year, or year and month, of the first."""
    first = _from_text(before.strip(), habit)
    if first is None:
        return None
    last = _from_text(after, habit)
    if last is None and (rest := _REST.fullmatch(after)):
        last = _real(first.year, int(rest[1] or first.month), int(rest[2]))
        if last and last < first and rest[1]:
            last = _real(first.year + 1, last.month, last.day)
    return (first, last) if last and last >= first else None


def clocks(values: Sequence[Cell]) -> pl.Series:
    """The time of day in each cell; null where there is none, and at midnight, which programs write for none."""
    known = {value: _clock(value) for value in set(values)}
    return pl.Series([known[value] for value in values], dtype=pl.Time)


def _clock(value: Cell) -> time | None:
    if isinstance(value, datetime):
        found = value.time()
    elif isinstance(value, time):
        found = value
    else:
        found = _clock_of(cell_text(value))
    return found.replace(microsecond=0) if found != time() else None


@lru_cache(maxsize=KEPT)
def _clock_of(text: str) -> time:
    """The time of day in a text; midnight where there is none."""
    match = _TIME.search(text) or _PACKED_TIME.fullmatch(text.strip())
    hour, minute, second = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else time()


def _from_text(text: str, habit: Habit) -> date | None:
    if match := _PACKED.fullmatch(text):
        return _real(int(match[1]), int(match[2]), int(match[3]))
    if match := _SEPARATED.fullmatch(text):
        return _separated(match, habit) if _CLOCK.fullmatch(match["t"].upper()) else None
    if match := _MONTH.fullmatch(text):
        return _of_month(int(match[1]), int(match[2] or match[3]), habit.month)
    if match := _SERIAL.fullmatch(text):
        return _from_serial(int(match[1]), habit.epoch_1904)
    return None


def _separated(match: re.Match[str], habit: Habit) -> date | None:
    """Three numbers: the year stands first, unless it can only stand last."""
    first, second, third = match[1], match[3], match[4]
    a, b, c = int(first), int(second), int(third)
    if len(first) == 4 and len(third) <= 2:
        return _real(a, b, c)
    if len(third) == 4 and len(first) <= 2:
        return _year_last(a, b, c, habit.order)
    if len(first) > 2 or len(third) > 2:
        return None
    if habit.order in ("mdy", "dmy"):
        return _year_last(a, b, _full_year(c, habit.century), habit.order)
    return _real(_full_year(a, habit.century), b, c)


def _year_last(a: int, b: int, year: int, order: Order | None) -> date | None:
    """`a/b/year`; without a known order only when one reading is possible."""
    if order == "dmy":
        return _real(year, b, a)
    if order == "mdy":
        return _real(year, a, b)
    readings = {day for day in (_real(year, a, b), _real(year, b, a)) if day}
    return readings.pop() if len(readings) == 1 else None


def _full_year(year: int, century: int) -> int:
    return year + (1900 if year > century else 2000)


def month_of(text: str) -> tuple[date, date] | None:
    """First and last day of a text that is a month and nothing else."""
    match = _MONTH.fullmatch(text)
    year, month = (int(match[1]), int(match[2] or match[3])) if match else (0, 0)
    first, last = (_of_month(year, month, part) if match else None for part in _ENDS)
    return (first, last) if first and last else None


def _of_month(year: int, month: int, meaning: Month) -> date | None:
    if meaning == "refuse" or not 1 <= month <= 12:
        return None
    return date(year, month, 1 if meaning == "first" else monthrange(year, month)[1])


def _from_serial(serial: int, epoch_1904: bool) -> date | None:
    """A day number of Excel; its 1900 system counts a 29 February 1900 that never was."""
    day = (date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)) + timedelta(serial)
    return _real(day.year, day.month, day.day)


def _real(year: int, month: int, day: int) -> date | None:
    """The day, when there is one in a plausible century."""
    if not 1850 <= year <= 2100:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


DAY_PARTS = re.compile(r"\s*(\d{4})(?:\D{1,2}(\d{1,2})\D(\d{1,2})|(\d\d)(\d\d))\D?\s*")
"""Year, month and day as people type them, whether the calendar has them or not."""


def why_no_day(text: str) -> str:
    """What is wrong with a day: the calendar has none, or it is not written as one."""
    parts = DAY_PARTS.fullmatch(uniform(text))
    if not parts:
        return "看不懂"
    year, month, day = (int(part) for part in parts.groups() if part)
    if not 1 <= month <= 12:
        return f"不存在：没有 {month} 月"
    if 1 <= day <= monthrange(year, month)[1]:
        return "像是写错了年份"
    return f"不存在：{year} 年 {month} 月只有 {monthrange(year, month)[1]} 天，没有 {day} 日"
