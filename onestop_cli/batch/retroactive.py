"""追溯认定: closed stays of people without a right then, whom the roster now covers, and what that would change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from onestop_cli.core.closed import History, refreshed
from onestop_cli.core.corrected import CORRECTED
from onestop_cli.core.identify import identify
from onestop_cli.core.link import linked
from onestop_cli.core.options import Earlier
from onestop_cli.core.pipeline import LINKED, Core
from onestop_cli.ledger.load import NO_NUMBERS, history, without_right
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.money import yuan

RowsOf = Callable[[pl.Series], pl.DataFrame]
"""The run's rows (as read) of some people (`person`)."""


def rows_among(rows: pl.DataFrame) -> RowsOf:
    """Those of a run that is in memory."""
    return lambda people: rows.filter(identify(rows)["person"].is_in(people.implode()))


def retroactive(ledger: Path, core: Core, rows: RowsOf, earlier: Earlier) -> Iterator[str]:
    """What the roster of this run changes about closed stays that are not worked out again anyway, as a sentence.

    Nothing is booked by it.
    """
    past = _of_the_covered(ledger, core, earlier)
    if past is None:
        return
    own = rows(past.stays["person"].unique())
    lines = [
        core.work(own, Earlier(replace(past, recompute=again))).adjustments
        for again in (frozenset(), past.recompute)
    ]
    yield from _told(lines[0], lines[1], core)


def _of_the_covered(ledger: Path, core: Core, earlier: Earlier) -> History | None:
    """The closed stays of everybody who had no right to one and has it by the roster now; None without any."""
    known = core.roster["id_no"].drop_nulls().unique()
    done = earlier.history.recompute if earlier.history else frozenset()
    with opened(ledger, checked=False) as books, snapshot(books):
        asked = without_right(books, known)
        if not asked:
            return None
        found = history(books, asked, NO_NUMBERS, core.book.layers, hospital=core.names.hospital)
    closed = frozenset(period.id for period in found.periods) - done
    found = replace(found, recompute=closed, register_too=False)
    now = _linked_now(found, core)
    own = now.filter(pl.col("category").is_not_null())["person"].unique()
    if own.is_empty():
        return None
    stays = found.stays.filter(pl.col("person").is_in(own.implode()))
    return replace(
        found, stays=stays, rules=earlier.history.rules if earlier.history else found.rules
    )


def _linked_now(past: History, core: Core) -> pl.DataFrame:
    """Settled stays without a category of periods that are not worked out again, looked up on the roster."""
    known = refreshed(past)
    assert known is not None
    stays = known.stays.filter(
        pl.col("recomputed"), pl.col("category").is_null(), pl.col("status") == "settled"
    )
    return linked(stays.drop(LINKED, strict=False), core.roster, core.book, core.names)


def _told(before: pl.DataFrame, after: pl.DataFrame, core: Core) -> Iterator[str]:
    """The difference between the lines without and with the roster's word."""
    changed = after.filter(kind=CORRECTED)
    if changed.is_empty():
        return

    def fen(*names: str) -> int:
        return sum(int(after[name].sum()) - int(before[name].sum()) for name in names)

    layers = {
        core.book.layer(layer).name: fen(f"{layer}_payable_fen", f"{layer}_offset_fen")
        for layer in core.book.layers
    }
    owed = fen("patient_owed_fen")
    periods = sorted(changed["period"].unique())
    each = "，".join(f"{name} {yuan(amount)}" for name, amount in layers.items() if amount)
    yield (
        f"追溯认定：花名册现在覆盖已关账的住院 {len(changed):,} 笔（{changed['id_no'].n_unique():,} 人，"
        f"{'、'.join(periods)}），应调整应拨 {yuan(sum(layers.values()))} 元（{each or '各层不变'}），"
        f"应补患者 {yuan(owed)} 元；还没有入账。要入账的，加上 "
        f"{' '.join(f'--recompute {period}' for period in periods)} 重新核对"
    )
