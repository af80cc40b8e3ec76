"""How fast a ledger of a million stays is: opening it, a quarter beside it, closing, the accounts, verifying.

    python benchmarks/ledger.py [STAYS] [FILE]

Builds a ledger of made-up quarters of 40,000 stays each (kept in FILE when given), then prints seconds and
megabytes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))

from onestop_cli.core.identify import make_id
from onestop_cli.county.periods import parse_period
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.closing import head
from onestop_cli.ledger.final_account import report
from onestop_cli.ledger.load import NO_NUMBERS, history
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import trial_balance, verify
from onestop_cli.ledger.waiting import pending
from onestop_cli.run import Run
from tests.made import books as made_books
from tests.made.run import with_info

PER_QUARTER = 40_000
PEOPLE = 300_000
FIRST_YEAR = 1990


@contextmanager
def timed(what: str) -> Iterator[None]:
    started, worked = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - started, time.process_time() - worked
    print(f"{what:<40}{wall:8.2f} s, processor {cpu:.2f} s", flush=True)


def person(number: int) -> str:
    day = date(1930, 1, 1) + timedelta(number % 25_000)
    return make_id(f"639900{day:%Y%m%d}{number // 25_000:03d}")


def quarter() -> Run:
    """A quarter of stays, worked out once; later quarters are the same stays of other people."""
    rng = Random(1)
    rows = []
    for number in range(PER_QUARTER):
        begin = date(2010, 10, 1) + timedelta(rng.randrange(80))
        total = rng.randrange(30_000, 1_200_000)
        eligible = total * 8 // 10
        rows.append(
            {
                "row": number + 2, "hospital_raw": rng.choice(made_books.REGISTER["hospital"]),
                "stay_no": f"ZY{number:06d}", "name": f"人{number}", "id_raw": person(number),
                "admitted_on": begin, "discharged_on": begin + timedelta(8), "total_fen": total,
                "settled_on": begin + timedelta(8), "eligible_fen": eligible,
                "basic_claimed_fen": eligible * 7 // 10, "assistance_claimed_fen": total // 10,
            }
        )  # fmt: skip
    return made_books.run_period(made_books.stays(rows), "2010Q4")


def moved(run: Run, number: int, people: list[str]) -> Run:
    """The same stays of other people in the `number`-th quarter."""
    year, part = FIRST_YEAR + number // 4, number % 4 + 1
    months = (year - 2010) * 12 + (part - 4) * 3
    days = ("admitted_on", "discharged_on", "settled_on", "settled_or_discharged")
    ids = pl.Series(people)
    stays = run.stays.with_columns(
        *(pl.col(day).dt.offset_by(f"{months}mo") for day in days),
        source=pl.lit(f"{year}Q{part}.csv"),
        benefit_year=pl.lit(year, pl.Int64),
        id_no=ids, id_raw=ids, person=ids,
    )  # fmt: skip
    return replace(with_info(run, period=f"{year}Q{part}"), stays=stays)


def main(stays: int = 1_000_000, kept: str = "") -> None:
    rng = Random(2)
    pool = [person(number) for number in range(PEOPLE)]
    with TemporaryDirectory() as folder:
        path = Path(kept or f"{folder}/台账.sqlite")
        if not path.exists():
            _build(path, stays, rng, pool)
        print(f"{path.stat().st_size / 1e6:,.0f} MB")
        _measure(path, rng.sample(pool, PER_QUARTER))


def _build(path: Path, stays: int, rng: Random, pool: list[str]) -> None:
    run = quarter()
    with made_books.new_books(path, date(FIRST_YEAR, 1, 1)) as books:
        for number in range(-(-stays // PER_QUARTER)):
            later = moved(run, number, rng.sample(pool, PER_QUARTER))
            later = with_info(later, ledger=head(books).model_dump())
            with timed(f"close {later.period.id} ({PER_QUARTER:,} stays)"):
                made_books.post(books, later)


def _measure(path: Path, people: list[str]) -> None:
    with timed("open"), opened(path):
        pass
    with opened(path) as books:
        with timed(f"closed stays of {len(people):,} people"):
            found = history(books, people, NO_NUMBERS, made_books.huangzhong().book.layers)
        print(f"{len(found.stays):,} stays")
        for name, question in (
            ("accounts", accounts), ("trial balance", trial_balance),
            ("what waits", pending), ("verify", verify),
            ("report of a year", lambda books: report(books, parse_period(f"{FIRST_YEAR + 1}"))),
        ):  # fmt: skip
            with timed(name):
                question(books)


if __name__ == "__main__":
    main(*(int(a) if a.isdigit() else a for a in sys.argv[1:3]))
