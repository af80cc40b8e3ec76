"""Decisions put beside their stays, those of earlier runs included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from onestop_cli.tables.decisions import CATEGORY, DEDUCT, PAY, REFUSE, RELEASE


def decided(
    stays: pl.DataFrame, decisions: pl.DataFrame | None, layers: Sequence[str]
) -> pl.DataFrame:
    """Decisions beside their stays (numbered by `_at`); a recognised category applies as if the roster had it."""
    decided = _with_earlier_choices(apply(stays, decisions, layers), layers)
    own = pl.col("decided_category").is_not_null()
    category = pl.coalesce("decided_category", "category")
    return decided.with_columns(
        category=category,
        categories=pl.when(own).then(pl.concat_list(category)).otherwise("categories"),
        entitled=pl.col("entitled") | own,
        listed=pl.col("listed") | own,
    )


def _with_earlier_choices(stays: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    """What was decided about closed stays in earlier runs stays decided; amounts add up. One that was refused keeps its
    state by itself (`closed.reopened`)."""
    both = pl.concat_str(["was_released", "released"], separator=";", ignore_nulls=True)
    stays = stays.with_columns(
        released=both.replace("", None),
        decided_category=pl.coalesce("decided_category", "was_category", _recognised(stays)),
    )
    names = [f"{layer}_{what}_fen" for layer in layers for what in ("docked", "supplement")]
    absent = [f"was_{name}" for name in names if f"was_{name}" not in stays.columns]
    stays = stays.with_columns(pl.lit(None, pl.Int64).alias(name) for name in absent)
    return stays.with_columns(
        pl.when(pl.coalesce(name, f"was_{name}").is_not_null())
        .then(pl.sum_horizontal(name, f"was_{name}"))
        .alias(name)
        for name in names
    )


def _recognised(stays: pl.DataFrame) -> pl.Expr:
    """The category of a closed stay whose person is known only now: it stays, as if people had named it."""
    anew = pl.coalesce("listed_as", "decided_id_no").is_not_null() & pl.col("period").is_not_null()
    return pl.when(anew & pl.col("entitled")).then("category")


def apply(
    stays: pl.DataFrame, decisions: pl.DataFrame | None, layers: Sequence[str]
) -> pl.DataFrame:
    """`stays` with `decided` (what was decided about each, joined by 、), `released` (codes joined by `;`), `refused`,
    `decided_category`, and per layer `<layer>_docked_fen`, `<layer>_supplement_fen` (fen, null where nothing was
    decided). `decisions`: as matched."""
    if decisions is None:
        return stays.with_columns(**_nothing(layers))
    kind = pl.col("decision")
    each = decisions.group_by("stay").agg(
        kind.unique(maintain_order=True).str.join("、").alias("decided"),
        pl.col("code").filter(kind == RELEASE).str.join(";").replace("", None).alias("released"),
        (kind == REFUSE).any().alias("refused"),
        pl.col("category").filter(kind == CATEGORY).first().alias("decided_category"),
        *_sums(layers),
    )
    found = stays.join(
        each, left_on="_at", right_on="stay", how="left", validate="1:1", maintain_order="left"
    )
    return found.with_columns(pl.col("refused").fill_null(False))


def _nothing(layers: Sequence[str]) -> dict[str, pl.Expr]:
    """The same where nothing was decided: literals, which no row has to be looked at for."""
    text, fen = pl.lit(None, pl.String), pl.lit(None, pl.Int64)
    sums = (f"{layer}_{what}_fen" for layer in layers for what in ("docked", "supplement"))
    told = {"decided": text, "released": text, "refused": pl.lit(False), "decided_category": text}
    return told | dict.fromkeys(sums, fen)


def _sums(layers: Sequence[str]) -> Iterator[pl.Expr]:
    for layer in layers:
        for what, kind in (("docked", DEDUCT), ("supplement", PAY)):
            amount = pl.col("amount_fen").filter(
                (pl.col("decision") == kind) & (pl.col("layer") == layer)
            )
            yield pl.when(amount.len() > 0).then(amount.sum()).alias(f"{layer}_{what}_fen")
