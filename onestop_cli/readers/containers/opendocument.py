"""OpenDocument spreadsheets: calamine leaves out their error cells and merges, so they are walked here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.etree import ElementTree

from onestop_cli.readers.containers.grid import UNCOMPUTED, Cell, Grid, Merge, Unreadable
from onestop_cli.readers.containers.limits import (
    LONGEST_TEXT,
    broken,
    check_extent,
    check_texts,
    made_grid,
    one_of_each,
    unpack,
)
from onestop_cli.readers.containers.xml import safe_xml

MIME = b"application/vnd.oasis.opendocument.spreadsheet"

Node = ElementTree.Element


def read_opendocument(source: str, package: zipfile.ZipFile) -> list[Grid]:
    """Every sheet of an .ods; raises `Unreadable`."""
    one_of_each(package)
    names = package.namelist()
    if "content.xml" not in names:
        raise broken()
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in unpack(package, manifest):
        raise Unreadable("工作簿有密码", "请去掉密码后重新保存")
    return read_flat(source, unpack(package, "content.xml"))


def read_flat(source: str, data: bytes) -> list[Grid]:
    """Every sheet of an .fods, or of the content of an .ods; raises `Unreadable`."""
    try:
        return list(_sheets(source, safe_xml(data)))
    except (ElementTree.ParseError, ValueError) as error:
        raise broken() from error


def _sheets(source: str, xml: bytes) -> Iterator[Grid]:
    """The tables of content.xml, row by row, without keeping the tree."""
    hidden: set[str] = set()
    sheet = _OdsSheet()
    for event, node in ElementTree.iterparse(io.BytesIO(xml), ("start", "end")):
        name = local(node.tag)
        if event == "start" and name == "table":
            sheet = _OdsSheet(get(node, "name"), get(node, "style-name") in hidden)
        elif event == "end" and name == "style" and any(get(c, "display") == "false" for c in node):
            hidden.add(get(node, "name"))
        elif event == "end" and name == "table-row":
            sheet.add(node)
            node.clear()
        elif event == "end" and name == "table":
            yield sheet.grid(source)


@dataclass
class _OdsSheet:
    """A table in the making; blank rows and cells count only when something follows them."""

    name: str = ""
    hidden: bool = False
    rows: list[list[Cell]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    height: int = 0
    width: int = 0
    hidden_rows: int = 0

    def add(self, node: Node) -> None:
        repeated = _count(node, "number-rows-repeated")
        cells = self._cells(node)
        if cells:
            check_extent(self.height + repeated, max(len(cells), self.width))
            self.width = max(self.width, len(cells))
            self.rows += [[] for _ in range(self.height - len(self.rows))]
            self.rows += [list(cells) for _ in range(repeated)]
            if get(node, "visibility") in ("collapse", "filter"):
                self.hidden_rows += repeated
        self.height += repeated

    def _cells(self, node: Node) -> list[Cell]:
        """The cells of a row up to the last that is filled."""
        cells: list[Cell] = []
        column = 0
        for cell in node:
            if local(cell.tag) not in ("table-cell", "covered-table-cell"):
                continue
            repeated = _count(cell, "number-columns-repeated")
            value = _value(cell)
            if value != "":
                check_extent(1, column + repeated)
                cells += [""] * (column - len(cells)) + [value] * repeated
            right = column + _count(cell, "number-columns-spanned") - 1
            bottom = self.height + _count(cell, "number-rows-spanned") - 1
            if right > column or bottom > self.height:
                self.merges.append(((self.height, column), (bottom, right)))
            column += repeated
        return cells

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


def _value(cell: Node) -> Cell:
    """A cell's value with its type; an error is its text."""
    kind, text = get(cell, "value-type"), "\n".join(_paragraphs(cell))
    if kind in ("float", "currency", "percentage"):
        return float(get(cell, "value"))
    if kind == "date":
        return _day(get(cell, "date-value"))
    if kind == "boolean":
        return get(cell, "boolean-value") == "true"
    if not kind and not text and get(cell, "formula"):
        return UNCOMPUTED
    return text or get(cell, "string-value")


def _day(text: str) -> date | datetime | str:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return text


def _paragraphs(cell: Node) -> list[str]:
    return [_text(child) for child in cell if local(child.tag) == "p"]


def _text(node: Node) -> str:
    """The text of a paragraph, with the blanks that are written as elements; notes are not part of it."""
    name = local(node.tag)
    if name == "annotation":
        return ""
    blank = {"s": " " * _blanks(node), "tab": "\t", "line-break": "\n"}.get(name, "")
    inside = "".join(_text(child) + (child.tail or "") for child in node)
    return blank + (node.text or "") + inside


def _blanks(node: Node) -> int:
    """How many blanks an element stands for: never more than a cell can hold."""
    if local(node.tag) != "s":
        return 0
    count = _count(node, "c")
    if count > LONGEST_TEXT:
        raise broken()
    return count


def _count(node: Node, name: str) -> int:
    """A repeat or span, 1 when it is not said."""
    return max(1, int(get(node, name) or 1))


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


def get(node: Node, name: str) -> str:
    """An attribute by its name without namespace; of the same names the office's own comes first."""
    return next((value for key, value in node.attrib.items() if local(key) == name), "")
