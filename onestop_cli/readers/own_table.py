"""Tables in a form of our own that people fill in: fixed titles, wherever in a workbook their headers stand.

Every sheet that is seen is read, known to lie beside the form, named in a note, or refused: `own_sheets` says which.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.readers.containers.grid import Cell, Grid
from onestop_cli.readers.containers.inbox import Opened, open_files
from onestop_cli.readers.layout.cells import cell_text
from onestop_cli.readers.own_sheets import (
    OwnForm,
    columns_of,
    form_sheets,
    header_of,
    unread_amounts,
)

_TOTAL = re.compile(r"(本页|本表|全部)?(合|小|总|共|累)\s*计.{0,8}")
_SIGNED = re.compile(r"(制表|填表|审核|复核|负责人|经办|说明|备注|注)\S{0,4}[:：].*", re.DOTALL)
_NOTE = ("说明", "备注", "注", "制表", "审核", "复核", "负责人")


@dataclass(frozen=True)
class OwnRow:
    """A filled row: where it stands, and its cells by field; `texts` has them trimmed, without empty ones."""

    file: str
    sheet: str | None
    row: int
    cells: Mapping[str, Cell]

    @property
    def texts(self) -> dict[str, str]:
        found = {field: _trimmed(cell_text(cell)) for field, cell in self.cells.items()}
        return {field: text for field, text in found.items() if text}

    def problem(self, what: str, remedy: str) -> Problem:
        """Something that is wrong with this row."""
        return Problem(what, remedy, self.file, self.sheet, self.row)

    def seen_from(self, other: OwnRow) -> str:
        """Where this row is, for a sentence about the `other`: file and sheet only where they differ."""
        file = "" if other.file == self.file else f"{self.file} "
        sheet = (
            f"工作表“{self.sheet}”" if self.sheet and (file or other.sheet != self.sheet) else ""
        )
        return f"{file}{sheet}第 {self.row} 行"


def read_own(
    path: Path, form: OwnForm, notes: list[str], others: Collection[OwnForm] = ()
) -> list[OwnRow]:
    """The rows below the headers of all sheets with anything in the form's columns. `others`: forms whose sheets
    somebody else reads. What was not read and loses nothing by it is told in `notes`.

    Raises `CannotRun` with everything that may be rows of the form and cannot be read, or when nothing is this form.
    """
    inbox = open_files([path], Settings())
    notes += inbox.notes
    return rows_of(inbox.opened, form, notes, others, inbox.problems)


def rows_of(
    files: Sequence[Opened],
    form: OwnForm,
    notes: list[str],
    others: Collection[OwnForm] = (),
    wrong: Sequence[Problem] = (),
) -> list[OwnRow]:
    """`read_own` of files that are open; `wrong`: what stands against others."""
    problems = list(wrong)
    grids = form_sheets(files, form, others, notes, problems)
    for grid in grids:
        problems += unread_amounts(grid, form, notes)
    if problems:
        raise CannotRun(problems)
    return [line for grid in grids for line in _lines(grid, form)]


def is_form(path: Path, form: OwnForm) -> bool:
    """Whether a file has the header of this form on a sheet that is seen."""
    inbox = open_files([path], Settings())
    grids = [grid for file in inbox.opened for grid in file.grids if not grid.hidden]
    return any(header_of(grid.rows, form) is not None for grid in grids)


def said_twice(lines: Iterable[OwnRow]) -> Iterator[Problem]:
    """Rows that say in every cell what a row of another sheet or file has said."""
    seen: dict[tuple[tuple[str, str], ...], OwnRow] = {}
    for line in lines:
        first = seen.setdefault(tuple(sorted(line.texts.items())), line)
        if (first.file, first.sheet) != (line.file, line.sheet):
            what = f"与{first.seen_from(line)}一字不差"
            yield line.problem(what, "同一件事只能写一次，请删去一处")


def _lines(grid: Grid, form: OwnForm) -> Iterator[OwnRow]:
    """The filled rows of a sheet; a header that comes again names the columns from there on."""
    found = header_of(grid.rows, form)
    if found is None:
        return
    header, columns = found
    for number, cells in enumerate(grid.rows[header + 1 :], header + 2):
        if again := columns_of(cells, form):
            columns = again
            continue
        line = OwnRow(grid.source, grid.sheet, number, {f: cells[at] for at, f in columns.items()})
        if line.texts and not _around(cells):
            yield line


def _trimmed(text: str) -> str:
    return text.strip(" \t\r\n　\u00a0'")


def _around(cells: Sequence[Cell]) -> bool:
    """A row of sums under the table, of people who sign, or a note; a row that only begins with such a word is none."""
    filled = [text for cell in cells if (text := _trimmed(cell_text(cell)))]
    first = filled[0]
    if _TOTAL.fullmatch(first) or _SIGNED.fullmatch(first):
        return True
    return len(filled) == 1 and bool(first.startswith(_NOTE) or _TOTAL.match(first))
