"""救助对象 in one line: what a report on assistance opens with."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from onestop_cli.statements.indicators import Aided, Figures, aided_line, figures
from onestop_cli.statements.statement import Statement
from tests.made.run import made_run

HUANGZHONG = Figures(
    year=2010,
    whole_year=False,
    days=457,
    stays=3_442,
    aided=Aided(
        stays=3_442,
        people=3_000,
        cost=202_588_200,
        own=20_258_800,
        paid=182_329_400,
        layers={"新农合": 109_397_600, "医疗救助": 72_931_800},
    ),
    cost=202_588_200,
    eligible=0,
    own=20_258_800,
    paid=182_329_400,
    layers={},
    funds={},
    counts={"roster": 28_006, "insured": 379_256, "insured_stays": 28_065},
)
"""October 2009 to December 2010 as published; people and the stays of all insured (7.4 %) are made up to fit."""


def test_huangzhong_opens_its_report_with_these_numbers() -> None:
    """3,442 stays of 28,006 people in 457 days are 9.82 % a year; 54 + 36 = 90 % are covered."""
    assert aided_line(HUANGZHONG) == (
        "救助对象住院 3,442 人次（3,000 人），总费用 2,025,882.00 元；新农合 1,093,976.00 元、"
        "医疗救助 729,318.00 元，合计 1,823,294.00 元；实际补偿比 90.00%，个人自付率 10.00%；"
        "年住院率 9.82%（457 天折算全年），比参合人员 7.40% 高 2.42 个百分点。"
    )


@pytest.mark.parametrize(
    ("roster_stays", "said"),
    [
        (1_148, "年住院率 4.10%，比参合人员 6.80% 低 2.70 个百分点。"),
        (2_352, "年住院率 8.40%，比参合人员 7.40% 高 1.00 个百分点。"),
        (2_072, "年住院率 7.40%，与参合人员 7.40% 相同。"),
    ],
)
def test_the_gap_to_all_insured_of_2008_and_2010(roster_stays: int, said: str) -> None:
    """4.1 % was 2.7 points below, 8.4 % is one above: in whole years nothing is scaled."""
    insured = 68_000 if "6.80" in said else 74_000
    made = replace(
        HUANGZHONG,
        whole_year=True,
        aided=replace(HUANGZHONG.aided, stays=roster_stays),
        counts={"roster": 28_000, "insured": 1_000_000, "insured_stays": insured},
    )
    assert aided_line(made).endswith(said)


def test_the_insured_of_the_same_days_are_scaled_alike() -> None:
    made = replace(HUANGZHONG, stays=6_884, counts={"roster": 28_006, "insured": 28_006})
    assert aided_line(made).endswith("比参合人员 19.63% 低 9.81 个百分点。")


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "年住院率无法计算，请在 onestop.toml 的 [counts.2010] 加一行 roster = 人数。"),
        ({"roster": 28_006}, "年住院率 9.82%（457 天折算全年），参合人员住院率无法计算。"),
    ],
)
def test_what_cannot_be_worked_out_is_said(counts: dict[str, int | None], said: str) -> None:
    assert aided_line(replace(HUANGZHONG, counts=counts)).endswith(said)


def test_what_hospitals_paid_too_little_is_neither_covered_nor_borne() -> None:
    made = replace(HUANGZHONG, aided=replace(HUANGZHONG.aided, own=20_058_800))
    assert "个人自付率 9.90%，其余 2,000.00 元是还没有付的应补未补等；" in aided_line(made)


def test_nobody_assisted_is_said() -> None:
    made = replace(HUANGZHONG, aided=replace(HUANGZHONG.aided, stays=0))
    assert aided_line(made) == "救助对象：没有核定的住院。"


def test_only_stays_of_people_with_a_category_count() -> None:
    """Beside the stays themselves: settled, with a category, to the fen."""
    whole = made_run(300)
    nobody = pl.int_range(pl.len()) % 3 == 0
    category = pl.when(nobody).then(None).otherwise("category").alias("category")
    run = replace(whole, stays=whole.stays.with_columns(category))
    own = run.stays.filter(pl.col("status") == "settled", pl.col("category").is_not_null())
    assert 0 < own.height < run.stays.filter(pl.col("status") == "settled").height
    aided = figures(Statement(run)).aided
    assert (aided.stays, aided.cost) == (own.height, own["total_fen"].sum())
    paid = own["basic_payable_fen"].sum() + own["basic_offset_fen"].sum()
    assert aided.layers[run.layers[0].name] == paid
    assert aided.people == own["id_no"].n_unique()
