"""The books: months add up to the quarter, closed periods stay closed, and what happens later is a line of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial import verify
from tests.made_books import PEOPLE, REGISTER, paid, post, run_period, stays

MONTHS = ("2010-10", "2010-11", "2010-12")
FIRST = date(2010, 10, 1)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with opened(tmp_path / "台账.db", create=True) as connection:
        yield connection


def made_year(seed: int) -> list[tuple[str, dict[str, Any]]]:
    """A quarter's rows with the month in which each is handed in: some late, some taken back later."""
    rng = Random(seed)
    rows: list[tuple[str, dict[str, Any]]] = []
    free = dict.fromkeys(PEOPLE, FIRST)
    for number in range(rng.randint(5, 40)):
        person = rng.randrange(6)
        begin = free[PEOPLE[person]] + timedelta(rng.randint(0, 6))
        end = begin + timedelta(rng.randint(0, 5))
        if end > date(2010, 12, 31):
            continue
        free[PEOPLE[person]] = end
        total = rng.choice([80_000, 1_200_000, 5_000_000]) + rng.randrange(100_000)
        eligible = total * rng.randint(5, 10) // 10
        basic = rng.choice([0, eligible // 2, eligible * 7 // 10])
        aid = rng.choice([0, 0, (total - basic) // 2, (total - basic) * 8 // 10])
        row = {
            "row": number + 2, "hospital_raw": rng.choice(REGISTER["hospital"].to_list()),
            "stay_no": str(number), "name": f"人{person}", "id_raw": PEOPLE[person],
            "admitted_on": begin, "discharged_on": end, "settled_on": end, "total_fen": total,
            "eligible_fen": eligible, "basic_claimed_fen": basic, "assistance_claimed_fen": aid,
        }  # fmt: skip
        month = end.month - 10
        handed = rng.choice([month, month, month, rng.randint(month, 2)])
        rows.append((MONTHS[handed], row))
        if rng.random() < 0.15:
            back = rng.randint(handed, 2)
            when = max(end, date(2010, 10 + back, 28))
            amounts = {name: -row[name] for name in row if name.endswith("_fen")}
            taken = {**row, **amounts, "row": 1000 + number, "settled_on": when}
            rows.append((MONTHS[back], taken))
    return rows


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**9))
def test_months_pay_the_same_as_the_quarter(seed: int) -> None:
    """Closing month by month, adjustments included, pays the same as one run over the quarter."""
    rows = made_year(seed)
    if not rows:
        return
    whole = paid(run_period(stays(row for _, row in rows), "2010Q4"))
    total = dict.fromkeys(whole, 0)
    with TemporaryDirectory() as folder, opened(Path(folder) / "台账.db", create=True) as ledger:
        for month in MONTHS:
            part = [row for handed, row in rows if handed == month]
            run = run_period(stays(part), month, ledger)
            post(ledger, run)
            for key, fen in paid(run).items():
                total[key] += fen
        assert total == whole
        assert verify(ledger) == []
        by_account = {line.fund: 0 for line in accounts(ledger)}
        for line in accounts(ledger):
            by_account[line.fund] += line.approved
        assert list(by_account.values()) == [whole["basic"], whole["assistance"]]
