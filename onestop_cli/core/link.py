"""Stay ↔ roster entry on the day that counts: listed, entitled, in which category, from where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import polars as pl

from onestop_cli.core.identify import identify
from onestop_cli.core.options import Names, named
from onestop_cli.core.residence import TEXTS, residence
from onestop_cli.core.scatter import spread
from onestop_cli.core.suggest import suggest
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import GOVERNING
from onestop_cli.tables.schema import LINK, PLACE, row_place

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


def linked(stays: pl.DataFrame, roster: pl.DataFrame, book: Rulebook, names: Names) -> pl.DataFrame:
    """Stays beside their roster entries on the day the documents look at, and the category that the file states."""
    first = book.rules[0]
    stays = stays.with_columns(roster_day=GOVERNING[first.basis.roster_day])
    found = link(
        stays,
        roster,
        priority=book.priority,
        overlap=first.categories.overlap,
        day_column="roster_day",
    )
    return found.with_columns(category_stated=named(stays["category_raw"], names.category))


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
    asked = stays.select(*_ASKED, day=day_column).with_columns(
        at=pl.int_range(pl.len(), dtype=pl.UInt32)
    )
    one, several = _meet(asked, _entries(roster, priority))
    verdicts = pl.concat([_of_one(one), _of_several(several, overlap)])
    found = _beside(asked.select("at"), verdicts, _lapses(one, several))
    found = found.with_columns(
        pl.col("listed", "entitled").fill_null(False), pl.col("categories").fill_null([])
    ).pipe(_with_residence, stays, roster)
    lost = asked.hstack(found.select("township", "village")).filter(found["roster_place"].is_null())
    found = _beside(found, suggest(lost, roster))
    return stays.hstack(found.select(*LINK, "categories"))


def _beside(found: pl.DataFrame, *parts: pl.DataFrame) -> pl.DataFrame:
    """`found` with the columns of `parts`, each row at the stay that its `at` says."""
    columns = (spread(part.drop("at"), part["at"], len(found)) for part in parts)
    return pl.concat([found, *columns], how="horizontal")


def _entries(roster: pl.DataFrame, priority: Sequence[str]) -> pl.DataFrame:
    """Entries with a usable ID; `rank` by the categories that the documents know."""
    rank = {category: number for number, category in enumerate(priority)}
    return roster.select(
        "id_no",
        "category",
        "from_on",
        "to_on",
        "ended",
        "deceased_on",
        "status_raw",
        *PLACE,
        entry_key="name_key",
        entry_name=pl.col("name").fill_null("（空白）"),
        entry_township="township",
        entry_village="village",
        rank=pl.col("category").replace_strict(rank, default=None, return_dtype=pl.Int64),
        place=row_place(),
    ).filter(pl.col("id_no").is_not_null())


def _meet(asked: pl.DataFrame, entries: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Stays beside the only entry of their ID, and stays beside each of several: those of their name first, valid ones
    before others, then by rank and place."""
    numbered = entries.select("id_no", entry=pl.int_range(pl.len(), dtype=pl.UInt32))
    met = asked.select("at", "id_no", "name_key", "day").join(
        numbered, on="id_no", maintain_order="left"
    )
    at = pl.col("at")
    alone = met.select(at.ne_missing(at.shift(1)) & at.ne_missing(at.shift(-1))).to_series()
    known = entries.drop("id_no").rechunk()
    one, several = (
        part.drop("id_no", "entry").hstack(known[part["entry"]]).pipe(_compared)
        for part in (met.filter(alone), met.filter(~alone))
    )
    best = (~pl.col("same"), ~pl.col("valid"))
    return one, several.sort("at", *best, "rank", "category", *PLACE, nulls_last=True)


def _compared(met: pl.DataFrame) -> pl.DataFrame:
    """`same`: the entry has the patient's name; `valid`: and holds on the day."""
    day = pl.col("day")
    begun = pl.col("from_on").is_null() | (pl.col("from_on") <= day)
    not_over = pl.col("to_on").is_null() | (pl.col("to_on") >= day)
    holds = (
        begun & not_over & ~pl.col("ended") & pl.col("category").is_not_null() & day.is_not_null()
    )
    same = (pl.col("entry_key") == pl.col("name_key")).fill_null(False)
    return met.with_columns(same=same, valid=same & holds.fill_null(False))


def _of_one(met: pl.DataFrame) -> pl.DataFrame:
    """The verdict where a stay met a single entry, as nearly all do: nothing to choose between."""
    same, valid, category = pl.col("same"), pl.col("valid"), pl.col("category")
    counts = pl.when(valid & pl.col("rank").is_not_null()).then(pl.concat_list(category))
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
        categories=counts,
    )


def _of_several(met: pl.DataFrame, overlap: str) -> pl.DataFrame:
    """The same where there are several: the best valid one counts."""
    best_first = pl.col("category").filter("valid").unique(maintain_order=True)
    counts = pl.col("valid") & pl.col("rank").is_not_null()
    known = pl.col("category").filter(counts).unique(maintain_order=True)
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


def _lapses(one: pl.DataFrame, several: pl.DataFrame) -> pl.DataFrame:
    """Per listed stay without a valid entry: why each entry does not hold on the day."""
    lapsed = pl.col("same") & ~pl.col("valid").any().over("at")
    met = pl.concat([one.filter(pl.col("same") & ~pl.col("valid")), several.filter(lapsed)])
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
    return met.group_by("at", maintain_order=True).agg(
        lapse=told.unique(maintain_order=True).str.join("；")
    )


def _iso(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string("%Y-%m-%d")


def _with_residence(found: pl.DataFrame, stays: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """Township and village by the roster entry, else by the export where it names a known place."""
    unknown = pl.col("township").is_null() & pl.col("village").is_null()
    told = stays.select(pl.any_horizontal(pl.col(TEXTS).is_not_null())).to_series()
    rows = (found.select(unknown).to_series() & told).arg_true()
    if rows.is_empty():
        return found
    own = residence(stays.select(TEXTS).rechunk()[rows], roster)
    return found.with_columns(
        found[column].scatter(rows, own[column]) for column in ("township", "village")
    )
