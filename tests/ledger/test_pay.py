"""应补名单: who is owed stands on it until they signed; what was paid is booked once, and the next statement has it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from onestop_cli.cli import run as onestop
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.owed import open_payments, owed
from onestop_cli.ledger.reopening import last_closing, reopen
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from onestop_cli.ledger.waiting import still_owed
from onestop_cli.run import Run
from onestop_cli.statements.statement import Statement
from tests.ledger.test_ledger import AID, NOW, a_stay, taken_back
from tests.made.books import PEOPLE, new_books, post, run_period, stays
from tests.made.spoken import flat

UNCLAIMED = {"assistance_claimed_fen": 0}
OTHER = {"row": 19, "stay_no": "乙", "name": "人8", "id_raw": PEOPLE[8]}


@pytest.fixture(scope="module")
def september(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books whose September owes two people their assistance."""
    path = tmp_path_factory.mktemp("september") / "台账.sqlite"
    with new_books(path) as books:
        rows = [a_stay(9, **UNCLAIMED), a_stay(9, **UNCLAIMED, **OTHER)]
        post(books, run_period(stays(rows), "2010-09", books))
    return path


@pytest.fixture
def path(september: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    return shutil.copy(september, tmp_path / "台账.sqlite")


def listed(path: Path, *, name: str = "应补名单.xlsx") -> Path:
    """The list of what is owed."""
    out = path.with_name(name)
    assert onestop(["ledger", "pay", str(path), "--list", str(out)]) == 0
    return out


def cells(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    """The row of the titles, and title → column."""
    for row in sheet.iter_rows():
        titles = {str(cell.value): int(cell.column or 0) for cell in row if cell.value}
        if "编号" in titles:
            return int(row[0].row or 0), titles
    raise AssertionError("no header")


def fill(file: Path, line: int = 1, **said: object) -> Path:
    """Write into the `line`-th row of the list."""
    book = load_workbook(file)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    header, columns = cells(sheet)
    for title, value in said.items():
        sheet.cell(header + line, columns[title]).value = value  # type: ignore[assignment]
    book.save(file)
    return file


def paid(path: Path, file: Path, day: str = "2010-10-20") -> int:
    return onestop(["ledger", "pay", str(path), str(file), "--on", day])


def october(books: sqlite3.Connection, *rows: dict[str, object]) -> Run:
    other = a_stay(10, id_raw=PEOPLE[9], name="人9")
    run = run_period(stays([other, *rows]), "2010-10", books)
    post(books, run)
    assert verify(books) == []
    return run


def test_everybody_owed_stands_on_the_list_with_place_period_and_amount(path: Path) -> None:
    with opened(path) as books:
        lines = owed(books)
        assert lines["fen"].sum() == still_owed(books) > 0
    book = load_workbook(listed(path))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    header, columns = cells(sheet)
    first = {title: sheet.cell(header + 1, column).value for title, column in columns.items()}
    assert (first["姓名"], first["乡镇"], first["村"]) == ("人7", "甲乡", "一村")
    assert (first["所属期"], first["补偿种类"]) == ("2010-09", "医疗救助")
    assert PEOPLE[7] not in str(first)
    assert str(first["证号后四位"]).endswith(PEOPLE[7][-4:])


def test_who_signed_is_owed_no_more_and_the_rest_stay_on_the_list(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert paid(path, fill(listed(path), 签收="人7")) == 0
    assert "另有 1 行没有签收" in capsys.readouterr().out
    with opened(path) as books:
        assert owed(books)["name"].to_list() == ["人8"]
        assert still_owed(books) == owed(books)["fen"].sum()


def test_the_next_statement_carries_it_as_its_books_do(path: Path) -> None:
    assert paid(path, fill(listed(path), 支付日期="2010-10-12")) == 0
    with opened(path) as books:
        fen = open_payments(books)["paid"].sum()
        run = october(books)
        (line,) = run.adjustments.to_dicts()
        assert (line["kind"], line["assistance_supplement_fen"]) == ("补发", fen)
        assert line["because"] == "应补名单已支付（第 3 号记账）"
        statement = Statement(run)
        mine = next(one for one in accounts(books) if (one.fund, one.period) == (AID, "2010-10"))
        (fund,) = (fund for fund in statement.funds if fund.name == AID)
        assert mine.paid_out == statement.total[f"{fund.key}_supplement_fen"] == fen
        assert open_payments(books).is_empty()
        later = run_period(stays([a_stay(11)]), "2010-11", books)
        assert later.adjustments.is_empty()


def test_a_statement_that_is_taken_back_carries_it_again(path: Path) -> None:
    assert paid(path, fill(listed(path), 签收="人7")) == 0
    with opened(path) as books:
        first = october(books)
        reopen(books, last_closing(books), "测试", NOW, "重做")
        assert owed(books)["name"].to_list() == ["人8"]
        assert october(books).adjustments.equals(first.adjustments)


def test_a_stay_that_is_taken_back_after_all_says_so(path: Path) -> None:
    assert paid(path, fill(listed(path), 签收="人7")) == 0
    back = taken_back(a_stay(9, **UNCLAIMED), 10)
    with opened(path) as books:
        (line,) = october(books, back).adjustments.to_dicts()
        assert line["because"].endswith("请向患者追回")
        assert owed(books)["name"].to_list() == ["人8"]


def test_a_run_made_before_the_payment_is_not_closed(path: Path) -> None:
    file = fill(listed(path), 签收="人7")
    with opened(path) as books:
        run = run_period(stays([a_stay(10)]), "2010-10", books)
        assert paid(path, file) == 0
        with pytest.raises(Exception, match="台账在这次核对之后有变动"):
            post(books, run)


@pytest.mark.parametrize(
    ("said", "day", "told"),
    [
        ({}, "2010-10-20", "没有一行填了签收"),
        ({"签收": "人7", "金额": 1}, "2010-10-20", "不是台账的应补"),
        ({}, "2010-10-20", "名单上没有一行填了签收或支付日期"),
        ({"签收": "人7", "金额": "九百"}, "2010-10-20", "金额“九百”不是"),
        ({"签收": "人7", "姓名": "别人"}, "2010-10-20", "姓名与台账不符"),
        ({"签收": "人7", "编号": 77}, "2010-10-20", "没有编号 77 的这一笔应补"),
        ({"签收": "未领"}, "2010-10-20", "签收栏写着“未领”，不是领款人的签字"),
        ({"签收": "×", "支付日期": "2010-10-19"}, "2010-10-20", "签收栏写着“×”"),
        ({"签收": "人7", "补偿种类": "没有的"}, "2010-10-20", "这一笔应补，或者已经付过"),
        ({"支付日期": "某日"}, "2010-10-20", "看不懂支付日期“某日”"),
        ({"支付日期": "2010-11-01"}, "2010-10-20", "在 --on 写的 2010-10-20 之后"),
        ({"签收": "人7"}, "某日", "--on 的日期“某日”看不懂"),
        ({"签收": "人7"}, "1999-10-20", "在台账起始日 2000-01-01 之前"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_whole(
    path: Path, said: dict[str, object], day: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = fill(listed(path), **said)
    before = path.read_bytes()
    assert paid(path, file, day) == 2
    assert flat(told) in flat(capsys.readouterr().err)
    assert path.read_bytes() == before


def test_nothing_is_paid_twice(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = fill(listed(path), 签收="人7")
    assert [paid(path, file), paid(path, file)] == [0, 2]
    assert flat("或者已经付过") in flat(capsys.readouterr().err)
    again = listed(path, name="再.xlsx")
    book = load_workbook(again)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    header, _ = cells(sheet)
    sheet.insert_rows(header + 2)
    for column in range(1, sheet.max_column + 1):
        sheet.cell(header + 2, column).value = sheet.cell(header + 1, column).value
    book.save(again)
    assert paid(path, fill(fill(again, 签收="人8"), 2, 签收="人8")) == 2
    assert flat("不止一行") in flat(capsys.readouterr().err)


@pytest.mark.parametrize("words", [[], ["x.xlsx"], ["--list", "x.csv"]])
def test_what_is_missing_is_said(
    path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert onestop(["ledger", "pay", "--ledger", str(path), *words]) == 2
    said = capsys.readouterr().err
    assert "没有给出应补名单或支付日期" in said or "只能写成 .xlsx 文件" in said


def test_there_is_no_list_where_nothing_is_owed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with new_books(tmp_path / "账") as books:
        whole = a_stay(9, assistance_claimed_fen=132_000)
        post(books, run_period(stays([whole]), "2010-09", books))
    out = str(tmp_path / "名单.xlsx")
    assert onestop(["ledger", "pay", str(tmp_path / "账"), "--list", out]) == 2
    assert flat("没有应补未补") in flat(capsys.readouterr().err)
