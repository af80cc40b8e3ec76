"""First and last days of an entitlement and days of death: read, or between which days they lie."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onestop_cli.county.settings import Settings
from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.layout.days import Habit
from onestop_cli.readers.layout.terms import EVER, NEVER, Part, terms
from onestop_cli.readers.roster import read_rosters
from tests.made.reader_files import csv_bytes, person, written, xlsx_bytes

SEPTEMBER = (date(2010, 9, 1), date(2010, 9, 30))


def read(cell: Cell, part: Part = "to", *, typed: bool = True) -> tuple[date | None, ...]:
    """The day of a cell, else its earliest and latest reading."""
    found = terms([cell], part, Habit(), typed=typed)
    return found.on[0], found.earliest[0], found.latest[0]


MONTHS = [
    "201009",
    "2010-09",
    "2010年九月",
    "2010.9",
    "2010年9月",
    "2010/9",
    "2010年09月份",
    "二〇一〇年九月",
    201009.0,
    2010.9,
]


@pytest.mark.parametrize("cell", MONTHS, ids=str)
def test_a_month_alone_is_read(cell: Cell) -> None:
    """A start is its first day, an end its last."""
    assert read(cell, "from") == (SEPTEMBER[0], None, None)
    assert read(cell, "to") == (SEPTEMBER[1], None, None)


def test_a_month_of_death_leaves_the_day_in_doubt() -> None:
    assert read("2010年9月", "died") == (None, *SEPTEMBER)


@pytest.mark.parametrize("cell", ["", "无", "—", "长期", "永久", 0.0])
@pytest.mark.parametrize("part", ["from", "to"])
def test_no_limit_is_said_in_a_few_words(cell: Cell, part: Part) -> None:
    assert read(cell, part) == (None, None, None)


def test_an_end_may_be_open_in_more_words_than_a_start() -> None:
    assert read("至今", "to") == (None, None, None)
    assert read("至今", "from") == (None, EVER, NEVER)
    assert read("待定", "from") == (None, EVER, NEVER)


ABOUT = [
    "2010年9月底停发", "2010年9月初", "2010年9月左右", "约2010年9月", "2010.9月底", "2010年9月31日",
    "2010年9月（第三季度）",
]  # fmt: skip


@pytest.mark.parametrize("cell", ABOUT)
def test_words_beside_a_month_leave_a_quarter_before_and_after_it_in_doubt(cell: str) -> None:
    assert read(cell) == (None, date(2010, 6, 1), date(2010, 12, 31))


def test_words_beside_a_day_leave_a_month_in_doubt() -> None:
    assert read("2010年9月30日左右") == (None, date(2010, 8, 30), date(2010, 10, 31))


def test_a_year_alone_may_be_any_of_its_days() -> None:
    assert read("2010年") == (None, date(2010, 1, 1), date(2010, 12, 31))
    assert read("2010年底") == (None, date(2009, 10, 1), date(2011, 4, 2))


@pytest.mark.parametrize(
    "cell", ["1900-01-00", "1900-01-01", "1900/1/1", date(1899, 12, 31)], ids=str
)
def test_a_nought_written_as_a_day_ends_nothing_and_leaves_the_end_in_doubt(cell: Cell) -> None:
    """A spreadsheet shows 0 as the first day it knows; an end that cannot be read neither gives nor takes a right."""
    assert read(cell, "to") == read(cell, "died") == (None, EVER, NEVER)
    assert read("1950-01-01", "died") == (date(1950, 1, 1), None, None)


@pytest.mark.parametrize("cell", ["去年", "国庆前", "见文件", "9月底", "2009年或2010年"])
def test_what_tells_no_year_may_be_any_day(cell: str) -> None:
    assert read(cell) == (None, EVER, NEVER)


def test_a_number_that_lost_its_nought_may_be_january_or_october() -> None:
    assert read(2010.1, "from") == (None, date(2010, 1, 1), date(2010, 10, 1))
    assert read(2010.1, "to") == (None, date(2010, 1, 31), date(2010, 10, 31))
    assert read("2010.1", "from") == (date(2010, 1, 1), None, None)
    assert read("2010.10", "from") == (date(2010, 10, 1), None, None)


def test_a_text_file_does_not_tell_numbers_from_texts() -> None:
    assert read("2010.1", "from", typed=False) == (None, date(2010, 1, 1), date(2010, 10, 1))
    assert read("2010.10", "from", typed=False) == (date(2010, 10, 1), None, None)


def test_five_digits_may_be_a_month_or_a_day_number() -> None:
    assert read("20109", "from") == (None, date(1955, 1, 20), date(2010, 9, 1))


def test_a_day_that_may_be_read_two_ways_is_in_doubt() -> None:
    assert read("3/5/2010") == (None, date(2010, 3, 5), date(2010, 5, 3))
    assert read("25/3/2010") == (date(2010, 3, 25), None, None)


HEADER = ["姓名", "身份证号", "救助类别"]


def entry(tmp_path: Path, columns: dict[str, object], name: str = "a.xlsx") -> dict[str, Any]:
    rows = [[*HEADER, *columns], ["张三", person(1), "低保", *columns.values()]]
    data = xlsx_bytes(rows) if name.endswith("xlsx") else csv_bytes(rows)
    reading = read_rosters([written(tmp_path, {name: data})], Settings())
    assert not reading.problems
    return reading.rows.row(0, named=True)


def test_a_doubtful_day_is_never_no_limit(tmp_path: Path) -> None:
    row = entry(tmp_path, {"批准日期": "2010年12月批准", "停保日期": 2010.1, "死亡日期": "月初"})
    assert (row["from_on"], row["to_on"], row["died_on"]) == (None, None, None)
    assert row["from_earliest"] == date(2010, 8, 31)
    assert row["to_latest"] == date(2010, 10, 31)
    assert row["died_latest"] == NEVER
    assert "批准日期“2010年12月批准”（D2）不是看得懂的日期" in row["date_fault"]
    assert "死亡日期“月初”（F2）说不准是哪一天" in row["date_fault"]


def test_a_term_in_one_cell_may_be_in_doubt_at_one_end(tmp_path: Path) -> None:
    row = entry(tmp_path, {"有效期": "2009-01-01至2010年9月左右"})
    assert (row["from_on"], row["to_on"], row["to_latest"]) == (
        date(2009, 1, 1),
        None,
        date(2010, 12, 31),
    )


WORDS = [
    ({"停保原因": "死亡"}, "reason_raw", "死亡"),
    ({"身份变更情况": "取消"}, "status_raw", "取消"),
    ({"户籍状态": "注销"}, "status_raw", "户籍注销"),
    ({"户籍状态": "正常", "低保状态": "注销"}, "status_raw", "正常；注销"),
    ({"备注1": "病故", "备注2": "已核"}, "remark_raw", "病故；已核"),
    ({"人员现状说明": "已故"}, "remark_raw", "已故"),
    ({"是否死亡": "是"}, "dead_raw", "是"),
    ({"死亡原因": "肺癌"}, "dead_raw", "肺癌"),
    ({"是否健在": "否"}, "dead_raw", "不在世"),
    ({"生存状态": "0"}, "dead_raw", "不在世"),
    ({"是否健在": "是"}, "dead_raw", None),
    ({"是否在保": "否"}, "status_raw", "是否在保：否，已停保"),
    ({"有效标志": "0"}, "status_raw", "有效标志：0，已停保"),
    ({"是否停发": "是"}, "status_raw", "是否停发：是，已停保"),
    ({"是否停发": "否"}, "status_raw", None),
    ({"是否享受五保待遇": "否"}, "status_raw", None),
    ({"父亲情况": "已故"}, "remark_raw", None),
    ({"户主状况": "已故"}, "remark_raw", None),
]


@pytest.mark.parametrize(("columns", "field", "said"), WORDS, ids=str)
def test_every_column_of_words_about_the_person_is_kept(
    columns: dict[str, object], field: str, said: str | None, tmp_path: Path
) -> None:
    assert entry(tmp_path, columns)[field] == said


ENDS = [
    ("备注", "2010年9月停发", True), ("备注", "已取消低保", True), ("备注", "经核查不符合条件，取消", True),
    ("备注", "已脱贫退出", True), ("备注", "迁出", True), ("核查结果", "取消资格", True), ("增减情况", "减少", True),
    ("动态管理", "退出", True), ("备注", "2009年停发，2010年恢复", False), ("备注", "低保停发后转特困", False),
    ("备注", "注销原账号换新卡", False), ("备注", "停车场管理员", False), ("备注", "取消农业税", False),
    ("备注", "不能停", False), ("账户状态", "注销", False), ("备注", "减免学费", False),
    ("备注", "因低保" * 40 + "停发某", False),
]  # fmt: skip


@pytest.mark.parametrize(("title", "cell", "over"), ENDS)
def test_a_remark_that_says_that_the_right_is_over_leaves_its_end_in_doubt(
    title: str, cell: str, over: bool, tmp_path: Path
) -> None:
    row = entry(tmp_path, {title: cell})
    assert row["to_on"] is None
    assert (row["to_earliest"] is not None, row["date_fault"] is not None) == (over, over)


def test_a_day_of_its_own_comes_before_a_remark(tmp_path: Path) -> None:
    row = entry(tmp_path, {"停保日期": "2010-09-30", "备注": "9月停发"})
    assert (row["to_on"], row["date_fault"]) == (date(2010, 9, 30), None)


TITLES = [
    ("清退时间", "to_on"), ("核减日期", "to_on"), ("减员时间", "to_on"), ("迁出日期", "to_on"), ("停供时间", "to_on"),
    ("取消资格时间", "to_on"), ("不再享受日期", "to_on"), ("有效期止", "to_on"), ("动态退出时间", "to_on"),
    ("停发", "to_on"), ("新增时间", "from_on"), ("评定时间", "from_on"), ("列入时间", "from_on"),
    ("转入时间", "from_on"), ("起始月份", "from_on"), ("待遇开始", "from_on"), ("入保时间", "from_on"),
    ("过世时间", "died_on"), ("火化日期", "died_on"), ("户口注销日期", "died_on"), ("死亡登记日期", "died_on"),
    ("销户日期", "died_on"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "field"), TITLES)
def test_days_under_any_word_for_beginning_end_and_death_are_read(
    title: str, field: str, tmp_path: Path
) -> None:
    assert entry(tmp_path, {title: "2010-09-05"})[field] == date(2010, 9, 5)


def test_a_remark_may_hold_the_day_of_death(tmp_path: Path) -> None:
    title = "备注（卫健委死亡时间）"
    assert entry(tmp_path, {title: "2024-03-05"})["died_on"] == date(2024, 3, 5)
    row = entry(tmp_path / "b", {title: "已退出"})
    assert (row["died_earliest"], row["remark_raw"]) == (None, "已退出")


TODAY = [
    ({"识别时间": "2022-05-01", "风险是否已消除": "否", "风险消除时间": ""}, "2022-05-01", None, None),
    ({"识别时间": "202205", "风险是否已消除": "是", "风险消除时间": "2023-06"}, "2022-05-01", "2023-06-30",
     "风险已消除，终止"),
    ({"识别时间": "202205", "风险是否已消除": "已消除"}, "2022-05-01", None, "风险已消除，终止"),
    ({"纳入资助时间": "202401", "缴费时间": "202312", "身份取消时间": "202410"}, "2024-01-01", "2024-10-31", None),
    ({"开始时间": "2024-01-01 00:00:00", "结束时间": "2024-10-31 00:00:00"}, "2024-01-01", "2024-10-31", None),
    ({"begntime": "2024-01-01", "endtime": "2024-10-31"}, "2024-01-01", "2024-10-31", None),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "first", "last", "status"), TODAY, ids=str)
def test_rosters_of_today_are_read(
    columns: dict[str, object], first: str, last: str | None, status: str | None, tmp_path: Path
) -> None:
    row = entry(tmp_path, columns)
    days = [day and day.isoformat() for day in (row["from_on"], row["to_on"])]
    assert days == [first, last]
    assert row["status_raw"] == status
    assert row["date_fault"] is None


def test_an_identity_list_in_the_platforms_codes_is_read(tmp_path: Path) -> None:
    header = [
        "psn_no",
        "psn_name",
        "certno",
        "psn_idet_type",
        "psn_type_lv",
        "memo",
        "begntime",
        "endtime",
    ]
    row = ["63990000123", "张三", person(1), "低保对象", "1", "病故", "2024-01-01", "2024-12-31"]
    reading = read_rosters([written(tmp_path, {"a.csv": csv_bytes([header, row])})], Settings())
    assert not reading.problems
    found = reading.rows.row(0, named=True)
    assert (found["name"], found["category_raw"], found["remark_raw"]) == (
        "张三",
        "低保对象",
        "病故",
    )
    assert (found["to_on"], found["person_no"]) == (date(2024, 12, 31), "63990000123")


def test_in_what_capacity_somebody_is_insured_is_no_kind_of_aid(tmp_path: Path) -> None:
    rows = [
        ["姓名", "身份证号", "人员类别"],
        ["张三", person(1), "居民"],
        ["李四", person(2), "五保户"],
    ]
    reading = read_rosters([written(tmp_path, {"农村低保户.csv": csv_bytes(rows)})], Settings())
    assert reading.rows["category_raw"].to_list() == ["农村低保户", "五保户"]


def test_columns_of_days_that_nobody_reads_are_told(tmp_path: Path) -> None:
    rows = [
        [*HEADER, "变动日期", "审核日期", "身份证有效期", "发放时间", "参加工作时间"],
        [
            "张三",
            person(1),
            "低保",
            "2024-05-06",
            "2024-01-02",
            "2009-01-01",
            "2024-02-05",
            "1958-01-01",
        ],
    ]
    reading = read_rosters([written(tmp_path, {"a.csv": csv_bytes(rows)})], Settings())
    (note,) = reading.sheets[0].notes
    assert "“变动日期”一列像是日期" in note
    assert "变动日期" in reading.warnings[0]


@pytest.mark.parametrize(
    ("more", "told"), [((), True), (("起始日期",), False)], ids=["alone", "beside a beginning"]
)
def test_a_day_of_the_papers_may_be_the_beginning_where_there_is_no_other(
    more: tuple[str, ...], told: bool, tmp_path: Path
) -> None:
    rows = [
        [*HEADER, "建档时间", *more],
        ["张三", person(1), "低保", "2024-05-06", *("2024-06-01" for _ in more)],
    ]
    reading = read_rosters([written(tmp_path, {"a.csv": csv_bytes(rows)})], Settings())
    assert any("“建档时间”一列像是日期" in note for note in reading.sheets[0].notes) == told
