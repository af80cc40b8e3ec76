"""HTML tables that systems call .xls, and the single-file web pages (MHTML) that Excel saves."""

from __future__ import annotations

import email
import re
from email.message import Message
from html.parser import HTMLParser

from onestop_cli.readers.containers.delimited import decode
from onestop_cli.readers.containers.grid import Grid
from onestop_cli.readers.containers.html_tables import MOST_SPANNED, HtmlPage, TableCell, placed
from onestop_cli.readers.containers.limits import broken, check_texts, made_grid

_SKIPPED = {"script", "style", "title", "head"}
_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "center", "caption", "body", "html"}
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
    reader = _MarkupReader()
    reader.feed(_without_comments(text))
    reader.finish()
    rows, merges, hidden_rows = placed(reader.page)
    check_texts(rows)
    return made_grid(source, name, rows, merges, hidden_rows=hidden_rows)


def _without_comments(text: str) -> str:
    """The page without its comments, in one pass: the library looks from each open comment to the end of the page.

    A comment that never ends must not hide rows.
    """
    kept, end = [], 0
    while (begin := text.find("<!--", end)) >= 0:
        kept.append(text[end:begin])
        end = text.find("-->", begin)
        if end < 0:
            if re.search(r"<t[rdh]\b", text[begin:], re.IGNORECASE):
                raise broken()
            return "".join(kept)
        end += len("-->")
    return "".join([*kept, text[end:]])


class _MarkupReader(HTMLParser):
    """Makes the page of tables, rows and cells, and of the texts between them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = HtmlPage()
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        page = self.page
        if tag in _SKIPPED:
            self._skip += 1
        elif tag == "table":
            page.begin_table()
        elif tag == "tr":
            page.begin_row(
                hidden="display:none" in (dict(attrs).get("style") or "").replace(" ", "")
            )
        elif tag in ("td", "th"):
            page.begin_cell(_cell(dict(attrs)))
        elif tag == "br":
            page.add_text("\n")
        elif tag in _BLOCKS:
            page.end_text()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skip = max(0, self._skip - 1)
        elif tag == "table":
            self.page.end_table()
        elif tag == "tr":
            self.page.end_row()
        elif tag in ("td", "th"):
            self.page.end_cell()
        elif tag in _BLOCKS:
            self.page.end_text()

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.page.add_text(data)

    def finish(self) -> None:
        """The page is complete, whether or not its tags are."""
        self.close()
        self.page.end()


def _cell(attributes: dict[str, str | None]) -> TableCell:
    number = attributes.get("x:num") if "x:num" in attributes else attributes.get("sdval")
    if "x:num" in attributes and number is None:
        number = ""
    return TableCell(_span(attributes.get("colspan")), _span(attributes.get("rowspan")), number)


def _span(text: str | None) -> int:
    digits = (text or "").strip()
    return min(max(int(digits[:9]), 1), MOST_SPANNED) if digits.isdecimal() else 1
