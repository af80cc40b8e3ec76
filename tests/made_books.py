"""Small counties for the ledger: rows made by hand, run month by month or at once, posted to real books."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any
from unittest.mock import patch

import polars as pl

from onestop_cli.batch.describe import about_rules, in_order
from onestop_cli.decide import CARRIED_OUT, Decisions
from onestop_cli.findings.amounts import Difference
from onestop_cli.identify import identify, make_id
from onestop_cli.ledger.closing import close, head
from onestop_cli.ledger.past import carried_out, history
from onestop_cli.link import understand_roster
from onestop_cli.periods import parse_period
from onestop_cli.pipeline import Earlier, Names, Options, Work, work
from onestop_cli.reconcile import control
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import LoadedRule, load_rules
from onestop_cli.run import Run
from onestop_cli.schema import LEVELS, READ_ROSTER, READ_STAYS, empty

REGISTER = pl.DataFrame(
    {
        "hospital": [f"{name}医院" for name in LEVELS.values()],
        "level": list(LEVELS),
        "ownership": ["公立"] * len(LEVELS),
    }
)
CATEGORIES = ("农村低保户", "五保户", "重点优抚对象")
PEOPLE = tuple(make_id(f"639900{1950 + n}0101{n:03d}") for n in range(12))


@cache
def rules() -> tuple[LoadedRule, ...]:
    return load_rules(["huangzhong-2009"])


@cache
def book() -> Rulebook:
    return Rulebook(tuple(rule.file for rule in rules()))


def stays(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows as read, from the few things a case says; amounts are fen."""
    blank = dict.fromkeys(READ_STAYS)
    fixed = {"source": "医院.csv", "id_numeric": False, "has_eligible": True}
    return pl.DataFrame([{**blank, **fixed, **row} for row in rows], schema=dict(READ_STAYS))


def roster() -> pl.DataFrame:
    """Everybody is on it: low-income, five-guarantee and veterans in turn."""
    blank = dict.fromkeys(READ_ROSTER)
    entries = [
        {
            **blank,
            "source": "册.csv",
            "row": n,
            "name": f"人{n}",
            "id_raw": id_,
            "id_numeric": False,
        }
        | {"category_raw": CATEGORIES[n % 3 if n > 6 else 0], "township": "甲乡", "village": "一村"}
        for n, id_ in enumerate(PEOPLE)
    ]
    return understand_roster(pl.DataFrame(entries, schema=dict(READ_ROSTER)), str)


def run_period(
    rows: pl.DataFrame,
    period: str,
    books: sqlite3.Connection | None = None,
    decisions: pl.DataFrame | None = None,
) -> Run:
    """One period of `rows`, beside the books if there are any."""
    done = _work(rows, period, books, decisions)
    info = {
        "period": period,
        "settings": {"tolerance_fen": 1, "liability": {}},
        **about_rules(book(), rules()),
        "control": control(done.stays, book().layers),
        "decisions": {"sha256": "", "lines": []},
        **({"ledger": head(books)} if books else {}),
    }
    documents = {rule.file.id: rule.data for rule in rules()}
    ordered = in_order(done.stays, book().layers)
    nothing = pl.DataFrame()
    return Run(info, ordered, done.findings, nothing, nothing, done.adjustments, documents)


def _work(
    rows: pl.DataFrame,
    period: str,
    books: sqlite3.Connection | None,
    decisions: pl.DataFrame | None,
) -> Work:
    past, before = None, empty(CARRIED_OUT)
    if books is not None:
        known = identify(rows)
        numbers = known.select("hospital_raw", "stay_no").drop_nulls().unique().rows()
        if decisions is not None:
            numbers += decisions.select("hospital", "stay_no").drop_nulls().rows()
        people = known["person"].drop_nulls().unique()
        past, before = history(books, people, numbers, book().layers), carried_out(books)
    names = Names(
        hospital=lambda text: text if text in set(REGISTER["hospital"]) else None,
        level=lambda text: None,
        category=str,
    )
    asked = None if decisions is None else Decisions(decisions, "处理意见.xlsx", before)
    with patch("onestop_cli.pipeline.diagnose", _undiagnosed):
        return work(
            rows, roster(), REGISTER, book(), parse_period(period), names, Options(),
            Earlier(past, asked),
        )  # fmt: skip


def _undiagnosed(stays: pl.DataFrame, book: Rulebook, layers: Sequence[Difference]) -> pl.DataFrame:
    """Which mistake fits a hospital's figure changes no amount, and takes most of a small run's time."""
    none = pl.lit(None, pl.String)
    return stays.with_columns(none.alias(f"{layer.step.layer}_cause") for layer in layers)


def post(books: sqlite3.Connection, run: Run) -> dict[str, int]:
    """Close `run`."""
    return close(books, run, f"sha {run.info['period']}", "测试", datetime(2011, 1, 1, tzinfo=UTC))


def paid(run: Run) -> dict[str, int]:
    """What a run makes the funds pay, per layer, and what patients are owed by it, adjustments included."""
    settled = run.stays.filter(pl.col("status") == "settled")
    found = {}
    for layer in book().layers:
        pays = [f"{layer}_payable_fen", f"{layer}_offset_fen"]
        found[layer] = sum(int(part[c].sum()) for part in (settled, run.adjustments) for c in pays)
    owed = "patient_owed_fen"
    return {**found, "owed": int(settled[owed].sum()) + int(run.adjustments[owed].sum())}
