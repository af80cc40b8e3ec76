"""What `settle` may see of a stay."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.language import EXPENSES
from onestop_cli.tables.schema import ORDER

SEEN = cs.by_name(
    "id_no", "benefit_year", *ORDER, "inpatient", "total_fen", "eligible_fen", "has_eligible",
    "quota", "_held_before", "_held_before_fen",
    *(f"{expense}_fen" for expense in EXPENSES), "term",
    require_all=False,
) | cs.contains("_opened_") | cs.ends_with(
    "_term", "_check", "_touched", "_taken_fen", "_extra_fen", "_cost_fen", "before_fen", "_nth"
)  # fmt: skip
"""All that an amount can hang on; putting a year in order is dearer the more there is to carry."""


def settle_input(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """Everything but claims; of those only whether a layer was touched, and amounts that are taken as given because
    the layer is not computed or only bound-checked. What a decision paid out counts as claimed, and where nothing else
    was claimed stands as `<layer>_extra_fen`. Somebody without a usable ID is a person of their own."""
    claims = {layer: pl.col(f"{layer}_claimed_fen").fill_null(0) for layer in book.layers}
    return stays.with_columns(
        pl.coalesce("id_no", "person").alias("id_no"),
        *(
            ((claim > 0) | (pl.col(f"{layer}_supplement_fen") > 0).fill_null(False)).alias(
                f"{layer}_touched"
            )
            for layer, claim in claims.items()
        ),
        *(
            pl.when(claim == 0)
            .then(pl.col(f"{layer}_supplement_fen"))
            .fill_null(0)
            .alias(f"{layer}_extra_fen")
            for layer, claim in claims.items()
        ),
        *(
            pl.when(pl.col(f"{layer}_check") != "exact").then(claim).alias(f"{layer}_taken_fen")
            for layer, claim in claims.items()
        ),
    ).drop(cs.ends_with("_claimed_fen"))
