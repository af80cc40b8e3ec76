"""The core over one part of a large run: a plain value, which other processes and computers can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.batch.dealing import CLOSED_FILE
from onestop_cli.batch.describe import in_order
from onestop_cli.batch.reconcile import names_of, with_effects
from onestop_cli.core.options import NOTHING_BEFORE, Earlier, Options
from onestop_cli.core.parts import BUCKET, MARKS, PERSON
from onestop_cli.core.pipeline import Core
from onestop_cli.core.reconcile import control
from onestop_cli.county.periods import Period
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.rulebook.book import Rulebook

ABOUT_STAYS = ("stays", "findings", "adjustments", "closed")
"""The tables that every part writes."""


@dataclass(frozen=True)
class PartDone:
    """What a part hands back beside its tables: control totals, stays by status and findings by severity (`sums`), the
    decisions that were carried out in it (None without any) and what there is to say about them; or the `problems` that
    it found in them."""

    sums: Mapping[str, Any] = field(default_factory=dict)
    decided: pl.DataFrame | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Parts:
    """The core over the parts that lie in `folder`; called with a part's number, writes its tables there.

    A plain value: it can be sent to another process, which must see the same folder. `earlier`: with no closed stays,
    which lie in the folder; all decisions are about people of the part `decided_in`.
    """

    folder: Path
    roster: pl.DataFrame
    register: pl.DataFrame
    book: Rulebook
    period: Period
    settings: Settings
    options: Options
    insured: pl.DataFrame
    earlier: Earlier = NOTHING_BEFORE
    decided_in: int = 0

    def __call__(self, number: int) -> PartDone:
        """Work the part out."""
        rows, earlier = self.rows(number), self.of_part(number)
        try:
            done = with_effects(self.core, rows, earlier, self.core.work(rows, earlier))
        except CannotRun as error:
            return PartDone(problems=tuple(error.problems))
        stays = in_order(done.stays, self.book.layers)
        tables = stays, done.findings, done.adjustments, done.closed
        for name, table in zip(ABOUT_STAYS, tables, strict=True):
            _write_whole(table, self.folder / name / f"{number:05d}.parquet")
        found = {
            "control": control(stays, self.book.layers),
            "joined": done.joined,
            "status": dict(stays["status"].value_counts().iter_rows()),
            "severity": dict(done.findings["severity"].value_counts().iter_rows()),
        }
        return PartDone(found, done.decided, done.notes)

    @property
    def core(self) -> Core:
        """The core with what all parts share."""
        names = names_of(self.settings, self.register, self.book)
        return Core(
            self.roster, self.register, self.book, self.period, names, self.options, self.insured
        )

    def rows(self, number: int) -> pl.DataFrame:
        """The stays of a part: those dealt to it, less whom it lost to another part, and whom it won."""
        own = pl.read_parquet(self.folder / "rows" / f"{number:05d}" / "*.parquet")
        moved = pl.read_parquet(self.folder / "moved.parquet")
        won = moved.filter(pl.col(BUCKET) == number).drop(BUCKET)
        stay = own.join(moved.select(PERSON).unique(), on=PERSON, how="anti", maintain_order="left")
        return pl.concat([stay, won]).drop(*MARKS)

    def tables(self, name: str) -> list[Path]:
        """What the parts have written of a table, in their order."""
        return sorted((self.folder / name).glob("*.parquet"))

    def of_part(self, number: int) -> Earlier:
        """What was there before, as far as it is about the part's people."""
        history = self.earlier.history
        if history is not None:
            closed = pl.scan_parquet(self.folder / CLOSED_FILE)
            own = closed.filter(pl.col(BUCKET) == number).drop(BUCKET)
            history = replace(history, stays=own.collect())
        return Earlier(history, self.earlier.decisions if number == self.decided_in else None)


def _write_whole(table: pl.DataFrame, file: Path) -> None:
    """A part's table under its name only when it is complete: a lost worker leaves nothing that counts."""
    unfinished = file.with_suffix(".tmp")
    table.write_parquet(unfinished, compression_level=1)
    unfinished.replace(file)
