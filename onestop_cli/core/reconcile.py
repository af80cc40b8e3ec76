"""Due beside claimed: what is payable, deducted, held, short, and owed to whom.

Contract section 4. Amounts are fen; a blank claim claims nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.errors import Broken

SETTLED = pl.col("status") == "settled"


@dataclass(frozen=True)
class Choice:
    """Where people may choose, per layer: settled stays whose excess is `held` instead of deducted (`liability` of
    onestop.toml), and those whose claim was `accepted` as it stands by a decision."""

    held: pl.Expr
    accepted: pl.Expr


def reconcile(
    stays: pl.DataFrame,
    layers: Sequence[str],
    tolerance: int,
    choices: Mapping[str, Choice],
    waived: Collection[str] = (),
) -> pl.DataFrame:
    """Add `<layer>_payable/deducted/held/shortfall/offset_fen`, `patient_owed_fen` and `self_fen` to every stay.

    Needs status, `<layer>_claimed_fen/due_fen/bound_fen/check` and `<layer>_docked_fen` (扣款 by decision). `tolerance`
    in fen. `waived`: layers that hospitals bear themselves; what they did not waive is no fund's debt.
    """
    few = stays.select(_differs(layers).fill_null(value=True)).to_series().arg_true()
    chosen = [expr for choice in choices.values() for expr in (choice.held, choice.accepted)]
    names = [*_needed(layers), *(name for expr in chosen for name in expr.meta.root_names())]
    parted = _parted(stays.select(*dict.fromkeys(names))[few], layers, tolerance, choices, waived)
    paid = {f"{layer}_payable_fen": _claimed(layer) for layer in layers}
    paid["self_fen"] = pl.coalesce(
        "self_due_fen", pl.col("total_fen") - pl.sum_horizontal(*paid.values())
    )
    return stays.with_columns(
        _instead(stays, paid.get(column.name), few, column).alias(column.name) for column in parted
    )


def _instead(
    stays: pl.DataFrame, usual: pl.Expr | None, few: pl.Series, found: pl.Series
) -> pl.Expr:
    """What is `usual` (nothing, where that is not said) with what was `found` on few stays."""
    if usual is None and (found == 0).all():
        return pl.lit(0, pl.Int64)
    zero = pl.Series([0], dtype=pl.Int64).new_from_index(0, len(stays))
    whole = zero if usual is None else stays.select(usual).to_series().rechunk()
    return pl.lit(whole.scatter(few, found))


def _differs(layers: Sequence[str]) -> pl.Expr:
    """Where anything is to be divided: all claimed is payable on a settled stay on which it is due, or, where that is
    not known, may be due."""
    apart = [
        _claimed(layer)
        != pl.coalesce(f"{layer}_due_fen", pl.min_horizontal(_claimed(layer), f"{layer}_bound_fen"))
        for layer in layers
    ]
    docked = [pl.col(f"{layer}_docked_fen").is_not_null() for layer in layers]
    return pl.any_horizontal(~SETTLED, *apart, *docked)


def _needed(layers: Sequence[str]) -> list[str]:
    """The columns that amounts are divided by."""
    of_layer = ("claimed_fen", "due_fen", "bound_fen", "docked_fen")
    return [
        "status",
        "total_fen",
        "self_due_fen",
        *(f"{la}_{w}" for la in layers for w in of_layer),
    ]


def _claimed(layer: str) -> pl.Expr:
    return pl.col(f"{layer}_claimed_fen").fill_null(0)


def _parted(
    stays: pl.DataFrame,
    layers: Sequence[str],
    tolerance: int,
    choices: Mapping[str, Choice],
    waived: Collection[str],
) -> pl.DataFrame:
    """All that `reconcile` adds, of stays on which there is something to divide."""
    marked = stays.with_columns(
        (pl.col("status") == status).alias(f"_{status}")
        for status in ("settled", "rejected", "held")
    ).with_columns(_allowed(layer, tolerance, choices[layer]) for layer in layers)
    parted = marked.with_columns(
        part for layer in layers for part in _split(layer, tolerance, choices[layer])
    )
    own = pl.when("_settled").then(own_share(layers)).alias("self_fen")
    docked = [layer for layer in layers if stays[f"{layer}_docked_fen"].count()]
    return (
        _across(parted, layers, waived)
        .with_columns(own, *(cut for layer in layers for cut in _docked(layer, layer in docked)))
        .drop("_settled", "_rejected", "_held", *(f"_{layer}_allowed" for layer in layers))
        .drop(stays.columns)
    )


def own_share(layers: Sequence[str]) -> pl.Expr:
    """个人自付: total − Σ due; where a due is not known, what the layers leave."""
    paid = pl.sum_horizontal(f"{layer}_payable_fen" for layer in layers)
    return pl.coalesce("self_due_fen", pl.col("total_fen") - paid)


def _docked(layer: str, some: bool) -> list[pl.Expr]:
    """What a decision takes off a settled stay's payable amount, at most all of it; it makes up for nothing that was
    paid too low. `_<layer>_beyond`: what the decision says too much, fen. `some`: there are such decisions."""
    if not some:
        return [pl.lit(0, pl.Int64).alias(f"_{layer}_beyond")]
    docked = pl.when("_settled").then(pl.col(f"{layer}_docked_fen").fill_null(0)).otherwise(0)
    off = pl.min_horizontal(docked, f"{layer}_payable_fen")
    return [
        (pl.col(f"{layer}_payable_fen") - off).alias(f"{layer}_payable_fen"),
        (pl.col(f"{layer}_deducted_fen") + off).alias(f"{layer}_deducted_fen"),
        (docked - off).alias(f"_{layer}_beyond"),
    ]


def _allowed(layer: str, tolerance: int, choice: Choice) -> pl.Expr:
    """What a settled stay may keep of its claim: the claim within the tolerance of what is due or, where only that is
    known, of the most it can be; a layer of which neither is known is not checked."""
    claimed = _claimed(layer)
    most = pl.coalesce(f"{layer}_due_fen", f"{layer}_bound_fen")
    over = ~choice.accepted & (claimed > most + tolerance)
    return pl.when(over).then(most).otherwise(claimed).alias(f"_{layer}_allowed")


def _split(layer: str, tolerance: int, choice: Choice) -> list[pl.Expr]:
    claimed, due = _claimed(layer), pl.col(f"{layer}_due_fen")
    allowed, zero = pl.col(f"_{layer}_allowed"), pl.lit(0, pl.Int64)
    excess, whole = claimed - allowed, pl.when("_rejected").then(claimed).otherwise(zero)
    waiting = pl.when("_held").then(claimed).otherwise(zero)
    kept = pl.when(choice.held).then(zero).otherwise(excess)
    suspended = pl.when(choice.held).then(excess).otherwise(zero)
    short = pl.when(pl.col("_settled") & (due > claimed + tolerance)).then(due - claimed)
    return [
        pl.when("_settled").then(allowed).otherwise(zero).alias(f"{layer}_payable_fen"),
        pl.when("_settled").then(kept).otherwise(whole).alias(f"{layer}_deducted_fen"),
        pl.when("_settled").then(suspended).otherwise(waiting).alias(f"{layer}_held_fen"),
        short.otherwise(zero).alias(f"{layer}_shortfall_fen"),
    ]


def _across(stays: pl.DataFrame, layers: Sequence[str], waived: Collection[str]) -> pl.DataFrame:
    """Between layers of one stay: what was paid too high here offsets what was paid too low there, waivers last, whose
    offset no fund pays: the hospital has borne it. `patient_owed_fen` is what funds owe."""
    funds = [layer for layer in layers if layer not in waived]
    deducted = pl.sum_horizontal(f"{layer}_deducted_fen" for layer in layers)
    shortfall = pl.sum_horizontal(f"{layer}_shortfall_fen" for layer in layers)
    known = pl.col("_settled") & pl.all_horizontal(
        pl.col(f"{layer}_due_fen").is_not_null() for layer in layers
    )
    left = pl.when(known).then(pl.min_horizontal(deducted, shortfall)).otherwise(0)
    stays = stays.with_columns(_left=left)
    for layer in (*funds, *(layer for layer in layers if layer in waived)):
        given = pl.min_horizontal(f"{layer}_shortfall_fen", "_left")
        stays = stays.with_columns(given.alias(f"{layer}_offset_fen"))
        stays = stays.with_columns(_left=pl.col("_left") - pl.col(f"{layer}_offset_fen"))
    owed = pl.sum_horizontal(
        pl.lit(0, pl.Int64),
        *(pl.col(f"{layer}_shortfall_fen") - pl.col(f"{layer}_offset_fen") for layer in funds),
    )
    return stays.with_columns(patient_owed_fen=owed).drop("_left")


_SUMMED = (
    "hospital",
    "status",
    "total_fen",
    "patient_owed_fen",
    "self_due_fen",
    "hospital_borne_fen",
)
_OF_LAYER = ("claimed", "payable", "deducted", "held", "shortfall", "offset", "due")
"""The few columns that control totals are of; the others need not be filtered with them."""


def control(stays: pl.DataFrame, layers: Sequence[str]) -> dict[str, Any]:
    """The control totals of `run.json`, in fen; raises `Broken` when a law of contract section 4 does not hold."""
    stays = stays.select(*_SUMMED, *(f"{la}_{part}_fen" for la in layers for part in _OF_LAYER))
    live = stays.filter(pl.col("status") != "reversed")
    totals = {layer: _layer_totals(live, layer) for layer in layers}
    _hold_per_hospital(live, layers)
    _hold_per_stay(stays, layers)
    return {
        "layers": totals,
        "total_fen": int(live["total_fen"].sum()),
        "patient_owed_fen": int(stays["patient_owed_fen"].sum()),
    }


def _layer_totals(live: pl.DataFrame, layer: str) -> dict[str, int]:
    return {f"{part}_fen": int(live[f"{layer}_{part}_fen"].sum()) for part in _OF_LAYER}


def _hold_per_hospital(live: pl.DataFrame, layers: Sequence[str]) -> None:
    """claimed = payable + deducted + held, per layer and hospital."""
    for layer in layers:
        amount = {
            p: pl.col(f"{layer}_{p}_fen").sum() for p in ("claimed", "payable", "deducted", "held")
        }
        gaps = live.group_by("hospital").agg(
            gap=amount["claimed"] - amount["payable"] - amount["deducted"] - amount["held"]
        )
        if (gaps["gap"] != 0).any():
            raise Broken(f"{layer}: claimed ≠ payable + deducted + held for some hospital")


def _hold_per_stay(stays: pl.DataFrame, layers: Sequence[str]) -> None:
    """total = Σ due + self_due (+ what the hospital bears) on every stay that has all of them."""
    parts = [pl.col(f"{layer}_due_fen") for layer in layers]
    parts += [pl.col("self_due_fen"), pl.col("hospital_borne_fen")]
    whole = stays.filter(pl.all_horizontal(p.is_not_null() for p in parts))
    if (whole.select(gap=sum(parts, pl.lit(0)) - pl.col("total_fen"))["gap"] != 0).any():
        raise Broken("total ≠ Σ due + self_due on some stay")
