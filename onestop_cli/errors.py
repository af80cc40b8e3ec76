"""What stops a run: problems a clerk can act on, always all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what we were given, and what to do about it.

    `what` and `remedy` are Chinese sentences. `file`, `sheet` and `row` say where, as far as that is
    known; `row` is 1-based as the spreadsheet shows it. No ID number may stand in any of them
    beyond its last four characters.
    """

    what: str
    remedy: str
    file: str | None = None
    sheet: str | None = None
    row: int | None = None

    @property
    def place(self) -> str:
        """Where it is, as a clerk would say it: 文件 · 工作表 · 第 n 行."""
        parts = [
            self.file,
            self.sheet and f"工作表“{self.sheet}”",
            self.row and f"第 {self.row} 行",
        ]
        return " · ".join(part for part in parts if part)


class CannotRun(Exception):
    """The run cannot be done; exit code 2. Carries every problem found, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(f"{p.place}：{p.what}" for p in self.problems))


def stop(what: str, remedy: str, file: str | None = None) -> CannotRun:
    """A `CannotRun` of a single problem, for `raise`."""
    return CannotRun([Problem(what, remedy, file)])


class Broken(Exception):
    """A law of the house does not hold (control totals, lost rows): a bug of ours, exit code 3."""
