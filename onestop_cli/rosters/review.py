"""Who is due on a roster: to be taken off (清退), to be looked at again (复核), or about to end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from onestop_cli.privacy import mask_id

OFF, AGAIN, ENDING = "清退", "复核", "即将到期"


def due_entries(
    roster: pl.DataFrame, day: date, months: Mapping[str, int], within: int
) -> pl.DataFrame:
    """The entries that are due on `day`, with `what`, `why` and `since` (a day, null where nobody tells one).

    `months`: category → after how many months it is looked at again; `within`: days before its end.
    """
    unsure = pl.col("deceased_on").is_null() & pl.col("dead")
    dead = (pl.col("deceased_on") <= day).fill_null(value=False) | unsure
    over = pl.col("to_on") < day
    off = (
        pl.when(dead)
        .then(pl.lit("死亡，还在册"))
        .when(over)
        .then(pl.lit("待遇期已过，还在册"))
        .when(pl.col("ended"))
        .then(pl.lit("写着停保、退出等，还在册"))
    )
    per = pl.col("category").replace_strict(dict(months), default=None, return_dtype=pl.Int64)
    last = pl.col("from_on").dt.offset_by(pl.format("{}mo", per))
    ends = pl.col("to_on").is_between(day, day + timedelta(days=within))
    entries = roster.with_columns(_off=off, _again=last)
    again = pl.col("_off").is_null() & (pl.col("_again") <= day)
    parts = [
        entries.filter(pl.col("_off").is_not_null()).with_columns(
            what=pl.lit(OFF), why="_off", since=pl.when(dead).then("deceased_on").otherwise("to_on")
        ),
        entries.filter(again).with_columns(
            what=pl.lit(AGAIN), why=pl.format("批准满 {} 个月", per), since="_again"
        ),
        entries.filter(pl.col("_off").is_null() & ends).with_columns(
            what=pl.lit(ENDING), why=pl.lit("待遇期将满"), since="to_on"
        ),
    ]
    return (
        pl.concat(parts)
        .with_columns(id_shown=mask_id(pl.coalesce("id_no", "id_raw")))
        .select(
            "what", "why", "since", "name", "id_shown", "township", "village", "category",
            "category_raw", "from_on", "to_on",
        )
        .sort("what", "township", "village", "name", nulls_last=True)
    )  # fmt: skip
