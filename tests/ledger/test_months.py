"""月度清算: months out of a quarter that is closed as a whole, or not yet; they are its sum and its account's."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest
from python_calamine import CalamineWorkbook

from onestop_cli.cli import run as onestop
from onestop_cli.county.deadlines import dues
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import Advance, accounts, book_advance
from onestop_cli.ledger.final_account import report
from onestop_cli.ledger.income import NO_SOURCE
from onestop_cli.ledger.months import MonthReport, month_report
from onestop_cli.ledger.store import opened
from onestop_cli.run import Run
from tests.ledger.test_final_account import run_of
from tests.ledger.test_ledger import AID, NOW, a_stay
from tests.made.books import new_books, post, run_period, stays
from tests.made.months import MONTHS, made_quarter


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[sqlite3.Connection, Run]]:
    """Books whose third quarter is closed, with advances, and a run over the fourth."""
    path = tmp_path_factory.mktemp("months") / "台账.db"
    with new_books(path) as books:
        post(books, run_period(stays([a_stay(9)]), "2010Q3", books))
        for number, month in enumerate(MONTHS):
            on = parse_period(month).first
            book_advance(
                books, Advance(AID, parse_period(month), 1000 + number, on, "", "测试"), NOW
            )
        yield books, run_of(made_quarter(Random(11), 30), "2010Q4", books, None)


SUMS = ("visits", "changed", "total_fen", "all_payment_fen", "all_deducted_fen", "all_held_fen")


def test_months_of_a_run_are_the_months_of_the_quarter_once_it_is_closed(
    whole: tuple[sqlite3.Connection, Run],
) -> None:
    books, run = whole
    before = [month_report(books, parse_period(month), run) for month in MONTHS]
    post(books, run)
    after = [month_report(books, parse_period(month), None) for month in MONTHS]
    assert [one.closed for one in (*before, *after)] == [False] * 3 + [True] * 3
    for first, then in zip(before, after, strict=True):
        assert first.month.hospitals.equals(then.month.hospitals)
        assert first.accounts == then.accounts
    quarter = report(books, parse_period("2010Q4")).total
    assert {n: sum(one.month.total[n] for one in after) for n in SUMS} == {
        n: quarter[n] for n in SUMS
    }
    assert after[-1].year.total["all_payment_fen"] == sum(
        report(books, parse_period(id_)).total["all_payment_fen"] for id_ in ("2010Q3", "2010Q4")
    )
    _funds_go_on(books, after)


def _funds_go_on(books: sqlite3.Connection, months: list[MonthReport]) -> None:
    """Each month begins with what the one before left, and the last leaves what the books say."""
    line = {one.fund: one for one in accounts(books) if one.period == "2010Q4"}
    for at, fund in enumerate(one.fund for one in months[0].accounts):
        mine = [month.accounts[at] for month in months]
        assert mine[0].opening == line[fund].opening
        assert [one.opening for one in mine[1:]] == [one.balance for one in mine[:-1]]
        assert mine[-1].balance == line[fund].balance
        came = [{NO_SOURCE: 1000 + number} for number in range(3)]
        assert [one.income for one in mine] == (came if fund == AID else [{}] * 3)


def test_a_month_that_nobody_worked_out_is_refused(tmp_path: Path) -> None:
    with (
        new_books(tmp_path / "账") as books,
        pytest.raises(CannotRun, match="还没有关账，也没有核对过"),
    ):
        month_report(books, parse_period("2010-10"), None)


def test_due_days_are_those_of_the_county_and_say_what_is_over() -> None:
    """望城: fund notice by the 5th; 南州: tables by the 10th, payment within 15 working days."""
    days = {"fund_notice_day": 5, "table_day": 10, "pay_days": 15}
    found = dues(parse_period("2010-11"), days)
    assert [due.day for due in found] == [date(2010, 12, 5), date(2010, 12, 10), date(2010, 12, 31)]
    said = [due.said(date(2010, 12, 10)) for due in found]
    assert said[0].endswith("（已过 5 天，还没有办的已经逾期）")
    assert said[1].endswith("（就是今天）")
    assert said[2].endswith("（还有 21 天）")
    assert dues(parse_period("2010-11"), {}) == []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county folder with a quarter that is closed."""
    folder = tmp_path_factory.mktemp("county")
    (folder / "onestop.toml").write_text(
        '[county]\nname = "示例县"\n[reconcile]\nledger = "台账.db"\nregister = "名册.csv"\n'
        "[deadlines]\ntable_day = 10\n",
        "utf-8",
    )
    names = "乡级医院,乡级\n县级医院,县级\n市级医院,市级\n省级医院,省级\n新开医院,乡级\n"
    (folder / "名册.csv").write_text(f"机构名称,机构级别\n{names}", "utf-8")
    with new_books(folder / "台账.db") as books:
        post(books, run_of(made_quarter(Random(5), 30), "2010Q4", books, None))
    return folder


class TestPapers:
    """The command's screen and workbook."""

    @pytest.fixture
    def county(self, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A copy of it, in which we stand."""
        monkeypatch.chdir(tmp_path)
        return shutil.copytree(made, tmp_path, dirs_exist_ok=True)

    def test_who_has_not_reported_by_the_day_is_listed_as_late(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ["ledger", "month", "--period", "2010-11", "--out", "月.xlsx", "--on"]
        assert onestop([*words, "2010-12-11"]) == 0
        shown = "".join(capsys.readouterr().out.split())
        assert "报出结算表：2010年12月10日前（已过1天，还没有办的已经逾期）" in shown
        assert "没有报来本月的住院，已经逾期：" in shown
        book = CalamineWorkbook.from_path(county / "月.xlsx")
        rows = book.get_sheet_by_name("未报送机构").to_python()
        assert "新开医院" in [row[1] for row in rows]

    def test_before_the_day_nobody_is_late(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert onestop(["ledger", "month", "--period", "2010-11", "--on", "2010-12-01"]) == 0
        assert "逾期" not in capsys.readouterr().out

    def test_the_table_has_the_sums_of_the_month(self, county: Path) -> None:
        assert onestop(["ledger", "month", "--period", "2010-12", "--out", "月.xlsx"]) == 0
        with opened(county / "台账.db") as books:
            total = month_report(books, parse_period("2010-12"), None).month.total
        rows = CalamineWorkbook.from_path("月.xlsx").get_sheet_by_name("月度清算表").to_python()
        heads = next(row for row in rows if "应拨合计" in row)
        sums = next(row for row in rows if row[0] == "合计")
        assert round(sums[heads.index("应拨合计")] * 100) == total["all_payment_fen"]
        assert sums[heads.index("人次")] == total["visits"]

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["2010Q4"], "不是单月"),
            (["2011-02"], "还没有关账，也没有核对过"),
            (["2010-11", "结果"], "已在2010Q4关账"),
            (["2010-11", "--out", "x.csv"], "只能写成.xlsx"),
            (["2010-11", "--on", "某日"], "--on的日期“某日”看不懂"),
        ],
    )
    def test_what_cannot_be_told_is_refused(
        self, county: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert onestop(["ledger", "month", "--period", *words]) == 2
        assert told in "".join(capsys.readouterr().err.split())
