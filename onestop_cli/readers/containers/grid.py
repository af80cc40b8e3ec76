"""A sheet as it lies in the file, before anybody knows what it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from onestop_cli.errors import Problem, place_of

Cell = str | float | int | bool | date | datetime | time | timedelta
"""A cell with the type the file gave it; an empty cell is `""`."""

Merge = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column) of a merged range, 0-based, both inclusive."""


UNCOMPUTED = "公式未计算"
"""What a formula cell holds when the file has no result for it."""


@dataclass(frozen=True)
class Grid:
    """One sheet: `rows[i]` is spreadsheet row `i + 1`, all rows of one width; merges lie inside it.

    `sheet` is null for text files. A cell in error holds the error's text (`#REF!`), a formula that was
    never computed holds `UNCOMPUTED`. `epoch_1904`: the workbook counts days from 1904. `hidden_rows`: filled
    rows that are hidden or filtered away. `notes`: what of the sheet was not read, in Chinese.
    """

    source: str
    sheet: str | None
    rows: Sequence[Sequence[Cell]]
    merges: Sequence[Merge] = ()
    epoch_1904: bool = False
    hidden: bool = False
    hidden_rows: int = 0
    notes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    @property
    def place(self) -> str:
        """File and sheet, for a sentence."""
        return place_of(self.source, self.sheet)


def notes_of(grid: Grid) -> tuple[str, ...]:
    """What to know of a sheet that is read: rows nobody sees, and what of it was left out."""
    hidden = f"有 {grid.hidden_rows} 行是隐藏或被筛选掉的，照样读入"
    said = [*grid.notes, *([hidden] if grid.hidden_rows else [])]
    return tuple(f"{grid.place}：{note}" for note in said)


def clipped(merges: Iterable[Merge], height: int, width: int) -> tuple[Merge, ...]:
    """The merges of more than one cell inside `height` × `width`: writers merge titles far beyond their table."""
    inside = (
        ((top, left), (min(bottom, height - 1), min(right, width - 1)))
        for (top, left), (bottom, right) in merges
        if 0 <= top <= bottom and 0 <= left <= right and top < height and left < width
    )
    return tuple(merge for merge in inside if merge[0] != merge[1])


class Unreadable(Exception):
    """A file that cannot be read; carries what to tell the clerk."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what, self.remedy = what, remedy

    def problem(self, source: str) -> Problem:
        return Problem(self.what, self.remedy, source)


class NoTable(Unreadable):
    """A file that certainly holds no table (a scan, a letter), `kind` in Chinese: among others it is only named."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"不是表格，是{kind}", "请让报送单位导出为 xlsx；无关的文件请移出文件夹")
        self.args = (kind,)
        self.kind = kind


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
