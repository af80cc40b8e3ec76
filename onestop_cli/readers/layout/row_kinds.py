"""The rows of a table sorted: data, not understood, left out; with the totals checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.privacy import without_numbers
from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.layout.cells import cell_text
from onestop_cli.readers.layout.kinds import ID_LIKE, Kind, Roles, classify, words_around
from onestop_cli.readers.layout.totals import Mismatch, check_totals
from onestop_cli.readers.layout.typed import TypedTable

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


def sort_rows(table: TypedTable, lone_person: bool) -> Sorted:
    """What every row of the sheet is. `lone_person`: a name with any second cell is data (rosters)."""
    id_column = table.first("id_no" if "id_no" in table.header.columns else "head_id")
    roles = _roles(table, lone_person)
    words = words_around(table.header, table.titles, table.aliases)
    found = classify(table.text, words, roles, id_column)
    found |= {row: ("odd", why) for row, why in _beside_the_table(table, found).items()}
    found |= dict.fromkeys(_continued(table, found), ("blank", ""))
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


def _beside_the_table(table: TypedTable, found: Mapping[int, Kind]) -> dict[int, str]:
    """Data rows of a text file with cells right of the header, and why they are none: a line break was lost, and two
    records stand in one row, or a comma too many has shifted its cells."""
    labelled = [column for column, heads in enumerate(table.header.labels) if heads]
    beyond = range(max(labelled, default=-1) + 1, table.grid.width)
    if not beyond or table.header.origin:
        return {}
    more = table.text.select(
        pl.sum_horizontal(pl.col(str(c)).is_not_null().cast(pl.Int64) for c in beyond).alias("n"),
        pl.any_horizontal(pl.col(str(c)).str.contains(ID_LIKE) for c in beyond).alias("person"),
    )
    data = [row for row in range(table.height) if found.get(row, ("data", ""))[0] == "data"]
    filled = [row for row in data if more["n"][row]]
    usual = table.grid.sheet is not None or len(filled) * 2 > len(data)
    return {
        row: f"表头右边还有 {more['n'][row]} 格内容：多半是丢了换行，或多了一个分隔符，各列对不上"
        for row in filled
        if more["person"][row] or not usual
    }


def _continued(table: TypedTable, found: Mapping[int, Kind]) -> list[int]:
    """Rows that go on with the record above: its name and number are merged down over them, and every amount in them
    that is not merged is blank (a stay with its items, as export libraries write it)."""
    columns = table.header.columns
    person = [c for field in ("name", "id_no") for c in columns.get(field, ())]
    down = [m for m in table.grid.merges if m[1][0] > m[0][0] >= table.offset]
    if not person or not down:
        return []
    covered = {
        (row - table.offset, column)
        for (top, left), (bottom, right) in down
        for row in range(top + 1, bottom + 1)
        for column in range(left, right + 1)
    }
    money, _ = table.money
    rows = {row for row, column in covered if column in person}
    return [
        row
        for row in sorted(rows)
        if row < table.height
        and found.get(row, ("data", ""))[0] != "total"
        and all((row, column) in covered for column in person)
        and all((row, int(c)) in covered or not fen[row] for c, fen in money.items())
    ]


def _roles(table: TypedTable, lone_person: bool) -> Roles:
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


def _label(table: TypedTable, index: int) -> str:
    """The words of a total row."""
    money, _ = table.money
    row = table.text.row(index)
    words = [cell.strip() for column, cell in enumerate(row) if cell and str(column) not in money]
    return without_numbers(re.sub(r"\s+", "", "".join(words[:2])))[:40] or "合计"


def _above(table: TypedTable) -> list[str]:
    """Rows above the header, and the header; a row with an ID number up there is not lost."""
    header = table.header
    above = [_kind_above(row) for row in table.grid.rows[: header.first]]
    return above + ["header"] * (header.last - header.first + 1)


def _kind_above(row: Sequence[Cell]) -> str:
    texts = pl.Series([text for cell in row if (text := cell_text(cell).strip())], dtype=pl.String)
    if len(texts) > 2 and texts.str.contains(ID_LIKE).any():
        return "odd"
    return "title" if len(texts) else "blank"
