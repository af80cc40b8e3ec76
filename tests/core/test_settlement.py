"""What the county lets wait, and what a patient may still be paid."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.core.options import Options
from onestop_cli.errors import CannotRun
from tests.core.test_decisions import a_stay, about, refused
from tests.made.books import Office, decisions, huangzhong, new_books, post, run_period, stays


@dataclass(frozen=True)
class ListedLater(Office):
    """Everybody is on the roster, from 2011 on."""

    @property
    def roster(self) -> pl.DataFrame:  # type: ignore[override]
        return huangzhong().roster.with_columns(from_on=pl.lit(date(2011, 1, 1)))


@pytest.mark.parametrize(("code", "held"), [("RO01", 0), ("RO04", 84_900)])
def test_assistance_to_a_listed_person_without_right_waits_as_RO04_only(
    code: str, held: int
) -> None:
    office = ListedLater(huangzhong().documents)
    options = Options(suspended=frozenset({code}))
    run = run_period(stays([a_stay()]), "2010Q4", office=office, options=options)
    assert "RO04" in run.findings["code"].to_list()
    assert run.stays["assistance_held_fen"].to_list() == [held]


def test_what_another_layer_made_up_for_is_not_owed_to_the_patient() -> None:
    """Insurance paid 20 yuan too much, assistance nothing of its 849: 829 are owed."""
    stay = a_stay(basic_claimed_fen=170_000, assistance_claimed_fen=0)
    line = about(decision="补发", layer="assistance", amount_fen=82_901)
    assert "补发 829.01 元超过应补的 829.00 元" in refused(stay, decided=[line])


@pytest.fixture
def books(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with new_books(tmp_path / "台账.sqlite") as opened:
        yield opened


def test_what_was_paid_to_the_patient_is_not_owed_again(books: sqlite3.Connection) -> None:
    """Of 849 owed, 800 were paid with a closed period: 49 are left."""
    first = paid_out(books, "2010-10", 80_000, stays([a_stay(assistance_claimed_fen=0)]))
    post(books, first)
    with pytest.raises(CannotRun, match="超过应补的 49"):
        paid_out(books, "2010-11", 4_901, stays([]))


def paid_out(books: sqlite3.Connection, month: str, fen: int, rows: pl.DataFrame) -> Any:
    line = about(decision="补发", layer="assistance", amount_fen=fen)
    return run_period(rows, month, books, decisions(line))
