"""参合, 筹资 and figures per head, with the figures of a county's published report of 2011."""

from __future__ import annotations

import pytest

from onestop_cli.statements.year_account import Raised, YearFigures, raised_of, year_indicators

FUND = "新农合基金"
ZHENGAN = YearFigures(
    year=2011,
    insurable=540_274,
    insured=526_986,
    raised=raised_of(
        {FUND: {"各级财政": 10_539_720_000, "个人缴费": 1_580_958_000}},
        {
            (FUND, "市级财政"): 458_480_000,
            (FUND, "中央财政"): 6_911_000_000,
            (FUND, "省级财政"): 3_004_000_000,
            (FUND, "县级财政"): 542_780_000,
            (FUND, "个人缴费"): 1_580_958_000,
        },
    ),
    paid=8_649_870_000,
    visits=2_231_275,
)
"""正安 2011: 应参合 540,274, 实际 526,986; 应收 12,120.678 万, 到位 12,497.218 万; 补偿 8,649.87 万."""


def told(made: YearFigures) -> dict[str, int | None]:
    return {name: value for name, value, _, _ in year_indicators(made)}


def test_the_rates_of_zhengan_come_out_and_its_slips_show() -> None:
    """The report prints 97.54 %, 100 % (it was 103.11 %) and 164.13 yuan (cut off, not rounded)."""
    found = told(ZHENGAN)
    assert found["参合率"] == 9_754
    assert found["基金到位率"] == 10_311
    assert found["参合人员人均受益"] == 16_414
    assert found["人均筹资"] == 23_715


def test_the_parts_are_those_of_the_report() -> None:
    assert sum(one.due or 0 for one in ZHENGAN.raised) == 12_120_678_000
    assert sum(one.came for one in ZHENGAN.raised) == 12_497_218_000
    assert [one.rate for one in ZHENGAN.raised if one.source == "个人缴费"] == [10_000]


def test_what_nobody_said_cannot_be_worked_out() -> None:
    bare = YearFigures(2011, None, None, raised_of({}, {(FUND, "中央财政"): 100}), 5, 5)
    assert set(told(bare).values()) == {None}
    assert told(YearFigures(2011, 10, None, [], 5, 5))["参合率"] is None


def test_interest_is_income_that_nobody_was_to_raise() -> None:
    raised = [Raised(FUND, "个人缴费", 1000, 900), Raised(FUND, "利息", None, 500)]
    assert told(YearFigures(2011, None, None, raised, 0, 0))["基金到位率"] == 9_000


@pytest.mark.parametrize("fund", ["医疗救助资金"])
def test_a_fund_of_which_nobody_said_what_was_due_leaves_the_rate_open(fund: str) -> None:
    raised = raised_of({FUND: {"个人缴费": 1000}}, {(fund, "县级财政"): 5})
    assert told(YearFigures(2011, None, None, raised, 0, 0))["基金到位率"] is None
