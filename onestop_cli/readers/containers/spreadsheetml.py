"""SpreadsheetML 2003, the XML that many systems write and call .xls."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from xml.etree import ElementTree

from onestop_cli.readers.containers.grid import UNCOMPUTED, Cell, Grid, Merge
from onestop_cli.readers.containers.limits import broken, check_extent, check_texts, made_grid
from onestop_cli.readers.containers.opendocument import Node, get, local
from onestop_cli.readers.containers.xml import safe_xml


def read_spreadsheetml(source: str, data: bytes) -> list[Grid]:
    """Every sheet of the workbook; raises `Unreadable`."""
    try:
        return _sheets(source, safe_xml(data))
    except (ElementTree.ParseError, ValueError) as error:
        raise broken() from error


def _sheets(source: str, xml: bytes) -> list[Grid]:
    grids: list[Grid] = []
    sheet, epoch_1904 = _XmlSheet(), False
    for event, node in ElementTree.iterparse(io.BytesIO(xml), ("start", "end")):
        name = local(node.tag)
        if event == "start":
            sheet = _XmlSheet(get(node, "Name")) if name == "Worksheet" else sheet
        elif name == "Date1904":
            epoch_1904 = True
        elif name == "Visible":
            sheet.hidden = (node.text or "") != "SheetVisible"
        elif name == "Row":
            sheet.add(node)
            node.clear()
        elif name == "Worksheet":
            grids.append(sheet.grid(source))
    return [replace(grid, epoch_1904=epoch_1904) for grid in grids]


@dataclass
class _XmlSheet:
    """A worksheet in the making; `ss:Index` skips rows and cells."""

    name: str = ""
    hidden: bool = False
    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: int = 0
    width: int = 0

    def add(self, node: Node) -> None:
        row = _index(node, len(self.rows))
        self.hidden_rows += get(node, "Hidden") == "1"
        check_extent(row + 1, 1)
        self.rows += [[] for _ in range(row - len(self.rows))]
        cells: list[Cell] = []
        for column, cell in self._placed(node):
            self.width = max(self.width, column + 1)
            check_extent(row + 1, self.width)
            cells += [""] * (column - len(cells))
            cells.append(_value(cell))
            right, bottom = column + _number(cell, "MergeAcross"), row + _number(cell, "MergeDown")
            if right > column or bottom > row:
                self.merges.append(((row, column), (bottom, right)))
        self.rows.append(cells)

    @staticmethod
    def _placed(node: Node) -> Iterator[tuple[int, Node]]:
        """Cells with their columns; a merged cell takes the columns it covers."""
        column = 0
        for cell in node:
            if local(cell.tag) == "Cell":
                column = _index(cell, column)
                yield column, cell
                column += 1 + _number(cell, "MergeAcross")

    def grid(self, source: str) -> Grid:
        check_texts(self.rows)
        return made_grid(
            source,
            self.name,
            self.rows,
            self.merges,
            hidden=self.hidden,
            hidden_rows=self.hidden_rows,
        )


def _index(node: Node, otherwise: int) -> int:
    """The 0-based place that `ss:Index` gives; never one that is already taken."""
    return max(int(get(node, "Index") or otherwise + 1) - 1, otherwise)


def _number(node: Node, name: str) -> int:
    return max(0, int(get(node, name) or 0))


def _value(cell: Node) -> Cell:
    """A cell's value with its type; an error is its text."""
    data = next((child for child in cell if local(child.tag) == "Data"), None)
    if data is None:
        return UNCOMPUTED if get(cell, "Formula") else ""
    text, kind = "".join(data.itertext()), get(data, "Type")
    if kind == "Number" and text.strip():
        return float(text)
    if kind == "Boolean":
        return text.strip() == "1"
    if kind == "DateTime":
        return datetime.fromisoformat(text.strip().removesuffix("Z"))
    return text
