"""Which mistake gives exactly the hospital's figure.

An amount that stands in the wrong place is known at once. Every other AM01 is worked out again under one changed
assumption at a time, all stays at once, with the year as it was before the stay: what gives the claimed amount to the
fen is a cause. Where nothing does, pairs are tried, which are so many that some will fit any figure by chance: a pair
has to be met again at the same hospital.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from onestop_cli.core.assumptions import PLAIN, pairs, roundings, singles, upstream
from onestop_cli.core.findings.amounts import Difference
from onestop_cli.core.misplaced import NOTHING, misplaced
from onestop_cli.core.scatter import spread
from onestop_cli.core.stated import INSURANCE, hinted
from onestop_cli.core.whatif import Assumption, WhatIf
from onestop_cli.rulebook.book import Rulebook, Step

UNKNOWN = "unknown"

_TRIED = 60
"""Stays per hospital on which all pairs are tried; what fits one of them is tried on the others."""

_MET, _MET_ROUNDED = 2, 3
"""Stays of a hospital that must fit a pair; with a rounding in it, which fits many figures, one more."""


def diagnose(stays: pl.DataFrame, book: Rulebook, layers: Sequence[Difference]) -> pl.DataFrame:
    """Add `<layer>_cause`: all fitting assumptions, likeliest first, joined by `;`; null where nothing differs.

    A cause for which the export's own deductible or rate speaks is the likeliest (`core.stated`).
    """
    known = _no_matches()
    numbered = stays.with_row_index("_stay")
    for layer in layers:
        apart = stays.select(layer.apart).to_series().arg_true()
        rows = numbered[apart].filter(layer.against_policy | layer.tail)
        moved = misplaced(rows, stays, layer, layers)
        causes, found = _causes(rows, moved, book, layer, known)
        known = pl.concat([known, found])
        named = causes.select(pl.col("cause").alias(f"{layer.step.layer}_cause"))
        stays = stays.with_columns(*spread(named, causes["_stay"], len(stays)))
    return stays


def _causes(
    rows: pl.DataFrame, moved: pl.Series, book: Rulebook, layer: Difference, known: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(_stay, cause) of every differing row of one layer, and what single assumptions explain.

    `moved`: the tokens of amounts in a wrong place. `known`: what single assumptions explain in earlier layers.
    """
    apart = _apart(rows.with_columns(moved.alias("_moved")), book, layer)
    wrong, tails = rows.filter(moved.is_null() & ~layer.tail), rows.filter(layer.tail)
    alone = singles(book, layer.step, wrong)
    found = _matching(wrong, book, layer, alone)
    tail = _matching(tails, book, layer, list(roundings()))
    left = wrong.join(found, on="_stay", how="anti")
    known = pl.concat([known, found, tail])
    both = _paired(left, book, layer, alone, known)
    named = _ranked(pl.concat([found, both, tail]), rows, layer.step)
    unnamed = wrong.join(named, on="_stay", how="anti").select("_stay", cause=pl.lit(UNKNOWN))
    return pl.concat([apart, named, unnamed]), pl.concat([found, tail])


def _apart(rows: pl.DataFrame, book: Rulebook, layer: Difference) -> pl.DataFrame:
    """(_stay, cause) of amounts in a wrong place, or nowhere.

    Nothing claimed proves nothing, since many a wrong way leads to 0; only that nothing is due on what the hospital
    claims before is worth saying.
    """
    nothing = rows.filter(pl.col("_moved") == NOTHING)
    why = _matching(nothing, book, layer, list(upstream(book, layer.step)))
    causes = rows.drop_nulls("_moved").join(why.select("_stay", "token"), on="_stay", how="left")
    return causes.select("_stay", cause=pl.coalesce("token", "_moved"))


def _matching(
    rows: pl.DataFrame, book: Rulebook, layer: Difference, tried: Sequence[Assumption]
) -> pl.DataFrame:
    """(_stay, hospital, token, place) for each assumption that gives the claimed amount to the fen; `place` is its
    number among `tried`."""
    if rows.is_empty() or not tried:
        return _no_matches()
    tokens = pl.Series([assumption.token for assumption in tried], dtype=pl.String)
    hits = WhatIf(book, layer.step, tried).matches(rows, layer.claimed)
    hits = hits.join(rows.select("_stay", "hospital"), on="_stay", how="left", validate="m:1")
    return hits.select("_stay", "hospital", token=tokens.gather(hits["_try"]), place="_try")


def _no_matches() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"_stay": pl.UInt32, "hospital": pl.String, "token": pl.String, "place": pl.Int64}
    )


def _paired(
    rows: pl.DataFrame,
    book: Rulebook,
    layer: Difference,
    alone: Sequence[Assumption],
    known: pl.DataFrame,
) -> pl.DataFrame:
    """Matches of pairs that are no chance. `known`: what single assumptions explain, on other stays."""
    some = _some_of_each(rows)
    tried = list(pairs(alone))
    hits = _matching(some, book, layer, tried)
    places = hits["place"].unique().sort()
    rest = rows.join(some, on="_stay", how="anti")
    further = _matching(rest, book, layer, [tried[place] for place in places])
    further = further.with_columns(place=places.gather(further["place"]))
    return _proven(pl.concat([hits, further]), known)


def _some_of_each(rows: pl.DataFrame) -> pl.DataFrame:
    """At most `_TRIED` rows of each hospital, from all over its list."""
    every = (pl.len().over("hospital") + _TRIED - 1) // _TRIED
    return rows.filter(pl.int_range(pl.len()).over("hospital") % every == 0)


def _proven(hits: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pairs that fit several stays of a hospital, or both of whose parts are known from other stays there."""
    known = known.select("hospital", _part="token").unique().with_columns(_known=True)
    parts = hits.select("hospital", "token").unique()
    parts = parts.with_columns(_part=pl.col("token").str.split("+")).explode("_part")
    parts = parts.join(known, on=["hospital", "_part"], how="left")
    sure = pl.col("_known").fill_null(False) | pl.col("_part").is_in(PLAIN)
    seen = parts.group_by("hospital", "token").agg(_seen=sure.all())
    least = pl.when(pl.col("token").str.contains("rounding:")).then(_MET_ROUNDED).otherwise(_MET)
    often = pl.len().over("hospital", "place") >= least
    return (
        hits.join(seen, on=["hospital", "token"], how="left")
        .filter(often | pl.col("_seen"))
        .drop("_seen")
    )


def _ranked(matches: pl.DataFrame, rows: pl.DataFrame, step: Step) -> pl.DataFrame:
    """Per stay its causes: first those that the export speaks for, then the one most frequent at that hospital."""
    matches = (
        _simplest(matches)
        .join(rows.select("_stay", "other_deductible", "other_rate"), on="_stay", how="left")
        .with_columns(
            hinted=hinted(pl.col("token")) & pl.lit(step.id == INSURANCE),
            often=pl.len().over("hospital", "token", "place"),
        )
    )
    order = {"_stay": False, "hinted": True, "often": True, "place": False}
    ordered = matches.sort(list(order), descending=list(order.values()))
    ordered = ordered.unique(["_stay", "token"], keep="first", maintain_order=True)
    return ordered.group_by("_stay", maintain_order=True).agg(cause=pl.col("token").str.join(";"))


def _simplest(matches: pl.DataFrame) -> pl.DataFrame:
    """Without pairs one part of which gives the figure alone."""
    parts = matches.select("_stay", "token", _part=pl.col("token").str.split("+")).explode("_part")
    parts = parts.filter(pl.col("token") != pl.col("_part"))
    alone = matches.select("_stay", _part="token")
    needless = parts.join(alone, on=["_stay", "_part"], how="semi")
    return matches.join(needless, on=["_stay", "token"], how="anti")
