"""Two schemes, one layer: each scheme's fund has its own account, the same on statement and in the books."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import polars as pl
import pytest

from onestop_cli.county.periods import parse_period
from onestop_cli.ledger.accounts import Advance, accounts, book_advance
from onestop_cli.ledger.books import closings
from onestop_cli.ledger.final_account import report
from onestop_cli.ledger.hospital_money import approved as due_to_hospitals
from onestop_cli.ledger.registers import postings
from onestop_cli.ledger.trial_balance import trial_balance, verify
from onestop_cli.run import Run
from onestop_cli.statements.statement import Statement
from tests.made.books import Office, new_books, post, run_period, stays
from tests.made.months import MONTHS, made_quarter
from tests.second.areas import two_schemes

RESIDENTS, EMPLOYED, AID = "新农合基金", "职工医保基金", "医疗救助资金"
SCHEMES = {RESIDENTS: "新农合", EMPLOYED: "职工医保"}


@pytest.fixture(scope="module")
def county(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[sqlite3.Connection, list[Run]]]:
    """Three months with late stays and stays taken back, closed one after the other; everybody is insured by one of two
    schemes."""
    office = Office(two_schemes())
    quarter = made_quarter(Random(11), 60)
    with new_books(tmp_path_factory.mktemp("books") / "账.db") as books:
        runs = []
        for number, month in enumerate(MONTHS):
            rows = [row for handed, row in quarter.rows if handed == number]
            runs.append(run_period(_insured(rows), month, books, office=office))
            post(books, runs[-1])
        yield books, runs


def _insured(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Half of the people are employed."""
    odd = pl.col("id_raw").str.slice(16, 1).cast(pl.Int64, strict=False) % 2 == 1
    return stays(rows).with_columns(
        scheme_raw=pl.when(odd).then(pl.lit("职工医保")).otherwise(pl.lit("新农合"))
    )


def _approved(statement: Statement) -> dict[str, int]:
    """What a statement approves, per fund."""
    sides = ("payment", "supplement")
    return {
        fund.name: sum(statement.total[f"{fund.key}_{side}_fen"] for side in sides)
        for fund in statement.funds
    }


def test_a_fund_pays_for_the_stays_of_its_scheme(
    county: tuple[sqlite3.Connection, list[Run]],
) -> None:
    """Added up from the stays by the scheme they say, of the first month, which has nothing earlier."""
    run = county[1][0]
    found = _approved(Statement(run))
    assert list(found) == [RESIDENTS, EMPLOYED, AID]
    for fund, scheme in SCHEMES.items():
        own = run.stays.filter(pl.col("scheme_raw") == scheme, pl.col("status") == "settled")
        assert (
            found[fund]
            == own.select("basic_payable_fen", "basic_offset_fen").sum_horizontal().sum()
        )
        assert found[fund] > 0


def test_statement_and_books_approve_the_same_of_every_fund(
    county: tuple[sqlite3.Connection, list[Run]],
) -> None:
    """Accounts, report, hospitals' accounts and the exported postings, to the fen, in every month."""
    books, runs = county
    assert verify(books) == []
    for run in runs:
        month = run.period.id
        approved = _approved(Statement(run))
        assert {
            one.fund: one.approved for one in accounts(books) if one.period == month
        } == approved
        found = report(books, run.period)
        paid = {f.name: found.total[f"{f.key}_payment_fen"] for f in found.funds}
        assert paid == approved
        (closing,) = (one for one in closings(books) if one.period.id == month)
        due = due_to_hospitals(books, closing)
        exported = pl.concat(postings(books)).filter(
            pl.col("run") == month, pl.col("what_name").is_in(["核付", "层间调整"])
        )
        for fund, fen in approved.items():
            assert due.filter(fund=fund)["fen"].sum() == fen
            assert exported.filter(fund=fund)["fen"].sum() == fen
    assert sum(1 for run in runs for kind in run.adjustments["kind"]) > 0


def test_an_advance_fills_the_account_of_its_fund_alone(tmp_path: Path) -> None:
    office = Office(two_schemes())
    rows = [row for handed, row in made_quarter(Random(11), 20).rows if handed == 0]
    with new_books(tmp_path / "账.db", date(2010, 10, 1)) as books:
        line = Advance(EMPLOYED, parse_period(MONTHS[0]), 100_000, date(2010, 10, 8), "", "测试")
        book_advance(books, line, datetime(2010, 10, 9, tzinfo=UTC), [RESIDENTS, EMPLOYED, AID])
        post(books, run_period(_insured(rows), MONTHS[0], books, office=office))
        advanced = {one.fund: one.advanced for one in accounts(books)}
        assert advanced == {RESIDENTS: 0, EMPLOYED: 100_000, AID: 0}
        assert {one.fund for one in trial_balance(books)} == {RESIDENTS, EMPLOYED, AID}
        assert verify(books) == []
