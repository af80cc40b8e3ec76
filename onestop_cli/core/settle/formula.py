"""What one layer gives on one stay, as expressions over its terms: bands, floors, rounding.

Terms are columns or constants named by `Parameters`; amounts are fen, products are grains (ten-thousandths of a fen).
Nothing here knows of other stays: what the year has used is handed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from onestop_cli.money import cut_to, round_to
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.terms import NO_LIMIT, ONE_A_VISIT

_A_RATE = re.compile(r"rate_\d+(_at_\d+)?")

TOLD_ONLY = ("_clause", ".points", ".factor", ".floor_stated", "_unknown")
"""Ends of the terms that no amount hangs on."""


@dataclass(frozen=True)
class Parameters:
    """One step's terms beside the stays: a constant where the whole book has one value, else a gathered column."""

    table: pl.DataFrame
    step: str

    def unique(self, name: str) -> int | None:
        """The only value of a term in the whole book, if there is only one."""
        column = self.table[self._full(name)]
        return int(column[0]) if column.n_unique() == 1 else None

    def _full(self, name: str) -> str:
        own = f"{self.step}.{name}"
        return own if own in self.table.columns else name

    def knows(self, name: str) -> bool:
        """Whether any document has such a term."""
        return self._full(name) in self.table.columns

    def has(self, name: str, neutral: int) -> bool:
        """Whether any cell of the book has this term at other than its neutral value."""
        return self.unique(name) != neutral

    def __getitem__(self, name: str) -> pl.Expr:
        value = self.unique(name)
        return pl.col(self._full(name)) if value is None else pl.lit(value, pl.Int64)

    @cached_property
    def varying(self) -> list[str]:
        """The step's columns that have to be put beside the stays."""
        own = [c for c in self.table.columns if c.startswith(f"{self.step}.")]
        own = [c for c in own if not c.endswith(TOLD_ONLY)]
        shared = [self._full(name) for name in ("round_unit", "round_cut")]
        return [c for c in dict.fromkeys(own + shared) if self.table[c].n_unique() > 1]

    @property
    def yearly(self) -> bool:
        """Whether anything but a limit on payment hangs on the earlier stays of the year."""
        years = ("deductible_year", "deductible_window", "cost_year", "year_bands")
        return (
            any(self.has(name, 0) for name in years)
            or self.deductible_steps > 1
            or self.nth_rates > 1
            or self.has("transfer_days", -1)
            or self.has("ceiling", NO_LIMIT)
            or bool((self.table[self._full("visit_deductible")] == ONE_A_VISIT).any())
        )

    def greatest(self, name: str) -> int:
        """The greatest value of a term in the whole book."""
        return int(max(self.table[self._full(name)]))

    @property
    def bands(self) -> int:
        """The greatest number of bands in the book."""
        return self.greatest("bands")

    @property
    def nth_rates(self) -> int:
        """The most rates written for one stay after the other."""
        return self.greatest("nth_rates")

    @property
    def deductible_steps(self) -> int:
        """The most deductibles written for one stay after the other."""
        return self.greatest("deductible_steps")


def runs_over_the_year(book: Rulebook) -> bool:
    """Whether any step of the documents is `yearly`."""
    return any(Parameters(book.table, step.id).yearly for step in book.steps)


def by_bed_day(book: Rulebook) -> bool:
    """Whether some document has a price or a limit by day in bed."""
    if any(quota.per == "day" for _, quota in book.quotas):
        return True
    return any(Parameters(book.table, step.id).has("cost_day", 0) for step in book.steps)


def beside(stays: pl.DataFrame, params: Parameters, term: pl.Series) -> pl.DataFrame:
    """`stays` with the step's varying terms gathered by `term`, replacing those of an earlier step."""
    rows = term.cast(pl.UInt32)
    return stays.with_columns(
        params.table[name].gather(rows).alias(name) for name in params.varying
    )


def deductible(params: Parameters, nth: pl.Expr) -> pl.Expr:
    """The deductible in fen of the `nth` stay of the year; the last one written holds on."""
    chosen = params["deductible_1"]
    for number in range(2, params.deductible_steps + 1):
        later = (nth >= number) & (params["deductible_steps"] >= number)
        chosen = pl.when(later).then(params[f"deductible_{number}"]).otherwise(chosen)
    return chosen


def rate(params: Parameters, band: int) -> pl.Expr:
    """A band's rate, of the stay's number in the year (`<step>_rate_nth`); the last one written holds on."""
    chosen = params[f"rate_{band}"]
    for number in range(2, params.nth_rates + 1):
        later = (pl.col(f"{params.step}_rate_nth") >= number) & (params["nth_rates"] >= number)
        own = f"rate_{band}_at_{number}"
        chosen = pl.when(later).then(params[own]).otherwise(chosen) if params.knows(own) else chosen
    return chosen


def highest_rate(params: Parameters) -> pl.Expr:
    """The highest rate of any band and any stay of the year."""
    names = (name.removeprefix(f"{params.step}.") for name in params.table.columns)
    return pl.max_horizontal(params[name] for name in names if _A_RATE.fullmatch(name))


def progressive(params: Parameters, amount: pl.Expr) -> pl.Expr:
    """F(amount) in grains: each band's rate on the part of the amount that lies in it.

    Amounts and edges are known, so that the smaller of two is what `clip` gives, in a fifth of the time where a bound
    is a column.
    """
    total = pl.min_horizontal(amount, params["edge_1"]) * rate(params, 1)
    for number in range(2, params.bands + 1):
        low, high = params[f"edge_{number - 1}"], params[f"edge_{number}"]
        inside = pl.max_horizontal(pl.min_horizontal(amount, high), low) - low
        total = total + inside * rate(params, number)
    return total


def whole_rate(params: Parameters, amount: pl.Expr) -> pl.Expr:
    """The rate of the one band in which the amount falls; an upper edge belongs to the lower band."""
    chosen = rate(params, 1)
    for number in range(2, params.bands + 1):
        above = amount > params[f"edge_{number - 1}"]
        chosen = pl.when(above).then(rate(params, number)).otherwise(chosen)
    return chosen


def banded(
    params: Parameters, base: pl.Expr, charged: pl.Expr, cost_before: pl.Expr, net_before: pl.Expr
) -> pl.Expr:
    """Grains given on `base` less the `charged` deductible, with the year's cost and net amount before this stay.

    Net edges count on what the deductible leaves, gross edges on the base, whose lowest part the deductible eats.
    """
    net = base - charged
    yearly = params["year_bands"]
    net_low, cost_low = net_before * yearly, cost_before * yearly
    if params.has("year_bands", 0) or params.has("gross", 0):
        low = pl.when(params["gross"] == 1).then(cost_low + charged).otherwise(net_low)
        grains = progressive(params, low + net) - progressive(params, low)
    else:
        grains = progressive(params, net)
    if not params.has("whole", 0):
        return grains
    before = pl.when(params["gross"] == 1).then(cost_low).otherwise(net_low)
    after = pl.when(params["gross"] == 1).then(cost_low + base).otherwise(net_low + net)
    jump = whole_rate(params, after) * (net_low + net) - whole_rate(params, before) * net_low
    return pl.when(params["whole"] == 1).then(jump.clip(lower_bound=0)).otherwise(grains)


def rounded(params: Parameters, grains: pl.Expr) -> pl.Expr:
    """Fen from grains in the document's unit and mode, once per layer and stay."""
    exact = _in_unit(params, round_to, grains)
    if not params.has("round_cut", 0):
        return exact
    return pl.when(params["round_cut"] == 1).then(_in_unit(params, cut_to, grains)).otherwise(exact)


def _in_unit(params: Parameters, rounding, grains: pl.Expr) -> pl.Expr:  # type: ignore[no-untyped-def]
    only = params.unique("round_unit")
    if only is not None:
        return rounding(grains, only)  # type: ignore[no-any-return]
    value = rounding(grains, 1)
    for unit in (10, 100):
        value = pl.when(params["round_unit"] == unit).then(rounding(grains, unit)).otherwise(value)
    return value  # type: ignore[no-any-return]


def floor(params: Parameters, total: pl.Expr, eligible: pl.Expr, charged: pl.Expr) -> pl.Expr:
    """保底 in fen, 0 where the document has none in force."""
    of = pl.when(params["floor_total"] == 1).then(total).otherwise(eligible)
    of = (of - charged * params["floor_less"]).clip(lower_bound=0)
    return rounded(params, of * params["floor_rate"])
