"""The rows to compare: whose they are, under which number, and what closed ones stand for."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.fingerprint import may_differ, may_repeat
from onestop_cli.tables.schema import MONEY, ORDER, PLACE, Schema, row_place

NOTHING_CLOSED = {
    **dict.fromkeys(("period", "status", "blocking", "was_released"), pl.lit(None, pl.String)),
    "was_refused": pl.lit(None, pl.Boolean),
}
SAME_DAY = ("hospital", "who", "admitted_on")
"""What two rows of one stay share; beside it their number or their discharge (`sides`)."""

_ABOUT = (
    "id_no",
    "name_key",
    "person",
    "settlement_no",
    "visit_no",
    "inpatient",
    "refund_flag",
    "setl_type",
)
_REFUSED = pl.col("was_refused").fill_null(False)
_CODES = pl.col("blocking").fill_null("").str.split(";")
_DOUBLED = _CODES.list.contains("ST01")
_FREED = pl.col("was_released").fill_null("").str.split(";").list.contains("ST01")
_OF_CLOSED = {
    "twinned": (_DOUBLED | _FREED) & ~_REFUSED & (pl.col("status") != "settled"),
    "judged_twin": (_DOUBLED & _REFUSED) | _FREED,
    "copy": _CODES.list.contains("ST07") & ~_REFUSED,
    "final": ((pl.col("status") == "settled") | _REFUSED).fill_null(False),
    "gone": (pl.col("status") == "reversed").fill_null(False),
}
"""What a closed stay stands for; the run's own rows are none of it."""
_NEEDED = tuple(dict.fromkeys((*PLACE, *ORDER, *_ABOUT, *MONEY, "self_claimed_fen")))


def gathered(
    stays: pl.DataFrame, earlier: pl.DataFrame, roster: pl.DataFrame | None
) -> pl.DataFrame:
    """`stays` and the closed ones of `earlier` after them, numbered by `at`, with `number` and `who` (the person).

    Of closed stays: `twinned`, a duplicate (ST01) that is not paid; `judged_twin`, one that was refused or released;
    `copy`, held as one that was settled before (ST07); `final`, settled or refused, and so never to be paid again;
    `gone`, taken back or reported anew. `near`: rows that may share person and day of admission with another;
    `digits`: the first seventeen of the ID.
    """
    rows = stays.select(*_NEEDED, **NOTHING_CLOSED, **dict.fromkeys(_OF_CLOSED, pl.lit(False)))
    if len(earlier):
        closed = earlier.select(*_NEEDED, *NOTHING_CLOSED, **_OF_CLOSED)
        rows = pl.concat([rows, closed], how="vertical_relaxed")
    number = pl.col("stay_no").str.strip_chars()
    numbered = rows.with_columns(
        at=pl.int_range(pl.len()),
        closed=pl.col("status").is_not_null(),
        number=pl.when(number != "").then(number),
        visit=pl.coalesce("visit_no", pl.when(number != "").then(number)),
        digits=pl.col("id_no").str.head(17).cast(pl.Int64, strict=False),
    )
    named = _of_ids(numbered, roster)
    named = named.with_columns(who=_of_named(named))
    return named.with_columns(near=may_repeat(named, "who", "admitted_on"))


def _of_ids(rows: pl.DataFrame, roster: pl.DataFrame | None) -> pl.DataFrame:
    """`who` of rows with a usable ID, for duplicates, and `who_else`, for overlaps: the ID.

    Where it is listed and stands under several names, the row whose name is the roster's is no copy of the others,
    which wait for their names (ID04): ID and name. Where several of these names are listed they are several people,
    and do not overlap each other either.
    """
    whole = rows.with_columns(who="id_no", who_else="id_no")
    several = may_differ(rows, rows["digits"], "name_key")
    few = rows.filter(several).select("id_no", "name_key")
    if roster is None or few.is_empty():
        return whole
    names = (
        few.group_by("id_no")
        .agg(several=pl.col("name_key").n_unique())
        .filter(pl.col("several") > 1)
    )
    torn = few.unique().join(names, on="id_no", how="semi")
    told = roster.select("id_no", "name_key").unique()
    listed = torn.filter(pl.col("id_no").is_in(told["id_no"].implode()))["id_no"].unique()
    both = torn.join(told, on=["id_no", "name_key"], how="semi")
    people = both.group_by("id_no").len().filter(pl.col("len") > 1)["id_no"]
    apart = pl.concat_str("id_no", pl.col("name_key").fill_null(""), separator="/")
    return whole.with_columns(
        pl.when(pl.col("id_no").is_in(ids.implode())).then(apart).otherwise("id_no").alias(name)
        for name, ids in (("who", listed), ("who_else", people))
    )


def _of_named(rows: pl.DataFrame) -> pl.Series:
    """`who` of all rows: one without a usable ID is the only person who has its name on the same stay; where several
    fit it is nobody else's, and where none fits it is a person of that name at that hospital."""
    nameless = rows.filter(pl.col("id_no").is_null())
    if nameless.is_empty():
        return rows["who"]
    known = rows.filter(pl.col("id_no").is_not_null())
    on = ["hospital", "admitted_on", "name_key"]
    met = nameless.select("at", "number", "discharged_on", *on).join(
        known.select("who", "number", "discharged_on", *on), on=on
    )
    beside = (pl.col("number") == pl.col("number_right")) | (
        pl.col("discharged_on") == pl.col("discharged_on_right")
    )
    fits = met.filter(beside).group_by("at").agg(pl.col("who").unique())
    named = nameless.join(fits, on="at", how="left", maintain_order="left").select(
        "at",
        who=pl.when(pl.col("who_right").list.len() == 1)
        .then(pl.col("who_right").list.first())
        .when(pl.col("who_right").is_null() & pl.col("name_key").is_not_null())
        .then(pl.format("?{}", "name_key"))
        .otherwise(pl.format("?{}", "at")),
    )
    return rows.select("at", "who").update(named, on="at")["who"]


def without(rows: pl.DataFrame, *others: pl.DataFrame) -> pl.DataFrame:
    """`rows` but those whose `at` is in one of the others."""
    gone = pl.concat([other.select("at") for other in others])["at"]
    return rows.filter(~pl.col("at").is_in(gone.implode())) if len(gone) else rows


_PAIRS: Schema = {"at": pl.Int64, "nth": pl.Int64, "place": pl.String, "other_nth": pl.Int64}


def same_stay(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """(`at`, `nth` as the rows stand, `place`, `other_nth`) of each pair of rows that tell of one stay.

    One person at one hospital from one day on, under one number or to one day; where both rows have a settlement number
    (结算ID) it alone decides, and visits (门诊, 慢特病) of different 就诊ID are two.
    """
    if rows.is_empty() or others.is_empty():
        return pl.DataFrame(schema=_PAIRS)
    sides = ("number", "discharged_on", "settlement_no", "visit_no", "inpatient")
    left = rows.select("at", *SAME_DAY, *sides, nth=pl.int_range(pl.len()))
    right = others.select(
        *SAME_DAY, *sides, place=row_place("period"), other_nth=pl.int_range(pl.len())
    )
    both = left.join(right, on=SAME_DAY, how="inner")
    one = (pl.col("number") == pl.col("number_right")).fill_null(False)
    one |= (pl.col("discharged_on") == pl.col("discharged_on_right")).fill_null(False)
    visits = ~pl.col("inpatient") & ~pl.col("inpatient_right")
    one &= ~(visits & (pl.col("visit_no") != pl.col("visit_no_right"))).fill_null(value=False)
    numbers = pl.col("settlement_no") == pl.col("settlement_no_right")
    return both.filter(numbers.fill_null(one)).select("at", "nth", "place", "other_nth")
