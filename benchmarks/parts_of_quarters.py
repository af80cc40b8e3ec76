"""Random quarters by month, each run worked out at once and in parts of whole persons beside the books and decisions.

    python -m benchmarks.parts_of_quarters [how many] [first seed]

Every stay must have the same state, findings and amounts, and every closed stay the same change. Prints the seeds at
which they differ, and fails.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import polars as pl

from onestop_cli.batch.dealing import Dealing
from onestop_cli.batch.one_part import ABOUT_STAYS, Parts
from onestop_cli.core.options import Earlier, NameLookup
from onestop_cli.core.pipeline import Core, Work
from onestop_cli.county.settings import Settings
from onestop_cli.tables.schema import PLACE
from tests.made.months import made_quarter

BUCKETS = 7
_SAID = ("payable", "deducted", "held", "offset", "supplement", "shortfall")


@dataclass(frozen=True)
class _Parts(Parts):
    """Parts under the names of a made-up office."""

    names: NameLookup | None = None

    @property
    def core(self) -> Core:
        assert self.names is not None
        return Core(
            self.roster, self.register, self.book, self.period, self.names, self.options,
            self.insured,
        )  # fmt: skip


def in_parts(core: Core, rows: pl.DataFrame, earlier: Earlier) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The stays and the adjustment lines of all parts."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        dealing = Dealing(folder, BUCKETS, core.register, core.names, core.period)
        decided_in = dealing.bring_together(dealing.deal([rows]), earlier, core.roster, core.book)
        for table in ABOUT_STAYS:
            (folder / table).mkdir()
        parts = _Parts(
            folder, core.roster, core.register, core.book, core.period, Settings(), core.options,
            core.insured, earlier, decided_in, core.names,
        )  # fmt: skip
        for number in range(BUCKETS):
            assert not parts(number).problems
        stays, lines = (
            [pl.read_parquet(file) for file in parts.tables(table)]
            for table in ("stays", "adjustments")
        )
        return pl.concat(stays, how="diagonal_relaxed"), pl.concat(lines, how="diagonal_relaxed")


def _alike(whole: Work, stays: pl.DataFrame, lines: pl.DataFrame, layers: tuple[str, ...]) -> bool:
    amounts = [f"{layer}_{what}_fen" for layer in layers for what in _SAID]
    own = [*PLACE, "status", "codes", "id_no", "released", "refused", *amounts]
    changed = ["period", *PLACE, "kind", "because", "status", "patient_owed_fen", *amounts]
    pairs = (whole.stays, stays, own), (whole.adjustments, lines, changed)
    return all(_of(a, columns).equals(_of(b, columns)) for a, b, columns in pairs)


def _of(table: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    known = [name for name in columns if name in table.columns]
    return table.select(known).sort(known)


def main(count: int = 100, first: int = 0) -> int:
    """How many of them do not agree."""
    began, wrong, runs = time.perf_counter(), set[int](), 0

    def both(rows: pl.DataFrame, *given: Any) -> Work:
        nonlocal runs
        *shared, earlier, insured = given
        core = Core(*shared, insured)
        whole = core.work(rows, earlier)
        runs += 1
        if not _alike(whole, *in_parts(core, rows, earlier), core.book.layers):
            wrong.add(seed)
            print(f"seed {seed}: {core.period.id} differs in parts", flush=True)
        return whole

    with patch("tests.made.books.work", both):
        for seed in range(first, first + count):
            made_quarter(Random(seed), 80).paid_by_month()
    print(
        f"{count - len(wrong)} of {count} agree ({runs} runs), {time.perf_counter() - began:.0f} s"
    )
    return len(wrong)


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:3]))))
