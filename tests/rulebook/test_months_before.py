"""Limits over the months before a stay, beside books: what they do not know leaves a bound, and sums stand on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import polars as pl
import pytest

from onestop_cli.explain.explanation import explain
from onestop_cli.rulebook.library import load_rule
from onestop_cli.run import Run
from onestop_cli.tables.schema import BROUGHT
from onestop_cli.working import StepOnStay, work_out
from tests.made.books import new_books, post, run_period
from tests.made.on_paper import amount, result
from tests.second import months
from tests.second.areas import AREAS
from tests.second.county import County, make_county
from tests.second.stays import Stay

BEGUN = date(2024, 2, 1)


def ended(row: int, day: date, yuan: int, **claimed: int) -> Stay:
    return Stay(
        admitted=day - timedelta(5), discharged=day, settled=day, hospital="county1", level="county",
        stay_no=f"ZY{row}", total=Fraction(yuan), eligible=Fraction(yuan), row=row,
        categories=(months.POOR,), source="医院.csv",
        claimed={layer: Fraction(fen) for layer, fen in claimed.items()},
    )  # fmt: skip


def county_of(*stays: Stay) -> County:
    """One poor person's stays."""
    made = make_county(Random("one"), AREAS["months"], 1, within_year=True)
    person = replace(next(iter(made.people.values())), entries=((months.POOR, None, None),))
    rows = {stay.row: stay for stay in stays}
    return County(
        made.area, rows, dict.fromkeys(rows, person), replace(made.office, people=(person,))
    )


def brought(id_no: str) -> pl.DataFrame:
    """期初 of somebody: 600 yuan looked at and charged, nothing paid."""
    row = {
        "id_no": id_no, "name": "人", "benefit_year": 2024, "layer": "assistance", "stays": 1,
        "cost_fen": 60_000, "deductible_fen": 60_000, "base_fen": 60_000, "paid_fen": 0,
    }  # fmt: skip
    return pl.DataFrame([row], schema=dict(BROUGHT))


@pytest.mark.parametrize(
    ("day", "opening", "check"),
    [
        (date(2024, 3, 15), "none", "bound"),
        (date(2024, 5, 20), "none", "bound"),
        (date(2024, 6, 1), "none", "exact"),
        (date(2024, 3, 15), "another", "bound"),
        (date(2024, 5, 20), "another", "exact"),
        (date(2024, 5, 20), "own", "bound"),
        (date(2024, 6, 1), "own", "exact"),
    ],
)
def test_months_before_the_books_leave_a_bound(
    day: date, opening: str, check: str, tmp_path: Path
) -> None:
    """Books from 1 February; the limit looks four months back. 期初 tells of its own year, but of no days."""
    county = county_of(ended(2, day, 5000, basic=3000))
    own = next(iter(county.people.values())).id_no
    more = {"own": {"brought": brought(own)}, "another": {"brought": brought("6399")}, "none": {}}
    with new_books(tmp_path / "账.db", BEGUN, **more[opening]) as books:
        run = run_period(county.rows(), f"{day:%Y-%m}", books, office=county.office)
    row = run.stays.row(0, named=True)
    assert row["assistance_check"] == check
    assert row["assistance_bound_fen"] == (100_000 if check == "bound" else None)
    told = [text for text in run.info.warnings if "连续几个月" in text]
    assert len(told) == (check == "bound")


def test_a_layer_of_which_the_books_know_all_months_is_exact(tmp_path: Path) -> None:
    """100 once in a month before 60 %, beside limits of which the books know a part only."""
    county = county_of(ended(2, date(2024, 3, 15), 5100, basic=3000))
    text = months.DOCUMENT.read_text("utf-8")
    text = text.replace("amount = 0\n", 'amount = 100\nper = "window"\nmonths = 1\n', 1)
    documents = (load_rule(months.DOCUMENT, text.encode()),)
    with new_books(tmp_path / "账.db", BEGUN) as books:
        office = replace(county.office, documents=documents)
        row = run_period(county.rows(), "2024-03", books, office=office).stays.row(0, named=True)
    told = [row[f"{layer}_check"] for layer in ("basic", "assistance")]
    assert (told, row["basic_deductible_fen"], row["basic_due_fen"]) == (
        ["exact", "bound"], 10_000, 300_000,
    )  # fmt: skip


def test_closed_stays_of_the_months_before_are_looked_at(tmp_path: Path) -> None:
    """800 of the threshold by December, 200 are left in January: half of 1,800 of the 2,000."""
    old, new = (
        ended(2, date(2023, 12, 20), 2000, basic=1200),
        ended(3, date(2024, 1, 20), 5000, basic=3000, assistance=900),
    )
    county = county_of(old, new)
    rows = county.rows()
    with new_books(tmp_path / "账.db") as books:
        for month in ("2023-12", "2024-01"):
            day = pl.col("settled_on").dt.strftime("%Y-%m") == month
            run = run_period(rows.filter(day), month, books, office=county.office)
            post(books, run)
    row = run.stays.row(0, named=True)
    assert (row["assistance_deductible_fen"], row["assistance_due_fen"]) == (20_000, 90_000)
    assert_on_paper(run, row, county, "前 3 个月计入费用")


def test_what_months_cut_off_says_so() -> None:
    """500 and, of 1,500 in four months, 1,000 more; 1,800 were claimed."""
    first, second = (
        ended(2, date(2024, 3, 1), 5000, basic=3000, assistance=500),
        ended(3, date(2024, 4, 1), 9000, basic=5400, assistance=1800),
    )
    county = county_of(first, second)
    run = run_period(county.rows(), "2024", office=county.office)
    (said,) = run.findings.filter(code="CA01", layer="assistance")["message"]
    assert (
        said
        == "医疗救助连续 4 个月限额 1500.00，本笔之前已用 500.00，本笔应为 1000.00，申报 1800.00"
    )
    row = run.stays.filter(stay_no="ZY3").row(0, named=True)
    assert_on_paper(run, row, county, "前 4 个月已补")


def assert_on_paper(run: Run, row: dict[str, object], county: County, words: str) -> None:
    """The explanation names the months, and its sums come to what stands beside them."""
    book = county.office.book
    told = explain(run, row, book)
    lines = [line for part in told.parts for group in part.groups for line in group.lines]
    assert any(words in f"{line.label}{line.working}" for line in lines)
    steps = [StepOnStay(row, book, step) for step in book.steps]
    sums = [line for step in steps for group in work_out(step) for line in group.lines]
    assert all(result(line) in (None, amount(line.amount)) for line in sums if line.grains)
