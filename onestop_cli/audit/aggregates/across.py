"""Each row by itself: parts beside their total, payers beside the bill, payments that are whole percentages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from onestop_cli.audit.aggregates.model import (
    AmountColumn,
    PrintedTable,
    Row,
    Slip,
    compare,
    shown,
    step_of,
)
from onestop_cli.audit.aggregates.titles import PAYERS, label_kind


def known(table: PrintedTable, row: Row, group: str) -> dict[str, tuple[AmountColumn, Decimal]]:
    """part → its column and number on the row, for the columns of a group that are understood and filled."""
    pairs = zip(table.columns, row.values, strict=True)
    return {
        column.part: (column, value)
        for column, value in pairs
        if column.part and column.group == group and value is not None
    }


def groups(table: PrintedTable) -> list[str]:
    """The groups of columns in order; `""` is that of a table without any."""
    return list(dict.fromkeys(column.group for column in table.columns))


def parts_across(table: PrintedTable) -> Iterator[Slip]:
    """On every row: payers and own share make the total, and payers alone never more."""
    for row in table.rows:
        for group in groups(table):
            there = known(table, row, group)
            paid = [there[part][1] for part in PAYERS if part in there]
            if "total" in there and paid:
                borne = ("self", "owed") if "self" in there else ()
                own = [there[part][1] for part in borne if part in there]
                yield from _payers(row, *there["total"], paid, own)


def _payers(
    row: Row, column: AmountColumn, total: Decimal, paid: Sequence[Decimal], own: Sequence[Decimal]
) -> Iterator[Slip]:
    sums = sum(paid[1:], paid[0])
    if sums > total:
        sentence = f"各层支付合计 {shown(sums)}，超过总费用 {shown(total)}"
        yield Slip("payers", row.place, row.label, column.title, total, sums, sentence)
    elif own and (slip := compare("parts", row, column.title, total, [*paid, *own])):
        yield slip


def groups_across(table: PrintedTable) -> Iterator[Slip]:
    """On every row: the columns 合计 are the sum of the same columns of 门诊, 住院 and other groups."""
    names = groups(table)
    whole = next((name for name in names if not name or label_kind(name) == "grand"), None)
    others = [name for name in names if name != whole]
    for row in table.rows if whole is not None and len(others) > 1 else ():
        for part, (column, stated) in known(table, row, whole or "").items():
            beside = [known(table, row, name).get(part) for name in others]
            terms = [found[1] for found in beside if found]
            if len(terms) > 1:
                slip = compare("sum", row, column.title, stated, terms, counts=column.counts)
                if slip:
                    yield slip


_TELLING = 1_000
"""A whole percentage tells something when one percent of the total is this many printed units."""


def whole_percentages(table: PrintedTable) -> Iterator[Slip]:
    """Payments that are a whole percentage of the total to the last digit: made from the percentage, it seems."""
    for row in table.rows:
        for group in groups(table):
            there = known(table, row, group)
            total = there["total"][1] if "total" in there else Decimal(0)
            for part in PAYERS:
                if part in there:
                    yield from _whole_percentage(row, total, *there[part])


def _whole_percentage(
    row: Row, total: Decimal, column: AmountColumn, stated: Decimal
) -> Iterator[Slip]:
    if not stated or total < _TELLING * 100 * step_of(stated):
        return
    percent = (stated * 100 / total).quantize(Decimal(1), ROUND_HALF_UP)
    exact = total * percent / 100
    if exact.quantize(step_of(stated), ROUND_HALF_UP) == stated:
        sentence = f"{shown(stated)} 恰为总费用的 {percent}%，像是由比例倒算，不像逐笔相加"
        yield Slip("percent", row.place, row.label, column.title, stated, exact, sentence)
