"""Settlement periods as a clerk types them."""

from __future__ import annotations

from datetime import date

import pytest

from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun


@pytest.mark.parametrize(
    ("text", "first", "last", "chinese"),
    [
        ("2010", date(2010, 1, 1), date(2010, 12, 31), "2010年度"),
        ("2010H2", date(2010, 7, 1), date(2010, 12, 31), "2010年下半年"),
        ("2010q4", date(2010, 10, 1), date(2010, 12, 31), "2010年第4季度"),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29), "2012年2月"),
    ],
)
def test_a_period_has_its_days_and_its_name(
    text: str, first: date, last: date, chinese: str
) -> None:
    period = parse_period(text)
    assert (period.first, period.last, period.chinese) == (first, last, chinese)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2010Q5",
        "2010-13",
        "2010-0",
        "2010H3",
        "10Q4",
        "2010Q",
        "第四季度",
        "2010年第十季度",
        "0000",
    ],
)
def test_anything_else_is_refused_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(CannotRun, match="看不懂结算期") as refused:
        parse_period(text)
    assert "2010Q4" in refused.value.problems[0].remedy


@pytest.mark.parametrize(
    ("id", "texts"),
    [
        ("2010", ["2010年", "2010年度", "２０１０", "2010全年", "2010年全年", "二〇一〇年"]),
        ("2010H1", ["2010h1", "2010年上半年", "2010上半年", "2010-H1"]),
        (
            "2010Q4",
            [
                "2010q4",
                "2010年第四季度",
                "2010第4季度",
                "2010年四季度",
                "２０１０Ｑ４",
                "2010-Q4",
                "2010 Q4",
            ],
        ),
        ("2010-11", ["2010.11", "2010/11", "2010年11月", "2010年十一月份", "201011", "2010—11"]),
        ("2011-04", ["2011-4", "2011年4月", "2011年四月", "２０１１－４"]),
        ("2010-10", ["2010-10", "2010年十月", "2010年10月份"]),
    ],
)
def test_a_period_is_read_as_people_write_it(id: str, texts: list[str]) -> None:
    assert {parse_period(text).id for text in texts} == {id}


@pytest.mark.parametrize(
    ("text", "why"),
    [("2010Q5", "没有第 5 季度"), ("2010-13", "没有 13 月"), ("2010H3", "没有 H3")],
)
def test_a_period_that_no_year_has_says_why(text: str, why: str) -> None:
    with pytest.raises(CannotRun) as refused:
        parse_period(text)
    assert why in refused.value.problems[0].what
