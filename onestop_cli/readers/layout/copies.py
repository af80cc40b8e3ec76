"""The same bytes twice among the files, or the same sheet twice in a workbook: read once, and said (FI04)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from onestop_cli.readers.containers.grid import Grid
from onestop_cli.readers.containers.inbox import Opened
from onestop_cli.tables.reading import SheetAccount, SheetReading, file_finding

_FEWEST_ROWS = 2
"""Sheets of a single row say nothing that could be there twice."""


Meaning = Callable[[str], object]
"""What the name of a sheet says of its rows (a hospital, a category): sheets that differ in that are no copies."""


def without_copies(
    opened: Iterable[Opened], meaning: Meaning = lambda name: None
) -> tuple[list[Opened], list[SheetReading]]:
    """The files and sheets that are read, and an account of every copy.

    Of equal files the one with the shortest name is read (not “… - 副本”), of equal sheets the first.
    """
    files = list(opened)
    by_name = sorted((file.file for file in files), key=lambda f: (len(f.path), f.path))
    first = {file.sha256: file.path for file in reversed(by_name)}
    kept: list[Opened] = []
    copies: list[SheetReading] = []
    for file in files:
        original = first[file.file.sha256]
        if original != file.file.path:
            copies += [_copy(grid, f"与 {original} 内容完全相同") for grid in file.grids]
            continue
        grids, again = _sheets(file.grids, meaning)
        copies += again
        kept.append(replace(file, grids=grids))
    return kept, copies


def _sheets(grids: Sequence[Grid], meaning: Meaning) -> tuple[list[Grid], list[SheetReading]]:
    """The sheets of a workbook without those that repeat an earlier one that can be seen."""
    kept: list[Grid] = []
    copies: list[SheetReading] = []
    for grid in grids:
        equal = [one for one in kept if not grid.hidden and _same(one, grid)]
        said = meaning(grid.sheet or "")
        twin = next((one for one in equal if meaning(one.sheet or "") == said), None)
        if twin is None:
            kept.append(grid)
        else:
            copies.append(_copy(grid, f"与工作表“{twin.sheet}”内容完全相同"))
    return kept, copies


def _same(one: Grid, other: Grid) -> bool:
    rows = len(one.rows)
    if one.hidden or rows < _FEWEST_ROWS or (rows, one.width) != (len(other.rows), other.width):
        return False
    return all(tuple(a) == tuple(b) for a, b in zip(one.rows, other.rows, strict=True))


def _copy(grid: Grid, what: str) -> SheetReading:
    said = f"{what}，只读一次，这一份没有读"
    rows = len(grid.rows)
    account = SheetAccount(
        grid.source, grid.sheet, rows, 0, 0, {"copy": rows} if rows else {}, notes=(said,)
    )
    return SheetReading(account, findings=file_finding("FI04", grid.source, grid.sheet, said))
