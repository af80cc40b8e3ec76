"""`onestop ledger pay`: the list of what patients are owed, and its booking once they signed."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path

import polars as pl

from onestop_cli.batch.books import operator, the_ledger
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_days import typed_day
from onestop_cli.errors import stop
from onestop_cli.ledger.books import beginning
from onestop_cli.ledger.chain import end_of
from onestop_cli.ledger.owed import Payment, owed, pay
from onestop_cli.ledger.payouts import sendable
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.readers.owed_list import read_owed_list
from onestop_cli.statements.numbers import OWED, paper_number
from onestop_cli.writers.ledger.owed_book import write_owed_book
from onestop_cli.writers.ledger.screen import show_owed, show_paid
from onestop_cli.writers.toolkit.console import heed
from onestop_cli.writers.toolkit.folder import refuse_existing, staged_file


def list_owed(ledger: Path | None, out: Path) -> None:
    """Write what is owed and not on its way to `out`; raises `CannotRun` when nothing is, or `out` exists."""
    if out.suffix.lower() != ".xlsx":
        raise stop("只能写成 .xlsx 文件", "请把 --list 写成以 .xlsx 结尾的文件名", str(out))
    refuse_existing(out)
    with opened(the_ledger(ledger)) as books, snapshot(books):
        lines, seen = sendable(books), end_of(books)[0]
    if lines.is_empty():
        raise stop("台账里没有应补未补", "本期的要等关账以后才有；已经关账的，不用写名单")
    county = county_settings().county
    number = paper_number(county.code, "", OWED, seen)
    with staged_file(out) as stage:
        write_owed_book(stage, county.name or "××县", lines, number)
    show_owed(lines, out)


def book_paid(ledger: Path | None, file: Path, day: str, now: datetime) -> None:
    """Book the signed rows of `file`, those without a day as paid on `day`.

    Raises `CannotRun` naming everything that is wrong with the day or the list; nothing is booked then.
    """
    on = typed_day(day, "--on")
    notes = list[str]()
    with opened(the_ledger(ledger)) as books:
        _refuse_day(on, beginning(books).first_day, now.date())
        seen, lines = end_of(books)[0], sendable(books)
        signed = read_owed_list(file, lines, on, notes)
        payments = [Payment(*row) for row in signed.paid.iter_rows()]
        about = {"path": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        pay(books, payments, about, operator(), now, seen)
        left = int(owed(books).select(pl.col("fen").sum()).item())
    show_paid(len(payments), sum(p.fen for p in payments), signed.unsigned, left)
    heed(notes)


def _refuse_day(on: date, first: date, today: date) -> None:
    if on < first:
        raise stop(f"支付日期 {on} 在台账起始日 {first} 之前", "请核对 --on")
    if on > today:
        raise stop(f"支付日期 {on} 还没有到", "请核对 --on")
