"""`onestop ledger hospital`: 已付, 不予支付 and 保证金 given back, per hospital and fund of a closed period."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from onestop_cli.batch.books import hospital_now, operator, the_ledger
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_days import typed_day
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.ledger.hospital_money import (
    PAID,
    REFUSED,
    WHAT,
    HospitalPosting,
    accounts_to_book,
    book_hospital,
    hospital_accounts,
    hospital_correction,
    outstanding,
    postings_about,
)
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.money import exact_fen, yuan
from onestop_cli.writers.ledger.hospital_screen import (
    show_hospital_accounts,
    show_hospital_booked,
    show_hospital_postings,
)


@dataclass(frozen=True)
class HospitalTyped:
    """The options as typed: what, of which period, hospital, fund; the amount, else all that is outstanding."""

    what: str | None = None
    period: str | None = None
    hospital: str | None = None
    fund: str | None = None
    amount: str | None = None
    day: str | None = None
    note: str = ""
    undo: int | None = None


def hospital_money(ledger: Path | None, typed: HospitalTyped, now: datetime) -> None:
    """Show the accounts, book a line, or take one back; raises `CannotRun` for what cannot be."""
    settings = county_settings()
    with opened(the_ledger(ledger)) as books:
        if typed.undo is not None:
            _note_wanted(typed.note, "冲销")
            line = hospital_correction(books, typed.undo, typed.note.strip(), operator())
        elif typed.what is None:
            show_hospital_accounts(hospital_accounts(books, hospital=hospital_now(settings)))
            return
        else:
            if not settings.hospital_money.payments:
                raise stop(
                    "县里没有设机构往来，不记已付、不予支付和保证金",
                    "要记的，在 onestop.toml 的 [hospital_money] 写 payments = true",
                )
            line = _typed(books, typed, now.date())
        entry = book_hospital(books, line, now)
        show_hospital_booked(entry.number, WHAT[line.what], sum(fen for _, _, fen in line.lines))
        show_hospital_accounts(hospital_accounts(books, [line.period], hospital_now(settings)))


def list_hospital_postings(ledger: Path | None) -> None:
    """Every line with the number of its posting."""
    with opened(the_ledger(ledger)) as books, snapshot(books):
        show_hospital_postings(postings_about(books))


def _note_wanted(note: str, what: str) -> None:
    if not note.strip():
        raise stop(f"{what}要写明原因", "请加上 --note 原因")


def _typed(books: sqlite3.Connection, typed: HospitalTyped, today: date) -> HospitalPosting:
    what = next((key for key, word in WHAT.items() if word == typed.what), None)
    problems = [*_missing(typed, what)]
    fen = None if typed.amount is None else exact_fen(typed.amount)
    if typed.amount is not None and (fen is None or fen <= 0):
        problems.append(Problem(f"看不懂金额“{typed.amount}”", "请写元，大于 0，最多两位小数"))
    on = today
    try:
        on = typed_day(typed.day, "--on") if typed.day else today
    except CannotRun as error:
        problems += error.problems
    if on > today:
        problems.append(Problem(f"支付日期 {on} 还没有到", "请核对 --on"))
    if problems or what is None:
        raise CannotRun(problems)
    if what == REFUSED:
        _note_wanted(typed.note, "不予支付")
    period = parse_period(typed.period or "").id
    lines = _lines(books, typed, what, period, fen)
    return HospitalPosting(what, period, lines, on, typed.note.strip(), operator())


def _missing(typed: HospitalTyped, what: str | None) -> Iterator[Problem]:
    if what is None:
        yield Problem(f"不认识“{typed.what}”", f"可写：{'、'.join(WHAT.values())}")
    if not typed.period:
        yield Problem("没有给出 --period", "请写关过账的结算期，如 --period 2010Q4")
    if what == PAID and not typed.day:
        yield Problem("没有给出支付日期", "请加上 --on 日期")
    one = typed.hospital and typed.fund
    if (typed.amount or what == REFUSED) and not one:
        yield Problem("写了金额的，要写明哪家机构、哪个基金", "请加上 --hospital 和 --fund")
    if what == REFUSED and not typed.amount:
        yield Problem("不予支付要写金额", "请加上 --amount")


def _lines(
    books: sqlite3.Connection, typed: HospitalTyped, what: str, period: str, fen: int | None
) -> tuple[tuple[str, str, int], ...]:
    """What was typed, else everything that is outstanding of the hospital and the fund, or of all."""
    known = accounts_to_book(books, period)
    chosen = known
    for key, said in (("hospital", typed.hospital), ("fund", typed.fund)):
        if said:
            chosen = chosen.filter(pl.col(key) == said)
            if chosen.is_empty():
                names = "、".join(known[key].unique(maintain_order=True)[:8])
                raise stop(f"{period} 的往来里没有“{said}”", f"可写：{names}")
    if fen is not None:
        return tuple((*row, fen) for row in chosen.select("hospital", "fund").rows())
    lines = tuple(outstanding(chosen, what).rows())
    if not lines:
        left = yuan(int(chosen["left"].sum()))
        raise stop(
            f"{period} 没有可以记{WHAT[what]}的（未付 {left} 元）",
            "用 onestop ledger hospital 看各机构的账",
        )
    return lines
