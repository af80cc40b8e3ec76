"""A county's own lists and forms: every sheet of a workbook is read, named or refused, and nothing counts twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from onestop_cli.county.workdays import Calendar
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.ledger.owed import OWED
from onestop_cli.ledger.payouts import Batch, PayoutLine
from onestop_cli.readers.account_list import read_accounts
from onestop_cli.readers.appraisal import read_appraisal
from onestop_cli.readers.archive_list import read_marks
from onestop_cli.readers.brought import read_brought
from onestop_cli.readers.decisions import read_decisions
from onestop_cli.readers.insured_list import read_insured
from onestop_cli.readers.owed_list import read_owed_list
from onestop_cli.readers.payout_list import read_returned
from onestop_cli.readers.registers import read_register_of_matters
from onestop_cli.tables.schema import empty
from tests.made.reader_files import person, xlsx_bytes

DAY = date(2010, 10, 20)
ONE, OTHER = person(1), person(2)
Row = tuple[object, ...]


@dataclass(frozen=True)
class List_:
    """A reader with the least it reads: titles, two rows, and how many rows it makes of a file."""

    titles: Sequence[str]
    rows: tuple[Row, Row]
    count: Callable[[Path, list[str]], int]


def brought(path: Path, notes: list[str]) -> int:
    return len(read_brought(path, {"新农合": "basic"}.get, ["新农合"], date(2010, 10, 1), notes))


def insured(path: Path, notes: list[str]) -> int:
    found = read_insured([path])
    notes += found.notes
    return len(found.rows)


def owed(path: Path, notes: list[str]) -> int:
    lines = [
        {"number": n, "layer": "basic", "layer_name": "新农合", "fen": n * 100, "name": name}
        for n, name in ((1, "甲"), (2, "乙"))
    ]
    known = pl.concat([empty(OWED), pl.DataFrame(lines)], how="diagonal_relaxed")
    return len(read_owed_list(path, known, DAY, notes).paid)


def returned(path: Path, notes: list[str]) -> int:
    lines = tuple(
        PayoutLine(n, name, "基金", ((n, "basic", n * 100),)) for n, name in ((1, "甲"), (2, "乙"))
    )
    return len(read_returned(path, Batch(1, "2010-10-01", lines), notes))


def marks(path: Path, notes: list[str]) -> int:
    files = pl.DataFrame({"file": ["卷1", "卷1"], "item": [1, 2], "name": ["甲", "乙"]})
    return len(read_marks(path, files, ["发票"], notes))


def matters(path: Path, notes: list[str]) -> int:
    return len(read_register_of_matters(path, 15, Calendar(), notes))


LISTS: Mapping[str, List_] = {
    "期初": List_(
        ("身份证号", "姓名", "年度", "补偿种类", "次数", "费用", "已补偿"),
        ((ONE, "甲", 2010, "新农合", 1, 500, 100), (OTHER, "乙", 2010, "新农合", 1, 600, 200)),
        brought,
    ),
    "参保激励名单": List_(
        ("身份证号", "姓名", "连续参保年数"), ((ONE, "甲", 5), (OTHER, "乙", 6)), insured,
    ),
    "应补名单": List_(
        ("编号", "姓名", "补偿种类", "金额", "签收", "支付日期"),
        ((1, "甲", "新农合", 1, "甲", DAY), (2, "乙", "新农合", 2, "乙", DAY)),
        owed,
    ),
    "发放名单": List_(
        ("序号", "姓名", "金额", "退回原因"),
        (("1-0001", "甲", 1, "户名不符"), ("1-0002", "乙", 2, "销户")),
        returned,
    ),
    "卷内目录": List_(
        ("案卷号", "卷内序号", "姓名", "发票"), (("卷1", 1, "甲", "有"), ("卷1", 2, "乙", "缺")), marks,
    ),
    "账户名册": List_(
        ("身份证号", "姓名", "账号"), ((ONE, "甲", "62284800001"), (OTHER, "乙", "62284800002")),
        lambda path, notes: len(read_accounts([path], notes)),
    ),
    "整改台账": List_(
        ("编号", "医疗机构", "问题", "整改期限", "复查结果", "核扣金额", "核扣部门"),
        ((1, "甲医院", "多收", DAY, "", 100, "合管办"), (2, "乙医院", "错类", DAY, "", 200, "合管办")),
        matters,
    ),
    "举报、异议登记簿": List_(
        ("类型", "收到日期", "反映内容", "答复日期"), (("举报", DAY, "甲", ""), ("来信", DAY, "乙", "")), matters,
    ),
    "民主测评汇总表": List_(
        ("测评内容", "参加人", "收回票数", "满意", "基本满意", "不满意", "弃权"),
        (("服务", "人大代表", 3, 1, 1, 1, 0), ("服务", "政协委员", 3, 3, 0, 0, 0)),
        lambda path, notes: len(read_appraisal(path, notes)),
    ),
}  # fmt: skip

NAMES = [*LISTS]


def count(folder: Path, name: str, sheets: Mapping[str, Sequence[Row]], hidden: str = "") -> int:
    """How many rows the reader makes of a workbook that has nothing more to say."""
    found, notes = look(folder, name, sheets, hidden)
    assert notes == []
    return found


def look(
    folder: Path, name: str, sheets: Mapping[str, Sequence[Row]], hidden: str = ""
) -> tuple[int, list[str]]:
    path = folder / f"{name}.xlsx"
    path.write_bytes(xlsx_bytes({s: [*rows] for s, rows in sheets.items()}, hidden=[hidden]))
    notes: list[str] = []
    return LISTS[name].count(path, notes), notes


def refused(folder: Path, name: str, sheets: Mapping[str, Sequence[Row]]) -> tuple[Problem, ...]:
    with pytest.raises(CannotRun) as stopped:
        look(folder, name, sheets)
    return stopped.value.problems


@pytest.mark.parametrize("name", NAMES)
class TestEveryList:
    def test_a_second_sheet_with_the_header_is_read_too(self, name: str, tmp_path: Path) -> None:
        titles, (one, other) = tuple(LISTS[name].titles), LISTS[name].rows
        sheets = {"城关": [titles, one], "河西": [("接上页",), titles, other]}
        assert count(tmp_path, name, sheets) == 2

    def test_a_header_that_comes_again_below_is_no_row(self, name: str, tmp_path: Path) -> None:
        titles, (one, other) = tuple(LISTS[name].titles), LISTS[name].rows
        turned = (*titles[1:], titles[0]), (*other[1:], other[0])
        assert count(tmp_path, name, {"一": [titles, one, titles, other]}) == 2
        assert count(tmp_path, name, {"一": [titles, one, *turned]}) == 2

    def test_a_row_on_two_sheets_does_not_count_twice(self, name: str, tmp_path: Path) -> None:
        titles, (one, other) = tuple(LISTS[name].titles), LISTS[name].rows
        sheets = {"一": [titles, one, other], "二": [titles, one]}
        if name == "账户名册":  # the same account, said twice
            assert count(tmp_path, name, sheets) == 2
            return
        assert {(p.sheet, p.row) for p in refused(tmp_path, name, sheets)} == {("二", 2)}

    def test_rows_below_no_header_are_refused(self, name: str, tmp_path: Path) -> None:
        titles, (one, other) = tuple(LISTS[name].titles), LISTS[name].rows
        (problem,) = refused(tmp_path, name, {"一": [titles, one], "Sheet2": [other]})
        assert "有 1 行像是" in problem.what and "上面没有它的表头" in problem.what
        assert (problem.sheet, problem.row) == ("Sheet2", 1)

    def test_a_header_that_is_nearly_right_is_refused(self, name: str, tmp_path: Path) -> None:
        titles, (one, other) = tuple(LISTS[name].titles), LISTS[name].rows
        needed = "医疗机构" if name == "整改台账" else titles[0]
        wrong = tuple("甲乙丙" if title == needed else title for title in titles)
        (problem,) = refused(tmp_path, name, {"一": [titles, one], "二": [wrong, other]})
        one_of_two = name == "参保激励名单"
        assert ("上面没有它的表头" if one_of_two else f"，表头缺 {needed}") in problem.what
        assert problem.sheet == "二"

    def test_empty_hidden_and_written_sheets_lose_nothing(self, name: str, tmp_path: Path) -> None:
        titles, (one, other) = tuple(LISTS[name].titles), LISTS[name].rows
        words = [("填写说明",), ("列", "怎么填"), ("姓名", "照身份证")]
        sheets = {"一": [titles, one, other], "Sheet2": [], "填写说明": words, "旧": [(1, 2, 3)]}
        assert count(tmp_path, name, sheets, hidden="旧") == 2


class TestWhatIsNamed:
    titles: Row = tuple(LISTS["期初"].titles)
    one, other = LISTS["期初"].rows

    def told(self, folder: Path, sheets: Mapping[str, Sequence[Row]], hidden: str = "") -> str:
        found, notes = look(folder, "期初", sheets, hidden)
        assert found == 2
        (note,) = notes
        return note

    def test_a_sheet_with_another_header(self, tmp_path: Path) -> None:
        summary: list[Row] = [("乡镇", "人数", "金额"), ("城关", 2, 300), ("合计", 2, 300)]
        sheets = {"期初": [self.titles, self.one, self.other], "汇总": summary}
        assert self.told(tmp_path, sheets) == "期初.xlsx（工作表“汇总”）的表头不是期初表的，没有读"

    def test_a_copy_of_a_sheet(self, tmp_path: Path) -> None:
        rows = [self.titles, self.one, self.other]
        note = self.told(tmp_path, {"期初": rows, "期初 (2)": rows})
        assert note == "期初.xlsx（工作表“期初 (2)”）与工作表“期初”内容完全相同，只读一次"

    def test_a_hidden_sheet_with_the_header(self, tmp_path: Path) -> None:
        sheets = {"期初": [self.titles, self.one, self.other], "旧": [self.titles, self.one]}
        assert self.told(tmp_path, sheets, "旧") == "期初.xlsx（工作表“旧”）是隐藏的，没有读"

    def test_a_column_of_amounts_that_is_none_of_the_form(self, tmp_path: Path) -> None:
        rows: list[Row] = [(*self.titles, "应缴金额"), (*self.one, 30.5), (*self.other, 31)]
        assert self.told(tmp_path, {"期初": rows}) == (
            "期初.xlsx（工作表“期初”）的“应缴金额”（H 列）2 行有金额，合计 61.50 元，没有读入"
        )

    def test_rows_that_are_hidden(self, tmp_path: Path) -> None:
        from openpyxl import load_workbook

        path = tmp_path / "期初.xlsx"
        path.write_bytes(xlsx_bytes({"期初": [self.titles, self.one, self.other]}))
        book = load_workbook(path)
        book["期初"].row_dimensions[3].hidden = True
        book.save(path)
        notes: list[str] = []
        assert brought(path, notes) == 2
        assert notes == ["期初.xlsx（工作表“期初”）：有 1 行是隐藏或被筛选掉的，照样读入"]


class TestWhatIsRefused:
    titles: Row = tuple(LISTS["期初"].titles)
    one, other = LISTS["期初"].rows

    def test_amounts_that_change_what_the_form_says(self, tmp_path: Path) -> None:
        rows: list[Row] = [(*self.titles, "大病已补偿"), (*self.one, 30.5), (*self.other, 31)]
        (problem,) = refused(tmp_path, "期初", {"期初": rows})
        assert problem.what == "“大病已补偿”（H 列）2 行有金额，合计 61.50 元，没有读入"
        assert "不用读的请删去这一列" in problem.remedy

    def test_two_tables_beside_each_other(self, tmp_path: Path) -> None:
        rows: list[Row] = [(*self.titles, *self.titles), (*self.one, *self.other)]
        problems = refused(tmp_path, "期初", {"期初": rows})
        assert problems[0].what == "“身份证号”有两列，A 列和 H 列都填了"

    def test_a_title_without_cells_below_may_stand_twice(self, tmp_path: Path) -> None:
        rows: list[Row] = [(*self.titles, *self.titles), self.one, self.other]
        assert count(tmp_path, "期初", {"期初": rows}) == 2

    def test_people_on_a_sheet_of_another_kind(self, tmp_path: Path) -> None:
        roster: list[Row] = [("户主", "证件", "类别"), ("丙", person(3), "五保户")]
        (problem,) = refused(tmp_path, "期初", {"期初": [self.titles, self.one], "二": roster})
        assert problem.what == "有 1 行像是期初表，上面没有它的表头"
        assert "请把这个工作表隐藏，或移到别的文件" in problem.remedy

    def test_every_sheet_is_said_at_once(self, tmp_path: Path) -> None:
        sheets = {"一": [self.titles, self.one], "二": [self.other], "三": [self.other]}
        assert [p.sheet for p in refused(tmp_path, "期初", sheets)] == ["二", "三"]


def test_a_row_that_only_begins_like_a_note_is_a_row(tmp_path: Path) -> None:
    titles = ("测评对象", *LISTS["民主测评汇总表"].titles)
    rows: list[Row] = [
        titles,
        ("审核股", *LISTS["民主测评汇总表"].rows[0]),
        ("制表：王某", "", "审核：李某"),
        ("合计", "", "", 3, 1, 1, 1, 0),
        ("注：每行收回票数等于各项之和",),
    ]
    assert count(tmp_path, "民主测评汇总表", {"测评汇总": rows}) == 1


def test_registers_and_ballots_may_stand_in_one_workbook(tmp_path: Path) -> None:
    sheets = {
        name: [tuple(LISTS[name].titles), *LISTS[name].rows]
        for name in ("整改台账", "举报、异议登记簿", "民主测评汇总表")
    }
    path = tmp_path / "登记.xlsx"
    path.write_bytes(xlsx_bytes({name: [*rows] for name, rows in sheets.items()}))
    notes: list[str] = []
    assert (matters(path, notes), len(read_appraisal(path, notes)), notes) == (4, 2, [])


class TestDecisions:
    titles = ("序号", "代码", "医疗机构", "住院号", "姓名", "待核金额", "处理决定", "理由", "依据",
              "经办人", "复核人", "日期")  # fmt: skip

    def line(self, number: int) -> Row:
        return (number, "AM01", "甲医院", f"ZY{number}", "甲", 1, "放行", "核实", "病历", "张", "李",
                "2011-01-08")  # fmt: skip

    def read(self, folder: Path, sheets: Mapping[str, Sequence[Row]]) -> tuple[int, list[str]]:
        path = folder / "处理意见.xlsx"
        path.write_bytes(xlsx_bytes({s: [*rows] for s, rows in sheets.items()}))
        notes: list[str] = []
        return len(read_decisions(path, {}, notes)), notes

    def test_the_sheets_of_our_own_list_are_known(self, tmp_path: Path) -> None:
        other = [("序号", "医疗机构", "住院号", "姓名"), (1, "甲医院", "ZY1", "甲")]
        sheets = {"按机构": other, "全部差错": [self.titles, self.line(1)], "未决清单": other}
        assert self.read(tmp_path, sheets) == (1, [])

    def test_a_second_sheet_with_decisions_is_refused(self, tmp_path: Path) -> None:
        empty_line = (*self.line(3)[:6], *[""] * 6)
        sheets = {"全部差错": [self.titles, self.line(1)], "二": [self.titles, empty_line]}
        assert self.read(tmp_path, sheets)[0] == 1
        sheets["二"] = [self.titles, self.line(2)]
        with pytest.raises(CannotRun) as stopped:
            self.read(tmp_path, sheets)
        (problem,) = stopped.value.problems
        assert problem.what == "有 1 条处理意见，和工作表“全部差错”第 2 行起的不在一张表上"
        assert (problem.sheet, problem.row) == ("二", 2)

    def test_decisions_below_no_header_are_refused(self, tmp_path: Path) -> None:
        sheets = {"全部差错": [self.titles, self.line(1)], "Sheet2": [self.line(2)]}
        with pytest.raises(CannotRun, match="有 1 行像是处理意见，上面没有它的表头"):
            self.read(tmp_path, sheets)
