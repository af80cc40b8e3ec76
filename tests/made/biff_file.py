"""A tiny writer of true .xls files (BIFF8 in a compound file), so that tests can put any cell into one."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

END, FREE, FAT_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
ERRORS = {"#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#N/A": 0x2A}


@dataclass(frozen=True)
class Never:
    """A formula that was never computed."""


@dataclass(frozen=True)
class Error:
    """A cell in error."""

    text: str


def biff(
    sheets: Mapping[str, Sequence[Sequence[object]]],
    hidden: Iterable[str] = (),
    merges: Mapping[str, Sequence[tuple[int, int, int, int]]] | None = None,
    epoch_1904: bool = False,
    locked: bool = False,
) -> bytes:
    """A workbook of `sheets` (name → rows of text, numbers, dates, `Error`, `Never`)."""
    bodies = [
        _sheet(rows, (merges or {}).get(name, ()), epoch_1904) for name, rows in sheets.items()
    ]
    head = _bof(5) + _record(0x42, struct.pack("<H", 1200))
    head += _record(0x22, struct.pack("<H", int(epoch_1904)))
    head += _record(0x2F, bytes(54)) if locked else b""
    head += _record(0xE0, struct.pack("<HHHHHHHHHH", *[0] * 10))
    head += _record(0xE0, struct.pack("<HHHHHHHHHH", 0, 14, *[0] * 8))
    names = [_record(0x85, struct.pack("<IBB", 0, 0, 0) + _short(name)) for name in sheets]
    offset = len(head) + sum(map(len, names)) + 4
    placed = b""
    for name, body in zip(sheets, bodies, strict=True):
        state = 1 if name in tuple(hidden) else 0
        placed += _record(0x85, struct.pack("<IBB", offset, state, 0) + _short(name))
        offset += len(body)
    return compound({"Workbook": head + placed + _record(0x0A, b"") + b"".join(bodies)})


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _bof(kind: int) -> bytes:
    return _record(0x809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _short(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _sheet(
    rows: Sequence[Sequence[object]], merges: Sequence[tuple[int, int, int, int]], epoch_1904: bool
) -> bytes:
    width = max((len(row) for row in rows), default=0)
    body = _bof(0x10) + _record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            body += _cell(r, c, value, epoch_1904)
    if merges:
        places = b"".join(struct.pack("<HHHH", r0, r1, c0, c1) for r0, c0, r1, c1 in merges)
        body += _record(0xE5, struct.pack("<H", len(merges)) + places)
    return body + _record(0x0A, b"")


def _cell(row: int, column: int, value: object, epoch_1904: bool) -> bytes:
    place = struct.pack("<HHH", row, column, isinstance(value, date))
    if value is None or value == "":
        return b""
    if isinstance(value, Error):
        return _record(0x205, place + struct.pack("<BB", ERRORS[value.text], 1))
    if isinstance(value, Never):
        return _record(0x06, place + b"\x03\0\0\0\0\0\xff\xff" + struct.pack("<HIH", 0, 0, 0))
    if isinstance(value, date):
        start = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)
        return _record(0x203, place + struct.pack("<d", (value - start).days))
    if isinstance(value, int | float):
        return _record(0x203, place + struct.pack("<d", value))
    text = str(value)
    return _record(0x204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (OLE2) of `streams`, each in sectors of its own."""
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    table: list[int] = []
    content = b""
    starts = {}
    for name, data in padded.items():
        starts[name] = len(table)
        count = -(-len(data) // 512)
        table += [*range(len(table) + 1, len(table) + count), END]
        content += data.ljust(count * 512, b"\0")
    entries = [_entry("Root Entry", 5, END, 0, 1)]
    entries += [
        _entry(name, 2, starts[name], len(data), FREE if place == len(padded) else place + 1)
        for place, (name, data) in enumerate(padded.items(), 1)
    ]
    directory = b"".join(entries)
    directory_start = len(table)
    count = -(-len(directory) // 512)
    table += [*range(len(table) + 1, len(table) + count), END]
    content += directory.ljust(count * 512, b"\0")
    fat_start = len(table)
    fats = 1
    while (len(table) + fats) * 4 > fats * 512:
        fats += 1
    table += [FAT_SECTOR] * fats
    content += struct.pack(f"<{len(table)}I", *table).ljust(fats * 512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xIIIIIIIII",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        fats,
        directory_start,
        0,
        4096,
        END,
        0,
        END,
        0,
    )
    head += struct.pack("<109I", *range(fat_start, fat_start + fats), *[FREE] * (109 - fats))
    return head + content


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    tree = struct.pack("<III", FREE, child if kind == 2 else FREE, child if kind == 5 else FREE)
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBB", len(raw), kind, 1)
        + tree
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )
