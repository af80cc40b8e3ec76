"""Fen, the only rounding, and amounts in words."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.money import capital, cut_to, parse_fen, percent, round_to, share, yuan

GRAINS = st.integers(-(10**15), 10**15)


def value(expr: pl.Expr) -> int:
    return int(pl.select(expr).item())


@given(GRAINS, st.sampled_from([1, 10, 100]))
def test_rounding_is_half_away_from_zero(grains: int, unit: int) -> None:
    step = Decimal(10_000 * unit)
    expected = (Decimal(grains) / step).quantize(Decimal(1), ROUND_HALF_UP) * unit
    assert value(round_to(pl.lit(grains, pl.Int64), unit)) == expected


@given(GRAINS, st.sampled_from([1, 10, 100]))
def test_cutting_goes_towards_zero(grains: int, unit: int) -> None:
    step = Decimal(10_000 * unit)
    expected = (Decimal(grains) / step).quantize(Decimal(1), ROUND_DOWN) * unit
    assert value(cut_to(pl.lit(grains, pl.Int64), unit)) == expected


@pytest.mark.parametrize(
    ("amount", "rate", "expected"), [(49, 100, 0), (50, 100, 1), (51, 100, 1), (-50, 100, -1)]
)
def test_a_share_rounds_half_a_fen_up(amount: int, rate: int, expected: int) -> None:
    assert value(share(pl.lit(amount, pl.Int64), rate)) == expected


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.5", 123_450),
        ("￥3", 300),
        ("１２．３元", 1_230),
        ("(12.345)", -1_235),
        ("（12.34）", -1_234),
        ("—", 0),
        ("-", 0),
        ("0.004", 0),
        ("0.005", 1),
        ("-0.005", -1),
        ("1.2e3", 120_000),
        ("+5", 500),
        ("1，234，567.80", 123_456_780),
        ("12 345.60", 1_234_560),
        ("￥１，２３４．５０元", 123_450),
        ("－12.3", -1_230),
        ("¥ 3", 300),
    ],
)
def test_money_texts_become_exact_fen(text: str, fen: int) -> None:
    assert parse_fen(text) == fen


@pytest.mark.parametrize("text", ["", "abc", "1-2", "1.2.3", "#REF!", "12元3角", "1e99"])
def test_what_is_no_amount_is_none(text: str) -> None:
    assert parse_fen(text) is None


DOUBTFUL = [
    "1000，00", "1.234,50", "3000,50", "1,00", "12,34,567", "0,123", "1000 00", "1,234,5", ",123",
    "1000①", "①", "1000²", "1000*", "*1000", "½", "١٢", "1000。00", "1000、00", "1000#",
]  # fmt: skip


@pytest.mark.parametrize("text", DOUBTFUL)
def test_a_doubtful_comma_or_a_mark_makes_no_amount(text: str) -> None:
    """A comma that may be a decimal point is never read as a hundred times as much, a mark never as a digit."""
    assert parse_fen(text) is None


def test_an_amount_that_no_county_has_is_none() -> None:
    """Beyond ten trillion yuan a sum of a few would no longer fit."""
    assert parse_fen("9999999999999.99") == 10**15 - 1
    assert parse_fen("10000000000000.00") is None


def test_other_units_convert_exactly() -> None:
    """万元 and 分."""
    assert parse_fen("1.23456789", Decimal(1_000_000)) == 1_234_568
    assert parse_fen("12345", Decimal(1)) == 12_345


@given(st.integers(-(10**14), 10**14))
def test_yuan_reads_back(fen: int) -> None:
    assert parse_fen(yuan(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (105, "壹元零伍分"),
        (123_456, "壹仟贰佰叁拾肆元伍角陆分"),
        (10_000_000, "壹拾万元整"),
        (1_000_000_500, "壹仟万零伍元整"),
        (10_010_010, "壹拾万零壹佰元壹角整"),
        (20_000_000_000, "贰亿元整"),
        (100_010_001_000, "壹拾亿零壹拾万零壹拾元整"),
        (-150, "负壹元伍角整"),
    ],
)
def test_amounts_in_capital_words(fen: int, words: str) -> None:
    assert capital(fen) == words


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(1, 3, "33.33%"), (2, 3, "66.67%"), (1, 0, "—")]
)
def test_percentages_round_half_up(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text
