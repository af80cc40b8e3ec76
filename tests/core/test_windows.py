"""Limits over the months before each stay: claimed stays first, and nobody's months hold more than the limit."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import polars as pl
import pytest

from onestop_cli.core.settle.windows import first_days, windows
from onestop_cli.tables.schema import ORDER

Row = tuple[str, date, int, bool]
"""Who, the day it ended, what is wanted, whether it was claimed."""


def granted(rows: list[Row], cap: int, months: int = 12) -> list[int]:
    """What each of the stays, settled on the day they ended, is left."""
    stays = pl.DataFrame(
        {
            "id_no": [row[0] for row in rows],
            "settled_or_discharged": [row[1] for row in rows],
            "discharged_on": [row[1] for row in rows],
            "admitted_on": [row[1] for row in rows],
        }
    ).with_columns(pl.lit(None, pl.String).alias(name) for name in ORDER if name not in _GIVEN)
    amount = pl.Series([row[2] for row in rows])
    touched = pl.Series([row[3] for row in rows])
    caps, account = amount * 0 + cap, amount * 0
    return windows(stays, pl.lit(months)).capped(amount, caps, touched, account)[1].to_list()


_GIVEN = ("settled_or_discharged", "discharged_on", "admitted_on")


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2024, 3, 15), date(2023, 3, 16)),
        (date(2024, 2, 29), date(2023, 3, 1)),
        (date(2023, 2, 28), date(2022, 3, 1)),
        (date(2024, 12, 31), date(2024, 1, 1)),
    ],
)
def test_the_first_of_twelve_months(day: date, first: date) -> None:
    assert pl.select(first_days(pl.lit(day), pl.lit(12))).item() == first


def test_claimed_stays_go_first_within_the_months() -> None:
    """Nobody claimed the first one: what the second one was paid leaves it 50 of the 150."""
    first, second = date(2010, 12, 1), date(2011, 2, 1)
    assert granted([("甲", first, 100, False), ("甲", second, 100, True)], 150) == [50, 100]
    assert granted([("甲", first, 100, True), ("甲", second, 100, True)], 150) == [100, 50]
    assert granted([("甲", first, 100, False), ("乙", second, 100, True)], 150) == [100, 100]


def test_an_unclaimed_stay_leaves_alone_what_later_months_have_paid() -> None:
    """Of three 80 in a row the claimed last one looks back to the middle one only: 100 − 80 are left for that."""
    days = [date(2010, 1, 1), date(2010, 6, 1), date(2011, 3, 1)]
    rows = [
        ("甲", day, 80, claimed) for day, claimed in zip(days, (True, False, True), strict=True)
    ]
    assert granted(rows, 100) == [80, 20, 80]


def test_no_months_hold_more_than_the_limit() -> None:
    """And a stay that is not given all it wants has some months around it that are full."""
    for seed in range(40):
        random = Random(seed)
        days = sorted({date(2010, 1, 1) + timedelta(random.randrange(900)) for _ in range(12)})
        rows = [("甲", day, random.randrange(90), random.random() < 0.6) for day in days]
        got = granted(rows, 100, 6)
        known = list(zip(days, got, strict=True))
        totals = [
            sum(fen for other, fen in known if first <= other <= day)
            for day in days
            for first in [pl.select(first_days(pl.lit(day), pl.lit(6))).item()]
        ]
        assert max(totals) <= 100
        assert all(before < after for before, after in pairwise(days))
        for (day, fen), row in zip(known, rows, strict=True):
            around = [
                total
                for total, last in zip(totals, days, strict=True)
                if pl.select(first_days(pl.lit(last), pl.lit(6))).item() <= day <= last
            ]
            assert fen == row[2] or max(around) == 100
