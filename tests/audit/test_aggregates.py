"""Summary tables against themselves and the details: the slips of published tables are found, sound ones are not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.audit.aggregates import check
from onestop_cli.audit.aggregates.copied import copied
from onestop_cli.audit.aggregates.model import AmountColumn, PrintedTable, Row, Slip
from onestop_cli.audit.aggregates.titles import label_kind, part_of
from onestop_cli.audit.equations import NoSuchColumn, check_equation, equations_in


def table(
    titles: list[str], *rows: tuple[str, *tuple[str, ...]], unit: int = 0, source: str = "表"
) -> PrintedTable:
    """A table as printed; `unit` is the power of ten of its amounts (万元 = 4), cases never scaled."""
    columns = tuple(AmountColumn(title, part_of(title)) for title in titles)

    def number(text: str, column: AmountColumn) -> Decimal | None:
        power = unit if column.part and not column.counts else 0
        return Decimal(text).scaleb(power) if text else None

    made = tuple(
        Row(label, tuple(map(number, values, columns)), place, len(label) - len(label.lstrip()))
        for place, (label, *values) in enumerate(rows, start=2)
    )
    return PrintedTable(source, columns, made, source=source)


def kinds(slips: list[Slip]) -> list[tuple[str, str]]:
    return [(slip.kind, str(slip.difference)) for slip in slips]


HUALI = ["人次", "总费用", "补偿"]


def test_huali_2010_outpatient_levels_do_not_make_the_stated_totals() -> None:
    """92,250 visits by level, 74,424 stated; 117,845.42 yuan too much; the compensation agrees."""
    slips = check(
        table(
            HUALI,
            ("村卫生室", "50373", "704854.70", "425355.37"),
            ("乡镇卫生院", "37576", "579774.65", "290334.93"),
            ("县级", "3584", "551952.67", "194969.24"),
            ("县以上", "717", "339367.24", "86400.68"),
            ("合计", "74424", "2058103.84", "997060.22"),
        )
    )
    assert kinds(slips) == [("sum", "-17826"), ("sum", "-117845.42")]


def test_huali_2010_inpatient_gaps_fit_one_row_left_out() -> None:
    """5 stays, 12,009.67 and 4,288.12 yuan are in the totals and in no row."""
    slips = check(
        table(
            HUALI,
            ("乡", "253", "315636.47", "185696.91"),
            ("县", "570", "1338670.95", "558955.16"),
            ("县以上", "179", "1134523.90", "330058.31"),
            ("大病二次", "", "", "121082.80"),
            ("合计", "1007", "2800840.99", "1200081.30"),
        )
    )
    assert kinds(slips) == [
        ("missing_row", "5"),
        ("missing_row", "12009.67"),
        ("missing_row", "4288.12"),
    ]
    assert "漏列了一行" in slips[0].sentence


def test_a_finer_row_cannot_explain_more_than_its_own_digits() -> None:
    made = table(["总费用"], ("甲", "10.00"), ("乙", "20.00"), ("合计", "31"))
    assert kinds(check(made)) == [("sum", "1.00")]


def test_numbers_are_told_in_the_unit_that_is_printed() -> None:
    made = table(["总费用"], ("门诊", "1308.8"), ("住院", "4359.2"), ("合计", "5616"), unit=4)
    assert check(made)[0].sentence == "印作 5,616 万，应为 5,668.0 万，相差 -52.0 万"


def test_huali_2010_total_is_a_fen_off_which_rounding_explains() -> None:
    slips = check(
        table(["总费用"], ("门诊", "2058103.84"), ("住院", "2800840.99"), ("合计", "4858944.84"))
    )
    assert kinds(slips) == [("rounding", "0.01")]


@pytest.mark.parametrize(
    ("parts", "stated", "found"),
    [
        (("1308.8", "4359.2"), "5616", ["sum"]),
        (("54.5", "8.69"), "63.19", []),
        (("33.6328", "2.857"), "36.489", ["truncated"]),
        (("33.6328", "2.857"), "36.490", []),
        (("0.338", "88.2529"), "88.509", ["sum"]),
        (("539.34", "2586.88"), "3126.22", []),
        (("10539.72", "1580.958"), "12120.678", []),
        (("194.194", "81.6", "219.1"), "494.9022", ["rounding"]),
    ],
)
def test_printed_sums_in_ten_thousands(
    parts: tuple[str, ...], stated: str, found: list[str]
) -> None:
    """大方, 正安 and others: real differences, cut digits, what rounding explains, and sums that are right."""
    rows = [(f"第{number}项", text) for number, text in enumerate(parts)]
    slips = check(table(["总费用"], *rows, ("合计", stated), unit=4))
    assert [slip.kind for slip in slips] == found


def test_zhengan_2011_prints_a_cut_share() -> None:
    """164.1385 printed as 164.13."""
    made = table(["应得", "印出"], ("正安", "164.1385", "164.13"), unit=4)
    assert [slip.kind for slip in check_equation(made, "2=1")] == ["truncated"]


def test_what_is_owed_to_patients_is_part_of_the_bill() -> None:
    """1,000 = 600 paid + 150 owed + 250 borne; without the column 150 are missing."""
    titles = ["总费用", "新农合补偿", "应补未补", "个人自付"]
    assert check(table(titles, ("甲乡", "1000", "600", "150", "250"))) == []
    del titles[2]
    assert kinds(check(table(titles, ("甲乡", "1000", "600", "250")))) == [("parts", "150")]


def test_owed_alone_is_no_own_share() -> None:
    assert check(table(["总费用", "新农合补偿", "应补未补"], ("甲乡", "1000", "600", "150"))) == []


def test_payers_beyond_the_bill_are_found() -> None:
    """A county's 2021 table: 443.77 + 74.70 + 51.08 + 314.6 of 683.80 (129 %)."""
    titles = ["人次", "总费用", "基本医保", "大病保险", "医疗救助", "政府兜底"]
    made = table(titles, ("2021", "6637", "683.80", "443.77", "74.70", "51.08", "314.6"), unit=4)
    assert [slip.kind for slip in check(made)] == ["payers"]


def test_huangzhong_payments_are_whole_percentages_of_the_total() -> None:
    titles = ["人次", "总费用", "新农合补偿", "医疗救助"]
    made = table(titles, ("合计", "3442", "2025882", "1093976", "729318"))
    found = check(made)
    assert [slip.kind for slip in found] == ["percent", "percent"]
    assert "54%" in found[0].sentence and "36%" in found[1].sentence


def test_a_report_copied_from_another_period_is_found() -> None:
    """桐柏: the same 1,786 cases and 150.7 万元 for 2012 and for 2014, beside other figures."""
    titles = ["人次", "医疗救助", "总费用"]
    one = table(titles, ("2012年1-5月", "1786", "150.7", "300"), unit=4)
    other = table(titles, ("2014年1-9月", "1786", "150.7", "310"), unit=4)
    ((_, slip),) = copied([one, other])
    assert slip.kind == "copied"
    assert "人次 1,786、医疗救助 150.7 万" in slip.sentence


def test_a_report_copied_inside_one_table_is_found_by_its_periods() -> None:
    rows = (("2012年1-5月", "1786", "150.7"), ("2014年1-9月", "1786", "150.7"))
    made = table(["人次", "医疗救助"], *rows, unit=4)
    assert len(copied([made])) == 1


@pytest.mark.parametrize(
    ("label", "other"),
    [
        (("2012年", "1786", "150.7"), ("2012年", "1786", "150.7")),
        (("2012年", "12", "30"), ("2014年", "12", "30")),
        (("2012年", "1786", "150.7"), ("2014年", "1786", "150.8")),
    ],
)
def test_one_period_few_digits_or_one_figure_alone_are_no_copy(
    label: tuple[str, ...], other: tuple[str, ...]
) -> None:
    titles = ["人次", "医疗救助"]
    assert copied([table(titles, label, unit=4), table(titles, other, unit=4)]) == []


def test_rows_of_one_table_without_periods_may_agree() -> None:
    rows = (("甲医院", "1786", "150.7"), ("合计", "1786", "150.7"))
    assert copied([table(["人次", "医疗救助"], *rows, unit=4)]) == []


def test_subtotals_close_their_group_and_the_grand_total_counts_each_row_once() -> None:
    rows = [("甲", "1"), ("乙", "2"), ("小计", "3"), ("丙", "4"), ("小计", "4"), ("合计", "7")]
    assert check(table(["人次"], *rows)) == []
    rows[-1] = ("合计", "14")
    assert kinds(check(table(["人次"], *rows))) == [("sum", "7")]


def sums(*rows: tuple[str, ...]) -> list[tuple[str, str]]:
    """(row, difference) of every slip of a table of cases."""
    return [(s.label.strip(), str(s.difference)) for s in check(table(["人次"], *rows))]


def test_a_total_in_the_first_place_heads_its_rows() -> None:
    rows = (
        ("合计", "6"),
        ("门诊合计", "3"),
        ("村", "1"),
        ("乡", "2"),
        ("住院合计", "3"),
        ("县", "3"),
    )
    assert sums(*rows) == []
    assert sums(("合计", "7"), *rows[1:]) == [("合计", "1")]
    assert sums(*rows[:4], ("住院合计", "4"), ("县", "3")) == [("住院合计", "1")]


def test_the_rows_after_of_which_belong_to_it_until_the_next_total() -> None:
    rows = (("门诊", "30"), ("其中：村", "10"), ("乡", "18"), ("住院", "5"), ("其中：县", "5"))
    assert sums(*rows) == [("门诊", "2")] == sums(*rows, ("合计", "35"))


def test_the_tables_own_total_says_where_of_which_ends() -> None:
    """丁 is no part of 丙, for only so the total comes out."""
    rows = (("丙乡", "50"), ("其中：五保", "5"), ("丁乡", "30"), ("合计", "80"))
    assert sums(*rows) == []
    assert sums(*rows[:-1], ("合计", "85")) == [("合计", "35")]


def test_blanks_before_a_label_set_parts_in() -> None:
    rows = (("门诊", "30"), ("　村", "10"), ("　乡", "18"), ("特殊病", "4"), ("合计", "34"))
    assert sums(*rows) == [("门诊", "2")]


def test_of_which_need_not_name_everything_and_is_never_more() -> None:
    assert sums(("住院", "100"), ("其中：五保", "10"), ("低保", "20")) == []
    assert sums(("住院", "100"), ("其中：五保", "101")) == [("住院", "-1")]


def test_a_wrong_subtotal_is_named_once_when_the_total_counts_the_rows() -> None:
    rows = (("甲", "1"), ("乙", "2"), ("小计", "5"), ("丙", "4"), ("合计", "7"))
    assert sums(*rows) == [("小计", "2")]


def test_a_row_that_the_total_leaves_out_is_named() -> None:
    made = table(
        ["人次", "总费用"],
        ("甲", "1", "10.00"),
        ("乙", "2", "20.00"),
        ("丙", "4", "40.00"),
        ("合计", "3", "30.00"),
    )
    slips = check(made)
    assert [slip.kind for slip in slips] == ["left_out", "left_out"]
    assert "没有计入“丙”" in slips[0].sentence


def test_columns_in_groups_are_held_to_their_own_group_and_to_the_whole() -> None:
    """门诊 + 住院 = 合计 across, and payers beside the bill of their own group."""
    groups = ("合计", "门诊", "住院")
    columns = tuple(
        AmountColumn(f"{group}·{title}", part_of(title), group)
        for group in groups
        for title in ("总费用", "补偿")
    )
    numbers = ("100.00", "60.00", "40.00", "45.00", "60.00", "16.00")
    made = PrintedTable("表", columns, (Row("甲", tuple(map(Decimal, numbers)), 2),))
    assert [(slip.kind, slip.title) for slip in check(made)] == [
        ("sum", "合计·补偿"),
        ("payers", "门诊·总费用"),
    ]


@pytest.mark.parametrize(
    ("titles", "numbers", "found"),
    [
        (["应收资金", "到位资金", "到位率"], ("12120.678", "12497.218", "100"), "quotient"),
        (["应收资金", "到位资金", "到位率"], ("12120.678", "12497.218", "103.1"), None),
        (["应参合人数", "参合人数", "参合率"], ("540274", "526986", "97.54"), None),
        (["农业人口", "参合人数", "参合率"], ("24326", "23599", "97.01"), None),
        (["参合人数", "补偿金额", "人均受益"], ("526986", "8649.87", "164.13"), "truncated"),
        (["参保人数", "基金收入", "人均筹资"], ("165479", "14027.67", "800"), "quotient"),
        (["筹集资金", "补偿金额", "使用率"], ("2753.6", "697.8", "34"), "quotient"),
        (["筹集资金", "补偿金额", "使用率"], ("2753.6", "697.8", "25.3"), None),
        (["总费用", "个人自付", "自付率"], ("2025882", "202588", "10"), None),
    ],
)
def test_rates_of_funds_and_people(
    titles: list[str], numbers: tuple[str, ...], found: str | None
) -> None:
    """正安, 花梨, 大方 and a county of 2021, amounts printed in 万元."""
    slips = check(table(titles, ("本年", *numbers), unit=4))
    assert [slip.kind for slip in slips] == ([found] if found else [])


def test_a_rate_of_rounded_amounts_may_be_what_unrounded_ones_give() -> None:
    """7.95 of 11.79 万元 can be 67.45 %, though the printed amounts give 67.43 %."""
    titles = ["应收资金", "到位资金", "到位率"]
    assert check(table(titles, ("甲", "11.79", "7.95", "67.45"), unit=4)) == []
    assert len(check(table(titles, ("甲", "11.79", "7.95", "67.60"), unit=4))) == 1


def test_printed_means_and_ratios_are_computed_again() -> None:
    titles = ["人次", "总费用", "补偿", "次均费用", "实际补偿比"]
    assert check(table(titles, ("甲", "3", "1000.00", "777.70", "333.33", "77.8"))) == []
    slips = check(table(titles, ("甲", "3", "1000.00", "777.70", "333.00", "71.4")))
    assert [slip.kind for slip in slips] == ["quotient", "quotient"]


def test_a_submitted_table_is_held_to_the_view_it_fits_best() -> None:
    """Approved amounts are not held against a hospital's claim, and the other way round."""
    made = table(["人次", "补偿"], ("甲医院", "10", "80.00"), ("合计", "10", "80.00"))
    claim = {"甲医院": {"cases": 10, "basic": 9_000}, "合计": {"cases": 10, "basic": 9_000}}
    fixed = {"甲医院": {"cases": 10, "basic": 8_000}, "合计": {"cases": 10, "basic": 8_000}}
    assert check(made, {"申报": claim, "核定": fixed}) == []
    slips = check(made, {"申报": claim})
    assert kinds(slips) == [("details", "-10.00")] * 2
    assert "申报明细" in slips[0].sentence


def test_a_total_is_held_to_the_rows_the_table_has() -> None:
    """A hospital's own table ends in its own total; an unknown row leaves the total alone."""
    details = {"甲医院": {"cases": 3}, "乙医院": {"cases": 4}, "合计": {"cases": 7}}
    one = table(["人次", "总费用"], ("甲医院", "3", ""), ("合计", "3", ""))
    assert check(one, {"申报": details}) == []
    with_unknown = table(
        ["人次", "总费用"], ("甲医院", "3", ""), ("丙医院", "1", ""), ("合计", "4", "")
    )
    assert check(with_unknown, {"申报": details}) == []
    by_month = table(["人次", "总费用"], ("10月", "3", ""), ("11月", "5", ""), ("合计", "8", ""))
    assert kinds(check(by_month, {"申报": details})) == [("details", "1")]


def test_a_row_of_several_labels_goes_by_the_one_that_the_run_knows() -> None:
    made = table(["人次"], ("甲医院·县级", "3"))
    assert kinds(check(made, {"申报": {"甲医院": {"cases": 4}}})) == [("details", "-1")]


def test_files_that_do_not_say_their_period_are_compared_and_their_sheets_are_not() -> None:
    titles, row = ["人次", "医疗救助"], ("甲医院", "1786", "150.7")
    one, other = table(titles, row, source="甲"), table(titles, row, source="乙")
    assert len(copied([one, other])) == 1
    assert copied([one, table(titles, row, source="甲")]) == []


def test_means_and_shares_are_never_added_up() -> None:
    titles = ["人次", "总费用", "次均费用", "占比"]
    rows = [("甲", "1", "10", "10.00", "25"), ("乙", "1", "30", "30.00", "75")]
    assert check(table(titles, *rows, ("合计", "2", "40", "20.00", "100"))) == []


def test_details_are_compared_to_the_printed_digit() -> None:
    made = table(["补偿"], ("甲医院", "0.8"), unit=4)
    assert check(made, {"申报": {"甲医院": {"basic": 804_900}}}) == []
    assert len(check(made, {"申报": {"甲医院": {"basic": 850_100}}})) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1=2+3", 0),
        ("1=2+3=4", 1),
        ("3≤2", 0),
        ("2<=3", 1),
        ("1≥2000元", 1),
        ("一=二+三", 0),
        ("一=二＋三＝四", 1),
        ("四=一-二", 1),
        ("比例=三/一", 0),
        ("比例=二/一", 1),
    ],
)
def test_equations_of_forms_by_number_and_by_name(text: str, count: int) -> None:
    made = table(["一", "二", "三", "四", "比例"], ("甲", "10", "7", "3", "9", "30"))
    slips = [slip for equation in equations_in(text) for slip in check_equation(made, equation)]
    assert len(slips) == count


def test_a_number_beyond_the_columns_is_no_constant() -> None:
    made = table(["一", "二"], ("甲", "10", "7"))
    with pytest.raises(NoSuchColumn) as caught:
        check_equation(made, "1≥2000")
    assert (caught.value.equation, caught.value.name) == ("1≥2000", "2000")


@pytest.mark.parametrize("name", ["三", "一"])
def test_a_name_that_is_missing_or_stands_twice_is_refused(name: str) -> None:
    made = table(["一", "二", "一"], ("甲", "10", "7", "10"))
    with pytest.raises(NoSuchColumn):
        check_equation(made, f"二={name}")


def test_printed_column_numbers_count_before_places() -> None:
    columns = tuple(AmountColumn(title, number=at) for title, at in (("一", 4), ("二", 5)))
    made = PrintedTable("表", columns, (Row("甲", (Decimal(3), Decimal(4)), 2),))
    assert [str(slip.difference) for slip in check_equation(made, "4=5")] == ["-1"]


@pytest.mark.parametrize("text", ["1=1; 3=", "3", "1=2/3/4", "=2"])
def test_an_equation_that_is_none_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.rsplit("; ", maxsplit=1)[-1]):
        equations_in(text)


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("合 计", "grand"),
        ("总计：", "grand"),
        ("全乡累计", "grand"),
        ("小计", "sub"),
        ("门诊合计", "sub"),
        ("合计村", "row"),
    ],
)
def test_labels_of_totals(label: str, kind: str) -> None:
    assert label_kind(label) == kind


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**9)), min_size=1, max_size=9),
    st.integers(-3, 3),
)
def test_sums_that_hold_are_never_named(rows: list[tuple[int, int]], off: int) -> None:
    """A right total gives no slip; a count that is off always gives one."""
    total = (sum(cases for cases, _ in rows) + off, sum(fen for _, fen in rows))
    made = [
        (f"第{number}院", str(cases), f"{fen // 100}.{fen % 100:02d}")
        for number, (cases, fen) in enumerate([*rows, total])
    ]
    made[-1] = ("合计", *made[-1][1:])
    slips = [slip for slip in check(table(["人次", "总费用"], *made)) if slip.kind == "sum"]
    assert bool(slips) == (off != 0)
