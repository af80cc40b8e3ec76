"""基金收入: booked once with its source, in a period that is open; it fills the fund as an advance does."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from onestop_cli.cli import run as onestop
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.income import incomes
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from tests.ledger.test_ledger import a_stay
from tests.made.books import new_books, post, run_period, stays
from tests.made.spoken import flat

FUND = "新农合基金"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county folder whose books begin with September 2010, which is closed."""
    folder = tmp_path_factory.mktemp("county")
    (folder / "onestop.toml").write_text(
        '[county]\nname = "示例县"\n[income.2010."新农合基金"]\n"中央财政" = 1000\n"彩票" = 500\n'
        "[counts.2010]\ninsurable = 100\ninsured = 97\n",
        "utf-8",
    )
    with new_books(folder / "台账.sqlite", first_day=date(2010, 9, 1)) as books:
        post(books, run_period(stays([a_stay(9)]), "2010-09", books))
    return folder


@pytest.fixture
def path(county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The books of a copy of it, in which we stand."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(county, tmp_path, dirs_exist_ok=True) / "台账.sqlite"


def booked(path: Path, **said: str | int) -> int:
    """The exit code of `ledger income` with what is `said`, and usual words for the rest."""
    usual = {"fund": FUND, "source": "中央财政", "amount": "900", "date": "2010-10-08"}
    words = usual if "undo" not in said else {}
    options = [f"--{name}={value}" for name, value in {**words, **said}.items()]
    return onestop(["ledger", "income", "--ledger", str(path), *options])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"amount": "500.005"}, "不到一分"),
        ({"amount": "0"}, "收入金额为零"),
        ({"amount": "-5"}, "收回收入要写明原因"),
        ({"source": "国家"}, "没有“国家”这个收入来源"),
        ({"source": ""}, "没有给出 --source"),
        ({"fund": "别的资金"}, "没有“别的资金”这个基金"),
        ({"date": "2010-09-08"}, "已经关账"),
        ({"date": "十月"}, "--date 的日期“十月”看不懂"),
        ({"date": "2010-08-08", "period": "2010-08"}, "台账从 2010-09-01 开始"),
        ({"undo": 1, "note": "错"}, "台账里没有第 1 号收入"),
        ({"undo": 3, "amount": "5"}, "不能同时写"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(
    path: Path, said: dict[str, str | int], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_bytes()
    assert booked(path, **said) == 2
    assert flat(told) in flat(capsys.readouterr().err)
    assert path.read_bytes() == before


def test_a_source_of_the_county_is_known_and_an_unknown_one_has_its_line(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert booked(path, source="彩票") == 0
    assert booked(path, source="国家") == 2
    assert flat('[income.2010."新农合基金"]，下面一行"国家"=') in flat(capsys.readouterr().err)


def test_it_fills_the_fund_and_the_books_still_verify(path: Path) -> None:
    assert booked(path) == 0
    with opened(path) as books:
        line = next(o for o in accounts(books) if (o.fund, o.period) == (FUND, "2010-10"))
        assert line.advanced == 90_000
        assert verify(books) == []


def test_the_same_line_twice_needs_a_note_that_tells_them_apart(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [booked(path), booked(path)] == [0, 2]
    assert flat("同样的一笔收入已经记过（第 3 号记账") in flat(capsys.readouterr().err)
    assert booked(path, note="凭证 8 号") == 0


def test_a_wrong_line_is_taken_back_once_and_can_be_booked_again(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert booked(path) == 0
    assert booked(path, undo=3) == 2
    assert booked(path, undo=3, note="金额有误") == 0
    assert booked(path, undo=3, note="再来") == 2
    assert flat("第 3 号收入已经冲销过") in flat(capsys.readouterr().err)
    assert booked(path) == 0
    with opened(path) as books:
        assert [line.fen for line in incomes(books).values()] == [90_000, -90_000, 90_000]


def test_a_run_made_before_money_came_can_still_be_closed(path: Path) -> None:
    with opened(path) as books:
        run = run_period(stays([a_stay(10)]), "2010-10", books)
        assert booked(path) == 0
        post(books, run)
        assert verify(books) == []


def test_all_are_listed_with_their_numbers(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["ledger", "income", "--list", "--ledger", str(path)]
    assert onestop(words) == 0
    assert "还没有基金收入" in capsys.readouterr().out
    booked(path)
    booked(path, undo=3, note="有误")
    capsys.readouterr()
    assert onestop(words) == 0
    shown = capsys.readouterr().out
    assert "中央财政" in shown
    assert "冲销第 3 号；有误" in shown


def test_the_yearly_report_has_income_by_source_and_what_was_due(path: Path) -> None:
    assert booked(path) == 0
    with opened(path) as books:
        post(books, run_period(stays([a_stay(10)]), "2010-10", books))
    assert onestop(["ledger", "report", "--period", "2010", "--out", "r.xlsx"]) == 0
    book = CalamineWorkbook.from_path("r.xlsx")
    rows = {row[0].strip(): row for row in book.get_sheet_by_name("表十 基金收支").to_python()}
    parts = [rows[name][1] for name in ("一、上期结余", "二、本期收入", "三、本期支出")]
    assert rows["中央财政"][1] == rows["二、本期收入"][1] == 900
    assert round(parts[0] + parts[1] - parts[2], 2) == rows["四、期末结余"][1]
    raised = book.get_sheet_by_name("表十一 参合与筹资").to_python()
    assert [FUND, "中央财政", 1000, 900, 0.9] in raised
    facts = {row[0]: row[1] for row in book.get_sheet_by_name("表十二 人均指标").to_python()}
    assert facts["参合率"] == 0.97
    assert facts["基金到位率"] == 0.6
