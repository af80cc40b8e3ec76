"""Stays worked out again under changed assumptions: many at once, with the year as it was before each stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from onestop_cli.core.settle.formula import TOLD_ONLY, Parameters
from onestop_cli.core.settle.layer import LayerPass
from onestop_cli.core.settle.one_step import BILL, COVERED, DAYS, REST, ZERO, less_column
from onestop_cli.money import FULL
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.checkable import lessened, term_column

MOST_ROWS = 400_000
"""Stays times assumptions that are worked out in one go; more would only take memory."""

_EARLIER = ("paid", "borne", "pooled", "claimed")
"""Amounts of earlier steps that a step looks at."""

_ANEW = (
    "base", "deductible", "uncapped", "borne", "cap", "bound", "pooled", "paid",
    "claimed", "taken", "extra", "docked", "supplement",
)  # fmt: skip
"""Amounts of the step itself that are worked out anew, or that no amount hangs on."""

_SAME = -1
"""Stands for the document as it is."""


@dataclass(frozen=True)
class Assumption:
    """One changed assumption: `token` names it, `terms` maps the stay's term to another one, `instead` replaces single
    terms, `shift` is added to every rate, `upstream` takes the hospital's own amounts of the layers before, `without`
    passes over an earlier layer, `own` leaves the stay its own deductible under other terms, `after` takes the
    deductible off the result instead of the base."""

    token: str
    terms: pl.Series | None = None
    instead: Mapping[str, int] = field(default_factory=dict)
    shift: int = 0
    upstream: bool = False
    without: str | None = None
    own: bool = False
    after: bool = False

    def __add__(self, other: Assumption) -> Assumption:
        """Both at once."""
        return Assumption(
            f"{self.token}+{other.token}",
            other.terms if self.terms is None else self.terms,
            {**self.instead, **other.instead},
            self.shift + other.shift,
            self.upstream or other.upstream,
            self.without or other.without,
            self.own or other.own,
            self.after or other.after,
        )


@dataclass(frozen=True)
class Supposed(LayerPass):
    """A pass that takes the deductible off the result where the stay's row says so (`_after`), if `any_after` does."""

    any_after: bool = False

    def _given(self, charged: pl.Expr, cost: pl.Expr, net: pl.Expr) -> pl.Expr:
        before = super()._given(charged, cost, net)
        if not self.any_after:
            return before
        later = super()._given(ZERO, cost, net) - charged * FULL
        return pl.when("_after").then(later.clip(lower_bound=0)).otherwise(before)


@dataclass(frozen=True)
class WhatIf:
    """What one step would have given under each of `tried`."""

    book: Rulebook
    step: Step
    tried: Sequence[Assumption]

    def matches(self, stays: pl.DataFrame, claimed: pl.Expr) -> pl.DataFrame:
        """(_stay, _try): what changes the amount and gives `claimed` to the fen; `stays` has `_stay`."""
        frame = stays.with_columns(_claimed=claimed)
        frame = frame.filter(pl.col("_claimed") != pl.col(f"{self.step.layer}_due_fen"))
        frame = frame.select(self._needed(frame))
        ways = self._ways(frame["_term"].unique())
        if frame.is_empty() or ways.is_empty():
            return _NOTHING
        fits = pl.concat(self._fitting(*part) for part in _portions(frame, ways))
        tries = ways.select("_way", _try="_tries").explode("_try")
        return fits.join(tries, on="_way").select("_stay", "_try")

    def _fitting(self, stays: pl.DataFrame, ways: pl.DataFrame) -> pl.DataFrame:
        """(_stay, _way) of the ways that give what is claimed."""
        params = Parameters(ways, self.step.id)
        beside = [c for c in self._columns if ways[c].n_unique() > 1]
        marks = ["_way", "_term", "_upstream", "_without", "_after"]
        frame = self._before(stays.join(ways.select(*marks, *beside), on="_term"))
        passed = Supposed(
            self.book, self.step, params, years=None, any_after=bool(ways["_after"].any())
        ).over(frame)
        amount = pl.col(f"{self.step.id}_due_fen") + pl.col("_others_fen")
        return passed.filter(amount == pl.col("_claimed")).select("_stay", "_way")

    def _needed(self, stays: pl.DataFrame) -> list[str | pl.Expr]:
        """The columns a step looks at: of its own what the year had brought, not what it works out anew.
        Each is carried once for every way, so there should be few."""
        step, layer = self.step.id, self.step.layer
        wanted = {"_stay", "_claimed", "quota", "has_eligible", BILL, COVERED, DAYS, "price_fen"}
        wanted |= {less_column(less) for less in lessened(self.book, self.step)}
        wanted |= {f"{layer}_due_fen", f"{layer}_own_due_fen", f"{step}_check"}
        for other in self.book.steps[: self.book.steps.index(self.step)]:
            wanted |= {
                f"{name}_{what}_fen" for name in (other.id, other.layer) for what in _EARLIER
            }
        anew = {f"{step}_{what}_fen" for what in _ANEW}
        names = [
            c for c in stays.columns
            if c in wanted
            or (c.startswith((f"{step}_", "pool_")) and c.endswith(("_fen", "_nth")) and c not in anew)
        ]  # fmt: skip
        return [*names, pl.col(term_column(stays, step)).cast(pl.Int64).alias("_term")]

    @cached_property
    def _columns(self) -> list[str]:
        """The step's terms that an amount hangs on."""
        own = [c for c in self.book.table.columns if c.startswith(f"{self.step.id}.")]
        return [*(c for c in own if not c.endswith(TOLD_ONLY)), "round_unit", "round_cut"]

    def _ways(self, terms: pl.Series) -> pl.DataFrame:
        """Per term every different way of reckoning (`_way`) that assumptions lead to, and which do (`_tries`).

        Assumptions that come to the same terms are worked out once; those that change nothing, not at all.
        """
        tries = self._table()
        frame = terms.to_frame("_term").join(tries, how="cross")
        target = self._targets().gather((frame["_try"] + 1) * len(self.book.table) + frame["_term"])
        frame = frame.with_columns(_target=target).drop_nulls("_target")
        frame = frame.with_columns(self._moved(frame, name) for name in self._columns)
        ways = ["_term", *self._columns, "_upstream", "_without", "_after"]
        found = frame.group_by(ways, maintain_order=True).agg(_tries="_try")
        return found.filter(~pl.col("_tries").list.contains(_SAME)).with_row_index("_way")

    def _table(self) -> pl.DataFrame:
        """A row per assumption, and one for the document as it is: its number, and what it replaces."""
        chosen = [Assumption(""), *self.tried]
        replaced = sorted({name for a in chosen for name in a.instead})
        columns = {f"_new_{name}": [a.instead.get(name) for a in chosen] for name in replaced}
        return pl.DataFrame(
            {
                "_try": range(_SAME, len(self.tried)),
                "_shift": [a.shift for a in chosen],
                "_upstream": [a.upstream for a in chosen],
                "_without": [a.without for a in chosen],
                "_own": [a.own for a in chosen],
                "_after": [a.after for a in chosen],
                **columns,
            },
            schema_overrides={"_try": pl.Int64, "_without": pl.String}
            | dict.fromkeys(columns, pl.Int64),
        )

    def _targets(self) -> pl.Series:
        """Each assumption's term for each term, one assumption after the other."""
        same = pl.int_range(len(self.book.table), eager=True, dtype=pl.Int64)
        moved = (same if a.terms is None else a.terms for a in self.tried)
        return pl.concat([same, *moved])

    def _moved(self, frame: pl.DataFrame, column: str) -> pl.Expr:
        """One term as each assumption has it."""
        table, name = self.book.table[column], column.rpartition(".")[2]
        value = pl.lit(table.gather(frame["_target"]))
        if name.startswith(("deductible", "ceiling", "transfer")):
            value = pl.when("_own").then(table.gather(frame["_term"])).otherwise(value)
        if name.startswith("rate_"):
            value = (value + pl.col("_shift")).clip(0, FULL)
        if f"_new_{name}" in frame.columns:
            value = pl.coalesce(f"_new_{name}", value)
        return value.alias(column)

    def _before(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What is left of the bill for this step, by the hospital's own figures for earlier layers or without one.

        `_others_fen` is what the other parts of a stacked layer give, which no assumption here changes.
        """
        steps = self.book.steps[: self.book.steps.index(self.step)]
        layer, own = self.step.layer, f"{self.step.id}_own_due_fen"
        before = list(dict.fromkeys(step.layer for step in steps if step.layer != layer))
        parts = [step.id for step in steps if step.layer == layer]
        frame = frame.with_columns(
            pl.when(pl.col("_without").eq_missing(name))
            .then(0)
            .when("_upstream")
            .then(pl.col(f"{name}_claimed_fen").fill_null(0))
            .otherwise(f"{name}_paid_fen")
            .alias(f"{name}_paid_fen")
            for name in before
        )
        used = [pl.col(f"{name}_paid_fen") for name in before]
        used += [pl.col(f"{part}_paid_fen") for part in parts]
        used += [pl.col(f"{step.id}_borne_fen") for step in steps]
        others = pl.col(f"{layer}_due_fen") - pl.col(own) if own in frame.columns else pl.lit(0)
        return frame.with_columns(
            (pl.col(BILL) - pl.sum_horizontal(pl.lit(0), *used)).alias(REST),
            pl.lit(None, pl.Int64).alias(f"{layer}_taken_fen"),
            others.cast(pl.Int64).alias("_others_fen"),
        )


def _portions(
    stays: pl.DataFrame, ways: pl.DataFrame
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Stays and ways, not too many at once. Nearly all ways round alike, and are worked out by themselves, since every
    other rounding among them would be tried on each; the few others together."""
    roundings = ("round_unit", "round_cut")
    usual = ways.group_by(roundings, maintain_order=True).len().sort("len", maintain_order=True)
    alike = ways.join(usual.tail(1), on=roundings, how="semi", maintain_order="left")
    others = ways.join(usual.tail(1), on=roundings, how="anti", maintain_order="left")
    for some in (alike, others):
        most = int(some["_term"].unique_counts().max() or 0)  # type: ignore[arg-type]
        size = max(1, MOST_ROWS // max(most, 1))
        for start in range(0, len(stays) if most else 0, size):
            yield stays[start : start + size], some


_NOTHING = pl.DataFrame(schema={"_stay": pl.UInt32, "_try": pl.Int64})
