"""What calamine does not tell about an xlsb, the binary sister of xlsx: cells in error, merges, hidden rows, the epoch.

Records of MS-XLSB: a number and a length in groups of seven bits, then the body.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from onestop_cli.readers.containers.grid import Merge
from onestop_cli.readers.containers.limits import broken, check_extent, disordered, unpack
from onestop_cli.readers.containers.ooxml import OoxmlFacts, one_part_each, targets_of

ROW, BLANK, ERROR, FORMULA_ERROR, LAST_CELL = 0, 1, 3, 11, 11
TEXTS = (6, 7, 8, 62)
"""Cells of text: in the sheet, shared, of a formula, rich."""

MERGE, BOOK_PROPERTIES, SHEET = 176, 153, 156
_HIDDEN_ROW = 0x10
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def look_into(package: zipfile.ZipFile) -> tuple[bool, tuple[str | None, ...]]:
    """Whether the workbook counts days from 1904, and the part of each sheet in order (null: no worksheet)."""
    epoch, keys = False, []
    for kind, body in _records(_part(package, "xl/workbook.bin")):
        if kind == BOOK_PROPERTIES and body:
            epoch = bool(body[0] & 1)
        elif kind == SHEET and len(body) >= 12:
            length = struct.unpack_from("<I", body, 8)[0]
            keys.append(body[12 : 12 + 2 * length].decode("utf-16-le", "replace"))
    targets = targets_of(package, "xl/_rels/workbook.bin.rels")
    parts = tuple(targets.get(key) for key in keys)
    one_part_each(parts)
    return epoch, parts


def _part(package: zipfile.ZipFile, wanted: str) -> bytes:
    name = next((n for n in package.namelist() if n.replace("\\", "/").casefold() == wanted), None)
    if name is None:
        raise broken()
    return unpack(package, name)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    offset, end = 0, len(stream)
    while offset < end:
        kind = stream[offset]
        offset += 1
        if kind & 0x80 and offset < end:
            kind = (kind & 0x7F) | (stream[offset] & 0x7F) << 7
            offset += 1
        length = shift = 0
        while True:
            if offset >= end or shift > 21:
                raise broken()
            byte = stream[offset]
            offset += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if offset + length > end:
            raise broken()
        yield kind, stream[offset : offset + length]
        offset += length


@dataclass
class RecordWalk:
    """One pass over a sheet's records; `places`: cells with a value → whether it is a text."""

    places: dict[tuple[int, int], bool] = field(default_factory=dict)
    faulty: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)

    def over(self, stream: bytes) -> None:
        row = -1
        for kind, body in _records(stream):
            if kind == ROW and len(body) >= 13:
                (following,) = struct.unpack_from("<I", body)
                if following <= row:
                    raise disordered()
                row = following
                if body[11] & _HIDDEN_ROW:
                    self.hidden.add(row)
            elif BLANK < kind <= LAST_CELL or kind in TEXTS:
                self._cell(row, kind, body)
            elif kind == MERGE and len(body) >= 16:
                top, bottom, left, right = struct.unpack_from("<IIII", body)
                self.merges.append(((top, left), (bottom, right)))

    def _cell(self, row: int, kind: int, body: bytes) -> None:
        if len(body) < 8:
            raise broken()
        place = row, struct.unpack_from("<I", body)[0]
        if place in self.places:
            raise disordered()
        self.places[place] = kind in TEXTS
        if kind in (ERROR, FORMULA_ERROR) and len(body) >= 9:
            self.faulty[place] = _ERRORS.get(body[8], "#ERROR!")


@dataclass(frozen=True)
class SheetRecords:
    """A worksheet's records."""

    package: zipfile.ZipFile
    part: str

    def check(self) -> OoxmlFacts:
        """The facts; raises `Unreadable` when rows come twice or out of order, or the sheet spans too much."""
        walk = self.walk
        rows = {row for row, _ in walk.places}
        check_extent(max(rows, default=-1) + 1, max((c for _, c in walk.places), default=-1) + 1)
        hidden = len(walk.hidden & rows)
        return OoxmlFacts(len(walk.places), hidden, walk.faulty, tuple(walk.merges))

    lacks_strings = False
    """calamine itself refuses a text that is not there."""

    @cached_property
    def walk(self) -> RecordWalk:
        """Every cell, one by one."""
        walk = RecordWalk()
        walk.over(unpack(self.package, self.part))
        return walk
