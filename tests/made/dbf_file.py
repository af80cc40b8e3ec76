"""A tiny writer of FoxPro tables."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.made.reader_files import person

Field = tuple[str, str, int]
"""Name, kind, length."""

FIELDS = [
    ("ZYH", "C", 10), ("XM", "C", 8), ("SFZH", "C", 18), ("YYMC", "C", 20), ("RYRQ", "D", 8),
    ("CYRQ", "D", 8), ("ZFY", "N", 10), ("KBCFY", "N", 10), ("XNHBC", "N", 10), ("MZJZ", "N", 10),
]  # fmt: skip
RECORD = [
    "ZY001", "张三", person(1), "云谷卫生院", "20101003", "20101009", "   1000.00", "800.00", "600.00", "0",
]  # fmt: skip
"""A hospital's list under pinyin heads, and one stay of it."""


def dbf_bytes(
    fields: Sequence[Field],
    records: Sequence[Sequence[bytes | str]],
    deleted: Sequence[int] = (),
    code_page: int = 0,
    encoding: str = "gb18030",
) -> bytes:
    """A table; texts are padded with blanks, bytes are taken as they are. `deleted`: records with the mark."""
    width = 1 + sum(length for _, _, length in fields)
    size = 32 + 32 * len(fields) + 1
    head = struct.pack("<BBBBIHH17xB2x", 0x30, 110, 12, 31, len(records), size, width, code_page)
    for name, kind, length in fields:
        head += struct.pack("<11sc4xBB14x", name.encode(encoding), kind.encode(), length, 0)
    body = b""
    for number, record in enumerate(records):
        body += b"*" if number in deleted else b" "
        for (_, _, length), cell in zip(fields, record, strict=True):
            raw = cell if isinstance(cell, bytes) else cell.encode(encoding)
            body += raw[:length].ljust(length)
    return head + b"\r" + body + b"\x1a"
