"""The side that asks: as many workers as there are cores, each kept for the next call."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from onestop_cli.workers.confine import bound_to
from onestop_cli.workers.frames import receive, send
from onestop_cli.workers.serve import MEMORY, VALUE
from onestop_cli.workers.steps import counted

_HOME = str(Path(__file__).parents[2])
_PROGRAM = (
    f"import sys; sys.path.append({_HOME!r}); from onestop_cli.workers.serve import serve; serve()"
)
FROZEN = "--onestop-worker"
"""What makes a frozen program (one without a Python beside it) a worker."""


@dataclass(frozen=True)
class Limits:
    """What one call may take: bytes of memory and seconds; None is no limit."""

    memory: int | None = None
    seconds: float | None = None


class Stopped(Exception):
    """A call that was ended from outside: too much memory, too long, or the worker died of it."""

    def __init__(self, why: Literal["memory", "seconds", "died"]) -> None:
        super().__init__(why)
        self.why = why


class Failed(Exception):
    """A call whose function raised; carries the worker's traceback."""


def call(function: str, *arguments: Any, limits: Limits = Limits()) -> Any:
    """`module:function` of `arguments` in a worker; raises `Stopped` or `Failed`."""
    worker = _POOL.take(limits.memory)
    try:
        value, ends = worker.call(function, arguments, limits)
    except BaseException:
        worker.end()
        raise
    if ends:
        worker.end()
    else:
        _POOL.give_back(worker)
    return value


def call_all(
    function: str, calls: Sequence[tuple[Any, ...]], limits: Limits = Limits()
) -> list[Any]:
    """Every call's value in the order of `calls`, or the `Stopped` or `Failed` it ended in; spread over all workers."""
    with calling(function, calls, limits) as answers:
        return answers()


@contextmanager
def calling(
    function: str, calls: Sequence[tuple[Any, ...]], limits: Limits = Limits()
) -> Iterator[Callable[[], list[Any]]]:
    """`call_all` beside what is done inside, which asks for the answers when it needs them. When it ends in an error,
    calls that have not begun never do."""

    step = counted(len(calls))

    def one(arguments: tuple[Any, ...]) -> Any:
        try:
            return call(function, *arguments, limits=limits)
        except (Stopped, Failed) as error:
            return error
        finally:
            step()

    with ThreadPoolExecutor(min(len(calls), cores()) or 1) as threads:
        under_way = [threads.submit(one, arguments) for arguments in calls]
        try:
            yield lambda: [each.result() for each in under_way]
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def start(module: str, limits: Limits = Limits()) -> None:
    """Bring up workers until there is one per core, each importing `module`, without waiting for them."""
    for _ in range(cores() - len(_POOL.idle)):
        worker = _Worker(limits.memory)
        worker.import_ahead(module)
        _POOL.give_back(worker)


def prepare(module: str) -> None:
    """Have as many workers as there are cores import `module`, idle ones first, without waiting for them."""
    for worker in [_POOL.take(None) for _ in range(cores())]:
        worker.import_ahead(module)
        _POOL.give_back(worker)


def cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Worker:
    """A process that takes calls, one at a time."""

    def __init__(self, memory: int | None) -> None:
        self.memory = memory
        command = (
            [sys.executable, FROZEN]
            if getattr(sys, "frozen", False)
            else [sys.executable, "-P", "-c", _PROGRAM]
        )
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._job = bound_to(self._process, memory)
        assert self._process.stdin is not None and self._process.stdout is not None
        self._calls, self._answers = self._process.stdin, self._process.stdout

    def import_ahead(self, module: str) -> None:
        with suppress(OSError):
            send(self._calls, (module, None, None, None))

    def call(self, function: str, arguments: tuple[Any, ...], limits: Limits) -> tuple[Any, bool]:
        """The value, and whether the worker ends after it."""
        late = threading.Event()
        timer = threading.Timer(limits.seconds or 0, self._too_late, (late,))
        if limits.seconds is not None:
            timer.start()
        try:
            send(self._calls, (function, arguments, limits.memory, limits.seconds))
            kind, *said, ends = receive(self._answers)
        except (OSError, EOFError) as error:
            raise Stopped("seconds" if late.is_set() else "died") from error
        finally:
            timer.cancel()
        if kind == VALUE:
            return said[0], ends
        raise Stopped("memory") if kind == MEMORY else Failed(said[0])

    def _too_late(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def end(self) -> None:
        """The process is over and everything of it is closed."""
        self._process.kill()
        for pipe in (self._calls, self._answers):
            with suppress(OSError):
                pipe.close()
        self._process.wait()
        self._job = None


@dataclass
class _Pool:
    """Workers that have nothing to do."""

    idle: list[_Worker] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, memory: int | None) -> _Worker:
        """An idle worker, else a new one; on Windows its memory is set when it begins."""
        with self.lock:
            fitting = [w for w in self.idle if os.name != "nt" or w.memory == memory]
            if fitting:
                self.idle.remove(fitting[-1])
                return fitting[-1]
        return _Worker(memory)

    def give_back(self, worker: _Worker) -> None:
        with self.lock:
            self.idle.append(worker)

    def end(self) -> None:
        with self.lock:
            for worker in self.idle:
                worker.end()
            self.idle.clear()


_POOL = _Pool()
atexit.register(_POOL.end)
