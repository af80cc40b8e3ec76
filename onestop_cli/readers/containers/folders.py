"""Which files lie behind the paths a clerk gives: nothing is passed over unseen."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from onestop_cli.errors import Problem
from onestop_cli.readers.containers.door import is_left_lying


@dataclass
class FolderEntry:
    """What lies behind the paths: `files` as (source, path, whether named by itself), by name.

    `left_lying`: locks and system files. `ignored`: what `[inbox] ignore` says. `runs`: run folders of ours.
    """

    files: list[tuple[str, Path, bool]] = field(default_factory=list)
    left_lying: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def files_behind(paths: Iterable[Path], ignore: Sequence[str] = ()) -> FolderEntry:
    """Every file behind `paths`, each once; linked folders are followed."""
    lying = FolderEntry()
    found: dict[Path, tuple[str, Path, bool]] = {}
    for path in paths:
        walk = _Walk(path, ignore, lying)
        before = len(lying.problems)
        walk.begin()
        for source, file in walk.files:
            found.setdefault(file.resolve(), (source, file, file == path))
        if not walk.files and len(lying.problems) == before:
            lying.problems.append(
                Problem("文件夹里没有可读的文件", "请把要读的文件放进去", str(path))
            )
    lying.files = _told_apart(sorted(found.values()))
    return lying


class _Walk:
    """One path, and all below it when it is a folder."""

    def __init__(self, path: Path, ignore: Sequence[str], lying: FolderEntry) -> None:
        self._path, self._ignore, self._lying = path, ignore, lying
        self._base = path if path.is_dir() else path.parent
        self._seen: set[str] = set()
        self.files: list[tuple[str, Path]] = []

    def begin(self) -> None:
        mode = self._mode(self._path)
        if mode is None:
            self._wrong(
                self._path, "找不到这个文件或文件夹", f"请检查路径是否写对{like(self._path)}"
            )
        elif stat.S_ISDIR(mode):
            self._folder(self._path)
        else:
            self._file(self._path, mode)

    def _folder(self, folder: Path) -> None:
        real = os.path.realpath(folder)
        if real in self._seen:
            return
        self._seen.add(real)
        try:
            inside = sorted(folder.iterdir())
        except OSError:
            self._wrong(folder, "文件夹打不开（没有权限）", "请给予读取权限，或把它移出去")
            return
        for path in inside:
            self._entry(path)

    def _entry(self, path: Path) -> None:
        relative = path.relative_to(self._base)
        name = relative.as_posix()
        if is_left_lying(relative):
            self._lying.left_lying.append(name)
            return
        if any(_fits(relative, pattern) for pattern in self._ignore):
            self._lying.ignored.append(name)
            return
        mode = self._mode(path)
        if mode is None:
            self._wrong(
                path, "链接指向的文件不在了，或没有权限", "请把文件本身放进来，或移走这个链接"
            )
        elif not stat.S_ISDIR(mode):
            self._file(path, mode)
        elif (path / "run.json").is_file() and (path / "data").is_dir():
            self._lying.runs.append(name)
        else:
            self._folder(path)

    def _file(self, path: Path, mode: int) -> None:
        if stat.S_ISREG(mode):
            self.files.append((path.relative_to(self._base).as_posix(), path))
        else:
            self._wrong(path, "不是普通文件（是管道或设备）", "请把它移出文件夹")

    @staticmethod
    def _mode(path: Path) -> int | None:
        """What is at `path`, links followed; None where nothing can be found."""
        try:
            return path.stat().st_mode
        except OSError:
            return None

    def _wrong(self, path: Path, what: str, remedy: str) -> None:
        place = str(path) if path == self._path else path.relative_to(self._base).as_posix()
        self._lying.problems.append(Problem(what, remedy, place))


def _fits(relative: Path, pattern: str) -> bool:
    """Whether a file or folder is meant by a glob of `[inbox] ignore`, by its path or its name alone."""
    path = relative.as_posix()
    return fnmatch(path, pattern) or fnmatch(f"{path}/", pattern) or fnmatch(relative.name, pattern)


def _told_apart(files: Sequence[tuple[str, Path, bool]]) -> list[tuple[str, Path, bool]]:
    """Files of one relative path under several folders keep apart by the folder's name."""
    names = [source for source, _, _ in files]
    return sorted(
        (source if names.count(source) == 1 else _longer(source, path), path, alone)
        for source, path, alone in files
    )


def _longer(source: str, path: Path) -> str:
    return PurePosixPath(*path.resolve().parts[-len(PurePosixPath(source).parts) - 1 :]).as_posix()


def like(path: Path) -> str:
    """`；这里有 …`: what lies where `path` should, under a name like it or as another kind of file; empty without."""
    try:
        names = sorted(other.name for other in path.parent.iterdir())
    except OSError:
        return ""
    stem = path.name.split(".")[0]
    same = [name for name in names if name.split(".")[0] == stem]
    near = same or get_close_matches(path.name, names, 3, 0.75)
    return f"；这里有 {'、'.join(near[:3])}" if near else ""
