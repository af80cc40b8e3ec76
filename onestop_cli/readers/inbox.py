"""The files behind the paths a clerk gives: folders with all that lies in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from onestop_cli.errors import Problem
from onestop_cli.readers.containers import open_grids
from onestop_cli.readers.grid import Grid, Unreadable
from onestop_cli.readers.reading import InputFile

_PASSED_OVER = {"thumbs.db", "desktop.ini", "__macosx"}


@dataclass(frozen=True)
class Opened:
    """A file with its sheets."""

    file: InputFile
    grids: Sequence[Grid]


def open_files(paths: Iterable[Path]) -> tuple[list[Opened], list[Problem]]:
    """Every file behind `paths`, by relative path, and a problem for each that cannot be read."""
    opened, problems = [], []
    files, missing = _files(paths)
    problems += missing
    for source, path in files:
        try:
            data = path.read_bytes()
            kind, grids = open_grids(source, data)
            digest = hashlib.sha256(data).hexdigest()
            opened.append(Opened(InputFile(source, kind, digest, len(data)), grids))
        except Unreadable as error:
            problems.append(error.problem(source))
        except OSError:
            problems.append(
                Problem("文件打不开（没有权限或被占用）", "请关闭正在使用它的程序", source)
            )
    return opened, problems


def _files(paths: Iterable[Path]) -> tuple[list[tuple[str, Path]], list[Problem]]:
    """Source name and path of every file, sorted; a file reached twice is taken once."""
    found: dict[Path, tuple[str, Path]] = {}
    problems = []
    for path in paths:
        if not path.exists():
            problems.append(Problem("找不到这个文件或文件夹", "请检查路径", str(path)))
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.is_file() and not _passed_over(file.relative_to(path)):
                base = path if path.is_dir() else path.parent
                found.setdefault(file.resolve(), (file.relative_to(base).as_posix(), file))
        if path.is_dir() and not any(f.is_file() for f in inside):
            problems.append(Problem("文件夹里没有文件", "请把要读的文件放进去", str(path)))
    return sorted(found.values()), problems


def _passed_over(relative: Path) -> bool:
    """Lock files, and what systems leave lying about."""
    return any(
        part.startswith((".", "~$")) or part.casefold() in _PASSED_OVER for part in relative.parts
    )
