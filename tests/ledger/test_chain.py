"""The books cannot be fooled: whatever is changed in them is named, and the first posting that does not fit."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import polars as pl
import pytest

from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import Advance, accounts, book_advance
from onestop_cli.ledger.books import closings, stays_of
from onestop_cli.ledger.chain import end_of, entries, misfits
from onestop_cli.ledger.draws import keep_draw
from onestop_cli.ledger.load import everything
from onestop_cli.ledger.pack import pack, unpack
from onestop_cli.ledger.registers import postings
from onestop_cli.ledger.store import TABLES, opened
from onestop_cli.ledger.trial_balance import verify
from tests.ledger.test_ledger import a_stay
from tests.made.books import new_books, post, run_period, stays

NOW = datetime(2010, 12, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books of two months and an advance."""
    path = tmp_path_factory.mktemp("books") / "台账.sqlite"
    with new_books(path) as books:
        post(
            books,
            run_period(
                stays([a_stay(9), a_stay(9, row=50, stay_no="Z2", id_raw=None)]), "2010-09", books
            ),
        )
        line = Advance("医疗救助资金", parse_period("2010-10"), 500, date(2010, 10, 1), "", "测试")
        book_advance(books, line, NOW)
        post(books, run_period(stays([a_stay(10)]), "2010-10", books))
        keep_draw(books, "2010-10", {"size": 1})
        assert verify(books) == []
    return path


@pytest.fixture
def path(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(written, tmp_path))


@pytest.fixture
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    """The file without what keeps it from being rewritten; put back when the test looks at it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def test_the_last_digest_hangs_on_every_posting(tmp_path: Path) -> None:
    """It stands on signed papers: books of which an earlier posting was written anew end with another one."""
    ends = set()
    for fen in (500, 600):
        with new_books(tmp_path / f"{fen}") as books:
            post(books, run_period(stays([a_stay(9)]), "2010-09", books))
            for amount in (fen, 700):
                day = date(2010, 10, 1)
                line = Advance("医疗救助资金", parse_period("2010-10"), amount, day, "", "测试")
                book_advance(books, line, NOW)
            ends.add(end_of(books))
    assert len(ends) == 2


def without_triggers(raw: sqlite3.Connection, change: str, *values: object) -> None:
    """Change the file as somebody would who knows how to hide it."""
    triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute(change, values)
    for _, sql in triggers:
        raw.execute(sql)


def told(path: Path) -> str:
    """What opening the books says."""
    with pytest.raises(CannotRun) as caught, opened(path):
        pass
    return caught.value.problems[0].what


class TestAppendOnly:
    @pytest.mark.parametrize(
        "change",
        [
            *(f"DELETE FROM {table}" for table in TABLES),
            "UPDATE entry SET content = ''", "UPDATE part SET data = x''", "UPDATE document SET data = x''",
            "INSERT OR REPLACE INTO entry SELECT 2, kind, booked_at, operator, content, parts, digest FROM entry",
            "INSERT OR REPLACE INTO part SELECT entry, name, x'' FROM part",
        ],
    )  # fmt: skip
    def test_nothing_is_rewritten(self, path: Path, change: str) -> None:
        with opened(path) as books, pytest.raises(sqlite3.IntegrityError, match="append-only"):
            books.execute(change)


class TestChanges:
    """Each is named by the next command that opens the books."""

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ("UPDATE entry SET content = replace(content, '500', '501') WHERE number = 3", "第 3 号记账（2010-10 预"),
            ("UPDATE entry SET operator = '别人' WHERE number = 2", "第 2 号记账（2010-09 关账）"),
            ("UPDATE entry SET booked_at = '2011' WHERE number = 1", "第 1 号记账（开账）"),
            ("UPDATE entry SET digest = (SELECT digest FROM entry WHERE number = 3) WHERE number < 3", "第 1 号记账"),
            ("UPDATE part SET data = (SELECT max(data) FROM part) WHERE entry = 2", "第 2 号记账"),
            ("UPDATE part SET name = 'stay' WHERE name = 'stays' AND entry = 4", "第 4 号记账"),
            ("INSERT INTO part VALUES (4, 'more', x'00')", "第 4 号记账"),
            ("DELETE FROM entry WHERE number = 3", "缺少第 3 号记账"),
            ("UPDATE document SET data = x'00'", "政策文件"),
            ("DELETE FROM document", "政策文件"),
            ("INSERT INTO document VALUES ('x', x'00')", "政策文件"),
        ],
    )  # fmt: skip
    def test_the_first_posting_that_does_not_fit_is_named(
        self, path: Path, raw: sqlite3.Connection, change: str, said: str
    ) -> None:
        without_triggers(raw, change)
        assert said in told(path)

    def test_tables_that_can_be_rewritten_are_refused(
        self, path: Path, raw: sqlite3.Connection
    ) -> None:
        raw.execute("DROP TRIGGER entry_no_update")
        assert "防改触发器" in told(path)

    def test_a_trigger_that_does_nothing_is_none(self, path: Path, raw: sqlite3.Connection) -> None:
        raw.execute("DROP TRIGGER entry_no_update")
        raw.execute("CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT 1; END")
        assert "防改触发器" in told(path)

    def test_the_stay_is_named_where_the_table_can_still_be_read(
        self, path: Path, raw: sqlite3.Connection
    ) -> None:
        (data,) = raw.execute("SELECT data FROM part WHERE entry = 2 AND name = 'stays'").fetchone()
        second = pl.col("stay_no") == "Z2"
        changed = unpack(data).with_columns(
            basic_payable_fen=pl.when(second).then(1).otherwise("basic_payable_fen")
        )
        without_triggers(
            raw, "UPDATE part SET data = ? WHERE entry = 2 AND name = 'stays'", pack(changed)
        )
        with opened(path, checked=False) as books:
            said = verify(books)
        assert said == [
            "第 2 号记账（2010-09 关账）的内容改动过：stays",
            "第 2 号记账（2010-09 关账）里第一笔改动过的住院：县级医院 Z2",
        ]

    def test_no_single_bit_of_what_is_kept_can_change(self, path: Path) -> None:
        """Either the books say the same as before, or they are refused, and never in English."""
        whole, rng = path.read_bytes(), Random(7)
        before = said_by(path)
        for _ in range(120):
            data = bytearray(whole)
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            path.write_bytes(data)
            try:
                with opened(path, checked=False) as books:
                    refused = bool(verify(books))
            except CannotRun:
                refused = True
            if not refused:
                path.write_bytes(data)
                assert said_by(path) == before


def said_by(path: Path) -> list[object]:
    """All that the books say: postings, amounts, persons, documents."""
    with opened(path) as books:
        whole = everything(books, ["basic", "assistance"]).stays
        documents = books.execute("SELECT * FROM document").fetchall()
        amounts = pl.concat([*postings(books)])
        return [entries(books), whole.to_dicts(), amounts.to_dicts(), documents, accounts(books)]


class TestLaws:
    """What the digests cannot see because it was posted so."""

    def test_totals_are_held_against_the_stays(self, path: Path, raw: sqlite3.Connection) -> None:
        """Somebody who computes all digests again is found by the sums."""
        from onestop_cli.ledger import chain

        with opened(path) as books:
            one = closings(books)[0]
            table = stays_of(books, one).with_columns(pl.col("basic_claimed_fen") + 1)
        without_triggers(
            raw, "UPDATE part SET data = ? WHERE entry = 2 AND name = 'stays'", pack(table)
        )
        before = ""
        for row in raw.execute(f"SELECT {chain._COLUMNS} FROM entry ORDER BY number").fetchall():
            number, *line, parts, _ = row
            rows = raw.execute("SELECT name, data FROM part WHERE entry = ?", (number,)).fetchall()
            parts = (
                chain._json({name: chain.sha256(data) for name, data in rows}) if rows else parts
            )
            before = chain._digest((number, *line, parts), before)
            without_triggers(
                raw,
                "UPDATE entry SET parts = ?, digest = ? WHERE number = ?",
                parts,
                before,
                number,
            )
        with opened(path) as books:
            assert not [*misfits(books)]
            said = verify(books)
        assert any("与关账时的控制数不符" in line for line in said)
        assert any("申报 ≠ 核付 + 扣减 + 待核" in line for line in said)
