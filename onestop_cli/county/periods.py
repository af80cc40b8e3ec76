"""Settlement periods: `2010`, `2010H2`, `2010Q4`, `2010-11`."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from onestop_cli.errors import stop

_FORM = re.compile(r"(\d{4})(?:H([12])|Q([1-4])|-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True)
class Period:
    """First and last day, both inclusive, under the name the clerk typed."""

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
    match = _FORM.fullmatch(text.strip().upper())
    if not match:
        raise stop(
            f"看不懂结算期“{text}”",
            "请写成 2010（全年）、2010H2（下半年）、2010Q4（第四季度）或 2010-11（单月）",
        )
    year, half, quarter, month = match.groups()
    if half:
        start, length = int(half) * 6 - 5, 6
    elif quarter:
        start, length = int(quarter) * 3 - 2, 3
    elif month:
        start, length = int(month), 1
    else:
        start, length = 1, 12
    end = start + length - 1
    last = date(int(year), end, monthrange(int(year), end)[1])
    return Period(match[0], date(int(year), start, 1), last)
