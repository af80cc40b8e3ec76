"""What is known about a sheet that was looked at, for screens and layouts."""

from __future__ import annotations

from dataclasses import dataclass

from onestop_cli.errors import Problem
from onestop_cli.tables.reading import SheetAccount


@dataclass(frozen=True)
class ColumnSeen:
    """A column with a meaning: its letter, header, the field's Chinese title, how it writes values, a sample.

    `vital`: the table cannot be read rightly without it (needed fields and amounts). `alone`: no other column
    means the same field.
    """

    letter: str
    header: str
    title: str
    style: str
    sample: str
    vital: bool
    alone: bool


@dataclass(frozen=True)
class Spelling:
    """Names of one thing: `name` is the one to keep, `others` are other ways to write it.

    `kind`: hospital, township, village or category. `sure`: they differ only in what makes no other thing of it (a
    bracket, the county's name, 村委会, 三社); else they only look alike.
    """

    kind: str
    name: str
    others: tuple[str, ...]
    sure: bool = True


@dataclass(frozen=True)
class SheetInfo:
    """A sheet as understood. `what`: the kind of table in Chinese, null when it is none.

    `problems` must be settled before it can be read, `doubts` need only be looked at, `proofs` are sums that hold;
    `read` says whether it can be. `spellings`: names in it that are likely others' spellings.
    """

    container: str
    what: str | None
    account: SheetAccount
    columns: tuple[ColumnSeen, ...] = ()
    problems: tuple[Problem, ...] = ()
    doubts: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    read: bool = False
    spellings: tuple[Spelling, ...] = ()
