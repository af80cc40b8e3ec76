"""What offices and being insured are called: the words of the period, unless onestop.toml says others."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from onestop_cli.batch.papers import write_papers
from onestop_cli.county.deadlines import table_due
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import Settings
from onestop_cli.notices.texts import Around, texts_of
from onestop_cli.run import Run
from onestop_cli.statements.indicators import indicators
from onestop_cli.statements.statement import Statement
from onestop_cli.tables.run_info import CountyInfo
from onestop_cli.writers.statements.letters import Letterhead
from tests.made.run import made_run, with_info


def of(period: str, **county: str) -> Run:
    return with_info(made_run(10), period=period, county=CountyInfo(name="示例县", **county))


@pytest.mark.parametrize(
    ("period", "office", "insured"),
    [
        ("2010Q4", "县合管办", "参合"), ("2018", "县合管办", "参合"),
        ("2019-01", "县医保局", "参保"), ("2024Q4", "县医保局", "参保"),
    ],
)  # fmt: skip
def test_the_bureau_settles_since_2019(period: str, office: str, insured: str) -> None:
    run = of(period)
    assert Letterhead(run).office == office
    assert [line.office for line in texts_of(run, Around()).hotlines] == [office, "县民政局"]
    assert f"{insured}人员住院率" in [name for name, *_ in indicators(Statement(run))]


def test_what_the_county_says_comes_before_the_words_of_the_year() -> None:
    run = of("2024Q4", office="县医保中心", civil_affairs="县救助局")
    assert run.info.offices == ("县医保中心", "县救助局")


@pytest.mark.parametrize(
    ("period", "sheet", "signed"),
    [("2010Q4", "表六 与民政局结算", "县民政局"), ("2024Q4", "表六 医疗救助基金结算", "县财政局")],
)
def test_the_assistance_fund_is_settled_with_whoever_keeps_it(
    period: str, sheet: str, signed: str, tmp_path: Path
) -> None:
    write_papers(of(period), tmp_path, Settings())
    book = openpyxl.load_workbook(tmp_path / "结算/县级结算汇总.xlsx")
    texts = [str(cell.value) for row in book[sheet].iter_rows() for cell in row if cell.value]
    assert any(signed in text for text in texts)


def test_a_month_is_claimed_by_the_10th_and_paid_within_20_working_days() -> None:
    due = {"table_day": 10, "pay_days": 20}
    assert table_due(parse_period("2025-10"), due) == (
        "2025年11月10日前报出，其后 20 个工作日内拨付（2025年12月8日前）"
    )
