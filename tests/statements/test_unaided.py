"""未救助名单: who got no assistance, from which own part on, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from onestop_cli.run import Run
from onestop_cli.statements.statement import Statement
from onestop_cli.statements.unaided import unaided, unaided_by_township
from onestop_cli.writers.statements.county_book import write_county_book
from tests.made.explained_county import county_run
from tests.made.run import with_info


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return county_run(tmp_path_factory.mktemp("county"))


def with_limits(run: Run, **yuan: int) -> Run:
    limits = {name: amount * 100 for name, amount in yuan.items()}
    settings = run.info.settings.model_copy(update={"unaided": limits})
    return with_info(run, settings=settings.model_dump())


def people(run: Run, **yuan: int) -> list[tuple[Any, ...]]:
    found = unaided(Statement(with_limits(run, **yuan)))
    return found.select("name", "stays", "own_fen", "due_fen").rows()


def test_a_listed_person_whose_hospital_claimed_no_assistance(run: Run) -> None:
    """娄旧: 2,000 − 1,050 and 2,000 − 1,100 of her own; of 950.00 each time 500 × 60 % + 450 × 65 % were due."""
    assert people(run, listed=1850) == [("娄旧", 2, 185_000, 118_500)]


def test_below_the_threshold_nobody_is_listed(run: Run) -> None:
    assert people(run, listed=1851) == []


def test_people_without_a_category_have_a_threshold_of_their_own(run: Run) -> None:
    """莫生 and 钟止 claimed assistance, if without a right: the window gave it to them."""
    assert people(run, unlisted=0) == []
    stays = run.stays.with_columns(
        pl.when(pl.col("stay_no") == "A6").then(0).otherwise(pl.col(f"assistance_{what}_fen"))
        .alias(f"assistance_{what}_fen") for what in ("claimed", "deducted")
    )  # fmt: skip
    unclaimed = Run(**{**vars(run), "stays": stays})
    assert people(unclaimed, unlisted=445) == [("莫生", 1, 44_500, 0)]
    assert people(unclaimed, listed=0)[0][0] == "娄旧"


def test_it_says_why(run: Run) -> None:
    found = unaided(Statement(with_limits(run, listed=1)))
    assert found["situation"].to_list() == ["按政策应得救助，医院没有申报（列入应补未补）"]


def test_the_sums_of_townships_are_those_of_the_people(run: Run) -> None:
    found = unaided(Statement(with_limits(run, listed=0)))
    sums = unaided_by_township(found)
    assert sums["people"].sum() == len(found) == 1
    assert sums["own_fen"].sum() == found["own_fen"].sum()


@pytest.mark.parametrize(("limits", "there"), [({}, False), ({"listed": 500}, True)])
def test_it_is_off_unless_the_county_sets_a_threshold(
    run: Run, tmp_path: Path, limits: dict[str, int], there: bool
) -> None:
    write_county_book(Statement(with_limits(run, **limits)), tmp_path / "县.xlsx")
    book = openpyxl.load_workbook(tmp_path / "县.xlsx", read_only=True)
    assert ("表十三 未救助名单" in book.sheetnames) == there
