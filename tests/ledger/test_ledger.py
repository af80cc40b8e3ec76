"""The books: closed periods stay closed, what happens later is a line of its own, and nothing is decided twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.core.pending import still_pending
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import Advance, accounts, book_advance, standing
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import trial_balance, verify
from onestop_cli.ledger.waiting import pending, still_owed
from onestop_cli.run import Run
from onestop_cli.statements.pending import reported_again, still_waiting, waiting_findings
from onestop_cli.statements.statement import Statement
from tests.made.books import PEOPLE, decisions, new_books, office, paid, post, run_period, stays
from tests.made.kill_harness import killed, scene
from tests.made.run import with_info
from tests.made.small_layers import BASIC, document

AID = "医疗救助资金"
NOW = datetime(2010, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with new_books(tmp_path / "台账.db") as connection:
        yield connection


def a_stay(month: int, **said: Any) -> dict[str, Any]:
    """A stay of ten days in a county hospital, 3,000 yuan of which 2,400 are eligible, claimed as due."""
    days = {name: date(2010, month, 5 if name == "admitted_on" else 15) for name in _DAYS}
    return {
        "row": month, "hospital_raw": "县级医院", "stay_no": f"ZY{month}", "name": "人7",
        "id_raw": PEOPLE[7], **days, "total_fen": 300_000, "eligible_fen": 240_000,
        "basic_claimed_fen": 168_000, "assistance_claimed_fen": 92_400, **said,
    }  # fmt: skip


_DAYS = ("admitted_on", "discharged_on", "settled_on")
HELD = {"eligible_fen": 310_000}
"""More eligible than total cost: AM05, held."""
_HALF = {"basic_claimed_fen": 120_000, "assistance_claimed_fen": 0}


def about(month: int, **said: Any) -> dict[str, Any]:
    """A decision about the stay of that month."""
    place = {"source": "医院.csv", "row": month, "period": f"2010-{month:02}"}
    return {"hospital": "县级医院", "stay_no": f"ZY{month}", **place, **said}


def taken_back(row: dict[str, Any], month: int) -> dict[str, Any]:
    """The row that takes `row` back."""
    amounts = {name: -row[name] for name in row if name.endswith("_fen")}
    return {**row, **amounts, "row": 90 + month, "settled_on": date(2010, month, 20)}


def closed(
    books: sqlite3.Connection, month: int, *rows: dict[str, Any], decided: Any = None
) -> Run:
    """A month of `rows`, closed, with what the books know of those that wait."""
    run = run_period(stays(rows), f"2010-{month:02}", books, decided)
    waiting = still_pending(pending(books), run.adjustments)
    run = with_info(run, pending=waiting.to_dicts())
    post(books, run)
    assert verify(books) == []
    return run


class TestHeld:
    def test_a_stay_nobody_decides_stays_on_every_later_statement_with_its_age(
        self, books: sqlite3.Connection
    ) -> None:
        assert still_waiting(closed(books, 9, a_stay(9, **HELD))).is_empty()
        for month, days in ((10, 31), (11, 61), (12, 92)):
            waiting = still_waiting(closed(books, month, a_stay(month)))
            assert waiting.select("period", "stay_no", "days", "held_fen").rows() == [
                ("2010-09", "ZY9", days, 260_400)
            ]
            assert waiting["reason"][0].startswith("AM05 ")

    def test_the_row_that_takes_a_closed_stay_back_is_no_late_stay(
        self, books: sqlite3.Connection
    ) -> None:
        """September's stay is taken back in October, which brings another late one: that alone is 补报, with what it
        claims, 1,680.00 and 924.00."""
        closed(books, 9, a_stay(9))
        back = taken_back(a_stay(9), 10) | {"settled_on": date(2010, 9, 15)}
        other = {"row": 50, "stay_no": "ZY50", "name": "人8", "id_raw": PEOPLE[8]}
        run = closed(books, 10, back, a_stay(9, **other))
        late = Statement(run).late
        assert late.select("stay_no", "all_claimed_fen").rows() == [("ZY50", 260_400)]

    def test_a_settled_stay_reported_again_waits_for_no_answer(
        self, books: sqlite3.Connection
    ) -> None:
        """It is no late stay, and later it is counted and not listed."""
        closed(books, 9, a_stay(9))
        again = closed(books, 10, {**a_stay(9), "row": 99}, a_stay(10))
        assert Statement(again).late.is_empty()
        run = closed(books, 11, a_stay(11))
        assert still_waiting(run).is_empty()
        assert reported_again(run)["stay_no"].to_list() == ["ZY9"]

    def test_it_stands_in_the_list_of_findings_with_its_period(
        self, books: sqlite3.Connection
    ) -> None:
        """So that it can be decided there."""
        closed(books, 9, a_stay(9, **HELD))
        line = waiting_findings(closed(books, 10, a_stay(10))).row(0, named=True)
        assert (line["code"], line["period"], line["source"]) == ("AM05", "2010-09", "医院.csv")
        assert "2604.00 元" in line["message"]

    def test_a_release_pays_it_as_an_adjustment_of_its_own_period(
        self, books: sqlite3.Connection
    ) -> None:
        closed(books, 9, a_stay(9, **HELD))
        release = decisions(about(9, decision="放行", code="AM05"))
        run = closed(books, 10, a_stay(10), decided=release)
        assert run.adjustments.select("kind", "belongs_to", "status").rows() == [
            ("放行", "2010-09", "settled")
        ]
        assert still_waiting(run).is_empty()
        changes = [f"basic_{what}_fen" for what in ("payable", "offset")]
        line = next(line for line in accounts(books) if line.period == "2010-10")
        assert line.adjusted == run.adjustments.select(pl.sum_horizontal(changes)).item() > 0

    def test_a_row_that_reports_it_anew_takes_its_place(self, books: sqlite3.Connection) -> None:
        """Put right in October: the row of September is out of the books, October's is paid, nothing waits."""
        closed(books, 9, a_stay(9, **HELD))
        run = closed(books, 10, {**a_stay(9), "row": 99})
        assert run.stays["status"].to_list() == ["settled"]
        assert run.adjustments.select("kind", "belongs_to", "status").rows() == [
            ("重报", "2010-09", "reversed")
        ]
        assert still_waiting(run).is_empty()

    def test_a_document_that_comes_later_leaves_closed_stays_to_the_one_they_were_closed_with(
        self, books: sqlite3.Connection
    ) -> None:
        """Half of 2,400 was right in September; six tenths, issued later for all the year, are for October."""
        half = document(BASIC)
        more = document(BASIC, rate="[{ rate = 0.60 }]").model_copy(update={"id": "later"})
        before, after = office([half], ("甲类",)), office([more, half], ("甲类",))
        first, second = (a_stay(9, **_HALF), a_stay(10, **_HALF))
        post(books, run_period(stays([first]), "2010-09", books, None, before))
        run = run_period(stays([second]), "2010-10", books, None, after)
        assert run.adjustments.is_empty()
        assert run.stays["basic_due_fen"].to_list() == [144_000]

    def test_what_changed_twice_is_as_it_was_changed_last(self, books: sqlite3.Connection) -> None:
        """Held, released, taken back: then it may be reported again."""
        held = a_stay(9, **HELD)
        closed(books, 9, held)
        closed(books, 10, a_stay(10), decided=decisions(about(9, decision="放行", code="AM05")))
        assert pending(books).is_empty()
        closed(books, 11, taken_back(held, 11))
        run = run_period(stays([{**a_stay(9), "row": 99}]), "2010-12", books)
        assert run.stays["status"].to_list() == ["settled"]

    def test_what_was_paid_to_patients_is_owed_no_more(self, books: sqlite3.Connection) -> None:
        """五保户: the whole of the 1,320.00 that insurance leaves."""
        closed(books, 9, a_stay(9, assistance_claimed_fen=0))
        assert still_owed(books) == 132_000
        line = about(9, decision="补发", layer="assistance", amount_fen=5_000)
        right = a_stay(10, assistance_claimed_fen=132_000)
        closed(books, 10, right, decided=decisions(line))
        assert still_owed(books) == 132_000 - 5_000

    def test_what_was_refused_stays_refused(self, books: sqlite3.Connection) -> None:
        """It waits no more, and a later period takes nothing back and asks nothing."""
        closed(books, 9, a_stay(9, **HELD))
        refused = decisions(about(9, decision="拒付", code="AM05"))
        assert closed(books, 10, a_stay(10), decided=refused).adjustments["status"].to_list() == [
            "rejected"
        ]
        later = closed(books, 11, a_stay(11))
        assert later.adjustments.is_empty()
        assert still_waiting(later).is_empty()

    def test_what_was_refused_uses_nothing_of_the_year(self, books: sqlite3.Connection) -> None:
        """It had all of the 6,000 of a year; once it is refused, 849.00 of a later stay are due again."""
        who = {"id_raw": PEOPLE[6], "name": "人6"}
        bill = {"total_fen": 3_000_000, "eligible_fen": 1_000_000, "basic_claimed_fen": 700_000}
        closed(books, 9, a_stay(9, **who, **bill, assistance_claimed_fen=600_000))
        refused = decisions(about(9, decision="拒付", code="AM01"))
        closed(books, 10, a_stay(10, id_raw=PEOPLE[8], name="人8"), decided=refused)
        for again in ([], ["2010-09"]):
            run = run_period(stays([a_stay(11, **who)]), "2010-11", books, recompute=again)
            assert run.stays["assistance_due_fen"].to_list() == [84_900]
            assert run.adjustments.is_empty()

    def test_a_decision_is_carried_out_once(self, books: sqlite3.Connection) -> None:
        """The same lines handed in again are passed over and counted; so is a release of a stay that waits no more."""
        closed(books, 9, a_stay(9, **HELD))
        release = decisions(about(9, decision="放行", code="AM05"))
        closed(books, 10, a_stay(10), decided=release)
        other = decisions(about(9, decision="放行", code="AM05", reason="再说一遍"))
        for lines, said in ((release, "1 行已在 2010-10 执行过"), (other, "1 行已不需要")):
            run = run_period(stays([a_stay(11)]), "2010-11", books, lines)
            assert said in run.info.warnings[0]
            assert run.adjustments.is_empty()
            assert run.info.decisions.lines == ()

    def test_a_stay_that_a_late_one_makes_wait_can_be_released_at_once(
        self, books: sqlite3.Connection
    ) -> None:
        """And stays released in the months after."""
        closed(books, 9, a_stay(9))
        late = a_stay(9, stay_no="迟", row=50, admitted_on=date(2010, 9, 1))
        run = run_period(stays([late]), "2010-10", books)
        assert run.adjustments.select("kind", "blocking").rows() == [("转待核", "ST02")]
        release = decisions(about(9, decision="放行", code="ST02"))
        first = closed(books, 10, late, decided=release)
        second = closed(books, 11, a_stay(11))
        assert [run.adjustments["status"].to_list() for run in (first, second)] == [["settled"], []]


class TestLater:
    def test_a_corrected_stay_is_taken_back_and_booked_anew(
        self, books: sqlite3.Connection
    ) -> None:
        before = closed(books, 9, a_stay(9))
        right = a_stay(9, row=51, total_fen=290_000)
        after = closed(books, 10, taken_back(a_stay(9), 10), right)
        assert after.adjustments.select("kind", "belongs_to").rows() == [("红冲", "2010-09")]
        assert after.stays.select("status", "belongs_to").rows() == [
            ("reversed", None), ("settled", "2010-09")
        ]  # fmt: skip
        once = paid(run_period(stays([right]), "2010-09"))
        assert {key: fen + paid(after)[key] for key, fen in paid(before).items()} == once

    def test_a_hospital_with_nothing_but_reversals_has_a_statement_of_zeros(
        self, books: sqlite3.Connection
    ) -> None:
        first = a_stay(9)
        closed(books, 9, first)
        other = a_stay(10, hospital_raw="乡级医院")
        statement = Statement(closed(books, 10, other, taken_back(other, 10)))
        line = statement.hospitals.row(0, named=True)
        assert (line["hospital"], line["claims"], line["all_payment_fen"]) == ("乡级医院", 0, 0)
        assert statement.total["claims"] == 0

    def test_a_deduction_and_a_payment_to_the_patient_are_lines_of_their_funds(
        self, books: sqlite3.Connection
    ) -> None:
        closed(books, 9, a_stay(9, assistance_claimed_fen=0))
        owed = int(accounts(books)[0].paid_out)
        assert owed == 0
        lines = decisions(
            about(9, decision="扣款", layer="basic", amount_fen=10_000),
            about(9, decision="补发", layer="assistance", amount_fen=5_000),
        )
        run = closed(books, 10, a_stay(10, row=60, id_raw=PEOPLE[8], name="人8"), decided=lines)
        basic, aid = (line for line in accounts(books) if line.period == "2010-10")
        assert (basic.adjusted, aid.adjusted, aid.paid_out) == (-10_000, 5_000, 5_000)
        total = Statement(run).total
        assert (total["fund0_earlier_fen"], total["fund1_earlier_fen"]) == (-10_000, 5_000)


class TestClosing:
    def test_a_period_is_closed_once(self, books: sqlite3.Connection) -> None:
        run = closed(books, 9, a_stay(9))
        with pytest.raises(CannotRun, match="已经关账"):
            post(books, run)

    def test_books_that_have_moved_are_refused(self, books: sqlite3.Connection) -> None:
        late = run_period(stays([a_stay(10)]), "2010-10", books)
        closed(books, 9, a_stay(9))
        with pytest.raises(CannotRun, match="台账在这次核对之后有变动"):
            post(books, late)

    def test_an_advance_after_the_papers_is_told(self, books: sqlite3.Connection) -> None:
        """The books are right either way; what the papers say of the balance is not."""
        closed(books, 9, a_stay(9))
        run = run_period(stays([a_stay(10)]), "2010-10", books)
        run = with_info(run, accounts=standing(books, run.period))
        day = date(2010, 10, 8)
        book_advance(books, Advance(AID, parse_period("2010-10"), 100, day, "", "测试"), NOW)
        assert post(books, run).outdated
        assert not post(books, run_period(stays([a_stay(11)]), "2010-11", books)).outdated

    def test_rows_of_another_period_are_counted_and_not_posted(
        self, books: sqlite3.Connection
    ) -> None:
        run = run_period(stays([a_stay(9), a_stay(11)]), "2010-09", books)
        done = post(books, run)
        assert (done.stays, done.outside) == (1, 1)

    def test_balances_are_the_postings_added_up(self, books: sqlite3.Connection) -> None:
        """Opening + advanced − approved = balance, period after period, and both sides agree."""
        day = date(2010, 9, 1)
        closed(books, 9, a_stay(9))
        book_advance(books, Advance(AID, parse_period("2010-10"), 1_000_000, day, "", "测试"), NOW)
        closed(books, 10, a_stay(10), taken_back(a_stay(9), 10))
        first, second = (line for line in accounts(books) if line.fund == AID)
        assert (first.opening, first.approved, first.balance) == (0, 92_400, -92_400)
        assert (second.opening, second.advanced, second.adjusted) == (-92_400, 1_000_000, -92_400)
        assert second.balance == 1_000_000 - 92_400
        entries = trial_balance(books)
        assert sum(e.debit for e in entries) == sum(e.credit for e in entries)


class TestFile:
    @pytest.mark.parametrize("left", [0, 100, 5_000])
    def test_a_file_cut_off_is_refused(self, tmp_path: Path, left: int) -> None:
        path = tmp_path / "台账.db"
        with new_books(path):
            pass
        path.write_bytes(path.read_bytes()[:left])
        with pytest.raises(CannotRun), opened(path):
            pass

    def test_a_newer_ledger_and_a_foreign_file_are_refused(self, tmp_path: Path) -> None:
        path, foreign = tmp_path / "台账.db", tmp_path / "别的.db"
        with new_books(path) as books:
            books.execute("PRAGMA user_version = 99")
        with pytest.raises(CannotRun, match="更新版本"), opened(path):
            pass
        with sqlite3.connect(foreign) as other:
            other.execute("CREATE TABLE t (x)")
        with pytest.raises(CannotRun, match="不是 onestop 的台账"), opened(foreign):
            pass

    def test_a_second_writer_is_told_to_wait(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("onestop_cli.ledger.store.WAIT_SECONDS", 0.05)
        path = tmp_path / "台账.db"
        with new_books(path) as first:
            first.execute("BEGIN IMMEDIATE")
            with pytest.raises(CannotRun, match="另一个程序"), opened(path) as second:
                post(second, run_period(stays([a_stay(9)]), "2010-09", second))
            first.execute("ROLLBACK")


def test_a_killed_command_leaves_before_or_after(tmp_path: Path) -> None:
    """A sample of `python -m tests.made.kill_harness`, which does it a few hundred times."""
    stage = scene(tmp_path / "scene")
    for number, (what, moment) in enumerate([("close", 0.005), ("reconcile", 0.2)]):
        assert killed(stage, what, moment, tmp_path / f"{number}") in ("before", "after")
