"""A run in parts beside a ledger and decisions gives what one run gives."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from onestop_cli.batch import hospital_books
from onestop_cli.batch.buckets import reconcile_in_parts
from onestop_cli.batch.describe import Read
from onestop_cli.batch.papers import write_papers
from onestop_cli.batch.reconcile import names_of, options_of, remembered
from onestop_cli.batch.request import Request
from onestop_cli.core.insured_area import areas_of
from onestop_cli.core.pipeline import Core, Work
from onestop_cli.core.roster import understand_roster
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.readers.contract_tables import ENTRIES, STAYS, batches, scan
from onestop_cli.readers.register import read_register
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import load_rules
from onestop_cli.run import digests_of, load_run
from onestop_cli.tables.schema import PLACE
from tests.made.parts import tables
from tests.made.parts_of_books import decided, second_half

AMOUNTS = [
    f"{layer}_{what}_fen"
    for layer in ("basic", "assistance")
    for what in ("payable", "deducted", "held", "offset")
]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Request:
    """The second half-year with its ledger and decisions about findings of all kinds."""
    home = tmp_path_factory.mktemp("books")
    request = second_half(home)
    reconcile_in_parts(request, home / "before", 1, "local")
    return replace(request, decisions=decided(load_run(home / "before"), home / "处理意见.xlsx"))


@pytest.fixture(scope="module")
def runs(asked: Request, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    home = tmp_path_factory.mktemp("runs")
    outs = {buckets: home / f"out{buckets}" for buckets in (1, 9)}
    for buckets, out in outs.items():
        reconcile_in_parts(asked, out, buckets, "local")
    return outs


@pytest.fixture(scope="module")
def in_memory(asked: Request) -> Work:
    """The same rows through the core at once."""
    (scans, stays), (entries, roster) = scan(asked.stays, STAYS), scan(asked.roster, ENTRIES)
    stays = replace(stays, rows=pl.concat(batches(scans, 10_000)))
    roster = replace(roster, rows=pl.concat(batches(entries, 10_000)))
    register = read_register(asked.register, asked.settings)
    read, earlier = remembered(asked, Read(stays, roster, register, load_rules(asked.rules)))
    book = Rulebook(tuple(rule.file for rule in read.rules))
    names = names_of(asked.settings, register, book)
    options = options_of(asked.settings, areas_of(stays.rows.lazy()))
    known = understand_roster(roster.rows, names.kinds)
    core = Core(known, register, book, parse_period(asked.period), names, options)
    return core.work(stays.rows, earlier)


def test_every_stay_is_paid_as_in_one_run(runs: dict[int, Path], in_memory: Work) -> None:
    columns = [*PLACE, "status", "codes", "released", "refused", *AMOUNTS]
    in_parts = tables(runs[9])["stays"].select(columns)
    assert_frame_equal(in_parts, in_memory.stays.sort(*PLACE).select(columns))


def test_closed_stays_change_as_in_one_run(runs: dict[int, Path], in_memory: Work) -> None:
    """Line by line in the order of the books, closed stays as they were worked out again too."""
    run = load_run(runs[9])
    assert_frame_equal(run.adjustments, in_memory.adjustments, check_column_order=False)
    assert_frame_equal(run.closed, in_memory.closed)
    assert set(run.adjustments["kind"]) == {"红冲", "退费"}


@pytest.mark.parametrize("table", ["stays", "findings"])
def test_nine_parts_give_the_tables_of_one(runs: dict[int, Path], table: str) -> None:
    assert_frame_equal(tables(runs[9])[table], tables(runs[1])[table])


def test_run_json_is_the_same(runs: dict[int, Path]) -> None:
    """Ledger, accounts, what waits, decisions with what each changed; only the parts and the digests differ."""
    infos = [json.loads((out / "run.json").read_text("utf-8")) for out in runs.values()]
    for info in infos:
        del info["parts"], info["digest"], info["files"]
    assert infos[0] == infos[1]
    assert infos[0]["ledger"]["runs"] == 1


def test_each_decision_says_what_it_changed(runs: dict[int, Path]) -> None:
    decisions = load_run(runs[9]).info.decisions
    assert decisions is not None
    changed = {
        (line["decision"], line["status_before"], line["status_after"]) for line in decisions.lines
    }
    assert {
        ("受理冲红", "held", "reversed"),
        ("拒付", "held", "rejected"),
        ("放行", "held", "settled"),
        ("认定类别", "settled", "settled"),
    } <= changed


def test_workers_write_the_books_that_would_be_written_here(
    runs: dict[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty hospitals beside a ledger, with what changes for them and what waits, byte by byte."""
    run, digests = load_run(runs[9]), []
    for way in ("workers", "here"):
        (tmp_path / way).mkdir()
        write_papers(run, tmp_path / way, Settings())
        digests.append(digests_of(tmp_path / way))
        monkeypatch.setattr(hospital_books, "_side_by_side", lambda books: False)
    assert digests[0] == digests[1]
    assert len(digests[0]) > 60


def test_decisions_that_fit_nothing_are_all_said_and_nothing_is_written(
    asked: Request, tmp_path: Path
) -> None:
    """The same problems, however many parts there are."""
    before = load_run(_run_without(asked, tmp_path))
    nobody = {"hospital": "无", "stay_no": "1", "name": "某某", "code": "AM01", "decision": "拒付"}
    closed = {**nobody, "stay_no": "2", "period": "2010H1"}
    wrong = decided(before, tmp_path / "错.xlsx", nobody, closed)
    told = [_refused(replace(asked, decisions=wrong), tmp_path / "out", n) for n in (1, 4)]
    assert told[0] == told[1]
    assert [problem.what for problem in told[0]] == [
        "处理意见说的住院在本期和台账中都找不到：无 1 某某",
        "处理意见说的住院在本期和台账中都找不到：无 2 某某",
    ]
    assert not (tmp_path / "out").exists()


def _run_without(asked: Request, folder: Path) -> Path:
    reconcile_in_parts(replace(asked, decisions=None), folder / "before", 1, "local")
    return folder / "before"


def _refused(asked: Request, out: Path, buckets: int) -> list[Problem]:
    with pytest.raises(CannotRun) as caught:
        reconcile_in_parts(asked, out, buckets, "local")
    return list(caught.value.problems)
