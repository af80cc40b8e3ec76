"""The rows of a table sorted: data, not understood, left out; with the totals checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.layout.cells import cell_text
from onestop_cli.readers.layout.kinds import ID_LIKE, Roles, classify, words_around
from onestop_cli.readers.layout.totals import Mismatch, check_totals
from onestop_cli.readers.layout.typed import Table

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
    words = words_around(table.header, table.titles, table.aliases)
    found = classify(table.text, words, roles, id_column)
    body = ["data"] * table.height
    for index, (kind, _) in found.items():
        body[index] = kind
    labels = {
        index: "" if kind == "sum" else _label(table, index)
        for index, (kind, _) in found.items()
        if kind in ("sum", "total")
    }
    wrong = check_totals(body, labels, table.amounts)
    unexplained = {mismatch.row for mismatch in wrong if not mismatch.label}
    for index, label in labels.items():
        if not label:
            body[index] = "odd" if index in unexplained else "total"
    above = _above(table)
    reasons = {row: _ABOVE_HEADER for row, kind in enumerate(above) if kind == "odd"}
    reasons |= {
        table.offset + index: found[index][1] or _UNLABELLED
        for index, kind in enumerate(body)
        if kind == "odd"
    }
    return Sorted([*above, *body], body, reasons, [m for m in wrong if m.label])


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
    money, _ = table.money
    row = table.text.row(index)
    words = [cell.strip() for column, cell in enumerate(row) if cell and str(column) not in money]
    return re.sub(r"\s+", "", "".join(words[:2]))[:40] or "合计"


def _above(table: Table) -> list[str]:
    """Rows above the header, and the header; a row with an ID number up there is not lost."""
    header = table.header
    above = [_kind_above(row) for row in table.grid.rows[: header.first]]
    return above + ["header"] * (header.last - header.first + 1)


def _kind_above(row: Sequence[Cell]) -> str:
    texts = pl.Series([text for cell in row if (text := cell_text(cell).strip())], dtype=pl.String)
    if len(texts) > 2 and texts.str.contains(ID_LIKE).any():
        return "odd"
    return "title" if len(texts) else "blank"
