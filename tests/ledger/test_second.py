"""大病二次补偿 out of the books: tried, booked once, taken back; the fund has it, and burdens are the books' own."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from onestop_cli.cli import run as onestop
from onestop_cli.county.periods import parse_period
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.final_account import report
from onestop_cli.ledger.owed import open_payments
from onestop_cli.ledger.payouts import batches
from onestop_cli.ledger.second import borne, people_of, standing_batches
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from tests.ledger.test_final_account import closed, made_quarter
from tests.ledger.test_ledger import a_stay
from tests.made.books import PEOPLE, new_books, post, run_period, stays
from tests.made.spoken import flat

FUND = "新农合基金"
TERMS = (
    '[county]\nname = "示例县"\n[reconcile]\nledger = "台账.sqlite"\n[second.2010]\n'
    'fund = "新农合基金"\nbands = [{ from = 100, rate = 0.5 }]\n'
)


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county whose three months are closed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "onestop.toml").write_text(TERMS, "utf-8")
    with new_books(tmp_path / "台账.sqlite") as books:
        closed(made_quarter(Random(5), 30), books)
    return tmp_path


def second(out: str, *more: str) -> int:
    return onestop(["ledger", "second", "--year", "2010", "--out", out, *more])


JANUARY = {
    "admitted_on": date(2011, 1, 3),
    "discharged_on": date(2011, 1, 9),
    "settled_on": date(2011, 1, 9),
}
BOOK = ("--book", "--on", "2011-01-25")


def test_what_people_bore_is_what_the_report_has(county: Path) -> None:
    with opened(county / "台账.sqlite") as books:
        rows = borne(books, 2010, "own")
        total = report(books, parse_period("2010")).total
    assert rows["base_fen"].sum() == total["own_fen"]
    assert rows["visits"].sum() == total["visits"]
    assert rows["total_fen"].sum() == total["total_fen"]
    assert len(rows) == total["people"]


def test_a_stay_is_of_the_year_of_the_day_that_is_meant(tmp_path: Path) -> None:
    with new_books(tmp_path / "账") as books:
        post(books, run_period(stays([a_stay(9)]), "2010-09", books))
        assert len(borne(books, 2010, "eligible")) == 1
        assert borne(books, 2011, "own", "settlement").is_empty()
        assert borne(books, 2009, "own").is_empty()


def test_a_try_books_nothing_and_shows_the_fund(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (county / "台账.sqlite").read_bytes()
    assert second("试") == 0
    assert (county / "台账.sqlite").read_bytes() == before
    shown = capsys.readouterr().out
    assert "这是测算，没有记账" in shown
    assert "补偿后基金不够" in flat(shown)
    assert "测算" in str(load_workbook(county / "试" / "二次补偿.xlsx")["测算"]["A1"].value)


def test_a_booked_batch_leaves_the_fund_and_is_kept_person_by_person(county: Path) -> None:
    with opened(county / "台账.sqlite") as books:
        before = [line for line in accounts(books) if line.fund == FUND][-1].balance
    assert second("定", *BOOK) == 0
    with opened(county / "台账.sqlite") as books:
        line = [line for line in accounts(books) if line.fund == FUND][-1]
        ((year, number),) = standing_batches(books)
        people = people_of(books, number)
        assert (year, line.period) == (2010, "2011-01")
        assert line.second == people["fen"].sum() > 0
        assert line.balance == before - line.second
        assert verify(books) == []


def test_a_year_is_booked_once_and_can_be_taken_back(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [second("一", *BOOK), second("二", *BOOK)] == [0, 2]
    assert flat("2010 年的大病二次补偿已经记过账") in flat(capsys.readouterr().err)
    assert not (county / "二").exists()
    undo = ["ledger", "second", "--year", "2010", "--undo", "--period", "2011-02"]
    assert onestop(undo) == 2
    assert flat("收回二次补偿要写明原因") in flat(capsys.readouterr().err)
    assert onestop([*undo, "--note", "分段写错"]) == 0
    assert onestop([*undo, "--note", "再来"]) == 2
    assert flat("台账里没有 2010 年的二次补偿") in flat(capsys.readouterr().err)
    assert second("三", *BOOK) == 0
    with opened(county / "台账.sqlite") as books:
        assert verify(books) == []


def test_a_run_made_before_it_can_still_be_closed(county: Path) -> None:
    with opened(county / "台账.sqlite") as books:
        run = run_period(stays([{**a_stay(9), **JANUARY}]), "2011-01", books)
        assert second("定", *BOOK) == 0
        post(books, run)
        assert verify(books) == []


def test_boards_have_no_numbers_and_lists_only_four_characters(county: Path) -> None:
    assert second("试") == 0
    for file in (county / "试").rglob("*.xlsx"):
        text = str([list(sheet.values) for sheet in load_workbook(file)])
        assert not any(number in text for number in PEOPLE)
        if file.parent.name == "公示":
            assert not any(f"****{number[-4:]}" in text for number in PEOPLE)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[second.2010]", "[second.2009]", "没有写2010年的二次补偿标准"),
        ("from = 100", "from = 99999999", "超过99,999,999.00元"),
        ("{ from = 100, rate = 0.5 }", "{ from = 9, rate = 0.5 }, { from = 5, rate = 0.6 }", "没有从小到大排"),
        ("新农合基金", "别的基金", "没有“别的基金”这个基金"),
    ],
)  # fmt: skip
def test_what_cannot_be_worked_out_is_refused(
    county: Path, old: str, new: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (county / "onestop.toml").write_text(TERMS.replace(old, new), "utf-8")
    assert second("定", *BOOK) == 2
    assert told in flat(capsys.readouterr().err)
    assert not (county / "定").exists()


def test_without_a_folder_it_says_so(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert onestop(["ledger", "second", "--year", "2010"]) == 2
    assert "没有给出--out" in flat(capsys.readouterr().err)


class TestToTheBank:
    """`ledger payout --second`: what was booked goes to people's accounts, each once, and again when it came back."""

    @pytest.fixture
    def booked(self, county: Path) -> Path:
        """A county whose batch is booked, with an account for everybody but the last of it."""
        (county / "onestop.toml").write_text(
            TERMS + '[payout]\naccounts = ["账户名册.xlsx"]\n', "utf-8"
        )
        assert second("二次", *BOOK) == 0
        accounts_of(county, self.people(county)[:-1])
        return county

    def people(self, county: Path) -> list[dict[str, Any]]:
        with opened(county / "台账.sqlite") as books:
            ((_, number),) = standing_batches(books)
            return people_of(books, number).filter(pl.col("fen") > 0).to_dicts()

    def send(self, out: str) -> int:
        return onestop(["ledger", "payout", "--second", "2010", "--out", out])

    def test_the_banks_file_has_everybody_with_an_account_and_their_sum(self, booked: Path) -> None:
        assert self.send("发放") == 0
        people = self.people(booked)
        (file,) = (booked / "发放").glob("银行文件_*.csv")
        head, *lines = file.read_bytes().decode("gb18030").splitlines()
        assert head == "序号,户名,账号,开户行,证件号码,金额,摘要"
        cells = [line.split(",") for line in lines]
        sums = {row[4]: Decimal(row[5]) for row in cells}
        assert sums == {p["id_no"]: Decimal(p["fen"]) / 100 for p in people[:-1]}
        assert {row[6] for row in cells} == {"大病二次补偿"}
        missing = load_workbook(booked / "发放" / "发放名单.xlsx")["缺账户"]
        assert people[-1]["name"] in [cell for row in missing.values for cell in row]

    def test_nobody_is_sent_twice_and_who_comes_back_is_sent_again(
        self, booked: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.send("一") == 0
        assert self.send("二") == 2
        people = self.people(booked)
        accounts_of(booked, people)
        assert self.send("三") == 0
        capsys.readouterr()
        name = people[0]["name"]
        file = fill_returned(booked / "一" / "发放名单.xlsx", booked / "回.xlsx", name)
        today = datetime.now().astimezone().date().isoformat()
        assert onestop(["ledger", "payout", str(file), "--done", "1", "--on", today]) == 0
        assert "还没有发到" in capsys.readouterr().out
        assert self.send("四") == 0
        with opened(booked / "台账.sqlite") as books:
            sent = [[line.name for line in one.lines] for one in batches(books)]
            assert [len(names) for names in sent] == [len(people) - 1, 1, 1]
            assert sent[2] == [name]
            assert open_payments(books).is_empty()
            assert verify(books) == []

    def test_a_batch_that_was_sent_cannot_be_taken_back(
        self, booked: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.send("一") == 0
        words = ["ledger", "second", "--year", "2010", "--undo", "--note", "重算"]
        assert onestop(words) == 2
        assert "发给银行" in flat(capsys.readouterr().err)

    def test_what_was_not_booked_is_not_sent(
        self, county: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (county / "onestop.toml").write_text(
            TERMS + '[payout]\naccounts = ["账户名册.xlsx"]\n', "utf-8"
        )
        accounts_of(county, [])
        assert self.send("发放") == 2
        assert "没有要发放的2010年的二次补偿" in flat(capsys.readouterr().err)


def accounts_of(county: Path, people: list[dict[str, Any]]) -> None:
    """An account for each of these people."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["身份证号", "姓名", "开户行", "户名", "账号", "与本人关系"])
    for at, one in enumerate(people):
        sheet.append([one["id_no"], one["name"], "农信社", "", f"62284800000000{at:05d}", ""])
    book.save(county / "账户名册.xlsx")


def fill_returned(file: Path, filled: Path, name: str) -> Path:
    """The list of a batch in which one person's credit came back."""
    book = load_workbook(file)
    rows = list(book["发放名单"].iter_rows())
    head = [cell.value for cell in next(r for r in rows if any(c.value == "退回原因" for c in r))]
    for row in rows:
        if row[head.index("姓名")].value == name:
            row[head.index("退回原因")].value = "账号不符"
    book.save(filled)
    return filled
