"""One figure everywhere: what a run pays is the same on statement, page and boards, in books, report and export."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.final_account import report
from onestop_cli.ledger.registers import postings
from onestop_cli.money import parse_fen
from onestop_cli.notices.categories import categories_of
from onestop_cli.notices.lines import posted
from onestop_cli.run import Run
from onestop_cli.statements.hospital_labels import labels_of
from onestop_cli.statements.patterns import shown_findings
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.statements.report import write_report
from tests.made.books import decisions, new_books, post, run_period, stays
from tests.made.months import MONTHS, Quarter, made_quarter

PAID = ("核付", "层间调整")


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10**9))
def test_what_a_month_pays_is_the_same_on_every_paper_and_in_the_books(seed: int) -> None:
    """Reversals, late stays, releases and what else belongs to earlier months included."""
    quarter = made_quarter(Random(seed), 40)
    with TemporaryDirectory() as folder, new_books(Path(folder) / "账.db") as books:
        for number, month in enumerate(MONTHS):
            run = _month(quarter, number, month, books)
            post(books, run)
            paid = Statement(run).total["all_payment_fen"]
            found = report(books, run.period)
            assert _on_the_page(run, Path(folder) / f"{month}.html") == [paid, paid]
            assert _on_the_boards(run) == paid
            assert found.total["all_payment_fen"] == paid
            own = [line for line in accounts(books) if line.period == month]
            assert sum(line.approved - line.paid_out for line in own) == paid
            exported = pl.concat(postings(books)).filter(run=month)
            assert exported.filter(pl.col("what_name").is_in(PAID))["fen"].sum() == paid


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
