"""`onestop ledger show|advance|verify|export`: the books by themselves."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from onestop_cli.batch.books import known_funds, operator, the_ledger
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_money import typed_money
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import stop
from onestop_cli.ledger.accounts import Advance, accounts, book_advance, correction
from onestop_cli.ledger.chain import end_of
from onestop_cli.ledger.hospital_money import hospital_accounts, in_use, postings_about
from onestop_cli.ledger.registers import advance_table, closed_table, inputs, journal, postings
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.ledger.trial_balance import posted_unlike, trial_balance, verify
from onestop_cli.ledger.waiting import pending, still_owed
from onestop_cli.run import load_run
from onestop_cli.writers.ledger.book import Books, write_ledger_book, write_ledger_csv
from onestop_cli.writers.ledger.hospital_screen import show_hospital_sums
from onestop_cli.writers.ledger.screen import show_advance, show_advances, show_books, show_verified
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
        if in_use(books):
            show_hospital_sums(hospital_accounts(books))


@dataclass(frozen=True)
class AdvanceTyped:
    """The options of `onestop ledger advance` as typed; `undo`: number of an advance to take back."""

    fund: str | None = None
    period: str | None = None
    amount: str | None = None
    day: str | None = None
    note: str = ""
    undo: int | None = None


def advance(ledger: Path | None, typed: AdvanceTyped, now: datetime) -> None:
    """Book a 预拨, or take one back; raises `CannotRun` for what cannot be understood or booked."""
    with opened(the_ledger(ledger)) as books:
        line = _typed_advance(typed, now) if typed.undo is None else _undoing(books, typed)
        book_advance(books, line, now, known_funds())
        show_advance([own for own in accounts(books) if own.fund == line.fund], line.fund)


def _undoing(books: sqlite3.Connection, typed: AdvanceTyped) -> Advance:
    if typed.fund or typed.amount or typed.day:
        raise stop(
            "--undo 冲销整笔预拨，不能同时写 --fund、--amount、--date",
            "请先冲销，再记一笔对的；所属期已经关账的，用 --period 写明记入哪一期",
        )
    line = correction(books, typed.undo or 0, typed.note.strip(), operator())
    return replace(line, period=parse_period(typed.period)) if typed.period else line


def _typed_advance(typed: AdvanceTyped, now: datetime) -> Advance:
    wanted = {"--fund": typed.fund, "--period": typed.period, "--amount": typed.amount}
    fen, when = typed_money(wanted, typed.amount, typed.day, now)
    period, fund = parse_period(typed.period or ""), (typed.fund or "").strip()
    return Advance(fund, period, fen, when, typed.note.strip(), operator())


def list_advances(ledger: Path | None) -> None:
    """Show every 预拨 with its number."""
    with opened(the_ledger(ledger)) as books, snapshot(books):
        show_advances(advance_table(books))


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
            hospital_accounts(books),
            postings_about(books),
        )
        if out.suffix.lower() == ".xlsx":
            with staged_file(out) as stage:
                write_ledger_book(everything, stage)
        else:
            with staged(out) as folder:
                write_ledger_csv(everything, folder)
