"""Posting a run: its stays, what each fund pays and refuses, and the lines that set closed stays right."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from onestop_cli.core.adjustments import POSTED, WHOLE
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.ledger.accounts import AccountLine, standing
from onestop_cli.ledger.books import (
    CHANGES,
    RUN,
    STAYS,
    beginning,
    closings,
    stays_of,
    together,
    totals_of,
)
from onestop_cli.ledger.chain import (
    BESIDE_STAYS,
    CLOSING,
    HOSPITAL,
    Draft,
    append,
    end_of,
    entries,
    keep_documents,
)
from onestop_cli.ledger.pack import facts_of, pack, with_digests
from onestop_cli.ledger.store import transaction
from onestop_cli.run import Run
from onestop_cli.statements.capped import CAPPED, capped
from onestop_cli.statements.statement import Statement
from onestop_cli.tables.run_info import BooksInfo
from onestop_cli.tables.schema import row_place


@dataclass(frozen=True)
class Posted:
    """Counts of what a closing posted: stays, adjustment lines, amounts that are not 0; and of rows `outside` the
    period that it did not. `outdated`: an advance was booked since the statements were written."""

    stays: int
    adjustments: int
    lines: int
    outside: int
    outdated: bool


@dataclass(frozen=True)
class Closed:
    """What a closing did, the period's accounts, and stays of any period that wait."""

    run: Run
    ledger: Path
    posted: Posted
    accounts: tuple[AccountLine, ...]
    waiting: int


@dataclass(frozen=True)
class Why:
    """Why a run is closed in spite of `doubts`."""

    reason: str = ""
    doubts: tuple[str, ...] = ()


NO_DOUBT = Why()


def head(ledger: sqlite3.Connection) -> BooksInfo:
    """The state of the books: a run names the books it was made against."""
    number, digest = end_of(ledger)
    return BooksInfo(runs=len(closings(ledger)), head=digest, entries=number)


def close(
    ledger: sqlite3.Connection,
    run: Run,
    data: bytes,
    operator: str,
    now: datetime,
    *,
    why: Why = NO_DOUBT,
) -> Posted:
    """Post `run` in one transaction. `data`: its `run.json`; `why`: it is posted in spite of doubts.

    Raises `CannotRun` for a period that is closed or overlaps a closed one, or when the books have moved since the run.
    """
    with transaction(ledger):
        refuse(ledger, run)
        shown = {fund: account.model_dump() for fund, account in run.info.accounts.items()}
        outdated = bool(shown) and shown != standing(ledger, run.period)
        stays, changes = postable(run.stays), _changes(ledger, run)
        first = _next_stay(ledger)
        kept = _kept(stays, run, first)
        content = {
            "period": run.period.id,
            "first_stay": first,
            "stays": len(stays),
            "changes": len(changes),
            "totals": [*_totals(stays, run, own=True), *_totals(changes, run, own=False)],
            "documents": sorted({rule.sha256 for rule in run.info.rules}),
            **_deposits(run),
            **({"reason": why.reason, "doubts": list(why.doubts)} if why.doubts else {}),
        }
        keep_documents(ledger, (run.documents[rule.id] for rule in run.info.rules))
        parts = {
            RUN: data,
            STAYS: pack(with_digests(kept, end_of(ledger)[1])),
            CHANGES: pack(changes),
        }
        append(ledger, Draft(CLOSING, content, operator, now, parts))
    amounts = (_amounts(run), stays), (_amounts(run), run.adjustments)
    lines = sum(
        int((part[name].fill_null(0) != 0).sum()) for names, part in amounts for name in names
    )
    elsewhere = run.stays.filter(pl.col("status") != "reversed").height - len(stays)
    return Posted(len(stays), len(changes), lines, elsewhere, outdated)


def _deposits(run: Run) -> dict[str, object]:
    """What is kept back of each hospital's payment, as its statement says; nothing where the county keeps none."""
    if not run.info.settings.deposit:
        return {}
    statement = Statement(run)
    lines = [
        [line["hospital"], fund.name, line[f"{fund.key}_deposit_fen"]]
        for line in statement.hospitals.sort("hospital").iter_rows(named=True)
        for fund in statement.funds
        if line[f"{fund.key}_deposit_fen"]
    ]
    return {"deposits": lines}


def refuse(ledger: sqlite3.Connection, run: Run) -> None:
    """Raise `CannotRun` when `run` cannot be posted to these books."""
    problems = [*_period_taken(ledger, run)]
    if not problems and _moved(ledger, run):
        problems.append(
            Problem(
                "台账在这次核对之后有变动，或这次核对没有用这本台账",
                "请加上 --ledger 重新运行 onestop reconcile，再关账",
            )
        )
    if problems:
        raise CannotRun(problems)


def _period_taken(ledger: sqlite3.Connection, run: Run) -> Iterator[Problem]:
    period, began = run.period, beginning(ledger).first_day
    if period.last < began:
        yield Problem(
            f"台账从 {began} 开始，{period.chinese}在它之前",
            "开账以前的结算期不在这本台账里；起始日写错的，请另开一本",
        )
    for closed in (closing.period for closing in closings(ledger)):
        if closed.id == period.id:
            yield Problem(
                f"{period.chinese}已经关账",
                "已关账的结算期不能再次关账，更正请走下期的上期调整；刚关错的用 onestop ledger reopen 撤销",
            )
        elif closed.first <= period.last and period.first <= closed.last:
            yield Problem(
                f"{period.chinese}与已关账的 {closed.id} 重叠", "请按关过账的期间长短结算"
            )
        elif period.last < closed.first:
            yield Problem(
                f"{closed.id} 已经关账，在{period.chinese}之后",
                "请按时间先后关账；漏报的走上期调整",
            )


def knows(ledger: sqlite3.Connection, made: BooksInfo) -> bool:
    """Whether the books are those that a run was made against, or have grown out of them."""
    if not made.entries:
        known = {"", *(one.sha256 for one in closings(ledger))}
        return made.head in known
    return [e.digest for e in entries(ledger)[made.entries - 1 : made.entries]] == [made.head]


def _moved(ledger: sqlite3.Connection, run: Run) -> bool:
    """Whether anything that changes a run was posted since it (advances and payments do not), or it knew other books.

    A run without books may be the first of new ones: they know nothing that it should have known.
    """
    postings, made = entries(ledger), run.info.ledger
    if made is None:
        alone = not [entry for entry in postings[1:] if entry.kind not in BESIDE_STAYS]
        return not (alone and not postings[0].parts)
    later = (e.kind not in (*BESIDE_STAYS, HOSPITAL) for e in postings[made.entries :])
    return not made.entries or not knows(ledger, made) or any(later)


def postable(stays: pl.DataFrame) -> pl.DataFrame:
    """Settled, held and rejected stays of the period; what is taken back, or out of place (ST04) and not released, is
    not posted."""
    there = (pl.col("status") == "settled") | ~pl.col("outside_period")
    return stays.filter((pl.col("status") != "reversed") & there)


def would_post(ledger: sqlite3.Connection, run: Run) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables that closing `run` would keep now: its stays, and its lines about closed ones."""
    return _kept(postable(run.stays), run, _next_stay(ledger)), _changes(ledger, run)


def _next_stay(ledger: sqlite3.Connection) -> int:
    """Stays are numbered through all closings, also those that were taken back."""
    ends = [e.content["first_stay"] + e.content["stays"] for e in entries(ledger, CLOSING)]
    return max(ends, default=1)


def _kept(stays: pl.DataFrame, run: Run, first: int) -> pl.DataFrame:
    """What the books keep of stays: facts, state, what was decided, and amounts."""
    facts = [name for name in facts_of(stays) if name in stays.columns]
    state = ["status", "blocking", "released", "refused"]
    state += ["decided_category", "decided_id_no", "rule_id"]
    docked = [f"{layer.id}_docked_fen" for layer in run.layers]
    names = dict.fromkeys([*facts, *state, *docked, *_amounts(run)])
    full = capped(stays) & (pl.col("status") == "settled")
    return stays.select(
        pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("number"),
        *names,
        full.alias(CAPPED),
    ).with_columns(
        pl.col("blocking").fill_null(""),
        *(pl.col(name).fill_null(0) for name in _amounts(run)),
    )


def _amounts(run: Run) -> list[str]:
    """The columns of all amounts that are posted."""
    return [f"{layer.id}_{what}_fen" for layer in run.layers for what in POSTED] + [*WHOLE.values()]


def _changes(ledger: sqlite3.Connection, run: Run) -> pl.DataFrame:
    """The adjustment lines with the number and the person of their stays."""
    lines = run.adjustments.with_columns(place=row_place("period"))
    known = [
        stays_of(ledger, closing, ["number", "person", "source", "sheet", "row"]).with_columns(
            period=pl.lit(closing.period.id)
        )
        for closing in closings(ledger)
        if len(lines)
    ]
    if not known:
        none = {"number": pl.Int64, "person": pl.String}
        return lines.drop("place").with_columns(pl.lit(None, k).alias(n) for n, k in none.items())
    stays = together(known).select("number", "person", place=row_place("period"))
    return lines.join(stays, on="place", how="left", validate="m:1", maintain_order="left").drop(
        "place"
    )


def _totals(stays: pl.DataFrame, run: Run, *, own: bool) -> list[tuple[bool, str, str, str, int]]:
    """`books.Total` of every layer and kind, and of the whole stays."""
    found = totals_of(stays, run, run.period.id)
    return [(own, *key, fen) for key, fen in found.items()]
