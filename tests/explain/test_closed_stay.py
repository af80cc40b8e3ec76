"""A closed stay explained: what was paid then, what is right now, why, and by which other stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from onestop_cli.batch.explain import explain_stay
from onestop_cli.batch.stay_in_books import standing
from onestop_cli.core.adjustments import POSTED
from onestop_cli.errors import CannotRun
from onestop_cli.explain.closed_stay import names_of_amounts, unlike_posted
from onestop_cli.explain.explanation import Explanation, explain, explain_booked
from onestop_cli.ledger.chain import end_of
from onestop_cli.ledger.life import layer_names, life, posted_stays
from onestop_cli.ledger.owed import Payment, pay
from onestop_cli.ledger.store import opened
from onestop_cli.run import Run
from onestop_cli.writers.toolkit.run_folder import write_data
from tests.explain.test_explain import part, screen, wrong_sums
from tests.ledger.test_final_account import closed
from tests.ledger.test_ledger import a_stay, taken_back
from tests.ledger.test_recompute import RIGHT, SEPTEMBER, UNLISTED, closed_under, october
from tests.made.books import PEOPLE, decisions, new_books, post, run_period, stays
from tests.made.months import made_quarter

CHANGED = "上期调整（右边是本次增减）"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Books in which September was closed with a person who was not on the roster yet."""
    closed_under(tmp_path / "账", UNLISTED)
    return tmp_path / "账"


def told(run: Run, path: Path | None = None) -> Explanation:
    """Of the one closed stay that `run` changes."""
    row = run.closed.row(0, named=True)
    if path is None:
        return explain(run, row, RIGHT.book)
    with opened(path) as books:
        return explain(run, row, RIGHT.book, life(books, 1).bookings)


def lines(explanation: Explanation, title: str) -> Iterator[tuple[str, str, str]]:
    for group in part(explanation, title).groups:
        yield from ((line.label, line.working, line.amount) for line in group.lines)


def month(path: Path, number: int, *rows: dict[str, Any], **more: Any) -> Run:
    """A month beside the books, not closed."""
    with opened(path) as books:
        return run_period(stays(rows), f"2010-{number}", books, **more)


class TestOfAnAdjustmentLine:
    def test_every_difference_is_what_the_line_books(self, path: Path) -> None:
        run = october(path)
        line, shown = run.adjustments.row(0, named=True), {}
        for label, _, amount in lines(told(run), CHANGED):
            shown[label] = amount.replace(",", "").replace(".", "")
        booked = [int(line[f"assistance_{what}_fen"]) for what in POSTED]
        words = ("申报", "核付", "扣减", "待核", "少付", "层间调整", "补发患者")
        found = [int(shown.get(f"医疗救助{word}", "0")) for word in words]
        assert found == booked
        assert int(shown["应补未补"]) == line["patient_owed_fen"] == 39_600

    def test_it_says_why_and_works_out_what_is_right_now(self, path: Path) -> None:
        explanation = told(october(path))
        assert ("上期调整", "更正：救助类别 无 → 五保户（册.csv · 第7行）", "") in [
            *lines(explanation, CHANGED)
        ]
        assert ("应补", "本笔金额 1,320.00", "1,320.00") in [*lines(explanation, "医疗救助")]
        assert "核对发现" not in [one.title for one in explanation.parts]

    def test_every_sum_comes_to_its_amount(self, path: Path) -> None:
        explanation = told(october(path), path)
        assert wrong_sums(explanation.lines) == []
        assert PEOPLE[7] not in screen(explanation)

    def test_a_reversal_names_the_row_that_takes_it_back(self, path: Path) -> None:
        back = {**taken_back(a_stay(9), 9), "settled_on": date(2010, 10, 20)}
        found = [*lines(told(month(path, 10, back)), CHANGED)]
        assert any(label == "对应的住院" and "（医院.csv:99）" in said for label, said, _ in found)
        assert ("现在", "已冲销", "") in found

    def test_a_stay_that_waits_names_the_one_it_overlaps(self, path: Path) -> None:
        """The late one was settled before it, so that the closed one came second."""
        earlier = a_stay(
            9, row=44, stay_no="ZY44", hospital_raw="市级医院", settled_on=date(2010, 10, 2)
        )
        other = {**earlier, "admitted_on": date(2010, 9, 1), "discharged_on": date(2010, 9, 12)}
        run = month(path, 10, other)
        found = [*lines(told(run), CHANGED)]
        assert ("现在", "待核：ST02 住院时间重叠", "") in found
        assert any(
            "市级医院 住院号 ZY44" in said for label, said, _ in found if label == "对应的住院"
        )

    def test_where_only_the_year_looks_different_its_other_stays_are_named(
        self, tmp_path: Path
    ) -> None:
        poor = {"id_raw": PEOPLE[3], "name": "人3"}
        large = {"total_fen": 2_000_000, "eligible_fen": 1_600_000, "basic_claimed_fen": 1_120_000,
                 "assistance_claimed_fen": 528_000}  # fmt: skip
        with new_books(tmp_path / "账") as books:
            post(books, run_period(stays([a_stay(9, **poor, **large)]), SEPTEMBER, books))
        late = a_stay(8, **poor, **large)
        run = month(tmp_path / "账", 10, late)
        found = [*lines(told(run), CHANGED)]
        assert ("上期调整", "重算：同一年度的其他住院有变动，按年度顺序重算", "") in found
        assert any("住院号 ZY8" in said for label, said, _ in found if label == "对应的住院")


class TestOfTheBooks:
    def test_the_postings_add_up_to_what_is_paid_now(self, path: Path) -> None:
        found = {label: amount for label, _, amount in lines(told(october(path), path), "台账各笔")}
        assert found["至今医疗救助核付"] == "924.00"
        assert found["至今个人自付"] == "0.00"

    def test_a_payment_to_the_patient_is_one_of_them(self, path: Path) -> None:
        run = october(path)
        with opened(path) as books:
            paid = Payment(1, "assistance", 39_600, date(2010, 11, 3))
            pay(books, [paid], {}, "测试", datetime(2010, 11, 4, tzinfo=UTC), end_of(books)[0])
        found = [*lines(told(run, path), "台账各笔")]
        assert ("支付", "第 4 号记账，2010-11-03；支付：应补名单", "") in found
        assert ("医疗救助补发患者", "", "396.00") in found


class TestOfAStayThatTheRunLeavesAlone:
    """Worked out again from the books: the run has nothing of it."""

    def told(self, path: Path, row: int, period: str = SEPTEMBER) -> Explanation:
        run = month(path, 11, a_stay(11, id_raw=PEOPLE[8], name="人8"))
        with opened(path) as books:
            posted = posted_stays(books).filter(period=period, row=row).row(0, named=True)
            bookings = life(books, posted["number"]).bookings
            return explain_booked(bookings, layer_names(books), standing(books, posted, run))

    def test_it_stands_as_the_last_correction_left_it(self, path: Path) -> None:
        """September knew no right, October put it in: 五保 gets all of the 1,320.00 that the insurance leaves."""
        october(path)
        found = self.told(path, 9)
        assert ("救助类别", "五保户", "") in [*lines(found, "身份")]
        assert ("应补", "本笔金额 1,320.00", "1,320.00") in [*lines(found, "医疗救助")]
        assert ("至今医疗救助核付", "2010-10 924.00", "924.00") in [*lines(found, "台账各笔")]
        assert "注意" not in [line.label for line in found.lines]
        assert wrong_sums(found.lines) == []
        assert PEOPLE[7] not in screen(found)

    def test_what_was_paid_to_the_patient_since_is_no_difference(self, path: Path) -> None:
        october(path)
        with opened(path) as books:
            paid = Payment(1, "assistance", 39_600, date(2010, 11, 3))
            pay(books, [paid], {}, "测试", datetime(2010, 11, 4, tzinfo=UTC), end_of(books)[0])
        found = self.told(path, 9)
        assert "注意" not in [line.label for line in found.lines]
        assert ("医疗救助补发患者", "", "396.00") in [*lines(found, "台账各笔")]

    def test_its_year_names_the_closed_stays_before_it(self, tmp_path: Path) -> None:
        """Of the 8,800.00 that the insurance leaves of the first, the year's 6,000.00 are all that is due."""
        poor = {"id_raw": PEOPLE[3], "name": "人3"}
        large = {"total_fen": 2_000_000, "eligible_fen": 1_600_000, "basic_claimed_fen": 1_120_000,
                 "assistance_claimed_fen": 0}  # fmt: skip
        with new_books(tmp_path / "账") as books:
            for number, claim in ((8, 600_000), (9, 1)):
                row = a_stay(number, **poor, **large | {"assistance_claimed_fen": claim})
                post(books, run_period(stays([row]), f"2010-0{number}", books))
        found = self.told(tmp_path / "账", 9)
        before = "2010-08-15 出院，县级医院，住院号 ZY8"
        told = [line for line in lines(found, "本年此前各笔") if line[1] == before]
        assert told == [("新农合补偿", before, "11,200.00"), ("医疗救助", before, "6,000.00")]
        assert wrong_sums(found.lines) == []

    def test_of_one_that_waits_there_is_what_it_claims(self, tmp_path: Path) -> None:
        """Also of a stay of nobody: its number is spoiled."""
        with new_books(tmp_path / "账") as books:
            row = a_stay(9, id_raw="12345")
            post(books, run_period(stays([row]), SEPTEMBER, books))
        found = self.told(tmp_path / "账", 9)
        assert "政策" not in [one.title for one in found.parts]
        assert ("医疗救助申报", "", "924.00") in [*lines(found, "申报与核定")]
        assert "ID01" in screen(found)

    def test_every_closed_stay_comes_to_what_was_posted(self, tmp_path: Path) -> None:
        """Taken back, refused, released, recognised and late ones of three months, all as the books leave them."""
        quarter, found = made_quarter(Random(4), 16), Counter[str]()
        with new_books(tmp_path / "账") as books:
            *_, run = closed(quarter, books)
            for row in posted_stays(books).iter_rows(named=True):
                stands = standing(books, row, run)
                found[stands.row["status"]] += 1
                assert [*unlike_posted(stands.row, layer_names(books))] == []
        assert {"settled", "held"} <= set(found)

    def test_sums_that_do_not_come_to_what_was_posted_are_named(self) -> None:
        amounts = dict.fromkeys(names_of_amounts([("basic", "新农合")]), 0)
        row = {
            "status": "settled",
            **amounts,
            "basic_payable_fen": 5,
            "posted_basic_payable_fen": 4,
        }
        (line,) = unlike_posted(row, [("basic", "新农合")])
        assert line.working.startswith("新农合核付与已入账的不同")
        assert [*unlike_posted({**row, "posted_basic_payable_fen": 5}, [("basic", "新农合")])] == []


class TestTheCommand:
    @pytest.fixture
    def folder(self, path: Path) -> Path:
        """A run of October that changes nothing about September."""
        run = replace(october(path, again=False), roster=RIGHT.roster)
        (path.parent / "run").mkdir()
        write_data(replace(run, quarantine=run.findings), path.parent / "run")
        return path.parent / "run"

    def test_a_closed_stay_is_found_in_the_ledger(
        self, folder: Path, path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for text in ("ZY9", "2010-09:ZY9", "2010-09:医院.csv:9"):
            explain_stay(folder, text, None, None, path)
            said = capsys.readouterr().out
            assert "2010年9月 · 县级医院 · 住院号 ZY9" in said
            assert "按比例    2,400.00 × 65%" in said
            assert "2010-09 关账    第 2 号记账" in said

    def test_of_another_period_it_is_not(self, folder: Path, path: Path) -> None:
        with pytest.raises(CannotRun, match="没有找到“ZY9”这笔住院"):
            explain_stay(folder, "2010-08:ZY9", None, None, path)

    def test_the_person_has_two_only_one_of_which_is_of_the_run(
        self, folder: Path, path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        explain_stay(folder, PEOPLE[8][-4:], None, None, path)
        assert "住院号 ZY10" in capsys.readouterr().out

    def test_a_line_and_its_reversal_are_told_apart_by_the_period(
        self, path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run = month(path, 10, {**taken_back(a_stay(9), 9), "settled_on": date(2010, 10, 20)})
        folder = path.parent / "both"
        folder.mkdir()
        write_data(replace(run, quarantine=run.findings), folder)
        with pytest.raises(CannotRun) as refused:
            explain_stay(folder, "ZY9", None, None, path)
        assert "2010-09:医院.csv:9" in "".join(p.remedy for p in refused.value.problems)
        explain_stay(folder, "2010-09:医院.csv:9", None, None, path)
        assert "红冲：冲红行：医院.csv · 第99行" in capsys.readouterr().out


def test_decided_stays_say_by_which_decision(path: Path) -> None:
    refusal = decisions(
        {"hospital": "县级医院", "stay_no": "ZY9", "source": "医院.csv", "row": 9, "period": SEPTEMBER,
         "decision": "拒付"}
    )  # fmt: skip
    other = a_stay(10, id_raw=PEOPLE[8], name="人8")
    found = [*lines(told(month(path, 10, other, decided=refusal)), CHANGED)]
    assert any(
        label == "上期调整" and said.startswith("拒付：处理意见：") for label, said, _ in found
    )
