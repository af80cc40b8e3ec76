"""What one layer gives on one stay, as expressions over its terms: bands, floors, rounding.

Terms are columns or constants named by `Parameters`; amounts are fen, products are grains (ten-thousandths of a fen).
Nothing here knows of other stays: what the year has used is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from onestop_cli.money import FULL, cut_to, raise_to, round_to
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.terms import NO_LIMIT, ONE_A_VISIT

_A_RATE = re.compile(r"rate_\d+(_at_\d+)?")

TOLD_ONLY = ("_clause", ".points", ".factor", ".floor_stated", "_unknown")
"""Ends of the terms that no amount hangs on."""


@dataclass(frozen=True)
class Parameters:
    """One step's terms beside the stays: a constant where the whole book has one value, else a gathered column.

    `known`: the values of columns of the table, where somebody has looked; a step is asked hundreds of times.
    """

    table: pl.DataFrame
    step: str
    known: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def of_book(cls, book: Rulebook, step: str) -> Parameters:
        """The terms of one step of a run's documents."""
        return cls(book.table, step, book.values)

    def unique(self, name: str) -> int | None:
        """The only value of a term in the whole book, if there is only one."""
        values = self.values(name)
        return values[0] if len(values) == 1 else None

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.table.columns)

    @cached_property
    def _values(self) -> dict[str, Sequence[int]]:
        return dict(self.known)

    def _full(self, name: str) -> str:
        own = f"{self.step}.{name}"
        return own if own in self._names else name

    def knows(self, name: str) -> bool:
        """Whether any document has such a term."""
        return self._full(name) in self._names

    def has(self, name: str, neutral: int) -> bool:
        """Whether any cell of the book has this term at other than its neutral value."""
        return self.unique(name) != neutral

    def values(self, name: str) -> Sequence[int]:
        """Every value that a term has in the whole book, the smallest first."""
        full = self._full(name)
        if full not in self._values:
            self._values[full] = self.table[full].unique().sort().to_list()
        return self._values[full]

    def any_is(self, name: str, value: int) -> bool:
        """Whether any cell of the book has this value of a term."""
        return value in self.values(name)

    def of(self, term: pl.Series, name: str) -> pl.Series:
        """A term beside stays whose rows in the book are `term`."""
        return self.table[self._full(name)].gather(term.cast(pl.UInt32))

    def __getitem__(self, name: str) -> pl.Expr:
        value = self.unique(name)
        return pl.col(self._full(name)) if value is None else pl.lit(value, pl.Int64)

    @cached_property
    def varying(self) -> list[str]:
        """The step's columns that have to be put beside the stays."""
        own = [c for c in self.table.columns if c.startswith(f"{self.step}.")]
        own = [c for c in own if not c.endswith(TOLD_ONLY)]
        shared = [self._full(name) for name in ("round_unit", "round_cut")]
        return [c for c in dict.fromkeys(own + shared) if len(self.values(c)) > 1]

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
            or self.any_is("visit_deductible", ONE_A_VISIT)
        )

    def greatest(self, name: str) -> int:
        """The greatest value of a term in the whole book."""
        return self.values(name)[-1]

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
    return any(Parameters.of_book(book, step.id).yearly for step in book.steps)


def by_bed_day(book: Rulebook) -> bool:
    """Whether some document has a price or a limit by day in bed."""
    if any(quota.per == "day" for _, quota in book.quotas):
        return True
    return any(Parameters.of_book(book, step.id).has("cost_day", 0) for step in book.steps)


def beside(stays: pl.DataFrame, params: Parameters, term: pl.Series) -> pl.DataFrame:
    """`stays` with the step's varying terms gathered by `term`, replacing those of an earlier step."""
    if not params.varying:
        return stays
    own = params.table.select(params.varying)[term.cast(pl.UInt32)]
    return stays.with_columns(own.iter_columns())


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
    return _in_steps(params, "round", grains)


def whole_units(params: Parameters, base: pl.Expr) -> pl.Expr:
    """A base in fen, in the whole units in which the document counts it."""
    return (
        base
        if not params.has("base_round_unit", 1)
        else _in_steps(params, "base_round", base * FULL)
    )


def _in_steps(params: Parameters, head: str, grains: pl.Expr) -> pl.Expr:
    """`grains` by the unit and mode of the terms `<head>_unit` and `<head>_cut`."""
    unit, mode = f"{head}_unit", f"{head}_cut"
    value = _in_unit(params, unit, round_to, grains)
    for number, rounding in ((1, cut_to), (2, raise_to)):
        if params.any_is(mode, number):
            other = _in_unit(params, unit, rounding, grains)
            value = pl.when(params[mode] == number).then(other).otherwise(value)
    return value


def _in_unit(
    params: Parameters, name: str, rounding: Callable[[pl.Expr, int], pl.Expr], grains: pl.Expr
) -> pl.Expr:
    first, *units = params.values(name)
    value = rounding(grains, first)
    for unit in units:
        value = pl.when(params[name] == unit).then(rounding(grains, unit)).otherwise(value)
    return value


def floor(params: Parameters, total: pl.Expr, eligible: pl.Expr, charged: pl.Expr) -> pl.Expr:
    """保底 in fen, 0 where the document has none in force."""
    of = pl.when(params["floor_total"] == 1).then(total).otherwise(eligible)
    of = (of - charged * params["floor_less"]).clip(lower_bound=0)
    return rounded(params, of * params["floor_rate"])
