"""The stays that leads add to a draw, and digests of leads and rows by which a draw is held to its plan."""

from __future__ import annotations

from hashlib import sha256

import polars as pl

from onestop_cli.audit.plan import Drawing
from onestop_cli.audit.sampling import FRAME_SORT
from onestop_cli.tables.schema import PLACE


def with_leads(
    drawing: Drawing, stays: pl.DataFrame, leads: pl.DataFrame, count: int
) -> pl.DataFrame:
    """The drawn stays, and on top up to `count` stays of the leads in their order; `leads`: the rules that met each.

    A lead gives its dearest stays, no more than `_OF_A_LEAD`: a pattern of a whole hospital must not fill the list.
    """
    # A closed stay may lie at the place of one of this run: file and row repeat from quarter to quarter.
    own = [*PLACE, "hospital", "stay_no"]
    shown = (
        leads.with_row_index("nth")
        .select("nth", "rule", stay="stays")
        .explode("stay")
        .drop_nulls("stay")
        .unnest("stay")
        .join(stays.select(own), on=own, how="semi", nulls_equal=True)
    )
    met = shown.group_by(*PLACE).agg(leads=pl.col("rule").unique().sort())
    known = with_known_leads(drawing, stays, met)
    order = ["nth", "amount", *FRAME_SORT[:-1], *PLACE]
    on_top = (
        shown.select("nth", *PLACE)
        .join(known.filter(pl.col("reason") == "lead"), on=[*PLACE], nulls_equal=True)
        .sort(order, descending=[name == "amount" for name in order])
        .unique([*PLACE], keep="first", maintain_order=True)
        .filter(pl.int_range(pl.len()).over("nth") < _OF_A_LEAD)
    )
    return pl.concat(
        [known.filter(pl.col("reason") != "lead"), on_top.head(count).select(known.columns)]
    )


_OF_A_LEAD = 2


def with_known_leads(drawing: Drawing, stays: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """The drawn stays, then all other stays in `met` (place, leads, …) with the reason `lead`.

    `amount` (fen) of a stay on top is what is paid for it or held; a rejected one has 0.
    """
    places, about = [*PLACE], [name for name in met.columns if name not in PLACE]
    amounts = [name for name in stays.columns if name.endswith(_AT_STAKE)]
    on_top = (
        stays.join(met, on=places, how="inner", nulls_equal=True, validate="1:1")
        .join(drawing.sample, on=places, how="anti", nulls_equal=True)
        .with_columns(
            amount=pl.sum_horizontal(pl.col(amounts).fill_null(0)).cast(pl.Int64),
            stratum=pl.lit("lead"),
            reason=pl.lit("lead"),
        )
    )
    drawn = drawing.sample.join(
        met, on=places, how="left", nulls_equal=True, validate="1:1", maintain_order="left"
    )
    columns = [*drawing.sample.columns, *about]
    return pl.concat([drawn.select(columns), on_top.select(columns)])


_AT_STAKE = ("_payable_fen", "_offset_fen", "_held_fen")


def rows_hash(rows: pl.DataFrame) -> str:
    """SHA-256 of rows of `sample.parquet`, wherever the stays lie: one line a row, in their order."""
    return _hash(
        rows.select("stay_no", "hospital", "stratum", "reason", pl.col("amount").cast(pl.String))
    )


def leads_hash(leads: pl.DataFrame) -> str:
    """SHA-256 of leads: rule, score, hospital, amount, words and their stays' hospitals and numbers."""
    stay = pl.concat_str(
        pl.element().struct.field("hospital").fill_null(""),
        pl.element().struct.field("stay_no").fill_null(""),
        separator=" ",
    )
    return _hash(
        leads.select(
            "rule",
            pl.col("score").cast(pl.String),
            "hospital",
            pl.col("amount").cast(pl.String),
            "why",
            pl.col("stays").list.eval(stay).list.join(","),
        )
    )


def _hash(rows: pl.DataFrame) -> str:
    lines = rows.select(pl.concat_str(pl.all().fill_null(""), separator="\t")).to_series()
    return sha256("\n".join(lines).encode()).hexdigest()
