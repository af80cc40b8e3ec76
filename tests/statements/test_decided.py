"""What decisions change, stay by stay; everything undecided in one list; decisions that lie where they belong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from onestop_cli.batch.start import ReconcileOptions, asked
from onestop_cli.cli import run as typed
from onestop_cli.core.identify import make_id
from onestop_cli.core.pending import PENDING
from onestop_cli.errors import CannotRun
from onestop_cli.run import Run
from onestop_cli.statements.effects import effect_lines, effects
from onestop_cli.statements.undecided import undecided
from onestop_cli.tables.decisions import DECISIONS
from onestop_cli.tables.schema import empty
from tests.made.run import made_run, with_info

LAYERS = ("basic", "assistance")


@pytest.fixture(scope="module")
def run() -> Run:
    return made_run(60)


def decision(stay: dict[str, Any], **more: Any) -> pl.DataFrame:
    """A line about a stay."""
    said = {name: stay[name] for name in ("source", "sheet", "row", "hospital", "stay_no", "name")}
    line = {"line": 2, "code": "ID01", "decision": "放行", **said, **more}
    return pl.concat([empty(DECISIONS), pl.DataFrame([line])], how="diagonal_relaxed")


def changed(stays: pl.DataFrame) -> tuple[dict[str, Any], pl.DataFrame]:
    """A held stay, and the table in which it is settled with what it claims."""
    held = stays.filter(status="held").row(0, named=True)
    here = (pl.col("row") == held["row"]) & (pl.col("source") == held["source"])
    paid = [
        pl.when(here)
        .then(f"{la}_claimed_fen")
        .otherwise(f"{la}_payable_fen")
        .alias(f"{la}_payable_fen")
        for la in LAYERS
    ]
    status = pl.when(here).then(pl.lit("settled")).otherwise("status").alias("status")
    return held, stays.with_columns(status, *paid)


@pytest.mark.parametrize("moved", [{}, {"source": "旧.xlsx", "row": 999}])
def test_a_released_stay_is_shown_without_and_with_the_decision(
    run: Run, moved: dict[str, Any]
) -> None:
    """By its place, and by its names when the rows have moved since."""
    held, after = changed(run.stays)
    (effect,) = effects(decision(held, **moved), run.stays, after, LAYERS).to_dicts()
    claimed = held["basic_claimed_fen"] + held["assistance_claimed_fen"]
    assert effect == {
        "line": 2,
        "status_before": "held",
        "status_after": "settled",
        "paid_before_fen": 0,
        "paid_after_fen": claimed,
    }


def test_a_decision_on_a_stay_of_a_closed_period_has_no_effect_here(run: Run) -> None:
    held, after = changed(run.stays)
    elsewhere = decision(held, source="旧.xlsx", row=999, stay_no="没有")
    (effect,) = effects(elsewhere, run.stays, after, LAYERS).to_dicts()
    assert effect["status_after"] is None
    assert effect_lines([{**elsewhere.row(0, named=True), **effect}]) == []


def test_an_effect_is_a_sentence_with_its_amounts(run: Run) -> None:
    held, after = changed(run.stays)
    line = decision(held)
    told = {**line.row(0, named=True), **effects(line, run.stays, after, LAYERS).row(0, named=True)}
    (sentence,) = effect_lines([told])
    assert sentence.startswith(f"放行（ID01）{held['hospital']} {held['stay_no']}")
    assert "：待核 → 已结算，应付 0.00 → " in sentence
    (same,) = effect_lines([{**told, "status_after": "held", "paid_after_fen": 0}])
    assert same.endswith("：待核，应付不变")


def test_every_held_stay_is_listed_once_with_its_reasons_and_amount(run: Run) -> None:
    listed = undecided(run)
    held = run.stays.filter(status="held")
    assert len(listed) == len(held)
    assert (
        listed["held_fen"].sum() == held["basic_held_fen"].sum() + held["assistance_held_fen"].sum()
    )
    assert listed["days"].is_sorted(descending=True)
    assert listed["reason"].str.contains(r"^(ID|ST|HO|AM)\d\d ").all()
    assert set(listed["period"]) == {"2010Q4"}
    assert all(listed["remedy"])


def test_the_age_of_a_stay_runs_from_its_settlement_to_the_end_of_the_period(run: Run) -> None:
    (first, *_) = undecided(run).to_dicts()
    stay = run.stays.filter(stay_no=first["stay_no"]).row(0, named=True)
    assert first["days"] == (run.period.last - stay["settled_on"]).days


def test_stays_that_wait_of_closed_periods_stand_in_the_same_list_and_first(run: Run) -> None:
    waiting = dict.fromkeys(PENDING) | {
        "period": "2010Q3", "source": "旧.xlsx", "row": 7, "hospital": "甲", "blocking": "ID01",
        "held_fen": 500,
    }  # fmt: skip
    (first, *rest) = undecided(with_info(run, pending=[waiting])).to_dicts()
    assert (first["period"], first["days"], first["held_fen"]) == ("2010Q3", 92, 500)
    assert len(rest) == run.stays.filter(status="held").height


def test_a_run_without_anything_held_has_an_empty_list(run: Run) -> None:
    settled = replace(run, stays=run.stays.filter(status="settled"))
    assert undecided(settled).is_empty()


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert typed(["init", "县", "--name", "示例县", "--code", "6399"]) == 0
    monkeypatch.chdir(tmp_path / "县")
    return tmp_path / "县"


def request(decisions: Path | None = None) -> Any:
    options = ReconcileOptions("2010Q4", None, None, None, None, None, decisions, None)
    return asked(options, datetime(2011, 1, 10, tzinfo=UTC))[0]


def test_decisions_and_books_in_the_county_folder_are_found_by_themselves(county: Path) -> None:
    assert request().decisions is None
    openpyxl.Workbook().save("处理意见.xlsx")
    assert request().decisions == Path("处理意见.xlsx")
    assert request(Path("处理意见.xlsx")).decisions == Path("处理意见.xlsx")


def test_decisions_that_are_not_there_are_told_with_all_that_is_missing(county: Path) -> None:
    with pytest.raises(CannotRun, match="找不到处理意见"):
        request(Path("没有.xlsx"))


def test_outside_a_county_folder_nothing_is_taken_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    openpyxl.Workbook().save("处理意见.xlsx")
    here = [Path()]
    options = ReconcileOptions(
        "2010Q4", here, here, Path("x"), ["huangzhong-2009"], None, None, Path("o")
    )
    assert asked(options, datetime(2011, 1, 10, tzinfo=UTC))[0].decisions is None


def test_a_clerk_sees_what_a_decision_changed_and_finds_it_on_the_papers(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the files of a quarter to a second run; the decisions lie in the county folder."""
    number = make_id("63990019520315002")
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    Path("收件箱/住院/云谷.csv").write_text(
        "医疗机构,住院号,姓名,身份证号,入院日期,出院日期,总费用,可补偿费用,新农合补偿,医疗救助\n"
        f"云谷卫生院,1,王小明,{number},2010-10-01,2010-10-05,1200,1000,800,400\n"
        f"云谷卫生院,2,李秀英,{wrong},2010-11-01,2010-11-05,500,400,300,0\n",
        "utf-8",
    )
    Path("收件箱/花名册/五保.csv").write_text(
        f"姓名,身份证号,救助类别,起始日期\n王小明,{number},五保户,2009-01-01\n", "utf-8"
    )
    Path("定点机构名册.csv").write_text("机构名称,机构级别\n云谷卫生院,乡级\n", "utf-8-sig")
    assert typed(["reconcile", "--period", "2010年第四季度"]) == 0
    assert typed(["init", ".", "--templates"]) == 0
    book = openpyxl.load_workbook("模板/处理意见.xlsx")
    said = [
        "云谷卫生院",
        "2",
        "李秀英",
        "ID01",
        "拒付",
        None,
        None,
        None,
        None,
        "查无此人",
        "记录1",
        "甲",
        "乙",
    ]
    for column, value in enumerate([*said, "2011-01-05"], 1):
        book.active.cell(4, column).value = value
    book.save("处理意见.xlsx")
    capsys.readouterr()
    assert typed(["reconcile", "--period", "2010Q4"]) == 0
    shown = capsys.readouterr()
    assert "用处理意见 处理意见.xlsx" in shown.err
    assert "· 拒付（ID01）云谷卫生院 2 李秀英：待核 → 拒付，应付不变" in shown.out
    assert "处理意见.xlsx：新增" in Path("结果/2010Q4-2/运行报告.html").read_text("utf-8")
    listed = openpyxl.load_workbook("结果/2010Q4/差错清单.xlsx")["未决清单"]
    assert any("李秀英" in map(str, row) for row in listed.iter_rows(values_only=True))
    papers = openpyxl.load_workbook("结果/2010Q4-2/结算/县级结算汇总.xlsx")
    sheet = next(sheet for sheet in papers if "处理意见" in sheet.title)
    assert any(
        "拒付" in map(str, row) and "待核" in map(str, row)
        for row in sheet.iter_rows(values_only=True)
    )
