"""What every decision changes: its stay without any decision beside its stay with all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from onestop_cli.money import yuan
from onestop_cli.statements.statement import STATUS

EFFECT: Mapping[str, type[pl.DataType]] = {
    "status_before": pl.String,
    "status_after": pl.String,
    "paid_before_fen": pl.Int64,
    "paid_after_fen": pl.Int64,
}
"""What is added to a decision's line in `run.json`; a run of an earlier version does not say."""

_NAMED = ("hospital", "stay_no", "name")


def effects(
    decided: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame, layers: Sequence[str]
) -> pl.DataFrame:
    """`EFFECT` per line of `decided` (by `line`); null for a stay of a closed period, or one that is not alone in its
    name. A stay is found by its place if hospital, number and name agree there, else by those three."""
    sides = [_side(stays, layers) for stays in (before, after)]
    place = ["source", "sheet", "row", *_NAMED]
    keys = decided.select("line", *place)
    found = [_found(keys, side, place) for side in sides]
    return (
        found[0]
        .join(found[1], on="line", suffix="_after", validate="1:1")
        .select(
            "line",
            status_before="status",
            status_after="status_after",
            paid_before_fen="paid_fen",
            paid_after_fen="paid_fen_after",
        )
    )


def _side(stays: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    paid = [
        pl.col(f"{la}_{part}_fen").fill_null(0) for la in layers for part in ("payable", "offset")
    ]
    return stays.select(
        "source", "sheet", "row", *_NAMED, "status", paid_fen=pl.sum_horizontal(paid)
    )


def _found(keys: pl.DataFrame, side: pl.DataFrame, place: Sequence[str]) -> pl.DataFrame:
    """Status and payment of each line's stay."""
    here = keys.join(side, on=list(place), how="left", nulls_equal=True, validate="m:1")
    alone = side.filter(pl.len().over(_NAMED) == 1).select(*_NAMED, "status", "paid_fen")
    named = keys.join(alone, on=_NAMED, how="left", nulls_equal=True, validate="m:1")
    return keys.select(
        "line",
        status=here["status"].fill_null(named["status"]),
        paid_fen=here["paid_fen"].fill_null(named["paid_fen"]),
    )


def effect_lines(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence per decision whose stay is of this run, in the order of the file."""
    return [_sentence(line) for line in lines if line.get("status_after")]


def _sentence(line: Mapping[str, Any]) -> str:
    who = " ".join(str(line[key]) for key in _NAMED if line.get(key))
    was, is_ = (STATUS.get(str(line[f"status_{side}"]), "") for side in ("before", "after"))
    status = was if was == is_ else f"{was} → {is_}"
    paid = [int(line[f"paid_{side}_fen"] or 0) for side in ("before", "after")]
    amount = f"应付 {yuan(paid[0])} → {yuan(paid[1])}" if paid[0] != paid[1] else "应付不变"
    return f"{line['decision']}（{line['code']}）{who}：{status}，{amount}"
