"""Compound files, the container of old Office documents: the streams of the root, and no other storage's."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cached_property

import olefile

from onestop_cli.readers.containers.limits import broken

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class CompoundFile:
    """A compound file; raises `Unreadable` as soon as its structure does not hold.

    A document embedded in a workbook lies in a storage of its own, so only the root's streams tell what a file is.
    Their names have no case.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _file(self) -> olefile.OleFileIO:
        try:
            return olefile.OleFileIO(io.BytesIO(self._data))
        except MemoryError:
            raise
        except Exception as error:  # the library speaks up in many ways
            raise broken() from error

    @cached_property
    def _names(self) -> Mapping[str, str]:
        root = self._file.root
        if root is None:
            raise broken()
        return {
            kid.name.casefold(): kid.name
            for kid in root.kids
            if kid.entry_type == olefile.STGTY_STREAM
        }

    def has(self, name: str) -> bool:
        return name.casefold() in self._names

    def stream(self, name: str) -> bytes:
        """The bytes of a stream of the root."""
        try:
            return bytes(self._file.openstream([self._names[name.casefold()]]).read())
        except MemoryError:
            raise
        except Exception as error:
            raise broken() from error
