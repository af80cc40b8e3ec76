"""Figures that stand in two reports of different periods: one may be copied from the other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from onestop_cli.audit.aggregates.model import AmountColumn, PrintedTable, Row, Slip, shown
from onestop_cli.audit.aggregates.titles import plain

_PERIOD = re.compile(
    r"(?:19|20)\d\d(?:年度|年)?(?:(?:第?[1-4一二三四]季度|[QH]\d|上半年|下半年)"
    r"|-?\d{1,2}(?:[-至到~—]\d{1,2})?月?)?",
    re.IGNORECASE,
)
_DIGITS = 8
"""Significant digits that two rows must share: fewer agree by chance."""
_TELLING = 3
"""Significant digits that one of the shared figures must have."""


@dataclass(frozen=True)
class _Figures:
    """A row with its printed numbers by what their columns mean; `own`: the period that its label names, `period`: also
    by what stands around the table."""

    table: PrintedTable
    row: Row
    by_title: dict[str, tuple[AmountColumn, Decimal]]
    own: str
    period: str


def copied(tables: Sequence[PrintedTable]) -> list[tuple[str, Slip]]:
    """Rows of different files, or of different periods in one, that share two figures at least: the table's name and
    the slip."""
    every = [_figures(table, row) for table in tables for row in table.rows]
    by_figure: dict[tuple[str, Decimal], list[int]] = defaultdict(list)
    for number, figures in enumerate(every):
        for title, (_, value) in figures.by_title.items():
            if _significant(value) >= _TELLING:  # else every 1 would be held to every other 1
                by_figure[title, value].append(number)
    pairs = sorted(
        {
            (first, second)
            for numbers in by_figure.values()
            for at, second in enumerate(numbers)
            for first in numbers[:at]
        }
    )
    return list(_slips(every, pairs))


def _slips(
    every: Sequence[_Figures], pairs: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, Slip]]:
    for first, second in pairs:
        one, other = every[first], every[second]
        shared = [
            (column, value)
            for title, (column, value) in other.by_title.items()
            if title in one.by_title and one.by_title[title][1] == value
        ]
        if len(shared) > 1 and _apart(one, other) and _digits(shared) >= _DIGITS:
            what = "、".join(f"{column.title} {shown(value)}" for column, value in shared)
            sentence = (
                f"与“{one.table.name}”第 {one.row.place} 行“{one.row.label.strip()}”"
                f"完全相同：{what}；不同时期的数不该一样，请查是不是照抄"
            )
            column, value = shared[0]
            row = other.row
            slip = Slip("copied", row.place, row.label, column.title, value, value, sentence)
            yield other.table.name, slip


def _figures(table: PrintedTable, row: Row) -> _Figures:
    pairs = zip(table.columns, row.values, strict=True)
    by_title = {
        f"{column.group} {column.part or plain(column.title)}": (column, value)
        for column, value in pairs
        if value
    }
    own = _period(row.label)
    return _Figures(table, row, by_title, own, own or _period(table.about) or _period(table.name))


def _period(text: str) -> str:
    found = _PERIOD.search(text)
    return found[0] if found else ""


def _apart(one: _Figures, other: _Figures) -> bool:
    """Whether the rows are of different periods: by their labels, and for two files also by what stands above or in
    the file's name; a file that does not say its period may be of any. Periods written in different ways are of
    different times only where their years differ."""
    if one.own and other.own:
        return one.own != other.own
    if one.table.source == other.table.source:
        return False
    if not one.period or not other.period:
        return True
    alike = len(one.period) == len(other.period)
    return one.period[:4] != other.period[:4] or (alike and one.period != other.period)


def _digits(shared: Sequence[tuple[AmountColumn, Decimal]]) -> int:
    """Significant digits in all."""
    return sum(_significant(value) for _, value in shared)


def _significant(number: Decimal) -> int:
    return len(number.normalize().as_tuple().digits)
