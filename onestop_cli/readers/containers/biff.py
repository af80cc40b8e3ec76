"""What calamine does not tell about a true .xls: cells in error, formulas never computed, the epoch."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from onestop_cli.readers.containers.grid import UNCOMPUTED, Unreadable
from onestop_cli.readers.containers.limits import broken, check_extent, disordered
from onestop_cli.readers.containers.ooxml import Faulty

EOF, FORMULA, DATE_MODE, FILE_PASS = 0x0A, 0x06, 0x22, 0x2F
SHEET, STRINGS, DIMENSIONS, BOOL_OR_ERROR = 0x85, 0xFC, 0x200, 0x205
_CELLS = (FORMULA, BOOL_OR_ERROR, 0x203, 0x27E, 0xBD, 0x204, 0xFD, 0xD6)
"""Records of cells: they begin with their row."""

_OLDER_THAN_5 = (0x009, 0x209, 0x409)
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


@dataclass(frozen=True)
class BookFacts:
    """Whether the workbook is locked or counts days from 1904, and the faulty cells of each sheet in order."""

    locked: bool
    epoch_1904: bool
    faulty: tuple[Faulty, ...]


def look_into(stream: bytes) -> BookFacts:
    """The facts of a Workbook stream; raises `Unreadable` when its records do not hold together."""
    locked, epoch, starts = False, False, []
    for kind, body in _records(stream, 0):
        if kind in _OLDER_THAN_5:
            raise Unreadable("Excel 4.0 以前的老格式不能读", "请用 Excel 或 WPS 打开后另存为 xlsx")
        locked = locked or kind == FILE_PASS
        epoch = epoch or (kind == DATE_MODE and body[:2] == b"\x01\x00")
        if kind == STRINGS and len(body) >= 8 and _count_of(body) > len(stream):
            raise broken()
        if kind == SHEET and len(body) >= 6:
            starts.append(struct.unpack_from("<I", body)[0])
    faulty = () if locked else tuple(_faulty(stream, start) for start in starts)
    return BookFacts(locked, epoch, faulty)


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, from its BOF to its EOF."""
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        yield kind, stream[offset + 4 : offset + 4 + length]
        if kind == EOF:
            return
        offset += 4 + length
    raise broken()


def _count_of(strings: bytes) -> int:
    """Shared strings that a workbook says it has; calamine makes room for as many."""
    return int(struct.unpack_from("<I", strings, 4)[0])


def _spanned(body: bytes) -> tuple[int, int]:
    """Rows and columns that a sheet says it spans; calamine makes room for as many."""
    top, bottom, left, right = struct.unpack_from("<IIHH", body)
    return max(top, bottom), max(left, right)


def _faulty(stream: bytes, start: int) -> Faulty:
    """Cells in error of one sheet; its formulas too, when not one of them has a result."""
    errors: dict[tuple[int, int], str] = {}
    empty: list[tuple[int, int]] = []
    formulas = last_row = 0
    for kind, body in _records(stream, start):
        if kind in _CELLS and len(body) >= 2:
            row = struct.unpack_from("<H", body)[0]
            if row < last_row:
                raise disordered()
            last_row = row
        if kind == DIMENSIONS and len(body) == 14:
            check_extent(*_spanned(body))
        if kind == BOOL_OR_ERROR and len(body) >= 8 and body[7]:
            errors[struct.unpack_from("<HH", body)] = _ERRORS.get(body[6], "#ERROR!")
        elif kind == FORMULA and len(body) >= 14:
            formulas += 1
            place, special = struct.unpack_from("<HH", body), body[12:14] == b"\xff\xff"
            if special and body[6] == 2:
                errors[place] = _ERRORS.get(body[8], "#ERROR!")
            elif special and body[6] == 3:
                empty.append(place)
    never = dict.fromkeys(empty, UNCOMPUTED) if len(empty) == formulas else {}
    return errors | never
