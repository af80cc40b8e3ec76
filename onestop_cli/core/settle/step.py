"""One step over all stays: what is due, and where only the most that can be right is known.

A stay that can only be bound-checked uses an unknown part of the year: a yearly deductible may be used up by it or not.
So the few people with such stays are passed several times, each time with another assumption about what these used.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from onestop_cli.core.settle.formula import Parameters, beside
from onestop_cli.core.settle.layer import LayerPass
from onestop_cli.core.settle.one_step import LEAST, Use
from onestop_cli.core.settle.windows import longest
from onestop_cli.core.settle.year import Turns
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.checkable import term_column, weaker


def settle_step(
    stays: pl.DataFrame, book: Rulebook, step: Step, years: Turns | None
) -> pl.DataFrame:
    """Add one step's columns to the stays of whole `years`, or to stays that bring what the year had used."""
    params = Parameters.of_book(book, step.id)
    frame = beside(stays, params, stays[term_column(stays, step.id)])
    if years:
        frame = _over_bounds(frame, book, step)
    whole = LayerPass(book, step, params, years)
    passed = whole.over(frame)
    if years and params.yearly:
        passed = _bounded(frame, passed, whole, years)
    return passed.drop(params.varying)


def _over_bounds(frame: pl.DataFrame, book: Rulebook, step: Step) -> pl.DataFrame:
    """A layer above one that turned out to be bound-checked is itself bound-checked."""
    before = book.steps[: book.steps.index(step)]
    uncertain = [other for other in before if (frame[f"{other.id}_check"] == "bound").any()]
    if not any(Parameters.of_book(book, other.id).yearly for other in uncertain):
        return frame
    return frame.with_columns(weaker(frame, book, step).alias(f"{step.id}_check"))


def _bounded(
    frame: pl.DataFrame, passed: pl.DataFrame, whole: LayerPass, years: Turns
) -> pl.DataFrame:
    """`passed`, with bounds that are the most that can be right; a stay whose amount hangs on how much a bound-checked
    one has used of the year is bound-checked itself (contract 4).

    `frame`: the stays before the pass. The people concerned are few: their stays are passed again with the uncertain
    ones having used nothing or all of their bill, until no further stay turns out to hang on that.
    """
    step = whole.step.id
    group = frame["id_no"] if longest(whole.book, step) else years.group
    uncertain = group.filter(frame[f"{step}_check"] == "bound")
    rows = group.is_in(uncertain.implode()).arg_true()
    if rows.is_empty():
        return passed
    part, whole = frame[rows], replace(whole, years=years.only(rows))
    while True:
        tried = [replace(whole, use=use).over(part) for use in _uses(part)]
        turned = _hanging(tried[:3], step)
        if not turned.any():
            break
        bound = pl.when(turned).then(pl.lit("bound")).otherwise(f"{step}_check")
        part = part.with_columns(bound.alias(f"{step}_check"))
    best = _highest(tried, step)
    own = [name for name in best.columns if name.startswith(f"{step}_")]
    return passed.with_columns(passed[name].scatter(rows, best[name]) for name in own)


def _uses(stays: pl.DataFrame) -> list[Use]:
    """What uncertain stays may have used; last, where stays wait (`_held_before`), what these may have used."""
    uses = [LEAST, Use(charge=True), Use(cost=True)]
    return [*uses, Use(charge=True, held=True)] if "_held_before" in stays.columns else uses


def _amount(step: str) -> pl.Expr:
    return pl.coalesce(f"{step}_due_fen", f"{step}_bound_fen")


def _hanging(tried: list[pl.DataFrame], step: str) -> pl.Series:
    """Exact stays that come to other amounts under other assumptions."""
    first, *others = (table.select(_amount(step)).to_series() for table in tried)
    differs = [pl.lit(first.ne_missing(other)) for other in others]
    return (
        tried[0]
        .select((pl.col(f"{step}_check") == "exact") & pl.any_horizontal(differs))
        .to_series()
    )


def _highest(tried: list[pl.DataFrame], step: str) -> pl.DataFrame:
    """The first table, with the step's columns of bound-checked stays from the one that gives most."""
    best, *others = tried
    own = [name for name in best.columns if name.startswith(f"{step}_")]
    for other in others:
        more = other.select(_amount(step)).to_series() > best.select(_amount(step)).to_series()
        better = (more & (best[f"{step}_check"] == "bound")).fill_null(False)
        best = best.with_columns(best[name].zip_with(~better, other[name]) for name in own)
    return best
