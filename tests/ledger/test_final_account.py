"""决算: a stretch of closed periods is the sum of its runs, and closed months together are the quarter."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from onestop_cli.batch.fund_notice import fund_lines
from onestop_cli.cli import run
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.final_account import FinalAccount, report
from onestop_cli.ledger.store import opened
from onestop_cli.run import Run
from onestop_cli.statements.indicators import figures, of_figures
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.toolkit.columns import text_width
from tests.made.books import decisions, new_books, post, run_period, stays
from tests.made.months import MONTHS, Quarter, made_quarter

GROUPED = ("periods", "hospitals", "levels", "categories", "townships")


def run_of(
    quarter: Quarter, period: str, books: sqlite3.Connection | None, month: int | None
) -> Run:
    """The run over a month, or over all of them."""
    rows, decided = (
        [line for handed, line in part if month is None or handed == month]
        for part in (quarter.rows, quarter.decided)
    )
    return run_period(stays(rows), period, books, decisions(*decided) if decided else None)


def closed(quarter: Quarter, books: sqlite3.Connection) -> list[Run]:
    """Every month of the quarter, closed."""
    runs = []
    for number, month in enumerate(MONTHS):
        runs.append(run_of(quarter, month, books, number))
        post(books, runs[-1])
    return runs


def of(books: sqlite3.Connection, period: str) -> FinalAccount:
    return report(books, parse_period(period))


@pytest.fixture
def books(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with new_books(tmp_path / "台账.db") as connection:
        yield connection


@settings(max_examples=4, deadline=None)
@example(1001)
@given(st.integers(0, 10**9))
def test_the_report_is_the_sum_of_its_runs_and_the_quarter_at_once(seed: int) -> None:
    quarter = made_quarter(Random(seed), 30)
    with TemporaryDirectory() as folder, new_books(Path(folder) / "账.db") as books:
        runs = closed(quarter, books)
        found = of(books, "2010Q4")
        assert found.complete
        for one, line in zip(runs, found.periods.iter_rows(named=True), strict=True):
            assert line["period"] == one.period.id
            _is_the_run(line, one)
            assert of(books, one.period.id).total["all_payment_fen"] == line["all_payment_fen"]
        _is_the_quarter(found, run_of(quarter, "2010Q4", None, None))
        for grouping in GROUPED:
            rows = getattr(found, grouping)
            sums = {n: v for n, v in found.total.items() if n not in ("people", "rate")}
            assert {name: rows[name].sum() for name in sums} == sums
        _is_what_the_accounts_say(found, books)


def _is_the_run(line: dict[str, Any], one: Run) -> None:
    """Every amount of a run stands under the period that booked it, to the fen."""
    statement = Statement(one)
    total, made = statement.total, figures(statement)
    for fund in (*(fund.key for fund in statement.funds), "all"):
        for side in ("payment", "adjusted", "supplement"):
            assert line[f"{fund}_{side}_fen"] == total[f"{fund}_{side}_fen"]
    assert line["visits"] - line["changed"] == total["stays"]
    assert line["visits"] == made.stays
    assert (line["total_fen"], line["own_fen"]) == (made.cost, made.own)


def _is_the_quarter(found: FinalAccount, whole: Run) -> None:
    """Reversals, releases and late stays come out as if everything had been known at once."""
    statement = Statement(whole)
    made, again = figures(statement), found.figures({})
    assert (again.stays, again.assisted, again.cost) == (made.stays, made.assisted, made.cost)
    assert (again.eligible, again.own, again.paid) == (made.eligible, made.own, made.paid)
    assert again.layers == made.layers
    assert (again.aided, again.days) == (made.aided, made.days)
    assert found.total["people"] == statement.total["people"]
    levels = statement.levels.filter(statement.levels["stays"] > 0)
    mine = found.levels.filter(found.levels["visits"] > 0)
    assert mine["level_name"].to_list() == levels["level_name"].to_list()
    assert mine["visits"].to_list() == levels["stays"].to_list()
    assert mine["total_fen"].to_list() == levels["total_fen"].to_list()


def _is_what_the_accounts_say(found: FinalAccount, books: sqlite3.Connection) -> None:
    for fund in found.funds:
        approved = sum(line.approved for line in accounts(books) if line.fund == fund.name)
        paid = found.total[f"{fund.key}_payment_fen"] + found.total[f"{fund.key}_supplement_fen"]
        assert approved == paid == found.used(fund.name)[0]


class TestStretches:
    """Which closed runs a period means."""

    @pytest.fixture
    def two(self, books: sqlite3.Connection) -> sqlite3.Connection:
        quarter = made_quarter(Random(3), 12)
        for number, month in enumerate(MONTHS[:2]):
            post(books, run_of(quarter, month, books, number))
        return books

    @pytest.mark.parametrize("period", ["2010Q4", "2010H2", "2010"])
    def test_a_longer_period_has_the_months_that_are_closed(
        self, two: sqlite3.Connection, period: str
    ) -> None:
        found = of(two, period)
        assert [period.id for period in found.runs] == ["2010-10", "2010-11"]
        assert not found.complete

    @pytest.mark.parametrize("period", ["2010-12", "2011", "2010Q3"])
    def test_what_is_not_closed_has_no_report(self, two: sqlite3.Connection, period: str) -> None:
        with pytest.raises(CannotRun, match="没有已关账的结算期"):
            of(two, period)

    def test_a_quarter_cannot_be_taken_apart(self, books: sqlite3.Connection) -> None:
        post(books, run_of(made_quarter(Random(3), 12), "2010Q4", books, None))
        with pytest.raises(CannotRun, match="台账按 2010Q4 关账"):
            of(books, "2010-11")
        assert of(books, "2010H2").total["visits"] > 0

    @pytest.mark.parametrize("period", ["2010-12", "2010Q4", "2010H2", "2010"])
    def test_every_length_of_period_is_closed_reported_and_posted(
        self, books: sqlite3.Connection, tmp_path: Path, period: str
    ) -> None:
        post(books, run_of(made_quarter(Random(3), 12), period, books, None))
        found = of(books, period)
        assert found.complete
        notice = fund_lines(tmp_path / "台账.db", parse_period(period))
        assert [line.outlay_fen for line in notice] == [
            found.used(fund.name)[0] for fund in found.funds
        ]

    def test_empty_books_say_so(self, books: sqlite3.Connection) -> None:
        with pytest.raises(CannotRun) as told:
            of(books, "2010")
        assert "还没有关过账" in told.value.problems[0].remedy


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county folder with books of three months."""
    folder = tmp_path_factory.mktemp("county")
    (folder / "onestop.toml").write_text(
        '[county]\nname = "示例县"\n[reconcile]\nledger = "台账.db"\n[counts.2010]\nroster = 50\n',
        "utf-8",
    )
    with new_books(folder / "台账.db") as books:
        closed(made_quarter(Random(9), 30), books)
    return folder


class TestPapers:
    """The command's screen and workbook."""

    @pytest.fixture
    def county(self, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A copy of it, in which we stand."""
        monkeypatch.chdir(tmp_path)
        return shutil.copytree(made, tmp_path, dirs_exist_ok=True)

    def test_the_workbook_has_the_sums_of_the_books(self, county: Path) -> None:
        assert run(["ledger", "report", "--period", "2010Q4", "--out", "季报.xlsx"]) == 0
        with opened(county / "台账.db") as books:
            total = of(books, "2010Q4").total
        book = CalamineWorkbook.from_path(county / "季报.xlsx")
        for name in book.sheet_names[1:6]:
            rows: list[list[Any]] = book.get_sheet_by_name(name).to_python()
            heads, sums = rows[3], next(row for row in rows if row[0] == "合计")
            assert sums[heads.index("人次")] == total["visits"]
            assert round(sums[heads.index("住院总费用")] * 100) == total["total_fen"]
            assert round(sums[heads.index("核定应拨合计")] * 100) == total["all_payment_fen"]
        assert book.sheet_names[0] == "说明"
        assert [name for name in book.sheet_names if name.startswith("表六")][-1] == "表六之3 合计"

    def test_the_screen_fits_and_says_what_it_stands_on(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["ledger", "report", "--period", "2010"]) == 0
        screen = capsys.readouterr().out
        assert "示例县2010年度一站式决算" in screen
        assert "已关账：2010-10、2010-11、2010-12；其余还没有关账" in screen
        assert max(map(text_width, screen.splitlines())) <= 80

    @pytest.mark.parametrize("period", ["2010Q1", "2010Q5"])
    def test_what_cannot_be_told_is_refused(self, county: Path, period: str) -> None:
        assert run(["ledger", "report", "--period", period, "--out", "x.xlsx"]) == 2
        assert not (county / "x.xlsx").exists()

    def test_a_year_that_is_not_closed_yet_is_no_whole_year(self, county: Path) -> None:
        """Its admissions are not those of the insurance's yearly report."""
        with opened(county / "台账.db") as books:
            figures = of(books, "2010").figures({"insured": 100, "insured_stays": 7})
        assert not figures.whole_year
        shown = {name: how for name, _, _, how in of_figures(figures)}
        assert "onestop.toml）" not in shown["参合人员住院率"]
