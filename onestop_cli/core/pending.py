"""Closed stays that still wait, from the books and the run at hand together."""

from __future__ import annotations

import polars as pl

from onestop_cli.privacy import mask_id
from onestop_cli.tables.schema import (
    PLACE,
    Schema,
)

PENDING: Schema = {
    "period": pl.String,
    **PLACE,
    "hospital": pl.String,
    "stay_no": pl.String,
    "name": pl.String,
    "id_shown": pl.String,
    "blocking": pl.String,
    "held_fen": pl.Int64,
    "because": pl.String,
}
"""Closed stays that are still held: the period they were posted in, where they stood, what holds them; of those that
were settled first, which row or fact made them wait (`because`)."""

HELD_SINCE = pl.when(kind="转待核").then("because")
"""`PENDING`'s `because` out of an adjustment line."""


REPORTED_AGAIN = pl.col("blocking").str.contains("ST07", literal=True).fill_null(False)
"""Held rows that report a stay once more which a closed period has settled; they wait for no answer."""


def still_pending(pending: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """`pending` (`PENDING`) as it is after a run with these adjustment lines, oldest first."""
    keys = ["period", *PLACE]
    left = pending.join(lines, on=keys, how="anti", nulls_equal=True)
    held = [name for name in lines.columns if name.endswith("_held_fen")]
    here = lines.filter(pl.col("status") == "held").select(
        *keys, "hospital", "stay_no", "name", "blocking",
        because_now=HELD_SINCE,
        id_shown=mask_id(pl.col("id_no")),
        change=pl.sum_horizontal(held),
    )  # fmt: skip
    before = pending.select(*keys, "because", before="held_fen")
    changed = here.join(before, on=keys, how="left", nulls_equal=True).with_columns(
        held_fen=pl.col("change") + pl.col("before").fill_null(0),
        because=pl.coalesce("because_now", "because"),
    )
    return pl.concat([left, changed.select(*PENDING)]).sort("period", *PLACE)
