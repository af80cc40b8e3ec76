"""Posting a run: its stays, what each fund pays and refuses, and the lines that set closed stays right."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.core.closed import POSTED, WHOLE
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.ledger.accounts import Line, standing
from onestop_cli.ledger.pack import pack
from onestop_cli.ledger.store import transaction
from onestop_cli.run import Run
from onestop_cli.tables.run_info import BooksInfo
from onestop_cli.tables.schema import row_place


@dataclass(frozen=True)
class Closed:
    """What a closing did: counts of what was posted, rows `outside` the period that were not, the period's accounts,
    and stays of any period that wait. `outdated`: an advance was booked since the statements were written."""

    run: Run
    ledger: Path
    stays: int
    adjustments: int
    lines: int
    outside: int
    outdated: bool
    accounts: tuple[Line, ...]
    waiting: int


def head(ledger: sqlite3.Connection) -> BooksInfo:
    """How many periods are closed, and the hash of the last run: a run names the books it was made against."""
    row = ledger.execute("SELECT number, sha256 FROM run ORDER BY number DESC LIMIT 1").fetchone()
    return BooksInfo(runs=row[0], head=row[1]) if row else BooksInfo(runs=0, head="")


def close(
    ledger: sqlite3.Connection, run: Run, sha256: str, operator: str, now: datetime
) -> dict[str, Any]:
    """Post `run` in one transaction; returns how many stays and lines were posted, how many rows belong elsewhere, and
    whether the accounts have moved since its statements were written.

    Raises `CannotRun` for a period that is closed or overlaps a closed one, or when the books have moved since the run.
    """
    with transaction(ledger):
        _refuse(ledger, run)
        shown = {fund: account.model_dump() for fund, account in run.info.accounts.items()}
        outdated = bool(shown) and shown != standing(ledger, run.period)
        stays = _postable(run.stays)
        posted = {"own": _totals(stays, run), "closed": _totals(run.adjustments, run)}
        number = _post_run(ledger, run, {"posted": posted}, sha256, operator, now)
        first = _post_stays(ledger, number, run, stays)
        lines = _post_amounts(ledger, number, stays, range(first, first + len(stays)), run)
        lines += _post_adjustments(ledger, number, run)
        _post_decisions(ledger, number, run)
    elsewhere = run.stays.filter(pl.col("status") != "reversed").height - len(stays)
    return {
        "stays": len(stays),
        "lines": lines,
        "adjustments": len(run.adjustments),
        "outside": elsewhere,
        "outdated": outdated,
    }


def _refuse(ledger: sqlite3.Connection, run: Run) -> None:
    period = run.period
    problems = []
    for closed, first, last in ledger.execute("SELECT period, first, last FROM run"):
        if closed == period.id:
            problems.append(
                Problem(
                    f"{period.chinese}已经关账",
                    "已关账的结算期不能再次关账，更正请走下期的上期调整",
                )
            )
        elif first <= period.last.isoformat() and period.first.isoformat() <= last:
            problems.append(
                Problem(f"{period.chinese}与已关账的 {closed} 重叠", "请按关过账的期间长短结算")
            )
        elif period.last.isoformat() < first:
            problems.append(
                Problem(
                    f"{closed} 已经关账，在{period.chinese}之后",
                    "请按时间先后关账；漏报的走上期调整",
                )
            )
    if problems:
        raise CannotRun(problems)
    if (run.info.ledger or BooksInfo(runs=0, head="")) != head(ledger):
        raise stop(
            "台账在这次核对之后有变动，或这次核对没有用这本台账",
            "请加上 --ledger 重新运行 onestop reconcile，再关账",
        )


def _totals(stays: pl.DataFrame, run: Run) -> dict[str, dict[str, int]]:
    """Per layer, and under "" for none, what is posted for these stays, fen: `verify` holds the lines against it."""
    each = {
        layer.id: {what: f"{layer.id}_{what}_fen" for what in POSTED} for layer in run.layers
    } | {"": WHOLE}
    return {
        layer: {what: int(stays[name].fill_null(0).sum()) for what, name in names.items()}
        for layer, names in each.items()
    }


def _post_run(
    ledger: sqlite3.Connection,
    run: Run,
    more: dict[str, Any],
    sha256: str,
    operator: str,
    now: datetime,
) -> int:
    period = run.period
    ledger.executemany(
        "INSERT OR IGNORE INTO rule VALUES (?, ?, ?)",
        [
            (rule.id, rule.sha256, run.documents[rule.id].decode("utf-8-sig"))
            for rule in run.info.rules
        ],
    )
    done = ledger.execute(
        "INSERT INTO run (period, first, last, closed_at, operator, sha256, info) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            period.id,
            period.first.isoformat(),
            period.last.isoformat(),
            now.isoformat(timespec="seconds"),
            operator,
            sha256,
            json.dumps({**run.info.content(), **more}, ensure_ascii=False),
        ),
    )
    return int(done.lastrowid or 0)


def _postable(stays: pl.DataFrame) -> pl.DataFrame:
    """Settled, held and rejected stays of the period; what is taken back, or out of place (ST04) and not released, is
    not posted."""
    there = (pl.col("status") == "settled") | ~pl.col("outside_period")
    return stays.filter((pl.col("status") != "reversed") & there)


def _post_stays(ledger: sqlite3.Connection, number: int, run: Run, stays: pl.DataFrame) -> int:
    """Insert the stays with their state; returns the number of the first."""
    period = run.period.id
    first = _next(ledger, "stay")
    about = stays.select(
        row_place().alias("place"), "person", "hospital", "stay_no", "status",
        pl.col("blocking").fill_null(""),
    )  # fmt: skip
    rows = zip(range(first, first + len(stays)), about.iter_rows(), pack(stays), strict=True)
    posted, states = [], []
    for (stay, (place, person, hospital, stay_no, status, blocking), facts), choices in zip(
        rows, _choices(stays, [layer.id for layer in run.layers]), strict=True
    ):
        posted.append(
            (stay, number, period, f"{period} · {place}", person, hospital, stay_no, facts)
        )
        states.append((stay, number, status, blocking, choices))
    ledger.executemany("INSERT INTO stay VALUES (?, ?, ?, ?, ?, ?, ?, ?)", posted)
    _post_states(ledger, states)
    return first


def _next(ledger: sqlite3.Connection, table: str) -> int:
    return int(ledger.execute(f"SELECT coalesce(max(number), 0) + 1 FROM {table}").fetchone()[0])


def _post_states(ledger: sqlite3.Connection, states: Iterable[tuple[Any, ...]]) -> None:
    ledger.executemany(
        "INSERT INTO state (stay, run, status, blocking, choices) VALUES (?, ?, ?, ?, ?)", states
    )


def _choices(stays: pl.DataFrame, layers: Sequence[str]) -> Iterator[str]:
    """What people decided about each stay, and the document that governs it, as JSON."""
    names = [
        "released",
        "rule_id",
        *(f"{la}_{what}_fen" for la in layers for what in ("docked", "supplement")),
    ]
    for row in stays.select(*names, "refused", category="decided_category").iter_rows(named=True):
        yield json.dumps(
            {k: v for k, v in row.items() if v not in (None, False)}, ensure_ascii=False
        )


def _post_amounts(
    ledger: sqlite3.Connection,
    number: int,
    stays: pl.DataFrame,
    numbers: Iterable[int],
    run: Run,
) -> int:
    """A line for every amount that is not 0; a late stay's lines name the period they belong to."""
    own = pl.col("belongs_to").fill_null(run.period.id)
    numbered = stays.with_columns(stay=pl.Series(list(numbers), dtype=pl.Int64), _period=own)
    parts = [
        _lines(numbered, f"{layer.id}_{what}_fen", layer.id, what)
        for layer in run.layers
        for what in POSTED
    ]
    parts += [_lines(numbered, column, "", what) for what, column in WHOLE.items()]
    lines = pl.concat(parts).sort("stay", maintain_order=True).rows()
    ledger.executemany(
        "INSERT INTO posting (run, stay, period, layer, what, fen) VALUES (?, ?, ?, ?, ?, ?)",
        ((number, *line) for line in lines),
    )
    return len(lines)


def _lines(stays: pl.DataFrame, column: str, layer: str, what: str) -> pl.DataFrame:
    return stays.filter(pl.col(column).fill_null(0) != 0).select(
        "stay", "_period", layer=pl.lit(layer), what=pl.lit(what), fen=column
    )


def _post_adjustments(ledger: sqlite3.Connection, number: int, run: Run) -> int:
    """The differences on closed stays, and the state they have from now on."""
    lines = run.adjustments
    if lines.is_empty():
        return 0
    places = lines.select(place=row_place("period"))["place"]
    numbers = [
        ledger.execute("SELECT number FROM stay WHERE place = ?", (place,)).fetchone()[0]
        for place in places
    ]
    layers = [layer.id for layer in run.layers]
    states = zip(
        numbers,
        lines["status"],
        lines["blocking"].fill_null(""),
        _choices(lines, layers),
        strict=True,
    )
    _post_states(ledger, ((stay, number, *rest) for stay, *rest in states))
    return _post_amounts(ledger, number, lines, numbers, run)


def _post_decisions(ledger: sqlite3.Connection, number: int, run: Run) -> None:
    if (decided := run.info.decisions) is None:
        return
    ledger.executemany(
        "INSERT INTO decision (run, sha256, line) VALUES (?, ?, ?)",
        [(number, decided.sha256, json.dumps(line, ensure_ascii=False)) for line in decided.lines],
    )
