"""All of onestop's core: identity, pairs, suggestions, diagnosis and sentences too. No other way does as much."""

from __future__ import annotations

import polars as pl

from benchmarks.data import County, read_roster, read_rows
from benchmarks.peers.onestop import YEAR, result, the_book, the_names
from onestop_cli.core.pipeline import work
from onestop_cli.core.roster import understand_roster


def run(home: County) -> pl.DataFrame:
    """The result frame."""
    register = pl.read_parquet(home.register)
    roster = understand_roster(read_roster(home), lambda text: text)
    done = work(read_rows(home), roster, register, the_book(), YEAR, the_names(register))
    return result(done.stays, done.findings)
