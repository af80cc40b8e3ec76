"""Accounts with hospitals: the deposit kept back, what was paid and when, what is refused, and one figure of each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from onestop_cli.cli import run as onestop
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import load_settings
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.chain import HOSPITAL, Draft, append
from onestop_cli.ledger.final_account import report
from onestop_cli.ledger.hospital_money import (
    HospitalPosting,
    accounts_to_book,
    book_hospital,
    hospital_accounts,
    hospital_correction,
    in_use,
    outstanding,
)
from onestop_cli.ledger.months import month_report
from onestop_cli.ledger.reopening import last_closing, reopen
from onestop_cli.ledger.store import opened, transaction
from onestop_cli.ledger.trial_balance import trial_balance, verify
from onestop_cli.run import Run
from onestop_cli.statements.hospital_money import hospital_money
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.ledger.month_book import MonthPaper, write_month_book
from onestop_cli.writers.statements.county_book import write_county_book
from tests.ledger.test_ledger import a_stay
from tests.made.books import PEOPLE, new_books, post, run_period, stays
from tests.made.run import with_info

NOW = datetime(2010, 12, 1, 9, tzinfo=UTC)
SEPTEMBER, AID, BASIC = "2010-09", "医疗救助资金", "新农合基金"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with new_books(tmp_path / "台账.sqlite"):
        return tmp_path / "台账.sqlite"


@pytest.fixture
def books(path: Path) -> Iterator[sqlite3.Connection]:
    with opened(path) as connection:
        yield connection


def month(books: sqlite3.Connection, number: int, rate: int = 500, **more: Any) -> Run:
    """A month of one stay (basic 1,680.00, assistance 924.00 of 1,320.00), closed with a deposit of 5 %."""
    run = run_period(stays([a_stay(number)]), f"2010-{number:02}", books)
    settings = run.info.settings.model_copy(update={"deposit": rate}).model_dump()
    run = with_info(run, settings=settings, **more)
    post(books, run)
    return run


def booked(books: sqlite3.Connection, what: str, fen: int, fund: str = AID) -> int:
    """A line about September of the county hospital."""
    on, lines = date(2010, 11, 5), (("县级医院", fund, fen),)
    line = HospitalPosting(what, SEPTEMBER, lines, on, "原因", "测试")
    return book_hospital(books, line, NOW).number


def account(books: sqlite3.Connection, fund: str = AID) -> dict[str, Any]:
    return hospital_accounts(books).row(by_predicate=pl.col("fund") == fund, named=True)


class TestTheDeposit:
    def test_is_the_rate_of_what_is_paid_half_up_to_the_fen(
        self, books: sqlite3.Connection
    ) -> None:
        """5 % of 924.00 is 46.20; of 1,680.00 it is 84.00."""
        month(books, 9)
        assert (account(books)["deposit"], account(books, BASIC)["deposit"]) == (4_620, 8_400)
        assert account(books)["left"] == 92_400 - 4_620

    def test_is_the_same_on_the_statement(self, books: sqlite3.Connection) -> None:
        line = Statement(month(books, 9)).hospitals.row(0, named=True)
        assert line["all_deposit_fen"] == hospital_accounts(books)["deposit"].sum()
        assert line["all_now_fen"] == hospital_accounts(books)["left"].sum()

    def test_without_it_nothing_is_different(self, books: sqlite3.Connection) -> None:
        run = month(books, 9, rate=0)
        assert not in_use(books)
        assert hospital_accounts(books).is_empty()
        assert "all_deposit_fen" not in Statement(run).hospitals.columns
        assert not [line for line in trial_balance(books) if "未付" in line.account]

    def test_none_is_kept_of_what_a_hospital_owes(self, books: sqlite3.Connection) -> None:
        month(books, 9)
        back = a_stay(9)
        back |= {name: -back[name] for name in back if name.endswith("_fen")}
        run = run_period(
            stays([{**back, "row": 99, "settled_on": date(2010, 10, 9)}]), "2010-10", books
        )
        settings = run.info.settings.model_copy(update={"deposit": 500}).model_dump()
        post(books, with_info(run, settings=settings))
        october = hospital_accounts(books, ["2010-10"])
        assert october["due"].to_list() == [-92_400, -168_000]
        assert october["deposit"].to_list() == [0, 0]
        assert verify(books) == []

    def test_one_that_was_kept_otherwise_is_named(self, books: sqlite3.Connection) -> None:
        run = run_period(stays([a_stay(9)]), SEPTEMBER, books)
        settings = run.info.settings.model_copy(update={"deposit": 500}).model_dump()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("onestop_cli.ledger.closing._deposits", lambda run: {})
            post(books, with_info(run, settings=settings))
        assert [said[-14:] for said in verify(books)] == ["的质量保证金与应拨和比例不符"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [("0.06", "不能大于 0.05"), ("0", "必须大于 0"), ("0.00001", "最多 4 位小数")],
    )
    def test_is_at_most_five_per_cent(self, tmp_path: Path, text: str, said: str) -> None:
        (tmp_path / "onestop.toml").write_text(f"[hospital_money]\ndeposit = {text}\n", "utf-8")
        with pytest.raises(CannotRun, match=f"hospital_money.deposit：{said}"):
            load_settings(tmp_path / "onestop.toml")


class TestPeople:
    def test_what_goes_to_people_themselves_is_no_hospitals_account(
        self, books: sqlite3.Connection
    ) -> None:
        """零星报销: no deposit is kept of it, and nothing of it is owed to a hospital."""
        other = {"row": 77, "stay_no": "L1", "setl_type": "1", "id_raw": PEOPLE[8], "name": "人8"}
        run = run_period(stays([a_stay(9), a_stay(9, **other)]), SEPTEMBER, books)
        settings = run.info.settings.model_copy(update={"deposit": 500}).model_dump()
        run = with_info(run, settings=settings)
        assert Statement(run).to_people["all_payment_fen"] > 0
        post(books, run)
        assert hospital_accounts(books)["hospital"].unique().to_list() == ["县级医院"]
        assert hospital_money(Statement(run))["deposit_fen"].sum() == 4_620 + 8_400
        assert verify(books) == []


class TestPostings:
    def test_what_was_paid_refused_and_given_back_leaves_the_rest(
        self, books: sqlite3.Connection
    ) -> None:
        month(books, 9)
        booked(books, "paid", 80_000)
        booked(books, "refused", 1_000)
        booked(books, "released", 4_620)
        found = account(books)
        assert found["left"] == 92_400 - 4_620 - 80_000 - 1_000
        assert (found["kept"], found["paid_on"]) == (0, "2010-11-05")
        assert verify(books) == []

    @pytest.mark.parametrize(
        ("what", "fen"), [("paid", 87_781), ("refused", 87_781), ("released", 4_621)]
    )
    def test_more_than_is_left_is_refused(
        self, books: sqlite3.Connection, what: str, fen: int
    ) -> None:
        month(books, 9)
        with pytest.raises(CannotRun, match="不能记"):
            booked(books, what, fen)

    def test_a_line_is_taken_back_once(self, books: sqlite3.Connection) -> None:
        month(books, 9)
        number = booked(books, "paid", 80_000)
        book_hospital(books, hospital_correction(books, number, "错", "测试"), NOW)
        assert account(books)["paid"] == 0
        with pytest.raises(CannotRun, match="没有可以冲销的"):
            hospital_correction(books, number, "错", "测试")

    def test_what_was_paid_in_spite_of_that_is_named_by_verify(
        self, books: sqlite3.Connection
    ) -> None:
        month(books, 9)
        content = {"what": "paid", "period": SEPTEMBER, "on": "2010-11-05", "note": "",
                   "lines": [["县级医院", AID, 1_000_000]]}  # fmt: skip
        with transaction(books):
            append(books, Draft(HOSPITAL, content, "测试", NOW))
        assert verify(books) == [f"县级医院 {AID} 2010-09 的已付、不予支付或退还超过应拨和保证金"]

    def test_a_period_with_payments_is_not_taken_back(self, books: sqlite3.Connection) -> None:
        month(books, 9)
        number = booked(books, "paid", 80_000)
        with pytest.raises(CannotRun, match="已经记了机构往来"):
            reopen(books, last_closing(books), "测试", NOW, "错")
        book_hospital(books, hospital_correction(books, number, "错", "测试"), NOW)
        reopen(books, last_closing(books), "测试", NOW, "错")
        assert verify(books) == []

    def test_they_do_not_keep_a_run_from_being_closed(self, books: sqlite3.Connection) -> None:
        month(books, 9)
        run = run_period(stays([a_stay(10)]), "2010-10", books)
        booked(books, "paid", 80_000)
        post(books, run)


class TestOneFigure:
    def test_statement_ledger_report_and_trial_balance_say_the_same(
        self, books: sqlite3.Connection
    ) -> None:
        month(books, 9)
        booked(books, "paid", 80_000)
        booked(books, "refused", 1_000)
        told = hospital_accounts(books).drop("period", "due", "deposit", "released").to_dicts()
        run = month(books, 10, hospital_money=told)
        on_paper = hospital_money(Statement(run))
        accounts = hospital_accounts(books)
        assert on_paper["to_pay_fen"].sum() == accounts["left"].sum()
        assert on_paper["kept_fen"].sum() == accounts["kept"].sum()
        assert report(books, run.period).hospital_money["deposit"].sum() == (
            on_paper["deposit_fen"].sum()
        )
        trial = {(one.fund, one.account): one.debit - one.credit for one in trial_balance(books)}
        assert trial[AID, "其中：未付"] == accounts.filter(fund=AID)["left"].sum()
        assert trial[AID, "应付医疗机构"] == -accounts.filter(fund=AID)["due"].sum()
        assert sum(trial.values()) == 0

    def test_the_county_signs_it(self, books: sqlite3.Connection, tmp_path: Path) -> None:
        write_county_book(Statement(month(books, 9)), tmp_path / "县.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / "县.xlsx")["表十四 机构往来"]
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        line = next(row for row in cells if AID in row)
        assert line[1:8] == ["县级医院", AID, 0, 924, 46.2, 877.8, 46.2]


class TestTheCommand:
    @pytest.fixture
    def county(
        self, path: Path, books: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
    ) -> Path:
        month(books, 9)
        (path.parent / "onestop.toml").write_text(
            "[hospital_money]\ndeposit = 0.05\npayments = true\n", "utf-8"
        )
        monkeypatch.chdir(path.parent)
        return path.parent

    def test_everything_that_is_left_is_paid_in_one_posting(
        self, county: Path, books: sqlite3.Connection, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert (
            onestop(["ledger", "hospital", "已付", "--period", "2010年9月", "--on", "2010-11-05"])
            == 0
        )
        assert "已付 2,473.80 元" in capsys.readouterr().out
        assert hospital_accounts(books)["left"].to_list() == [0, 0]
        assert onestop(["ledger", "show"]) == 0
        assert "机构往来合计" in capsys.readouterr().out
        assert onestop(["ledger", "export", "--out", "出"]) == 0
        assert "县级医院" in (county / "出/机构往来.csv").read_text("utf-8-sig")
        assert (county / "出/机构往来记账.csv").is_file()

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["已付", "--period", SEPTEMBER], "没有给出支付日期"),
            (["已付", "--on", "2010-11-05"], "没有给出 --period"),
            (["多付", "--period", SEPTEMBER], "不认识“多付”"),
            (["不予支付", "--period", SEPTEMBER], "不予支付要写金额"),
            (["已付", "--period", "2010-08", "--on", "2010-11-05"], "2010-08 没有关账"),
            (["已付", "--period", SEPTEMBER, "--on", "2099-11-05"], "还没有到"),
            (["已付", "--period", SEPTEMBER, "--on", "2010-11-05", "--amount", "1.234"], "看不懂金额"),
            (["已付", "--period", SEPTEMBER, "--on", "2010-11-05", "--amount", "5"], "要写明哪家机构"),
            (["已付", "--period", SEPTEMBER, "--on", "2010-11-05", "--hospital", "某"], "往来里没有“某”"),
            (["退还保证金", "--period", SEPTEMBER, "--fund", AID, "--hospital", "县级医院", "--amount", "99"],
             "保证金余额 46.20 元"),
            (["不予支付", "--period", SEPTEMBER, "--fund", AID, "--hospital", "县级医院", "--amount", "9"],
             "不予支付要写明原因"),
            (["--undo", "7"], "冲销要写明原因"),
            (["--undo", "7", "--note", "错"], "没有可以冲销的第 7 号"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_booked_is_said(
        self, county: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
    ) -> None:
        assert onestop(["ledger", "hospital", *words]) == 2
        assert said in capsys.readouterr().err

    def test_it_is_off_unless_the_county_sets_it(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (county / "onestop.toml").write_text("", "utf-8")
        words = ["ledger", "hospital", "已付", "--period", SEPTEMBER, "--on", "2010-11-05"]
        assert onestop(words) == 2
        assert "[hospital_money] 写 payments = true" in capsys.readouterr().err

    def test_when_all_is_paid_there_is_nothing_to_book(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ["ledger", "hospital", "已付", "--period", SEPTEMBER, "--on", "2010-11-05"]
        assert onestop(words) == 0
        assert onestop(words) == 2
        assert "没有可以记已付的（未付 0.00 元）" in capsys.readouterr().err

    def test_postings_are_listed_with_their_numbers(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert onestop(["ledger", "hospital", "--list"]) == 0
        assert "还没有机构往来的记账" in capsys.readouterr().out
        onestop(["ledger", "hospital", "已付", "--period", SEPTEMBER, "--on", "2010-11-05"])
        assert onestop(["ledger", "hospital", "--list"]) == 0
        assert "县级医院" in capsys.readouterr().out


def test_before_anything_was_booked_all_of_a_closed_period_is_outstanding(
    books: sqlite3.Connection,
) -> None:
    month(books, 9, rate=0)
    left = outstanding(accounts_to_book(books, SEPTEMBER), "paid")
    assert sorted(left.rows()) == [("县级医院", AID, 92_400), ("县级医院", BASIC, 168_000)]
    assert PEOPLE[7] not in str(left)


class TestTheMonthsPaper:
    """预留考核保证金 in 月度清算表, out of the books."""

    def test_has_what_was_kept_back_in_the_month_and_in_the_year_and_what_is_left(
        self, books: sqlite3.Connection, tmp_path: Path
    ) -> None:
        """By hand: 46.20 + 84.00 a month; 20.00 of September's is given back on 5 November."""
        for number in (9, 10, 11):
            month(books, number)
        booked(books, "released", 2_000)
        found = month_report(books, parse_period("2010-10"), None)
        assert found.deposits.rows() == [("县级医院", 13_020, 26_040, 26_040)]
        found = month_report(books, parse_period("2010-11"), None)
        assert found.deposits.rows() == [("县级医院", 13_020, 39_060, 37_060)]
        file = tmp_path / "月度.xlsx"
        write_month_book(MonthPaper("示例县", found, "", (), date(2010, 12, 1), ()), file)
        rows = [*openpyxl.load_workbook(file)["月度清算表"].values]
        (line,) = [row for row in rows if "县级医院" in row]
        assert [cell for cell in line if cell is not None][-3:] == [130.2, 390.6, 370.6]

    def test_has_no_such_columns_where_the_county_keeps_none(
        self, books: sqlite3.Connection, tmp_path: Path
    ) -> None:
        month(books, 9, rate=0)
        found = month_report(books, parse_period(SEPTEMBER), None)
        file = tmp_path / "月度.xlsx"
        write_month_book(MonthPaper("示例县", found, "", (), date(2010, 12, 1), ()), file)
        cells = [str(c) for row in openpyxl.load_workbook(file)["月度清算表"].values for c in row]
        assert not [cell for cell in cells if "保证金" in cell]
