"""Lists of persons, waivers and households beside a plain loop: a year in one run, and month by month with a ledger."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from onestop_cli.rulebook import check
from tests.made.books import new_books, post, run_period
from tests.second import homes
from tests.second.county import fen
from tests.second.stays import Outcome, Part

AMOUNTS = ("payable", "deducted", "held", "shortfall", "offset")


def split_of(outcome: Outcome) -> dict[str, int]:
    found = {"owed": fen(outcome.owed)}
    for layer in homes.LAYERS:
        part = outcome.parts.get(layer, Part("none"))
        found |= {f"{layer} {amount}": fen(getattr(part, amount)) for amount in AMOUNTS}
    return found


def said(line: dict[str, Any]) -> dict[str, int]:
    found = {"owed": line["patient_owed_fen"] or 0}
    for layer in homes.LAYERS:
        found |= {f"{layer} {amount}": line[f"{layer}_{amount}_fen"] or 0 for amount in AMOUNTS}
    return found


def test_the_document_can_be_used() -> None:
    assert [problem.what for problem in check.problems(homes.documents())] == []


@pytest.mark.parametrize("seed", range(4))
def test_every_stay_of_a_year_comes_to_the_same(seed: int) -> None:
    given, office = homes.make(Random(f"homes {seed}"), 25)
    wanted = homes.outcomes(given)
    run = run_period(homes.rows(given), "2024", office=office)
    for line in run.stays.iter_rows(named=True):
        outcome = wanted[line["row"]]
        assert (line["status"], said(line)) == (outcome.status, split_of(outcome)), line["stay_no"]
        for layer, part in outcome.parts.items():
            if outcome.status == "settled":
                right = part.due if part.check == "exact" else part.bound
                known = line[f"{layer}_due_fen" if part.check == "exact" else f"{layer}_bound_fen"]
                assert right is not None
                assert (line[f"{layer}_check"], known) == (part.check, fen(right))


@pytest.mark.parametrize("seed", range(2))
def test_months_with_a_ledger_pay_the_same_in_the_end(seed: int, tmp_path: Path) -> None:
    given, office = homes.make(Random(f"months {seed}"), 10)
    wanted = {row: split_of(outcome) for row, outcome in homes.outcomes(given).items()}
    rows, month = homes.rows(given), pl.col("settled_on").dt.strftime("%Y-%m")
    total: dict[int, dict[str, int]] = {row: {} for row in given}
    with new_books(tmp_path / "账.db") as books:
        for period in sorted(set(rows.select(month).to_series())):
            run = run_period(rows.filter(month == period), period, books, office=office)
            post(books, run)
            for table in (run.stays, run.adjustments):
                for line in table.iter_rows(named=True):
                    own = total[line["row"]]
                    own |= {name: own.get(name, 0) + more for name, more in said(line).items()}
    assert total == wanted
