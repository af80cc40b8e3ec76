"""A tiny writer of xlsb packages: texts, numbers, errors, a hidden row, merges."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.made.biff_file import Error
from tests.made.reader_files import zip_bytes

ERRORS = {"#DIV/0!": 0x07, "#REF!": 0x17, "#N/A": 0x2A}
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    "</Types>"
)


def xlsb_bytes(
    rows: Sequence[Sequence[object]],
    hidden: Sequence[int] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
    numbers: Sequence[int] | None = None,
) -> bytes:
    """A workbook of one sheet. `hidden`: 0-based rows; `merges`: first row, last row, first and last column.
    `numbers`: what the rows say they are.
    """
    width = max((len(row) for row in rows), default=1)
    sheet = _record(129, b"") + _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1))
    sheet += _record(145, b"")
    for number, row in zip(numbers or range(len(rows)), rows, strict=True):
        flags = 0x10 if number in hidden else 0
        sheet += _record(0, struct.pack("<IIHBBB", number, 0, 300, 0, flags, 0) + bytes(4))
        sheet += b"".join(_cell(column, cell) for column, cell in enumerate(row))
    sheet += _record(146, b"")
    sheet += b"".join(_record(176, struct.pack("<IIII", *merge)) for merge in merges)
    book = _record(131, b"") + _record(143, b"")
    book += _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Sheet1"))
    book += _record(144, b"") + _record(132, b"")
    return zip_bytes(
        {
            "[Content_Types].xml": _TYPES.encode(),
            "_rels/.rels": _relation("officeDocument", "xl/workbook.bin"),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": _relation("worksheet", "worksheets/sheet1.bin"),
            "xl/worksheets/sheet1.bin": sheet + _record(130, b""),
        }
    )


def _relation(kind: str, target: str) -> bytes:
    inside = f'<Relationship Id="rId1" Type="{_KIND}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_RELATIONS}">{inside}</Relationships>'.encode()


def _record(kind: int, body: bytes) -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(body)
    while True:
        more = size >> 7
        length += bytes([size & 0x7F | (0x80 if more else 0)])
        size = more
        if not size:
            return head + length + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(column: int, value: object) -> bytes:
    place = struct.pack("<II", column, 0)
    if value is None or value == "":
        return b""
    if isinstance(value, Error):
        return _record(3, place + bytes([ERRORS[value.text]]))
    if isinstance(value, int | float):
        return _record(5, place + struct.pack("<d", value))
    return _record(6, place + _wide(str(value)))
