"""Stays of one person that overlap, and short readmissions.

A stay that begins before an earlier one ends cannot be right. People with one are found by a cheap pass: stays
sorted by person and admission, and the latest discharge so far. Person and discharge are packed into one number for
it, so that its running maximum starts anew with each person by itself; a window per person costs four times as much.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.fingerprint import may_repeat
from onestop_cli.tables.schema import ORDER, row_place

_DAYS = 1 << 23
"""More than the days of any calendar, so that a person and a day fit into one whole number."""
_BITS = 64
_PEOPLE = 10**17
"""More than the first seventeen digits of an ID come to."""


def with_span(rows: pl.DataFrame) -> pl.DataFrame:
    """The inpatient stays of known people with dates in order: `who` as a number, `begin` and `end` as positive days.

    A visit inside a stay is no overlap. The settlements of one visit (就诊ID) are parts of one stay: only the first
    of them is taken, up to the last day of all.
    """
    known = pl.col("id_no").is_not_null() & (pl.col("admitted_on") <= pl.col("discharged_on"))
    rows = rows.filter(known & pl.col("inpatient").fill_null(True))
    part = pl.col("visit_no").is_not_null() & pl.col("settlement_no").is_not_null()
    if rows.select(part.any()).item():
        visit = ("hospital", "who_else", "visit_no")
        parts = rows.filter(part).sort(*ORDER).with_columns(
            pl.col("discharged_on").max().over(visit), pl.col("admitted_on").min().over(visit)
        )  # fmt: skip
        first = parts.unique(visit, keep="first", maintain_order=True)
        rows = pl.concat([rows.filter(~part), first])
    return rows.with_columns(
        who=_numbers(rows),
        begin=pl.col("admitted_on").to_physical().cast(pl.Int64) + _DAYS // 2,
        end=pl.col("discharged_on").to_physical().cast(pl.Int64) + _DAYS // 2,
    )


def _numbers(rows: pl.DataFrame) -> pl.Expr:
    """`who_else` as a number: the digits of the ID, and one of its own where the ID has several people."""
    plain = pl.col("who_else") == pl.col("id_no")
    odd = rows.filter(~plain)["who_else"].unique(maintain_order=True).to_list()
    numbers = {who: _PEOPLE + number for number, who in enumerate(odd)}
    return (
        pl.when(plain)
        .then("digits")
        .otherwise(pl.col("who_else").replace_strict(numbers, default=None, return_dtype=pl.Int64))
    )


def _latest_end(group: pl.Expr) -> pl.Expr:
    """The latest `end` among the rows before, in a table sorted by `group`; negative when none."""
    base = group.rle_id().cast(pl.Int64) * _DAYS
    return (base + pl.col("end")).cum_max().shift(1, fill_value=-1) - base


def overlaps(spans: pl.DataFrame) -> pl.DataFrame:
    """Per stay that begins before an earlier one of the same person ends: `overlap_place`.

    A cheap pass over everybody leaves the few people with overlaps; only these are put in order.
    A stay that begins and ends on one day lies within an earlier one only if that began before.
    """
    busy = _busy(spans)
    if busy.is_empty():
        return pl.DataFrame(schema={"at": pl.Int64, "overlap_place": pl.String})
    rows = (
        spans.join(busy, on="who", how="semi")
        .sort("who", "begin", *ORDER)
        .with_columns(nth=pl.int_range(pl.len()), place=row_place("period"))
        .with_columns(last=pl.col("end") * pl.len() + pl.len() - 1 - pl.col("nth"))
        .with_columns(last=pl.col("last").cum_max().shift(1).over("who"))
        .with_columns(
            last=pl.when(pl.col("begin") < pl.col("end"))
            .then("last")
            .otherwise(pl.col("last").first().over("who", "begin"))
        )
    )
    other = rows.height - 1 - pl.col("last") % pl.len()
    return (
        rows.with_columns(overlap_place=pl.col("place").gather(other.cast(pl.Int64)))
        .filter(pl.col("last") // pl.len() > pl.col("begin"))
        .select("at", "overlap_place")
    )


def _busy(spans: pl.DataFrame) -> pl.DataFrame:
    """`who` of the people with a stay that begins before an earlier one ends, and hardly anybody else.

    Values are sorted: the head of a hash of the person, the day and the row in one number. People who share a head are
    looked at as one, which finds no fewer of them; whoever is found in vain is passed over by whoever asks.
    """
    day = pl.col("begin") - pl.col("begin").min()
    of_row = len(spans).bit_length()
    of_day = of_row + int(spans.select(day.max()).item() or 0).bit_length()
    head = pl.col("who").hash() & pl.lit((1 << _BITS) - (1 << of_day), pl.UInt64)
    row = pl.int_range(pl.len(), dtype=pl.UInt64)
    packed = spans.select(head | day.cast(pl.UInt64) * (1 << of_row) | row).to_series().sort()
    place = packed & ((1 << of_row) - 1)
    ordered = spans.select("begin", "end")[place].with_columns(head=packed // (1 << of_day))
    late = ordered.select(_latest_end(pl.col("head")) > pl.col("begin")).to_series()
    return spans["who"].gather(place.filter(late)).unique().to_frame()


def gaps(spans: pl.DataFrame, readmission_days: int) -> pl.DataFrame:
    """Per stay 0 to `readmission_days` after the last discharge from the same hospital: `gap_days`."""
    again = spans.filter(may_repeat(spans, "hospital", "who"))
    if again.is_empty():
        return pl.DataFrame(schema={"at": pl.Int64, "gap_days": pl.Int64})
    return (
        again.select("at", "closed", "hospital", "who", "begin", "end")
        .sort("hospital", "who", "begin", "end")
        .with_columns(gap_days=pl.col("begin") - _latest_end(pl.struct("hospital", "who")))
        .filter(pl.col("gap_days").is_between(0, readmission_days) & ~pl.col("closed"))
        .select("at", "gap_days")
    )
