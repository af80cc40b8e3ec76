"""What `settle` may see of a stay."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

from onestop_cli.core.settle.bonus import unsure_of_raise
from onestop_cli.core.settle.formula import runs_over_the_year
from onestop_cli.core.settle.shared import without_household
from onestop_cli.core.settle.visits import (
    SINCE,
    VISIT,
    YEARS,
    over_new_year,
    unsure,
    with_visits,
    with_years,
)
from onestop_cli.core.settle.windows import EVER, OPEN, before_the_books, has_windows
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.checkable import term_column, weaker
from onestop_cli.rulebook.language import EXPENSES
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.tables.schema import ORDER

SEEN = cs.by_name(
    "id_no", "benefit_year", *ORDER, "inpatient", "total_fen", "eligible_fen", "has_eligible",
    "quota", "_held_before", "_held_before_fen", VISIT, SINCE, YEARS, OPEN, EVER,
    "listed_years", "listed_fen", "listed_open", "household",
    *(f"{expense}_fen" for expense in EXPENSES), "term",
    require_all=False,
) | cs.contains("_opened_") | cs.ends_with(
    "_term", "_check", "_touched", "_taken_fen", "_extra_fen", "_cost_fen", "before_fen", "_nth"
)  # fmt: skip
"""All that an amount can hang on; putting a year in order is dearer the more there is to carry."""


_UNREADABLE = NO_LIMIT // 1_000
"""Stands for a total that cannot be read: more than any year comes to, and below the edge of the last band."""


def settle_input(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """Everything but claims; of those only whether a layer was touched, and amounts that are taken as given because
    the layer is not computed or only bound-checked. What a decision paid out counts as claimed, and where nothing else
    was claimed stands as `<layer>_extra_fen`. Somebody without a usable ID is a person of their own."""
    claims = {layer: pl.col(f"{layer}_claimed_fen").fill_null(0) for layer in book.layers}
    stays = stays.with_columns(pl.coalesce("id_no", "person").alias("id_no"))
    stays = sure(_with_open_months(with_years(with_visits(stays), book), book), book)
    taken = _taken(stays, book)
    return stays.with_columns(
        *(
            ((claim > 0) | (pl.col(f"{layer}_supplement_fen") > 0).fill_null(False)).alias(
                f"{layer}_touched"
            )
            for layer, claim in claims.items()
        ),
        *(
            pl.when(claim == 0)
            .then(pl.col(f"{layer}_supplement_fen"))
            .fill_null(0)
            .alias(f"{layer}_extra_fen")
            for layer, claim in claims.items()
        ),
        *(
            pl.when(taken[layer]).then(claim).alias(f"{layer}_taken_fen")
            for layer, claim in claims.items()
        ),
    ).drop(cs.ends_with("_claimed_fen"))


def sure(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """`stays` with steps bound-checked of which only the year, not the terms, tells that they are not known exactly."""
    for step in book.steps:
        check = pl.col(f"{step.id}_check")
        unknown = _unnumbered(stays, book, step) | unsure(stays, book, step)
        unknown |= unsure_of_raise(stays, book, step) | without_household(stays, book, step)
        unknown |= over_new_year(stays, book, step)
        if OPEN in stays.columns:
            unknown |= _looks_back(stays, book, step)
        if not stays.select(found=unknown & (check == "exact"))["found"].any():
            continue
        bound = pl.when(unknown & (check == "exact")).then(pl.lit("bound")).otherwise(check)
        stays = stays.with_columns(bound.alias(f"{step.id}_check"))
        for later in book.steps[book.steps.index(step) + 1 :]:
            stays = stays.with_columns(weaker(stays, book, later).alias(f"{later.id}_check"))
    return stays


def _with_open_months(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """`stays` with `OPEN`, beside books where a document looks at months."""
    if "books_from" not in stays.columns:
        return stays
    open_ = [before_the_books(stays, book, step.id) for step in book.steps]
    return stays.with_columns(pl.any_horizontal(*open_).alias(OPEN))


def _looks_back(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """Where a step's amount hangs on months that lie before the books."""
    term = stays[term_column(stays, step.id)]
    months = pl.max_horizontal(f"{step.id}.deductible_window", f"{step.id}.cap_window")
    looks = book.table.select(months > 0).to_series().gather(term)
    return before_the_books(stays, book, step.id) & pl.lit(looks).fill_null(False)


def _unnumbered(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """Where the n-th stay is counted by level and 期初 brought stays: it does not say of which level these were."""
    opened = f"{step.layer}_opened_stays"
    if opened not in stays.columns or step.id != step.layer:
        return pl.lit(False)
    names = (f"{step.id}.nth_by_level", f"{step.id}.nth_rate_by_level")
    by_level = book.table.select(pl.max_horizontal(names)).to_series()
    counted = by_level.gather(stays[term_column(stays, step.id)]) == 1
    return (pl.lit(counted) & (pl.col(opened) > 0)).fill_null(False)


def _taken(stays: pl.DataFrame, book: Rulebook) -> dict[str, pl.Expr]:
    """Per layer where the hospital's amount is taken: where the layer is not exact, and where it may turn out not to be
    because of another stay of the person's year (`step.settle_step`)."""
    open_ = {layer: pl.col(f"{layer}_check") != "exact" for layer in book.layers}
    bound = stays.select(
        pl.any_horizontal(pl.col(f"{layer}_check") == "bound" for layer in book.layers)
    ).to_series()
    if not (runs_over_the_year(book) and bound.any()):
        return open_
    same = ["id_no"] if has_windows(book) else ["id_no", "benefit_year"]
    may = pl.struct(same).is_in(stays.filter(bound).select(same).unique().to_struct().implode())
    beside = pl.lit(stays.select(may).to_series())
    return {layer: expr | beside for layer, expr in open_.items()}


def with_waiting(seen: pl.DataFrame, held: pl.Series, book: Rulebook) -> pl.DataFrame:
    """`seen` with `_held_before` and `_held_before_fen`: how many stays that wait (`held`) stand before each one in its
    person's year, and their totals (`_UNREADABLE` where one cannot be read); with them what runs over the year's end.
    Only where a bound may hang on them."""
    uncertain = pl.any_horizontal(pl.col(f"{layer}_check") == "bound" for layer in book.layers)
    if not (held.any() and runs_over_the_year(book) and seen.select(uncertain.any()).item()):
        return seen
    total = pl.when("held").then(pl.col("total_fen").fill_null(_UNREADABLE).clip(0, _UNREADABLE))
    ordered = seen.with_columns(held=held, at=pl.int_range(pl.len())).sort(
        "id_no", "benefit_year", *ORDER
    )
    before = ordered.select(
        "at",
        _held_before=pl.col("held").cast(pl.Int64).cum_sum().over("id_no", "benefit_year"),
        _held_before_fen=total.fill_null(0).cum_sum().over("id_no", "benefit_year"),
    )
    counted = before.sort("at").drop("at")
    if has_windows(book):
        ever = ordered.sort("id_no", *ORDER).select(
            "at", total.fill_null(0).cum_sum().over("id_no").alias(EVER)
        )
        counted = counted.with_columns(ever.sort("at")[EVER])
    known = [name for name in counted.columns if name in seen.columns]
    return seen.with_columns(
        counted.with_columns(pl.col(name) + seen[name] for name in known).iter_columns()
    )
