"""A closed period found wrong is worked out again: what register, roster and documents say now, once and for all."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.batch.closed_periods import periods_again, remember
from onestop_cli.batch.retroactive import retroactive, rows_among
from onestop_cli.cli import run as onestop
from onestop_cli.core.options import USUAL, Earlier, NameLookup
from onestop_cli.core.pipeline import Core
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.load import closed_rules
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from onestop_cli.rulebook.library import LoadedRule
from onestop_cli.run import Run
from tests.ledger.test_ledger import a_stay
from tests.made.books import (
    PEOPLE,
    REGISTER,
    Office,
    decisions,
    huangzhong,
    new_books,
    paid,
    post,
    run_period,
    stays,
)

OCTOBER, SEPTEMBER = parse_period("2010-10"), "2010-09"
RIGHT = huangzhong()


def with_county_hospital(level: str) -> Office:
    """The office whose register calls the county hospital one of another level."""
    found = pl.when(pl.col("hospital") == "县级医院").then(pl.lit(level)).otherwise("level")
    return replace(RIGHT, register=REGISTER.with_columns(level=found))


UNLISTED = replace(RIGHT, unlisted=frozenset({PEOPLE[7]}))
TOWNSHIP = with_county_hospital("township")
VILLAGE = with_county_hospital("village")
STRANGE = replace(RIGHT, categories=("另类人员",))
UNKNOWN = replace(RIGHT, register=REGISTER.filter(pl.col("hospital") != "县级医院"))


_SEPTEMBER: dict[int, bytes] = {}
"""The books of each office of this module, made once."""


def closed_under(path: Path, office: Office) -> None:
    """September, closed by an office that knew no better."""
    if id(office) not in _SEPTEMBER:
        with new_books(path) as books:
            post(books, run_period(stays([a_stay(9)]), SEPTEMBER, books, None, office))
        _SEPTEMBER[id(office)] = path.read_bytes()
    path.write_bytes(_SEPTEMBER[id(office)])


def october(path: Path, *, again: bool = True, office: Office = RIGHT) -> Run:
    """October without a stay of that person, closed."""
    other = a_stay(10, id_raw=PEOPLE[8], name="人8")
    with opened(path) as books:
        recompute = [SEPTEMBER] if again else []
        run = run_period(stays([other]), "2010-10", books, None, office, recompute)
        post(books, run)
        assert verify(books) == []
    return run


@pytest.mark.parametrize(
    ("office", "because"),
    [
        (UNLISTED, "救助类别 无 → 五保户（册.csv · 第7行）"),
        (UNKNOWN, "机构级别 不在名册 → 县级"),
        (TOWNSHIP, "机构级别 乡级 → 县级"),
    ],
)
def test_the_difference_is_a_line_that_says_what_was_wrong(
    tmp_path: Path, office: Office, because: str
) -> None:
    """It is what September would have paid, less what it did pay."""
    path = tmp_path / "账"
    closed_under(path, office)
    line = october(path).adjustments.row(0, named=True)
    assert line["because"].startswith(because)
    assert (line["period"], line["status"]) == (SEPTEMBER, "settled")
    right, wrong = (
        paid(run_period(stays([a_stay(9)]), SEPTEMBER, None, None, one)) for one in (RIGHT, office)
    )
    moved = {
        layer: sum(line[f"{layer}_{what}_fen"] for what in ("payable", "offset"))
        for layer in ("basic", "assistance")
    }
    assert {**moved, "owed": line["patient_owed_fen"]} == {
        key: right[key] - wrong[key] for key in right
    }


@pytest.mark.parametrize("office", [UNLISTED, UNKNOWN, TOWNSHIP])
def test_it_is_put_right_once_and_stays_right(tmp_path: Path, office: Office) -> None:
    """Later runs see the stay as it was put right, whether or not they work the period out again."""
    path = tmp_path / "账"
    closed_under(path, office)
    october(path)
    later = a_stay(11)
    with opened(path) as books:
        for again in ([], [SEPTEMBER]):
            run = run_period(stays([later]), "2010-11", books, None, RIGHT, again)
            assert run.adjustments.is_empty()


def test_nothing_is_looked_up_again_unasked(tmp_path: Path) -> None:
    path = tmp_path / "账"
    closed_under(path, UNLISTED)
    assert october(path, again=False).adjustments.is_empty()


def test_who_is_gone_from_the_roster_loses_what_was_paid(tmp_path: Path) -> None:
    path = tmp_path / "账"
    closed_under(path, RIGHT)
    line = october(path, office=UNLISTED).adjustments.row(0, named=True)
    assert line["because"] == "救助类别 五保户 → 无（不在册）"
    assert (line["assistance_payable_fen"], line["assistance_deducted_fen"]) == (-92_400, 92_400)


def test_a_refused_duplicate_worked_out_again_is_still_one(tmp_path: Path) -> None:
    """Two rows of one stay differ in cost; people refuse the first, then September's level is put right, then they
    release the second. It is paid as if it had come alone: 70 % of 2,400.00, and the 924.00 that were claimed."""
    path, other = tmp_path / "账", {"row": 10, "total_fen": 310_000}
    about = {"hospital": "县级医院", "stay_no": "ZY9", "source": "医院.csv"}
    refusal = decisions({**about, "row": 9, "decision": "拒付"})
    release = decisions({**about, "row": 10, "decision": "放行", "code": "ST01"})
    nobody = {"id_raw": PEOPLE[8], "name": "人8"}
    with new_books(path) as books:
        rows = stays([a_stay(9), a_stay(9, **other)])
        post(books, run_period(rows, SEPTEMBER, books, None, TOWNSHIP))
        for month, said, again in ((10, refusal, []), (11, None, [SEPTEMBER]), (12, release, [])):
            row = a_stay(month, **nobody, basic_claimed_fen=0, assistance_claimed_fen=0)
            run = run_period(stays([row]), f"2010-{month}", books, said, RIGHT, again)
            post(books, run)
        line = run.adjustments.row(by_predicate=pl.col("row") == 10, named=True)
    assert (line["status"], line["blocking"]) == ("settled", "")
    assert (line["basic_payable_fen"], line["assistance_payable_fen"]) == (168_000, 92_400)


def test_what_the_document_does_not_cover_waits_and_is_not_paid_as_claimed(tmp_path: Path) -> None:
    """The county hospital is found to be a village clinic, of which the document says nothing: what September paid,
    1,680.00 and 924.00, is taken back until people decide, as if the stay came today."""
    path = tmp_path / "账"
    closed_under(path, RIGHT)
    line = october(path, office=VILLAGE).adjustments.row(0, named=True)
    assert (line["kind"], line["status"], line["blocking"]) == ("转待核", "held", "RU01")
    assert (line["basic_payable_fen"], line["assistance_payable_fen"]) == (-168_000, -92_400)
    assert (line["basic_held_fen"], line["assistance_held_fen"]) == (168_000, 92_400)


def test_a_kind_nobody_knows_still_waits_when_its_period_is_worked_out_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "账"
    closed_under(path, STRANGE)
    assert october(path, office=STRANGE).adjustments.is_empty()


class TestRetroactive:
    """A roster that covers closed stays now is told, and nothing is booked by that."""

    def told(self, path: Path, office: Office, *rows: Any, **past: Any) -> list[str]:
        names = NameLookup(hospital=office.hospital, level=lambda text: None, category=str)
        core = Core(office.roster, office.register, office.book, OCTOBER, names, USUAL)
        return [*retroactive(path, core, rows_among(stays([*rows, a_stay(10)])), Earlier(**past))]

    def test_with_amounts_in_all_and_per_layer(self, tmp_path: Path) -> None:
        closed_under(tmp_path / "账", UNLISTED)
        before = (tmp_path / "账").read_bytes()
        (said,) = self.told(tmp_path / "账", RIGHT)
        assert "住院 1 笔（1 人，2010-09），应调整应拨 1,044.00 元" in said
        assert "（新农合补偿 120.00，医疗救助 924.00），应补患者 396.00 元" in said
        assert "--recompute 2010-09" in said
        assert (tmp_path / "账").read_bytes() == before

    def test_not_of_what_the_register_changes(self, tmp_path: Path) -> None:
        closed_under(tmp_path / "账", TOWNSHIP)
        assert self.told(tmp_path / "账", RIGHT) == []

    def test_not_of_people_who_are_still_unlisted(self, tmp_path: Path) -> None:
        closed_under(tmp_path / "账", UNLISTED)
        assert self.told(tmp_path / "账", UNLISTED) == []

    def test_not_once_it_was_booked(self, tmp_path: Path) -> None:
        closed_under(tmp_path / "账", UNLISTED)
        october(tmp_path / "账")
        assert self.told(tmp_path / "账", RIGHT) == []


class TestDocuments:
    """A document whose terms were wrong: all periods closed by it are worked out again, or none."""

    def corrected(self) -> LoadedRule:
        (rule,) = RIGHT.documents
        file = rule.file.model_copy(update={"title": f"{rule.file.title}（更正）"})
        data = rule.data + b"\n# corrected\n"
        return LoadedRule(file, rule.path, sha256(data).hexdigest(), data)

    def test_it_is_refused_while_a_period_stays_as_it_was(self, tmp_path: Path) -> None:
        closed_under(tmp_path / "账", RIGHT)
        rows = stays([a_stay(10)])
        with pytest.raises(CannotRun, match="在关账之后改过条款") as caught:
            remember(tmp_path / "账", rows, [self.corrected()])
        assert "都写进 --recompute" in caught.value.problems[0].remedy
        past = remember(
            tmp_path / "账", rows, [self.corrected()], recompute=[parse_period("2010Q3")]
        )
        assert past.history.corrected == {RIGHT.documents[0].file.id}
        assert past.history.recompute == {SEPTEMBER}

    def test_the_old_one_counts_no_more_afterwards(self, tmp_path: Path) -> None:
        closed_under(tmp_path / "账", RIGHT)
        office = replace(RIGHT, documents=(self.corrected(),))
        october(tmp_path / "账", office=office)
        with opened(tmp_path / "账") as books:
            assert [sha for _, sha in closed_rules(books)] == [self.corrected().sha256]


class TestRefusals:
    def test_a_period_that_is_not_closed(self) -> None:
        with pytest.raises(CannotRun, match="不能重算2010年11月") as caught:
            periods_again([OCTOBER], [parse_period("2010-11")])
        assert "已关账的：2010-10" in caught.value.problems[0].remedy

    def test_without_books(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        words = ["reconcile", "--period", "2010-10", "--recompute", "2010-09"]
        more = [f"--{name}={tmp_path}" for name in ("stays", "roster", "register")]
        assert onestop([*words, *more, "--rules", "huangzhong-2009", "--out", "r"]) == 2
        assert "--recompute 要有台账" in capsys.readouterr().err
