"""The contract's order: each person's year together and in time, however the rows lie and whatever is hashed."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from random import Random
from typing import Any

import polars as pl
import pytest

from onestop_cli.core.identify import make_id
from onestop_cli.core.settle import order
from onestop_cli.tables.schema import ORDER, PLACED, READ_STAYS

PEOPLE = [make_id(f"6399011980010{n:04}") for n in range(12)] + ["?李", "?张", "10000/1"]
KINDS = {"id_no": pl.String, "benefit_year": pl.Int64} | {
    name: {**READ_STAYS, **PLACED}[name] for name in ORDER
}

Row = dict[str, Any]


def made(seed: int) -> list[Row]:
    """Sixty stays of a few people and days, so that many tie; some without a day or a year."""
    random = Random(seed)
    days = [None, *(date(2010, 3, day) for day in range(1, 5))]
    return [
        {
            "id_no": random.choice(PEOPLE), "benefit_year": random.choice([2009, 2010, None]),
            "settled_or_discharged": random.choice(days), "settled_second": random.choice([0, 7]),
            "discharged_on": random.choice(days), "admitted_on": random.choice(days),
            "hospital": random.choice("甲乙"), "stay_no": random.choice("ab"),
            "source": "a.csv", "sheet": None, "row": row,
        }
        for row in range(60)
    ]  # fmt: skip


def turn(row: Row) -> list[tuple[bool, Any]]:
    """What a row is ordered by: blanks first."""
    return [(row[name] is not None, row[name] or 0) for name in ORDER]


def whose(row: Row) -> tuple[str, int]:
    return row["id_no"], row["benefit_year"] or 0


@pytest.mark.parametrize("bits", [64, 11])
@pytest.mark.parametrize("seed", range(4))
def test_every_year_stands_together_and_in_the_contracts_order(
    seed: int, bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the heads of the hashes have two bits, and several people share each of them."""
    monkeypatch.setattr(order, "_BITS", bits)
    rows = made(seed)
    place, first = order.years_in_time(pl.DataFrame(rows, schema=KINDS))
    ordered = [rows[number] for number in place]
    years = [list(year) for _, year in groupby(ordered, whose)]
    assert len(years) == len({whose(row) for row in rows})
    assert years == [sorted(year, key=turn) for year in years]
    assert [len(year) for year in years] == _lengths(first.to_list())


def _lengths(first: list[bool]) -> list[int]:
    starts = [number for number, begins in enumerate(first) if begins]
    return [end - start for start, end in zip(starts, [*starts[1:], len(first)], strict=True)]
