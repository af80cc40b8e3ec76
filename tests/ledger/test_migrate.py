"""Books of onestop 0.1.0 go on: every amount, state and decision as it was, now in a chain.

`ledger-0.1.0.sqlite` was made with that version: three months with a reversal, a release, a deduction and a payment to
a patient, and two advances. What must come out is read from its own tables with plain SQL.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import accounts, advances
from onestop_cli.ledger.books import beginning, closed_periods, closings, run_of
from onestop_cli.ledger.chain import entries
from onestop_cli.ledger.load import carried_out, closed_rules, everything
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from onestop_cli.ledger.waiting import pending, still_owed

OLD = Path(__file__).with_name("ledger-0.1.0.sqlite")
LAYERS = ["basic", "assistance"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(OLD, tmp_path / "台账.sqlite"))


def asked(question: str) -> list[tuple[Any, ...]]:
    """What the old tables answer."""
    with closing(sqlite3.connect(f"file:{OLD}?mode=ro", uri=True)) as old:
        return old.execute(question).fetchall()


def test_periods_accounts_and_what_is_owed_stay(path: Path) -> None:
    """As `ledger show` of 0.1.0 printed them."""
    with opened(path) as books:
        assert [period.id for period in closed_periods(books)] == ["2010-10", "2010-11", "2010-12"]
        assert beginning(books).first_day == date(2010, 10, 1)
        lines = [asdict(line) | {"balance": line.balance} for line in accounts(books)]
        columns = ("opening", "advanced", "approved", "balance")
        shown = {(line["fund"], line["period"]): tuple(line[c] for c in columns) for line in lines}
        assert shown == {
            ("新农合基金", "2010-10"): (0, 0, 3_011_500, -3_011_500),
            ("新农合基金", "2010-11"): (-3_011_500, 0, 2_124_000, -5_135_500),
            ("新农合基金", "2010-12"): (-5_135_500, 0, 500_000, -5_635_500),
            ("医疗救助资金", "2010-10"): (0, 0, 809_900, -809_900),
            ("医疗救助资金", "2010-11"): (-809_900, 1_500_050, 61_100, 629_050),
            ("医疗救助资金", "2010-12"): (629_050, 2_500_050, 168_800, 2_960_300),
        }  # fmt: skip
        assert still_owed(books) == 716_300
        assert pending(books).is_empty()
        assert verify(books) == []


def test_every_amount_of_every_stay_stays(path: Path) -> None:
    wanted = Counter[tuple[str, str]]()
    for place, layer, what, fen in asked(
        "SELECT s.place, p.layer, p.what, sum(p.fen) FROM posting p JOIN stay s ON s.number = p.stay "
        "GROUP BY 1, 2, 3"
    ):
        name = {"owed": "patient_owed_fen", "own": "self_fen"}.get(what, f"{layer}_{what}_fen")
        wanted[place, name] += fen
    with opened(path) as books:
        stays = everything(books, LAYERS).stays
    found = Counter[tuple[str, str]]()
    for row in stays.iter_rows(named=True):
        place = " · ".join(
            filter(None, [row["period"], row["source"], row["sheet"], f"第{row['row']}行"])
        )
        for name in (c for c in row if c.startswith("posted_")):
            found[place, name.removeprefix("posted_")] += row[name]
    assert found - Counter() == +wanted and -found == -wanted
    assert len(stays) == asked("SELECT count(*) FROM stay")[0][0]


def test_every_state_and_fact_stays(path: Path) -> None:
    states = asked(
        "SELECT s.facts, t.status, t.blocking, t.choices, s.period FROM stay s JOIN state t ON t.number = "
        "(SELECT max(number) FROM state WHERE stay = s.number) ORDER BY s.number"
    )
    with opened(path) as books:
        found = everything(books, LAYERS).stays.to_dicts()
    for (facts, status, blocking, choices, period), row in zip(states, found, strict=True):
        assert (row["status"], row["blocking"], row["period"]) == (status, blocking, period)
        chosen = json.loads(choices)
        assert row["was_rule_id"] == chosen.get("rule_id")
        assert row["was_released"] == chosen.get("released")
        assert row["was_basic_docked_fen"] == chosen.get("basic_docked_fen")
        for name, value in json.loads(facts).items():
            now = row[name]
            assert (now.isoformat() if isinstance(now, date) else now) == value, name


def test_decisions_documents_and_advances_stay(path: Path) -> None:
    with opened(path) as books:
        assert len(carried_out(books)) == asked("SELECT count(*) FROM decision")[0][0] == 3
        texts = dict(asked("SELECT sha256, text FROM rule"))
        assert {d: data.decode() for (_, d), data in closed_rules(books).items()} == texts
        assert [(line.fen, line.period.id) for line in advances(books)] == [
            (1_500_050, "2010-11"), (2_500_050, "2010-12")
        ]  # fmt: skip
        digests = [digest for (digest,) in asked("SELECT sha256 FROM run ORDER BY number")]
        assert [one.sha256 for one in closings(books)] == digests
        assert [run_of(books, one).version for one in closings(books)] == ["0.1.0"] * 3


def test_an_advance_stands_before_the_closing_of_its_period(path: Path) -> None:
    with opened(path) as books:
        said = [(entry.kind, entry.content.get("period")) for entry in entries(books)]
    assert said == [
        ("opening", None), ("closing", "2010-10"), ("advance", "2010-11"), ("closing", "2010-11"),
        ("advance", "2010-12"), ("closing", "2010-12"),
    ]  # fmt: skip


def test_nothing_of_the_old_tables_is_left(path: Path) -> None:
    with opened(path) as books:
        tables = {
            name for (name,) in books.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    assert tables == {"entry", "part", "document", "draw"}


def test_an_old_version_that_is_said_of_new_books_is_refused(path: Path) -> None:
    """One byte of the file's head must not start a migration."""
    with opened(path) as books:
        books.execute("PRAGMA user_version = 1")
    with pytest.raises(CannotRun, match="表结构"), opened(path):
        pass


def test_a_migration_that_is_cut_short_leaves_the_old_books(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("onestop_cli.ledger.migrate._changes", broken)
    with pytest.raises(KeyboardInterrupt), opened(path):
        pass
    monkeypatch.undo()
    assert path.read_bytes() == before
    with opened(path) as books:
        assert len(closed_periods(books)) == 3
