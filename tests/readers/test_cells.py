"""Cells: days, amounts, numbers and identities in every form that files write them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.county.settings import FileLayout, Settings
from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.layout.cells import fen_columns, filled, text_column
from onestop_cli.readers.layout.days import Habit, read_day, spans
from tests.made.biff_file import Error, Never, biff
from tests.made.reader_files import HEADER, csv_bytes, only, person, read, stay, table, xlsx_bytes


def fen(column: pl.Series, unit: str = "元") -> pl.Series:
    """One column of texts in fen."""
    amounts, _ = fen_columns(pl.DataFrame({"a": column}), {"a": unit})
    return amounts["a"]


def texts(cells: list[Cell]) -> pl.Series:
    """One column of cells as the table has it."""
    return pl.DataFrame({"a": text_column(cells)}).select(filled(pl.col("a"))).to_series()


FIFTH_OF_MARCH: list[Cell] = [
    "2010.3.5", "2010-3-5", "2010/03/05", "20100305", "20100305120000", "2010年3月5日", "10.3.5", "2010-03-05 12:30:00",
    "2010/3/5 8:00", "2010-03-05T12:30:00", "2010年03月05日 08时30分",
    "二〇一〇年三月五日", "二零一零年三月五号", "2010年三月五日", "二○一○年三月五日",
    "2010—03—05", "2010－3－5", "2010–3–5",
    "２０１０．３．５", "2010。3。5", " 2010-03-05\t",
    "'2010-03-05", "40242", 40242.0, 40242.75, 20100305.0, date(2010, 3, 5), datetime.fromisoformat("2010-03-05T23:59"),
]  # fmt: skip


@pytest.mark.parametrize("cell", FIFTH_OF_MARCH, ids=repr)
def test_a_day_is_read_in_every_form(cell: Cell) -> None:
    assert read_day(cell, Habit()) == (date(2010, 3, 5), None)


@pytest.mark.parametrize(
    "cell",
    ["2010-02-30", "2010-13-01", "3/5/2010", "2010年3月", "201003", "昨天", "2010-3-5 出院", 7.0, True, "99999"],
    ids=repr,
)  # fmt: skip
def test_a_doubtful_day_is_no_day(cell: Cell) -> None:
    day, fault = read_day(cell, Habit())
    assert day is None
    assert fault


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2010年元月5日", date(2010, 1, 5)),
        ("二0一0年十月八日", date(2010, 10, 8)),
        ("二00九年十月八日", date(2009, 10, 8)),
        ("2010年10月8日星期五", date(2010, 10, 8)),
        ("2010年10月8日（周五）", date(2010, 10, 8)),
        ("8-Oct-10", date(2010, 10, 8)),
        ("08-Oct-2010", date(2010, 10, 8)),
        ("2010\\10\\8", date(2010, 10, 8)),
        ("二〇一〇年十月八日", date(2010, 10, 8)),
        ("二〇一〇年十二月三十一日", date(2010, 12, 31)),
        ("二〇一〇年十一月二十日", date(2010, 11, 20)),
        ("2010年十月廿八日", date(2010, 10, 28)),
    ],
)
def test_chinese_numerals_are_read(text: str, day: date) -> None:
    assert read_day(text, Habit()) == (day, None)


@pytest.mark.parametrize(
    "text", ["二〇一〇年十十月八日", "二〇一〇年十月初八", "二〇一〇年十三月八日", "十月八日"]
)
def test_a_numeral_that_is_no_day_is_doubtful(text: str) -> None:
    assert read_day(text, Habit())[0] is None


OCTOBER = (date(2010, 10, 8), date(2010, 10, 15))
SPANS = [
    ("2010.10.8-2010.10.15", OCTOBER), ("2010-10-08-2010-10-15", OCTOBER), ("2010/10/8-2010/10/15", OCTOBER),
    ("20101008-20101015", OCTOBER), ("2010年10月8日至2010年10月15日", OCTOBER), ("2010.10.8～10.15", OCTOBER),
    ("2010年10月8日-15日", OCTOBER), ("2010-10-08 至 2010-10-15", OCTOBER), ("2010.10.8—2010.10.15", OCTOBER),
    ("2010.10.8--10.15", OCTOBER), ("2010-12-28至1-5", (date(2010, 12, 28), date(2011, 1, 5))),
    ("2010.10.8 2010.10.15", OCTOBER), ("2010.10.8\n2010.10.15", OCTOBER), ("2010-10-8/2010-10-15", OCTOBER),
    ("2010.10.8-10.15(7天)", OCTOBER), ("10.8-10.15", None),
    ("2010.10.8", None), ("2010.10.15-2010.10.8", None), ("住院一周", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "both"), SPANS)
def test_two_days_in_one_cell(text: str, both: tuple[date, date] | None) -> None:
    first, last, wrong = spans([text], Habit())
    assert (first[0], last[0]) == (both or (None, None))
    assert wrong == ([] if both else [0])


@pytest.mark.parametrize(
    "title", ["住院起止日期", "入出院日期", "住院时间", "入院至出院日期", "起止时间"]
)
def test_a_stay_may_have_both_days_in_one_column(title: str, tmp_path: Path) -> None:
    kept = [n for n, head in enumerate(HEADER) if head != "出院日期"]
    header = [title if HEADER[n] == "入院日期" else HEADER[n] for n in kept]
    rows = [
        [stay(1, 入院日期="2010.10.8-2010.10.15")[n] for n in kept],
        [stay(2, 入院日期="月初")[n] for n in kept],
    ]
    reading = read(tmp_path, {"a.csv": csv_bytes([header, *rows])})
    assert not reading.problems
    assert reading.rows.select("admitted_on", "discharged_on").row(0) == OCTOBER
    assert "月初" in reading.rows["date_fault"][1]


def test_days_of_admission_alone_are_no_stays(tmp_path: Path) -> None:
    kept = [n for n, head in enumerate(HEADER) if head != "出院日期"]
    header = ["住院时间" if HEADER[n] == "入院日期" else HEADER[n] for n in kept]
    row = [stay(1, 入院日期="2010.10.8")[n] for n in kept]
    reading = read(tmp_path, {"a.csv": csv_bytes([header, row])})
    assert "缺少出院日期列" in reading.problems[0].what


def test_full_width_amounts_are_read(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": csv_bytes(table(stay(总费用="１０００．００"), stay(2)))})
    assert reading.rows["total_fen"].to_list() == [100_000, 100_000]


@pytest.mark.parametrize("cell", ["1000，00", "1000①", "1000²", "1000*"])
def test_a_doubtful_amount_is_a_fault_of_its_row(cell: str, tmp_path: Path) -> None:
    row = only(read(tmp_path, {"a.csv": csv_bytes(table(stay(总费用=cell)))}))
    assert row["total_fen"] is None
    assert cell in str(row["amount_fault"])


@pytest.mark.parametrize("cell", ["", "—", "-", "无", "至今", "长期", " 　"])
def test_an_open_end_is_neither_day_nor_fault(cell: str) -> None:
    assert read_day(cell, Habit()) == (None, None)


def test_a_layout_settles_which_number_is_the_month() -> None:
    assert read_day("3/5/2010", Habit(order="mdy"))[0] == date(2010, 3, 5)
    assert read_day("3/5/2010", Habit(order="dmy"))[0] == date(2010, 5, 3)
    assert read_day("3/5/10", Habit(order="mdy"))[0] == date(2010, 3, 5)
    assert read_day("25/3/2010", Habit())[0] == date(2010, 3, 25)


def test_a_month_may_stand_for_its_first_or_last_day() -> None:
    assert read_day("2010年2月", Habit(month="first"))[0] == date(2010, 2, 1)
    assert read_day("2010-02", Habit(month="last"))[0] == date(2010, 2, 28)


def test_two_digit_years_of_birth_are_of_the_last_century() -> None:
    assert read_day("56.3.5", Habit(century=29))[0] == date(1956, 3, 5)
    assert read_day("05.3.5", Habit(century=29))[0] == date(2005, 3, 5)


def test_the_century_turns_after_its_edge() -> None:
    assert read_day("29.3.5", Habit(century=29))[0] == date(2029, 3, 5)
    assert read_day("30.3.5", Habit(century=29))[0] == date(1930, 3, 5)


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_both_excel_epochs_count_the_same_days(epoch_1904: bool, tmp_path: Path) -> None:
    first = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)
    bare = float((date(2010, 10, 3) - first).days)
    rows = table(stay(1, 入院日期=date(2010, 10, 3)), stay(2, 入院日期=bare))
    files = {
        "a.xlsx": xlsx_bytes(rows, epoch_1904=epoch_1904),
        "b.xls": biff({"Sheet1": rows}, epoch_1904=epoch_1904),
    }
    assert read(tmp_path, files).rows["admitted_on"].unique().to_list() == [date(2010, 10, 3)]


def test_a_day_that_cannot_be_read_is_named_with_its_cell(tmp_path: Path) -> None:
    rows = table(stay(1, 入院日期="2010-02-30"), stay(2, 出院日期=""), stay(3, 结算日期="上周"))
    faults = read(tmp_path, {"a.csv": csv_bytes(rows)}).rows["date_fault"].to_list()
    assert faults == [
        "入院日期“2010-02-30”（G2）不是看得懂的日期",
        "出院日期为空",
        "结算日期“上周”（I4）不是看得懂的日期",
    ]


def test_the_date_order_of_a_layout_is_used(tmp_path: Path) -> None:
    settings = Settings(layout=(FileLayout(file="*.csv", date_order="dmy"),))
    data = csv_bytes(table(stay(1, 入院日期="3/10/2010")))
    assert only(read(tmp_path, {"a.csv": data}, settings))["admitted_on"] == date(2010, 10, 3)


AMOUNTS = {
    "1234.5": 123450, "1,234.50": 123450, "￥1234.5": 123450, "¥1，234.50元": 123450,
    "１２３４．５": 123450, "—": 0, "-": 0,
    "(123.45)": -12345, "（123.45）": -12345, "-123.45": -12345,
    " 12 ": 1200, "0.005": 1, "-0.005": -1, "1.0049999": 100,
    "1e3": 100000, "+5": 500, ".5": 50, "123456789.12": 12345678912, "1234567890123.45": 123456789012345,
}  # fmt: skip


@pytest.mark.parametrize(("cell", "amount"), AMOUNTS.items())
def test_an_amount_is_exact_in_every_form(cell: str, amount: int) -> None:
    assert fen(pl.Series([cell])).to_list() == [amount]


@pytest.mark.parametrize(
    ("unit", "cell", "amount"),
    [("万元", "1.23456", 1234560), ("分", "123", 123), ("角", "1.5", 15)],
)
def test_units_are_converted_exactly(unit: str, cell: str, amount: int) -> None:
    assert fen(pl.Series([cell]), unit).to_list() == [amount]


@given(
    st.lists(
        st.one_of(st.none(), st.decimals(-(10**9), 10**9, places=2), st.decimals(-1, 1, places=6))
    )
)
def test_the_fast_way_to_fen_agrees_with_the_exact_one(values: list[Decimal | None]) -> None:
    column = pl.Series([None if v is None else format(v, "f") for v in values], dtype=pl.String)
    exact = [
        None if v is None else int((abs(v) * 100 + Decimal("0.5")) // 1) * (-1 if v < 0 else 1)
        for v in values
    ]
    assert fen(column).to_list() == exact


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 2)))
def test_a_float_is_read_as_its_shortest_decimal(value: float) -> None:
    assert fen(texts([value])).to_list() == [int((Decimal(repr(value)) * 100).to_integral_value())]


def test_numbers_as_text_show_no_noise() -> None:
    column = texts([1.0, 0.1, 2010.0, 6.39901198001011e17, "原文 ", "", True, 7])
    assert column.to_list() == ["1", "0.1", "2010", "639901198001011000", "原文 ", None, "是", "7"]


def test_cells_that_are_no_amount_are_named(tmp_path: Path) -> None:
    rows = table(
        stay(1, 总费用="约一千"),
        stay(2, 总费用="", 可补偿费用=""),
        stay(3, 医疗救助="/", 新农合补偿=""),
        stay(4, 医疗救助="待定"),
    )
    frame = read(tmp_path, {"a.csv": csv_bytes(rows)}).rows
    assert frame["amount_fault"].to_list() == [
        "总费用“约一千”（J2）不是金额",
        "总费用为空；可补偿费用为空",
        None,
        "医疗救助“待定”（M5）不是金额",
    ]
    assert frame["assistance_claimed_fen"].to_list() == [0, 0, None, None]


def test_errors_and_formulas_of_a_true_xls_are_faults_too(tmp_path: Path) -> None:
    rows = table(stay(1, 总费用=Error("#REF!")), stay(2, 总费用=Never()))
    faults = read(tmp_path, {"a.xls": biff({"Sheet1": rows})}).rows["amount_fault"].to_list()
    assert "#REF!" in faults[0]
    assert "公式未计算" in faults[1]


def test_a_reversal_mark_on_a_positive_amount_is_no_fault_of_the_amount(tmp_path: Path) -> None:
    """Original and refund may both be marked; which belong together is not the reader's to say."""
    header = [*HEADER, "冲红类别"]
    rows = table(
        [*stay(1), "正常"], [*stay(2), "红冲"], [*stay(3, 总费用="-1000"), "红冲"], header=header
    )
    read_rows = read(tmp_path, {"a.csv": csv_bytes(rows)}).rows
    assert read_rows["amount_fault"].null_count() == 3
    assert read_rows["refund_flag"].to_list() == [False, True, True]


def test_a_column_of_eligible_cost_is_known_to_be_there_or_not(tmp_path: Path) -> None:
    header = ["备用" if head == "可补偿费用" else head for head in HEADER]
    files = {"a.csv": csv_bytes(table(stay(1))), "b.csv": csv_bytes(table(stay(2), header=header))}
    rows = read(tmp_path, files).rows
    assert rows["has_eligible"].to_list() == [True, False]
    assert rows["eligible_fen"].to_list() == [80000, None]


IDS = [
    (person(1), False),
    (f"'{person(1)}", False),
    (f"{person(1)}\t", False),
    (f"\u00a0{person(1)}\u3000", False),
    ("6.39901E+17", True),
    ("6.39901198001011e17", True),
    (6.39901198001011e17, True),
    (639901800101123.0, True),
]


@pytest.mark.parametrize(("cell", "numeric"), IDS, ids=repr)
def test_an_id_is_text_or_has_lost_digits(cell: Cell, numeric: bool, tmp_path: Path) -> None:
    rows = [*table(stay(1, 身份证号=cell))]
    row = only(read(tmp_path, {"a.xlsx": xlsx_bytes(rows)}))
    assert row["id_numeric"] is numeric
    assert row["id_raw"] == (cell if isinstance(cell, str) else str(row["id_raw"]))


def test_an_id_forced_to_text_in_csv_is_that_text(tmp_path: Path) -> None:
    data = csv_bytes(table(stay(1))).replace(person(1).encode(), f'="{person(1)}"'.encode())
    row = only(read(tmp_path, {"a.csv": data}))
    assert (row["id_raw"], row["id_numeric"]) == (person(1), False)


def test_an_export_that_spoiled_most_ids_is_named_once(tmp_path: Path) -> None:
    rows = table(stay(1, 身份证号="6.39901E+17"), stay(2, 身份证号=6.39901198001011e17), stay(3))
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(rows)})
    assert len(reading.warnings) == 1
    assert "3 行里有 2 行" in reading.warnings[0]
    assert "文本" in reading.warnings[0]
    assert reading.rows.height == 3


def test_texts_are_trimmed_and_words_for_nothing_are_null(tmp_path: Path) -> None:
    rows = table(stay(1, 姓名="　王　强 ", 住院号=10001131.0, 救助对象类别="无"))
    row = only(read(tmp_path, {"a.xlsx": xlsx_bytes(rows)}))
    assert (row["name"], row["stay_no"], row["category_raw"]) == ("王　强", "10001131", None)


def test_a_fund_year_is_read_from_its_column(tmp_path: Path) -> None:
    rows = table(
        [*stay(1), "2010年度"], [*stay(2), 2011.0], [*stay(3), "去"], header=[*HEADER, "基金年份"]
    )
    frame = read(tmp_path, {"a.xlsx": xlsx_bytes(rows)}).rows
    assert frame["fund_year"].to_list() == [2010, 2011, None]
    assert "基金年份" in frame["date_fault"][2]


def test_amounts_finer_than_a_fen_are_told(tmp_path: Path) -> None:
    rows = table(stay(0, 总费用="1200.005"), stay(1, 个人自付="10.0050"), stay(2))
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert reading.warnings == (
        "a.csv：“总费用”、“个人自付”有 2 个金额不足一分（如第 2 行 1200.005），按四舍五入读到分",
    )


@pytest.mark.parametrize("amount", ["1200.00", "1200.0000", "1200.0000000001"])
def test_noise_behind_an_amount_is_not_told(tmp_path: Path, amount: str) -> None:
    assert read(tmp_path, {"a.csv": csv_bytes(table(stay(0, 总费用=amount)))}).warnings == ()
