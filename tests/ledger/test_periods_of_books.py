"""In which period a late stay, an advance, a released stay and a decision count."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from onestop_cli.core.closed import History, belongs_to
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import Advance, accounts, book_advance
from onestop_cli.ledger.books import closings, stays_of
from onestop_cli.ledger.trial_balance import verify
from tests.ledger.test_ledger import HELD, a_stay, closed
from tests.made.books import PEOPLE, decisions, new_books, post, run_period, stays

AID = "医疗救助资金"
NOW = datetime(2010, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with new_books(tmp_path / "台账.db", date(2010, 8, 1)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("day", "current", "period"),
    [
        (date(2010, 1, 1), "2011H1", "2010H1"),
        (date(2010, 6, 30), "2011H1", "2010H1"),
        (date(2010, 7, 1), "2011H1", "2010H2"),
        (date(2010, 12, 31), "2011H1", "2010H2"),
        (date(2010, 3, 31), "2010Q4", "2010Q1"),
        (date(2010, 9, 30), "2010Q4", "2010Q3"),
        (date(2010, 9, 1), "2010-10", "2010-09"),
        (date(2009, 12, 31), "2010", "2009"),
        (date(2011, 1, 1), "2011H1", None),
        (date(2011, 6, 30), "2011H1", None),
    ],
)
def test_a_late_stay_belongs_to_an_earlier_period_of_the_same_length(
    day: date, current: str, period: str | None
) -> None:
    found = pl.select(belongs_to(pl.lit(day), parse_period(current), ()))
    assert found.item() == period


def test_a_late_stay_belongs_to_the_closed_period_that_has_its_day() -> None:
    """The county closed months before it went over to quarters."""
    closed_ones = [parse_period("2010-08"), parse_period("2010-09")]
    days = pl.Series([date(2010, 8, 31), date(2010, 9, 1), date(2010, 9, 30), date(2010, 7, 31)])
    found = pl.select(belongs_to(pl.lit(days), parse_period("2010Q4"), closed_ones)).to_series()
    assert found.to_list() == ["2010-08", "2010-09", "2010-09", "2010Q3"]


@pytest.mark.parametrize(
    ("day", "period"),
    [(date(2010, 8, 31), None), (date(2010, 9, 1), "2010-09"), (date(2010, 9, 30), "2010-09")],
)
def test_a_late_stay_is_the_books_own_from_their_first_day_on(
    day: date, period: str | None
) -> None:
    history = History(pl.DataFrame(), (), first_day=date(2010, 9, 1))
    assert pl.select(history.late(pl.lit(day), parse_period("2010-10"))).item() == period


def advance(books: sqlite3.Connection, period: str, fen: int, note: str = "") -> None:
    line = Advance(AID, parse_period(period), fen, date(2010, 9, 1), note, "测试")
    book_advance(books, line, NOW)


def test_an_advance_for_a_longer_period_counts_in_the_first_closed_one_that_it_meets(
    books: sqlite3.Connection,
) -> None:
    """A quarter's advance, closed month by month."""
    advance(books, "2010Q4", 500_000)
    closed(books, 10, a_stay(10))
    closed(books, 11, a_stay(11))
    lines = [line for line in accounts(books) if line.fund == AID]
    assert [(line.period, line.advanced) for line in lines] == [
        ("2010-10", 500_000),
        ("2010-11", 0),
    ]


def test_an_advance_for_a_part_counts_in_the_period_around_it(books: sqlite3.Connection) -> None:
    advance(books, "2010-11", 500_000)
    post(books, run_period(stays([a_stay(10)]), "2010Q4", books))
    lines = [line for line in accounts(books) if line.fund == AID]
    assert [(line.period, line.advanced) for line in lines] == [("2010Q4", 500_000)]


@pytest.mark.parametrize(
    ("period", "fen", "said"),
    [
        ("2010-09", 100, "已经关账（最近关的是 2010-09），账目不再变动"),
        ("2010Q3", 100, "已经关账（最近关的是 2010-09），账目不再变动"),
        ("2010-10", 0, "预拨金额为零"),
        ("2010-10", -100, "收回预拨要写明原因"),
    ],
)
def test_an_advance_that_cannot_be_booked_is_refused(
    books: sqlite3.Connection, period: str, fen: int, said: str
) -> None:
    closed(books, 9, a_stay(9))
    with pytest.raises(CannotRun, match=said):
        advance(books, period, fen)


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("2010-11", "2010-11", "已经关账"),
        ("2010-11", "2010Q4", "与已关账的 2010-11 重叠"),
        ("2010Q4", "2010-11", "与已关账的 2010Q4 重叠"),
        ("2010-11", "2010-10", "2010-11 已经关账，在2010年10月之后"),
    ],
)
def test_a_period_that_does_not_follow_the_closed_ones_is_refused(
    books: sqlite3.Connection, first: str, then: str, said: str
) -> None:
    post(books, run_period(stays([a_stay(11)]), first, books))
    with pytest.raises(CannotRun, match=said):
        post(books, run_period(stays([a_stay(12)]), then, books))


def test_a_stay_out_of_place_that_people_release_is_paid_and_posted(
    books: sqlite3.Connection,
) -> None:
    """What a fund pays and what the books keep are the same stays."""
    later = {"source": "医院.csv", "row": 12, "hospital": "县级医院", "stay_no": "ZY12"}
    release = decisions({**later, "decision": "放行", "code": "ST04"})
    run = run_period(stays([a_stay(10), a_stay(12)]), "2010-10", books, release)
    assert run.stays["status"].to_list() == ["settled", "settled"]
    assert (post(books, run).stays, verify(books)) == (2, [])
    (closing,) = closings(books)
    assert stays_of(books, closing)["stay_no"].to_list() == ["ZY10", "ZY12"]
    approved = {line.fund: line.approved for line in accounts(books)}
    assert approved[AID] == 2 * 92_400


def test_a_decision_without_a_place_is_about_the_runs_own_stay_before_a_closed_one(
    books: sqlite3.Connection,
) -> None:
    """A number for life: last month's stay of that number waits, too."""
    closed(books, 9, a_stay(9, stay_no="终身", **HELD))
    named = {"hospital": "县级医院", "stay_no": "终身", "name": "人7"}
    release = decisions({**named, "decision": "放行", "code": "AM05"})
    run = run_period(stays([a_stay(10, stay_no="终身", **HELD)]), "2010-10", books, release)
    assert run.stays["status"].to_list() == ["settled"]
    assert run.adjustments.is_empty()


def test_a_later_deduction_comes_on_top_of_an_earlier_one(books: sqlite3.Connection) -> None:
    closed(books, 9, a_stay(9))
    for month, fen in ((10, 100), (11, 250)):
        line = {"hospital": "县级医院", "stay_no": "ZY9", "period": "2010-09"}
        said = {"decision": "扣款", "layer": "basic", "amount_fen": fen, "reason": f"{month}月查实"}
        run = closed(books, month, a_stay(month), decided=decisions({**line, **said}))
        assert run.adjustments["basic_payable_fen"].to_list() == [-fen]
        assert run.adjustments["basic_deducted_fen"].to_list() == [fen]


def test_what_was_refused_stays_refused(books: sqlite3.Connection) -> None:
    closed(books, 9, a_stay(9))
    line = {"hospital": "县级医院", "stay_no": "ZY9", "period": "2010-09", "decision": "拒付"}
    first = closed(books, 10, a_stay(10), decided=decisions(line))
    assert first.adjustments.select("kind", "status").rows() == [("拒付", "rejected")]
    assert closed(books, 11, a_stay(11)).adjustments.is_empty()


def test_what_was_settled_once_is_known_by_its_number_alone(books: sqlite3.Connection) -> None:
    """Of a person found by the number the rest of the year is known, too: its cap is used up."""
    dear = {"total_fen": 3_000_000, "eligible_fen": 0, "basic_claimed_fen": 0}
    poor = {"name": "人0", "id_raw": PEOPLE[0], "assistance_claimed_fen": 600_000, **dear}
    closed(books, 9, a_stay(9, **poor))
    run = run_period(stays([a_stay(10, **poor)]), "2010-10", books)
    assert run.stays["assistance_due_fen"].to_list() == [0]
