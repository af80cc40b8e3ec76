"""The engine agrees with the second reference: a sample of each document; the bench takes many more stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from onestop_cli.rulebook import check
from onestop_cli.statements.capped import capped_people
from onestop_cli.statements.statement import Statement
from onestop_cli.working import StepOnStay, work_out
from tests.made.books import run_period
from tests.second import words
from tests.second.areas import AREAS
from tests.second.compare import by_month, by_year, story
from tests.second.county import County, make_county
from tests.second.shizhan import RESIDENT
from tests.second.stays import Stay

MONTHS = ("zhengan", "chongqing", "tongchuan", "words", "days", "new-year", "months")
"""A cap that rises in the year, two yearly deductibles, bands over the year; limits of the month and of a visit; days
in bed and rates by the number of the stay; stays divided at New Year; the
months before a stay."""


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


def test_the_made_up_document_can_be_used() -> None:
    assert [problem.what for problem in check.problems(words.documents())] == []


@pytest.mark.parametrize("name", MONTHS)
def test_months_with_a_ledger_pay_the_same_in_the_end(name: str) -> None:
    area = AREAS[name]
    two_months = replace(area, first=area.last - timedelta(210), last=area.last - timedelta(150))
    if "new year" in area.ask:
        two_months = replace(area, last=date(area.first.year + 1, 1, 31))
    county = make_county(Random(f"{name} months"), two_months, 60, within_year=False)
    found = by_month(county)
    assert not found, told(county, found)


def test_a_stay_that_waits_is_in_the_bands_once() -> None:
    """大病 after 14,000 a year, 60 % up to 64,000: 10,000 that wait and 30,800 before 15,560, all at 60 %."""
    county = make_county(Random("waits"), AREAS["shizhan"], 1, within_year=True)
    person = replace(
        next(iter(county.people.values())), entries=(("低保边缘家庭成员", None, None),)
    )
    waiting = province(2, 10_000, 10_001, held=True)
    known = province(3, 100_800, 100_800)
    uncertain = province(4, 50_000, None, claimed={"basic": Fraction(34_440)})
    stays = {stay.row: stay for stay in (waiting, known, uncertain)}
    office = replace(county.office, people=(person,))
    county = County(county.area, stays, dict.fromkeys(stays, person), office)
    assert not (found := by_year(county)), told(county, found)
    assert county.outcomes()[4].parts["critical"].bound == Fraction(9_336)


def test_a_claim_beyond_the_limit_of_a_month_says_so_and_uses_no_year_up() -> None:
    """Half of 400 and of 500 in March: 200, and of 250 the 100 that are left of 300; the year's 2,000 are far away."""
    county = make_county(Random("month"), AREAS["words"], 1, within_year=True)
    person = next(iter(county.people.values()))
    visits = {
        row: replace(
            province(row, total, total, claimed={"basic": Fraction(total, 2)}),
            admitted=date(2024, 3, row), discharged=date(2024, 3, row), settled=date(2024, 3, row),
            outpatient=True, scheme="", categories=(),
        )
        for row, total in ((2, 400), (3, 500))
    }  # fmt: skip
    county = County(county.area, visits, dict.fromkeys(visits, person), county.office)
    run = run_period(county.rows(), "2024", office=county.office)
    (said,) = run.findings.filter(code="CA01", layer="basic")["message"]
    assert said == "基本医保每月限额 300.00，本月此前已用 200.00，本笔应为 100.00，申报 250.00"
    assert capped_people(Statement(run)) == 0
    book = county.office.book
    row = run.stays.filter(stay_no="ZY3").row(0, named=True)
    shown = [
        line.label
        for group in work_out(StepOnStay(row, book, book.steps[0]))
        for line in group.lines
    ]
    assert "每月限额尚余" in shown


def test_a_period_without_stays_is_worked_out_under_the_new_words_too() -> None:
    county = make_county(Random("nothing"), AREAS["words"], 1, within_year=True)
    assert run_period(county.rows().clear(), "2024", office=county.office).stays.is_empty()


def province(row: int, total: int, eligible: int | None, **more: Any) -> Stay:
    """A stay of three days in a hospital of the province, one a month."""
    return Stay(
        admitted=date(2024, row, 1),
        discharged=date(2024, row, 4),
        settled=date(2024, row, 4),
        hospital="province1",
        level="province",
        stay_no=f"ZY{row}",
        total=Fraction(total),
        eligible=None if eligible is None else Fraction(eligible),
        scheme=RESIDENT,
        categories=("低保边缘家庭成员",),
        row=row,
        **more,
    )
