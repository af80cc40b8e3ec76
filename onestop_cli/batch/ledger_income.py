"""`onestop ledger income`: money a fund got, booked with its source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from onestop_cli.batch.books import known_funds, operator, the_ledger
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_money import typed_money
from onestop_cli.county.periods import Period, parse_period
from onestop_cli.county.settings import Settings
from onestop_cli.errors import stop
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.income import (
    SOURCES,
    Income,
    book_income,
    income_table,
    income_taken_back,
)
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.writers.ledger.month_screen import show_incomes
from onestop_cli.writers.ledger.screen import show_advance


@dataclass(frozen=True)
class IncomeTyped:
    """The options of `onestop ledger income` as typed; `undo`: number of an income to take back."""

    fund: str | None = None
    source: str | None = None
    amount: str | None = None
    day: str | None = None
    year: int | None = None
    period: str | None = None
    note: str = ""
    undo: int | None = None


def income(ledger: Path | None, typed: IncomeTyped, now: datetime) -> None:
    """Book an income, or take one back; raises `CannotRun` for what cannot be understood or booked."""
    settings = county_settings()
    with opened(the_ledger(ledger)) as books:
        if typed.undo is None:
            line = _typed(typed, now)
        elif typed.fund or typed.source or typed.amount or typed.day:
            raise stop(
                "--undo 冲销整笔收入，不能同时写 --fund、--source、--amount、--date",
                "请先冲销，再记一笔对的；所属月份已经关账的，用 --period 写明记入哪一期",
            )
        else:
            line = income_taken_back(books, typed.undo, typed.note.strip(), operator())
            line = replace(line, period=parse_period(typed.period)) if typed.period else line
        known = [*known_funds(), *funds_named(settings, line.year)]
        book_income(books, line, now, sources_of(settings, line), known)
        show_advance([own for own in accounts(books) if own.fund == line.fund], line.fund, "收入")


def funds_named(settings: Settings, year: int) -> list[str]:
    """The funds whose income of a year the county has written down."""
    return list(settings.income.get(year, {}))


def sources_of(settings: Settings, line: Income) -> list[str]:
    """The usual sources, and those the county names for this fund and year."""
    own = settings.income.get(line.year, {}).get(line.fund, {})
    return list(dict.fromkeys([*SOURCES, *own]))


def _typed(typed: IncomeTyped, now: datetime) -> Income:
    wanted = {"--fund": typed.fund, "--source": typed.source, "--amount": typed.amount}
    fen, when = typed_money(wanted, typed.amount, typed.day, now)
    period = parse_period(typed.period) if typed.period else month_of(when.year, when.month)
    return Income(
        (typed.fund or "").strip(),
        period,
        fen,
        when,
        typed.note.strip(),
        operator(),
        source=(typed.source or "").strip(),
        year=typed.year or period.first.year,
    )


def month_of(year: int, month: int) -> Period:
    """The settlement period of a month."""
    return parse_period(f"{year:04d}-{month:02d}")


def list_incomes(ledger: Path | None) -> None:
    """Show every income with its number."""
    with opened(the_ledger(ledger)) as books, snapshot(books):
        show_incomes(income_table(books))
