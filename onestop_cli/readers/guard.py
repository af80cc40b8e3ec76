"""Whatever goes wrong while one file is read is a problem of that file, never the end of the program."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onestop_cli.errors import Broken, CannotRun, Problem, stop
from onestop_cli.readers.containers.grid import Unreadable
from onestop_cli.readers.containers.inbox import Opened, open_one


@contextmanager
def each_named(source: str, problems: list[Problem]) -> Iterator[None]:
    """Whatever goes wrong while one file is read becomes a problem that names it; the others are read on."""
    try:
        yield
    except (CannotRun, Broken, MemoryError, OSError):
        raise
    except Unreadable as error:
        problems.append(error.problem(source))
    except Exception:  # nobody knows what else a file can be like
        if os.environ.get("ONESTOP_TRACEBACK"):
            raise
        problems.append(_unforeseen(source))


@contextmanager
def named(path: Path) -> Iterator[None]:
    """`each_named` for a file that is read by itself: raises `CannotRun`."""
    problems: list[Problem] = []
    with each_named(str(path), problems):
        yield
    if problems:
        raise CannotRun(problems)


def through_the_door(path: Path) -> Opened:
    """The sheets of a file that is read by itself; raises `CannotRun` for what is not there or cannot be read within
    the limits."""
    if not path.exists():
        raise stop("找不到这个文件", "请检查路径和文件名是否写对", str(path))
    try:
        return open_one(path)
    except Unreadable as error:
        raise CannotRun([error.problem(str(path))]) from error


def _unforeseen(source: str) -> Problem:
    """A file that is like none before it."""
    return Problem(
        "这份文件的写法没有料到，读到一半停下了",
        "请在 Excel 或 WPS 里把数据复制到新的工作簿，另存为 xlsx 后重试；并请把情况反馈给维护者",
        source,
    )
