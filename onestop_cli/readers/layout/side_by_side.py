"""Two lists beside each other on one sheet, as rosters are printed to save paper: each is a sheet of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onestop_cli.county.settings import FileLayout
from onestop_cli.readers.containers.grid import Cell, Grid
from onestop_cli.readers.layout.aliases import Aliases
from onestop_cli.readers.layout.headers import Header, find_header

_FEWEST = 2
"""Fields that stand twice, at the same distance, where two lists are beside each other."""


def side_by_side(grid: Grid, aliases: Aliases, layout: FileLayout | None) -> list[Grid]:
    """The lists of a sheet; nearly always the sheet itself.

    The right one keeps its columns and rows, so that places are those of the file, and the texts above.
    """
    if grid.hidden or (layout and (layout.skip or layout.columns)):
        return [grid]
    header = find_header(grid, aliases, layout)
    begin = _right_list(header) if header else None
    if header is None or begin is None:
        return [grid]
    width = grid.width

    def part(keep: slice, name: str) -> Grid:
        blank: list[Cell] = [""] * width
        rows: list[Sequence[Cell]] = list(grid.rows[: header.first])
        for row in grid.rows[header.first :]:
            kept = list(blank)
            kept[keep] = row[keep]
            rows.append(kept)
        merges = [m for m in grid.merges if keep.start <= m[0][1] and m[1][1] < keep.stop]
        return replace(grid, sheet=name, rows=rows, merges=merges)

    sheet = grid.sheet or ""
    left = replace(part(slice(0, begin), f"{sheet}（左半）"), hidden_rows=grid.hidden_rows)
    right = replace(part(slice(begin, width), f"{sheet}（右半）"), hidden_rows=0, notes=())
    return [left, right]


def _right_list(header: Header) -> int | None:
    """The first column of the right list, when the heads of the left one come again."""
    pairs = [columns for columns in header.rivals.values() if len(columns) == 2]
    apart = {right - left for left, right in pairs}
    if len(pairs) < _FEWEST or len(pairs) < len(header.rivals) or len(apart) != 1:
        return None
    (distance,) = apart
    labels = header.labels
    first = next(column for column, heads in enumerate(labels) if heads)
    again = [
        labels[c + distance] == heads
        for c, heads in enumerate(labels[: len(labels) - distance])
        if heads
    ]
    if not all(again[: sum(bool(h) for h in labels[first : first + distance])]):
        return None
    return first + distance
