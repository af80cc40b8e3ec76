"""Stays worked out again under changed assumptions: many at once, with the year as it was before each stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from onestop_cli.core.settle.formula import Parameters
from onestop_cli.core.settle.layer import BILL, REST, LayerPass
from onestop_cli.money import FULL
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.govern import term_column

MOST_ROWS = 400_000
"""Stays times assumptions that are worked out in one go; more would only take memory."""


@dataclass(frozen=True)
class Assumption:
    """One changed assumption: `token` names it, `terms` maps the stay's term to another one, `instead` replaces single
    terms, `shift` is added to every rate, `upstream` takes the hospital's own amounts of the layers before."""

    token: str
    terms: pl.Series | None = None
    instead: Mapping[str, int] = field(default_factory=dict)
    shift: int = 0
    upstream: bool = False

    def __add__(self, other: Assumption) -> Assumption:
        """Both at once."""
        return Assumption(
            f"{self.token}+{other.token}",
            other.terms if self.terms is None else self.terms,
            {**self.instead, **other.instead},
            self.shift + other.shift,
            self.upstream or other.upstream,
        )


@dataclass(frozen=True)
class Assumed(Parameters):
    """A step's terms, of which `changed` differ from assumption to assumption and so are columns."""

    changed: frozenset[str] = frozenset()

    def unique(self, name: str) -> int | None:
        return None if name in self.changed else super().unique(name)

    @property
    def beside_stays(self) -> list[str]:
        """The columns that have to be put beside the stays."""
        return list(dict.fromkeys([*self.varying, *map(self.column, self.changed)]))

    def column(self, name: str) -> str:
        """The table's column of a term."""
        return self._full(name)


@dataclass(frozen=True)
class WhatIf:
    """What one step would have given under each of `tried`."""

    book: Rulebook
    step: Step
    tried: Sequence[Assumption]

    def amounts(self, stays: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Tables of (_stay, _try, amount): fen, null where an assumption means nothing; `stays` has `_stay`."""
        size = max(1, MOST_ROWS // max(1, len(stays)))
        for start in range(0, len(self.tried), size):
            yield self._some(stays, range(start, min(start + size, len(self.tried))))

    def _some(self, stays: pl.DataFrame, numbers: range) -> pl.DataFrame:
        frame = stays.select(self._needed(stays)).join(self._table(numbers), how="cross")
        params = Assumed(self.book.table, self.step.id, changed=self._changed)
        term = self._terms(numbers).gather(
            (frame["_try"] - numbers.start) * len(self.book.table) + frame["_term"]
        )
        frame = self._replaced(_gathered(frame, params, term), params)
        frame = self._before(frame)
        passed = LayerPass(self.book, self.step, params, live=False).over(frame)
        due = pl.col(f"{self.step.id}_due_fen") + pl.col("_others_fen")
        amount = pl.when(pl.lit(term).is_not_null()).then(due)
        return passed.select("_stay", "_try", amount=amount)

    def _needed(self, stays: pl.DataFrame) -> list[str | pl.Expr]:
        """Amounts, and the few other columns a step looks at."""
        amounts = [c for c in stays.columns if c.endswith("_fen") and not c.startswith("posted_")]
        wanted = ("_stay", "quota", "has_eligible", f"{self.step.id}_check", f"{self.step.id}_nth")
        others = [c for c in wanted if c in stays.columns]
        term = pl.col(term_column(stays, self.step.id)).cast(pl.Int64).alias("_term")
        return [*others, *amounts, term]

    @property
    def _changed(self) -> frozenset[str]:
        names = {name for assumption in self.tried for name in assumption.instead}
        if any(assumption.shift for assumption in self.tried):
            names |= {
                f"rate_{n}" for n in range(1, Parameters(self.book.table, self.step.id).bands + 1)
            }
        return frozenset(names)

    def _table(self, numbers: range) -> pl.DataFrame:
        """A row per assumption: its number, and what it replaces."""
        chosen = [self.tried[n] for n in numbers]
        replaced = {name for a in self.tried for name in a.instead}
        columns = {f"_new_{name}": [a.instead.get(name) for a in chosen] for name in replaced}
        return pl.DataFrame(
            {
                "_try": list(numbers),
                "_shift": [a.shift for a in chosen],
                "_upstream": [a.upstream for a in chosen],
                **columns,
            },
            schema_overrides=dict.fromkeys(columns, pl.Int64),
        )

    def _terms(self, numbers: range) -> pl.Series:
        """Each assumption's term for each term, one assumption after the other."""
        same = pl.int_range(len(self.book.table), eager=True, dtype=pl.Int64)
        mapped = (self.tried[n].terms for n in numbers)
        return pl.concat([same if terms is None else terms for terms in mapped])

    def _replaced(self, frame: pl.DataFrame, params: Assumed) -> pl.DataFrame:
        """The changed terms in the place of the written ones."""
        terms = []
        for name in params.changed:
            column = params.column(name)
            value = pl.col(column)
            if name.startswith("rate_"):
                value = (value + pl.col("_shift")).clip(0, FULL)
            if f"_new_{name}" in frame.columns:
                value = pl.coalesce(f"_new_{name}", value)
            terms.append(value.alias(column))
        return frame.with_columns(terms)

    def _before(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What is left of the bill for this step; upstream, by the hospital's own figures for earlier layers.

        `_others_fen` is what the other parts of a stacked layer give, which no assumption here changes.
        """
        steps = self.book.steps[: self.book.steps.index(self.step)]
        layer, own = self.step.layer, f"{self.step.id}_own_due_fen"
        before = list(dict.fromkeys(step.layer for step in steps if step.layer != layer))
        parts = [step.id for step in steps if step.layer == layer]
        frame = frame.with_columns(
            pl.when("_upstream")
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


def _gathered(frame: pl.DataFrame, params: Assumed, term: pl.Series) -> pl.DataFrame:
    """The step's terms beside each stay and assumption."""
    return frame.with_columns(
        params.table[name].gather(term).alias(name) for name in params.beside_stays
    )
