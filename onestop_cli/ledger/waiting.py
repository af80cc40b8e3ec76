"""Closed stays that wait for an answer, and what patients are still owed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import polars as pl

from onestop_cli.core.pending import HELD_SINCE, PENDING
from onestop_cli.ledger.accounts import sums
from onestop_cli.ledger.books import Closing, changes_of, closings, run_of, stays_of, together
from onestop_cli.ledger.owed import open_payments
from onestop_cli.privacy import mask_id

_ABOUT = ("source", "sheet", "row", "hospital", "stay_no", "name", "id_raw")
_HELD = pl.selectors.ends_with("_held_fen")


def pending(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Every closed stay that is still held, as `PENDING`."""
    parts = [pl.DataFrame(schema=dict(PENDING))]
    for one, states in _states(ledger):
        held = states.select(pl.col("status") == "held").to_series().arg_true()
        if len(held):
            rows = stays_of(ledger, one, _ABOUT)[held].hstack(states[held])
            shown = rows.with_columns(
                period=pl.lit(one.period.id), id_shown=mask_id(pl.col("id_raw"))
            )
            parts.append(shown.select(*PENDING))
    return pl.concat(parts)


def held_in_part(ledger: sqlite3.Connection) -> int:
    """What is held of settled stays, where the county lets an excess wait (`liability`), fen."""
    return sum(
        int(states.filter(pl.col("status") == "settled")["held_fen"].sum())
        for _, states in _states(ledger)
    )


def _states(ledger: sqlite3.Connection) -> Iterator[tuple[Closing, pl.DataFrame]]:
    """Per closing its stays as they stand now: `status`, `blocking`, `because` (`PENDING`) and what is `held_fen`."""
    closed = closings(ledger)
    later = _later(ledger, closed)
    for one in closed:
        amounts = [f"{layer.id}_held_fen" for layer in run_of(ledger, one).layers]
        stays = stays_of(ledger, one, ["number", "status", "blocking", *amounts])
        both = stays.join(later, on="number", how="left", maintain_order="left")
        yield (
            one,
            both.select(
                status=pl.coalesce("now", "status"),
                blocking=pl.coalesce("held_by", "blocking"),
                because="since",
                held_fen=pl.sum_horizontal(_HELD, pl.col("more").fill_null(0)),
            ),
        )


def _later(ledger: sqlite3.Connection, closed: tuple[Closing, ...]) -> pl.DataFrame:
    """Per stay that a later closing changed: `now` (its status), `held_by` (codes), `since` what, `more` held, fen."""
    lines = together([changes_of(ledger, one) for one in closed if one.changes])
    if lines.is_empty():
        texts = dict.fromkeys(("now", "held_by", "since"), pl.String)
        return pl.DataFrame(schema={"number": pl.Int64, **texts, "more": pl.Int64})
    if "because" not in lines.columns:
        lines = lines.with_columns(because=pl.lit("后来的一笔"))
    return lines.group_by("number").agg(
        now=pl.col("status").last(),
        held_by=pl.col("blocking").last().fill_null(""),
        since=HELD_SINCE.drop_nulls().last(),
        more=pl.sum_horizontal(_HELD).sum(),
    )


def still_owed(ledger: sqlite3.Connection) -> int:
    """应补未补 of all closed periods, less what decisions and payments have paid out since, fen."""
    kinds = {"owed": 1, "supplement": -1}
    booked = sum(part.fen * kinds.get(part.what, 0) for part in sums(ledger))
    return booked - int(open_payments(ledger)["paid"].sum())
