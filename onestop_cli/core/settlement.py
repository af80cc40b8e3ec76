"""All amounts of a run: due by the rules, the hospitals' mistakes named, claimed beside due.

Closed stays are worked out again under the settings they were closed with.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import polars.selectors as cs

from onestop_cli.core.diagnose import diagnose
from onestop_cli.core.findings.amounts import Difference, differences
from onestop_cli.core.findings.checks import released
from onestop_cli.core.options import Options
from onestop_cli.core.reconcile import Choice, reconcile
from onestop_cli.core.scatter import spread
from onestop_cli.core.settle import amounts
from onestop_cli.core.settle.inputs import SEEN, settle_input, with_waiting
from onestop_cli.core.stated import with_stated
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.tables.decisions import PAY


def worked_out(
    stays: pl.DataFrame, book: Rulebook, options: Options
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All amounts: of the run's own stays, diagnosed, and of closed ones under the settings they were closed with."""
    settled = _settled(stays, book)
    closed = pl.col("period").is_not_null()
    own = with_stated(settled.filter(~closed), book)
    current = diagnose(own, book, differences(book, options.tolerance))
    again = [
        _reconciled(part, book, options.as_closed(text))
        for (text,), part in settled.filter(closed)
        .partition_by("settled_with", as_dict=True)
        .items()
    ]
    again = again or [_reconciled(settled.clear(), book, options)]
    return _reconciled(current, book, options), pl.concat(again)


def owed_without_payments(
    stays: pl.DataFrame, decisions: pl.DataFrame, book: Rulebook, options: Options
) -> pl.DataFrame:
    """What patients would be owed without the payments decided in this run: `_at`, `<layer>_owed_fen`."""
    paid = stays.filter(pl.col("_at").is_in(decisions.filter(decision=PAY)["stay"].implode()))
    year = stays.filter(pl.col("person").is_in(paid["person"].implode())).with_columns(
        pl.col(f"was_{layer}_supplement_fen").alias(f"{layer}_supplement_fen")
        for layer in book.layers
    )
    parts = (part.select("_at", *_left(book)) for part in worked_out(year, book, options))
    return pl.concat(parts)


def _left(book: Rulebook) -> list[pl.Expr]:
    """Per layer what is short, less what the same stay makes up for and what was paid out before; no fund owes what a
    hospital did not waive."""
    return [
        (
            pl.col(f"{layer}_shortfall_fen")
            - pl.col(f"{layer}_offset_fen")
            - pl.col(f"{layer}_supplement_fen").fill_null(0)
        ).alias(f"{layer}_owed_fen")
        if layer not in book.waived
        else pl.lit(0, pl.Int64).alias(f"{layer}_owed_fen")
        for layer in book.layers
    ]


def _settled(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """The amounts of the settled stays beside all stays; the others have none and are not checked."""
    rows = (stays["status"] == "settled").arg_true()
    seen = settle_input(stays, book).pipe(with_waiting, stays["status"] == "held", book)
    seen = seen.select(SEEN)
    every = len(rows) == len(seen)
    found = amounts(seen if every else seen[rows], book)
    beside = pl.when(status="settled").then(cs.exclude(stays.columns))
    told = seen.with_columns(stays["status"]).select(beside)
    found = found if every else spread(found, rows, len(stays))
    return stays.with_columns(*told, *found).with_columns(
        pl.col(f"{layer}_check").fill_null("none") for layer in book.layers
    )


def _reconciled(stays: pl.DataFrame, book: Rulebook, options: Options) -> pl.DataFrame:
    choices = _by_choice(stays, book, options)
    return reconcile(stays, book.layers, options.tolerance, choices, book.waived)


def _by_choice(stays: pl.DataFrame, book: Rulebook, options: Options) -> Mapping[str, Choice]:
    """Per layer, the settled stays whose excess is held by the county's choice (`liability`), and those whose claim a
    decision accepts as it stands."""
    some_released = stays["released"].count() > 0
    return {
        layer.step.layer: _choice(layer, options, some_released)
        for layer in differences(book, options.tolerance)
    }


def _choice(layer: Difference, options: Options, some_released: bool) -> Choice:
    if layer.waived:
        return Choice(held=pl.lit(False), accepted=pl.lit(True))
    cases = {
        "CA01": layer.over_cap,
        "RO01": layer.unentitled & ~pl.col("listed"),
        "RO04": layer.unentitled & pl.col("listed"),
        "AM01": layer.against_policy,
        "AM07": layer.beyond_bound,
    }
    never = pl.lit(False)
    held = [case.fill_null(False) for code, case in cases.items() if code in options.suspended]
    accepted = [case.fill_null(False) & released(code) for code, case in cases.items()]
    return Choice(
        pl.any_horizontal(never, *held),
        pl.any_horizontal(accepted) if some_released else never,
    )
