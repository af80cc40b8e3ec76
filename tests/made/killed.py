"""Commands that end themselves at a chosen moment of their writing, each a process of its own.

    python -m tests.made.killed SCENES OUT

`SCENES` has the folders `open` and `closed` of `book_commands.scene`. This process loads the program and does nothing
with it; each command is a fork of it, on a copy of its scene, so that a kill costs as much as the command. First it is
let run, and its writing steps are counted: SQL statements, and calls of the system that make, name or take away a
file. Then it runs again and ends at the n-th of them, before it is done, and, where the kernel does the killing, as
soon as it writes beyond a length of file: in the middle of a commit. What is left lies in `OUT/<command>/<moment>`,
and what a finished one leaves in `OUT/<command>/done`.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from onestop_cli import cli

LEDGER, NEW, LIST = "台账.sqlite", "新.sqlite", "应补名单.xlsx"
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "close": ("close", "next", "--ledger", LEDGER),
    "open": ("ledger", "open", NEW, "--from", "2010-10-01", "--balance", "医疗救助资金=1000"),
    "reopen": ("ledger", "reopen", "--reason", "错"),
    "advance": ("ledger", "advance", "--fund", "医疗救助资金", "--period", "2010-11", "--amount", "500",
                "--date", "2010-11-03"),
    "undo": ("ledger", "advance", "--undo", "4", "--note", "错"),
    "pay": ("ledger", "pay", LEDGER, LIST, "--on", "2010-11-20"),
    "hospital": ("ledger", "hospital", "已付", "--period", "2010-10", "--on", "2010-11-20"),
}  # fmt: skip
"""What is typed: `close` posts October with the correction of September, the others begin after that."""

STEPS, LENGTHS = 5, (0, 8_192, 40_000)
"""How many of a command's steps are ended at, and the lengths in bytes beyond which it may not write."""

LOADED = ("close", "ledger", "ledger_hospital", "ledger_open", "ledger_pay", "ledger_reopen")
"""What the commands need, loaded once; nothing of it starts a thread before it is called."""

FILES = ("os.link", "os.remove", "os.rename", "os.mkdir", "os.rmdir")
READING = ("SELECT", "PRAGMA")


class Steps:
    """Counts the steps of this process, and ends it at the step `last`."""

    def __init__(self, last: int) -> None:
        self.last, self.done = last, 0

    def step(self) -> None:
        self.done += 1
        if self.done == self.last:
            os._exit(9)

    def watch(self) -> None:
        """From now on, in every connection and for every file."""
        connect = sqlite3.connect

        def watched(*words: Any, **more: Any) -> sqlite3.Connection:
            connection = connect(*words, **more)
            connection.set_trace_callback(self._statement)
            return connection

        sqlite3.connect = watched  # type: ignore[assignment]
        sys.addaudithook(lambda event, _: self.step() if event in FILES else None)

    def _statement(self, text: str) -> None:
        if not text.lstrip().upper().startswith(READING):
            self.step()


def forked(words: tuple[str, ...], folder: Path, prepare: Callable[[], Steps | None]) -> int:
    """The command in `folder`, in a process of its own; how many steps it took, -1 when it was ended."""
    counted, told = os.pipe()
    child = os.fork()
    if child == 0:
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        os.chdir(folder)
        steps = prepare()
        code = cli.run(list(words))
        os.write(told, str(steps.done if steps and code == 0 else -2).encode())
        os._exit(code)
    os.close(told)
    os.waitpid(child, 0)
    with os.fdopen(counted) as pipe:
        return int(pipe.read() or -1)


def counting(last: int = 0) -> Steps:
    """Steps counted, and ended at `last`."""
    steps = Steps(last)
    steps.watch()
    return steps


def limited(length: int) -> None:
    """No file may be written beyond `length`; the kernel kills who tries."""
    import resource  # Windows has none

    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, length))


def chosen(steps: int) -> list[int]:
    """The first and the last step, and some between."""
    return sorted({1 + (steps - 1) * n // (STEPS - 1) for n in range(STEPS)})


def main(scenes: Path, out: Path) -> None:
    """Every command at every moment."""
    for name in LOADED:
        import_module(f"onestop_cli.batch.{name}")
    for what, words in COMMANDS.items():
        stage, here = scenes / ("open" if what == "close" else "closed"), out / what
        here.mkdir(parents=True)

        def run(name: str, prepare: Callable[[], Steps | None]) -> int:
            shutil.copytree(stage, here / name)  # noqa: B023
            return forked(words, here / name, prepare)  # noqa: B023

        steps = run("done", counting)
        for last in chosen(steps):
            run(f"step {last}", lambda last=last: counting(last))  # type: ignore[misc]
        for length in LENGTHS:
            run(f"length {length}", lambda length=length: limited(length))  # type: ignore[misc]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
