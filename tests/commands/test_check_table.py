"""`onestop check-table`: a summary table without any run."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from onestop_cli.cli import run

TABLE = "级别,人次,补偿\n合计,3,31\n其中：乡,1,10.00\n县,2,20.00\n"


@pytest.fixture
def table(tmp_path: Path) -> str:
    file = tmp_path / "年报.csv"
    file.write_text(TABLE, "utf-8")
    return str(file)


def test_what_does_not_add_up_is_said_with_its_place(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check-table", table]) == 0
    said = capsys.readouterr().out
    assert "第 2 行“合计”补偿：合计不符" in said
    assert "印作 31，应为 30.00，相差 1.00" in said
    assert "共 1 张表，1 处" in said


def test_the_result_is_kept_as_a_workbook(table: str, tmp_path: Path) -> None:
    out = tmp_path / "核对.xlsx"
    assert run(["check-table", table, "--out", str(out)]) == 0
    sheet = openpyxl.load_workbook(out)["汇总表核对"]
    assert [cell.value for cell in sheet[4]][:5] == ["年报.csv", 2, "合计", "补偿", "合计不符"]


def test_every_equation_that_no_table_can_be_held_to_is_refused_at_once(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check-table", table, "--equations", "1=9；2≥2000；补偿=自付"]) == 2
    said = capsys.readouterr().err
    assert "表上没有第 9 栏" in said
    assert "2000 若是数值，请带上单位，如 2000元" in said
    assert "表上没有“自付”这一栏" in said
    assert "1 人次、2 补偿" in said


def test_an_equation_that_cannot_be_read_is_refused(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check-table", table, "--equations", "3＝＝4"]) == 2
    assert "看不懂核对公式“3==4”" in capsys.readouterr().err


def test_an_equation_of_one_of_several_forms_is_held_to_that_one(
    table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "资金.csv"
    other.write_text("来源,应收资金,到位资金\n中央,2,1\n", "utf-8")
    assert run(["check-table", table, str(other), "--equations", "应收资金=到位资金"]) == 0
    assert "应收资金=到位资金：印作 2，应为 1，相差 1" in capsys.readouterr().out


def test_cells_that_are_no_numbers_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "表.csv"
    file.write_text("机构,人次,补偿\n县医院,1,约30\n", "utf-8")
    assert run(["check-table", str(file)]) == 0
    assert "“补偿”里不是数字、没有核对的：第 2 行“约30”" in capsys.readouterr().out


def test_a_long_list_of_cells_is_counted_and_no_number_of_a_person_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"63992219880101123{n},1,见附件63992219880101123{n}\n" for n in range(4))
    (tmp_path / "表.csv").write_text(f"编码,人次,补偿\n{rows}合计,5,9\n", "utf-8")
    assert run(["check-table", str(tmp_path / "表.csv")]) == 0
    said = capsys.readouterr().out
    assert "等 4 格" in said
    assert "6399221988" not in said


@pytest.mark.parametrize("out", ["核对.csv", "年报.csv"])
def test_a_place_that_cannot_be_written_is_refused_before_any_work(table: str, out: str) -> None:
    assert run(["check-table", table, "--out", str(Path(table).parent / out)]) == 2
