"""Titles, stacked headers, totals, footers, units, merges: what people put around and into their tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from onestop_cli.county.settings import FileLayout, Settings
from onestop_cli.readers.containers.grid import column_letter
from onestop_cli.readers.stays import read_stays
from tests.made.reader_files import (
    HEADER,
    HOSPITALS,
    QUARTER,
    csv_bytes,
    html_bytes,
    only,
    person,
    read,
    stay,
    table,
    written,
    xlsx_bytes,
)

WITHOUT_HOSPITAL = tuple(h for h in HEADER if h != "医疗机构")


def without_hospital(*rows: list[object]) -> list[object]:
    place = HEADER.index("医疗机构")
    return [WITHOUT_HOSPITAL, *([*row[:place], *row[place + 1 :]] for row in rows)]


def test_title_unit_signature_and_blank_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = [
        ["云谷卫生院2010年第4季度住院补偿明细表"],
        ["填报单位：云谷卫生院", "", "", "单位：元"],
        [],
        *table(stay(1), stay(2)),
        [],
        ["合  计", *[""] * 8, "2000", "1600", "1200", "0", "800"],
        ["制表人：张", "", "审核人：李", "", "单位负责人（盖章）："],
        ["注：本表一式三份"],
        ["第1页 共1页"],
    ]
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    account = reading.sheets[0]
    assert reading.rows["row"].to_list() == [5, 6]
    assert reading.totals.is_empty()
    assert reading.quarantine.is_empty()
    assert dict(account.left) == {"title": 2, "header": 1, "blank": 2, "total": 1, "footer": 3}
    assert account.rows_read == 11


def test_header_texts_may_carry_stars_units_and_line_breaks(tmp_path: Path) -> None:
    header = [
        {"姓名": "姓 名*", "总费用": "住院总费用\n（元）", "身份证号": "＊身份证号码（18位）"}.get(
            h, h
        )
        for h in HEADER
    ]
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(table(stay(), header=header))})
    assert only(reading)["total_fen"] == 100000


def test_two_header_rows_with_merged_groups(tmp_path: Path) -> None:
    rows = [
        ["云谷卫生院住院补偿明细表"],
        ["序号", "基本情况", "", "", "住院时间", "", "费用情况", "", "补偿金额", "", "个人自付"],
        [
            "",
            "姓名",
            "身份证号",
            "对象类别",
            "入院",
            "出院",
            "总费用",
            "可补偿费用",
            "新农合",
            "医疗救助",
            "",
        ],
        [1, "张三", person(1), "五保户", "2010-10-01", "2010-10-05", 1000, 800, 600, 300, 100],
    ]
    merges = {"Sheet1": ["A1:K1", "A2:A3", "B2:D2", "E2:F2", "G2:H2", "I2:J2", "K2:K3"]}
    for name, data in (
        ("a.xlsx", xlsx_bytes({"Sheet1": rows}, merges=merges)),
        ("b.csv", csv_bytes(rows)),
    ):
        row = only(read(tmp_path, {name: data}))
        assert (row["total_fen"], row["basic_claimed_fen"]) == (100000, 60000)
        assert (row["assistance_claimed_fen"], row["self_claimed_fen"]) == (30000, 10000)
        assert row["admitted_on"] == date(2010, 10, 1)


def test_groups_that_name_the_payer_over_a_bare_amount(tmp_path: Path) -> None:
    rows = [
        [
            "姓名",
            "身份证号",
            "入院日期",
            "出院日期",
            "总费用",
            "新农合",
            "",
            "医疗救助",
            "",
            "大病保险",
        ],
        ["", "", "", "", "", "比例", "金额", "比例", "金额", "补偿金额"],
        ["张三", person(1), "2010-10-01", "2010-10-05", 1000, "60%", 600, "75%", 300, 5],
    ]
    merges = {"云谷卫生院": ["F1:G1", "H1:I1"]}
    row = only(read(tmp_path, {"a.xlsx": xlsx_bytes({"云谷卫生院": rows}, merges=merges)}))
    assert (row["basic_claimed_fen"], row["assistance_claimed_fen"]) == (60000, 30000)
    assert row["critical_claimed_fen"] == 500


def test_four_header_rows_and_a_row_of_column_numbers(tmp_path: Path) -> None:
    rows = [
        ["住院病人", "", "", "", "费用", "", "", ""],
        ["病人情况", "", "日期", "", "发生", "支付", "", ""],
        ["身份", "", "入出院", "", "医药费", "基金", "民政", "病人"],
        [
            "姓名",
            "身份证号",
            "入院日期",
            "出院日期",
            "总费用",
            "新农合补偿",
            "医疗救助",
            "个人自付",
        ],
        ["甲", "乙", "丙", "丁", "1", "2", "3", "4=1-2-3"],
        ["张三", person(1), "2010-10-01", "2010-10-05", "1000", "600", "300", "100"],
    ]
    reading = read(tmp_path, {"云谷卫生院.csv": csv_bytes(rows)})
    assert only(reading)["self_claimed_fen"] == 10000
    assert reading.sheets[0].left["header"] + reading.sheets[0].left.get("title", 0) == 5


def test_a_header_repeated_on_every_page(tmp_path: Path) -> None:
    rows = [*table(stay(1), stay(2)), ["云谷卫生院明细表"], [*HEADER], stay(3), ["第2页"]]
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(rows)})
    assert reading.rows["row"].to_list() == [2, 3, 6]
    assert reading.quarantine.is_empty()


def test_a_second_header_in_another_order_is_refused(tmp_path: Path) -> None:
    other = list(reversed(HEADER))
    reading = read(
        tmp_path, {"a.csv": csv_bytes([*table(stay(1)), other, list(reversed(stay(2)))])}
    )
    assert "又出现一个表头" in reading.problems[0].what
    assert reading.problems[0].row == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"新农合补偿": "医疗救助", "医疗救助": "新农合补偿"},
        {"医疗救助": "大病保险"},
        {"入院日期": "出院日期", "出院日期": "入院日期"},
    ],
    ids=["changed places", "another field", "days"],
)  # fmt: skip
def test_a_second_header_that_is_nearly_the_first_is_refused(
    changed: dict[str, str], tmp_path: Path
) -> None:
    """What stands below it would be read under the titles of the first: basic as assistance."""
    again = [changed.get(title, title) for title in HEADER]
    reading = read(tmp_path, {"a.csv": csv_bytes([*table(stay(1)), again, stay(2)])})
    assert [problem.row for problem in reading.problems] == [3]
    assert "又出现一个表头" in reading.problems[0].what


def test_a_second_header_in_other_words_of_the_same_fields_is_a_repeated_one(
    tmp_path: Path,
) -> None:
    again = [{"新农合补偿": "新农合补助", "姓名": "患者姓名"}.get(title, title) for title in HEADER]
    reading = read(tmp_path, {"a.csv": csv_bytes([*table(stay(1)), again, stay(2)])})
    assert not reading.problems
    assert reading.rows["row"].to_list() == [2, 4]


def test_hidden_and_dictionary_sheets_are_passed_over_and_said_so(tmp_path: Path) -> None:
    sheets = {
        "type": [["类别", "代码"], ["五保", "1"], ["低保", "2"]],
        "导入注意事项": [["1、身份证号必须为文本格式"], ["2、日期格式 yyyy-mm-dd"]],
        "住院": table(stay(1)),
        "上季度": table(stay(2)),
        "Sheet4": [],
    }
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(sheets, hidden=["上季度"])})
    assert not reading.problems
    assert reading.rows.height == 1
    left = {account.sheet: account for account in reading.sheets}
    assert "隐藏" in left["上季度"].notes[0]
    assert left["上季度"].rows_read == 2
    assert left["type"].left == {"other": 3}


def test_several_data_sheets_are_all_read(tmp_path: Path) -> None:
    sheets = {
        "云谷卫生院": without_hospital(stay(1)),
        "上河中心卫生院": without_hospital(stay(2)),
    }
    reading = read(tmp_path, {"乡镇卫生院四季度.xlsx": xlsx_bytes(sheets)})
    assert reading.rows["hospital_raw"].to_list() == ["云谷卫生院", "上河中心卫生院"]


def test_only_a_hidden_sheet_is_a_problem(tmp_path: Path) -> None:
    data = xlsx_bytes({"说明": [["见下页"]], "明细": table(stay())}, hidden=["明细"])
    reading = read(tmp_path, {"a.xlsx": data})
    assert "隐藏" in reading.problems[0].what


def test_a_sheet_with_ids_but_no_header_is_not_passed_over(tmp_path: Path) -> None:
    data = xlsx_bytes({"第一页": table(stay(1)), "第二页": [stay(2), stay(3)]})
    reading = read(tmp_path, {"a.xlsx": data})
    assert "没有找到表头" in reading.problems[0].what
    assert reading.problems[0].sheet == "第二页"


def test_hospital_merged_down_the_column_speaks_for_all_its_rows(tmp_path: Path) -> None:
    rows = table(
        stay(1),
        stay(2, 医疗机构=""),
        stay(3, 医疗机构="省立医院"),
        stay(4, 医疗机构=""),
        stay(5, 医疗机构=""),
    )
    data = xlsx_bytes({"Sheet1": rows}, merges={"Sheet1": ["F2:F3", "F4:F5"]})
    reading = read(tmp_path, {"a.xlsx": data})
    assert reading.rows["hospital_raw"].to_list() == [
        "云谷卫生院",
        "云谷卫生院",
        "省立医院",
        "省立医院",
        None,
    ]


def test_an_amount_merged_down_the_column_counts_once(tmp_path: Path) -> None:
    rows = table(stay(1), stay(2, 总费用=""))
    data = xlsx_bytes({"Sheet1": rows}, merges={"Sheet1": ["J2:J3"]})
    reading = read(tmp_path, {"a.xlsx": data})
    assert reading.rows["total_fen"].to_list() == [100000, None]


def test_an_amount_that_two_people_share_in_a_merged_cell_leaves_both_waiting(
    tmp_path: Path,
) -> None:
    """264.00 over two rows: nobody can say what either patient was given."""
    rows = table(stay(1), stay(2, 医疗救助=""), stay(3))
    column = column_letter(HEADER.index("医疗救助"))
    data = xlsx_bytes({"Sheet1": rows}, merges={"Sheet1": [f"{column}2:{column}3"]})
    reading = read(tmp_path, {"a.xlsx": data})
    assert reading.rows["amount_fault"].to_list() == [
        "医疗救助与第 3 行合并为一格，分不清各是多少",
        "医疗救助与第 2 行合并为一格，分不清各是多少",
        None,
    ]


def test_an_amount_that_a_document_asks_for_is_shared_by_nobody_either(tmp_path: Path) -> None:
    header = [*HEADER, "特殊药品"]
    rows = [header, [*stay(1), "200"], [*stay(2), ""]]
    column = column_letter(len(HEADER))
    data = xlsx_bytes({"Sheet1": rows}, merges={"Sheet1": [f"{column}2:{column}3"]})
    paths = [written(tmp_path, {"a.xlsx": data}) / "a.xlsx"]
    asked = {"drugs": ["特殊药品"]}
    reading = read_stays(paths, Settings(), HOSPITALS, asked, money=["drugs"])
    assert reading.rows["amount_fault"].to_list() == [
        "特殊药品与第 3 行合并为一格，分不清各是多少",
        "特殊药品与第 2 行合并为一格，分不清各是多少",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["云谷卫生院", "", ""], ["云谷卫生院"] * 3),
        (["云谷卫生院", "", "", "省立医院", "", ""], ["云谷卫生院"] * 3 + ["省立医院"] * 3),
        (["云谷卫生院", "省立医院", ""], ["云谷卫生院", "省立医院", None]),
        (["", "云谷卫生院", "", "", "省立医院"], [None, "云谷卫生院", None, None, "省立医院"]),
    ],
)
def test_a_blank_hospital_means_same_as_above_only_where_it_can_mean_nothing_else(
    written: list[str], meant: list[str | None], tmp_path: Path
) -> None:
    rows = table(*(stay(number, 医疗机构=name) for number, name in enumerate(written, 1)))
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert reading.rows["hospital_raw"].to_list() == meant
    assert bool(reading.sheets[0].notes) == (None not in meant)


UNITS = [
    ("单位：万元", "0.1"),
    ("金额单位:人民币元", "1000"),
    ("单位：分", "100000"),
    ("（单位：千元）", "1"),
]


@pytest.mark.parametrize(("line", "amount"), UNITS)
def test_the_unit_line_counts(line: str, amount: str, tmp_path: Path) -> None:
    rows = [["住院明细表", "", line], *table(stay(1, 总费用=amount, 可补偿费用=amount))]
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert only(reading)["total_fen"] == 100000
    assert reading.sheets[0].unit in line


def test_a_header_with_its_own_unit_wins_over_the_unit_line(tmp_path: Path) -> None:
    header = [{"总费用": "总费用（元）", "医疗救助": "医疗救助(万元)"}.get(h, h) for h in HEADER]
    rows = [
        ["单位：万元"],
        *table(stay(1, 总费用="1000", 可补偿费用="0.08", 医疗救助="0.03"), header=header),
    ]
    row = only(read(tmp_path, {"a.csv": csv_bytes(rows)}))
    assert (row["total_fen"], row["eligible_fen"], row["assistance_claimed_fen"]) == (
        100000,
        80000,
        30000,
    )


def test_a_reporting_unit_is_not_a_money_unit(tmp_path: Path) -> None:
    rows = [["填报单位：分水镇卫生院"], *table(stay(1))]
    assert only(read(tmp_path, {"a.csv": csv_bytes(rows)}))["total_fen"] == 100000


@pytest.mark.parametrize("line", ["单位：分水镇卫生院", "单位名称：元坝卫生院", "部门：角山"])
def test_the_name_of_a_place_is_not_a_money_unit(line: str, tmp_path: Path) -> None:
    rows = [[line], *table(stay(1))]
    assert only(read(tmp_path, {"a.csv": csv_bytes(rows)}))["total_fen"] == 100000


def test_a_unit_line_may_share_its_cell_with_a_date(tmp_path: Path) -> None:
    rows = [
        ["填报单位：云谷卫生院   单 位：万元   填表日期：2011年1月5日"],
        *table(stay(1, 总费用="0.1")),
    ]
    assert only(read(tmp_path, {"a.csv": csv_bytes(rows)}))["total_fen"] == 100000


def test_titles_counts_and_dates_may_come_again_between_and_below(tmp_path: Path) -> None:
    title = ["云谷卫生院四季度住院病人"]
    rows = [
        title,
        *table(stay(1)),
        title,
        stay(2),
        ["共2人次"],
        ["填表日期2011-01-05"],
        ["2011年1月5日"],
    ]
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert reading.quarantine.is_empty()
    assert dict(reading.sheets[0].left) == {"title": 2, "header": 1, "footer": 3}


def test_contradicting_units_are_refused(tmp_path: Path) -> None:
    rows = [["单位：元"], *table(stay(1)), ["单位：万元"]]
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert "单位说法不一" in reading.problems[0].what


SAID = ["说明：以上金额以万元为单位", "注：单位为万元", "金额单位均为万元"]


@pytest.mark.parametrize("line", SAID)
def test_a_unit_said_under_the_table_only_is_refused(line: str, tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": csv_bytes([*table(stay(1)), [line]])})
    assert "单位说法不一" in reading.problems[0].what


def test_the_name_of_a_sheet_or_file_may_hold_the_unit(tmp_path: Path) -> None:
    rows = table(stay(1, 总费用="0.1"))
    book = {"明细（万元）": rows}
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(book), "云谷(单位：万元).csv": csv_bytes(rows)})
    assert reading.rows["total_fen"].to_list() == [100_000, 100_000]


TINY = [
    ({"总费用": "0.1", "新农合补偿": "0.0567"}, True), ({"总费用": "0.1"}, False),
    ({"总费用": "1000", "新农合补偿": "600.125"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "refused"), TINY)
def test_bills_that_can_only_be_ten_thousands_are_refused(
    cells: dict[str, object], refused: bool, tmp_path: Path
) -> None:
    reading = read(tmp_path, {"a.csv": csv_bytes(table(stay(1, **cells)))})
    assert bool(reading.problems) == refused
    if refused:
        assert "像是以万元为单位" in reading.problems[0].what
        assert 'unit = "万元"' in reading.problems[0].remedy
        told = Settings(layout=(FileLayout(file="a.csv", unit="元"),))
        assert not read(tmp_path, {"a.csv": csv_bytes(table(stay(1, **cells)))}, told).problems


LABELS = ["汇总", "计", "共2人", "∑", "Total", "小计1", "共计2人次"]


@pytest.mark.parametrize("label", LABELS)
def test_a_row_with_a_word_for_a_sum_and_nothing_else_is_a_total(
    label: str, tmp_path: Path
) -> None:
    rows = [*table(stay(1), stay(2)), [label, *[""] * 8, "2000", "1600", "1200", "0", "800"]]
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert dict(reading.sheets[0].left) == {"header": 1, "total": 1}
    assert reading.totals.is_empty()


def test_a_dash_for_the_eligible_cost_is_no_nought_where_the_insurance_paid(tmp_path: Path) -> None:
    rows = table(stay(1, 可补偿费用="-"), stay(2, 可补偿费用="—", 新农合补偿="0"))
    faults = read(tmp_path, {"a.csv": csv_bytes(rows)}).rows["amount_fault"]
    assert faults.to_list() == ["可补偿费用是一横，而有新农合补偿", None]


def sums(label: str, total: str) -> list[object]:
    return [label, *[""] * 8, total, "", "", "", ""]


TOTALS = [
    ([stay(1), stay(2), sums("小计", "2000"), stay(3), sums("小计", "1000"), sums("合计", "3000")], []),
    ([stay(1), sums("本页合计", "1000"), stay(2), sums("本页合计", "1000"), sums("累计", "2000"),
      sums("总计", "2000")], []),
    ([sums("合计", "2000"), stay(1), stay(2)], []),
    ([stay(1), sums("云谷卫生院小计", "1000"), stay(2), sums("总 计", "2000")], []),
    ([stay(1), stay(2), sums("", "2000")], []),
    ([stay(1), stay(2), sums("合计（大写）：贰仟元整", "")], []),
    ([stay(1), sums("本年累计", "99999")], []),
    ([stay(1), stay(2), sums("小计", "1999.99"), stay(3), sums("合计", "3000")], [(4, 199999, 200000)]),
    ([stay(1), stay(2, 总费用="-500"), sums("合计", "1500")], [(4, 150000, 50000)]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "wrong"), TOTALS)
def test_totals_are_checked_against_the_rows_they_total(
    rows: list[list[object]], wrong: list[tuple[int, int, int]], tmp_path: Path
) -> None:
    reading = read(tmp_path, {"a.csv": csv_bytes(table(*rows))})
    found = reading.totals.select("row", "stated_fen", "computed_fen").rows()
    assert found == wrong
    assert reading.quarantine.is_empty()
    assert reading.totals["column"].to_list() == ["总费用"] * len(wrong)


def test_amounts_alone_that_add_up_to_nothing_are_set_aside(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": csv_bytes(table(stay(1), stay(2), sums("", "1234")))})
    assert reading.quarantine["row"].to_list() == [4]
    assert "不等于前面各行的合计" in reading.quarantine["reason"][0]
    assert reading.totals.is_empty()


def test_a_row_that_is_nothing_known_is_set_aside_with_its_text_masked(tmp_path: Path) -> None:
    odd = ["", "", "", "", "", "见附件", "", "", "另见 " + person(7)]
    reading = read(tmp_path, {"a.csv": csv_bytes(table(stay(1), odd))})
    row = reading.quarantine.row(0, named=True)
    assert (row["source"], row["row"], row["kind"]) == ("a.csv", 3, "stay")
    assert person(7)[-4:] in row["text"]
    assert person(7)[:14] not in row["text"]


DISGUISES = ["639903 19490608 0142", "639903-19490608-0142", "639903．19490608．0142",
             "６３９９０３　１９４９０６０８　０１４２", "639903\n19490608\n0142", "6399031949060801 42"]  # fmt: skip


@pytest.mark.parametrize("number", DISGUISES)
def test_an_id_in_a_row_or_cell_nobody_understands_is_never_kept(
    tmp_path: Path, number: str
) -> None:
    """A loose remark below the list, and an ID where a day should stand."""
    remark = ["", "", "", "", "", f"另有一例 {number} 随后补报", "", "", "附后"]
    rows = table(stay(1), stay(2, 入院日期=number), stay(3), remark)
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    (kept,) = reading.quarantine["text"]
    assert kept == "另有一例 ****0142 随后补报 | 附后"
    (fault,) = reading.rows["date_fault"].drop_nulls()
    assert fault == "入院日期“****0142”（G3）不是看得懂的日期"


def test_prenumbered_empty_lines_are_blank(tmp_path: Path) -> None:
    rows = table(
        stay(1), [2], [3], ["", "", "", "", "", "", "", "", "", "0", "0.00", "0", "0", "0"]
    )
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(rows)})
    assert reading.sheets[0].left["blank"] == 3
    assert reading.quarantine.is_empty()


def test_a_stay_without_id_or_name_or_amounts_is_still_a_stay(tmp_path: Path) -> None:
    rows = table(
        stay(1, 身份证号=""),
        stay(2, 姓名="", 身份证号=""),
        stay(3, 身份证号="不详", 总费用="", 可补偿费用="", 新农合补偿="", 医疗救助="", 个人自付=""),
        stay(4, 入院日期="", 出院日期="", 结算日期=""),
    )
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert reading.rows["row"].to_list() == [2, 3, 4, 5]


def test_rows_above_the_header_with_ids_are_not_lost(tmp_path: Path) -> None:
    short = ["姓名", "身份证号", "总费用", "补偿"]
    rows = [short, ["张三", person(1), "10", "5"], *table(stay(2))]
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert reading.rows.height == 1
    assert reading.quarantine["row"].to_list() == [2]


def test_blank_columns_and_an_offset_table(tmp_path: Path) -> None:
    rows = [[], [], *(["", "", *row[:4], "", *row[4:]] for row in table(stay(1)))]
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(rows)})
    assert only(reading)["row"] == 4
    assert only(reading)["total_fen"] == 100000


def test_a_file_without_hospital_column_is_known_by_title_or_file_name(tmp_path: Path) -> None:
    body = without_hospital(stay(1))
    title = [["示例县人民医院2010年第四季度住院补偿明细表"], *body]
    reading = read(
        tmp_path,
        {"云谷卫生院（2010年10-12月）.csv": csv_bytes(body), "明细.csv": csv_bytes(title)},
    )
    assert sorted(reading.rows["hospital_raw"]) == ["云谷卫生院", "示例县人民医院"]


@pytest.mark.parametrize("name", ["明细.csv", "云谷中心卫生院2010Q4.csv"])
def test_a_hospital_is_never_guessed(name: str, tmp_path: Path) -> None:
    reading = read(tmp_path, {name: csv_bytes(without_hospital(stay(1)))})
    assert "没有医疗机构列" in reading.problems[0].what
    assert ("云谷卫生院" in reading.problems[0].remedy) == ("云谷" in name)


def test_codes_of_hospitals_stand_for_their_names(tmp_path: Path) -> None:
    head, *rows = without_hospital(stay(1))
    coded = [[*head, "医药机构编码"], *([*row, "H63990100001"] for row in rows)]
    assert only(read(tmp_path, {"明细.csv": csv_bytes(coded)}))["hospital_raw"] == "H63990100001"


def test_title_and_file_name_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    rows = [["省立医院住院明细表"], *without_hospital(stay(1))]
    reading = read(tmp_path, {"云谷卫生院.csv": csv_bytes(rows)})
    assert "说法不一" in reading.problems[0].what


def test_missing_columns_are_named_with_what_was_found_and_how_to_map(tmp_path: Path) -> None:
    header = [{"总费用": "花了多少", "出院日期": "走的那天"}.get(h, h) for h in HEADER]
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes({"住院": table(stay(), header=header)})})
    problem = reading.problems[0]
    assert problem.place == "a.xlsx · 工作表“住院” · 第 1 行"
    assert "出院日期、总费用" in problem.what
    assert "花了多少" in problem.what
    assert "[[layout]]" in problem.remedy


def test_a_layout_maps_what_the_aliases_do_not_know(tmp_path: Path) -> None:
    header = [{"总费用": "花了多少", "医疗机构": "备注"}.get(h, h) for h in HEADER]
    layout = FileLayout(
        file="a*.csv",
        columns={"总费用": "花了多少"},
        hospital="省立医院",
        unit="角",
        level="省级",
    )
    settings = Settings(layout=(layout,))
    reading = read(tmp_path, {"ab.csv": csv_bytes(table(stay(), header=header))}, settings)
    row = only(reading)
    assert (row["total_fen"], row["hospital_raw"], row["level_raw"]) == (10000, "省立医院", "省级")


def test_a_layout_may_pass_a_sheet_over_and_point_at_the_header(tmp_path: Path) -> None:
    odd = [["张三", person(9)], ["李四", person(8)]]
    decoy = [[*HEADER], ["样例", "ZY", "样例", "", "", "", "", "", "", "样例"], [], *table(stay(1))]
    settings = Settings(
        layout=(
            FileLayout(file="a.xlsx", sheet="名单", skip=True),
            FileLayout(file="a.xlsx", sheet="住院", header_row=4),
        )
    )
    data = xlsx_bytes({"名单": odd, "住院": decoy})
    reading = read(tmp_path, {"a.xlsx": data}, settings)
    assert only(reading)["row"] == 5


def test_a_layout_with_a_header_that_is_not_there_is_refused(tmp_path: Path) -> None:
    settings = Settings(layout=(FileLayout(file="*.csv", columns={"总费用": "没有这列"}),))
    reading = read(tmp_path, {"a.csv": csv_bytes(table(stay()))}, settings)
    assert "没有这列" in reading.problems[0].what


def test_two_equally_good_columns_are_refused_unless_they_say_the_same(tmp_path: Path) -> None:
    header = [*HEADER, "住院总费用"]
    same = read(tmp_path, {"a.csv": csv_bytes(table([*stay(), "1000.00"], header=header))})
    assert only(same)["total_fen"] == 100000
    other = read(tmp_path, {"a.csv": csv_bytes(table([*stay(), "999.00"], header=header))})
    assert "总费用有 2 列都像" in other.problems[0].what
    assert "J 列" in other.problems[0].what
    assert "O 列" in other.problems[0].what


def test_a_sure_column_wins_over_a_likely_one(tmp_path: Path) -> None:
    """The likely one is not read in silence instead (FI03)."""
    header = [*HEADER, "补偿金额", "救助金"]
    data = {"a.csv": csv_bytes(table([*stay(), "1", "2"], header=header))}
    assert len(read(tmp_path, data).problems) == 2
    settings = Settings(layout=(FileLayout(file="a.csv", ignore=("补偿金额", "救助金")),))
    row = only(read(tmp_path, data, settings))
    assert (row["basic_claimed_fen"], row["assistance_claimed_fen"]) == (60000, 0)


FORMS = [
    "住院号|姓名|性别|年龄|身份证号|医疗救助类型|医疗救助证书编号|救助对象属地|优抚证书类型|优抚证书编号|入住医院|病种|住院总费用(元)|纳入保险报销费用(元)|"
    "保险支付金额(元)|优抚医院减免(元)|优抚补助基数(元)|优抚补助金额(元)|救助基数(元)|救助金额(元)|其他救助金额(元)|入院日期|出院日期|救助日期|自付费用(元)",
    "姓名|性别|身份证号|病种|保险险种|救助对象类别|证件编号(低保或五保)|优抚对象类别|证件编号(优抚)|入住医院|入院日期|出院日期|结算日期|住院总费用|保内费用|"
    "保险机构支付费用|商业保险金额|医院减免金额|医疗救助费用|个人支付费用",
    "个人编码|患者姓名|患者性别|家庭住址|出生日期|患者身份证号|区划名称|就医机构代码|就医机构名称|就诊类型|冲红类别|结算标识|基金年份|补偿日期|入院日期|出院日期|"
    "疾病名称|住院总费用|住院可报总费用|实际补偿金额|家庭账户冲抵金额|大额二次补偿金额|第三方补充医疗保险补偿金额|第三方大额救助补偿金额|特殊重大疾病补偿金额",
    "救助方式(住院/门诊)|家庭编号|就诊医院|户主姓名|患者姓名|身份证号码|人员类别|确诊患病名称|入院时间|出院时间|总费用|统筹支付|目录外费用|大病保险|医疗救助金|"
    "个人承担|结算时间",
    "项目代码|医保分类|清算期|费款所属期|结算id|认定地|镇街|参保地|参保类别|身份证号|姓名|救助身份|就诊地|就诊医疗机构名称|医保就诊类别|医疗救助类别|病种编码|"
    "病种名称|入院日期|出院日期|结算日期|费用总额|符合医保报销金额|基本医疗保险报销金额|大病报销金额|大额报销金额|进入医疗救助金额|医疗救助|倾斜救助|"
    "扶贫济困金额（元）|渝快保支出金额（元）|个人账户支付金额（元）|个人现金支付金额（元）",
    "结算ID|就诊ID|个人编号|人员姓名|证件号码|人员类别|定点医药机构编号|定点医药机构名称|医院等级|医药机构地点类别|开始日期|结束日期|结算日期|就诊凭证类型|"
    "总费用|全自费金额|超限价自费费用|先行自付金额|范围内费用|起付线|统筹基金支出|大额医疗支出金额|大病保险支出|医疗救助支出|公务员医疗补助|其他基金支付|"
    "基金支付总额|个人现金支付|个人账户支付|账户共济支付金额|病种名称|医疗类别|统筹基金支付比例|中心报销|经办人员|乡镇|村|备注",
    "清算期|姓名|身份证号|镇街|备注|开户行|姓名|账号录入|对象类别|医疗类别|认定地|医药机构名称|医药机构编码|市（内）外|已报销医疗救助|入院时间|出院时间|"
    "结算时间|医疗总费用|医保政策范围费用|统筹报销金额|大额报销|大病报销|已使用门诊|已使用普通住院|已使用重特大疾病|已使用大额费用住院救助|进入医疗救助金额",
]
"""Exports of counties and platforms, as they head their columns."""


@pytest.mark.parametrize("form", FORMS)
def test_known_exports_are_read_without_help(form: str, tmp_path: Path) -> None:
    header = form.split("|")
    known = dict(zip(HEADER, stay(1), strict=True))
    values = {
        "姓名": "张三", "患者姓名": "张三", "人员姓名": "张三",
        "入住医院": "省立医院", "就医机构名称": "省立医院", "就诊医院": "省立医院",
        "就诊医疗机构名称": "省立医院", "住院总费用(元)": "1000", "住院总费用": "1000", "总费用": "1000",
        "费用总额": "1000", "医疗总费用": "1000", "定点医药机构名称": "省立医院", "医药机构名称": "省立医院",
        "证件号码": person(1), "已使用普通住院": "500", "进入医疗救助金额": "300", "全自费金额": "0",
    }  # fmt: skip
    row = [
        values.get(head)
        or (
            person(1)
            if "身份证" in head
            else "2010-10-09"
            if "日期" in head or "时间" in head
            else ""
        )
        for head in header
    ]
    assert known
    found = only(read(tmp_path, {"a.csv": csv_bytes([header, row])}))
    assert (found["name"], found["hospital_raw"], found["total_fen"]) == (
        "张三",
        "省立医院",
        100000,
    )


def test_amounts_of_one_payer_in_several_columns_are_added(tmp_path: Path) -> None:
    header = [*HEADER, "残联救助", "扶贫济困金额"]
    row = only(read(tmp_path, {"a.csv": csv_bytes(table([*stay(), "1.50", "2"], header=header))}))
    assert row["other_claimed_fen"] == 350


def test_what_a_rule_asks_for_is_handed_on(tmp_path: Path) -> None:
    from onestop_cli.readers.stays import read_stays
    from tests.made.reader_files import HOSPITALS, written

    header = [*HEADER, "贫困标识"]
    written(tmp_path, {"a.csv": csv_bytes(table([*stay(), " 是 "], header=header))})
    extra = {"needy": ("贫困标识", "是否贫困"), "other": ("没有的列",)}
    rows = read_stays([tmp_path], Settings(), HOSPITALS, extra).rows
    assert rows["x_needy"].to_list() == ["是"]
    assert rows["x_other"].dtype == pl.String


def test_every_row_of_every_file_is_accounted_for(tmp_path: Path) -> None:
    rows = [["标题"], *QUARTER, sums("合计", "1"), ["奇怪的一行"], []]
    reading = read(tmp_path, {"a.csv": csv_bytes(rows), "b.xls": html_bytes(rows)})
    for account in reading.sheets:
        assert account.rows_read == account.taken + account.quarantined + sum(account.left.values())
    assert sum(account.taken for account in reading.sheets) == reading.rows.height


def test_a_header_without_rows_is_a_problem(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes([HEADER])})
    assert "没有一行" in reading.problems[0].what


def test_a_file_of_another_kind_is_a_problem(tmp_path: Path) -> None:
    reading = read(tmp_path, {"通知.txt": "各医院请于本月五日前报送".encode()})
    assert "没有找到住院明细的表头" in reading.problems[0].what
