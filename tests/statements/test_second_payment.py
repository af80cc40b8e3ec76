"""大病二次补偿: bands by hand, and a cut that comes to the limit to the fen."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import polars as pl
import pytest

from onestop_cli.statements.second_payment import SecondTerms, second_payment

BANDS = ((500_000, 5_000), (1_000_000, 6_000))
"""Over 5,000 yuan 50 %, over 10,000 yuan 60 %."""


def paid(bases: list[int], terms: SecondTerms) -> list[int]:
    people = pl.DataFrame({"base_fen": bases}, schema={"base_fen": pl.Int64})
    return second_payment(people, terms)["fen"].to_list()


@pytest.mark.parametrize(
    ("yuan", "due"),
    [
        ("5000.00", None),
        ("5000.01", "0.01"),
        ("5000.02", "0.01"),
        ("10000.00", "2500.00"),
        ("10000.01", "2500.01"),
        ("20000.00", "8500.00"),
    ],
)
def test_each_part_has_the_rate_of_its_band(yuan: str, due: str | None) -> None:
    fen = [int(Fraction(text) * 100) for text in (yuan, due or "0")]
    assert paid([fen[0]], SecondTerms(BANDS)) == ([fen[1]] if due else [])


def test_nobody_gets_more_than_the_limit_of_a_person() -> None:
    assert paid([2_000_000, 600_000], SecondTerms(BANDS, cap=300_000)) == [300_000, 50_000]


@pytest.mark.parametrize(("people", "limit"), [(29, 12_108_280), (505, 363_000_000)])
def test_a_cut_comes_to_the_limit_and_nobody_is_a_fen_off(people: int, limit: int) -> None:
    """花梨 2010: 29 people, 121,082.80 yuan; 正安 2011: 505 people, 3,630,000 yuan."""
    rng = Random(people)
    bases = [rng.randrange(4_000_000, 30_000_000) for _ in range(people)]
    whole = paid(bases, SecondTerms(BANDS))
    cut = paid(bases, SecondTerms(BANDS, limit=limit))
    assert sum(whole) > limit == sum(cut)
    ratio = Fraction(limit, sum(whole))
    assert all(abs(own - full * ratio) < 1 for own, full in zip(cut, whole, strict=True))
    down = paid(bases, SecondTerms(BANDS, limit=limit, exact=False))
    assert down == [int(full * ratio) for full in whole]


def test_the_greater_rest_gets_the_fen() -> None:
    """Three thirds of 1.00 yuan: 33.33…, 33.33…, 33.33…; of equal rests the first; half rests go before thirds."""
    thirds = SecondTerms(((0, 10_000),), limit=100)
    assert paid([100, 100, 100], thirds) == [34, 33, 33]
    assert paid([50, 250, 100], SecondTerms(((0, 10_000),), limit=101)) == [13, 63, 25]


def test_amounts_within_the_limit_stay() -> None:
    assert paid([2_000_000], SecondTerms(BANDS, limit=850_000)) == [850_000]
