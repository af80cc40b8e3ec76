"""预拨: booked once, to the fen, in a period that can be meant; what was booked wrongly is taken back by a line."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from onestop_cli.cli import run as onestop
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import Advance, accounts, advances, book_advance
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from tests.ledger.test_ledger import AID, NOW, a_stay
from tests.made.books import new_books, post, run_period, stays
from tests.made.spoken import flat


@pytest.fixture(scope="module")
def september(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books from September 2010 whose September is closed."""
    path = tmp_path_factory.mktemp("september") / "台账.sqlite"
    with new_books(path, first_day=date(2010, 9, 1)) as books:
        post(books, run_period(stays([a_stay(9)]), "2010-09", books))
    return path


@pytest.fixture
def path(september: Path, tmp_path: Path) -> Path:
    """A copy of them."""
    return shutil.copy(september, tmp_path / "台账.sqlite")


def booked(path: Path, **said: str | int) -> int:
    """The exit code of `ledger advance` with what is `said`, and usual words for the rest."""
    usual = {"fund": AID, "period": "2010-10", "amount": "500", "date": "2010-10-08"}
    words = usual if "undo" not in said else {}
    options = [f"--{name}={value}" for name, value in {**words, **said}.items()]
    return onestop(["ledger", "advance", "--ledger", str(path), *options])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"amount": "500.005"}, "不到一分"),
        ({"amount": "五百"}, "看不懂金额“五百”"),
        ({"amount": "0"}, "预拨金额为零"),
        ({"amount": "-5"}, "收回预拨要写明原因"),
        ({"date": "十月"}, "--date 的日期“十月”看不懂"),
        ({"amount": "x", "date": "y"}, "--date 的日期“y”看不懂"),
        ({"fund": "别的资金"}, "没有“别的资金”这个基金"),
        ({"fund": ""}, "没有给出 --fund"),
        ({"period": "2010-09"}, "已经关账"),
        ({"period": "2021-10"}, "是不是写错了年份"),
        ({"period": "2010-08"}, "台账从 2010-09-01 开始"),
        ({"date": "2012-10-08"}, "到账日期 2012-10-08 和2010年10月相差一年以上"),
        ({"undo": 1, "note": "错"}, "台账里没有第 1 号预拨"),
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


def test_a_day_that_has_not_come_is_refused(path: Path) -> None:
    line = Advance(AID, parse_period("2010-10"), 100, date(2010, 12, 30), "", "测试")
    with opened(path) as books, pytest.raises(CannotRun, match="到账日期 2010-12-30 还没有到"):
        book_advance(books, line, NOW)


def test_the_same_line_twice_needs_a_note_that_tells_them_apart(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [booked(path), booked(path)] == [0, 2]
    assert flat("同样的一笔预拨已经记过（第 3 号记账") in flat(capsys.readouterr().err)
    assert booked(path, note="第二笔，民发〔2010〕8号") == 0


def test_a_wrong_line_is_taken_back_once_and_can_be_booked_again(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    booked(path)
    assert booked(path, undo=3) == 2
    assert booked(path, undo=3, note="金额有误") == 0
    capsys.readouterr()
    assert booked(path, undo=3, note="再来") == 2
    assert flat("第 3 号预拨已经冲销过") in flat(capsys.readouterr().err)
    assert booked(path) == 0
    with opened(path) as books:
        assert [line.fen for line in advances(books)] == [50_000, -50_000, 50_000]
        assert sum(line.advanced for line in accounts(books) if line.fund == AID) == 50_000
        assert verify(books) == []


def test_a_line_of_a_period_closed_since_is_taken_back_in_a_later_one(path: Path) -> None:
    booked(path)
    with opened(path) as books:
        post(books, run_period(stays([a_stay(10)]), "2010-10", books))
    assert booked(path, undo=3, note="退回") == 2
    assert booked(path, undo=3, note="退回", period="2010-11") == 0
    with opened(path) as books:
        assert [(line.period.id, line.fen) for line in advances(books)] == [
            ("2010-10", 50_000), ("2010-11", -50_000)
        ]  # fmt: skip


def test_all_are_listed_with_their_numbers(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["ledger", "advance", "--list", "--ledger", str(path)]
    assert onestop(words) == 0
    assert "还没有预拨" in capsys.readouterr().out
    booked(path)
    booked(path, undo=3, note="金额有误")
    capsys.readouterr()
    assert onestop(words) == 0
    shown = capsys.readouterr().out
    assert "500.00" in shown
    assert "冲销第 3 号；金额有误" in shown
