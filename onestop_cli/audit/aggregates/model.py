"""A table as printed, and what is wrong with it.

Numbers stay the decimals that are printed, in yuan or cases: 54.5 万元 is `Decimal("5.45E+5")`, so that
the last printed digit is still known. A difference is named for what it looks like: rounding (within half
a printed unit for each term), digits cut off instead of rounded, or just a difference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from onestop_cli.audit.aggregates.titles import COUNTS, QUOTIENT


@dataclass(frozen=True)
class AmountColumn:
    """A numeric column: its printed title, what it means (a key of `PARTS`) if that is known, the group of columns
    that it stands in (门诊, 住院, 合计), and its printed number where the form has one."""

    title: str
    part: str | None = None
    group: str = ""
    number: int | None = None
    place: int | None = None
    """Of a table that lists its items downwards: the row of the item, 1-based."""

    @property
    def adds_up(self) -> bool:
        """Whether rows of the column have a sum: means, shares and rates have none."""
        return not re.search(QUOTIENT, self.title)

    @property
    def counts(self) -> bool:
        """Whether the column counts people or cases."""
        return self.part in COUNTS


@dataclass(frozen=True)
class Row:
    """A line of the table: its label, its numbers (None where blank), its row in the file, 1-based, and how many
    blanks the label is set in by."""

    label: str
    values: tuple[Decimal | None, ...]
    place: int
    indent: int = 0


@dataclass(frozen=True)
class UnreadCell:
    """A cell of a number column that is neither blank nor a number."""

    place: int
    title: str
    text: str


@dataclass(frozen=True)
class PrintedTable:
    """A table as printed. `about`: what stands above it; `words`: titles of columns that hold none or hardly any
    numbers; `source`: the file it lies in."""

    name: str
    columns: tuple[AmountColumn, ...]
    rows: tuple[Row, ...]
    about: str = ""
    unread: tuple[UnreadCell, ...] = ()
    words: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Slip:
    """One thing that does not add up: where, what is printed, what it should be, and what it looks like."""

    kind: str
    place: int
    label: str
    title: str
    stated: Decimal
    expected: Decimal
    sentence: str

    @property
    def difference(self) -> Decimal:
        return self.stated - self.expected


KINDS = {
    "sum": "合计不符",
    "missing_row": "疑似漏列一行",
    "left_out": "疑似一行未计入",
    "parts": "分项与总额不符",
    "payers": "支付超过总费用",
    "quotient": "比例或均值不符",
    "equation": "核对公式不符",
    "details": "与明细不符",
    "truncated": "截尾",
    "percent": "恰为整百分比",
    "copied": "与另一处雷同",
    "rounding": "四舍五入",
}
"""Kinds of slips and their Chinese names, gravest first; `rounding` is harmless."""


def again(slip: Slip, kind: str, sentence: str) -> Slip:
    """The slip under another kind and sentence."""
    return replace(slip, kind=kind, sentence=sentence)


def compare(
    kind: str,
    row: Row,
    title: str,
    stated: Decimal,
    terms: Sequence[Decimal],
    *,
    counts: bool = False,
) -> Slip | None:
    """`stated` beside the sum of `terms`; None when they agree to the last printed digit.

    `counts`: cases, which nothing is rounded for unless they are printed in ten thousands.
    """
    total, step = sum(terms[1:], terms[0]), step_of(stated)
    whole = counts and step <= 1
    finer = any(step_of(term) < step for term in terms) and not whole
    if stated == total or (finer and total.quantize(step, ROUND_HALF_UP) == stated):
        return None
    about = differs(stated, total)
    play = step + sum(map(step_of, terms), Decimal(0))
    if finer and total.quantize(step, ROUND_DOWN) == stated:
        kind, about = "truncated", f"{about}，尾数被截去而不是四舍五入"
    elif not whole and abs(stated - total) * 2 <= play:
        kind, about = "rounding", f"{about}，各项四舍五入可以解释"
    return Slip(kind, row.place, row.label, title, stated, total, about)


def differs(stated: Decimal, expected: Decimal) -> str:
    """The two numbers and what lies between, as a sentence, in the unit that is printed."""
    like = step_of(stated)
    numbers = [shown(number, like) for number in (stated, expected, stated - expected)]
    return "印作 {}，应为 {}，相差 {}".format(*numbers)


def step_of(number: Decimal) -> Decimal:
    """One unit in the last printed digit."""
    return Decimal(1).scaleb(int(number.as_tuple().exponent))


def shown(number: Decimal, like: Decimal | None = None) -> str:
    """The number with thousands apart; in 万 where it (or `like`) is printed in tens or coarser."""
    if int((number if like is None else like).as_tuple().exponent) > 0:
        return f"{number.scaleb(-4):,f} 万"
    return f"{number:,f}"
