"""Which mistake gives exactly the hospital's figure.

Every AM01 is worked out again under one changed assumption at a time, all stays at once, with the year as it was before
the stay. An assumption that gives the claimed amount to the fen is a cause; where none does, pairs are tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from onestop_cli.core.findings.amounts import Difference
from onestop_cli.core.scatter import spread
from onestop_cli.core.settle.formula import Parameters
from onestop_cli.core.stated import INSURANCE, hinted
from onestop_cli.core.whatif import Assumption, WhatIf
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.terms import NO_LIMIT

UNKNOWN = "unknown"
HABITUAL_DEDUCTIBLES = tuple(yuan * 100 for yuan in (50, 100, 150, 200, 250, 300, 400, 500, 600))
"""起付线 that hospitals go on charging where a document has done away with them, in fen."""

_MOST_STATED = 50
"""More different deductibles than any document has are typing slips, and not tried."""

ROUNDINGS: Mapping[str, Mapping[str, int]] = {
    "truncate": {"round_cut": 1},
    "jiao": {"round_unit": 10},
    "yuan": {"round_unit": 100},
    "jiao-truncate": {"round_unit": 10, "round_cut": 1},
    "yuan-truncate": {"round_unit": 100, "round_cut": 1},
}


def diagnose(stays: pl.DataFrame, book: Rulebook, layers: Sequence[Difference]) -> pl.DataFrame:
    """Add `<layer>_cause`: all fitting assumptions, likeliest first, joined by `;`; null where nothing differs.

    A cause for which the export's own deductible or rate speaks is the likeliest (`core.stated`).
    """
    for layer in layers:
        name = layer.step.layer
        rows = stays.with_row_index("_stay").filter(layer.against_policy | layer.tail)
        causes = _causes(rows, book, layer) if len(rows) else _none()
        named = causes.select(pl.col("cause").alias(f"{name}_cause"))
        stays = stays.with_columns(*spread(named, causes["_stay"], len(stays)))
    return stays


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema={"_stay": pl.UInt32, "cause": pl.String})


def _causes(rows: pl.DataFrame, book: Rulebook, layer: Difference) -> pl.DataFrame:
    """(_stay, cause) of every differing row of one layer."""
    tails = rows.filter(layer.tail)
    wrong = rows.filter(~layer.tail)
    roundings = list(_roundings())
    singles = [*assumptions(book, layer.step), *_stated(wrong, layer.step)]
    found = [_matching(wrong, book, layer, singles), _matching(tails, book, layer, roundings)]
    left = wrong.join(found[0], on="_stay", how="anti")
    found.append(_matching(left, book, layer, list(_pairs(singles))))
    named = _ranked(pl.concat(found), rows, layer.step)
    unnamed = wrong.join(named, on="_stay", how="anti").select("_stay", cause=pl.lit(UNKNOWN))
    return pl.concat([named, unnamed])


def _matching(
    rows: pl.DataFrame, book: Rulebook, layer: Difference, tried: Sequence[Assumption]
) -> pl.DataFrame:
    """(_stay, hospital, token, place) for each assumption that gives the claimed amount to the fen."""
    if rows.is_empty():
        return _blank_matches()
    claims = rows.select("_stay", "hospital", claimed=layer.claimed, due=layer.due)
    parts = [
        amounts.join(claims, on="_stay", how="left", validate="m:1").filter(
            (pl.col("amount") == pl.col("claimed")) & (pl.col("claimed") != pl.col("due"))
        )
        for amounts in WhatIf(book, layer.step, tried).amounts(rows)
    ]
    tokens = pl.Series([assumption.token for assumption in tried], dtype=pl.String)
    hits = pl.concat(parts)
    return hits.select(
        "_stay", "hospital", token=tokens.gather(hits["_try"]), place=pl.col("_try").cast(pl.Int32)
    )


def _blank_matches() -> pl.DataFrame:
    return pl.DataFrame(
        schema={"_stay": pl.UInt32, "hospital": pl.String, "token": pl.String, "place": pl.Int32}
    )


def _stated(rows: pl.DataFrame, step: Step) -> Iterator[Assumption]:
    """The deductibles that the exports themselves state."""
    if step.id == INSURANCE:
        for amount in rows["deductible_stated_fen"].drop_nulls().unique().sort().head(_MOST_STATED):
            yield Assumption("deductible", instead={"deductible_1": amount})


def _ranked(matches: pl.DataFrame, rows: pl.DataFrame, step: Step) -> pl.DataFrame:
    """Per stay its causes: first those that the export speaks for, then the one most frequent at that hospital."""
    matches = matches.join(
        rows.select("_stay", "other_deductible", "other_rate"), on="_stay", how="left"
    ).with_columns(hinted=hinted(pl.col("token")) & pl.lit(step.id == INSURANCE))
    first = matches.sort("place").unique(["_stay", "token"], keep="first", maintain_order=True)
    counted = first.with_columns(often=pl.len().over("hospital", "token"))
    order = {"_stay": False, "hinted": True, "often": True, "place": False}
    ordered = counted.sort(list(order), descending=list(order.values()))
    return ordered.group_by("_stay", maintain_order=True).agg(cause=pl.col("token").str.join(";"))


def assumptions(book: Rulebook, step: Step) -> Iterator[Assumption]:
    """Everything that is tried alone, likeliest first."""
    if book.steps.index(step):
        yield Assumption("upstream", upstream=True)
    for axis, head in (("level", "level"), ("category", "category")):
        for value, terms in book.elsewhere(axis).items():
            yield Assumption(f"{head}:{value}", terms)
    params = Parameters(book.table, step.id)
    if params.bands > 1:
        yield Assumption("bands:whole", instead={"whole": 1})
        yield Assumption("bands:progressive", instead={"whole": 0})
    yield Assumption("base:total", instead={"from_total": 1})
    yield Assumption("base:eligible", instead={"from_total": 0})
    yield from _roundings()
    for points in _bonuses(book, step):
        yield Assumption("bonus", shift=points)
    for rule, terms in book.other_documents().items():
        yield Assumption(f"rule:{rule}", terms)
    yield Assumption("floor", instead={"floor_rate": params.greatest("floor_stated")})
    yield from _deductibles(params)
    yield Assumption("cap-ignored", instead={"cap": NO_LIMIT})


def _roundings() -> Iterator[Assumption]:
    for mode, instead in ROUNDINGS.items():
        yield Assumption(f"rounding:{mode}", instead=instead)


def _bonuses(book: Rulebook, step: Step) -> list[int]:
    """Points to add or leave out: those of the documents, and the customary five."""
    written = {int(p) for p in book.table[f"{step.id}.points"].unique() if p}
    return sorted({sign * p for p in written | {500} for sign in (-1, 1)})


def _deductibles(params: Parameters) -> Iterator[Assumption]:
    """Another deductible, or none."""
    steps = range(1, params.deductible_steps + 1)
    written = {params.greatest(f"deductible_{n}") for n in steps}
    for amount in sorted({0, *written, *HABITUAL_DEDUCTIBLES}):
        yield Assumption("deductible", instead={f"deductible_{n}": amount for n in steps})


def _pairs(singles: Sequence[Assumption]) -> Iterator[Assumption]:
    """Two changes at once; the second is one that goes with any first."""
    second = [a for a in singles if a.token in {"upstream", "bands:whole", "cap-ignored"}]
    second += [a for a in singles if a.token.startswith(("rounding:", "base:"))]
    for number, other in enumerate(second):
        for first in singles:
            if first.token not in {a.token for a in second[: number + 1]}:
                yield first + other
