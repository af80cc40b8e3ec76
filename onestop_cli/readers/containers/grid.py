"""A sheet as it lies in the file, before anybody knows what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from onestop_cli.errors import Problem

Cell = str | float | int | bool | date | datetime | time | timedelta
"""A cell with the type the file gave it; an empty cell is `""`."""

Merge = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column) of a merged range, 0-based, both inclusive."""


UNCOMPUTED = "公式未计算"
"""What a formula cell holds when the file has no result for it."""


@dataclass(frozen=True)
class Grid:
    """One sheet: `rows[i]` is spreadsheet row `i + 1`, all rows of one width.

    `sheet` is null for text files. A cell in error holds the error's text (`#REF!`), a formula that was
    never computed holds `UNCOMPUTED`. `epoch_1904`: the workbook counts days from 1904.
    """

    source: str
    sheet: str | None
    rows: Sequence[Sequence[Cell]]
    merges: Sequence[Merge] = ()
    epoch_1904: bool = False
    hidden: bool = False

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


class Unreadable(Exception):
    """A file that cannot be read; carries what to tell the clerk."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy

    def problem(self, source: str) -> Problem:
        return Problem(self.what, self.remedy, source)


def rectangular(rows: Sequence[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """`rows` padded with empty cells to the widest."""
    width = max((len(row) for row in rows), default=0)
    return [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]


def column_letter(index: int) -> str:
    """The spreadsheet's name of column `index`, 0-based: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
