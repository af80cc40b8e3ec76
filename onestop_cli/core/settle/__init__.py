"""What the rules give: layers in order, and what the year leaves of each.

`settle` is never handed what hospitals claimed for a layer it computes. It learns of claims only whether a layer was
claimed at all (`<layer>_touched`), and of amounts only those that are taken as given (`<layer>_taken_fen`: layers no
document regulates, and layers of which only an upper bound is known).
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import polars.selectors as cs

from onestop_cli.core.scatter import spread
from onestop_cli.core.settle.bonus import with_raises
from onestop_cli.core.settle.formula import by_bed_day, runs_over_the_year
from onestop_cli.core.settle.inputs import SEEN
from onestop_cli.core.settle.one_step import BILL, COVERED, DAYS, REST
from onestop_cli.core.settle.order import years_in_time
from onestop_cli.core.settle.shared import shared_out
from onestop_cli.core.settle.step import settle_step
from onestop_cli.core.settle.visits import SINCE, VISIT
from onestop_cli.core.settle.windows import has_windows
from onestop_cli.core.settle.year import Turns
from onestop_cli.core.threads import at_once
from onestop_cli.money import share
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.terms import EXPENSE_OF

SLICE = 1 << 19
"""Stays worked out in one go, and the rest of a person-year: the memory of one slice serves the next."""


def settle(
    stays: pl.DataFrame, book: Rulebook, *, live: bool = True, in_turn: bool = False
) -> pl.DataFrame:
    """Governed, settled stays with their due amounts, in the order they came; a whole person-year must be among them.

    `in_turn`: the rows stand in the contract's order already, person-year after person-year.
    `live`: the year so far is taken from the rows at hand. Else each stay brings it as `<step>_…before_fen`,
    `<step>_nth` and `pool_<id>_before_fen`, and is worked out for itself.

    Needs id_no, benefit_year, the columns of `ORDER`, total_fen, eligible_fen, has_eligible, the expenses, term, quota,
    and per layer check, touched, taken_fen. Adds per step base, deductible, uncapped, before (the year's use of the
    cap), bound, due and paid (what later layers take off), all fen; hospital_borne_fen and self_due_fen; bed_days where
    a document has a price or a limit by day.
    """
    return stays.with_columns(
        amounts(stays.select(SEEN), book, live=live, in_turn=in_turn).iter_columns()
    )


def amounts(
    stays: pl.DataFrame, book: Rulebook, *, live: bool = True, in_turn: bool = False
) -> pl.DataFrame:
    """What `settle` adds, row by row.

    Where documents have nothing that runs over the year but caps on payment, the amounts are worked out as the rows
    stand, and only what the caps need is put in order. Else it pays to put the rows in order once. People of one
    household hang on each other, so their years are not divided into slices.
    """
    if not live:
        return _amounts(stays, book, None)
    by_year = _amounts if book.of_households else _in_slices
    if in_turn:
        return by_year(stays, book, _standing(stays))
    place, first = years_in_time(stays)
    apart = book.pools or book.of_households or runs_over_the_year(book) or has_windows(book)
    if not apart:
        return _amounts(stays, book, Turns(first, place))
    return spread(by_year(stays.rechunk()[place], book, Turns(first)), place, len(stays))


def _standing(stays: pl.DataFrame) -> Turns:
    """The order of stays that stand in the contract's order already, person-year after person-year."""
    moved = pl.col("id_no", "benefit_year").ne_missing(pl.col("id_no", "benefit_year").shift())
    first = pl.any_horizontal(pl.int_range(pl.len()) == 0, moved)
    return Turns(stays.select(first).to_series())


def _in_slices(stays: pl.DataFrame, book: Rulebook, years: Turns) -> pl.DataFrame:
    """What `settle` adds to stays that stand in turn; no person-year is divided."""

    if has_windows(book):
        return _amounts(stays, book, years)

    def one(rows: slice) -> pl.DataFrame:
        return _amounts(stays[rows], book, Turns(years.first[rows]))

    return pl.concat(at_once(one, _slices(years.first)))


def _slices(first: pl.Series) -> Iterator[slice]:
    """Runs of stays that end with a person-year; a single one where there are no stays."""
    start, height = 0, len(first)
    while start < height or not start:
        end = min(start + SLICE, height)
        while end < height and not first[end]:
            end += 1
        yield slice(start, end)
        start = end or 1


def _amounts(stays: pl.DataFrame, book: Rulebook, years: Turns | None) -> pl.DataFrame:
    """What `settle` adds to the stays of whole `years`, or to stays that bring what the year had used."""
    bills = _bills(stays, book)
    settled = shared_out(bills, book, years, _steps)
    borne = pl.col("total_fen") - pl.col(BILL)
    borne += pl.sum_horizontal(f"{step.id}_borne_fen" for step in book.steps)
    open_ = pl.any_horizontal(pl.col(f"{layer}_check") == "bound" for layer in book.layers)
    whole = settled.with_columns(
        hospital_borne_fen=borne, self_due_fen=pl.when(~open_).then(pl.col(REST))
    )
    return whole.select(cs.exclude(REST) - cs.by_name(stays.columns) | cs.ends_with("_check"))


def _bills(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """The bill the layers look at: the total, but a quota's price where the hospital bears what is above it.

    Adds bill_fen, covered_fen (its 可补偿 part), price_fen (of a quota), and each first-pay expense.
    """
    eligible = pl.when("has_eligible").then("eligible_fen").otherwise("total_fen")
    price = bill = pl.col("total_fen")
    if by_bed_day(book):
        stays = stays.with_columns(_bed_days(stays).alias(DAYS))
    if book.quotas:
        terms = book.quota_table.select("fixed", "amount", "daily", "patient")
        stays = stays.with_columns(
            terms[name].gather(stays["quota"]).alias(f"_{name}") for name in terms.columns
        )
        if terms["daily"].max():
            each = pl.when(pl.col("_daily") == 1).then(pl.col("_amount") * pl.col(DAYS))
            stays = stays.with_columns(_amount=each.otherwise("_amount"))
        limited = pl.min_horizontal("total_fen", "_amount")
        price = pl.when(pl.col("_fixed") == 1).then("_amount").otherwise(limited)
        whole = pl.col("quota").is_null() | (pl.col("_patient") == 1)
        bill = pl.when(whole).then("total_fen").otherwise(price)
    stays = stays.with_columns(price.alias("price_fen"), bill.alias(BILL))
    stays = stays.with_columns(pl.min_horizontal(eligible, BILL).alias(COVERED))
    stays = with_raises(stays, book)
    return _expenses(stays, book).drop("_fixed", "_amount", "_daily", "_patient", strict=False)


def _bed_days(stays: pl.DataFrame) -> pl.Expr:
    """床日: the first day counts, the last does not; whoever leaves on the day of admission was there for one.
    A further settlement of a visit has the days that the one before it left."""
    last = pl.col("discharged_on")
    if VISIT in stays.columns:
        interim = pl.min_horizontal("discharged_on", "settled_or_discharged")
        last = pl.when(pl.col(VISIT).is_not_null()).then(interim).otherwise(last)
    nights = (last - pl.col("admitted_on")).dt.total_days().clip(lower_bound=1)
    if VISIT not in stays.columns:
        return nights
    further = (last - pl.col(SINCE)).dt.total_days().clip(lower_bound=0)
    return pl.min_horizontal(further, nights)


def _expenses(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """先行自付: each expense's share of its cost, in fen under `<id>_paid_fen`."""
    for id_ in (expense.id for expense in book.expenses):
        of = book.table[f"expense_of.{id_}"].gather(stays["term"])
        rate = book.table[f"expense.{id_}"].gather(stays["term"])
        cost = pl.when(of == EXPENSE_OF.index("total")).then(BILL).otherwise(COVERED)
        if f"{id_}_cost_fen" in stays.columns:
            own = pl.col(f"{id_}_cost_fen").fill_null(0)
            cost = pl.when(of == EXPENSE_OF.index("column")).then(own).otherwise(cost)
        stays = stays.with_columns(share(cost, pl.lit(rate)).alias(f"{id_}_paid_fen"))
    return stays


def _steps(stays: pl.DataFrame, book: Rulebook, years: Turns | None) -> pl.DataFrame:
    """Every step in order of payment; `_rest_fen` is what is left of the bill."""
    stays = stays.with_columns(pl.col(BILL).alias(REST))
    for step in book.steps:
        stays = settle_step(stays, book, step, years)
        rest = pl.col(REST) - pl.col(f"{step.id}_paid_fen") - pl.col(f"{step.id}_borne_fen")
        stays = stays.with_columns(rest.alias(REST))
        stays = _sum_parts(stays, book, step.layer, step.id)
    return stays


def _sum_parts(stays: pl.DataFrame, book: Rulebook, layer: str, last: str) -> pl.DataFrame:
    """A layer's amounts from its stacked parts, once the last of them is known.

    A part that has the layer's own id keeps what it gave by itself as `<layer>_own_…`.
    """
    parts = [step.id for step in book.steps if step.layer == layer]
    if len(parts) == 1 or parts[-1] != last:
        return stays
    checks = [pl.col(f"{part}_check") for part in parts]
    worst = pl.lit("exact")
    for check in ("bound", "none"):
        worst = (
            pl.when(pl.any_horizontal(c == check for c in checks))
            .then(pl.lit(check))
            .otherwise(worst)
        )
    exact, taken = worst == "exact", pl.col(f"{layer}_taken_fen").fill_null(0)
    each = pl.sum_horizontal(f"{part}_paid_fen" for part in parts)
    most = pl.sum_horizontal(pl.coalesce(f"{part}_due_fen", f"{part}_bound_fen") for part in parts)
    claimed = pl.when(worst == "bound").then(pl.min_horizontal(most, taken)).otherwise(taken)
    paid = pl.when(exact).then(each).otherwise(claimed)
    own = ("check", "due_fen", "bound_fen", "paid_fen") if layer in parts else ()
    return stays.with_columns(
        *(pl.col(f"{layer}_{what}").alias(f"{layer}_own_{what}") for what in own),
        worst.alias(f"{layer}_check"),
        paid.alias(f"{layer}_paid_fen"),
        pl.when(exact).then(paid).alias(f"{layer}_due_fen"),
        pl.when(worst == "bound").then(most).alias(f"{layer}_bound_fen"),
        (pl.col(REST) + each - paid).alias(REST),
    )
