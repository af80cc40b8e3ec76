"""编号: every paper that goes out has one, and the same inputs give the same."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from onestop_cli.audit.plan import PlanChoices
from onestop_cli.batch.letters import write_letters
from onestop_cli.batch.papers import write_run
from onestop_cli.batch.simulate import SimulateOptions, simulate_runs
from onestop_cli.batch.stay_papers import write_stay_papers
from onestop_cli.county.settings import Settings
from onestop_cli.run import Run
from onestop_cli.statements.numbers import (
    KINDS,
    NOTICE,
    hospital_numbers,
    number_for,
    number_of,
    paper_number,
    stay_number,
    trial_number,
)
from tests.made.explained_county import county_run
from tests.made.inspection import all_true, audited, fill, reported
from tests.made.run import with_info


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = county_run(tmp_path_factory.mktemp("county"))
    return with_info(run, county=run.info.county.model_copy(update={"code": "6399"}).model_dump())


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers") / "run"
    write_run(run, folder, Settings())
    return folder


def texts(path: Path, sheet: str) -> str:
    rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return "\n".join(str(cell) for row in rows for cell in row if cell)


def test_hospitals_are_numbered_as_the_register_has_them_then_by_name(run: Run) -> None:
    assert hospital_numbers(run) == {"县医院": 1, "市医院": 2, "甲乡卫生院": 3}
    unlisted = replace(run, register=run.register.filter(pl.col("hospital") == "甲乡卫生院"))
    assert list(hospital_numbers(unlisted)) == ["甲乡卫生院", "县医院", "市医院"]


def test_a_hospital_without_stays_keeps_its_number(run: Run) -> None:
    fewer = replace(run, stays=run.stays.filter(pl.col("hospital") != "县医院"))
    assert hospital_numbers(fewer) == hospital_numbers(run)
    assert number_for(run, NOTICE, "市医院") == "6399-2010Q4-BF-02"


@pytest.mark.parametrize(
    ("parts", "number"),
    [(("6399", "2010Q4", "JS"), "6399-2010Q4-JS"), (("", "2010Q4", "JS"), "2010Q4-JS"),
     (("6399", "", "YB", 7), "6399-YB-07"), (("6399", "2010", "JD", 3, 123), "6399-2010Y-JD-03-123"),
     (("639901", "2010-11", "BF", 3), "639901-2010M11-BF-03")],
)  # fmt: skip
def test_what_is_not_known_leaves_no_gap(parts: tuple[str, str, str], number: str) -> None:
    assert paper_number(*parts) == number


def test_every_kind_has_letters_of_its_own() -> None:
    assert all(re.fullmatch("[A-Z]{2}", kind) for kind in KINDS)
    assert len(set(KINDS.values())) == len(KINDS)


@pytest.mark.parametrize(
    ("file", "sheet", "number"),
    [
        ("县级结算汇总", "说明", "6399-2010Q4-JS"),
        ("县级结算汇总", "表六 与民政局结算", "6399-2010Q4-ZJ"),
        ("县级结算汇总", "拨款申请表", "6399-2010Q4-SQ"),
        ("机构/市医院", "拨付通知单", "6399-2010Q4-BF-02"),
        ("机构/市医院", "结算申报表", "6399-2010Q4-SB-02"),
    ],
)
def test_statements_have_one(folder: Path, file: str, sheet: str, number: str) -> None:
    assert f"编号：{number}" in texts(folder / f"结算/{file}.xlsx", sheet)


def test_letters_have_one(folder: Path, tmp_path: Path) -> None:
    write_letters(folder, tmp_path / "函", 15)
    notice = (tmp_path / "函/整改通知/县医院.html").read_text("utf-8")
    assert "编号：6399-2010Q4-TZ-01　" in notice
    assert "编号：6399-2010Q4-LJ　" in (tmp_path / "函/漏救告知函.html").read_text("utf-8")


def test_papers_of_a_stay_have_one_wherever_they_are_printed(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    """C2 is the third and fourth row of its hospital; B2 the second."""
    write_stay_papers(folder, "B2", None, tmp_path / "一笔")
    write_stay_papers(folder, None, "市医院", tmp_path / "一家")
    for home in ("一笔", "一家"):
        page = (tmp_path / home / "医疗救助结算单.html").read_text("utf-8")
        assert "编号：6399-2010Q4-JD-02-02<" in page
    assert "编号：6399-2010Q4-SP-02-02<" in (tmp_path / "一笔/垫付审批表.html").read_text("utf-8")
    row = run.stays.row(by_predicate=pl.col("stay_no") == "B2", named=True)
    assert stay_number(run, "JD", row) == number_of(run, "JD", 2, 2)


def test_an_inspection_has_its_number_on_every_paper_and_its_report_one_of_its_own(
    folder: Path, tmp_path: Path
) -> None:
    """The second draw of a run is another paper."""
    run = shutil.copytree(folder, tmp_path / "run")
    for number in (1, 2):
        out = audited(run, tmp_path / f"检查{number}", PlanChoices(size=3))
        told = f"6399-2010Q4-JC-{number:02}"
        assert told in texts(out / "检查工作底稿.xlsx", "封面")
        assert all(
            told in (out / f"{page}核查表.html").read_text("utf-8") for page in ("入户", "病房")
        )
    filled = fill(out / "检查工作底稿.xlsx", tmp_path / "填好.xlsx", all_true)
    _, target = reported(run, filled, tmp_path / "报告")
    assert "6399-2010Q4-JB-02" in (target / "联合检查报告.html").read_text("utf-8")
    assert "JC-02" not in (target / "联合检查报告.html").read_text("utf-8")


def test_a_simulation_has_one(folder: Path, tmp_path: Path) -> None:
    asked = SimulateOptions([folder], changes=["assistance.cap=7000"])
    simulate_runs(asked, tmp_path / "测算", quiet=True)
    assert "6399-2010Q4-CS" in texts(tmp_path / "测算/政策测算.xlsx", "总览")
    assert "6399-2010Q4-CS" in (tmp_path / "测算/政策测算.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("periods", "number"),
    [(["2010-11"], "6399-2010M11-CS"), (["2010Q3", "2010Q4"], "6399-2010Y-CS")],
)
def test_a_simulation_on_several_runs_is_of_their_year(periods: list[str], number: str) -> None:
    assert trial_number("6399", periods) == number
