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


@pytest.mark.parametrize("text", ["", "2010Q5", "2010-13", "2010H3", "10Q4", "2010Q", "2010-1"])
def test_anything_else_is_refused_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(CannotRun, match="看不懂结算期") as refused:
        parse_period(text)
    assert "2010Q4" in refused.value.problems[0].remedy
