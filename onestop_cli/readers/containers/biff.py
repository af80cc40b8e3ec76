"""What xlrd does not tell about a true .xls without its formatting: the lock, merges, hidden rows, cells written twice,
formulas never computed."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from onestop_cli.readers.containers.grid import UNCOMPUTED, Merge
from onestop_cli.readers.containers.limits import broken, disordered

BOF, EOF, FILE_PASS, SHEET, MERGED, ROW = 0x809, 0x0A, 0x2F, 0x85, 0xE5, 0x208
_BEGINNINGS = (0x009, 0x209, 0x409, BOF)
_FORMULAS = (0x06, 0x206, 0x406)
_SINGLE = (*_FORMULAS, 0x205, 0x203, 0x03, 0x27E, 0x204, 0x04, 0xFD, 0xD6)
"""Records of one cell that has a value: they begin with row and column."""

_SEVERAL = 0xBD
"""MULRK: numbers of several columns."""

_HIDDEN_ROW = 0x20
BIFF5, BIFF8 = 0x500, 0x600


@dataclass
class BiffFacts:
    """`places`: cells with a value. `uncomputed`: formulas whose result is missing, when not one of them has any."""

    places: set[tuple[int, int]] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    formulas: int = 0
    empty: list[tuple[int, int]] = field(default_factory=list)

    @property
    def uncomputed(self) -> dict[tuple[int, int], str]:
        return dict.fromkeys(self.empty, UNCOMPUTED) if len(self.empty) == self.formulas else {}

    @property
    def hidden_rows(self) -> int:
        """Hidden rows that have a value."""
        return len(self.hidden & {row for row, _ in self.places}) if self.hidden else 0


def is_locked(stream: bytes) -> bool:
    """Whether a Workbook stream is encrypted: nothing else in it can then be trusted."""
    return any(kind == FILE_PASS for kind, _ in _records(stream, 0))


def version_of(stream: bytes) -> int:
    """0x600 for BIFF8 (Excel 97 and later), 0x500 for BIFF5; less for older ones."""
    if len(stream) < 8:
        raise broken()
    kind, _, version = struct.unpack_from("<HHH", stream)
    return int(version) if kind == BOF else 0


def sheet_starts(stream: bytes) -> list[int]:
    """Where each worksheet's records begin, in order."""
    return [
        struct.unpack_from("<I", body)[0]
        for kind, body in _records(stream, 0)
        if kind == SHEET and len(body) >= 6 and body[5] == 0
    ]


def sheet_facts(stream: bytes, start: int) -> BiffFacts:
    """The facts of one sheet; raises `Unreadable` when a cell is written twice."""
    facts = BiffFacts()
    for kind, body in _records(stream, start):
        if kind in _SINGLE and len(body) >= 4:
            place = struct.unpack_from("<HH", body)
            if place in facts.places:
                raise disordered()
            facts.places.add(place)
            if kind in _FORMULAS:
                facts.formulas += 1
                if body[12:14] == b"\xff\xff" and body[6] == 3:
                    facts.empty.append(place)
        elif kind == _SEVERAL and len(body) >= 6:
            row, first = struct.unpack_from("<HH", body)
            several = {(row, first + n) for n in range((len(body) - 6) // 6)}
            if facts.places & several:
                raise disordered()
            facts.places |= several
        elif kind == MERGED:
            facts.merges += _merges(body)
        elif kind == ROW and len(body) >= 14 and body[12] & _HIDDEN_ROW:
            facts.hidden.add(struct.unpack_from("<H", body)[0])
    return facts


def _merges(body: bytes) -> Iterator[Merge]:
    for offset in range(2, len(body) - 7, 8):
        top, bottom, left, right = struct.unpack_from("<HHHH", body, offset)
        yield (top, left), (bottom, right)


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """The records of one substream, from its beginning to its end; those of a chart inside it are passed over."""
    depth = 0
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        offset += 4
        if kind in _BEGINNINGS:
            depth += 1
        elif kind == EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth <= 1:
            yield kind, stream[offset : offset + length]
        offset += length
