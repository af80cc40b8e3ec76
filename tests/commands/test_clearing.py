"""`onestop clearing`: what a clerk sees of the platform's statements beside the lists of stays."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from onestop_cli.cli import run
from tests.readers.test_clearing import LIST, SUMS, detail

SENT = "\n".join([detail(1), detail(2, "999.00"), detail(4, "50.00", "30.00")])


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a list of three stays and a detail of the platform."""
    (tmp_path / "stays").mkdir()
    (tmp_path / "stays" / "住院.csv").write_bytes(LIST)
    (tmp_path / "3202.txt").write_text(SENT, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_does_not_agree_is_shown_with_where_it_stands(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["clearing", "3202.txt", "--stays", "stays", "--out", "对账.xlsx"]) == 0
    shown = capsys.readouterr().out
    for words in ("住院表里没有：", "对账文件没有：", "金额不同：", "住院.csv 第 3 行", "50.00"):
        assert words in shown
    sheet = openpyxl.load_workbook(county / "对账.xlsx").worksheets[0]
    cells = [row[:2] for row in sheet.iter_rows(values_only=True) if row[1] in ("金额不同", "相符")]
    assert cells == [("639900000002", "金额不同"), ("639900000001", "相符")]


def test_funds_that_differ_at_the_same_cost_are_seen_in_the_sums(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = "\n".join([detail(1), detail(2, "1000.00", "640.00")])
    (county / "3202.txt").write_text(sent, "utf-8")
    assert run(["clearing", "3202.txt", "--stays", "stays"]) == 0
    shown = capsys.readouterr().out.splitlines()
    (line,) = [line.split() for line in shown if line.startswith("金额不同 ")]
    assert line[1:] == ["1", "1,000.00", "1,000.00", "700.00", "640.00"]
    assert any("（费用相同，基金不同）" in line for line in shown)


def test_sums_of_the_platform_are_beside_those_of_the_list(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = f"{SUMS}\n,,639901,2024-10-01,2024-10-31,3000.00,2100.00,0,3,000000"
    (county / "3201.csv").write_text(told, "utf-8")
    assert run(["clearing", "3201.csv", "--stays", "stays"]) == 0
    shown = capsys.readouterr().out
    assert "3201 汇总" in shown
    assert "2,100.00" in shown
    assert "相符" in shown


@pytest.mark.parametrize(
    ("words", "text", "told"),
    [
        (["stays/住院.csv"], "", "不是平台的 3202 对账明细、对账结果或 3201 汇总"),
        (["3201.csv"], f"{SUMS}\n390,21,,2024-10-01,月底,1,1,0,3,000000", "有 1 行看不懂"),
    ],
)
def test_what_is_no_statement_or_cannot_be_read_is_refused(
    words: list[str], text: str, told: str, county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (county / "3201.csv").write_text(text, "utf-8")
    assert run(["clearing", *words, "--stays", "stays"]) == 2
    assert told in capsys.readouterr().err


def test_without_a_list_of_stays_nothing_is_held_against_anything(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["clearing", "3202.txt"]) == 2
    assert "没有给出住院表" in capsys.readouterr().err
