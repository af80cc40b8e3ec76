"""Printed means, shares and rates beside what their own row gives."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from onestop_cli.audit.aggregates.across import known
from onestop_cli.audit.aggregates.model import (
    AmountColumn,
    PrintedTable,
    Row,
    Slip,
    differs,
    shown,
    step_of,
)
from onestop_cli.audit.aggregates.titles import PAYERS, plain


@dataclass(frozen=True)
class Rate:
    """A quotient that tables print: form of its title, parts above (added up) and below (the first that is there)."""

    form: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    percent: bool = False


RATES = (
    Rate(r"(次均|人次|例均)(住院|门诊)?(医药|医疗)?费用?", ("total",), ("cases",)),
    Rate(r"(次均|例均)(补偿|报销|救助).*", PAYERS, ("cases",)),
    Rate(r"实际(补偿|报销)比例?%?|实际(补偿|报销)率", PAYERS, ("total",), percent=True),
    Rate(r"(个人)?(自付|支付|负担)(率|比例?|占比)%?", ("self",), ("total",), percent=True),
    Rate(r"(目录内|可补偿|合规)(费用)?(占比|比例?)%?", ("eligible",), ("total",), percent=True),
    Rate(r"(资金|基金)?(使用|支出)率%?", ("spent", *PAYERS), ("funds", "received"), percent=True),
    Rate(r"(资金|基金)?到位率%?", ("received",), ("funds_due",), percent=True),
    Rate(r"参[合保]率%?", ("enrolled",), ("entitled",), percent=True),
    Rate(r"受益(率|面)%?", ("cases",), ("enrolled",), percent=True),
    Rate(r".*人均(受益|补偿|报销).*", ("spent", *PAYERS), ("enrolled", "people")),
    Rate(r"人均筹资.*", ("funds", "received"), ("enrolled",)),
    Rate(r"人均(住院|门诊)?(医药|医疗)?费用?", ("total",), ("people",)),
)
"""Percentages are printed without their sign. A rate of which a part is not in the table is not looked at."""

_Known = Mapping[str, tuple[AmountColumn, Decimal]]


def quotients(table: PrintedTable) -> Iterator[Slip]:
    """Every rate that is not what its own row gives, what was rounded before aside."""
    for at, column in enumerate(table.columns):
        title = plain(column.title)
        rate = next((rate for rate in RATES if re.fullmatch(rate.form, title)), None)
        for row in table.rows if rate else ():
            stated = row.values[at]
            there = known(table, row, column.group)
            if rate is not None and stated is not None and (made := _operands(rate, there)):
                slip = _quotient(row, column.title, stated, *made, 100 if rate.percent else 1)
                if slip:
                    yield slip


def _operands(rate: Rate, there: _Known) -> tuple[list[_Printed], _Printed] | None:
    """The numbers above and the one below; None where one is lacking or nothing can be divided by."""
    above = ["spent"] if "spent" in rate.above and "spent" in there else rate.above
    terms = [_printed(*there[part]) for part in above if part in there]
    below = next((_printed(*there[part]) for part in rate.below if part in there), None)
    return (terms, below) if terms and below and below.number else None


@dataclass(frozen=True)
class _Printed:
    """A printed number and how far the true one may be from it: fen and whole people are exact."""

    number: Decimal
    half: Decimal


def _printed(column: AmountColumn, number: Decimal) -> _Printed:
    step = step_of(number)
    exact = step < 1 or (column.counts and step == 1)
    return _Printed(number, Decimal(0) if exact else step / 2)


def _quotient(
    row: Row,
    title: str,
    stated: Decimal,
    above: Sequence[_Printed],
    below: _Printed,
    scale: int,
) -> Slip | None:
    """`stated` beside the quotient; None when some numbers that round to the printed ones give it."""
    over = sum((term.number for term in above), Decimal(0))
    spread = sum((term.half for term in above), Decimal(0))
    made = over * scale / below.number
    low = (over - spread) * scale / (below.number + below.half)
    high = (over + spread) * scale / (below.number - below.half)
    step = step_of(stated)
    if low - step / 2 <= stated <= high + step / 2:
        return None
    expected = round(made, max(2, -int(step.as_tuple().exponent)))
    how = f"{'＋'.join(shown(term.number) for term in above)} ÷ {shown(below.number)}"
    kind, sentence = "quotient", f"{differs(stated, expected)}（{how}）"
    if made.quantize(step, ROUND_DOWN) == stated:
        kind, sentence = "truncated", f"{sentence}，尾数被截去而不是四舍五入"
    return Slip(kind, row.place, row.label, title, stated, expected, sentence)
