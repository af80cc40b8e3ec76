"""How rows lie in files, and files in a folder, changes nothing: not a verdict, not a fen."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.made.books import run_period, stays
from tests.made.months import made_quarter

ROWS = dict[str, Any]


def _rows(rng: Random) -> list[ROWS]:
    """A quarter with reversals, partial refunds, duplicates, overlaps and spoiled numbers, and now and then a stay in
    two halves."""
    rows = [row for _, row in made_quarter(rng, 60).rows]
    for number, row in enumerate(list(rows)):
        if (
            rng.random() < 0.1
            and row["basic_claimed_fen"] > 0
            and row["assistance_claimed_fen"] > 0
        ):
            rows[number] = {**row, "assistance_claimed_fen": None}
            rows.append({**row, "basic_claimed_fen": None})
    return rows


def _laid_out(rows: list[ROWS], rng: Random) -> list[ROWS]:
    """The same rows in another order, in other files and under other numbers."""
    files, order = ("甲.csv", "乙.csv", "丙.xlsx"), rng.sample(rows, len(rows))
    return [
        {**row, "source": rng.choice(files), "sheet": rng.choice((None, "住院")), "row": place}
        for place, row in enumerate(order, 2)
    ]


def _verdicts(rows: list[ROWS]) -> list[tuple[Any, ...]]:
    """What becomes of each stay, without where it stands."""
    run = run_period(stays(rows), "2010Q4")
    parts = ("claimed", "due", "payable", "deducted", "held", "shortfall", "offset")
    amounts = [f"{layer.id}_{part}_fen" for layer in run.layers for part in parts]
    told = run.stays.select(
        "hospital", "stay_no", "name", "id_no", "total_fen", "admitted_on", "status", "codes",
        "patient_owed_fen", *amounts,
    )  # fmt: skip
    return sorted(told.rows(), key=repr)


@pytest.mark.parametrize("seed", range(6))
def test_the_same_rows_laid_out_otherwise_come_to_the_same(seed: int) -> None:
    rng = Random(seed)
    rows = _rows(rng)
    told = _verdicts(_laid_out(rows, rng))
    assert {status for *_, status, _, _ in (row[:9] for row in told)} >= {
        "settled",
        "held",
        "reversed",
    }
    for _ in range(2):
        assert _verdicts(_laid_out(rows, rng)) == told
