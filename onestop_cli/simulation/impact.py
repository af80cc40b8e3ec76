"""A comparison in tables: what funds pay, who gains and who loses, whose burden stays heavy. No file formats here.

Sums of entitlements are over stays and layers that are known exactly on both sides; ratios and own shares over stays of
which everything is (`sure`). What can only be compared as an upper bound, and what cannot be compared, is counted by
itself and never mixed in. Amounts are fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from onestop_cli.money import share
from onestop_cli.simulation.compare import VariantComparison, exact
from onestop_cli.statements.statement import NO_CATEGORY, NOWHERE
from onestop_cli.tables.schema import LEVELS

SIDES = ("before", "after")

GROUPS: Mapping[str, tuple[str, pl.Expr]] = {
    "month": ("月份", pl.col("settled_or_discharged").dt.to_string("%Y-%m")),
    "level": ("机构级别", pl.col("level").replace_strict(LEVELS, default=None)),
    "category": ("对象类别", pl.col("category").fill_null(NO_CATEGORY)),
    "township": ("乡镇", pl.col("township").fill_null(NOWHERE)),
}
"""What costs are broken down by: id → title and value of a stay."""

_NOT_EXACT = ("bound", "unclear", "uncovered", "given")


def layers(comparison: VariantComparison) -> pl.DataFrame:
    """A row per layer: its name, stays that are known exactly on both sides and their sums `<side>_fen`, people at the
    year's limit `<side>_reached`, what it cuts off `<side>_cut_fen`; sums of the stays that are bound or unclear, and
    how many stays are not exact."""
    rows = [_layer(comparison, layer) for layer in comparison.layers]
    return pl.DataFrame(rows)


def _layer(comparison: VariantComparison, layer: str) -> dict[str, object]:
    kind, known = pl.col(f"{layer}_compared"), exact(layer)
    due = {side: pl.col(f"{layer}_{side}_fen") for side in SIDES}
    sums = {"stays": known.sum()}
    for side in SIDES:
        reached = pl.col(f"{layer}_{side}_reached").fill_null(False) & known
        sums |= {
            f"{side}_fen": due[side].filter(known).sum(),
            f"{side}_reached": _people(reached),
            f"{side}_cut_fen": pl.col(f"{layer}_{side}_cut_fen").filter(known).sum(),
            f"{side}_bound_fen": pl.col(f"{layer}_{side}_bound_fen").filter(kind == "bound").sum(),
            f"{side}_unclear_fen": due[side].filter(kind == "unclear").sum(),
        }
    sums |= {f"{what}_stays": (kind == what).sum() for what in _NOT_EXACT}
    row = comparison.stays.select(**sums).cast(pl.Int64).row(0, named=True)
    return {"layer": layer, "name": comparison.layers[layer], **row}


def _people(where: pl.Expr) -> pl.Expr:
    return pl.col("id_no").filter(where).n_unique()


def money(comparison: VariantComparison) -> pl.DataFrame:
    """What funds pay, a row per layer and 合计 where there are several: name, before_fen, after_fen, change_fen, rate
    (of the change, ten-thousandths, null where today's is 0). What hospitals waive is no fund's."""
    paid = layers(comparison).filter(pl.col("layer").is_in(comparison.funds))
    table = paid.select("name", "before_fen", "after_fen")
    if table.height > 1:
        table = pl.concat(
            [table, table.select(pl.lit("合计").alias("name"), pl.exclude("name").sum())]
        )
    change = pl.col("after_fen") - pl.col("before_fen")
    rate = (change.abs() * 20_000 + pl.col("before_fen")) // (2 * pl.col("before_fen"))
    return table.with_columns(
        change_fen=change,
        rate=pl.when(pl.col("before_fen") > 0).then(rate * change.sign()),
    )


@dataclass(frozen=True)
class People:
    """Who gains and who loses over the whole year, all layers together. `unclear`: no change is known for certain,
    yet not everything could be compared exactly."""

    gain: int
    gain_fen: int
    lose: int
    lose_fen: int
    same: int
    unclear: int


def people(comparison: VariantComparison) -> People:
    """Everybody in exactly one group; gain_fen − lose_fen is the change of all exact layers."""
    each = _each_person(comparison)
    change = pl.col("change_fen")
    counts = each.select(
        gain=(change > 0).sum(),
        gain_fen=change.filter(change > 0).sum(),
        lose=(change < 0).sum(),
        lose_fen=-change.filter(change < 0).sum(),
        same=((change == 0) & ~pl.col("open")).sum(),
        unclear=((change == 0) & pl.col("open")).sum(),
    )
    return People(**counts.cast(pl.Int64).row(0, named=True))


def _each_person(comparison: VariantComparison) -> pl.DataFrame:
    """id_no, change_fen, and `open`: something about the person could not be compared, or only an upper bound moved."""
    moved = (
        pl.col(f"{la}_before_bound_fen").ne_missing(pl.col(f"{la}_after_bound_fen"))
        & (pl.col(f"{la}_compared") == "bound")
        for la in comparison.layers
    )
    unknown = (pl.col(f"{la}_compared").is_in(["unclear", "uncovered"]) for la in comparison.layers)
    open_ = pl.any_horizontal(*moved, *unknown)
    return comparison.stays.group_by("id_no").agg(
        pl.col("change_fen").sum(), open_.any().alias("open")
    )


def summary(name: str, table: pl.DataFrame, found: People) -> dict[str, object]:
    """A variant as `simulate.json` has it, from its `layers` and `people`."""
    return {
        "rules": name,
        "layers": {
            row["layer"]: {"before_fen": row["before_fen"], "after_fen": row["after_fen"]}
            for row in table.iter_rows(named=True)
        },
        "gain": {"people": found.gain, "fen": found.gain_fen},
        "lose": {"people": found.lose, "fen": found.lose_fen},
        "same": {"people": found.same},
    }


def by_group(comparison: VariantComparison, group: str) -> pl.DataFrame:
    """Per month, level, category or township: name, stays and people with an exact layer, `<layer>_<side>_fen`,
    `<side>_fen`, change_fen; of stays that are known in everything their number `sure`,
    total_fen and `<side>_self_fen`."""
    key = GROUPS[group][1]
    sums = [_sums(comparison, side) for side in SIDES]
    counted = pl.any_horizontal(exact(layer) for layer in comparison.layers)
    table = (
        comparison.stays.group_by(key.alias("name"))
        .agg(
            counted.sum().cast(pl.Int64).alias("stays"),
            _people(counted).cast(pl.Int64).alias("people"),
            pl.col("sure").sum().cast(pl.Int64),
            pl.col("total_fen").filter("sure").sum(),
            *sums[0],
            *sums[1],
        )
        .with_columns(change_fen=pl.col("after_fen") - pl.col("before_fen"))
    )
    return table.sort(_rank(group), "name", nulls_last=True)


def _rank(group: str) -> pl.Expr:
    """Levels from the lowest, months in time, the others by what they cost."""
    if group == "level":
        return pl.col("name").replace_strict(
            {title: place for place, title in enumerate(LEVELS.values())}, default=None
        )
    return pl.col("name") if group == "month" else -pl.col("before_fen")


def _sums(comparison: VariantComparison, side: str) -> list[pl.Expr]:
    each = [pl.col(f"{la}_{side}_fen").filter(exact(la)).sum() for la in comparison.layers]
    paid = [
        sum_ for la, sum_ in zip(comparison.layers, each, strict=True) if la in comparison.funds
    ]
    return [
        *(sum_.alias(f"{la}_{side}_fen") for la, sum_ in zip(comparison.layers, each, strict=True)),
        pl.sum_horizontal(paid).alias(f"{side}_fen"),
        pl.col(f"self_{side}_fen").filter("sure").sum().alias(f"{side}_self_fen"),
    ]


def total(comparison: VariantComparison) -> dict[str, int]:
    """The columns of `by_group` for the whole year."""
    table = by_group(comparison, "month").drop("name", "people")
    sums = {name: int(value) for name, value in table.sum().row(0, named=True).items()}
    return {**sums, "people": comparison.year.people}


def largest(comparison: VariantComparison, count: int = 10) -> pl.DataFrame:
    """The stays whose entitlement changes most, either way: at, where they stand, before_fen, after_fen, change_fen."""
    changed = comparison.stays.filter(pl.col("change_fen") != 0)
    sides = {
        f"{side}_fen": pl.sum_horizontal(
            pl.when(exact(la)).then(pl.col(f"{la}_{side}_fen")) for la in comparison.layers
        )
        for side in SIDES
    }
    return (
        changed.sort(pl.col("change_fen").abs(), "at", descending=[True, False])
        .head(count)
        .select(
            "at", "period", "hospital", "stay_no", "level", "category", "total_fen", **sides,
            change_fen="change_fen",
        )
    )  # fmt: skip


def uncovered(comparison: VariantComparison) -> pl.DataFrame:
    """Why stays have no term under the variant: why, level, stays, people, before_fen (due today)."""
    due = pl.sum_horizontal(pl.col(f"{la}_before_fen") for la in comparison.layers)
    return (
        comparison.stays.filter(pl.col("why_after").is_not_null())
        .group_by(
            why="why_after",
            level=pl.col("level").replace_strict(LEVELS, default=None),
        )
        .agg(
            stays=pl.len().cast(pl.Int64),
            people=pl.col("id_no").n_unique().cast(pl.Int64),
            before_fen=due.sum(),
        )
        .sort("stays", "why", "level", descending=[True, False, False])
    )


def grown(comparison: VariantComparison, growth: Mapping[str, int]) -> pl.DataFrame:
    """What the variant would cost if stays of each level grew by `growth` (ten-thousandths): level, growth, after_fen,
    grown_fen; each level's sum is scaled and rounded half up once, per layer."""
    rate = pl.col("level").replace_strict(growth, default=0, return_dtype=pl.Int64)
    table = comparison.stays.group_by("level").agg(
        pl.col(f"{la}_after_fen").filter(exact(la)).sum() for la in comparison.funds
    )
    scaled = [share(pl.col(f"{la}_after_fen"), 10_000 + rate) for la in comparison.funds]
    return (
        table.with_columns(
            growth=rate,
            after_fen=pl.sum_horizontal(f"{la}_after_fen" for la in comparison.funds),
            grown_fen=pl.sum_horizontal(scaled),
        )
        .select(
            pl.col("level").replace_strict(LEVELS, default=None).alias("name"),
            "growth",
            "after_fen",
            "grown_fen",
        )
        .sort(_rank("level"))
    )
