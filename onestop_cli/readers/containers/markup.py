"""HTML tables that systems call .xls, and the single-file web pages (MHTML) that Excel saves."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser

from onestop_cli.readers.containers.delimited import decode
from onestop_cli.readers.containers.grid import Cell, Grid, Merge
from onestop_cli.readers.containers.limits import check_extent

_SKIPPED = {"script", "style", "title", "head"}
_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "center", "caption", "body", "html"}
_MOST_SPANNED = 1000
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)


def read_html(source: str, data: bytes) -> list[Grid]:
    """The page as one sheet, as Excel opens it: texts and tables below each other."""
    return [_grid(source, None, _decoded(data))]


def read_mhtml(source: str, data: bytes) -> list[Grid]:
    """The pages of a single-file web page that have a table, each a sheet."""
    pages = [part for part in email.message_from_bytes(data).walk() if _is_page(part)]
    named = [
        (
            part.get("Content-Location", "").rpartition("/")[2],
            _decoded(bytes(part.get_payload(decode=True))),
        )
        for part in pages
    ]
    grids = [_grid(source, name or None, text) for name, text in named]
    return [grid for grid in grids if grid.width > 1]


def _is_page(part: Message) -> bool:
    return part.get_content_type() == "text/html" and not part.is_multipart()


def _decoded(data: bytes) -> str:
    """GB18030 where the page says GB, else as any text."""
    named = _CHARSET.search(data[:2000])
    if named and named[1].lower().startswith(b"gb"):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return decode(data)


def _grid(source: str, name: str | None, text: str) -> Grid:
    page = _Page()
    page.feed(text)
    page.finish()
    width = max((len(row) for row in page.rows), default=0)
    check_extent(len(page.rows), width)
    rows = [[*row, *[""] * (width - len(row))] for row in page.rows]
    return Grid(source, name, rows, page.merges)


@dataclass
class _OpenCell:
    """A cell being read. `number`: the value that Excel or LibreOffice wrote beside the text."""

    across: int
    down: int
    number: str | None
    text: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    """Collects rows; texts outside tables are rows of one cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[Cell]] = []
        self.merges: list[Merge] = []
        self._taken: dict[int, int] = {}
        self._row: list[Cell] | None = None
        self._cell: _OpenCell | None = None
        self._outside: list[str] = []
        self._skip = 0
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skip += 1
        elif tag == "table":
            self._depth += 1
            self.end_text()
        elif self._depth > 1 and tag in ("tr", "td", "th"):
            self._add("\n" if tag == "tr" else " ")
        elif tag == "tr":
            self._end_row()
            self._row = []
        elif tag in ("td", "th") and self._depth:
            self._end_cell()
            self._row = [] if self._row is None else self._row
            self._cell = _open_cell(dict(attrs))
        elif tag == "br":
            self._add("\n")
        elif tag in _BLOCKS and not self._depth:
            self.end_text()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skip = max(0, self._skip - 1)
        elif tag == "table":
            self._depth = max(0, self._depth - 1)
            if not self._depth:
                self._end_row()
                self._taken = {}
        elif tag in ("td", "th") and self._depth == 1:
            self._end_cell()
        elif tag == "tr" and self._depth == 1:
            self._end_row()
        elif tag in _BLOCKS and not self._depth:
            self.end_text()

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self._add(data)

    def _add(self, text: str) -> None:
        if self._cell is not None:
            self._cell.text.append(text)
        elif not self._depth:
            self._outside.append(text)

    def finish(self) -> None:
        """The page is complete, whether or not its tags are."""
        self.close()
        self._end_row()
        self.end_text()

    def end_text(self) -> None:
        """A text outside tables is complete."""
        text = " ".join("".join(self._outside).split())
        self._outside = []
        if text:
            self.rows.append([text])

    def _end_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None or self._row is None:
            return
        row, column = len(self.rows), len(self._row)
        while self._taken.get(column, 0) > row:
            self._row.append("")
            column += 1
        self._row += [_value(cell), *[""] * (cell.across - 1)]
        if cell.down > 1:
            self._taken |= dict.fromkeys(range(column, column + cell.across), row + cell.down)
        if cell.down > 1 or cell.across > 1:
            self.merges.append(((row, column), (row + cell.down - 1, column + cell.across - 1)))

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None:
            self.rows.append(self._row)
        self._row = None


def _open_cell(attributes: dict[str, str | None]) -> _OpenCell:
    number = attributes.get("x:num") if "x:num" in attributes else attributes.get("sdval")
    if "x:num" in attributes and number is None:
        number = ""
    return _OpenCell(_span(attributes.get("colspan")), _span(attributes.get("rowspan")), number)


def _span(text: str | None) -> int:
    digits = (text or "").strip()
    return min(max(int(digits), 1), _MOST_SPANNED) if digits.isdecimal() else 1


def _value(cell: _OpenCell) -> Cell:
    """The text of a cell, or its number when the page says that it is one and shows it as one."""
    text = "".join(cell.text).strip(" \r\n\t")
    if cell.number is None:
        return text
    try:
        shown = float(text.replace(",", ""))
        return float(cell.number) if cell.number else shown
    except ValueError:
        return text
