"""The rows of a table sorted: data, not understood, left out; with the totals checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.readers.cells import cell_text
from onestop_cli.readers.grid import Cell
from onestop_cli.readers.kinds import ID_LIKE, Roles, classify
from onestop_cli.readers.table import Table
from onestop_cli.readers.totals import Mismatch, check_totals

_UNLABELLED = "只有金额，没有姓名、证号、住院号和日期，也不等于前面各行的合计"
_ABOVE_HEADER = "像是数据，却在表头上方"


@dataclass(frozen=True)
class Sorted:
    """`kinds` of every row of the sheet; `body` of those below the header.

    `reasons`: row (0-based, of the sheet) → why an `odd` one was not understood.
    """

    kinds: Sequence[str]
    body: Sequence[str]
    reasons: Mapping[int, str]
    mismatches: Sequence[Mismatch]

    @property
    def data(self) -> pl.Series:
        """Which body rows are data."""
        return pl.Series([kind == "data" for kind in self.body], dtype=pl.Boolean)


def sort_rows(table: Table, lone_person: bool) -> Sorted:
    """What every row of the sheet is. `lone_person`: a name with any second cell is data (rosters)."""
    id_column = table.first("id_no" if "id_no" in table.header.columns else "head_id")
    roles = _roles(table, lone_person)
    found = classify(table.text, table.header, table.aliases, roles, id_column)
    labels = {
        index: "" if kind == "sum" else _label(table, index)
        for index, (kind, _) in enumerate(found)
        if kind in ("sum", "total")
    }
    wrong = check_totals([kind for kind, _ in found], labels, table.amounts)
    unexplained = {mismatch.row for mismatch in wrong if not mismatch.label}
    for index, label in labels.items():
        if not label:
            found[index] = ("odd", _UNLABELLED) if index in unexplained else ("total", "")
    everything = [*_above(table), *found]
    return Sorted(
        [kind for kind, _ in everything],
        [kind for kind, _ in found],
        {row: reason for row, (kind, reason) in enumerate(everything) if kind == "odd"},
        [mismatch for mismatch in wrong if mismatch.label],
    )


def _roles(table: Table, lone_person: bool) -> Roles:
    """Columns by what they tell about a row."""

    def of(fields: Sequence[str]) -> tuple[int, ...]:
        return tuple(c for field in fields for c in table.header.columns.get(field, ()))

    fields = table.aliases.fields
    if "name" not in fields:
        return Roles(of(("hospital",)), of(("level",)), (), lone_person)
    return Roles(
        person=of(("name", "id_no", "head", "head_id")),
        evidence=of(("stay_no", *(f.id for f in fields.values() if f.kind == "day"))),
        money=of([f.id for f in fields.values() if f.kind == "money"]),
        lone_person=lone_person,
    )


def _label(table: Table, index: int) -> str:
    """The words of a total row."""
    money = set(table.money_columns)
    row = table.text.row(index)
    words = [cell.strip() for column, cell in enumerate(row) if cell and column not in money]
    return re.sub(r"\s+", "", "".join(words[:2]))[:40] or "合计"


def _above(table: Table) -> list[tuple[str, str]]:
    """Rows above the header, and the header; a row with an ID number up there is not lost."""
    header = table.header
    above = [_kind_above(row) for row in table.grid.rows[: header.first]]
    return above + [("header", "")] * (header.last - header.first + 1)


def _kind_above(row: Sequence[Cell]) -> tuple[str, str]:
    texts = pl.Series([cell_text(cell).strip() for cell in row], dtype=pl.String)
    if texts.str.contains(ID_LIKE).sum() and len(texts.filter(texts != "")) > 2:
        return "odd", _ABOVE_HEADER
    return ("title" if (texts != "").any() else "blank"), ""
