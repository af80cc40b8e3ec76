"""The door every file comes in by. It stands in a worker: whatever a file does to its reader, it does it there.

This module and what it imports know nothing of Polars, so that a worker is up at once and small.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from onestop_cli.readers.containers.grid import Grid, Unreadable
from onestop_cli.readers.containers.limits import LARGEST_FILE, allowed, broken, too_large
from onestop_cli.readers.containers.sniff import archived, is_archive, is_our_own, open_grids

_DEEPEST_ARCHIVE = 2
_LEFT_LYING = {"thumbs.db", "desktop.ini", "__macosx", ".ds_store"}


@dataclass(frozen=True)
class FoundFile:
    """A file, on the disk or in an archive: its sheets, or why it cannot be read.

    `source`: how it is called. `our_own`: a paper that onestop wrote. `left_lying`: files of the system in the same
    archive, which are only counted.
    """

    source: str
    kind: str = ""
    sha256: str = ""
    size: int = 0
    grids: tuple[Grid, ...] = ()
    trouble: Unreadable | None = None
    our_own: bool = False
    left_lying: tuple[str, ...] = ()


def is_left_lying(relative: PurePosixPath | Path) -> bool:
    """Whether a file is a lock of an office program, or what systems leave behind."""
    return any(
        part.startswith((".", "~$")) or part.casefold() in _LEFT_LYING for part in relative.parts
    )


def enter(source: str, path: str, passwords: Sequence[str], cells: int) -> list[FoundFile]:
    """The file at `path`, or every file in it when it is an archive; together at most `cells` cells."""
    with allowed(cells):
        try:
            data = _bytes(path)
        except Unreadable as error:
            return [FoundFile(source, trouble=error)]
        return list(_unpacked(source, data, passwords, _DEEPEST_ARCHIVE))


def _bytes(path: str) -> bytes:
    try:
        if os.stat(path).st_size > LARGEST_FILE:  # noqa: PTH116 (a worker gets plain text)
            raise too_large(os.stat(path).st_size)  # noqa: PTH116
        return Path(path).read_bytes()
    except FileNotFoundError as error:
        raise Unreadable("找不到这个文件", "请检查路径是否写对") from error
    except OSError as error:
        raise Unreadable(
            "文件打不开（没有权限，或正被别的程序占用）", "请关闭正在使用它的程序后重试"
        ) from error


def _unpacked(
    source: str, data: bytes, passwords: Sequence[str], deeper: int
) -> Iterator[FoundFile]:
    """`data`, or, when it is an archive, what lies in it."""
    try:
        if not is_archive(data):
            yield _opened(source, data, passwords)
            return
        if not deeper:
            raise Unreadable("压缩包里套着压缩包", "请先解压，再把里面的文件放进来")
        inside = sorted(archived(data, passwords), key=lambda item: item[0])
    except Unreadable as error:
        yield FoundFile(source, trouble=error)
        return
    lying = tuple(name for name, _ in inside if is_left_lying(PurePosixPath(name)))
    kept = [item for item in inside if item[0] not in lying]
    if not kept:
        empty = Unreadable("压缩包里没有文件", "请检查压缩包，或把它移出文件夹")
        yield FoundFile(source, trouble=empty, left_lying=lying)
    for name, content in kept:
        inner = f"{source}/{name}"
        if isinstance(content, Unreadable):
            yield FoundFile(inner, trouble=content)
        else:
            yield from _unpacked(inner, content, passwords, deeper - 1)
    if kept and lying:
        yield FoundFile(source, left_lying=lying)


def _opened(source: str, data: bytes, passwords: Sequence[str]) -> FoundFile:
    try:
        kind, grids = open_grids(source, data, passwords)
    except Unreadable as error:
        return FoundFile(source, trouble=error)
    except MemoryError:
        raise
    except (
        BaseException
    ):  # what a damaged file does to a parser has no common name; a Rust panic is no Exception
        if os.environ.get("ONESTOP_TRACEBACK"):
            raise
        return FoundFile(source, trouble=broken())
    digest = hashlib.sha256(data).hexdigest()
    return FoundFile(source, kind, digest, len(data), tuple(grids), our_own=is_our_own(data))
