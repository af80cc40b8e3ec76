"""Compound files, the container of old Office documents: just enough to take a stream out."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property

from onestop_cli.readers.containers.limits import broken

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFF0
"""Sector numbers from here on mean the end of a chain, or nothing."""


@dataclass(frozen=True)
class _Entry:
    start: int
    size: int


@dataclass(frozen=True)
class CompoundFile:
    """A compound file; raises `Unreadable` as soon as its structure does not hold."""

    data: bytes

    @cached_property
    def entries(self) -> dict[str, _Entry]:
        """Streams by name; the root's own stream is `""`."""
        found: dict[str, _Entry] = {}
        directory = self._chain(self._number(48), self._table)
        for offset in range(0, len(directory) - 127, 128):
            name, length, kind = struct.unpack_from("<64sHB", directory, offset)
            start, size = struct.unpack_from("<II", directory, offset + 116)
            if kind in (2, 5) and 2 <= length <= 64:
                text = name[: length - 2].decode("utf-16-le", "replace")
                found.setdefault("" if kind == 5 else text, _Entry(start, size))
        return found

    def stream(self, name: str) -> bytes:
        """The bytes of a stream."""
        entry = self.entries[name]
        if entry.size >= self._number(56):
            return self._chain(entry.start, self._table)[: entry.size]
        small = self._chain(self.entries[""].start, self._table) if "" in self.entries else b""
        size = 1 << self._short(32)
        return self._follow(entry.start, self._small_table, small, size, 0)[: entry.size]

    @cached_property
    def _table(self) -> tuple[int, ...]:
        """The sector after each sector."""
        sectors = [n for n in struct.unpack_from("<109I", self._head, 76) if n < _END]
        size, following, seen = self._sector_size, self._number(68), 0
        while following < _END and seen <= len(self.data) // size:
            block = struct.unpack(f"<{size // 4}I", self._sector(following))
            sectors += [n for n in block[:-1] if n < _END]
            following, seen = block[-1], seen + 1
        if len(sectors) > len(self.data) // size + 1:
            raise broken()
        return self._numbers(b"".join(self._sector(n) for n in sectors))

    @cached_property
    def _small_table(self) -> tuple[int, ...]:
        return self._numbers(self._chain(self._number(60), self._table))

    def _chain(self, start: int, table: tuple[int, ...]) -> bytes:
        return self._follow(start, table, self.data, self._sector_size, self._sector_size)

    def _follow(
        self, start: int, table: tuple[int, ...], data: bytes, size: int, skip: int
    ) -> bytes:
        """The sectors from `start` on, put together; a circle or a jump out of the file is damage."""
        parts: list[bytes] = []
        sector = start
        while sector < _END:
            if sector >= len(table) or len(parts) > len(table):
                raise broken()
            parts.append(data[skip + sector * size : skip + (sector + 1) * size])
            sector = table[sector]
        return b"".join(parts)

    def _sector(self, number: int) -> bytes:
        begin = (number + 1) * self._sector_size
        block = self.data[begin : begin + self._sector_size]
        if len(block) < self._sector_size:
            raise broken()
        return block

    @cached_property
    def _sector_size(self) -> int:
        shift = self._short(30)
        if shift not in (9, 12):
            raise broken()
        return 1 << shift

    @property
    def _head(self) -> bytes:
        if len(self.data) < 512:
            raise broken()
        return self.data[:512]

    def _number(self, offset: int) -> int:
        return int(struct.unpack_from("<I", self._head, offset)[0])

    def _short(self, offset: int) -> int:
        return min(int(struct.unpack_from("<H", self._head, offset)[0]), 31)

    @staticmethod
    def _numbers(block: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])
