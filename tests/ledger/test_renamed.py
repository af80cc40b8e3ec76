"""A hospital that goes by another name now: what comes later about its closed stays finds them, its accounts go on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.county.periods import parse_period
from onestop_cli.ledger.final_account import report
from onestop_cli.ledger.trial_balance import verify
from onestop_cli.run import Run
from onestop_cli.statements.statement import Statement
from tests.ledger.test_ledger import HELD, a_stay, about, taken_back
from tests.made.books import (
    REGISTER,
    Office,
    decisions,
    huangzhong,
    new_books,
    post,
    run_period,
    stays,
)

OLD, NEW = "县级医院", "县中西医结合医院"


@pytest.fixture
def office() -> Office:
    """The county knows the old name as a synonym of the new one."""
    register = REGISTER.with_columns(pl.col("hospital").replace({OLD: NEW}))
    return replace(huangzhong(), register=register, called={OLD: NEW})


@pytest.fixture
def books(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """September is closed: a settled stay, and one that waits, of the hospital under its old name."""
    with new_books(tmp_path / "台账.db") as books:
        post(books, run_period(stays([a_stay(9), a_stay(8, **WAITS)]), "2010-09", books))
        yield books


WAITS = {**HELD, "settled_on": date(2010, 9, 16)}


def under_new_name(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "hospital_raw": NEW}


def october(books: sqlite3.Connection, office: Office, *rows: Any, decided: Any = None) -> Run:
    run = run_period(stays([*rows]), "2010-10", books, decided, office)
    post(books, run)
    assert verify(books) == []
    return run


@pytest.mark.parametrize("name", [OLD, NEW])
def test_a_reversal_takes_the_stay_back(
    books: sqlite3.Connection, office: Office, name: str
) -> None:
    run = october(books, office, {**taken_back(a_stay(9), 10), "hospital_raw": name})
    assert run.adjustments.select("kind", "hospital", "assistance_payable_fen").rows() == [
        ("红冲", NEW, -92_400)
    ]
    assert "ST06" not in set(run.findings["code"])


def test_a_settled_stay_that_comes_again_is_not_paid_twice(
    books: sqlite3.Connection, office: Office
) -> None:
    run = october(books, office, under_new_name({**a_stay(9), "row": 30}))
    assert run.stays.select("status").rows() == [("held",)]
    assert "ST07" in set(run.findings["code"])
    assert run.adjustments.is_empty()


@pytest.mark.parametrize("name", [OLD, NEW])
def test_a_stay_that_waits_is_decided_under_either_name_once(
    books: sqlite3.Connection, office: Office, name: str
) -> None:
    release = decisions(about(9, row=8, stay_no="ZY8", hospital=name, decision="放行", code="AM05"))
    row = under_new_name(a_stay(10))
    run = october(books, office, row, decided=release)
    assert run.adjustments.select("kind", "hospital").rows() == [("放行", NEW)]
    again = run_period(stays([under_new_name(a_stay(11))]), "2010-11", books, release, office)
    assert "1 行已在 2010-10 执行过" in again.info.warnings[0]


def test_statement_and_report_have_one_account_of_it(
    books: sqlite3.Connection, office: Office
) -> None:
    run = october(
        books, office, under_new_name(a_stay(10)), under_new_name(taken_back(a_stay(9), 10))
    )
    paid = Statement(run).hospitals.filter(hospital=NEW)["all_payment_fen"].to_list()
    assert paid == [0]
    found = report(books, parse_period("2010"), office.hospital).hospitals
    assert found.select("hospital", "visits").rows() == [(NEW, 1)]
