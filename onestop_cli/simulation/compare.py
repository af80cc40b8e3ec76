"""What another rule would have paid on stays that are settled already: entitlements, never claims.

Today's rules are worked out again over the whole year beside the other ones, by the engine that settles a quarter: a
cap spans runs. Who claimed a layer keeps his turn (`touched`); what was claimed is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

import polars as pl

from onestop_cli.core.category import choose_best
from onestop_cli.core.settle import settle
from onestop_cli.core.settle.inputs import settle_input
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.changes import Change
from onestop_cli.rulebook.govern import govern
from onestop_cli.rulebook.in_force import View, by_view
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.simulation.stays import Year
from onestop_cli.tables.schema import HOUSEHOLD, LAYERS

Governs = Literal["as-before", "always", "by-date"]
"""Which document of a variant is for a stay: the one that governed it, the variant's whatever the day, or by day."""


@dataclass(frozen=True)
class Variant:
    """Rules to try: `name` as typed, the documents, and what they change in words."""

    name: str
    book: Rulebook
    governs: Governs
    changes: tuple[Change, ...] = ()

    @cached_property
    def engine(self) -> Rulebook:
        """The documents as the engine shall look at them: without their days, where these do not count."""
        if self.governs != "always":
            return self.book
        return Rulebook(tuple(_undated(rule) for rule in self.book.rules))


def _undated(rule: RuleFile) -> RuleFile:
    effective = rule.effective.model_copy(update={"from_": date.min, "to": None})
    return rule.model_copy(update={"effective": effective})


def own(year: Year) -> Variant:
    """Today's rules as a variant: every stay by the document that governed it."""
    return Variant("、".join(rule.id for rule in year.book.rules), year.book, "as-before")


def settled(stays: pl.DataFrame, variant: Variant) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`stays` of a year as `variant` governs them, and those it has terms for with all their amounts."""
    book = variant.engine
    known = _with_columns(stays, book)
    rule = None
    if variant.governs == "as-before":
        number = {rule.id: place for place, rule in enumerate(book.rules)}
        rule = pl.col("rule_id").replace_strict(number, default=None, return_dtype=pl.Int32)
    else:
        known = choose_best(by_view(known, book, _recategorised), book)
    governed = govern(known, book, rule)
    in_turn = governed["benefit_year"].eq_missing(stays["benefit_year"]).all()
    ruled = governed.filter(pl.col("term").is_not_null())
    return governed, settle(settle_input(ruled, book), book, in_turn=bool(in_turn))


def _with_columns(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """What the documents ask for and the runs do not have is blank."""
    wanted: dict[str, Any] = {
        f"x_{dim.id}": pl.String for rule in book.rules for dim in rule.dimension
    }
    wanted |= {f"{expense.id}_cost_fen": pl.Int64 for expense in book.expenses}
    wanted |= {f"{layer}_supplement_fen": pl.Int64 for layer in book.layers}
    wanted |= {"person": pl.String, "kinds_valid": pl.String}
    wanted |= {HOUSEHOLD: pl.String} if book.of_households else {}
    absent = {name: kind for name, kind in wanted.items() if name not in stays.columns}
    return stays.with_columns(pl.lit(None, kind).alias(name) for name, kind in absent.items())


def _recategorised(stays: pl.DataFrame, view: View) -> pl.DataFrame:
    """The category that applies when a document so chooses among the valid ones; one that it does not know stays."""
    text = pl.coalesce("decided_category", "kinds_valid", "categories_valid", "category")
    texts = stays.select(text.alias("text"))["text"]
    first_only = view.overlap == "priority"
    chosen: dict[str, tuple[str, list[str]]] = {}
    for several in texts.unique().drop_nulls():
        valid = several.split("、")
        known = [name for name in view.priority if name in valid]
        chosen[several] = (known or valid)[0], known[:1] if first_only else known
    table = pl.DataFrame(
        [{"_valid": text, "category": one, "categories": some} for text, (one, some) in chosen.items()],
        schema={"_valid": pl.String, "category": pl.String, "categories": pl.List(pl.String)},
    )  # fmt: skip
    return (
        stays.drop("category", "categories")
        .with_columns(texts.alias("_valid"))
        .join(table, on="_valid", how="left", validate="m:1", maintain_order="left")
        .drop("_valid")
        .with_columns(pl.col("categories").fill_null([]))
    )


def outcome(year: Year, variant: Variant, side: str) -> pl.DataFrame:
    """What `variant` gives on every stay of the year, row by row.

    Per layer `<layer>_<side>_check` (null where no term applies), `_fen` (due), `_bound_fen`, `_reached` (the year's
    limit is used up) and `_cut_fen` (what it cut off); `self_<side>_fen` and `why_<side>` (why no term applies).
    """
    governed, amounts = settled(year.stays, variant)
    columns = [pl.col("self_due_fen").alias(f"self_{side}_fen")]
    for layer in variant.book.layers:
        columns += _of_layer(amounts, variant.book, layer, f"{layer}_{side}")
    why = governed.select("at", pl.col("ungoverned").alias(f"why_{side}"))
    return why.join(
        amounts.select("at", *columns), on="at", how="left", validate="1:1", maintain_order="left"
    ).drop("at")


def _of_layer(amounts: pl.DataFrame, book: Rulebook, layer: str, name: str) -> list[pl.Expr]:
    cut, reached = [], []
    for step in (step.id for step in book.steps if step.layer == layer):
        part = f"{step}_own" if f"{step}_own_due_fen" in amounts.columns else step
        due, before = pl.col(f"{part}_due_fen"), pl.col(f"{step}_before_fen")
        lost = (pl.col(f"{step}_uncapped_fen") - due).fill_null(0)
        full = (before + due >= pl.col(f"{step}_cap_fen")) & (pl.col(f"{step}_cap_fen") > 0)
        cut.append(lost)
        by_month = (
            f"{step}_month_limit_fen" in amounts.columns
        )  # what a month cut off is not for the year
        reached.append(full.fill_null(False) | ((lost > 0) & pl.lit(not by_month)))
    return [
        pl.col(f"{layer}_check").alias(f"{name}_check"),
        pl.col(f"{layer}_due_fen").alias(f"{name}_fen"),
        pl.col(f"{layer}_bound_fen").alias(f"{name}_bound_fen"),
        pl.any_horizontal(reached).alias(f"{name}_reached"),
        pl.sum_horizontal(cut).alias(f"{name}_cut_fen"),
    ]


@dataclass(frozen=True)
class VariantComparison:
    """A variant beside today's rules. `layers`: id → name, those of either, in order of payment."""

    year: Year
    variant: Variant
    before: pl.DataFrame
    after: pl.DataFrame

    @cached_property
    def layers(self) -> Mapping[str, str]:
        books = (self.variant.book, self.year.book)
        names = {la: book.layer(la).name for book in books for la in book.layers}
        return {la: names[la] for la in (*LAYERS, *sorted(set(names) - set(LAYERS))) if la in names}

    @cached_property
    def funds(self) -> list[str]:
        """The layers that funds pay: all but what hospitals waive."""
        waived = self.variant.book.waived | self.year.book.waived
        return [layer for layer in self.layers if layer not in waived]

    @cached_property
    def stays(self) -> pl.DataFrame:
        """The year's stays with both sides, and how each layer can be compared, `<layer>_compared`:

        `exact` (due beside due), `bound` (only the most it can be is known, on both sides), `given` (taken as claimed
        on both sides), `unclear` (known differently), `uncovered` (the variant has no term). A layer that a document
        does not have is due 0. `sure`: everything is exact or given; `change_fen`: the sum over exact layers.
        """
        both = self.year.stays.hstack(self.before).hstack(self.after)
        absent = [
            (layer, side)
            for layer in self.layers
            for side in ("before", "after")
            if f"{layer}_{side}_check" not in both.columns
        ]
        covered = pl.col("why_after").is_null()
        both = both.with_columns(
            column for layer, side in absent for column in _no_layer(f"{layer}_{side}", covered)
        )
        both = both.with_columns(_compared(layer) for layer in self.layers)
        change = [
            pl.when(exact(layer)).then(pl.col(f"{layer}_after_fen") - pl.col(f"{layer}_before_fen"))
            for layer in self.layers
        ]
        same_kind = (pl.col(f"{la}_compared").is_in(["exact", "given"]) for la in self.layers)
        return both.with_columns(
            sure=pl.all_horizontal(same_kind), change_fen=pl.sum_horizontal(change)
        )


def exact(layer: str) -> pl.Expr:
    """Where a layer's entitlement is known on both sides."""
    return pl.col(f"{layer}_compared") == "exact"


def _no_layer(name: str, covered: pl.Expr) -> list[pl.Expr]:
    """A layer that these rules do not have."""
    return [
        pl.when(covered).then(pl.lit("exact")).alias(f"{name}_check"),
        pl.when(covered).then(pl.lit(0, pl.Int64)).alias(f"{name}_fen"),
        pl.lit(None, pl.Int64).alias(f"{name}_bound_fen"),
        pl.lit(False).alias(f"{name}_reached"),
        pl.lit(0, pl.Int64).alias(f"{name}_cut_fen"),
    ]


def _compared(layer: str) -> pl.Expr:
    before, after = pl.col(f"{layer}_before_check"), pl.col(f"{layer}_after_check")
    alike = before.replace({"none": "given"})
    return (
        pl.when(pl.col("why_after").is_not_null())
        .then(pl.lit("uncovered"))
        .when(before == after)
        .then(alike)
        .otherwise(pl.lit("unclear"))
        .alias(f"{layer}_compared")
    )


def compare(year: Year, before: pl.DataFrame, variant: Variant) -> VariantComparison:
    """`variant` beside `before`, the outcome of today's rules on the same year."""
    return VariantComparison(year, variant, before, outcome(year, variant, "after"))


def fund_cost(year: Year, variant: Variant, layers: Sequence[str]) -> int:
    """Fen that `variant` gives from some layers over the year, wherever that is known exactly."""
    _, amounts = settled(year.stays, variant)
    return int(
        amounts.select(pl.sum_horizontal(pl.col(f"{la}_due_fen").sum() for la in layers)).item()
    )
