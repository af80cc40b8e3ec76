"""The made-up county of 2024: priced apart from the tool, the same every time, walked from exports to closed books."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from benchmarks.county_of_today import LEDGER, SAMPLE, Month, differences, opened, truth, walk
from onestop_cli.cli import app
from onestop_cli.ledger import store
from onestop_cli.ledger.chain import misfits
from onestop_cli.run import load_run
from onestop_cli.statements.statement import Statement
from samples.fabricate.model import Person
from samples.fabricate.today import Settlement, Year, make_year, write_year
from samples.fabricate.today.faults import FAULTS
from samples.fabricate.today.model import EMPLOYED, RESIDENT, ZERO
from samples.fabricate.today.places import HOUSES
from samples.fabricate.today.pricing import Reading, Running, price

SOMEBODY = Person("甲一", "639901198001010018", date(1980, 1, 1), "男", "青禾镇", "河口村")
COUNTY, TOWNSHIP, CITY = HOUSES[0], HOUSES[3], HOUSES[7]


@pytest.fixture(scope="module")
def year() -> Year:
    return make_year()


def test_the_committed_county_is_what_the_generator_makes(year: Year, tmp_path: Path) -> None:
    """`make samples` changes nothing in a fresh checkout."""
    write_year(year, tmp_path)
    assert _bytes(tmp_path) == _bytes(SAMPLE)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_fault_is_laid_in_and_every_month_has_rows(year: Year) -> None:
    laid = {row.fault for row in year.rows}
    assert set(FAULTS) - {"employed"} | {"level", "limit"} <= laid
    assert len(Counter(row.month for row in year.rows)) == 12


def test_a_row_shows_amounts_that_add_up(year: Year) -> None:
    for row in year.rows:
        assert row.in_scope == row.total - row.own - row.over - row.first_pay > 0
        assert all(amount >= 0 for amount in row.due.values())


def _stay(in_scope: str, scheme: str, house: object, med_type: str, code: str) -> Settlement:
    day = date(2024, 5, 3)
    return Settlement(
        house, SOMEBODY, scheme, med_type, (code, ""), day, day, datetime.combine(day, time(9)),  # type: ignore[arg-type]
        Decimal(in_scope), ZERO, ZERO, ZERO,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "house", "in_scope", "wanted"),
    [
        ("特困人员", TOWNSHIP, "1200.00", {"basic": "900.00", "assistance": "300.00"}),
        ("低保对象", COUNTY, "2400.00", {"basic": "1600.00", "assistance": "600.00"}),
        ("监测对象", CITY, "20800.00", {"basic": "14000.00", "assistance": "2660.00"}),
        (None, COUNTY, "1400.00", {"basic": "800.00"}),
        ("低保对象", CITY, "100800.00", {"basic": "70000.00", "critical": "10920.00", "assistance": "14910.00"}),
        ("低保边缘家庭成员", CITY, "100800.00",
         {"basic": "70000.00", "critical": "10080.00", "assistance": "10632.00", "extra": "3052.80"}),
    ],
)  # fmt: skip
def test_a_resident_is_given_what_the_sentences_say(
    kind: str | None, house: object, in_scope: str, wanted: dict[str, str]
) -> None:
    """Worked out by hand, by the sentences that the document prints."""
    row = _stay(in_scope, RESIDENT, house, "21", "J18.900")
    given = price(row, Reading(kind, row.house.level, False), Running())
    assert {layer: f"{fen:.2f}" for layer, fen in given.items() if fen} == wanted


def test_a_chronic_visit_counts_in_the_limit_of_its_disease() -> None:
    running = Running()
    row = _stay("4000.00", RESIDENT, COUNTY, "140104", "M03900")
    paid = [price(row, Reading(None, "county", False), running)["basic"] for _ in range(2)]
    other = _stay("1000.00", RESIDENT, COUNTY, "140104", "M01600")
    paid.append(price(other, Reading(None, "county", False), running)["basic"])
    assert paid == [Decimal(2400), Decimal(600), Decimal(600)]


def test_the_employed_have_their_own_document() -> None:
    row = _stay("110900.00", EMPLOYED, CITY, "21", "J18.900")
    given = price(row, Reading("低保对象", "city", False), Running())
    assert {layer: fen for layer, fen in given.items() if fen} == {
        "basic": Decimal(93500), "large": Decimal(6660), "assistance": Decimal(8055),
    }  # fmt: skip


def test_who_goes_away_without_a_record_has_four_fifths_of_the_rate() -> None:
    row = _stay("10800.00", RESIDENT, CITY, "21", "J18.900")
    assert price(row, Reading(None, "city", True), Running())["basic"] == Decimal(5600)


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> list[Month]:
    """January and February by the commands; `python -m benchmarks.county_of_today` does the year."""
    return list(walk(opened(tmp_path_factory.mktemp("today")), ("2024-01", "2024-02")))


def test_every_row_of_a_month_is_settled_and_found_as_the_truth_says(months: list[Month]) -> None:
    rows = truth()
    assert [differences(month, rows) for month in months] == [[], []]


def test_a_month_ends_in_statements_boards_papers_and_books(months: list[Month]) -> None:
    for month in months:
        county = month.run.parents[1]
        assert (month.run / "结算" / "县级结算汇总.xlsx").is_file()
        assert list((county / "公示" / month.name / "张贴" / "村级").rglob("*.html"))
        assert (county / "检查" / month.name / "检查工作底稿.xlsx").is_file()
        assert "已关账" in month.screen
    with store.opened(months[-1].run.parents[1] / LEDGER) as ledger:
        assert list(misfits(ledger)) == []


def test_the_columns_of_a_month_prove_themselves(months: list[Month]) -> None:
    assert all(month.screen.count("都相符") == 4 for month in months)


def test_no_amount_on_the_screen_is_cut(months: list[Month]) -> None:
    """The fund that residents and the employed share has a long name; it folds."""
    sums = months[-1].screen.partition("资金（元）")[2].partition("申报")[2].partition("\n申报")[0]
    assert "职工医保" in sums and "…" not in sums


def test_each_schemes_money_can_be_told_apart(months: list[Month]) -> None:
    """By document, as much as the rows of its own export; nothing where no fund is two schemes'."""
    statement = Statement(load_run(months[0].run))
    told = {row["rule_id"]: row for row in statement.documents.to_dicts()}
    paid = {
        source: part["all_payment_fen"].sum()
        for (source,), part in statement.stays.group_by(pl.col("source").str.head(2))
    }
    assert told["shizhan-2024"]["all_payment_fen"] == paid["平台"] > 0
    assert told["shizhan-work-2024"]["all_payment_fen"] == paid["职工"] > 0
    assert statement.documents["claims"].sum() == statement.total["claims"]
    book = load_workbook(months[0].run / "结算" / "县级结算汇总.xlsx", read_only=True)
    assert "表二 按政策文件" in book.sheetnames


def test_an_explanation_says_that_the_person_is_paid(months: list[Month]) -> None:
    (row,) = [r for r in truth() if r["fault"] == "by hand" and r["month"] == "2024-02"]
    words = ["explain", str(months[1].run), f"{row['source']}:{row['row']}"]
    said = CliRunner().invoke(app, words).output
    assert "款付本人" in said
    assert "级别按报表" in said
