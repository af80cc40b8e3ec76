"""Five hundred random changes of books and run folders: each is named by the next command or by `verify`.

    python -m benchmarks.changed_bytes [how many] [first seed]

A made-up county of three closed months and a run folder are written once. Then, one at a time, a byte of a file of the
run folder is changed, a byte of what the books keep (a table, a run, a rule document, an advance, who and when), or a
byte of the ledger file as it lies on the disk. A change that leaves what the books say as it was is none.
Prints what went unnoticed, and fails.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from onestop_cli.batch.papers import write_run
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import Advance, book_advance
from onestop_cli.ledger.hospital_money import (
    PAID,
    HospitalPosting,
    accounts_to_book,
    book_hospital,
    outstanding,
)
from onestop_cli.ledger.store import TABLES, opened
from onestop_cli.ledger.trial_balance import verify
from onestop_cli.run import RUN_FILE, TO_FILL, load_run
from tests.made.books import new_books, post, run_period, stays
from tests.made.months import MONTHS, made_quarter
from tests.made.run import made_run

FUND = "医疗救助资金"


def main(count: int = 500, first: int = 0) -> int:
    """How many changes went unnoticed."""
    began, seen = time.perf_counter(), Counter[str]()
    with TemporaryDirectory() as folder:
        books, run = Path(folder) / "台账.sqlite", Path(folder) / "run"
        _make_books(books)
        write_run(made_run(60), run, Settings())
        for seed in range(first, first + count):
            rng = Random(seed)
            change = rng.choice((_in_folder, _in_books, _on_disk))
            what = change(rng, run if change is _in_folder else books)
            seen[what] += 1
            if what.startswith("unnoticed"):
                print(f"seed {seed}: {what}", flush=True)
    for what, times in sorted(seen.items()):
        print(f"{times:5} {what}")
    print(f"{time.perf_counter() - began:.0f} s")
    return sum(times for what, times in seen.items() if what.startswith("unnoticed"))


def _make_books(path: Path) -> None:
    quarter = made_quarter(Random(7), 60)
    with new_books(path, date(2010, 10, 1), balances={FUND: 100_000}) as books:
        for number, month in enumerate(MONTHS):
            day = date(2010, 10 + number, 2)
            line = Advance(FUND, parse_period(month), 5_000_000, day, "拨款", "测试")
            book_advance(books, line, datetime(2011, 1, 1, tzinfo=UTC))
            rows = [row for handed, row in quarter.rows if handed == number]
            post(books, run_period(stays(rows), month, books))
        _pay_a_hospital(books)


def _pay_a_hospital(books: sqlite3.Connection) -> None:
    """All that the first month left open with hospitals."""
    lines = tuple(outstanding(accounts_to_book(books, MONTHS[0]), PAID).rows())
    line = HospitalPosting(PAID, MONTHS[0], lines, date(2010, 12, 1), "拨款", "测试")
    book_hospital(books, line, datetime(2011, 1, 1, tzinfo=UTC))


def _in_folder(rng: Random, run: Path) -> str:
    """A byte of a file; the list that people fill in may be filled."""
    files = [p for p in sorted(run.rglob("*")) if p.is_file() and p.name != TO_FILL]
    path = rng.choice([*files, *[run / RUN_FILE] * (len(files) // 4)])
    before = path.read_bytes()
    path.write_bytes(_other(rng, before))
    try:
        load_run(run)
    except CannotRun as error:
        told = any(path.name in f"{p.what}{p.file}" for p in error.problems)
        return "run folder: named" if told or path.name == RUN_FILE else f"unnoticed: {path.name}"
    else:
        return f"unnoticed: {path.name}"
    finally:
        path.write_bytes(before)


def _other(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _in_books(rng: Random, path: Path) -> str:
    """A byte of one value of one row, past the triggers."""

    def change(copy: Path) -> None:
        with closing(sqlite3.connect(copy, isolation_level=None)) as books:
            books.text_factory = bytes
            kept = books.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = kept.fetchall()
            for name, _ in triggers:
                books.execute(f"DROP TRIGGER {name.decode()}")
            filled = [name for name in TABLES if books.execute(f"SELECT 1 FROM {name}").fetchone()]
            table = rng.choice(filled)
            column = rng.choice(
                [row[1] for row in books.execute(f"PRAGMA table_info({table})")]
            ).decode()
            rows = books.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
            rowid, value = rng.choice(rows)
            new = value + 1 if isinstance(value, int) else _other(rng, value)
            kind = "INTEGER" if isinstance(value, int) else "BLOB" if column == "data" else "TEXT"
            books.execute(
                f"UPDATE {table} SET {column} = CAST(?1 AS {kind}) WHERE rowid = ?2", (new, rowid)
            )
            for _, sql in triggers:
                books.execute(sql.decode())

    return _told(path, change, "books")


def _on_disk(rng: Random, path: Path) -> str:
    """A byte of the file."""

    def change(copy: Path) -> None:
        copy.write_bytes(_other(rng, copy.read_bytes()))

    return _told(path, change, "disk")


def _told(path: Path, change: Callable[[Path], None], where: str) -> str:
    """Whether the change of a copy of the books is told by opening them, as every command does, or by `verify`."""
    copy = path.with_name("changed.sqlite")
    shutil.copyfile(path, copy)
    try:
        change(copy)
    except sqlite3.IntegrityError:
        return f"{where}: refused by SQLite"
    try:
        with opened(copy) as books:
            wrong = verify(books)
    except CannotRun:
        return f"{where}: named"
    if wrong:
        return f"{where}: named by verify"
    return f"{where}: same content" if _content(copy) == _content(path) else f"unnoticed in {where}"


def _content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as books:
        return [*books.iterdump()]


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:3]))))
