"""Limits that several share: layers of one person (共用限额), or the members of a household (全户限额).

What one takes hangs on what the others took, so the layers are worked out again until every room is what the earlier
stays leave: to a fixed point, since a stay's room hangs only on earlier stays of its year. (Of a layer in both kinds of
limit it would not: they may put the same two stays in different order. `rules check` refuses that.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.core.settle.formula import Parameters
from onestop_cli.core.settle.year import ClaimedFirst, Turns
from onestop_cli.errors import Broken
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.checkable import quota_share, term_column
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.tables.schema import ORDER

Steps = Callable[[pl.DataFrame, Rulebook, Turns | None], pl.DataFrame]
"""Every step in order of payment."""


@dataclass(frozen=True)
class Shared:
    """A limit that several share. `head` of its columns; `cap` of each stay, fen; the `steps` that count in it, of the
    `layers` whose claims come first; `turns` within the whole that shares it; `opened`: columns of 期初."""

    head: str
    cap: pl.Series
    steps: Sequence[Step]
    layers: Sequence[str]
    turns: Turns | None
    opened: Sequence[str]

    @property
    def taken(self) -> pl.Expr:
        """What a stay takes of it."""
        return pl.sum_horizontal(f"{step.id}_pooled_fen" for step in self.steps)

    def brought(self, stays: pl.DataFrame) -> pl.Series:
        """The room of stays that bring what was used before them."""
        name = f"{self.head}_before_fen"
        used = stays[name].fill_null(0) if name in stays.columns else self.cap * 0
        return (self.cap - used).clip(lower_bound=0)

    def room(self, stays: pl.DataFrame) -> pl.Series:
        """What is left to each stay after the earlier ones, those that were claimed first."""
        assert self.turns is not None
        touched = stays.select(pl.any_horizontal(f"{la}_touched" for la in self.layers)).to_series()
        used = stays.select(pl.when(self.cap < NO_LIMIT).then(self.taken).otherwise(0)).to_series()
        before = ClaimedFirst(self.turns, touched).before(used)
        for name in (name for name in self.opened if name in stays.columns):
            before += stays[name].fill_null(0)
        return (self.cap - before).clip(lower_bound=0)


def shared_out(
    stays: pl.DataFrame, book: Rulebook, years: Turns | None, steps: Steps
) -> pl.DataFrame:
    """All `steps` under every shared limit of the documents."""
    limits = [*_pools(stays, book, years), *_households(stays, book, years)]
    if not limits:
        return steps(stays, book, years)
    rooms = [limit.cap if years else limit.brought(stays) for limit in limits]
    for _ in range(stays.height * len(limits) + 2):
        tried = stays.with_columns(
            *(r.alias(f"{one.head}_room_fen") for one, r in zip(limits, rooms, strict=True)),
            *(one.cap.alias(f"{one.head}_cap_fen") for one in limits),
        )
        tried = steps(tried, book, years)
        tried = tried.with_columns(
            (pl.col(f"{one.head}_room_fen") - one.taken).alias(f"{one.head}_left_fen")
            for one in limits
        )
        if years is None:
            return tried
        left = [limit.room(tried) for limit in limits]
        if all(now.equals(then) for now, then in zip(left, rooms, strict=True)):
            return tried
        rooms = left
    raise Broken("共用限额的分配没有定下来")


def _pools(stays: pl.DataFrame, book: Rulebook, years: Turns | None) -> Iterator[Shared]:
    for pool, layers in book.pools.items():
        cap = book.table[f"pool.{pool}"].gather(stays["term"])
        opened = [f"{layer}_opened_paid_fen" for layer in layers]
        yield Shared(f"pool_{pool}", cap, book.members(pool), layers, years, opened)


def _households(stays: pl.DataFrame, book: Rulebook, years: Turns | None) -> Iterator[Shared]:
    if not book.of_households:
        return
    turns = None if years is None else _years_of_households(stays)
    for step in book.of_households:
        cap = Parameters.of_book(book, step.id).of(
            stays[term_column(stays, step.id)], "household_cap"
        )
        opened = [f"{step.layer}_opened_household_fen"]
        yield Shared(household(step.id), cap, [step], [step.layer], turns, opened)


def household(step: str) -> str:
    """The head of a step's columns about its household's limit."""
    return f"{step}_household"


def _years_of_households(stays: pl.DataFrame) -> Turns:
    """Every household's year in the contract's order; somebody of no known one stands alone."""
    home = pl.coalesce("household", pl.format("?{}", "id_no"))
    rows = stays.select(home.alias("_home"), "benefit_year", *ORDER)
    place = rows.select(pl.arg_sort_by("_home", "benefit_year", *ORDER)).to_series()
    ordered = rows.select("_home", "benefit_year")[place]
    moved = pl.col("_home", "benefit_year").ne_missing(pl.col("_home", "benefit_year").shift())
    first = ordered.select(pl.any_horizontal(pl.int_range(pl.len()) == 0, moved)).to_series()
    return Turns(first, place)


def without_household(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """Where a step has a limit that households share, and the household is not known."""
    if step not in book.of_households:
        return pl.lit(False)
    cap = Parameters.of_book(book, step.id).of(stays[term_column(stays, step.id)], "household_cap")
    _, uncounted = quota_share(stays, book, step)
    return pl.lit(cap < NO_LIMIT) & pl.col("household").is_null() & ~uncounted
