"""`onestop explain`: one stay of a run, or a closed one, on the screen, as a page and as a workbook."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from onestop_cli import __version__
from onestop_cli.batch.run_rules import rules_of
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.stay_in_books import standing
from onestop_cli.explain.explanation import Explanation, explain, explain_booked
from onestop_cli.explain.which_stay import of_period, stays_meant, the_stay
from onestop_cli.ledger.closing import knows
from onestop_cli.ledger.life import layer_names, life, posted_stays
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.run import Run, load_run
from onestop_cli.tables.schema import PLACE
from onestop_cli.writers.explain.page import page, write_book
from onestop_cli.writers.explain.screen import show
from onestop_cli.writers.toolkit.console import console_for
from onestop_cli.writers.toolkit.folder import refuse_existing, staged_file
from onestop_cli.writers.toolkit.text import write_text

FOOT = f"由 onestop {__version__} 依据结算结果生成。本页含个人信息，仅供经办核对，不得张贴。"


def explain_stay(
    folder: Path, text: str, html: Path | None, xlsx: Path | None, ledger: Path | None = None
) -> None:
    """Explain the stay that `text` means: one of the run, one that it changes (上期调整), or any closed one of the
    ledger; raises `CannotRun` when there is not exactly one."""
    for out in filter(None, (html, xlsx)):
        refuse_existing(out)
    run = load_run(folder)
    with _books(run, ledger) as books:
        told = _told(run, text, books)
    console = console_for(sys.stdout)
    show(told, console)
    if html:
        with staged_file(html) as stage:
            write_text(stage, page(told, FOOT))
    if xlsx:
        with staged_file(xlsx) as stage:
            write_book(told, stage)
    for out in filter(None, (html, xlsx)):
        console.print(f"\n已写到 {out}", soft_wrap=True)


@contextmanager
def _books(run: Run, given: Path | None) -> Iterator[sqlite3.Connection | None]:
    """The ledger that was given, else the county's, where it is the one of the run; else none."""
    path = given or county_settings().ledger
    if path is None or (given is None and not path.is_file()):
        yield None
        return
    with opened(path) as books, snapshot(books):
        made = run.info.ledger
        mine = given is not None or (made is not None and knows(books, made))
        yield books if mine else None


def _told(run: Run, text: str, books: sqlite3.Connection | None) -> Explanation:
    """The run's own stays first, with those that it changes; else what the books have."""
    period, wanted = of_period(text)
    both = _both(run)
    mine = both if period is None else both.filter(pl.col("period") == period)
    if books is not None and stays_meant(mine, wanted).is_empty():
        posted = posted_stays(books)
        mine = posted if period is None else posted.filter(pl.col("period") == period)
        if not stays_meant(mine, wanted).is_empty():
            row = the_stay(mine, wanted)
            bookings = life(books, row["number"]).bookings
            return explain_booked(bookings, layer_names(books), standing(books, row, run))
    row = the_stay(mine, wanted)
    bookings = life(books, _number(books, row)).bookings if books and row["period"] else ()
    return explain(run, row, rules_of(run), bookings)


def _both(run: Run) -> pl.DataFrame:
    """The run's stays, and the closed ones that it changes, with their `period`."""
    own = run.stays.with_columns(period=pl.lit(None, pl.String))
    return pl.concat([own, run.closed], how="diagonal_relaxed") if len(run.closed) else own


def _number(books: sqlite3.Connection, row: dict[str, object]) -> int:
    """The number in the books of a closed stay of the run."""
    same = [pl.col(key).eq_missing(pl.lit(row[key])) for key in ("period", *PLACE)]
    return int(posted_stays(books).filter(*same)["number"].item())
