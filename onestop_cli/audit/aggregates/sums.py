"""Totals beside the rows they total: differences, a row that was not printed, a row that was not counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from onestop_cli.audit.aggregates.groups import TotalGroup, groups_of
from onestop_cli.audit.aggregates.model import (
    PrintedTable,
    Row,
    Slip,
    again,
    compare,
    shown,
    step_of,
)
from onestop_cli.audit.aggregates.titles import PAYERS, label_kind

_NEARLY = Decimal("0.9")
"""其中 that comes to this share of its head in every column is taken to name everything."""


def sums_down(table: PrintedTable) -> list[Slip]:
    """Every total that is not the sum of its rows, in the reading of 其中 which the table's own total proves."""
    long, short = (
        [(group, list(_one_total(table, group))) for group in groups_of(table.rows, long=how)]
        for how in (True, False)
    )
    read = short if _grand_total(long) is False and _grand_total(short) else long
    return [
        slip for _, slips in sorted(read, key=lambda item: item[0].total.place) for slip in slips
    ]


def _grand_total(read: Sequence[tuple[TotalGroup, Sequence[Slip]]]) -> bool | None:
    """Whether the rows of the table make its grand total; None where no rows stand for it but 其中."""
    grand = [
        all(slip.kind == "rounding" for slip in slips)
        for group, slips in read
        if label_kind(group.total.label) == "grand" and not group.listed
    ]
    return all(grand) if grand else None


def _one_total(table: PrintedTable, group: TotalGroup) -> Iterator[Slip]:
    """The columns of a total row against the rows it totals."""
    slips = []
    complete = not group.listed or _names_all(table, group)
    for at, column in enumerate(table.columns):
        stated, terms = group.total.values[at], _numbers(group.terms, at)
        if stated is None or not terms or not column.adds_up:
            continue
        if not complete and sum(terms) <= stated:
            continue
        found = [
            compare("sum", group.total, column.title, stated, numbers, counts=column.counts)
            for numbers in (terms, _numbers(group.leaves, at))
            if numbers
        ]
        if slip := _first_unless_right(found):
            slips.append((at, slip))
    yield from _explained(table, group, slips)


def _first_unless_right(found: Sequence[Slip | None]) -> Slip | None:
    """The first slip, None when one of the ways to add up is right."""
    return None if None in found else found[0]


def _numbers(rows: Sequence[Row], at: int) -> list[Decimal]:
    return [number for row in rows if (number := row.values[at]) is not None]


def _names_all(table: PrintedTable, group: TotalGroup) -> bool:
    """Whether several 其中 rows come close to their head in every column that adds up."""
    shares = [
        sum(numbers) >= stated * _NEARLY
        for at, column in enumerate(table.columns)
        if column.adds_up
        and (stated := group.total.values[at]) is not None
        and (numbers := _numbers(group.terms, at))
    ]
    return len(group.terms) > 1 and all(shares)


def _explained(
    table: PrintedTable, group: TotalGroup, slips: Sequence[tuple[int, Slip]]
) -> Iterator[Slip]:
    """The slips of one total, with the one row that would explain them all, if there is one."""
    wrong = [(at, slip) for at, slip in slips if slip.kind == "sum"]
    lacking = [(at, slip) for at, slip in wrong if slip.difference > 0]
    counted = any(table.columns[at].counts for at, _ in lacking)
    apart = _not_counted(table, group, wrong)
    for at, slip in slips:
        if (at, slip) not in wrong:
            yield slip
        elif apart is not None:
            sentence = f"{slip.sentence}；合计里没有计入“{apart.label.strip()}”一行"
            yield again(slip, "left_out", sentence)
        elif counted and len(lacking) > 1 and len(lacking) == len(wrong):
            first = slip is lacking[0][1]
            why = f"；各列同时多出，像是漏列了一行（{_lost(table, lacking)}）" if first else ""
            yield again(slip, "missing_row", f"{slip.sentence}{why}")
        else:
            yield slip


def _not_counted(
    table: PrintedTable, group: TotalGroup, wrong: Sequence[tuple[int, Slip]]
) -> Row | None:
    """The only row without which every wrong column is right; one column of cases alone proves nothing."""
    if not wrong or (len(wrong) == 1 and table.columns[wrong[0][0]].counts):
        return None
    fits = [row for row in group.terms if all(_lacks(row.values[at], slip) for at, slip in wrong)]
    return fits[0] if len(fits) == 1 and len(group.terms) > 2 else None


def _lacks(value: Decimal | None, slip: Slip) -> bool:
    """Whether the total is too small by just this value, a printed unit aside."""
    return bool(value) and value is not None and abs(slip.difference + value) <= step_of(value)


def _lost(table: PrintedTable, lacking: Sequence[tuple[int, Slip]]) -> str:
    """The row that was not printed, with its mean and rate where they can be told."""
    what = [f"{slip.title} {shown(slip.difference)}" for _, slip in lacking]
    by_part = {table.columns[at].part: slip.difference for at, slip in lacking}
    cost = by_part.get("total")
    if cost and (cases := by_part.get("cases")):
        what.append(f"次均 {shown(round(cost / cases, 2))}")
    if cost and (paid := sum(by_part.get(part, Decimal(0)) for part in PAYERS)):
        what.append(f"补偿比 {shown(round(paid * 100 / cost, 1))}%")
    return "、".join(what)
