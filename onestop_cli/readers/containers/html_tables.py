"""Tables of a page laid out as one sheet, as Excel opens it: texts and tables below each other.

A table inside a cell of another is a list of its own when it looks like one; the outer table then only arranges the
page. Otherwise its texts belong to the cell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from onestop_cli.readers.containers.grid import Cell, Merge
from onestop_cli.readers.containers.limits import MOST_COLUMNS, broken, check_extent

MOST_SPANNED = 1000
"""Rows or columns that one cell may span."""

_DEEPEST = 50
_LIST_ROWS, _LIST_COLUMNS = 2, 3
"""What a table inside another has at least when it is a list."""


@dataclass
class TableCell:
    """A cell. `number`: the value that Excel or LibreOffice wrote beside the text."""

    across: int = 1
    down: int = 1
    number: str | None = None
    parts: list[str | HtmlTable] = field(default_factory=list)

    @property
    def lists(self) -> list[HtmlTable]:
        return [part for part in self.parts if isinstance(part, HtmlTable) and part.has_lists]

    def text(self) -> str:
        """The texts of the cell, with those of small tables in it."""
        return "".join(part if isinstance(part, str) else part.text() for part in self.parts)

    def value(self) -> Cell:
        """The text of a cell, or its number when the page says that it is one and shows it as one."""
        text = self.text().strip(" \r\n\t")
        if self.number is None:
            return text
        try:
            shown = float(text.replace(",", ""))
            return float(self.number) if self.number else shown
        except ValueError:
            return text


@dataclass
class TableRow:
    cells: list[TableCell] = field(default_factory=list)
    hidden: bool = False


@dataclass
class HtmlTable:
    """A table, whether or not its tags are complete."""

    rows: list[TableRow] = field(default_factory=list)

    @property
    def arranges(self) -> bool:
        """Whether the table only gives other tables their places."""
        return any(cell.lists for row in self.rows for cell in row.cells)

    @property
    def has_lists(self) -> bool:
        wide = sum(len(row.cells) >= _LIST_COLUMNS for row in self.rows)
        return wide >= _LIST_ROWS or self.arranges

    def text(self) -> str:
        return "".join("\n" + "".join(f" {c.text()}" for c in row.cells) for row in self.rows)


@dataclass
class _Open:
    """A table whose end has not come yet, and where in it we are."""

    table: HtmlTable
    cell: TableCell | None = None
    in_row: bool = False


class HtmlPage:
    """A page in the making: `parts` are its texts and outermost tables in order."""

    def __init__(self) -> None:
        self.parts: list[str | HtmlTable] = []
        self._open: list[_Open] = []
        self._outside: list[str] = []

    def begin_table(self) -> None:
        if len(self._open) >= _DEEPEST:
            raise broken()
        table = HtmlTable()
        if not self._open:
            self.end_text()
            self.parts.append(table)
        else:
            inner = self._open[-1]
            if inner.cell is None:
                self.begin_cell(TableCell())
            if inner.cell is not None:
                inner.cell.parts.append(table)
        self._open.append(_Open(table))

    def end_table(self) -> None:
        if self._open:
            self._open.pop()

    def begin_row(self, hidden: bool = False) -> None:
        if not self._open:
            self.begin_table()
        inner = self._open[-1]
        inner.table.rows.append(TableRow(hidden=hidden))
        inner.cell, inner.in_row = None, True

    def begin_cell(self, cell: TableCell) -> None:
        if self._open:
            inner = self._open[-1]
            if not inner.in_row:
                self.begin_row()
            inner.table.rows[-1].cells.append(cell)
            inner.cell = cell

    def end_cell(self) -> None:
        if self._open:
            self._open[-1].cell = None

    def end_row(self) -> None:
        if self._open:
            self._open[-1].cell, self._open[-1].in_row = None, False

    def add_text(self, text: str) -> None:
        if not self._open:
            self._outside.append(text)
        elif (cell := self._open[-1].cell) is not None:
            cell.parts.append(text)

    def end_text(self) -> None:
        """A text outside tables is complete."""
        if self._open:
            return
        text = " ".join("".join(self._outside).split())
        self._outside = []
        if text:
            self.parts.append(text)

    def end(self) -> None:
        """The page is complete."""
        self._open = []
        self.end_text()


Placed = tuple[list[list[Cell]], list[Merge], int]
"""Rows, merges, and how many rows are hidden."""


def placed(page: HtmlPage) -> Placed:
    """The page as rows of one sheet."""
    sheet = _HtmlSheet()
    for part in page.parts:
        sheet.add(part)
    return sheet.rows, sheet.merges, sheet.hidden_rows


@dataclass
class _HtmlSheet:
    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: int = 0
    width: int = 0

    def add(self, part: str | HtmlTable) -> None:
        if isinstance(part, str):
            self.rows.append([part])
        elif part.arranges:
            self._add_arranged(part)
        else:
            self._add_list(part)

    def _add_arranged(self, table: HtmlTable) -> None:
        """The lists in a table, and between them the texts of its other cells, a row to each of its rows."""
        for row in table.rows:
            texts = [cell.value() for cell in row.cells if not cell.lists]
            if any(text != "" for text in texts):
                self.rows.append(texts)
            for part in (part for cell in row.cells if cell.lists for part in cell.parts):
                if isinstance(part, HtmlTable):
                    self.add(part)
                elif part.strip():
                    self.rows.append([part.strip()])

    def _add_list(self, table: HtmlTable) -> None:
        """A table's rows; `taken`: column → the row before which a cell from above reaches down."""
        taken: dict[int, int] = {}
        for row in table.rows:
            cells = self._cells(row, taken)
            self.width = max(self.width, len(cells))
            check_extent(len(self.rows) + 1, self.width)
            self.rows.append(cells)
            self.hidden_rows += row.hidden

    def _cells(self, row: TableRow, taken: dict[int, int]) -> list[Cell]:
        cells: list[Cell] = []
        here = len(self.rows)
        for cell in row.cells:
            while taken.get(len(cells), 0) > here:
                cells.append("")
            left = len(cells)
            cells += [cell.value(), *[""] * (cell.across - 1)]
            if len(cells) > MOST_COLUMNS:
                check_extent(here + 1, len(cells))
            if cell.down > 1:
                taken |= dict.fromkeys(range(left, left + cell.across), here + cell.down)
            if cell.down > 1 or cell.across > 1:
                last = here + cell.down - 1, left + cell.across - 1
                self.merges.append(((here, left), last))
        return cells
