"""Settlement periods: `2010`, `2010H2`, `2010Q4`, `2010-11`, and as people write them (2010年第四季度, 2010.11)."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from onestop_cli.errors import stop

_FORM = re.compile(
    r"(\d{4})(?:年度?|全年|年全年)?"
    r"(?:[-./]?H([1-9])|[-./]?([上下])半年|[-./]?Q([1-9])|第?([1-9])季度?"
    r"|[-./](\d{1,2})(?:月份?)?|(\d{1,2})月份?|(\d\d))?"
)
_DASHES = str.maketrans("—–―─‐‑‒−。", "--------.")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_TENS = re.compile(r"十([一二])?(?=[月季])")
_REMEDY = "请写成 2010（全年）、2010H2（下半年）、2010Q4（第四季度）或 2010-11（单月）"


@dataclass(frozen=True)
class Period:
    """First and last day, both inclusive. `id`: its name in the forms of the contract, however it was typed."""

    id: str
    first: date
    last: date

    @property
    def is_year(self) -> bool:
        """Whether it is a whole year."""
        return (self.first.month, self.last.month) == (1, 12)

    @property
    def chinese(self) -> str:
        """`2010年第4季度`, `2010年11月`, `2010年下半年`, `2010年度`."""
        year = f"{self.first.year}年"
        months = (self.last.month - self.first.month) + 1
        if months == 12:
            return year[:-1] + "年度"
        if months == 6:
            return year + ("上半年" if self.first.month == 1 else "下半年")
        if months == 3:
            return f"{year}第{self.last.month // 3}季度"
        return f"{year}{self.first.month}月"


def parse_period(text: str) -> Period:
    """The period of `text`; raises `CannotRun` with the accepted forms when it is none."""
    match = _FORM.fullmatch(_plain(text))
    if not match:
        raise stop(f"看不懂结算期“{text}”", _REMEDY)
    year, half, side = match.group(1, 2, 3)
    half = {"上": "1", "下": "2"}.get(side, half)
    quarter, month = match[4] or match[5], match[6] or match[7] or match[8]
    if half:
        return _months(text, int(year), f"H{half}", int(half) * 6 - 5, 6)
    if quarter:
        return _months(text, int(year), f"Q{quarter}", int(quarter) * 3 - 2, 3)
    if month:
        return _months(text, int(year), f"-{int(month):02d}", int(month), 1)
    return _months(text, int(year), "", 1, 12)


def _plain(text: str) -> str:
    """What was typed in half width without blanks, numerals as digits: `2010年第四季度` → `2010年第4季度`."""
    half = "".join(unicodedata.normalize("NFKC", text).split()).upper().translate(_DASHES)
    tens = _TENS.sub(lambda found: f"1{(found[1] or '〇')}", half)
    return tens.translate(_DIGITS)


def _months(text: str, year: int, name: str, start: int, length: int) -> Period:
    """The period of `length` months from month `start`; raises `CannotRun` when the year has no such months."""
    end = start + length - 1
    if year < 1 or not 1 <= start <= end <= 12:
        what = {1: f" {start} 月", 3: f"第 {end // 3} 季度", 6: f" {name}"}.get(length, "公元 0 年")
        raise stop(f"看不懂结算期“{text}”：没有{what}", _REMEDY)
    last = date(year, end, monthrange(year, end)[1])
    return Period(f"{year:04d}{name}", date(year, start, 1), last)
