"""Stay ↔ roster entry on the day that counts: listed, entitled, in which category, from where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import polars as pl

from onestop_cli.identify import identify
from onestop_cli.residence import residence
from onestop_cli.schema import LINK, row_place
from onestop_cli.suggest import suggest

_ENDED = "停保|停发|停止|退保|退出|注销|取消|终止|清退"
_DEAD = "死亡|去世|已故|户籍注销|户口注销|销户"
_STILL = "未|恢复|续"
_ASKED = ("id_no", "name_key", "id_raw", "id_numeric", "birth_on")


def understand_roster(rows: pl.DataFrame, categories: Callable[[str], str | None]) -> pl.DataFrame:
    """Roster rows as read (READ_ROSTER) with IDENTITY and what they mean.

    `categories` gives the name a category goes by, None for a text that says there is none.
    `dead`: the status says that the person died or left the register of residents. `deceased_on`:
    since when, by 死亡日期 or else by the last day of such an entry. `ended`: the status says that the
    entitlement is over, and no date says since when.
    """
    texts = rows["category_raw"].unique().drop_nulls()
    known = {text: categories(text) for text in texts}
    status = pl.col("status_raw").fill_null("")
    dead = status.str.contains(_DEAD) & ~status.str.contains(_STILL)
    over = status.str.contains(_ENDED) & ~status.str.contains(_STILL) & ~dead
    return identify(rows).with_columns(
        category=pl.col("category_raw").replace_strict(known, default=None, return_dtype=pl.String),
        dead=dead,
        deceased_on=pl.coalesce("died_on", pl.when(dead).then("to_on")),
        ended=over & pl.col("to_on").is_null(),
    )


def link(
    stays: pl.DataFrame,
    roster: pl.DataFrame,
    *,
    priority: Sequence[str],
    overlap: Literal["priority", "best", "stack"],
    day_column: str,
) -> pl.DataFrame:
    """`stays` (identified) with the columns of `LINK` and `categories`; no stay is doubled or lost.

    `roster` is an understood roster, looked at on the day in `day_column`; first and last day of an
    entitlement are inclusive. `priority` are the categories the documents know, first things first.
    `categories`: those that count, in that order; under `priority` only the one that applies.
    """
    asked = stays.select(*_ASKED, day=day_column).with_columns(at=pl.int_range(pl.len()))
    met = _meet(asked, _entries(roster, priority))
    found = asked.select("at").pipe(_beside, _verdicts(met, overlap)).pipe(_beside, _lapses(met))
    found = found.with_columns(
        pl.col("listed", "entitled").fill_null(False), pl.col("categories").fill_null([])
    ).pipe(_with_residence, residence(stays, roster))
    lost = asked.hstack(found.select("township", "village")).filter(found["roster_place"].is_null())
    found = _beside(found, suggest(lost, roster))
    return stays.hstack(found.select(*LINK, "categories"))


def _beside(found: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    """`found` with the columns of `part`, in the order of `found`."""
    return found.join(part, on="at", how="left", validate="1:1", maintain_order="left")


def _entries(roster: pl.DataFrame, priority: Sequence[str]) -> pl.DataFrame:
    """Entries with a usable ID, best first: categories the documents know, then by place."""
    rank = {category: number for number, category in enumerate(priority)}
    return (
        roster.drop_nulls("id_no")
        .with_columns(
            rank=pl.col("category").replace_strict(rank, default=None, return_dtype=pl.Int64)
        )
        .sort("rank", "category", "source", "sheet", "row", nulls_last=True)
        .select(
            "id_no",
            "category",
            "from_on",
            "to_on",
            "ended",
            "deceased_on",
            "status_raw",
            entry=pl.int_range(pl.len()),
            entry_key="name_key",
            entry_name=pl.col("name").fill_null("（空白）"),
            entry_township="township",
            entry_village="village",
            known=pl.col("rank").is_not_null(),
            place=row_place(),
        )
    )


def _meet(asked: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Every stay beside every entry of its ID; those of its name first, valid ones before others."""
    day = pl.col("day")
    same = (pl.col("entry_key") == pl.col("name_key")).fill_null(False)
    begun = pl.col("from_on").is_null() | (pl.col("from_on") <= day)
    not_over = pl.col("to_on").is_null() | (pl.col("to_on") >= day)
    valid = (
        begun & not_over & ~pl.col("ended") & pl.col("category").is_not_null() & day.is_not_null()
    )
    met = (
        asked.select("at", "id_no", "name_key", "day")
        .join(entries, on="id_no", maintain_order="left")
        .with_columns(same=same)
        .with_columns(valid=same & valid.fill_null(False))
    )
    if (met["at"] == met["at"].shift()).any():
        return met.sort("at", ~pl.col("same"), ~pl.col("valid"), "entry")
    return met


def _verdicts(met: pl.DataFrame, overlap: str) -> pl.DataFrame:
    """Per stay that met an entry: the columns of LINK but the lapse and the suggestion."""
    at = pl.col("at")
    alone = at.ne_missing(at.shift(1)) & at.ne_missing(at.shift(-1))
    one = met.with_columns(alone=alone)
    several = one.filter(~pl.col("alone")).drop("alone")
    return pl.concat([one.filter("alone").pipe(_of_one), several.pipe(_of_several, overlap)])


def _of_one(met: pl.DataFrame) -> pl.DataFrame:
    """The verdict where a stay met a single entry, as nearly all do: nothing to choose between."""
    same, valid, category = pl.col("same"), pl.col("valid"), pl.col("category")
    counts = pl.when(valid & pl.col("known")).then(pl.concat_list(category))
    return met.select(
        "at",
        category=pl.when(valid).then(category),
        listed=same,
        entitled=valid,
        township=pl.when(same).then("entry_township"),
        village=pl.when(same).then("entry_village"),
        roster_name=pl.when(~same).then("entry_name"),
        roster_place="place",
        died_on="deceased_on",
        categories_valid=pl.lit(None, pl.String),
        categories=pl.coalesce(counts, pl.lit([], pl.List(pl.String))),
    )


def _of_several(met: pl.DataFrame, overlap: str) -> pl.DataFrame:
    """The same where there are several: the best valid one counts."""
    best_first = pl.col("category").filter("valid").unique(maintain_order=True)
    known = pl.col("category").filter(pl.col("valid") & pl.col("known")).unique(maintain_order=True)
    somewhere = pl.col("same") & (
        pl.col("entry_township").is_not_null() | pl.col("entry_village").is_not_null()
    )
    return met.group_by("at", maintain_order=True).agg(
        category=best_first.first(),
        listed=pl.col("same").any(),
        entitled=pl.col("valid").any(),
        township=pl.col("entry_township").filter(somewhere).first(),
        village=pl.col("entry_village").filter(somewhere).first(),
        roster_name=pl.when(~pl.col("same").any()).then(
            pl.col("entry_name").unique(maintain_order=True).str.join("、")
        ),
        roster_place=pl.col("place").first(),
        died_on=pl.col("deceased_on").min(),
        categories_valid=pl.when(best_first.len() > 1).then(best_first.str.join("、")),
        categories=known.head(1) if overlap == "priority" else known,
    )


def _lapses(met: pl.DataFrame) -> pl.DataFrame:
    """Per listed stay without a valid entry: why each entry does not hold on the day."""
    day = pl.col("day")
    why = (
        pl.when(pl.col("category").is_null())
        .then(pl.lit("花名册没有写明救助类别"))
        .when(day.is_null())
        .then(pl.lit("日期缺失，无法核对待遇期"))
        .when("ended")
        .then(pl.format("花名册状态为“{}”", "status_raw"))
        .when(pl.col("from_on") > day)
        .then(pl.format("{} 起享受，当时尚未开始", _iso("from_on")))
        .otherwise(pl.format("待遇已于 {} 终止", _iso("to_on")))
    )
    told = pl.concat_str(["category", why], separator="：", ignore_nulls=True)
    return (
        met.filter(pl.col("same") & ~pl.col("valid"))
        .join(met.filter("valid").select("at"), on="at", how="anti", maintain_order="left")
        .group_by("at", maintain_order=True)
        .agg(lapse=told.unique(maintain_order=True).str.join("；"))
    )


def _iso(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string("%Y-%m-%d")


def _with_residence(found: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Township and village by the roster entry, else by the export where it names a known place."""
    unknown = pl.col("township").is_null() & pl.col("village").is_null()
    return found.with_columns(
        pl.when(unknown).then(own[column]).otherwise(column).alias(column)
        for column in ("township", "village")
    )
