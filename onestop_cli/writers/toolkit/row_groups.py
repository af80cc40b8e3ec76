"""Parquet files of one schema joined into one without reading their values: row groups are copied as they are.

A Parquet file is its row groups and, at the end, a footer that says where each column of each of them lies. So the
groups are put behind each other, and one footer names them all with their places moved. The footer is written in
Thrift's compact protocol (Apache Parquet, parquet.thrift; Apache Thrift, thrift-compact-protocol.md), of which this
reads and writes the parts that have no meaning here unchanged.
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from onestop_cli.errors import Broken

_MAGIC = b"PAR1"
_END = struct.Struct("<I4s")
"""Length of the footer and the magic word."""

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_WHOLE = (_I16, _I32, _I64)

_SCHEMA, _ROWS, _GROUPS = 2, 3, 4
"""Fields of FileMetaData."""
_COLUMNS, _GROUP_AT, _ORDINAL = 1, 5, 7
"""Fields of RowGroup."""
_CHUNK_PLACES, _META = (2, 4, 6), 3
"""Fields of ColumnChunk: where it, its offset index and its column index lie, and its ColumnMetaData."""
_META_PLACES = (9, 10, 11, 14)
"""Fields of ColumnMetaData: where data, index and dictionary pages and the Bloom filter lie."""

Struct = dict[int, tuple[int, Any]]
"""Field → its type and value. A list is (type of its elements, values)."""


def join(parts: Sequence[Path], out: Path) -> None:
    """Write `out` with the rows of all `parts` in their order. Raises `Broken` when two have different columns."""
    with ExitStack() as opened, out.open("wb") as whole:
        files = [opened.enter_context(part.open("rb")) for part in parts]
        whole.write(_MAGIC)
        footer: Struct = {}
        for file in files:
            size, own = _footer(file)
            for group in own[_GROUPS][1][1]:
                _move(group, whole.tell() - len(_MAGIC))
            _copy(file, size, whole)
            footer = _with(footer, own)
        for number, group in enumerate(footer[_GROUPS][1][1]):
            if _ORDINAL in group:
                group[_ORDINAL] = _I16, number
        written = b"".join(_written(_STRUCT, footer))
        whole.write(written + _END.pack(len(written), _MAGIC))


def _footer(file: IO[bytes]) -> tuple[int, Struct]:
    """How many bytes the row groups take with the word before them, and the footer."""
    file.seek(-_END.size, 2)
    length, magic = _END.unpack(file.read(_END.size))
    if magic != _MAGIC:
        raise Broken("no Parquet file")
    size = file.seek(-_END.size - length, 2)
    return size, _Reader(file.read(length)).value(_STRUCT)


def _copy(file: IO[bytes], size: int, whole: IO[bytes]) -> None:
    """The row groups of `file` behind what is written; it ends where they end."""
    begin = whole.tell() - len(_MAGIC)
    file.seek(len(_MAGIC))
    shutil.copyfileobj(file, whole, 1 << 20)
    whole.seek(begin + size)
    whole.truncate()


def _with(footer: Struct, other: Struct) -> Struct:
    """The footer of both."""
    if not footer:
        return other
    if footer[_SCHEMA] != other[_SCHEMA]:
        raise Broken("parts of a table have different columns")
    footer[_ROWS] = _I64, footer[_ROWS][1] + other[_ROWS][1]
    footer[_GROUPS] = _LIST, (_STRUCT, footer[_GROUPS][1][1] + other[_GROUPS][1][1])
    return footer


def _move(group: Struct, by: int) -> None:
    """Every place in a row group, `by` bytes further on; 0 is none."""
    _shift(group, (_GROUP_AT,), by)
    for chunk in group[_COLUMNS][1][1]:
        _shift(chunk, _CHUNK_PLACES, by)
        _shift(chunk[_META][1], _META_PLACES, by)


def _shift(fields: Struct, places: Sequence[int], by: int) -> None:
    for place in places:
        if place in fields and fields[place][1]:
            fields[place] = _I64, fields[place][1] + by


class _Reader:
    """Values one after the other out of `data`."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def value(self, kind: int) -> Any:
        if kind in _WHOLE:
            number = self._varint()
            return number >> 1 ^ -(number & 1)
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE
        if kind == _BINARY:
            return self._bytes(self._varint())
        if kind == _STRUCT:
            return self._struct()
        if kind in (_LIST, _SET):
            return self._list()
        if kind == _BYTE:
            return self._bytes(1)
        if kind == _DOUBLE:
            return self._bytes(8)
        raise Broken(f"a footer with a value of kind {kind}")

    def _bytes(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return found
            shift += 7

    def _struct(self) -> Struct:
        fields: Struct = {}
        number = 0
        while head := self._bytes(1)[0]:
            kind = head & 0x0F
            number = number + (head >> 4) if head >> 4 else self.value(_I16)
            fields[number] = kind, self.value(kind)
        return fields

    def _list(self) -> tuple[int, list[Any]]:
        head = self._bytes(1)[0]
        count, kind = head >> 4, head & 0x0F
        count = self._varint() if count == 15 else count
        if kind in (_TRUE, _FALSE):
            return kind, [self._bytes(1)[0] == _TRUE for _ in range(count)]
        return kind, [self.value(kind) for _ in range(count)]


def _written(kind: int, value: Any) -> Iterator[bytes]:
    """The bytes of a value."""
    if kind in _WHOLE:
        yield _varint(value << 1 ^ value >> 63)
    elif kind == _BINARY:
        yield _varint(len(value)) + value
    elif kind == _STRUCT:
        before = 0
        for number, (own, field) in value.items():
            near = 0 < number - before < 16
            yield bytes([(number - before) << 4 | own]) if near else bytes([own])
            yield from () if near else _written(_I16, number)
            yield from _written(own, field)
            before = number
        yield b"\0"
    elif kind in (_LIST, _SET):
        own, values = value
        few = len(values) < 15
        yield bytes([(len(values) if few else 15) << 4 | own])
        yield b"" if few else _varint(len(values))
        for element in values:
            if own in (_TRUE, _FALSE):
                yield bytes([_TRUE if element else _FALSE])
            else:
                yield from _written(own, element)
    elif kind in (_BYTE, _DOUBLE):
        yield value


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
