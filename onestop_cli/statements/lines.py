"""What an account is made of: the stays of a run, and its adjustment lines in the same columns."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from onestop_cli.core.pending import REPORTED_AGAIN
from onestop_cli.run import Run
from onestop_cli.tables.by_hand import with_payee
from onestop_cli.tables.schema import KIND_OF_CARE, PER_LAYER, STAY_HEAD

ADJUSTED = "adjusted"
"""The status of an adjustment line among stays."""
LIVE = pl.col("status") != "reversed"
"""What counts in 申报: every row that was not taken back, and none that takes one back."""
BORNE = "hospital_borne_fen"
"""What the hospital bears of a stay: above a quota's price, or by a floor; below 0 where a fixed price is above
the bill."""
_OWN_SHARE = ("self_claimed_fen", "self_due_fen")


def lines_of(run: Run) -> pl.DataFrame:
    """Stays and adjustment lines under each other.

    What is paid to the person stands under `by_hand.PAYEE`, with where the patient was as `treated_at`. Adjustment
    lines have `kind`, `period`, `visits` and costs (what is added or taken away), `<layer>_adjusted_fen` and the
    `changed_*` columns; the other amounts are null there. `again`: a closed row that only reported a settled stay once
    more, and is reported yet again; nothing is paid by that.
    """
    layers = tuple(layer.id for layer in run.layers)
    return pl.concat([_own(run.stays, layers), _changes(run.adjustments, layers)], how="diagonal")


def paid(layer: str) -> pl.Expr:
    """A fund's payment to a hospital: payable + offset."""
    return pl.col(f"{layer}_payable_fen").fill_null(0) + pl.col(f"{layer}_offset_fen").fill_null(0)


def _own(stays: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    """The contract's columns of the stays, and what a ledger or a decision may have added."""
    amounts = [f"{layer}_{part}_fen" for layer in layers for part in PER_LAYER]
    wanted = [*STAY_HEAD, *amounts, "patient_owed_fen", *_OWN_SHARE, "status"]
    texts: dict[str, type[pl.DataType]] = dict.fromkeys(
        ("belongs_to", "blocking", "rule_id", "visit_raw"), pl.String
    )
    amount_kinds: dict[str, type[pl.DataType]] = dict.fromkeys(
        ("self_fen", BORNE, *(f"{layer}_supplement_fen" for layer in layers)), pl.Int64
    )
    mark: dict[str, type[pl.DataType]] = {"inpatient": pl.Boolean}
    added = {**texts, **amount_kinds, **mark}
    missing = [pl.lit(None, kind).alias(c) for c, kind in added.items() if c not in stays.columns]
    return stays.with_columns(missing).pipe(with_payee).select(*wanted, *added, "treated_at")


def _changes(lines: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    """Adjustment lines in the columns of stays; what has the name of an amount there is 0 here."""
    known = [layer for layer in layers if f"{layer}_payable_fen" in lines.columns]
    changed = {
        f"changed_{part}_fen": pl.sum_horizontal(f"{layer}_{part}_fen" for layer in known)
        for part in ("deducted", "held")
    }
    about = [name for name in (*STAY_HEAD, *KIND_OF_CARE) if name in lines.columns]
    return lines.pipe(with_payee).select(
        *about, "treated_at", "rule_id", "kind", "because", "period", "belongs_to",
        *(f"{layer}_supplement_fen" for layer in known),
        status=pl.lit(ADJUSTED),
        changed_owed_fen="patient_owed_fen",
        changed_self_fen="self_fen",
        visits=pl.col("visits").fill_null(0),
        again=(pl.col("kind") == "重报").fill_null(False) & REPORTED_AGAIN,
        **changed,
        **{f"{layer}_adjusted_fen": paid(layer) for layer in known},
    )  # fmt: skip
