"""How far from chance, and what the names of illnesses tell."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.audit.leads import illness
from onestop_cli.audit.leads.chance import bits, tries


@pytest.mark.parametrize(
    ("found", "of", "part", "whole", "expected"),
    [
        (8, 8, 1, 2, 8),  # all heads
        (3, 3, 1, 10, 9),  # 3 × log2 10 = 9.97
        (22, 129, 91, 1938, 22),  # the manual's hospital: 1.6247e-7 is 2 to the power of -22.55
        (5, 10, 1, 2, 0),
        (4, 10, 1, 2, 0),
        (1, 5, 0, 9, 999),
        (0, 0, 1, 2, 0),
    ],
)
def test_bits_worked_by_hand(found: int, of: int, part: int, whole: int, expected: int) -> None:
    assert bits(found, of, part, whole) == expected


@given(st.integers(1, 40), st.integers(1, 19), st.data())
def test_bits_are_those_of_the_binomial_tail(of: int, part: int, data: st.DataObject) -> None:
    """P(X ≥ found) of a binomial count, by exact fractions, lies between the bits and one more."""
    found = data.draw(st.integers(0, of))
    share = Fraction(part, 20)
    chance = sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(found, of + 1))
    told = bits(found, of, part, 20)
    assert chance <= Fraction(1, 2**told)
    assert found * 20 <= of * part or chance > Fraction(1, 2 ** (told + 1))


def test_large_hospitals_are_worked_out_too() -> None:
    """440 of 1,600 where a quarter is usual, against whole numbers: ways of 1,600 with their weights."""
    ways = sum(comb(1_600, k) * 3 ** (1_600 - k) for k in range(440, 1_601))
    told = bits(440, 1_600, 1, 4)
    assert ways << told <= 4**1_600 < ways << (told + 1)


@pytest.mark.parametrize(("number", "lost"), [(0, 0), (1, 0), (2, 1), (20, 4), (64, 6)])
def test_looking_at_many_places_takes_bits_away(number: int, lost: int) -> None:
    assert tries(number) == lost


def group(name: str) -> str:
    return str(pl.DataFrame({"d": [name]}).select(illness.group(pl.col("d"))).item())


@pytest.mark.parametrize(
    "names",
    [
        ("脑梗塞", "脑梗死", "脑血栓形成", "腔隙性脑梗死"),
        ("冠心病", "冠状动脉粥样硬化性心脏病", "不稳定型心绞痛"),
        ("慢性支气管炎", "慢支炎", "慢性阻塞性肺疾病", "ＣＯＰＤ", "肺气肿"),
        ("上感", "急性上呼吸道感染", "感冒", "急性扁桃体炎"),
        ("肺炎", "支气管肺炎", "肺部感染"),
        ("腰椎间盘突出", "腰椎间盘突出症", "腰腿痛"),
        ("泌尿系感染", "尿路感染", "急性肾盂肾炎"),
        ("2型糖尿病", "糖尿病 ", "II型糖尿病"),
        ("胃癌", "胃恶性肿瘤"),
    ],
)
def test_near_synonyms_are_one_illness(names: tuple[str, ...]) -> None:
    assert len(set(map(group, names))) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("脑梗死", "脑出血"),
        ("肺炎", "支气管炎"),
        ("肾结石", "肾衰竭"),
        ("胃炎", "胃癌"),
        ("甲病", "乙病"),
    ],
)
def test_other_illnesses_are_others(names: tuple[str, str]) -> None:
    assert group(names[0]) != group(names[1])


@pytest.mark.parametrize(
    ("name", "age", "off"),
    [
        ("新生儿肺炎", 43, 42),
        ("新生儿黄疸", 0, 0),
        ("老年性白内障", 20, 30),
        ("老年性白内障", 70, 0),
        ("足月顺产", 60, 6),
        ("足月顺产", 10, 3),
        ("手足口病", 17, 0),
        ("肺炎", 3, 0),
        (None, 3, 0),
    ],
)
def test_years_by_which_an_age_misses_those_of_an_illness(
    name: str | None, age: int, off: int
) -> None:
    row = pl.DataFrame({"d": [name], "age": [age]}, schema={"d": pl.String, "age": pl.Int64})
    found = row.select(illness.years_off(pl.col("d"), pl.col("age"), illness.AGES)).item()
    assert found == off
