"""Columns that a table has in another form: a day whose year, month and day stand in three.

They are set to the right of the table, as if the file had them; `Header.origin` keeps where they stand in truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.layout.aliases import tidy
from onestop_cli.readers.layout.cells import cell_text
from onestop_cli.readers.layout.typed import TypedTable

_YEAR, _MONTH, _DAY = ("年",), ("月",), ("日", "号", "天")


@dataclass(frozen=True)
class _Made:
    """A column made of others: its cells below the header, and the column of the sheet it begins in."""

    field: str
    head: str
    cells: Sequence[Cell]
    origin: int


def composed(table: TypedTable) -> TypedTable:
    """`table` with the columns that can be made of others."""
    made = list(_days_in_three(table))
    if not made:
        return table
    header, grid = table.header, table.grid
    body = zip(*(column.cells for column in made), strict=True)
    above = [[*row, *[""] * len(made)] for row in grid.rows[: table.offset]]
    below = [[*row, *more] for row, more in zip(grid.rows[table.offset :], body, strict=True)]
    places = range(grid.width, grid.width + len(made))
    changed = replace(
        header,
        labels=(*header.labels, *((column.head,) for column in made)),
        columns={**header.columns, **{m.field: (at,) for at, m in zip(places, made, strict=True)}},
        origin={at: column.origin for at, column in zip(places, made, strict=True)},
    )
    return replace(table, grid=replace(grid, rows=[*above, *below]), header=changed)


def _days_in_three(table: TypedTable) -> Iterator[_Made]:
    """Days whose year, month and day stand in columns of their own under one head."""
    heads = _heads(table)
    for column in range(len(heads) - 2):
        year, month, day = heads[column : column + 3]
        group = _group_of(year, _YEAR)
        if not group or not _under(group, month, _MONTH) or not _under(group, day, _DAY):
            continue
        claim = table.aliases.claim(tidy(group))
        if claim and table.aliases.fields[claim.field].kind == "day":
            cells = zip(*(table.columns[at] for at in range(column, column + 3)), strict=True)
            yield _Made(claim.field, group, [_joined(three) for three in cells], column)


def _heads(table: TypedTable) -> list[tuple[str, ...]]:
    """The heads of every column, and below them those of a row of 年, 月 and 日 that was not seen as a header."""
    first = [column[0] if column else "" for column in table.columns]
    leaves = {*_YEAR, *_MONTH, *_DAY}
    below = [cell if isinstance(cell, str) and cell in leaves else "" for cell in first]
    return [
        (*heads, leaf) if leaf and heads[-1:] != (leaf,) else heads
        for heads, leaf in zip(table.header.labels, below, strict=True)
    ]


def _group_of(heads: Sequence[str], leaves: Sequence[str]) -> str:
    """The head above a column whose own is one of `leaves`."""
    return "".join(heads[:-1]) if heads and heads[-1] in leaves else ""


def _under(group: str, heads: Sequence[str], leaves: Sequence[str]) -> bool:
    """Whether a column's own head is one of `leaves`, under `group` or under nothing."""
    return bool(heads) and heads[-1] in leaves and "".join(heads[:-1]) in ("", group)


def _joined(three: Sequence[Cell]) -> Cell:
    texts = [cell_text(cell).strip() for cell in three]
    return "-".join(texts) if any(texts) else ""
