"""公示期: working days, blanks, and what cannot be meant."""

from __future__ import annotations

from datetime import date

import pytest

from onestop_cli.county.periods import parse_period
from onestop_cli.county.workdays import KNOWN_YEARS, Calendar
from onestop_cli.errors import CannotRun
from onestop_cli.notices.notice_period import NoticePeriod, check_notice_period

QUARTER = parse_period("2010Q4")


def test_the_notice_period_in_words() -> None:
    span = NoticePeriod(first=date(2011, 1, 6)).span
    assert span == "2011年1月6日至2011年1月14日，共 7 个工作日"


def test_the_spring_festival_and_the_days_worked_for_it_count() -> None:
    """2 to 8 February 2011 are free; Sunday 30 January and Saturday 12 February are worked."""
    assert NoticePeriod(first=date(2011, 1, 28)).last == date(2011, 2, 11)


def test_the_countys_own_days_come_first() -> None:
    own = Calendar(holidays=frozenset({date(2011, 1, 7)}))
    assert NoticePeriod(date(2011, 1, 6), 2, own).last == date(2011, 1, 10)


def test_a_period_nobody_knows_yet_leaves_room_to_write() -> None:
    span = NoticePeriod().span
    assert span.count("年") == 2
    assert not any(digit in span.split("，")[0] for digit in "0123456789")


def test_beyond_the_known_years_the_list_says_so() -> None:
    after = KNOWN_YEARS[-1] + 1
    assert NoticePeriod(first=date(2011, 1, 6)).unknown == ()
    notice = NoticePeriod(first=date(after, 2, 1))
    assert notice.unknown == (after,)
    assert notice.span.endswith(f"共 7 个工作日（{after}年的放假安排未载入，只扣除周末）")


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        (NoticePeriod(days=0), "公示期 0 天不成立"),
        (NoticePeriod(days=-3), "公示期 -3 天不成立"),
        (NoticePeriod(days=61), "公示期 61 天不成立"),
        (NoticePeriod(days=10**9), "公示期 1000000000 天不成立"),
        (
            NoticePeriod(first=date(2010, 12, 31)),
            "公示第一天 2010-12-31 不晚于结算期末（2010-12-31）",
        ),
        (NoticePeriod(first=date(1, 1, 1)), "公示第一天 0001-01-01 不晚于结算期末"),
        (NoticePeriod(first=date(9999, 12, 31)), "公示第一天 9999-12-31 太晚，像是写错了年份"),
    ],
)
def test_what_cannot_be_meant_is_refused(notice: NoticePeriod, said: str) -> None:
    with pytest.raises(CannotRun) as refused:
        check_notice_period(notice, QUARTER)
    assert said in str(refused.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(CannotRun) as refused:
        check_notice_period(NoticePeriod(date(2010, 11, 1), 0), QUARTER)
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("first", [date(2011, 1, 1), date(2026, 11, 26)])
def test_days_after_the_period_may_be_meant(first: date) -> None:
    check_notice_period(NoticePeriod(first=first, days=60), QUARTER)
