"""Text files: CSV, tab-separated and the like, in UTF-8, UTF-16 or GB18030."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from onestop_cli.readers.containers.grid import Grid, Unreadable
from onestop_cli.readers.containers.limits import LONGEST_TEXT, check_extent, made_grid

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_FORCED_TEXT = re.compile(r'="(.*)"', re.DOTALL)
_AN_ID = re.compile(r"\d{17}[\dXx]")

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")

_ROWS_TO_TELL, _CELLS_TO_TELL = 5, 3
"""A file of fewer rows, and a last line of fewer cells (制表人 …), says nothing about how the rows end."""

_TOLD = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""A first line that tells Excel the separator, and that Excel does not show."""


def read_delimited(source: str, data: bytes) -> Grid:
    """The file as one sheet without a name; raises `Unreadable` when it is no text."""
    text = decode(data).rstrip("\0\x1a")
    if "\0" in text:
        raise Unreadable("不是表格文件", "请让医院或民政重新导出为 xlsx 或 csv")
    csv.field_size_limit(LONGEST_TEXT)
    told = _TOLD.match(text)
    mark = told[1] if told else _delimiter(text)
    rows = _rows(text[told.end() :] if told else text, mark)
    grid = made_grid(source, None, [[_unforced(cell) for cell in row] for row in rows])
    return replace(grid, notes=(*grid.notes, *_cut_short(text, rows)))


def _cut_short(text: str, rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """What to say of a file whose last record ends in the midst of a line: it was copied in part."""
    if len(rows) < _ROWS_TO_TELL or text.endswith(("\n", "\r")):
        return
    usual = Counter(len(row) for row in rows[:-1]).most_common(1)[0][0]
    if _CELLS_TO_TELL <= len(rows[-1]) < usual:
        yield f"第 {len(rows)} 行没有写完，文件像是没有传完：请重新拷贝或导出，核对笔数"


def _rows(text: str, mark: str) -> list[list[str]]:
    """Records and cells; where tabs divide them, quotes may be plain characters that never close."""
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE) if mark == "\t" else (csv.QUOTE_MINIMAL,):
        lines = csv.reader(_lines(text), delimiter=mark, quoting=quoting, strict=True)
        rows: list[list[str]] = []
        width = 0
        try:
            for row in lines:
                if any(_swallowed(cell, mark) for cell in row):
                    raise csv.Error
                rows.append(row)
                width = max(width, len(row))
                check_extent(len(rows), width)
        except csv.Error:
            place = lines.line_num
            continue
        return rows
    raise Unreadable(f"第 {place} 行前后的引号不成对，各列对不上", "请改正该行，或重新导出为 xlsx")


def _swallowed(cell: str, mark: str) -> bool:
    """Whether a quote that never closed took following rows into the cell: an ID among their separators tells.

    A line break typed within a cell, after an ID or between a name and it, brings no separators with it.
    """
    return "\n" in cell and mark in cell and bool(_AN_ID.search(cell))


def _lines(text: str) -> Iterator[str]:
    """Line by line with its end, as `io.StringIO` gives them, which takes four bytes a character."""
    return (line[0] for line in _LINE.finditer(text))


def decode(data: bytes) -> str:
    """BOM, else strict UTF-8, else UTF-16 by its zero bytes, else strict GB18030; detectors guess wrong."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data[len(bom) :], encoding)
    head = data[:4000]
    if head.count(0) > len(head) // 10:
        return _strict(
            data, "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(data, "gb18030")


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            "文字编码无法识别（既不是 UTF-8 也不是 GBK/GB18030），或文件已损坏",
            "请用 Excel 或 WPS 打开后另存为 xlsx",
        ) from error


def _delimiter(text: str) -> str:
    """The separator found most often in the first lines, outside quotes."""
    head = re.sub(r'"[^"]*"', "", text[:20_000])
    return max("\t,;|", key=lambda mark: (head.count(mark), mark == ","))


def _unforced(cell: str) -> str:
    """`="0123"`, by which programs make Excel keep a text, is that text."""
    match = _FORCED_TEXT.fullmatch(cell) if cell.startswith('="') else None
    return match[1].replace('""', '"') if match else cell
