"""The files behind the paths a clerk gives: folders and zip archives with all that lies in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from onestop_cli.errors import Problem
from onestop_cli.readers.containers.grid import Grid, Unreadable
from onestop_cli.readers.containers.limits import check_size
from onestop_cli.readers.containers.sniff import archived, is_archive, open_grids
from onestop_cli.tables.reading import InputFile

_PASSED_OVER = {"thumbs.db", "desktop.ini", "__macosx"}
_DEEPEST_ARCHIVE = 2


@dataclass(frozen=True)
class Opened:
    """A file with its sheets."""

    file: InputFile
    grids: Sequence[Grid]


def open_files(
    paths: Iterable[Path], passwords: Sequence[str] = ()
) -> tuple[list[Opened], list[Problem]]:
    """Every file behind `paths`, by relative path, and a problem for each that cannot be read."""
    opened, problems = [], []
    files, missing = _files(paths)
    problems += missing
    for source, path in files:
        for name, data in _contents(source, path, passwords):
            try:
                if isinstance(data, Unreadable):
                    raise data
                kind, grids = open_grids(name, data, passwords)
                digest = hashlib.sha256(data).hexdigest()
                opened.append(Opened(InputFile(name, kind, digest, len(data)), grids))
            except Unreadable as error:
                problems.append(error.problem(name))
    return opened, problems


def _contents(
    source: str, path: Path, passwords: Sequence[str]
) -> Iterator[tuple[str, bytes | Unreadable]]:
    """A file, or the files in an archive."""
    try:
        data = path.read_bytes()
    except OSError:
        yield (
            source,
            Unreadable(
                "文件打不开（没有权限，或正被别的程序占用）", "请关闭正在使用它的程序后重试"
            ),
        )
        return
    yield from _unpacked(source, data, passwords, _DEEPEST_ARCHIVE)


def _unpacked(
    source: str, data: bytes, passwords: Sequence[str], deeper: int
) -> Iterator[tuple[str, bytes | Unreadable]]:
    """`data`, or, when it is an archive, what lies in it."""
    try:
        check_size(data)
        if not is_archive(data):
            yield source, data
            return
        if not deeper:
            raise Unreadable("压缩包里套着压缩包", "请先解压，再把里面的文件放进来")
        inside = sorted(archived(data, passwords), key=lambda item: item[0])
    except Unreadable as error:
        yield source, error
        return
    kept = [item for item in inside if not _passed_over(PurePosixPath(item[0]))]
    if not kept:
        yield source, Unreadable("压缩包里没有文件", "请检查压缩包，或把它移出文件夹")
    for name, content in kept:
        if isinstance(content, Unreadable):
            yield f"{source}/{name}", content
        else:
            yield from _unpacked(f"{source}/{name}", content, passwords, deeper - 1)


def _files(paths: Iterable[Path]) -> tuple[list[tuple[str, Path]], list[Problem]]:
    """Source name and path of every file, sorted by name; a file reached twice is taken once."""
    found: dict[Path, tuple[str, Path]] = {}
    problems = []
    for path in paths:
        if not path.exists():
            problems.append(Problem("找不到这个文件或文件夹", "请检查路径是否写对", str(path)))
            continue
        inside = [file for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
        base = path if path.is_dir() else path.parent
        kept = [file for file in inside if path == file or not _passed_over(file.relative_to(base))]
        if not kept:
            problems.append(Problem("文件夹里没有文件", "请把要读的文件放进去", str(path)))
        for file in kept:
            found.setdefault(file.resolve(), (file.relative_to(base).as_posix(), file))
    return _told_apart(sorted(found.values())), problems


def _told_apart(files: Sequence[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """Files of one relative path under several folders keep apart by the folder's name."""
    names = [source for source, _ in files]
    return sorted(
        (source if names.count(source) == 1 else _longer(source, path), path)
        for source, path in files
    )


def _longer(source: str, path: Path) -> str:
    return PurePosixPath(*path.resolve().parts[-len(PurePosixPath(source).parts) - 1 :]).as_posix()


def _passed_over(relative: PurePosixPath | Path) -> bool:
    """Lock files, and what systems leave lying about."""
    return any(
        part.startswith((".", "~$")) or part.casefold() in _PASSED_OVER for part in relative.parts
    )
