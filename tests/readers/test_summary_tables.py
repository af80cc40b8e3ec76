"""Summary tables as sheets: the tables of published reports, read and held to themselves."""

from __future__ import annotations

import pytest

from onestop_cli.audit.aggregates import check
from onestop_cli.audit.aggregates.copied import copied
from onestop_cli.audit.aggregates.model import PrintedTable
from onestop_cli.readers.containers.grid import Cell, Grid
from onestop_cli.readers.summary_tables import tables_in


def grid(*lines: str | list[Cell], source: str = "表.csv") -> Grid:
    """A sheet out of lines of comma-separated texts, or of cells as they are."""
    rows = [line.split(",") if isinstance(line, str) else line for line in lines]
    width = max(map(len, rows))
    return Grid(source, None, [[*row, *[""] * (width - len(row))] for row in rows])


def only(*lines: str | list[Cell]) -> PrintedTable:
    (table,) = tables_in(grid(*lines))
    return table


def found(table: PrintedTable) -> list[tuple[int, str, str, str]]:
    """Row, title, kind and difference of every slip."""
    return [(s.place, s.title, s.kind, str(s.difference)) for s in check(table)]


HUALI = (
    "花梨乡2010年医药费及补偿情况表（截止11月11日）",
    "级别,就诊人次,医药费,补偿金额",
    "全乡累计,75431,4858944.84,2205259.09",
    "门诊合计,74424,2058103.84,997060.22",
    "　其中：村卫生室,50373,704854.7,425355.37",
    "　　　　乡镇卫生院,37576,579774.65,290334.93",
    "　　　　县级医疗机构,3584,551952.67,194969.24",
    "　　　　县以上医疗机构,717,339367.24,86400.68",
    "住院合计,1007,2800840.99,1200081.3",
    "　其中：乡镇卫生院,253,315636.47,185696.91",
    "　　　　县级医疗机构,570,1338670.95,558955.16",
    "　　　　县以上医疗机构,179,1134523.9,330058.31",
    "　　　　大病二次补偿,,,121082.8",
    "特殊病,9,19783.70,8117.57",
)


def test_huali_2010_with_totals_above_their_parts() -> None:
    """门诊: 17,826 visits and 117,845.42 yuan too much by level; 住院: one row of 5 stays lost; 特殊病 stands in the
    compensation of the whole, not in its visits and cost."""
    assert found(only(*HUALI)) == [
        (3, "就诊人次", "left_out", "-9"),
        (3, "医药费", "left_out", "-19783.69"),
        (4, "就诊人次", "sum", "-17826"),
        (4, "医药费", "sum", "-117845.42"),
        (9, "就诊人次", "missing_row", "5"),
        (9, "医药费", "missing_row", "12009.67"),
        (9, "补偿金额", "missing_row", "4288.12"),
    ]


def test_huali_2010_tells_what_the_lost_row_was_like() -> None:
    lost = next(slip for slip in check(only(*HUALI)) if slip.kind == "missing_row")
    assert lost.sentence == (
        "印作 1,007，应为 1,002，相差 5；"
        "各列同时多出，像是漏列了一行（就诊人次 5、医药费 12,009.67、补偿金额 4,288.12、"
        "次均 2,401.93、补偿比 35.7%）"
    )


DAFANG = (
    "大方县新农合运行情况,,,,,,,单位：万元",
    "年度,参合人数,参合率,筹集资金,补偿资金,受益人次（万人次）,门诊人次（万人次）,住院人次（万人次）,门诊补偿,住院补偿,使用率",
    "2006年,611919,72.7%,2753.6,697.8,9.3279,,,,,34%",
    "2007年,702773,87%,3513.9,2908,40,,,,,86%",
    "2008年,764091,93.13%,6876.82,4289.29,31,,,,,71%",
    "2009年,714787,95.24%,1429.574,5616,63.19,54.5,8.69,1308.8,4359.2,85.95%",
    "2010年,756423,96.75%,,3126.22,36.489,33.6328,2.857,539.34,2586.88,32.11%",
)


def test_dafang_rates_and_the_sum_of_2009() -> None:
    """34, 86 and 71 % beside 25.3, 82.8 and 62.4 %; 1,308.8 + 4,359.2 = 5,668.0, printed 5,616; funds of 2009 are only
    what people paid themselves; 36.489 is cut, not rounded."""
    table = only(*DAFANG)
    rates = {s.place: str(s.expected) for s in check(table) if s.kind == "quotient"}
    assert rates == {3: "25.34", 4: "82.76", 5: "62.37", 6: "392.84"}
    others = [item for item in found(table) if item[2] != "quotient"]
    assert others == [
        (6, "补偿资金", "sum", "-5.20E+5"),
        (7, "受益人次（万人次）", "truncated", "-8"),
    ]


def test_dafang_urban_2010_has_a_slip_of_a_digit() -> None:
    table = only(
        "项目,人次,补偿金额（万元）", "特殊病门诊,2,0.338", "住院,513,88.2529", "合计,515,88.509"
    )
    assert found(table) == [(4, "补偿金额（万元）", "sum", "-819")]


ZHENGAN = (
    "正安县2011年新农合运行情况",
    "项目,数值",
    "应参合人数,540274",
    "实际参合人数,526986",
    "参合率(%),97.54",
    "应收入（万元）,12120.678",
    "到位资金（万元）,12497.218",
    "基金到位率(%),100",
    "补偿人次,2231275",
    "补偿金额（万元）,8649.87",
    "参合人人均受益（元）,164.13",
)


def test_zhengan_2011_whose_items_stand_downwards() -> None:
    """12,497.218 of 12,120.678 is 103.1 %, not 100 %; 164.1385 is printed as 164.13."""
    assert found(only(*ZHENGAN)) == [
        (8, "基金到位率(%)", "quotient", "-3.11"),
        (11, "参合人人均受益（元）", "truncated", "-0.01"),
    ]


def test_zhengan_2011_sums_are_right() -> None:
    funds = only(
        "来源,到位资金（万元）",
        "市级,458.48",
        "中央,6911",
        "省级,3004",
        "县级,542.78",
        "自筹,1580.958",
        "合计,12497.218",
    )
    paid = only(
        "类别,人次,补偿金额（万元）",
        "住院,436163,5325.60",
        "慢性病,795,59.81",
        "家庭账户,296710,1082.45",
        "门诊统筹,1495713,1716.03",
        "分娩,1389,102.98",
        "大病二次,505,363",
        "合计,2231275,8649.87",
    )
    assert found(funds) == found(paid) == []


def test_payers_above_the_bill_of_2021() -> None:
    table = only(
        "医疗救助情况,单位：万元",
        "类别,人次,医疗总费用,基本医保报销,大病保险报销,医疗救助报销,兜底保障报销",
        "住院,6637,683.80,443.77,74.70,51.08,314.6",
    )
    ((place, title, kind, _),) = found(table)
    assert (place, title, kind) == (3, "医疗总费用", "payers")
    assert "各层支付合计 884.15 万，超过总费用 683.80 万" in check(table)[0].sentence


def test_tongbai_reports_of_two_years_share_their_figures() -> None:
    reports = [
        next(
            tables_in(
                grid(f"{period}医疗救助,单位：万元", "对象,人次,救助金额", *rows, source=name)
            )
        )
        for name, period, rows in (
            ("2012.csv", "2012年1-5月", ("农村五保低保,1786,150.7", "城市低保优抚,394,60")),
            ("2014.csv", "2014年1-9月", ("农村五保低保,1786,150.7", "城市低保优抚,394,61")),
        )
    ]
    assert [(name, slip.place) for name, slip in copied(reports)] == [("2014.csv", 3)]


def test_huangzhong_is_made_from_percentages() -> None:
    table = only(
        "时间,人次,住院总费用,新农合补偿,医疗救助",
        "2009年10月至2010年12月,3442,2025882,1093976,729318",
    )
    assert [slip.kind for slip in check(table)] == ["percent", "percent"]


def test_titles_in_two_rows_make_groups() -> None:
    table = only(
        "乡镇,合计,,门诊,,住院,", ",人次,补偿,人次,补偿,人次,补偿", "甲乡,3,30.00,1,10.00,2,21.00"
    )
    assert [column.title for column in table.columns][:3] == ["合计·人次", "合计·补偿", "门诊·人次"]
    assert found(table) == [(3, "合计·补偿", "sum", "-1.00")]


def test_amounts_below_the_name_of_a_payer_are_that_payers() -> None:
    table = only("机构,医疗救助,,新农合,", ",人次,金额,人次,金额", "甲院,3,30,1,10")
    assert [column.part for column in table.columns] == ["cases", "assistance", "cases", "basic"]


def test_tables_below_each_other_are_tables_of_their_own() -> None:
    made = list(
        tables_in(
            grid("表一", "机构,人次,总费用", "甲,1,2", "合计,1,2", "机构,人次,补偿", "甲,1,1")
        )
    )
    assert [[column.title for column in table.columns] for table in made] == [
        ["人次", "总费用"],
        ["人次", "补偿"],
    ]


def test_a_head_printed_again_on_the_next_page_goes_on_with_the_table() -> None:
    table = only("机构,人次,总费用", "甲院,1,2", "机构,人次,总费用", "乙院,1,2", "合计,2,4")
    assert [row.label for row in table.rows] == ["甲院", "乙院", "合计"]
    assert found(table) == []


def test_a_subtotal_below_a_merged_group_is_the_groups() -> None:
    table = only(
        "类型,级别,人次,总费用",
        "门诊,村,1,10",
        ",乡,2,20",
        ",小计,4,30",
        "住院,县,1,10",
        ",小计,1,10",
        "合计,,5,40",
    )
    assert found(table) == [(4, "人次", "sum", "1")]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,234", "1234"),
        ("￥12.5元", "12.5"),
        ("５０", "50"),
        ("1.5万元", "1.5E+4"),
        (0.1 + 0.2, "0.300000"),
    ],
)
def test_numbers_as_people_and_spreadsheets_write_them(cell: Cell, number: str) -> None:
    table = only("机构,人次,总费用", ["甲", "1", cell])
    assert str(table.rows[0].values[1]) == number


@pytest.mark.parametrize("cell", ["约14027", "1，000，00", "12①", "(123)"])
def test_what_is_no_number_is_named_and_never_read(cell: str) -> None:
    table = only("机构,人次,总费用", ["甲", "1", cell])
    assert table.rows[0].values[1] is None
    assert [(item.place, item.title, item.text) for item in table.unread] == [(2, "总费用", cell)]


@pytest.mark.parametrize("cell", ["", "-", "—", "/", "无"])
def test_blanks_are_blank(cell: str) -> None:
    assert only("机构,人次,总费用", ["甲", "1", cell]).unread == ()


def test_percentages_that_a_spreadsheet_keeps_as_fractions() -> None:
    table = only(
        "年度,筹集资金,补偿资金,使用率", ["2006年", 2753.6, 697.8, 0.2534], ["2007年", 10, 9, 0.34]
    )
    assert [(place, kind) for place, _, kind, _ in found(table)] == [(3, "quotient")]


def test_printed_column_numbers_are_those_of_equations() -> None:
    table = only("项目,人次,总费用", "甲,2,3", "某地,5,6")
    assert [column.number for column in table.columns] == [2, 3]


def test_columns_of_words_are_named_and_keep_their_number() -> None:
    table = only("机构,人次,出院日期,总费用", "甲院,1,2010-10-01,2", "乙院,3,2010-10-02,4")
    assert table.words == ("出院日期",)
    assert [(column.title, column.number) for column in table.columns] == [
        ("人次", 1),
        ("总费用", 3),
    ]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("2010年第3季度", "2010年第4季度", 1),
        ("2010年第4季度", "2010-10-01至2010-12-31", 0),
        ("2009年度", "2010年第4季度", 1),
        ("2010年度", "2010年度", 0),
        ("", "2010年度", 1),
    ],
)
def test_periods_of_two_files_by_what_stands_above(one: str, other: str, found: int) -> None:
    made = [
        table
        for above, source in ((one, "甲.csv"), (other, "乙.csv"))
        for table in tables_in(
            grid(f"{above}汇总", "机构,人次,总费用", "县医院,1786,1507", source=source)
        )
    ]
    assert len(copied(made)) == found


def test_any_table_with_words_above_numbers_is_read() -> None:
    table = only("财政专户", "来源,应得,印出", "中央,1,2")
    assert [(row.label, str(row.values[1])) for row in table.rows] == [("中央", "2")]


@pytest.mark.parametrize("lines", [("您好", "此致"), ("机构,人次,总费用",), ("1,2", "3,4")])
def test_a_sheet_without_titles_or_numbers_has_no_table(lines: tuple[str, ...]) -> None:
    assert list(tables_in(grid(*lines))) == []
