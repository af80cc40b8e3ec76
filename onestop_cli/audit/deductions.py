"""From what was found to money: what each fund paid too much or too little, and the lines people decide on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from onestop_cli.audit.papers import IDENTITY_CAUSE, booked, confirmed, payable

_AID_FIRST = ("assistance", "extra", "backstop", "critical", "basic")
"""Whose money it is when the person had no right to assistance, or to another kind of it."""


def with_differences(rows: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    """Add `over_fen` and `under_fen` to every sampled stay with what was found: paid too much, paid too little.

    Per fund where the inspectors say which, and never set off between funds; else in all. Null where nothing could be
    found out or nobody has looked. Add `<layer>_over_fen` too, for settled stays: which fund paid too much.
    """
    made = [_differences(row, layers) for row in rows.iter_rows(named=True)]
    names = ["over_fen", "under_fen", *(f"{layer}_over_fen" for layer in layers)]
    return rows.hstack(pl.DataFrame(made, schema=dict.fromkeys(names, pl.Int64)))


def _differences(row: Mapping[str, Any], layers: Sequence[str]) -> dict[str, int | None]:
    found = row["confirmed_fen"]
    if found is None:
        return {}
    parts = {layer: row[confirmed(layer)] for layer in layers}
    if any(part is None for part in parts.values()):
        over, under = max(row["amount"] - found, 0), max(found - row["amount"], 0)
        shares = _by_cause(row, layers, over)
    else:
        shares = {layer: max(row[booked(layer)] - parts[layer], 0) for layer in layers}
        over = sum(shares.values())
        under = sum(max(parts[layer] - row[booked(layer)], 0) for layer in layers)
    return {
        "over_fen": over,
        "under_fen": under,
        **{f"{layer}_over_fen": fen for layer, fen in shares.items()},
    }


def _by_cause(row: Mapping[str, Any], layers: Sequence[str], over: int) -> dict[str, int]:
    """What is too much, taken from one fund after the other: assistance first when the person or the kind was wrong,
    else in the order in which they pay. Never in proportion: a fund has paid an amount or has not."""
    order = list(layers)
    if row["cause"] == IDENTITY_CAUSE:
        order.sort(key=_AID_FIRST.index)
    shares, left = dict.fromkeys(layers, 0), over
    for layer in order:
        shares[layer] = min(left, max(row[booked(layer)], 0))
        left -= shares[layer]
    return shares


def said_which(row: Mapping[str, Any], layers: Sequence[str]) -> bool:
    """Whether the inspectors say which fund, or whether it makes no difference: nothing is left of any."""
    known = all(row[confirmed(layer)] is not None for layer in layers)
    return known or row["over_fen"] == row["amount"]


def lines(deductions: pl.DataFrame, layers: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """What to decide on, a line for each stay and fund: `layer_name`, `amount_fen`, `decided` (it can be deducted as it
    stands) and `note_fund` (how the fund was found). An amount that was paid to make up between layers cannot be
    deducted by a decision; it stands on a line of its own."""
    for row in deductions.sort("hospital", "number").iter_rows(named=True):
        how = "" if said_which(row, list(layers)) else _HOW[row["cause"] == IDENTITY_CAUSE]
        for layer, name in layers.items():
            over = row[f"{layer}_over_fen"]
            direct = min(over, row[payable(layer)])
            for fen, decided in ((direct, True), (over - direct, False)):
                if fen:
                    yield {
                        **row,
                        "layer_name": name,
                        "amount_fen": fen,
                        "decided": decided,
                        "note_fund": how if decided else "层间调整付的部分，不能用扣款执行",
                    }


_HOW = {
    True: "没有填哪个基金，身份或类别不符先从救助扣，请核对",
    False: "没有填哪个基金，按支付先后从第一层扣起，请核对",
}
