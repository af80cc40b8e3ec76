"""What stands around a public list: period, hotlines, standards, basis, funds."""

from __future__ import annotations

from datetime import date

import pytest

from onestop_cli.errors import CannotRun
from onestop_cli.notices.notice_period import FundLine, Wall, last_working_day, posting_of
from tests.made.notices import STANDARDS, run_of


@pytest.mark.parametrize(
    ("first", "days", "holidays", "last"),
    [
        (date(2011, 1, 6), 1, [], date(2011, 1, 6)),
        (date(2011, 1, 6), 2, [], date(2011, 1, 7)),
        (date(2011, 1, 6), 3, [], date(2011, 1, 10)),
        (date(2011, 1, 6), 7, [], date(2011, 1, 14)),
        (date(2011, 1, 8), 1, [], date(2011, 1, 10)),
        (date(2011, 1, 6), 2, [date(2011, 1, 7)], date(2011, 1, 10)),
        (date(2011, 1, 6), 1, [date(2011, 1, 6), date(2011, 1, 7)], date(2011, 1, 10)),
    ],
)
def test_working_days(first: date, days: int, holidays: list[date], last: date) -> None:
    assert last_working_day(first, days, holidays) == last


def test_a_posting_period_without_days_cannot_be() -> None:
    with pytest.raises(CannotRun, match="公示期 0 天"):
        posting_of(run_of(), Wall(days=0))


def test_the_posting_period_in_words() -> None:
    span = posting_of(run_of(), Wall(first=date(2011, 1, 6))).span
    assert span == "2011年1月6日至2011年1月14日，共 7 个工作日"


def test_a_period_nobody_knows_yet_leaves_room_to_write() -> None:
    span = posting_of(run_of(), Wall()).span
    assert span.count("年") == 2
    assert not any(digit in span.split("，")[0] for digit in "0123456789")


def test_hotlines_are_the_countys_and_the_townships_own() -> None:
    posting = posting_of(run_of(), Wall())
    phones = {line.office: line.phone for line in posting.hotlines_of("白土乡")}
    assert phones == {
        "县合管办": "0971-2230001",
        "县民政局": "0971-2230002",
        "乡镇监督电话": "0971-2230003",
    }
    assert len(posting.hotlines_of(None)) == 2


def test_a_county_without_phones_gets_blanks_for_both_offices() -> None:
    posting = posting_of(run_of(county={"name": "示例县"}), Wall())
    assert [(line.office, line.phone) for line in posting.hotlines] == [
        ("县合管办", ""),
        ("县民政局", ""),
    ]


def test_standards_and_basis_come_from_the_rules_of_the_run() -> None:
    rules = [
        {"id": "r", "document": "救助办法", "number": "示政发〔2009〕1号", "assumed": ["from"]}
    ]
    posting = posting_of(run_of(rules=rules), Wall(basis="《社会救助暂行办法》"))
    assert posting.basis == (
        "《救助办法》（示政发〔2009〕1号）（施行日期系推定）",
        "《社会救助暂行办法》",
    )
    assert posting.standards[0].terms == STANDARDS[0]["terms"]


def test_standards_that_differ_by_level_only_share_a_line() -> None:
    lines = [
        ("乡级 · 救助对象", "80%"),
        ("县级 · 救助对象", "70%"),
        ("全部对象", "最高 35,000.00 元"),
    ]
    known = [
        {"layer_name": "新农合补偿", "who": who, "terms": terms, "document": "办法"}
        for who, terms in lines
    ]
    found = [
        (line.who, line.terms) for line in posting_of(run_of(standards=known), Wall()).standards
    ]
    assert found == [("救助对象", "乡级 80%；县级 70%"), ("全部对象", "最高 35,000.00 元")]


def test_the_balance_of_a_fund_is_what_is_left() -> None:
    assert FundLine("新农合基金", opening_fen=100, income_fen=50, outlay_fen=30).balance_fen == 120
