"""The files behind the paths a clerk gives, opened by workers: folders and zip archives with all that lies in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from onestop_cli import workers
from onestop_cli.county.settings import ReadingLimits, Settings
from onestop_cli.errors import Problem
from onestop_cli.readers.containers.door import FoundFile
from onestop_cli.readers.containers.early import DOOR, of_one_file
from onestop_cli.readers.containers.folders import FolderEntry, files_behind
from onestop_cli.readers.containers.grid import Grid, NoTable, Unreadable
from onestop_cli.readers.containers.limits import broken, cells_left, one_run, spend
from onestop_cli.tables.reading import InputFile

_NAMED = 5
"""Files that a note calls by name; the others it counts."""


@dataclass(frozen=True)
class Opened:
    """A file with its sheets."""

    file: InputFile
    grids: Sequence[Grid]


@dataclass(frozen=True)
class Inbox:
    """Every file that could be opened, by name; a problem for each that could not; notes on what was left alone."""

    opened: tuple[Opened, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


def open_files(paths: Iterable[Path], settings: Settings, passwords: Sequence[str] = ()) -> Inbox:
    """Open every file behind `paths`, within the limits of `settings`.

    A file in a folder that certainly is no table is named in a note; one that was asked for by name is a problem.
    """
    (inbox,) = open_together([paths], settings, passwords)
    return inbox


def open_together(
    groups: Iterable[Iterable[Path]], settings: Settings, passwords: Sequence[str] = ()
) -> list[Inbox]:
    """`open_files` of each group, the files of all of them side by side."""
    lying = [files_behind(paths, settings.inbox.ignore) for paths in groups]
    with one_run(settings.limits.cells):
        answers = iter(_through_the_door(lying, settings.limits, passwords))
        return [_opened(each, islice(answers, len(each.files)), settings.limits) for each in lying]


def _opened(lying: FolderEntry, answers: Iterable[list[FoundFile]], limits: ReadingLimits) -> Inbox:
    found = [
        (one, alone)
        for (_, _, alone), files in zip(lying.files, answers, strict=True)
        for one in files
    ]
    opened: list[Opened] = []
    problems, no_tables, system = list(lying.problems), [], list(lying.left_lying)
    ours = list(lying.runs)
    for file, alone in found:
        system += file.left_lying
        trouble = file.trouble or _too_many_cells(file, limits)
        if isinstance(trouble, NoTable) and not alone:
            no_tables.append(f"{file.source}（{trouble.kind.strip()}）")
        elif file.our_own and not alone:
            ours.append(file.source)
        elif trouble:
            problems.append(trouble.problem(file.source))
        elif file.kind:
            about = InputFile(file.source, file.kind, file.sha256, file.size)
            opened.append(Opened(about, file.grids))
    if no_tables and not opened and not problems:
        problems.append(
            Problem(f"没有一份表格：只有 {_named(no_tables)}", "请放入 xlsx 等表格文件")
        )
    notes = {
        "不是表格，没有读": no_tables,
        "按 [inbox] ignore 没有读": lying.ignored,
        " 是 onestop 写出的结果，没有读": ours,
        " 是系统或临时文件，没有读": system,
    }
    said = tuple(f"{_named(names)}{why}" for why, names in notes.items() if names)
    return Inbox(tuple(opened), tuple(problems), said)


def open_one(path: Path, limits: ReadingLimits = ReadingLimits()) -> Opened:  # noqa: B008
    """One file by its path; raises `Unreadable`."""
    (answer,) = workers.call_all(
        f"{DOOR}:enter",
        [(path.name, str(path.absolute()), (), cells_left(limits.cells))],
        of_one_file(limits.memory, limits.seconds),
    )
    file = _answered(path.name, answer, limits)[0]
    if file.trouble:
        raise file.trouble
    return Opened(InputFile(file.source, file.kind, file.sha256, file.size), file.grids)


def _through_the_door(
    lying: Iterable[FolderEntry], limits: ReadingLimits, passwords: Sequence[str]
) -> list[list[FoundFile]]:
    """What the workers found in every file, in order; the largest are opened first, so that no worker is left alone
    with one at the end."""
    cells = cells_left(limits.cells)
    files = [(source, path) for each in lying for source, path, _ in each.files]
    largest = sorted(range(len(files)), key=lambda at: -_size(files[at][1]))
    calls = [
        (source, str(path.absolute()), tuple(passwords), cells)
        for source, path in (files[at] for at in largest)
    ]
    answers = workers.call_all(f"{DOOR}:enter", calls, of_one_file(limits.memory, limits.seconds))
    found = dict(zip(largest, answers, strict=True))
    return [_answered(source, found[at], limits) for at, (source, _) in enumerate(files)]


def _size(path: Path) -> int:
    """Bytes of a file; what goes wrong with it is said when it is opened."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _answered(source: str, answer: object, limits: ReadingLimits) -> list[FoundFile]:
    """A worker's answer; a call that was ended from outside is trouble of the file."""
    if isinstance(answer, workers.Stopped):
        return [FoundFile(source, trouble=_stopped(answer, limits))]
    if isinstance(answer, workers.Failed):
        if os.environ.get("ONESTOP_TRACEBACK"):
            raise answer
        return [FoundFile(source, trouble=broken())]
    assert isinstance(answer, list)
    return answer


def _stopped(answer: workers.Stopped, limits: ReadingLimits) -> Unreadable:
    raise_it = (
        "请用 Excel 或 WPS 打开检查，另存为 xlsx 后重新提交；"
        "数据确实很多的，请在 onestop.toml 的 [limits] 里写大"
    )
    if answer.why == "seconds":
        return Unreadable(
            f"读了 {limits.seconds} 秒还没有读完，已停下",
            f"{raise_it} seconds = {2 * limits.seconds}",
        )
    if answer.why == "memory":
        return Unreadable(
            f"读它要用的内存超过 {limits.memory} MB，已停下",
            f"{raise_it} memory = {2 * limits.memory}",
        )
    return Unreadable(
        f"读它的程序中断了：文件已损坏，或要用的内存超过 {limits.memory} MB",
        f"{raise_it} memory = {2 * limits.memory}",
    )


def _too_many_cells(file: FoundFile, limits: ReadingLimits) -> Unreadable | None:
    """Trouble when the files of the run have too many cells together, from this file on."""
    spend(sum(len(grid.rows) * grid.width for grid in file.grids))
    if cells_left(limits.cells) >= 0:
        return None
    return Unreadable(
        f"到这份文件为止，本次的单元格已超过 {limits.cells:,} 个",
        "请检查是不是放错了文件；数据确实这样多的，"
        f"请在 onestop.toml 的 [limits] 里写大 cells = {2 * limits.cells}",
    )


def _named(names: Sequence[str]) -> str:
    """The first few names, and how many there are."""
    shown = "、".join(names[:_NAMED])
    return f"{shown} 等 {len(names)} 份" if len(names) > _NAMED else shown
