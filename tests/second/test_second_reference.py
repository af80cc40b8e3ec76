"""The engine agrees with the second reference: a sample of each document; the bench takes many more stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.second.areas import AREAS
from tests.second.compare import by_month, by_year, story
from tests.second.county import County, make_county

MONTHS = ("zhengan", "chongqing", "tongchuan")
"""A cap that rises in the year, two yearly deductibles, bands over the year."""


def told(county: County, found: dict[int, str]) -> str:
    return "\n".join(
        line for row, difference in found.items() for line in story(county, row, difference)
    )


@pytest.mark.parametrize("name", AREAS)
def test_every_stay_of_a_year_comes_to_the_same(name: str) -> None:
    area = AREAS[name]
    county = make_county(Random(f"{name} sample"), area, 100, within_year=True)
    found = by_year(county)
    assert not found, told(county, found)


@pytest.mark.parametrize("name", MONTHS)
def test_months_with_a_ledger_pay_the_same_in_the_end(name: str) -> None:
    area = AREAS[name]
    two_months = replace(area, first=area.last - timedelta(210), last=area.last - timedelta(150))
    county = make_county(Random(f"{name} months"), two_months, 60, within_year=False)
    found = by_month(county)
    assert not found, told(county, found)
