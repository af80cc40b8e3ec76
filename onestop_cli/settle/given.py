"""What `settle` may see of a stay."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

from onestop_cli.rulebook.book import Rulebook
from onestop_cli.schema import IDENTITY, LINK, ORDER, PAIRING, READ_STAYS

_LOOKED_AT = {*ORDER, "id_no", "category", "disease"}
_WORDS = [
    name
    for name, dtype in {**READ_STAYS, **IDENTITY, **PAIRING, **LINK}.items()
    if dtype == pl.String and name not in _LOOKED_AT
]
"""Texts that no amount hangs on; sorting a year is dearer the more there is to carry."""


def settle_input(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """Everything but words and claims; of those only whether a layer was touched, and amounts that are taken as given because the
    layer is not computed or only bound-checked. What a decision paid out counts as claimed, and where nothing else was
    claimed stands as `<layer>_extra_fen`. Somebody without a usable ID is a person of their own."""
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
    ).drop(cs.ends_with("_claimed_fen") | cs.by_name(_WORDS, require_all=False))
