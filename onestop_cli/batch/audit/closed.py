"""Closed stays of the ledger beside a run, for leads that look across periods."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from onestop_cli.ledger.load import everything
from onestop_cli.ledger.store import opened
from onestop_cli.run import Run


def closed_stays(ledger: Path, run: Run) -> pl.DataFrame:
    """All stays of periods closed before `run`'s, with the columns of a run's stays that leads use.

    What a layer paid is what the books say now; what was due is not theirs to tell.
    """
    with opened(ledger) as books:
        layers = [layer.id for layer in run.layers]
        past = everything(books, layers)
    before = [period.id for period in past.periods if period.last < run.period.first]
    posted = {
        f"{layer}_{what}_fen": pl.col(f"posted_{layer}_{what}_fen")
        for layer in layers
        for what in ("claimed", "payable", "offset")
    }
    unknown = {f"{layer}_due_fen": pl.lit(None, dtype=pl.Int64) for layer in layers}
    return past.stays.filter(pl.col("period").is_in(before)).with_columns(**posted, **unknown)
