"""一卡通发放: what is owed goes to accounts in batches; what comes back is owed again, and sent again."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from onestop_cli.cli import run as onestop
from onestop_cli.ledger.owed import open_payments, owed
from onestop_cli.ledger.payouts import batches
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from tests.ledger.test_ledger import a_stay, taken_back
from tests.made.books import PEOPLE, new_books, post, run_period, stays
from tests.made.spoken import flat

NOW = datetime.now().astimezone().date()
TODAY, TOMORROW = NOW.isoformat(), (NOW + timedelta(days=2)).isoformat()
UNCLAIMED = {"assistance_claimed_fen": 0}
HEADS = ("身份证号", "姓名", "开户行", "户名", "账号", "与本人关系")
SEVEN = (PEOPLE[7], "人7", "农信社", "", "6228480000000000007", "")
EIGHT = (PEOPLE[8], "人8", "农信社", "户主甲", "6228480000000000008", "户主")


def account_list(folder: Path, *rows: tuple[object, ...]) -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (HEADS, *rows):
        sheet.append(row)
    book.save(folder / "账户名册.xlsx")


def settings(folder: Path, *lines: str) -> None:
    text = '[county]\nname = "示例县"\n[reconcile]\nledger = "台账.sqlite"\n[payout]\n'
    (folder / "onestop.toml").write_text(
        "\n".join([text + 'accounts = ["账户名册.xlsx"]', *lines]) + "\n", "utf-8"
    )


@pytest.fixture(scope="module")
def owing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county whose September owes two people their assistance, one of them on two stays."""
    folder = tmp_path_factory.mktemp("owing")
    settings(folder)
    account_list(folder, SEVEN, EIGHT)
    other = {"row": 19, "stay_no": "乙", "name": "人8", "id_raw": PEOPLE[8]}
    more = {"row": 20, "stay_no": "丙", "admitted_on": None}
    first = a_stay(9, **UNCLAIMED)
    again = {**a_stay(8, **UNCLAIMED), **{k: v for k, v in more.items() if v}}
    with new_books(folder / "台账.sqlite") as books:
        rows = [first, a_stay(9, **UNCLAIMED, **other)]
        post(books, run_period(stays([again]), "2010-08", books))
        post(books, run_period(stays(rows), "2010-09", books))
    return folder


@pytest.fixture
def county(owing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which we stand."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(owing, tmp_path, dirs_exist_ok=True)


def sent(out: str = "发放") -> int:
    return onestop(["ledger", "payout", "--out", out])


def returned(folder: Path, day: str = TODAY, batch: int = 1, **why: str) -> int:
    """Fill the list of a batch (name → reason) and book it."""
    file = folder / "发放名单.xlsx"
    book = load_workbook(file)
    sheet = book["发放名单"]
    rows = list(sheet.iter_rows())
    head = next(row for row in rows if any(cell.value == "退回原因" for cell in row))
    at = {str(cell.value): n for n, cell in enumerate(head)}
    for row in rows:
        name = row[at["姓名"]].value
        if name in why:
            row[at["退回原因"]].value = why[str(name)]
    filled = folder.parent / f"填{batch}.xlsx"
    book.save(filled)
    return onestop(["ledger", "payout", str(filled), "--done", str(batch), "--on", day])


def bank_lines(folder: Path, encoding: str = "gb18030") -> list[str]:
    (file,) = folder.glob("银行文件_*.csv")
    return file.read_bytes().decode(encoding).split("\r\n")


def test_a_person_gets_one_credit_of_a_fund_for_all_stays(county: Path) -> None:
    with opened(county / "台账.sqlite") as books:
        due = dict(owed(books).group_by("name").agg(pl.col("fen").sum()).rows())
    assert sent() == 0
    lines = bank_lines(county / "发放")
    assert lines[0] == "序号,户名,账号,开户行,证件号码,金额,摘要"
    seven = next(line for line in lines if PEOPLE[7] in line).split(",")
    assert seven == [
        "1-0001", "人7", "6228480000000000007", "农信社", PEOPLE[7],
        f"{due['人7'] / 100:.2f}", "医疗补偿补发",
    ]  # fmt: skip
    assert any("户主甲,6228480000000000008" in line for line in lines)
    with opened(county / "台账.sqlite") as books:
        (batch,) = batches(books)
        assert batch.fen == sum(due.values())
        assert [len(line.parts) for line in batch.lines] == [2, 1]
        assert owed(books)["fen"].sum() == batch.fen


def test_the_bank_gets_the_columns_it_wants(county: Path) -> None:
    settings(
        county, 'encoding = "utf-8"', "header = false", 'separator = "|"',
        "[payout.columns]", '"币种" = "=人民币"', '"账" = "账号"', '"分" = "金额分"',
    )  # fmt: skip
    assert sent() == 0
    line = bank_lines(county / "发放", "utf-8")[0].split("|")
    assert line[:2] == ["人民币", "6228480000000000007"]
    assert line[2].isdigit()


def test_what_is_on_its_way_is_neither_sent_nor_paid_again(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [sent(), sent("又")] == [0, 2]
    assert flat("没有要发放的应补未补") in flat(capsys.readouterr().err)
    assert onestop(["ledger", "pay", "--list", "应补名单.xlsx"]) == 2
    assert not (county / "又").exists()


def test_credited_lines_are_payments_and_returned_ones_are_sent_again(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sent() == 0
    assert returned(county / "发放", 人8="账号已销户") == 0
    with opened(county / "台账.sqlite") as books:
        assert owed(books)["name"].to_list() == ["人8"]
        assert open_payments(books)["paid"].sum() > 0
        assert verify(books) == []
    account_list(county, SEVEN, (*EIGHT[:4], "6228480000000000099", "户主"))
    capsys.readouterr()
    assert sent("再发") == 0
    assert "以前退回过的 1 笔" in capsys.readouterr().out
    assert "2-0001" in bank_lines(county / "再发")[1]
    rows = list(load_workbook(county / "再发" / "发放名单.xlsx").active.values)  # type: ignore[union-attr]
    assert any("1 次：账号已销户" in row for row in rows)
    assert returned(county / "再发", batch=2) == 0
    with opened(county / "台账.sqlite") as books:
        assert owed(books).is_empty()
    assert onestop(["ledger", "payout", "--list"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("到账") >= 2


def test_papers_have_no_whole_account_and_no_whole_id(county: Path) -> None:
    assert sent() == 0
    towns = list((county / "发放" / "签收表").glob("*.xlsx"))
    assert [file.name for file in towns] == ["01甲乡.xlsx"]
    for file in (*towns, county / "发放" / "发放名单.xlsx"):
        text = str([list(sheet.values) for sheet in load_workbook(file)])
        assert PEOPLE[7] not in text
        assert "6228480000000000007" not in text
        assert "0007" in text


def test_who_has_no_account_is_listed_and_stays_owed(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account_list(county, SEVEN)
    assert sent() == 0
    assert "没有账户的 1 笔" in capsys.readouterr().out
    assert "缺账户" in load_workbook(county / "发放" / "发放名单.xlsx").sheetnames


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ((PEOPLE[7], "人7", "", "", 6228480000000000007, ""), "账号是数字格式，后几位已丢失"),
        ((PEOPLE[7], "人7", "", "", "6228-4x", ""), "账号不是8到32位数字"),
        (("123", "人7", "", "", "6228480000000000007", ""), "身份证号不是18位有效证号"),
        ((PEOPLE[7], "", "", "", "6228480000000000007", ""), "没有姓名"),
        ((PEOPLE[7], "人7", "", "他人", "6228480000000000007", ""), "户名“他人”不是本人"),
        ((PEOPLE[8], "人8", "", "", "6228480000000000001", ""), "有两个不同的账号"),
        ((PEOPLE[7], "别人", "", "", "6228480000000000007", ""), "姓名是“别人”，台账上是“人7”"),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_paid_to_stops_the_batch(
    county: Path, row: tuple[object, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account_list(county, EIGHT, row)
    before = (county / "台账.sqlite").read_bytes()
    assert sent() == 2
    assert told in flat(capsys.readouterr().err)
    assert (county / "台账.sqlite").read_bytes() == before
    assert not (county / "发放").exists()


def test_what_is_missing_is_said(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account_list(county, (PEOPLE[9], "人9", "", "", "6228480000000000009", ""))
    assert sent() == 2
    assert "都没有账户" in flat(capsys.readouterr().err)
    settings(county, "[payout.columns]", '"账" = "账户"')
    assert sent() == 2
    assert flat("“账户”不是能填的内容") in flat(capsys.readouterr().err)
    (county / "onestop.toml").write_text('[reconcile]\nledger = "台账.sqlite"\n', "utf-8")
    assert sent() == 2
    assert flat("没有写账户名册") in flat(capsys.readouterr().err)
    assert onestop(["ledger", "payout", "--done", "1"]) == 2
    assert flat("没有说要发放还是记结果") in flat(capsys.readouterr().err)
    assert onestop(["ledger", "payout", "--list"]) == 0
    assert "还没有发放过" in capsys.readouterr().out


class TestResults:
    """What cannot be a batch's result is refused whole."""

    @pytest.fixture
    def file(self, county: Path) -> Path:
        assert sent() == 0
        return county / "发放" / "发放名单.xlsx"

    def done(self, file: Path, batch: int = 1, day: str = TODAY) -> int:
        return onestop(["ledger", "payout", str(file), "--done", str(batch), "--on", day])

    @pytest.mark.parametrize(
        ("cell", "value", "told"),
        [
            ("序号", "9-0001", "不是第1批的"),
            ("序号", "1-0002", "不止一行"),
            ("姓名", "别人", "姓名或金额与发放时不符"),
            ("金额", 1, "姓名或金额与发放时不符"),
            ("序号", None, "名单上少了1行"),
        ],
    )
    def test_a_list_that_is_not_the_batch(
        self, file: Path, cell: str, value: object, told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        book = load_workbook(file)
        sheet = book["发放名单"]
        rows = list(sheet.iter_rows())
        at = next(n for n, row in enumerate(rows) if any(c.value == "退回原因" for c in row))
        column = [c.value for c in rows[at]].index(cell)
        rows[at + 1][column].value = value  # type: ignore[assignment]
        book.save(file)
        assert self.done(file) == 2
        assert told in flat(capsys.readouterr().err)

    @pytest.mark.parametrize(
        ("batch", "day", "told"),
        [
            (7, TODAY, "没有第7批发放"),
            (1, "2010-01-05", "在发出的"),
            (1, TOMORROW, "还没有到"),
            (1, "某日", "--on的日期“某日”看不懂"),
        ],
    )
    def test_a_day_or_a_batch_that_cannot_be(
        self, file: Path, batch: int, day: str, told: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.done(file, batch, day) == 2
        assert told in flat(capsys.readouterr().err)

    def test_what_the_books_no_longer_owe_is_not_booked_as_paid(
        self, county: Path, file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        back = taken_back(a_stay(9, **UNCLAIMED), 10)
        with opened(county / "台账.sqlite") as books:
            post(books, run_period(stays([back]), "2010-10", books))
        assert self.done(file) == 2
        assert "台账现在应补0.00元，发放的是" in flat(capsys.readouterr().err)
        assert returned(county / "发放", 人7="已追回") == 0

    def test_a_result_is_booked_once(self, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert [self.done(file), self.done(file)] == [0, 2]
        assert flat("第 1 批已经在") in flat(capsys.readouterr().err)
