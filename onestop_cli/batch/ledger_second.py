"""`onestop ledger second`: 大病二次补偿 of a year out of the books, tried before it is booked."""

from __future__ import annotations

import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from onestop_cli.batch.books import known_funds, operator, the_ledger
from onestop_cli.batch.ledger_income import month_of
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_days import typed_day
from onestop_cli.county.periods import parse_period
from onestop_cli.county.sections import SecondPayment
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun, stop
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.chain import end_of
from onestop_cli.ledger.payouts import sent_of_second
from onestop_cli.ledger.second import (
    SecondPosting,
    book_second,
    borne,
    standing_batches,
    take_back,
    unknown_fund,
)
from onestop_cli.ledger.store import opened
from onestop_cli.money import FULL, yuan
from onestop_cli.statements.second_payment import SecondTerms, second_payment
from onestop_cli.tables.wording import wording
from onestop_cli.writers.ledger.second_book import SecondPaper, write_second
from onestop_cli.writers.toolkit.console import clean, console_for
from onestop_cli.writers.toolkit.folder import refuse_existing, staged

_BASES = {"own": "个人自付", "eligible": "可补偿费用内的个人自付"}


def second(
    ledger: Path | None,
    year: int,
    out: Path,
    now: datetime,
    *,
    book: bool = False,
    day: str | None = None,
    period: str | None = None,
) -> None:
    """Work a year's batch out, write its papers, and book it when that is asked.

    Raises `CannotRun` without terms for the year, or when nobody bore that much.
    """
    settings = county_settings()
    refuse_existing(out)
    chosen = _chosen(settings, year)
    terms = _terms(chosen, year)
    on = now.date() if day is None else typed_day(day, "--on")
    with opened(the_ledger(ledger)) as books:
        seen = end_of(books)[0]
        if problem := unknown_fund(books, chosen.fund, year, known_funds()):
            raise CannotRun([problem])
        rows = second_payment(borne(books, year, chosen.base, chosen.by), terms)
        if rows.is_empty():
            raise stop(
                f"台账里没有人 {year} 年的{_BASES[chosen.base]}超过 {yuan(terms.threshold)} 元",
                "请核对 --year 和 [second] 的分段",
            )
        left = [line.balance for line in accounts(books) if line.fund == chosen.fund]
        fen = int(rows["fen"].sum())
        paper = SecondPaper(
            settings.county.name, year, chosen.name, chosen.fund, _BASES[chosen.base], terms, rows,
            (left[-1] if left else 0) - (fen if book else 0), book,
            settings.publicity.board.township.names or "full",
            settings.county.office or wording(year).office,
            tuple(settings.county.phones.items()),
        )  # fmt: skip
        with staged(out) as folder:
            write_second(paper, folder)
            if book:
                when = parse_period(period) if period else month_of(on.year, on.month)
                line = SecondPosting(
                    chosen.fund, when, fen, on, "", operator(), year=year, name=chosen.name
                )
                book_second(books, line, rows, now, seen, known_funds())
    _show(paper, out)


def _chosen(settings: Settings, year: int) -> SecondPayment:
    chosen = settings.second.get(year)
    if chosen is None:
        fund = next((name for name in known_funds() if "救助" not in name), "新农合基金")
        raise stop(
            f"onestop.toml 没有写 {year} 年的二次补偿标准",
            f'请加上 [second.{year}]，写 fund = "{fund}" 和 bands = [{{ from = 5000, rate = 0.50 }}]',
        )
    return chosen


def _terms(chosen: SecondPayment, year: int) -> SecondTerms:
    bands = tuple((_fen(band.start), int(band.rate * FULL)) for band in chosen.bands)
    starts = [start for start, _ in bands]
    if starts != sorted(set(starts)):
        raise stop(
            f"[second.{year}] 的 bands 没有从小到大排", "请按 from 从小到大写，每个 from 只写一次"
        )
    cap, limit = (None if v is None else _fen(v) for v in (chosen.cap, chosen.limit))
    return SecondTerms(bands, cap, limit, chosen.cut == "remainder")


def _fen(yuan_: Decimal) -> int:
    return int(yuan_ * 100)


def _show(paper: SecondPaper, out: Path) -> None:
    console = console_for(sys.stdout)
    console.print(
        clean(f"{paper.title}：{len(paper.rows):,} 人，{yuan(paper.total)} 元"), style="bold"
    )
    console.print(clean(paper.standard))
    if paper.cut:
        console.print(clean(paper.cut))
    after = paper.balance - (0 if paper.booked else paper.total)
    console.print(
        clean(f"{paper.fund}结余：补偿前 {yuan(after + paper.total)} 元，补偿后 {yuan(after)} 元")
    )
    if after < 0:
        console.print("补偿后基金不够，请调低标准或限额", style="yellow")
    if paper.booked:
        console.print("已记入台账")
        console.print(
            f"发到账户：onestop ledger payout --second {paper.year} --out 发放/二次{paper.year}",
            soft_wrap=True,
        )
    else:
        console.print(
            f"这是测算，没有记账；定了以后加 --book --on 日期，记入台账（--year {paper.year}）"
        )
    console.print(f"名单、公示写到 {clean(str(out))}", soft_wrap=True)


def undo_second(
    ledger: Path | None, year: int, period: str | None, note: str, now: datetime
) -> None:
    """Take a year's batch back; raises `CannotRun` when there is none, or no reason."""
    today: date = now.date()
    when = parse_period(period) if period else month_of(today.year, today.month)
    with opened(the_ledger(ledger)) as books:
        sent = sent_of_second(books, dict(standing_batches(books)).get(year, 0))
        if sent:
            raise stop(
                f"{year} 年的二次补偿已有 {sent:,} 笔发给银行",
                "请先追回，用 onestop ledger payout --done 把它们记为退回，再冲销",
            )
        fen = take_back(books, year, when, today, note.strip(), operator(), now)
    console_for(sys.stdout).print(f"{year} 年的二次补偿 {yuan(fen)} 元已冲销")
