"""Forms that others fill in: what is read of them needs no question, and numbers keep their digits."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from onestop_cli.batch.forms import add_forms, terms_of, write_forms
from onestop_cli.batch.init import Answers, start_county
from onestop_cli.cli import run
from onestop_cli.core.identify import make_id
from onestop_cli.county.settings import Settings
from onestop_cli.readers.decisions import read_decisions
from onestop_cli.readers.enrolment import read_enrolment
from onestop_cli.readers.register import read_register
from onestop_cli.readers.roster import read_rosters
from onestop_cli.readers.stays import read_stays
from onestop_cli.rulebook.library import known_rules
from onestop_cli.writers.forms.catalogue import stays_form
from onestop_cli.writers.forms.form import write_form

ID = make_id("63990019520315002")
HEADER_ROW = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All forms of a county of 2009."""
    home = tmp_path_factory.mktemp("县") / "模板"
    write_forms(home, terms_of(["huangzhong-2009"]))
    return home


def filled(form: Path, out: Path, **values: Any) -> Path:
    """The form with one row, typed as people do."""
    book = openpyxl.load_workbook(form)
    sheet = book.active
    for column, cell in enumerate(sheet[HEADER_ROW], 1):
        if cell.value in values:
            sheet.cell(HEADER_ROW + 1, column).value = values.pop(cell.value)
    assert not values
    book.save(out / form.name)
    return out / form.name


STAY = {
    "医疗机构": "云谷卫生院", "住院号": "0001", "姓名": "王小明", "身份证号": ID,
    "救助对象类别": "五保户", "入院日期": date(2010, 10, 1), "出院日期": date(2010, 10, 5),
    "总费用": 1000.5, "可补偿费用": 900, "新农合补偿": 720, "医疗救助": 280.5, "个人自付": 0,
}  # fmt: skip


def test_a_filled_list_of_stays_is_read_without_a_question(folder: Path, tmp_path: Path) -> None:
    file = filled(folder / "医院上报表.xlsx", tmp_path, **STAY)
    reading = read_stays([file], Settings(), ["云谷卫生院"])
    assert reading.problems == ()
    (row,) = reading.rows.to_dicts()
    assert (row["id_raw"], row["id_numeric"], row["stay_no"]) == (ID, False, "0001")
    amounts = [
        row[f"{name}_fen"] for name in ("total", "eligible", "basic_claimed", "assistance_claimed")
    ]
    assert amounts == [100_050, 90_000, 72_000, 28_050]


def test_a_filled_roster_register_and_enrolment_list_are_read(folder: Path, tmp_path: Path) -> None:
    who = {"姓名": "王小明", "身份证号": ID, "乡镇": "云谷乡", "村": "双泉村"}
    roster = filled(
        folder / "花名册.xlsx", tmp_path, **who, 救助类别="五保户", 起始日期=date(2009, 1, 1)
    )
    (entry,) = read_rosters([roster], Settings()).rows.to_dicts()
    assert (entry["category_raw"], entry["from_on"]) == ("五保户", date(2009, 1, 1))
    register = filled(folder / "机构名册.xlsx", tmp_path, 机构名称="云谷卫生院", 机构级别="乡级")
    assert read_register(register, Settings())["level"].to_list() == ["township"]
    enrolled = filled(folder / "参保名册.xlsx", tmp_path, **who, 个人缴费=30)
    assert len(read_enrolment([enrolled], Settings()).rows) == 1


def test_a_filled_list_of_decisions_is_read(folder: Path, tmp_path: Path) -> None:
    said = {
        "医疗机构": "云谷卫生院", "住院号": "0001", "姓名": "王小明", "代码": "ID04", "处理决定": "放行",
        "理由": "核实", "依据": "记录1", "经办人": "甲", "复核人": "乙", "日期": date(2011, 1, 5),
    }  # fmt: skip
    file = filled(folder / "处理意见.xlsx", tmp_path, **said)
    (line,) = read_decisions(file, {"医疗救助": "assistance"}, []).to_dicts()
    assert (line["decision"], line["decided_on"]) == ("放行", date(2011, 1, 5))


def test_empty_forms_in_the_inbox_are_no_stays(folder: Path) -> None:
    assert len(read_stays([folder / "医院上报表.xlsx"], Settings(), []).rows) == 0


def test_headings_are_protected_and_cells_take_what_belongs_there(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "医院上报表.xlsx")
    sheet = book.active
    assert sheet.protection.sheet
    heads = {cell.value: cell for cell in sheet[HEADER_ROW]}
    assert heads["身份证号"].protection.locked
    column = heads["身份证号"].column_letter
    assert sheet.column_dimensions[column].number_format == "@"
    assert not sheet.column_dimensions[column].protection.locked
    rules = {
        str(rule.sqref).split(":")[0].rstrip("0123456789"): rule
        for rule in sheet.data_validations.dataValidation
    }
    assert rules[column].type == "custom"
    assert "乡级" in rules[heads["机构级别"].column_letter].formula1
    assert "五保户" in rules[heads["救助对象类别"].column_letter].formula1


@pytest.mark.parametrize("rule", sorted(known_rules()))
def test_every_column_of_every_documents_form_is_known_to_the_reader(
    rule: str, tmp_path: Path
) -> None:
    """In the words of the document: layers of four counties have other names."""
    form = stays_form(terms_of([rule]))
    write_form(form, tmp_path / "表.xlsx", [_row(form.cells)])
    reading = read_stays([tmp_path / "表.xlsx"], Settings(), ["云谷卫生院"])
    assert reading.problems == ()
    assert reading.warnings == ()
    (read,) = reading.rows.select(pl.col("^.*_fen$")).iter_rows()
    amounts = sum(cell.kind == "yuan" for cell in form.cells)
    assert [fen for fen in read if fen is not None] == [100] * amounts


def _row(cells: Any) -> dict[str, Any]:
    """A row with something under every heading."""
    texts = {"身份证号": ID, "机构级别": "乡级", "医疗机构": "云谷卫生院"}
    by_kind = {"text": "某", "yuan": 100, "day": date(2010, 10, 1)}
    return {cell.title: texts.get(cell.title, by_kind.get(cell.kind)) for cell in cells}


def test_a_new_county_has_all_forms_when_asked(tmp_path: Path) -> None:
    start_county(tmp_path / "县", Answers("示例县", "6399", ["huangzhong-2009"]), templates=True)
    forms = {path.name for path in (tmp_path / "县/模板").iterdir()}
    assert forms == {
        "医院上报表.xlsx", "花名册.xlsx", "机构名册.xlsx", "参保名册.xlsx", "期初.xlsx", "处理意见.xlsx",
    }  # fmt: skip


def test_a_county_that_is_there_gets_the_forms_it_lacks(tmp_path: Path) -> None:
    start_county(tmp_path / "县", Answers("示例县", "6399", ["huangzhong-2009"]))
    before = (tmp_path / "县/模板/期初.xlsx").read_bytes()
    (tmp_path / "县/模板/花名册.xlsx").write_bytes(b"mine")
    assert "花名册.xlsx" not in add_forms(tmp_path / "县")
    assert (tmp_path / "县/模板/花名册.xlsx").read_bytes() == b"mine"
    assert (tmp_path / "县/模板/期初.xlsx").read_bytes() == before
    assert run(["init", str(tmp_path / "县"), "--templates"]) == 0
    assert add_forms(tmp_path / "县") == []


def test_a_shipped_document_is_copied_with_its_cases_and_wins_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["rules", "copy", "huangzhong-2009"]) == 0
    assert "从现在起，huangzhong-2009 以 rules/ 里的为准" in capsys.readouterr().out
    assert known_rules()["huangzhong-2009"] == Path("rules/huangzhong-2009.toml")
    assert (tmp_path / "rules/huangzhong-2009.cases.toml").is_file()
    assert run(["rules", "copy", "huangzhong-2009"]) == 2
    assert "已经是县里自己的文件" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [(["nowhere"], "找不到规则“nowhere”"), (["huangzhong-2009", "--to", "有"], "不会覆盖")],
)
def test_a_copy_that_cannot_be_made_is_refused(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "有").mkdir()
    (tmp_path / "有/huangzhong-2009.toml").touch()
    assert run(["rules", "copy", *words]) == 2
    assert said in capsys.readouterr().err
    assert (tmp_path / "有/huangzhong-2009.toml").read_bytes() == b""
