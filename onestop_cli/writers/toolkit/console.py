"""The terminal: progress, sentences to be heeded, problems. It knows nothing of a run, so that it is there at once."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console

from onestop_cli.errors import Problem
from onestop_cli.workers.steps import watched

_WIDTH = 80
_MANY_STEPS = 5
"""Fewer are not worth a bar."""
_NO_START = "，。、；：？！）》”"
"""Signs that begin no line."""


def console_for(stream: TextIO) -> Console:
    """A console of at most 80 columns; what an old code page cannot show becomes a question mark."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, _WIDTH) if console.is_terminal else _WIDTH
    return console


def clean(text: str) -> str:
    """A text from a file without anything a terminal would obey."""
    return "".join(char for char in text if unicodedata.category(char)[0] != "C")


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Yields a function that is told each stage; shown on stderr, as it goes or line by line."""
    console = console_for(sys.stderr)
    if quiet:
        yield lambda stage: None
    elif console.is_terminal:
        with _bar(console) as tell:
            yield tell
    else:
        yield lambda stage: console.print(f"{clean(stage)}…")


@contextmanager
def _bar(console: Console) -> Iterator[Callable[[str], None]]:
    """The stage at hand; where it has many steps (files, parts, workbooks) how many are done, and the time left."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    stage = (SpinnerColumn(), TextColumn("{task.description}"))
    steps = (
        *stage,
        BarColumn(20),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TextColumn("剩余"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*stage, console=console, transient=True) as bar:
        task = bar.add_task("准备…", total=None)

        def tell(text: str) -> None:
            bar.columns = stage
            bar.reset(task, total=None, description=f"{clean(text)}…")

        def count(done: int, total: int) -> None:
            if total < _MANY_STEPS:
                return
            if bar.columns is not steps:
                bar.reset(task, total=total)
                bar.columns = steps
            bar.update(task, completed=done, total=total)
            if done == total:
                bar.columns = stage

        with watched(count):
            yield tell


def folded(text: str, width: int, indent: str) -> list[str]:
    """A text in lines of at most `width` columns, broken between any two Chinese characters but not inside a word;
    all lines but the first begin with `indent`."""
    lines = [""]
    for piece in re.findall(r"[!-~]+|.", text):
        if cell_len(lines[-1] + piece) > width and lines[-1].strip() and piece not in _NO_START:
            lines.append(indent)
        if piece != " " or lines[-1].strip() or len(lines) == 1:
            lines[-1] += piece
    return lines


def print_folded(console: Console, text: str, style: str = "", indent: str = "") -> None:
    """Print a sentence, broken between characters; all lines but the first begin with `indent`."""
    for line in folded(clean(text), console.width, indent):
        console.print(line, style=style, soft_wrap=True)


def noted(console: Console, text: str, mark: str = "注意：") -> None:
    """A sentence to be heeded."""
    print_folded(console, f"{mark}{text}", "yellow")


def heed(notes: Sequence[str]) -> None:
    """Sentences to be heeded, on stdout, each once."""
    console = console_for(sys.stdout)
    for note in dict.fromkeys(notes):
        noted(console, note)


def problems(found: Sequence[Problem], stands: Sequence[str] = ()) -> None:
    """Why a run cannot be done: every problem with its place and its remedy, on stderr; `stands`: what was done all
    the same."""
    console = console_for(sys.stderr)
    head = f"没有运行：发现 {len(found)} 个问题，没有写出任何结果。"
    for line in stands or [head]:
        console.print(clean(line), style="bold red")
    for number, problem in enumerate(found, 1):
        place = f"{problem.place}：" if problem.place else ""
        print_folded(console, f"{number}. {place}{problem.what}", indent="   ")
        print_folded(console, f"   → {problem.remedy}", "dim", "     ")
