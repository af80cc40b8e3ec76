"""What was handed in for a period, for the inbox check: from files just read, or from a run."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import polars as pl

from onestop_cli.core.options import Mapper
from onestop_cli.county.inbox_check import Handed, HandedIn
from onestop_cli.ledger.books import closings, run_of
from onestop_cli.run import Run
from onestop_cli.tables.by_hand import by_hand
from onestop_cli.tables.reading import Reading

Closed = dict[str, tuple[HandedIn, ...]]
"""Closed period → the files it was closed with."""


def closed_files(ledger: sqlite3.Connection) -> Closed:
    """What the books know of the files of every closed period."""
    return {
        one.period.id: tuple(
            HandedIn(file.kind, file.path, file.sha256) for file in run_of(ledger, one).inputs
        )
        for one in closings(ledger)
    }


def of_reading(
    stays: Reading, roster: Reading, register: Sequence[str], hospital: Mapper, closed: Closed
) -> Handed:
    """From files just read; `register`: the names in it, `hospital`: how a text becomes one."""
    advanced = stays.rows.filter(~by_hand(stays.rows))
    counts = dict(advanced["hospital_raw"].drop_nulls().value_counts().iter_rows())
    known = {text: hospital(text) for text in counts}
    return Handed(
        register,
        [name for name in known.values() if name is not None],
        {text: counts[text] for text, name in known.items() if name is None},
        [
            HandedIn(kind, file.path, file.sha256)
            for kind, reading in (("stays", stays), ("roster", roster))
            for file in reading.inputs
        ],
        closed,
    )


def of_run(run: Run, closed: Closed) -> Handed:
    """From a run."""
    names = (
        run.register["hospital"].unique(maintain_order=True).to_list() if len(run.register) else []
    )
    advanced = run.stays.filter(~by_hand(run.stays))
    counts = advanced.group_by("hospital", "in_register").len().drop_nulls()
    return Handed(
        names,
        counts.filter("in_register")["hospital"].to_list(),
        dict(counts.filter(~pl.col("in_register")).select("hospital", "len").iter_rows()),
        [HandedIn(file.kind, file.path, file.sha256) for file in run.info.inputs],
        closed,
    )
