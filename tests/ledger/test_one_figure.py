"""One figure everywhere: what a run pays is the same on statement, page and boards, in books, report and export."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.batch.closed_periods import left_open
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.final_account import FinalAccount, report
from onestop_cli.ledger.hospital_money import (
    PAID as PAID_OUT,
)
from onestop_cli.ledger.hospital_money import (
    REFUSED,
    RELEASED,
    HospitalPosting,
    book_hospital,
    hospital_accounts,
    outstanding,
)
from onestop_cli.ledger.registers import postings
from onestop_cli.ledger.trial_balance import trial_balance, verify
from onestop_cli.money import parse_fen
from onestop_cli.notices.categories import categories_of
from onestop_cli.notices.lines import posted
from onestop_cli.run import Run
from onestop_cli.statements.hospital_labels import labels_of
from onestop_cli.statements.hospital_money import hospital_money
from onestop_cli.statements.patterns import shown_findings
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.statements.report import write_report
from tests.made.books import decisions, new_books, post, run_period, stays
from tests.made.months import MONTHS, Quarter, made_quarter
from tests.made.run import with_info

PAID = ("核付", "层间调整")


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10**9))
def test_what_a_month_pays_is_the_same_on_every_paper_and_in_the_books(seed: int) -> None:
    """Reversals, late stays, releases and what else belongs to earlier months included."""
    quarter = made_quarter(Random(seed), 40)
    with TemporaryDirectory() as folder, new_books(Path(folder) / "账.db") as books:
        for number, month in enumerate(MONTHS):
            run = _keeping_accounts(_month(quarter, number, month, books), books)
            post(books, run)
            statement = Statement(run)
            paid = statement.total["all_payment_fen"]
            found = report(books, run.period)
            _agree_on_hospitals(statement, found, books)
            _agree_on_visits(statement, found)
            assert _on_the_page(run, Path(folder) / f"{month}.html") == [paid, paid]
            assert _on_the_boards(run) == paid
            assert found.total["all_payment_fen"] == paid
            own = [line for line in accounts(books) if line.period == month]
            assert sum(line.approved - line.paid_out for line in own) == paid
            exported = pl.concat(postings(books)).filter(run=month)
            assert exported.filter(pl.col("what_name").is_in(PAID))["fen"].sum() == paid
            _pay_some(Random(seed + number), month, books)
            assert verify(books) == []


def _keeping_accounts(run: Run, books: sqlite3.Connection) -> Run:
    """`run` of a county that keeps back 3 % and books what it pays hospitals."""
    settings = run.info.settings.model_copy(update={"deposit": 300}).model_dump()
    return with_info(run, settings=settings, hospital_money=list(left_open(books, str)))


def _pay_some(rng: Random, month: str, books: sqlite3.Connection) -> None:
    """Part of what the month left open, and sometimes a refusal or a deposit given back."""
    for what in (PAID_OUT, REFUSED, RELEASED):
        lines = outstanding(hospital_accounts(books, [month]), what).rows()
        some = tuple((*who, rng.randint(1, fen)) for *who, fen in lines if rng.random() < 0.5)
        if some:
            line = HospitalPosting(what, month, some, date(2010, 12, 31), "试", "测试")
            book_hospital(books, line, datetime(2011, 1, 1, tzinfo=UTC))


def _agree_on_hospitals(
    statement: Statement, found: FinalAccount, books: sqlite3.Connection
) -> None:
    """应拨, 质量保证金, 未付 and 保证金余额 of statement, books, report and trial balance."""
    paper, own, all_ = hospital_money(statement), found.hospital_money, hospital_accounts(books)
    assert paper["payment_fen"].sum() == own["due"].sum() == statement.total["all_payment_fen"]
    assert paper["deposit_fen"].sum() == own["deposit"].sum()
    assert statement.hospitals["all_deposit_fen"].sum() == own["deposit"].sum()
    assert paper["to_pay_fen"].sum() == all_["left"].sum()
    assert paper["kept_fen"].sum() == all_["kept"].sum()
    left = [one for one in trial_balance(books) if one.account == "其中：未付"]
    assert sum(one.debit - one.credit for one in left) == all_["left"].sum()


def _agree_on_visits(statement: Statement, found: FinalAccount) -> None:
    """人次 and 总费用 of the month's own stays, and with what changes about earlier ones."""
    own, changes = found.events.filter("own"), statement.run.adjustments
    assert own["visits"].sum() == statement.total["stays"]
    assert own["total_fen"].sum() == statement.total["total_fen"]
    assert found.total["visits"] == statement.total["stays"] + changes["visits"].sum()
    assert found.total["total_fen"] == statement.total["total_fen"] + changes["total_fen"].sum()


def _month(quarter: Quarter, number: int, month: str, books: sqlite3.Connection) -> Run:
    rows, decided = (
        [line for handed, line in part if handed == number]
        for part in (quarter.rows, quarter.decided)
    )
    return run_period(stays(rows), month, books, decisions(*decided) if decided else None)


def _on_the_page(run: Run, path: Path) -> list[int]:
    """The sums of the bars: by hospital, and by category."""
    write_report(Statement(run), shown_findings(run), path)
    hospitals, categories = re.findall(
        r"<h2>(?:各医疗机构|各救助类别)</h2>.*?</section>", path.read_text("utf-8"), re.S
    )
    return [sum(_values(part)) for part in (hospitals, categories)]


def _values(part: str) -> Iterator[int]:
    for text in re.findall(r'class="value">([^<]*)<', part):
        fen = parse_fen(text)
        assert fen is not None
        yield fen


def _on_the_boards(run: Run) -> int:
    lines = posted(run, labels_of(run), categories_of(run))
    return int(
        lines.select(pl.sum_horizontal(f"{layer.id}_fen" for layer in run.layers)).to_series().sum()
    )
