"""门诊 and 住院 out of the books: under 大方's document of 2009, whose 门诊 pays 50 % up to 150 yuan a year."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from onestop_cli.county.periods import parse_period
from onestop_cli.ledger.final_account import FinalAccount, report
from onestop_cli.ledger.months import month_report
from onestop_cli.rulebook.library import load_rules
from onestop_cli.writers.ledger.month_book import MonthPaper, write_month_book
from tests.made.books import PEOPLE, Office, new_books, post, run_period, stays

OFFICE = Office(load_rules(["dafang-2009"]), ("五保户",))


def row(number: int, month: int, **said: Any) -> dict[str, Any]:
    """A visit of person 7 at the village clinic, 100 yuan, 50 claimed."""
    days = dict.fromkeys(("admitted_on", "discharged_on", "settled_on"), date(2009, month, number))
    return {
        "row": number, "hospital_raw": "村级医院", "stay_no": f"MZ{month}{number}", "name": "人7",
        "id_raw": PEOPLE[7], **days, "total_fen": 10_000, "eligible_fen": 10_000,
        "basic_claimed_fen": 5_000, "inpatient": False, "visit_raw": "门诊", "x_visit": "门诊", **said,
    }  # fmt: skip


STAY = {
    "hospital_raw": "乡级医院", "inpatient": True, "visit_raw": "住院", "x_visit": "住院",
    "total_fen": 100_000, "eligible_fen": 100_000, "basic_claimed_fen": 90_000,
}  # fmt: skip
"""1,000 yuan in a township hospital: 80 % and 10 points more for 五保户."""

REST = {"total_fen": 30_000, "eligible_fen": 30_000, "basic_claimed_fen": 10_000}
"""300 yuan, of which 50 % would be 150; 50 are used, so that 100 is left of the year."""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Third quarter: two visits and a stay; fourth: the first visit is taken back."""
    first = row(3, 8)
    back = {name: -fen for name, fen in first.items() if name.endswith("_fen")}
    quarters = {
        "2009Q3": [first, row(4, 8, **REST), row(5, 9, **STAY)],
        "2009Q4": [row(6, 11), {**first, **back, "row": 90, "settled_on": date(2009, 11, 20)}],
    }
    with new_books(tmp_path_factory.mktemp("care") / "台账.db") as made:
        for period, rows in quarters.items():
            post(made, run_period(stays(rows), period, made, office=OFFICE))
        yield made


def lines(found: FinalAccount) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    return {one.key: (one.visits, one.cost, one.paid, one.capped) for one in found.by_care()}


def test_a_quarter_has_visits_and_stays_by_level(books: sqlite3.Connection) -> None:
    assert lines(report(books, parse_period("2009Q3"))) == {
        ("", "合计"): (3, 140_000, 105_000, 1),
        ("门诊", "门诊"): (2, 40_000, 15_000, 1),
        ("门诊", "村卫生室"): (2, 40_000, 15_000, 1),
        ("住院", "住院"): (1, 100_000, 90_000, 0),
        ("住院", "乡镇卫生院"): (1, 100_000, 90_000, 0),
    }


def test_a_visit_taken_back_later_leaves_the_visits(books: sqlite3.Connection) -> None:
    """By hand: the second visit is due 150 now, of which 100 was claimed, and November's nothing more."""
    found = lines(report(books, parse_period("2009Q4")))
    assert found["门诊", "村卫生室"][:2] == (0, 0)
    whole = lines(report(books, parse_period("2009")))
    assert whole["门诊", "门诊"][:3] == (2, 40_000, 10_000)
    assert whole["住院", "住院"][:3] == (1, 100_000, 90_000)


def test_indicators_of_the_books_leave_visits_out_of_admissions(books: sqlite3.Connection) -> None:
    made = report(books, parse_period("2009Q3")).figures({})
    assert (made.stays, made.inpatients, made.outpatient_cost) == (3, 1, 40_000)


def test_the_months_paper_shows_the_month_and_the_year_so_far(
    books: sqlite3.Connection, tmp_path: Path
) -> None:
    """August has the two visits, September the stay."""
    found = month_report(books, parse_period("2009-09"), None)
    file = tmp_path / "月度.xlsx"
    write_month_book(MonthPaper("示例县", found, "", (), date(2009, 10, 1), ()), file)
    rows = CalamineWorkbook.from_path(file).get_sheet_by_name("分级月报表").to_python()
    table = {str(cells[0]).strip("　"): cells[1:9] for cells in rows if cells[0]}
    assert table["村卫生室"] == [0, 0, 0, 0, 2, 400, 150, 1]
    assert table["乡镇卫生院"] == [1, 1000, 900, 0, 1, 1000, 900, 0]
    assert table["合计"] == [1, 1000, 900, 0, 3, 1400, 1050, 1]
