"""Working papers that come back: read however people fill them in, merged, evaluated; or named with place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copyfile
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from onestop_cli.audit.deductions import lines, with_differences
from onestop_cli.audit.filled import ReturnedRow, merged, without_dittos
from onestop_cli.audit.returned import Frame, confirm
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.readers.decisions import read_decisions
from onestop_cli.run import Run
from onestop_cli.writers.audit.columns import HOUSEHOLD_SHEET, PLAN_SHEET, SAMPLE_SHEET
from tests.made.inspection import (
    RealInspection,
    Row,
    all_true,
    audited,
    fill,
    reported,
    rows_of,
    saved,
    wrong,
)
from tests.made.run import made_run

LAYERS = {"basic": "新农合补偿", "assistance": "医疗救助"}
FRAME = Frame(LAYERS, date(2011, 2, 1))
SAMPLE = pl.DataFrame(
    {
        "number": [1, 2],
        "hospital": ["甲卫生院", "乙卫生院"],
        "stay_no": ["A1", "B1"],
        "name": ["王秀兰", "李强"],
        "id_tail": ["0012", None],
        "admitted_on": [date(2010, 11, 1)] * 2,
        "discharged_on": [date(2010, 11, 8)] * 2,
        "total_fen": [100_000, 50_000],
        "amount": [90_000, 40_000],
        "basic_booked_fen": [60_000, 30_000],
        "assistance_booked_fen": [30_000, 10_000],
        "basic_payable_fen": [60_000, 30_000],
        "assistance_payable_fen": [28_000, 10_000],
        "status": ["settled", "settled"],
    }
)
TRUE = {
    "outcome": "属实",
    "by_health": "李卫",
    "by_civil": "赵民",
    "checked_on": date(2011, 1, 20),
}
PART = TRUE | {"outcome": "部分属实", "cause": "费用不符"}


def line(
    which: int, file: str = "甲组.xlsx", place: int | None = None, **cells: Any
) -> ReturnedRow:
    """A filled line as printed for this number of `SAMPLE`."""
    row = SAMPLE.row(which - 1, named=True)
    printed = {
        **{key: row[key] for key in ("hospital", "stay_no", "name", "id_tail")},
        "admitted_on": row["admitted_on"],
        "discharged_on": row["discharged_on"],
        "total_fen": str(row["total_fen"] / 100),
        "amount": str(row["amount"] / 100),
        "number": str(which),
    }
    return ReturnedRow(file, SAMPLE_SHEET, place or which + 3, printed | cells)


def found(*filled: ReturnedRow) -> dict[int, dict[str, Any]]:
    """What the lines come to, by number; the other stay is as booked."""
    numbers = {item.place - 3 for item in filled}
    rest = [line(number, **TRUE) for number in (1, 2) if number not in numbers]
    table = confirm([*filled, *rest], SAMPLE, FRAME, "甲组.xlsx", SAMPLE_SHEET)
    return {row["number"]: row for row in table.iter_rows(named=True)}


def faults(*filled: ReturnedRow) -> list[Problem]:
    with pytest.raises(CannotRun) as caught:
        found(*filled)
    return list(caught.value.problems)


# One row


def test_a_true_row_is_confirmed_as_booked() -> None:
    assert found(line(1, **TRUE))[1]["confirmed_fen"] == 90_000


def test_a_blank_row_is_not_looked_at_yet() -> None:
    assert found(line(1))[1]["outcome"] is None


def test_names_and_a_day_alone_are_not_a_result() -> None:
    """Inspectors write their names down the whole column beforehand."""
    signed = {key: TRUE[key] for key in ("by_health", "by_civil", "checked_on")}
    assert found(line(1, **signed))[1]["outcome"] is None


def test_each_fund_may_be_said() -> None:
    row = found(line(1, **PART, confirmed_basic="500", confirmed_assistance="200"))[1]
    amounts = (row["confirmed_fen"], row["basic_confirmed_fen"], row["assistance_confirmed_fen"])
    assert amounts == (70_000, 50_000, 20_000)


def test_a_fund_left_blank_beside_another_stays_as_booked() -> None:
    row = found(line(1, **PART, confirmed_assistance="0"))[1]
    assert (row["confirmed_fen"], row["basic_confirmed_fen"]) == (60_000, 60_000)


def test_the_same_sum_from_other_funds_is_a_difference() -> None:
    row = found(line(1, **PART, confirmed_basic="500", confirmed_assistance="400"))[1]
    assert (row["confirmed_fen"], row["basic_confirmed_fen"]) == (90_000, 50_000)


@pytest.mark.parametrize("text", ["500", "500.00元", "¥500", "５００", "500元整", "500 "])
def test_amounts_are_read_as_people_write_them(text: str) -> None:
    assert found(line(1, **PART, confirmed=text))[1]["confirmed_fen"] == 50_000


@pytest.mark.parametrize("text", ["1", "1.0", "第1号", "１", "1.", "1号"])
def test_numbers_are_read_as_people_write_them(text: str) -> None:
    """Two rows that print alike are told apart by their numbers."""
    twin = SAMPLE.with_columns(pl.col(name).first() for name in SAMPLE.columns if name != "number")
    rows = [line(1, **TRUE | {"number": text}), line(1, place=9, **TRUE | {"number": "2"})]
    assert (
        confirm(rows, twin, FRAME, "甲组.xlsx", SAMPLE_SHEET)["outcome"].to_list() == ["属实"] * 2
    )


@pytest.mark.parametrize("text", ["李卫、赵民", "李卫，赵民", "李卫/赵民"])
def test_two_names_in_a_merged_cell_are_two_inspectors(text: str) -> None:
    row = found(line(1, **TRUE | {"by_health": text, "by_civil": text}))[1]
    assert (row["by_health"], row["by_civil"]) == ("李卫", "赵民")


def test_a_row_whose_number_was_lost_is_known_by_what_is_printed() -> None:
    assert found(line(1, **TRUE | {"number": ""}), line(2, **TRUE))[1]["outcome"] == "属实"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no outcome": ({**PART, "outcome": "", "confirmed": "5"}, "没有填核查结果"),
    "other word": ({**TRUE, "outcome": "还行"}, "不在可选项中"),
    "other cause": ({**PART, "confirmed": "5", "cause": "坏"}, "不在可选项中"),
    "no cause": ({**PART, "confirmed": "5", "cause": ""}, "没有选差错原因"),
    "no words": ({**PART, "confirmed": "5", "cause": "其他"}, "写明原因"),
    "no amount": (PART, "没有填核实应付金额"),
    "negative": ({**PART, "confirmed": "-1"}, "不是金额"),
    "words": ({**PART, "confirmed": "很多"}, "不是金额"),
    "ditto": ({**PART, "confirmed": "同上"}, "不是金额"),
    "above the bill": ({**PART, "confirmed": "1000.01"}, "超过总费用 1,000.00"),
    "a fund above the bill": ({**PART, "confirmed_basic": "1000.01"}, "超过总费用 1,000.00"),
    "funds above the bill": (
        {**PART, "confirmed_basic": "600", "confirmed_assistance": "500"},
        "超过总费用",
    ),
    "other sum": (
        {**PART, "confirmed": "700", "confirmed_basic": "500", "confirmed_assistance": "100"},
        "不等于各基金之和 600.00",
    ),
    "true, but other": ({**TRUE, "confirmed": "5"}, "填了属实，核实应付却"),
    "true, but a fund other": ({**TRUE, "confirmed_basic": "500"}, "填了属实，核实应付却"),
    "part, but all": ({**PART, "confirmed": "900"}, "却等于应付金额"),
    "unclear with amount": (
        {**TRUE, "outcome": "无法核查", "note": "外出", "confirmed": "1"},
        "应当留空",
    ),
    "one inspector": ({**TRUE, "by_civil": ""}, "各一人签名"),
    "same inspector": ({**TRUE, "by_civil": "李卫"}, "不能是同一人"),
    "no day": ({**TRUE, "checked_on": ""}, "没有填核查日期"),
    "bad day": ({**TRUE, "checked_on": "前天"}, "看不懂核查日期"),
    "before discharge": ({**TRUE, "checked_on": date(2010, 11, 7)}, "早于出院日期"),
    "to come": ({**TRUE, "checked_on": date(2011, 2, 2)}, "还没有到"),
    "other stay": ({**TRUE, "stay_no": "别的"}, "住院号与抽样时不同"),
    "other patient": ({**TRUE, "name": "别人"}, "姓名与抽样时不同"),
    "other amount": ({**TRUE, "amount": "1"}, "应付金额与抽样时不同"),
    "unknown row": ({**TRUE, "number": "9", "name": "别人"}, "不在本次样本中"),
    "no number": ({**TRUE, "number": "", "name": "别人"}, "没有编号，填了内容"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_wrong_with_a_row_is_named_with_its_place_and_remedy(kind: str) -> None:
    cells, told = WRONG[kind]
    problem = next(p for p in faults(line(1, **cells), line(2, **TRUE)) if told in p.what)
    assert (problem.file, problem.sheet, problem.row) == ("甲组.xlsx", SAMPLE_SHEET, 4)
    assert problem.remedy


def test_of_a_bill_that_nobody_knows_any_amount_may_be_due() -> None:
    """A held stay whose total could not be read."""
    unknown = SAMPLE.with_columns(total_fen=pl.lit(None, pl.Int64))
    filled = [
        replace(item, cells={**item.cells, "total_fen": ""})
        for item in (line(1, **PART, confirmed="500"), line(2, **TRUE))
    ]
    table = confirm(filled, unknown, FRAME, "甲组.xlsx", SAMPLE_SHEET)
    assert table["confirmed_fen"].to_list() == [50_000, 40_000]


def test_a_row_twice_in_one_file_is_named() -> None:
    told = faults(line(1, **TRUE), line(1, place=9, **TRUE))
    assert [problem.what for problem in told] == ["编号 1 出现了两次"]


def test_rows_that_are_in_no_copy_are_named() -> None:
    with pytest.raises(CannotRun, match="缺少编号 2 共 1 行"):
        confirm([line(1, **TRUE)], SAMPLE, FRAME, "甲组.xlsx", SAMPLE_SHEET)


# Ditto marks and copies


@pytest.mark.parametrize("mark", ["同上", "〃", "″", '"', "同"])
def test_ditto_marks_say_what_stands_above(mark: str) -> None:
    rows = [line(1, **TRUE), line(2, **dict.fromkeys(TRUE, mark))]
    plain, problems = without_dittos(rows, list(TRUE), dict.fromkeys(TRUE, ""))
    assert not problems
    assert [plain[1].cells[key] for key in TRUE] == list(TRUE.values())


def test_ditto_marks_follow_each_other() -> None:
    rows = [line(1, **TRUE), line(2, by_health="〃"), line(2, place=9, by_health="〃")]
    plain, _ = without_dittos(rows, ["by_health"], {"by_health": "检查人"})
    assert [row.text("by_health") for row in plain] == ["李卫"] * 3


def test_a_ditto_mark_below_nothing_is_named() -> None:
    _, problems = without_dittos([line(1, note="同上")], ["note"], {"note": "情况说明"})
    assert [(p.what, p.row) for p in problems] == [("情况说明写了“同上”，上面一行却是空的", 4)]


def test_copies_fill_each_other_in() -> None:
    """One department writes what was found, the other signs."""
    health = {key: value for key, value in TRUE.items() if key != "by_civil"}
    row = found(line(1, **health), line(1, "乙组.xlsx", by_civil="赵民"))[1]
    assert (row["outcome"], row["by_civil"]) == ("属实", "赵民")


def test_copies_that_disagree_are_named_with_both_places() -> None:
    told = faults(line(1, **TRUE), line(1, "乙组.xlsx", 9, **TRUE | {"outcome": "不属实"}))
    problem = next(p for p in told if "核查结果" in p.what)
    assert (problem.file, problem.row) == ("乙组.xlsx", 9)
    assert "“不属实”" in problem.what and "甲组.xlsx 第 4 行填“属实”" in problem.what


def test_copies_that_say_the_same_agree() -> None:
    _, problems = merged(
        {1: [line(1, note="已 查"), line(1, "乙.xlsx", note="已查")]}, ["note"], {}
    )
    assert not problems


def test_a_fault_is_named_in_the_copy_it_comes_from() -> None:
    half = {key: value for key, value in TRUE.items() if key != "checked_on"}
    told = faults(line(1, **half), line(1, "乙组.xlsx", 9, checked_on="前天"))
    assert [(p.file, p.row) for p in told] == [("乙组.xlsx", 9)]


# From what was found to money


def differences(**told: Any) -> dict[str, Any]:
    """The first stay of `SAMPLE` with what was found about it."""
    rows = SAMPLE.head(1).with_columns(
        confirmed_fen=pl.lit(told.get("confirmed"), pl.Int64),
        cause=pl.lit(told.get("cause", "费用不符")),
        note=pl.lit(""),
        basic_confirmed_fen=pl.lit(told.get("basic"), pl.Int64),
        assistance_confirmed_fen=pl.lit(told.get("assistance"), pl.Int64),
    )
    return with_differences(rows, list(LAYERS)).row(0, named=True)


@pytest.mark.parametrize(
    ("told", "over", "under", "parts"),
    [
        ({"confirmed": 90_000}, 0, 0, (0, 0)),
        # the first fund first, never in proportion
        ({"confirmed": 70_000}, 20_000, 0, (20_000, 0)),
        ({"confirmed": 20_000}, 70_000, 0, (60_000, 10_000)),
        # no right to assistance: assistance first
        ({"confirmed": 70_000, "cause": "身份或类别不符"}, 20_000, 0, (0, 20_000)),
        ({"confirmed": 50_000, "cause": "身份或类别不符"}, 40_000, 0, (10_000, 30_000)),
        ({"confirmed": 0}, 90_000, 0, (60_000, 30_000)),
        # said per fund, and never set off between funds
        ({"confirmed": 70_000, "basic": 50_000, "assistance": 20_000}, 20_000, 0, (10_000, 10_000)),
        ({"confirmed": 90_000, "basic": 50_000, "assistance": 40_000}, 10_000, 10_000, (10_000, 0)),
        ({"confirmed": 95_000}, 0, 5_000, (0, 0)),
    ],
)
def test_each_fund_gives_what_it_paid_too_much(
    told: dict[str, Any], over: int, under: int, parts: tuple[int, int]
) -> None:
    row = differences(**told)
    assert (row["over_fen"], row["under_fen"]) == (over, under)
    assert (row["basic_over_fen"], row["assistance_over_fen"]) == parts


def test_what_could_not_be_found_out_is_no_difference() -> None:
    assert differences(confirmed=None)["over_fen"] is None


def test_what_was_paid_between_layers_is_a_line_nobody_can_book() -> None:
    """300 of assistance, 20 of it to make up for a shortfall: a decision can deduct 280."""
    row = pl.DataFrame([differences(confirmed=0)])
    made = list(lines(row, LAYERS))
    told = [(item["layer_name"], item["amount_fen"], item["decided"]) for item in made]
    assert told == [
        ("新农合补偿", 60_000, True),
        ("医疗救助", 28_000, True),
        ("医疗救助", 2_000, False),
    ]


@pytest.mark.parametrize(
    ("told", "asks"),
    [
        ({"confirmed": 70_000}, True),
        ({"confirmed": 0}, False),
        ({"confirmed": 70_000, "basic": 40_000, "assistance": 30_000}, False),
    ],
)
def test_a_fund_that_was_not_said_is_marked_to_be_checked(told: dict[str, Any], asks: bool) -> None:
    made = list(lines(pl.DataFrame([differences(**told)]), LAYERS))
    assert ("请核对" in made[0]["note_fund"]) == asks


# From paper to report


@pytest.fixture(scope="module")
def made() -> Run:
    return made_run(300)


@pytest.fixture(scope="module")
def home(made: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """run, out and a paper filled in by a real inspection."""
    home = tmp_path_factory.mktemp("returned")
    saved(made, home / "run")
    audited(home / "run", home / "out")
    slim(paper(home))
    fill(paper(home), home / "filled.xlsx", RealInspection())
    return home


def paper(home: Path) -> Path:
    return home / "out" / "检查工作底稿.xlsx"


def slim(file: Path) -> None:
    """Keep only the sheets that are read again: the others take their time."""
    book = openpyxl.load_workbook(file)
    for name in book.sheetnames:
        if name not in (SAMPLE_SHEET, HOUSEHOLD_SHEET, PLAN_SHEET):
            del book[name]
    book.save(file)


def test_a_full_cycle_ends_in_a_report(home: Path, tmp_path: Path) -> None:
    """Audit, fill, return: errors found, projected and limited; deductions per hospital; households tallied."""
    inspection = RealInspection()
    fill(paper(home), tmp_path / "filled.xlsx", inspection)
    report, target = reported(home / "run", tmp_path / "filled.xlsx", tmp_path / "report")
    rows = {row["number"]: row for row in report.rows.iter_rows(named=True)}
    fifth, vain, little, unclear = (rows[number] for number in inspection.at)
    assert abs(fifth["over_fen"] * 5 - fifth["amount"]) <= 5
    assert vain["over_fen"] == vain["amount"]
    assert (little["over_fen"], little["under_fen"]) == (0, 100)
    assert unclear["over_fen"] is None
    total = report.evaluation.total if report.evaluation else None
    assert total and (total.errors, total.looked) == (4, 20)
    assert total.over <= total.upper <= total.amount
    visited = report.households.filter(pl.col("township") == "合计").row(0, named=True)
    assert visited["insured"] == 3 * visited["households"] > 0
    assert {path.name for path in target.iterdir()} == {"联合检查报告.html", "联合检查报告.xlsx"}


def test_screen_page_and_workbook_have_one_figure(home: Path, tmp_path: Path) -> None:
    report, target = reported(home / "run", home / "filled.xlsx", tmp_path / "report")
    fen = report.over_fen
    assert fen > 0
    assert sum(line["amount_fen"] for line in report.lines) == fen
    assert report.hospitals["deduct_fen"].sum() == fen
    page = (target / "联合检查报告.html").read_text("utf-8")
    assert page.count(f"{fen / 100:,.2f}") >= 2
    book = openpyxl.load_workbook(target / "联合检查报告.xlsx", data_only=True)
    amounts = [row[5].value for row in book["扣款建议"].iter_rows() if row[3].value == "扣款"]
    assert round(sum(amounts), 2) == fen / 100
    for sheet in ("机构扣款", "全部核查"):
        cells = [cell.value for row in book[sheet].iter_rows() for cell in row]
        assert fen / 100 in cells, sheet


def test_suggested_deductions_can_be_handed_back_as_decisions(home: Path, tmp_path: Path) -> None:
    """With two names and a date the sheet is a 处理意见 that adds up to the deductions."""
    report, target = reported(home / "run", home / "filled.xlsx", tmp_path / "report")
    book = openpyxl.load_workbook(target / "联合检查报告.xlsx")
    for row in book["扣款建议"].iter_rows():
        if row[3].value == "扣款":
            row[8].value, row[9].value, row[10].value = "王会", "陈审", date(2011, 2, 1)
    book.save(tmp_path / "处理意见.xlsx")
    names = {name: layer for layer, name in LAYERS.items()}
    decisions = read_decisions(tmp_path / "处理意见.xlsx", names, [])
    booked = sum(line["amount_fen"] for line in report.lines if line["decided"])
    assert decisions["amount_fen"].sum() == booked > 0
    assert decisions["layer"].is_in([*LAYERS]).all()


def test_held_stays_are_no_deduction(home: Path, tmp_path: Path) -> None:
    """Looked at as leads, found to be nothing: told, and neither deducted nor counted as paid too much."""

    def in_vain(row: Row) -> None:
        all_true(row)
        if not row.drawn:
            wrong(row, "不属实", 0, "冒名顶替")

    fill(paper(home), tmp_path / "filled.xlsx", in_vain)
    report, target = reported(home / "run", tmp_path / "filled.xlsx", tmp_path / "report")
    held = report.rows.filter(pl.col("status") != "settled")
    assert held.height and report.unpaid.height == held.height
    assert held["over_fen"].null_count() == held.height
    leads = report.rows.filter(pl.col("reason") == "lead", pl.col("status") == "settled")
    assert report.over_fen == leads["amount"].sum()
    assert "待核、拒付住院的核查结果" in (target / "联合检查报告.html").read_text("utf-8")


def test_a_half_filled_paper_is_an_interim_result(home: Path, tmp_path: Path) -> None:
    def first_ten(row: Row) -> None:
        if row.number <= 10:
            all_true(row)

    fill(paper(home), tmp_path / "filled.xlsx", first_ten)
    report, target = reported(home / "run", tmp_path / "filled.xlsx", tmp_path / "report")
    assert report.evaluation is None and report.pending[0] == 11
    page = (target / "联合检查报告.html").read_text("utf-8")
    assert "（中期）" in page and "已核查 10 笔" in page and "可容忍的" not in page.split("附：")[0]


def test_two_teams_papers_are_one_result(home: Path, tmp_path: Path) -> None:
    """Each fills in its half, in a folder; the whole is evaluated."""
    (tmp_path / "收回").mkdir()
    for team, half in ((0, "甲组"), (1, "乙组")):
        fill(
            paper(home),
            tmp_path / "收回" / f"{half}.xlsx",
            lambda row, team=team: all_true(row) if row.number % 2 == team else None,  # type: ignore[misc]
        )
    report, _ = reported(home / "run", tmp_path / "收回", tmp_path / "report")
    assert report.pending == () and report.evaluation is not None


def test_papers_of_two_draws_are_not_laid_on_each_other(home: Path, tmp_path: Path) -> None:
    from onestop_cli.audit.plan import PlanChoices

    audited(home / "run", tmp_path / "other", PlanChoices(seeds=(3,), size=20))
    other = fill(tmp_path / "other" / "检查工作底稿.xlsx", tmp_path / "乙组.xlsx", all_true)
    with pytest.raises(CannotRun, match=r"乙组.xlsx：不是同一次抽样的底稿"):
        reported(home / "run", [home / "filled.xlsx", other], tmp_path / "report")


def reworked(home: Path, target: Path, change: Callable[[Worksheet], None]) -> Path:
    """The filled paper with its sample sheet changed by hand."""
    book = openpyxl.load_workbook(home / "filled.xlsx")
    change(book[SAMPLE_SHEET])
    book.save(target)
    return target


def merged_signatures(sheet: Worksheet) -> None:
    """Name and day are written once down three rows, and once across both columns."""
    rows = list(rows_of(sheet))
    for title in ("检查人（卫生）", "核查日期"):
        for row in rows[1:3]:
            row.put(title, None)
        first, last = (row.cells[title] for row in (rows[0], rows[2]))
        sheet.merge_cells(f"{first.coordinate}:{last.coordinate}")
    both = [rows[5].cells[title] for title in ("检查人（卫生）", "检查人（民政）")]
    both[0].value, both[1].value = "李卫、赵民", None
    sheet.merge_cells(f"{both[0].coordinate}:{both[1].coordinate}")


def moved_rows(sheet: Worksheet) -> None:
    """Sorted the other way round, numbered anew, two empty rows in between."""
    rows = list(rows_of(sheet))
    values = [[cell.value for cell in row.cells.values()] for row in rows]
    for number, (row, cells) in enumerate(zip(rows, values[::-1], strict=True), 1):
        for cell, value in zip(row.cells.values(), cells, strict=True):
            cell.value = value
        row.put("编号", number)
    sheet.insert_rows(rows[3].cells["编号"].row, 2)


def other_places(sheet: Worksheet) -> None:
    """The columns that say file and row are gone."""
    for row in rows_of(sheet):
        for title in ("文件", "工作表", "行"):
            row.put(title, None)


@pytest.mark.parametrize("change", [merged_signatures, moved_rows, other_places])
def test_a_paper_is_read_however_it_was_handled(
    home: Path, tmp_path: Path, change: Callable[[Worksheet], None]
) -> None:
    usual, _ = reported(home / "run", home / "filled.xlsx", tmp_path / "usual")
    changed = reworked(home, tmp_path / "changed.xlsx", change)
    report, _ = reported(home / "run", changed, tmp_path / "report")
    assert report.evaluation == usual.evaluation
    assert report.over_fen == usual.over_fen > 0


def test_a_draw_is_known_wherever_the_files_lie_now(made: Run, home: Path, tmp_path: Path) -> None:
    """Settled again from files in another folder, in another order: the same stays, the same report."""
    moved = made.stays.reverse().with_columns(
        source=pl.lit("新/").add(pl.col("source")),
        row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64),
    )
    places = moved.select("hospital", "stay_no", "source", "row")
    findings = made.findings.drop("source", "row").join(places, on=["hospital", "stay_no"])
    again = replace(made, stays=moved, findings=findings.select(made.findings.columns))
    saved(again, tmp_path / "run")
    usual, _ = reported(home / "run", home / "filled.xlsx", tmp_path / "usual")
    report, _ = reported(tmp_path / "run", home / "filled.xlsx", tmp_path / "report")
    assert report.evaluation == usual.evaluation
    assert report.rows["number"].to_list() == usual.rows["number"].to_list()
    assert report.rows["stay_no"].to_list() == usual.rows["stay_no"].to_list()


def test_all_problems_of_all_sheets_are_named_at_once(home: Path, tmp_path: Path) -> None:
    def careless(row: Row) -> None:
        all_true(row)
        if row.number == 2:
            row.put("核查结果", "还行")
        if row.number == 3:
            row.put("核查日期", "前天")

    def crowded(row: Row) -> None:
        if row.number == 1:
            row.put("家庭人口", "3人")
            row.put("参合人数", 9)

    fill(paper(home), tmp_path / "filled.xlsx", careless, crowded)
    with pytest.raises(CannotRun) as caught:
        reported(home / "run", tmp_path / "filled.xlsx", tmp_path / "report")
    told = [problem.what for problem in caught.value.problems]
    assert [text in what for text, what in zip(("还行", "前天", "参合人数多于"), told, strict=True)]
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize(
    ("title", "value", "told"),
    [
        ("家庭人口", "很多", "不是人数"),
        ("上年家庭收入（元）", "-5", "不是金额"),
        ("单据上的自付（元）", "几百", "不是金额"),
        ("满意度", "凑合", "不在可选项中"),
        ("页号", 999, "不在本次样本中"),
    ],
)
def test_what_is_wrong_with_a_household_is_named(
    home: Path, tmp_path: Path, title: str, value: object, told: str
) -> None:
    def first(row: Row) -> None:
        if row.number == 1:
            row.put("满意度", "满意")
            row.put(title, value)

    fill(paper(home), tmp_path / "filled.xlsx", all_true, first)
    with pytest.raises(CannotRun, match=told):
        reported(home / "run", tmp_path / "filled.xlsx", tmp_path / "report")


def test_paper_and_claim_that_differ_are_listed(home: Path, tmp_path: Path) -> None:
    """The farmer's slip says ten yuan more than the hospital claims; another says the same."""

    def first(row: Row) -> None:
        if row.number < 3:
            more = 10 if row.number == 1 else 0
            row.put("单据上的自付（元）", float(row.get("医院报的自付")) + more)

    fill(paper(home), tmp_path / "filled.xlsx", all_true, first)
    report, target = reported(home / "run", tmp_path / "filled.xlsx", tmp_path / "report")
    assert report.slips.select("patient", "more_fen").rows() == [(1, 1_000)]
    assert "单据与医院所报自付不同" in (target / "联合检查报告.html").read_text("utf-8")


def test_the_report_goes_into_the_audit_folder_when_that_is_there(home: Path) -> None:
    _, target = reported(home / "run", home / "filled.xlsx", home / "out")
    assert target == home / "out" / "联合检查报告"


def test_a_missing_row_is_named(home: Path, tmp_path: Path) -> None:
    def cut(sheet: Worksheet) -> None:
        drawn = next(row for row in rows_of(sheet) if row.drawn)
        sheet.delete_rows(drawn.cells["编号"].row)

    changed = reworked(home, tmp_path / "filled.xlsx", cut)
    with pytest.raises(CannotRun, match=r"缺少编号 \d+ 共 1 行"):
        reported(home / "run", changed, tmp_path / "report")


def test_a_missing_lead_row_is_named(home: Path, tmp_path: Path) -> None:
    def cut(sheet: Worksheet) -> None:
        lead = next(row for row in rows_of(sheet) if not row.drawn)
        sheet.delete_rows(lead.cells["编号"].row)

    changed = reworked(home, tmp_path / "filled.xlsx", cut)
    with pytest.raises(CannotRun, match="线索附加的行应有"):
        reported(home / "run", changed, tmp_path / "report")


@pytest.mark.parametrize("sheet", [SAMPLE_SHEET, HOUSEHOLD_SHEET, PLAN_SHEET])
def test_a_missing_sheet_is_named(home: Path, tmp_path: Path, sheet: str) -> None:
    book = openpyxl.load_workbook(home / "filled.xlsx")
    del book[sheet]
    book.save(tmp_path / "filled.xlsx")
    with pytest.raises(CannotRun, match=re.escape(sheet)):
        reported(home / "run", tmp_path / "filled.xlsx", tmp_path / "report")


def renamed(sheet: Worksheet, old: str, new: str) -> None:
    cells: Iterator[Any] = (cell for row in sheet.iter_rows() for cell in row)
    next(cell for cell in cells if cell.value == old).value = new


def test_a_missing_column_is_named(home: Path, tmp_path: Path) -> None:
    changed = reworked(home, tmp_path / "x.xlsx", lambda sheet: renamed(sheet, "核查结果", "结论"))
    with pytest.raises(CannotRun, match="缺少列：核查结果"):
        reported(home / "run", changed, tmp_path / "report")


def test_a_plan_that_was_cleared_is_named(home: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(home / "filled.xlsx")
    book[PLAN_SHEET].delete_rows(1, 99)
    book.save(tmp_path / "filled.xlsx")
    with pytest.raises(CannotRun, match="抽样计划被改动或清空"):
        reported(home / "run", tmp_path / "filled.xlsx", tmp_path / "report")


def test_something_else_than_a_paper_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_text("no workbook", "utf-8")
    with pytest.raises(CannotRun, match="不是检查工作底稿"):
        reported(home / "run", tmp_path / "x.xlsx", tmp_path / "report")


def test_a_changed_lead_row_is_named_with_everything_else(home: Path, tmp_path: Path) -> None:
    """Not as a row that is missing: it stands there, with another name."""

    def change(sheet: Worksheet) -> None:
        rows = list(rows_of(sheet))
        next(row for row in rows if not row.drawn).put("姓名", "别人")
        next(row for row in rows if row.drawn).put("应付金额", 1)

    changed = reworked(home, tmp_path / "filled.xlsx", change)
    with pytest.raises(CannotRun) as caught:
        reported(home / "run", changed, tmp_path / "report")
    told = sorted(problem.what.partition("的")[2] for problem in caught.value.problems)
    assert told == ["姓名与抽样时不同", "应付金额与抽样时不同"]
    assert all(problem.row for problem in caught.value.problems)


def test_a_formula_that_was_never_worked_out_is_no_blank(home: Path, tmp_path: Path) -> None:
    def formula(sheet: Worksheet) -> None:
        next(rows_of(sheet)).put("核实应付（元）", "=100*2")

    changed = reworked(home, tmp_path / "filled.xlsx", formula)
    with pytest.raises(CannotRun, match="核实应付“公式未计算”不是金额"):
        reported(home / "run", changed, tmp_path / "report")


def test_of_a_folder_every_workbook_is_taken_and_no_lock(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "收回"
    folder.mkdir()
    copyfile(home / "filled.xlsx", folder / "甲组.XLSM")
    (folder / "~$甲组.xlsx").write_text("lock")
    (folder / "合影.jpg").write_text("no paper")
    report, _ = reported(home / "run", folder, tmp_path / "report")
    assert report.evaluation is not None


def test_an_empty_folder_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "收回").mkdir()
    with pytest.raises(CannotRun, match="没有收回的底稿"):
        reported(home / "run", tmp_path / "收回", tmp_path / "report")


def test_what_a_stay_cost_beside_the_bill_is_tallied(home: Path, tmp_path: Path) -> None:
    """路费 40 and 误工 300 in one house, 路费 20.50 in another: means of those who answered, 户均 (340 + 20.50) / 2."""
    said = {1: {"本次路费（元）": 40, "本次误工（元）": 300}, 2: {"本次路费（元）": 20.5}}

    def household(row: Row) -> None:
        row.put("满意度", "满意")
        for title, value in said.get(row.number, {}).items():
            row.put(title, value)

    fill(paper(home), tmp_path / "filled.xlsx", all_true, household)
    report, _ = reported(home / "run", tmp_path / "filled.xlsx", tmp_path / "report")
    total = report.households.filter(pl.col("township") == "合计").row(0, named=True)
    kinds = ("travel", "board", "lost", "further", "indirect")
    assert [total[kind] for kind in kinds] == [3_025, None, 30_000, None, 18_025]


def test_a_paper_without_the_questions_about_indirect_costs_is_read(
    home: Path, tmp_path: Path
) -> None:
    """Papers that were printed before these questions."""
    fill(paper(home), tmp_path / "filled.xlsx", all_true, lambda row: row.put("满意度", "满意"))
    book = openpyxl.load_workbook(tmp_path / "filled.xlsx")
    sheet = book[HOUSEHOLD_SHEET]
    (head,) = [row for row in sheet.iter_rows() if any(cell.value == "页号" for cell in row)]
    for cell in reversed([c for c in head if str(c.value).startswith(("本次", "其他间接"))]):
        sheet.delete_cols(cell.column)
    book.save(tmp_path / "old.xlsx")
    report, _ = reported(home / "run", tmp_path / "old.xlsx", tmp_path / "report")
    assert report.households["households"].to_list()[-1] > 0
    assert report.households["indirect"].null_count() == len(report.households)


def test_a_copy_of_a_sheet_that_somebody_filled_is_refused(home: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(home / "filled.xlsx")
    copy = book.copy_worksheet(book[SAMPLE_SHEET])
    book.save(tmp_path / "原样.xlsx")
    copy.cell(copy.max_row, 2).value = "另填"
    book.save(tmp_path / "另填.xlsx")
    reported(home / "run", tmp_path / "原样.xlsx", tmp_path / "一")
    with pytest.raises(CannotRun, match=f"表头与工作表“{SAMPLE_SHEET}”相同，内容不同"):
        reported(home / "run", tmp_path / "另填.xlsx", tmp_path / "二")
