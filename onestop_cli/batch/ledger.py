"""`onestop ledger show|advance|verify|export`: the books by themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from onestop_cli.batch.books import known_funds, operator, the_ledger
from onestop_cli.batch.start import county_settings
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import stop
from onestop_cli.ledger.accounts import Advance, accounts, book_advance
from onestop_cli.ledger.chain import end_of
from onestop_cli.ledger.registers import advance_table, closed_table, inputs, journal, postings
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.ledger.trial_balance import posted_unlike, trial_balance, verify
from onestop_cli.ledger.waiting import pending, still_owed
from onestop_cli.money import parse_fen
from onestop_cli.readers.layout.days import Habit, read_day
from onestop_cli.run import load_run
from onestop_cli.writers.ledger.book import Books, write_ledger_book, write_ledger_csv
from onestop_cli.writers.ledger.screen import show_advance, show_books, show_verified
from onestop_cli.writers.toolkit.folder import refuse_existing, staged, staged_file


def show(ledger: Path | None) -> None:
    """Show periods, accounts, trial balance and what waits."""
    with opened(the_ledger(ledger)) as books, snapshot(books):
        show_books(
            closed_table(books),
            accounts(books),
            trial_balance(books),
            pending(books),
            still_owed(books),
            end_of(books)[1],
        )


def advance(
    ledger: Path | None,
    fund: str,
    period: str,
    amount: str,
    day: str | None,
    note: str,
    now: datetime,
) -> None:
    """Book a 预拨; raises `CannotRun` for what cannot be understood or booked."""
    fen = parse_fen(amount)
    if fen is None:
        raise stop(f"看不懂金额“{amount}”", "请写元，例如 --amount 500000 或 500,000.00")
    when = now.date()
    if day is not None:
        read, fault = read_day(day, Habit())
        if read is None:
            raise stop(f"看不懂日期“{fault}”", "请写成 2010-10-08 的样子")
        when = read
    line = Advance(fund.strip(), parse_period(period), fen, when, note.strip(), operator())
    with opened(the_ledger(ledger)) as books:
        book_advance(books, line, now, known_funds())
        show_advance([own for own in accounts(books) if own.fund == line.fund], line.fund)


def check(ledger: Path | None, runs: Sequence[Path]) -> bool:
    """Verify the books, and that the run folders `runs` are those that were closed; True when everything agrees."""
    with opened(the_ledger(ledger), checked=False) as books, snapshot(books):
        complaints = verify(books)
        for folder in runs if not complaints else ():
            run = load_run(folder)
            digest = hashlib.sha256((folder / "run.json").read_bytes()).hexdigest()
            complaints += posted_unlike(books, run, digest)
    show_verified(complaints)
    return not complaints


def export(ledger: Path | None, out: Path) -> None:
    """Write the whole books to `out`: a workbook when it ends in .xlsx, else a folder of CSV files."""
    refuse_existing(out)
    county = county_settings().county.name
    with opened(the_ledger(ledger)) as books, snapshot(books):
        everything = Books(
            county,
            journal(books),
            closed_table(books),
            accounts(books),
            trial_balance(books),
            advance_table(books),
            pending(books),
            inputs(books),
            postings(books),
        )
        if out.suffix.lower() == ".xlsx":
            with staged_file(out) as stage:
                write_ledger_book(everything, stage)
        else:
            with staged(out) as folder:
                write_ledger_csv(everything, folder)
