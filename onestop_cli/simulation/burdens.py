"""How burdens are spread, today and under a variant: own shares of a person's year, and the paid part of a bill.

Only people and stays of which everything is known (`sure`) are looked at. Amounts are fen.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.simulation.compare import VariantComparison
from onestop_cli.simulation.impact import SIDES

OWN_EDGES = (0, 50_000, 100_000, 300_000, 500_000, 1_000_000)
"""Upper edges of the classes of a person's own share in a year, fen."""

RATIOS = {
    "不足 50%": 4_999,
    "50%—60%": 5_999,
    "60%—70%": 6_999,
    "70%—80%": 7_999,
    "80%—90%": 8_999,
    "90%—100%": 9_999,
    "100%": 10_000,
}
"""Classes of 实际补偿比 (the part of a bill that the patient does not bear) and their upper edges, ten-thousandths."""


@dataclass(frozen=True)
class Burden:
    """Own shares of a person's year, over people of whom everything is known; `heavy`: people above `edge_fen`,
    `excess_fen`: what they pay above it; `off` and `onto`: people who come below it, or above."""

    edge_fen: int
    people: int
    heavy: tuple[int, int]
    excess_fen: tuple[int, int]
    off: int
    onto: int


def burden(comparison: VariantComparison, edge_fen: int) -> Burden:
    """Catastrophic own shares today and under the variant."""
    own = _own_shares(comparison)
    before, after = pl.col("before") > edge_fen, pl.col("after") > edge_fen
    row = own.select(
        people=pl.len(),
        heavy_before=before.sum(),
        heavy_after=after.sum(),
        excess_before=(pl.col("before") - edge_fen).clip(lower_bound=0).sum(),
        excess_after=(pl.col("after") - edge_fen).clip(lower_bound=0).sum(),
        off=(before & ~after).sum(),
        onto=(after & ~before).sum(),
    ).cast(pl.Int64).row(0, named=True)  # fmt: skip
    return Burden(
        edge_fen,
        row["people"],
        (row["heavy_before"], row["heavy_after"]),
        (row["excess_before"], row["excess_after"]),
        row["off"],
        row["onto"],
    )


def _own_shares(comparison: VariantComparison) -> pl.DataFrame:
    """A row per person and benefit year of which every stay is sure: before, after (fen)."""
    whole = pl.col("sure").all()
    return (
        comparison.stays.group_by("id_no", "benefit_year")
        .agg(
            whole=whole,
            before=pl.col("self_before_fen").sum(),
            after=pl.col("self_after_fen").sum(),
        )
        .filter("whole")
    )


def own_share_classes(comparison: VariantComparison) -> pl.DataFrame:
    """People by their own share of the year: name, before, after."""
    names = ["没有自付", *_spans(OWN_EDGES[1:], 100, " 元")]
    own = _own_shares(comparison)
    return _classes(names, own["before"], own["after"], OWN_EDGES)


def ratio_classes(comparison: VariantComparison) -> pl.DataFrame:
    """Stays by the paid share of the bill (实际补偿比): name, before, after."""
    sure = comparison.stays.filter(pl.col("sure"), pl.col("total_fen") > 0)
    total = pl.col("total_fen")
    shares = sure.select(
        ((total - pl.col(f"self_{side}_fen")) * 10_000 // total).alias(side) for side in SIDES
    )
    return _classes(list(RATIOS), shares["before"], shares["after"], list(RATIOS.values())[:-1])


def _spans(edges: Sequence[int], unit: int, word: str) -> list[str]:
    """`500 元及以下`, `500—1,000 元` …, the last one open."""
    texts = [f"{edge // unit:,}" for edge in edges]
    inner = [f"{low}—{high}{word}" for low, high in itertools.pairwise(texts)]
    return [f"{texts[0]}{word}及以下", *inner, f"{texts[-1]}{word}以上"]


def _classes(
    names: Sequence[str], before: pl.Series, after: pl.Series, edges: Sequence[int]
) -> pl.DataFrame:
    """How many values lie in each class; an upper edge belongs to the lower class."""
    counts = {}
    for side, values in (("before", before), ("after", after)):
        above = [int((values > edge).sum()) for edge in edges]
        counts[side] = [a - b for a, b in itertools.pairwise([len(values), *above, 0])]
    return pl.DataFrame({"name": names, **counts}, schema_overrides={"before": pl.Int64})
