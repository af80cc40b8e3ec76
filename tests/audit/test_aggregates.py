"""Summary tables against themselves and the details: the slips of published tables are found, sound ones are not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.audit.aggregates import (
    Column,
    Row,
    Slip,
    Table,
    check,
    copied,
    label_kind,
    part_of,
)
from onestop_cli.audit.equations import check_equations


def table(titles: list[str], *rows: tuple[str, *tuple[str, ...]], unit: int = 0) -> Table:
    """A table as printed; `unit` is the power of ten of its amounts (万元 = 4), cases never scaled."""
    columns = tuple(Column(title, part_of(title)) for title in titles)

    def number(text: str, column: Column) -> Decimal | None:
        power = 0 if column.part == "cases" else unit
        return Decimal(text).scaleb(power) if text else None

    made = tuple(
        Row(label, tuple(map(number, values, columns)), place)
        for place, (label, *values) in enumerate(rows, start=2)
    )
    return Table("表", columns, made)


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
        (("194.194", "81.6", "219.1"), "494.9022", ["sum"]),
    ],
)
def test_printed_sums_in_ten_thousands(
    parts: tuple[str, ...], stated: str, found: list[str]
) -> None:
    """大方, 正安 and others: real differences, cut digits, and sums that are right."""
    rows = [(f"第{number}项", text) for number, text in enumerate(parts)]
    slips = check(table(["总费用"], *rows, ("合计", stated), unit=4))
    assert [slip.kind for slip in slips] == found


def test_zhengan_2011_prints_a_cut_share() -> None:
    """164.1385 printed as 164.13."""
    made = table(["应得", "印出"], ("正安", "164.1385", "164.13"), unit=4)
    assert [slip.kind for slip in check_equations(made, "2=1")] == ["truncated"]


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
    """桐柏: the same 1,786 cases and 150.7 万元 for 2012 and for 2014."""
    one = table(["人次", "医疗救助"], ("2012年1-5月", "1786", "150.7"), unit=4)
    other = table(["人次", "医疗救助"], ("2014年1-9月", "1786", "150.7"), unit=4)
    assert [slip.kind for slip in copied([one, other])] == ["copied"]
    assert copied([one, one]) == []


def test_subtotals_close_their_group_and_the_grand_total_counts_each_row_once() -> None:
    rows = [("甲", "1"), ("乙", "2"), ("小计", "3"), ("丙", "4"), ("小计", "4"), ("合计", "7")]
    assert check(table(["人次"], *rows)) == []
    rows[-1] = ("合计", "14")
    assert kinds(check(table(["人次"], *rows))) == [("sum", "7")]


def test_own_share_and_payers_must_make_the_total() -> None:
    titles = ["总费用", "新农合补偿", "医疗救助", "个人自付"]
    assert check(table(titles, ("甲", "100.00", "50.12", "30.00", "19.88"))) == []
    slips = check(table(titles, ("甲", "100.00", "50.12", "30.00", "9.88")))
    assert kinds(slips) == [("parts", "10.00")]


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


def test_means_and_shares_are_never_added_up() -> None:
    titles = ["人次", "总费用", "次均费用", "占比"]
    rows = [("甲", "1", "10", "10.00", "25"), ("乙", "1", "30", "30.00", "75")]
    assert check(table(titles, *rows, ("合计", "2", "40", "20.00", "100"))) == []


def test_details_are_compared_to_the_printed_digit() -> None:
    made = table(["补偿"], ("甲医院", "0.8"), unit=4)
    assert check(made, {"申报": {"甲医院": {"basic": 804_900}}}) == []
    assert len(check(made, {"申报": {"甲医院": {"basic": 850_100}}})) == 1


@pytest.mark.parametrize(
    ("text", "count"), [("1=2+3", 0), ("1=2+3=4", 1), ("3≤2", 0), ("2<=3", 1), ("1≥2000", 1)]
)
def test_equations_of_forms(text: str, count: int) -> None:
    made = table(["一", "二", "三", "四"], ("甲", "10", "7", "3", "9"))
    assert len(check_equations(made, text)) == count


def test_an_equation_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="3=四"):
        check_equations(table(["一"], ("甲", "1")), "1=1; 3=四")


@pytest.mark.parametrize(
    ("label", "kind"), [("合 计", "grand"), ("总计：", "grand"), ("小计", "sub"), ("合计村", "row")]
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
