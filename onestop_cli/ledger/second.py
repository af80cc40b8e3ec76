"""大病二次补偿: what each person bore in a year by the books, and the posting of what a fund pays for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import polars as pl

from onestop_cli.core.adjustments import COSTS
from onestop_cli.county.periods import Period
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.ledger.accounts import (
    APPROVED,
    Advance,
    doubts,
    funds,
    implausible,
    second_payments,
)
from onestop_cli.ledger.books import changes_of, closings, layers_of, stays_of, together
from onestop_cli.ledger.chain import SECOND, Draft, append, end_of, entries, kept
from onestop_cli.ledger.pack import pack, unpack
from onestop_cli.ledger.store import transaction
from onestop_cli.privacy import mask_id
from onestop_cli.tables.schema import Schema

PEOPLE = "people"
"""The part of a posting with who gets what."""

BORNE: Schema = {
    **dict.fromkeys(("person", "name", "id_shown", "township", "village", "category"), pl.String),
    "id_no": pl.String,
    "visits": pl.Int64,
    "total_fen": pl.Int64,
    "paid_fen": pl.Int64,
    "base_fen": pl.Int64,
}
"""A person's year: settled stays, their cost, what all layers paid, and what was borne."""

By = Literal["discharge", "admission", "settlement"]
_DAYS = {"discharge": "discharged_on", "admission": "admitted_on", "settlement": "settled_on"}
_FACTS = ("name", "id_no", "id_raw", "township", "village", "category")
_DECIDED = ("decided_category", "decided_id_no")


def borne(
    ledger: sqlite3.Connection, year: int, base: Literal["own", "eligible"], by: By = "discharge"
) -> pl.DataFrame:
    """What everybody bore in a benefit year (`BORNE`), by township, village and name.

    A stay is of the 基金年份 its file names, else of the year of the day that is meant `by`.

    Of stays that are settled in the end, with what later periods changed about them.
    """
    rows = _as_they_stand(ledger)
    if rows.is_empty():
        return pl.DataFrame(schema=dict(BORNE))
    in_scope = (pl.col("eligible_fen") - pl.col("paid_fen")).clip(0)
    of_year = pl.coalesce("fund_year", pl.col(_DAYS[by]).dt.year().cast(pl.Int64))
    return (
        rows.filter((of_year == year) & (pl.col("visits") > 0))
        .with_columns(base_fen=(pl.col("self_fen") if base == "own" else in_scope).clip(0))
        .group_by("person", maintain_order=True)
        .agg(
            pl.col("name", "township", "village", "category").last(),
            id_shown=mask_id(pl.coalesce("id_no", "id_raw")).last(),
            id_no=pl.col("id_no").last(),
            visits=pl.col("visits").sum(),
            total_fen=pl.col("total_fen").sum(),
            paid_fen=pl.col("paid_fen").sum(),
            base_fen=pl.col("base_fen").sum(),
        )
        .select(*BORNE)
        .sort("township", "village", "name", "person", nulls_last=True)
    )


def _as_they_stand(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Every stay of the books with its sums as later periods left them (0 `visits`: not settled), and whose it is."""
    amounts = [f"{id_}_{kind}_fen" for id_ in layers_of(ledger) for kind in APPROVED]
    sums = ("visits", *COSTS, "self_fen", *amounts)
    own, later = [], []
    for one in closings(ledger):
        facts = ["number", "person", "fund_year", *_DAYS.values(), "status", *_FACTS, *_DECIDED]
        rows = stays_of(ledger, one, [*facts, *sums])
        settled = (pl.col("status") == "settled").cast(pl.Int64)
        own.append(
            rows.with_columns(
                pl.col(*COSTS, "self_fen").fill_null(0) * settled,
                *(_absent(rows, name) for name in _DECIDED),
                visits=settled,
            )
        )
        later.append(changes_of(ledger, one, ["number", *_DECIDED, *sums]))
    if not own:
        return pl.DataFrame()
    first = together(own)
    both = together([first, *later])
    there = [name for name in sums if name in both.columns]
    each = both.group_by("number", maintain_order=True).agg(
        *(pl.col(name).fill_null(0).sum() for name in there),
        *(pl.col(name).drop_nulls().last() for name in _DECIDED),
    )
    rows = each.join(first.drop(*there, *_DECIDED), on="number")
    return rows.with_columns(
        paid_fen=pl.sum_horizontal(name for name in amounts if name in there),
        person=pl.coalesce("decided_id_no", "person", pl.format("?{}", "number")),
        id_no=pl.coalesce("decided_id_no", "id_no"),
        category=pl.coalesce("decided_category", "category"),
    )


def _absent(rows: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in rows.columns else pl.lit(None, pl.String).alias(name)


@dataclass(frozen=True)
class SecondPosting(Advance):
    """A batch as it is booked: its `year` and what it is called."""

    year: int = 0
    name: str = ""


def unknown_fund(
    ledger: sqlite3.Connection, fund: str, year: int, known: Sequence[str]
) -> Problem | None:
    """What is wrong with a fund that neither the books nor the county's documents (`known`) have."""
    names = sorted({*funds(ledger), *known})
    if fund in names:
        return None
    return Problem(f"没有“{fund}”这个基金", f"[second.{year}] 的 fund 可写：{'、'.join(names)}")


def book_second(
    ledger: sqlite3.Connection,
    line: SecondPosting,
    people: pl.DataFrame,
    now: datetime,
    seen: int,
    known: Sequence[str] = (),
) -> None:
    """Book a batch: `people` and what each gets (`fen`). Raises `CannotRun` for a fund nobody knows, a period that is
    closed, a year that has its batch, or books that have moved since `seen`."""
    with transaction(ledger):
        if end_of(ledger)[0] != seen:
            raise stop("台账刚刚有变动，没有记账", "请再运行一次")
        problems = [*doubts(ledger, line, line.name), *implausible(ledger, line, now)]
        if problem := unknown_fund(ledger, line.fund, line.year, known):
            problems.append(problem)
        if line.year in {year for year, _ in standing_batches(ledger)}:
            problems.append(
                Problem(
                    f"{line.year} 年的{line.name}已经记过账",
                    "记错了的用 onestop ledger second --undo 冲销，再记",
                )
            )
        if problems:
            raise CannotRun(problems)
        append(ledger, Draft(SECOND, _content(line), line.operator, now, {PEOPLE: pack(people)}))


def _content(line: SecondPosting) -> dict[str, object]:
    return {
        "fund": line.fund,
        "period": line.period.id,
        "fen": line.fen,
        "booked_on": line.booked_on.isoformat(),
        "note": line.note,
        "year": line.year,
        "name": line.name,
        **({"corrects": line.corrects} if line.corrects else {}),
    }


def standing_batches(ledger: sqlite3.Connection) -> list[tuple[int, int]]:
    """(year, number of the posting) of the batches that were not taken back."""
    postings = entries(ledger, SECOND)
    undone = {entry.content.get("corrects") for entry in postings}
    return [
        (entry.content["year"], entry.number)
        for entry in postings
        if not entry.content.get("corrects") and entry.number not in undone
    ]


def paid_again(ledger: sqlite3.Connection, period: Period) -> tuple[int, int]:
    """How many people got 二次补偿 by batches that were booked in `period` and stand, and how much, fen."""
    standing = {number for _, number in standing_batches(ledger)}
    booked = [
        (number, line.fen)
        for number, line in zip(
            (entry.number for entry in entries(ledger, SECOND)),
            second_payments(ledger),
            strict=True,
        )
        if number in standing and period.first <= line.booked_on <= period.last
    ]
    people = sum(int((people_of(ledger, number)["fen"] > 0).sum()) for number, _ in booked)
    return people, sum(fen for _, fen in booked)


def people_of(ledger: sqlite3.Connection, number: int) -> pl.DataFrame:
    """Who got what by a batch."""
    return unpack(kept(ledger, number, PEOPLE) or b"")


PART = "second/"
"""What the parts of a credit begin with that are 二次补偿: behind it the person's place in the batch."""


def second_lines(ledger: sqlite3.Connection, year: int | None = None) -> pl.DataFrame:
    """What standing batches (of a `year`) pay, a row per person: the `number` of the posting, `layer` (`PART` and the
    place), who and where they are, `fund` and `fen`."""
    funds = {entry.number: entry.content["fund"] for entry in entries(ledger, SECOND)}
    about = ("id_no", "name", "id_shown", "township", "village", "fen")
    parts = [
        people_of(ledger, number)
        .with_row_index("at")
        .select(
            *about,
            number=pl.lit(number, pl.Int64),
            layer=pl.format("{}{}", pl.lit(PART), "at"),
            fund=pl.lit(funds[number]),
        )
        for of, number in standing_batches(ledger)
        if year in (None, of)
    ]
    texts = dict.fromkeys(("id_no", "name", "id_shown", "township", "village"), pl.String)
    more: Schema = {"fen": pl.Int64, "number": pl.Int64, "layer": pl.String, "fund": pl.String}
    return pl.concat([pl.DataFrame(schema={**texts, **more}), *parts]).filter(pl.col("fen") > 0)


def take_back(
    ledger: sqlite3.Connection,
    year: int,
    period: Period,
    on: date,
    note: str,
    operator: str,
    now: datetime,
) -> int:
    """Take a year's batch back by a line of its own; its amount.

    Raises `CannotRun` when there is none, or no reason.
    """
    with transaction(ledger):
        numbers = dict(standing_batches(ledger))
        if year not in numbers:
            raise stop(f"台账里没有 {year} 年的二次补偿", "用 onestop ledger show 看账户")
        lines = {
            entry.number: line
            for entry, line in zip(entries(ledger, SECOND), second_payments(ledger), strict=True)
        }
        wrong = lines[numbers[year]]
        line = SecondPosting(
            wrong.fund, period, -wrong.fen, on, note, operator, numbers[year], year, "二次补偿"
        )
        if problems := [*doubts(ledger, line, "二次补偿")]:
            raise CannotRun(problems)
        append(ledger, Draft(SECOND, _content(line), operator, now))
    return wrong.fen
