"""Everything that `simulate` found, for screen, workbook and page: each variant in all its tables, the search for a
setting, and the largest changes step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from onestop_cli.county.periods import parse_period
from onestop_cli.explain.explanation import ExplanationPart, rule_parts
from onestop_cli.simulation import burdens as spread
from onestop_cli.simulation import caveats, impact
from onestop_cli.simulation import sentences as telling
from onestop_cli.simulation.budget import BudgetAnswer
from onestop_cli.simulation.compare import Variant, VariantComparison, own, settled
from onestop_cli.simulation.stays import Year


@dataclass(frozen=True)
class Retraced:
    """A stay with a large change, worked out under both rules; `row` is one of `impact.largest`."""

    row: Mapping[str, Any]
    before: tuple[ExplanationPart, ...]
    after: tuple[ExplanationPart, ...]


@dataclass(frozen=True)
class Trial:
    """One variant in all its tables. `heavy_fen`: own shares above it are a heavy burden; `growth`: level → assumed
    growth of stays, ten-thousandths."""

    comparison: VariantComparison
    heavy_fen: int
    growth: Mapping[str, int]

    @property
    def name(self) -> str:
        return self.comparison.variant.name

    @cached_property
    def layers(self) -> pl.DataFrame:
        return impact.layers(self.comparison)

    @cached_property
    def total(self) -> dict[str, int]:
        return impact.total(self.comparison)

    @cached_property
    def people(self) -> impact.People:
        return impact.people(self.comparison)

    @property
    def summary(self) -> dict[str, object]:
        return impact.summary(self.name, self.layers, self.people)

    @cached_property
    def groups(self) -> Mapping[str, pl.DataFrame]:
        return {group: impact.by_group(self.comparison, group) for group in impact.GROUPS}

    @cached_property
    def burden(self) -> spread.Burden:
        return spread.burden(self.comparison, self.heavy_fen)

    @cached_property
    def own_shares(self) -> pl.DataFrame:
        return spread.own_share_classes(self.comparison)

    @cached_property
    def ratios(self) -> pl.DataFrame:
        return spread.ratio_classes(self.comparison)

    @cached_property
    def largest(self) -> pl.DataFrame:
        return impact.largest(self.comparison)

    @cached_property
    def uncovered(self) -> pl.DataFrame:
        return impact.uncovered(self.comparison)

    @cached_property
    def grown(self) -> pl.DataFrame:
        return impact.grown(self.comparison, self.growth)

    @cached_property
    def retraced(self) -> list[Retraced]:
        """The largest changes, step by step under both rules."""
        return retrace(self.comparison, self.largest)

    @cached_property
    def money(self) -> pl.DataFrame:
        return impact.money(self.comparison)

    @cached_property
    def sentences(self) -> list[str]:
        """The effect in words."""
        told = [telling.gainers(self.people), telling.shares(self.total)]
        told += telling.limits(self.comparison)
        told += [telling.heavy(self.burden), *telling.price(self.total, self.burden)]
        return [*told, telling.growth(self.growth, self.grown)] if self.growth else told

    @cached_property
    def caveats(self) -> list[str]:
        """What limits this comparison."""
        return list(caveats.about(self.comparison))


@dataclass(frozen=True)
class Study:
    """A year, today's rules on it (`before`), and every variant that was tried. `number`: 编号 of the papers."""

    county: str
    year: Year
    before: pl.DataFrame
    tried: tuple[Trial, ...]
    found: BudgetAnswer | None = None
    number: str = ""

    @property
    def periods(self) -> str:
        return "、".join(parse_period(period).chinese for period in self.year.periods)

    @property
    def today(self) -> str:
        """Today's documents by title."""
        return "、".join(f"{rule.title}（{rule.id}）" for rule in self.year.book.rules)

    @cached_property
    def caveats(self) -> list[str]:
        """What holds for every variant."""
        return list(caveats.about_year(self.year, self.before))


def retrace(comparison: VariantComparison, rows: pl.DataFrame) -> list[Retraced]:
    """The stays in `rows` (of `impact.largest`) with their working under today's rules and under the variant."""
    stays, places = comparison.year.stays, rows["at"].implode()
    people = stays.filter(pl.col("at").is_in(places))["id_no"].unique()
    theirs = stays.filter(pl.col("id_no").is_in(people.implode()))
    sides = [
        _working(settled(theirs, variant)[1].filter(pl.col("at").is_in(places)), variant)
        for variant in (own(comparison.year), comparison.variant)
    ]
    return [
        Retraced(row, sides[0][row["at"]], sides[1][row["at"]])
        for row in rows.iter_rows(named=True)
    ]


def _working(amounts: pl.DataFrame, variant: Variant) -> Mapping[int, tuple[ExplanationPart, ...]]:
    """The steps of each settled stay, by `at`."""
    return {
        row["at"]: tuple(rule_parts(row, variant.book)) for row in amounts.iter_rows(named=True)
    }
