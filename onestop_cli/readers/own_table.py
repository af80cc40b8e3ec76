"""Tables in a form of our own that people fill in: fixed titles, wherever in a workbook their header stands."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.containers.inbox import open_files
from onestop_cli.readers.layout.cells import cell_text


@dataclass(frozen=True)
class OwnForm:
    """A form: its name, title → field, the titles without which it is none, and where to get an empty one."""

    name: str
    titles: Mapping[str, str]
    needed: Sequence[str]
    remedy: str


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


def read_own(path: Path, form: OwnForm) -> list[OwnRow]:
    """The rows below the header with anything in the form's columns; raises `CannotRun` when it is not this form."""
    inbox = open_files([path], Settings())
    if inbox.problems:
        raise CannotRun(inbox.problems)
    for file in inbox.opened:
        for grid in file.grids:
            if grid.hidden or (found := _header(grid.rows, form)) is None:
                continue
            header, columns = found
            below = enumerate(grid.rows[header + 1 :], header + 2)
            lines = (
                OwnRow(path.name, grid.sheet, number, {f: cells[at] for at, f in columns.items()})
                for number, cells in below
            )
            return [line for line in lines if line.texts and not _total(line)]
    raise stop(
        f"没有找到{form.name}的表头（应有 {'、'.join(form.needed)}）", form.remedy, str(path)
    )


def is_form(path: Path, form: OwnForm) -> bool:
    """Whether a file has the header of this form on a sheet that is seen."""
    inbox = open_files([path], Settings())
    grids = [grid for file in inbox.opened for grid in file.grids if not grid.hidden]
    return any(_header(grid.rows, form) is not None for grid in grids)


def _header(rows: Sequence[Sequence[Cell]], form: OwnForm) -> tuple[int, dict[int, str]] | None:
    """The header's row, 0-based, and column → field."""
    for number, cells in enumerate(rows):
        titles = [_title(cell_text(cell)) for cell in cells]
        if all(needed in titles for needed in form.needed):
            return number, {at: form.titles[t] for at, t in _first_of_each(titles, form)}
    return None


def _first_of_each(titles: Sequence[str], form: OwnForm) -> Iterator[tuple[int, str]]:
    return ((titles.index(title), title) for title in form.titles if title in titles)


def _title(text: str) -> str:
    """A title in half width, without blanks and its unit."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return plain.removesuffix("(元)").strip("*")


def _trimmed(text: str) -> str:
    return text.strip(" \t\r\n　\u00a0'")


def _total(line: OwnRow) -> bool:
    """A row of sums under the table, or of people who sign."""
    first = next(iter(line.texts.values()))
    return first.startswith(("合计", "小计", "制表", "审核", "复核", "负责人", "说明", "注"))
