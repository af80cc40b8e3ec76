"""How a command ends when it does not end by itself: said in Chinese, true, and with what to do."""

from __future__ import annotations

import errno
import os
import re
import signal
import sqlite3
import sys
from collections.abc import Iterator
from types import FrameType

from onestop_cli.errors import Problem, refused
from onestop_cli.outcome import standing

STOPPED, ENDED = 130, 143
"""Exit codes after Ctrl-C and after the system asked for an end (a closed window, a shutdown)."""

_FULL, _LOCKED = (
    re.compile(r"disk is full|database or disk"),
    re.compile(r"readonly|unable to open"),
)
_IN_TEXT = re.compile(r"\(os error (\d+)\)")
"""How Polars writes the system's refusal."""


class Ended(KeyboardInterrupt):
    """The system asks for an end; like Ctrl-C, everything tidies up on its way out."""


def end_tidily() -> None:
    """Let what asks this process to end be an exception, so that nothing is left behind."""

    def ended(number: int, frame: FrameType | None) -> None:
        raise Ended

    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), ended)
    if os.name == "nt":
        from onestop_cli.commands.closed_window import wait_when_closed

        wait_when_closed()


def interrupted(error: BaseException) -> int:
    """Say what is true after an interrupt; the exit code."""
    say("已中断。", *what_stands())
    return ENDED if isinstance(error, Ended) else STOPPED


def what_stands() -> list[str]:
    """What was done for good, or that nothing was."""
    done = [f"{sentence}（有效）。" for sentence in standing()]
    return done or ["没有写出任何结果。"]


def nobody_reads(error: OSError) -> bool:
    """Whether the reader of our output has gone away; Windows says "invalid argument", so a line is tried."""
    if isinstance(error, BrokenPipeError):
        return True
    if os.name != "nt" or error.errno != errno.EINVAL or error.filename is not None:
        return False
    try:
        print(
            flush=True
        )  # what could not be written is forgotten, so that only something new tells
    except OSError:
        return True
    return False


def screen_is_gone() -> int:
    """The reader of our output has gone away: whatever stands is right; nothing more can be said."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    return 0


def refusal(error: BaseException) -> Problem | None:
    """The problem, when the computer and not we are at fault: no room, no right, no memory."""
    for cause in _chain(error):
        if isinstance(cause, MemoryError):
            return Problem("内存不够", "请关闭别的程序后重新运行，或分期、分医院核对")
        if isinstance(cause, OSError):
            return _refused(cause)
        if isinstance(cause, sqlite3.OperationalError) and _FULL.search(str(cause)):
            return Problem("磁盘已满", "请腾出空间后重新运行")
        if isinstance(cause, sqlite3.OperationalError) and _LOCKED.search(str(cause)):
            return Problem("台账打不开或不能写入", "请检查路径和文件夹权限")
        if told := _IN_TEXT.search(str(cause)):
            return _refused(_numbered(int(told[1])))
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came from; libraries wrap the system's own."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inside = (one.__cause__, one.__context__, *one.args)
        waiting += [other for other in inside if isinstance(other, BaseException)]


def _refused(error: OSError) -> Problem:
    told = _IN_TEXT.search(str(error))
    if error.errno is None and told:
        error = _numbered(int(told[1]))
    what, remedy = refused(error)
    return Problem(what, remedy, str(error.filename) if error.filename else None)


def _numbered(number: int) -> OSError:
    """The system's refusal of this number, which on Windows is the system's own and no errno."""
    return OSError(0, "", None, number) if os.name == "nt" else OSError(number, "")


def say(*lines: str) -> None:
    """Lines on stderr; a screen that is gone is no reason to fail."""
    try:
        for line in lines:
            print(line, file=sys.stderr)
    except OSError:
        return
