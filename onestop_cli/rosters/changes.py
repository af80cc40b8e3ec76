"""What changed between two rosters (动态管理): who came, who left, whose category, validity or name changed."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from onestop_cli.privacy import mask_id
from onestop_cli.tables.schema import Schema, row_place

CHANGES: Schema = {
    "kind": pl.String,
    "name": pl.String,
    "id_shown": pl.String,
    "township": pl.String,
    "village": pl.String,
    "before": pl.String,
    "after": pl.String,
    "remark": pl.String,
    "place_before": pl.String,
    "place_after": pl.String,
}
KINDS = {
    "new": "新增",
    "left": "退出",
    "category": "类别变化",
    "validity": "待遇期变化",
    "name": "姓名变化",
}
_HOME = ("township", "village")


@dataclass(frozen=True)
class RosterChanges:
    """The difference of two rosters.

    `changes`: a row of `CHANGES` per person and kind, by kind, place and name. `places`: per
    township and village the people before and after, and how many changes of each kind.
    `people_before` and `people_after`: how many people each roster has.
    """

    changes: pl.DataFrame
    places: pl.DataFrame
    people_before: int
    people_after: int

    def count(self, kind: str) -> int:
        """How many changes of a kind there are."""
        return self.changes.filter(pl.col("kind") == kind).height


def diff_rosters(old: pl.DataFrame, new: pl.DataFrame) -> RosterChanges:
    """Compare two understood rosters person by person, by ID; where it is unusable by text and name."""
    before, after = _people(old), _people(new)
    both = after.join(before, on="person", suffix="_before", validate="1:1")
    other_category = pl.col("category") != pl.col("category_before")
    other_term = pl.col("term") != pl.col("term_before")
    other_name = pl.col("key") != pl.col("key_before")
    changes = pl.concat(
        [
            _came_or_went(after, before, "new"),
            _came_or_went(before, after, "left"),
            _changed(both.filter(other_category), "category", "term"),
            _changed(both.filter(other_term & ~other_category), "validity", "term"),
            _changed(both.filter(other_name), "name", "name"),
        ],
        how="diagonal",
    )
    order = pl.col("kind").replace_strict(list(KINDS), range(len(KINDS)), return_dtype=pl.Int64)
    changes = changes.select(*CHANGES).sort(order, *_HOME, "name", "id_shown", nulls_last=True)
    return RosterChanges(changes, _places(before, after, changes), before.height, after.height)


def _people(roster: pl.DataFrame) -> pl.DataFrame:
    """One row per person: names, categories and terms of all entries, home and place of the first."""
    entries = roster.sort("source", "sheet", "row", nulls_last=True).with_columns(
        place=row_place(), term=_term()
    )
    return entries.group_by("person", maintain_order=True).agg(
        pl.col("id_no", "id_raw", *_HOME, "place").first(),
        key=pl.col("name_key").drop_nulls().unique().sort().str.join("、"),
        name=pl.col("name").drop_nulls().unique(maintain_order=True).str.join("、"),
        category=pl.col("category").drop_nulls().unique().sort().str.join("、"),
        term=pl.format("{}：{}", pl.col("category").fill_null("（空）"), "term")
        .unique().sort().str.join("；"),
    )  # fmt: skip


def _term() -> pl.Expr:
    """When an entry entitles, in words."""
    begin = pl.col("from_on").dt.to_string("%Y-%m-%d 起")
    end = pl.col("to_on").dt.to_string("%Y-%m-%d 止")
    died = pl.col("deceased_on").dt.to_string("%Y-%m-%d 死亡")
    status = pl.when("ended").then("status_raw")
    doubt = pl.when(pl.coalesce("from_earliest", "to_earliest").is_not_null())
    parts = [begin, end, died, status, doubt.then(pl.lit("日期存疑"))]
    said = pl.concat_str(parts, separator="，", ignore_nulls=True)
    return pl.when(said == "").then(pl.lit("长期")).otherwise(said)


def _came_or_went(people: pl.DataFrame, others: pl.DataFrame, kind: str) -> pl.DataFrame:
    """People of one roster only; a remark where the other roster alone has the name in the village."""
    side, other = ("after", "退出") if kind == "new" else ("before", "新增")
    alone = people.join(others, on="person", how="anti")
    namesakes = (
        others.join(people, on="person", how="anti").select("key", *_HOME, twin=True).unique()
    )
    remark = pl.lit(f"同村同名的人以另一证号{other}，可能是更正证号")
    return alone.join(namesakes, on=["key", *_HOME], how="left").select(
        "name",
        *_HOME,
        kind=pl.lit(kind),
        id_shown=_id_shown(),
        remark=pl.when("twin").then(remark),
        **{side: "term", f"place_{side}": "place"},
    )


def _changed(people: pl.DataFrame, kind: str, what: str) -> pl.DataFrame:
    """People on both rosters, `what` before and after."""
    return people.select(
        "name",
        *_HOME,
        kind=pl.lit(kind),
        id_shown=_id_shown(),
        before=f"{what}_before",
        after=what,
        place_before="place_before",
        place_after="place",
    )


def _id_shown() -> pl.Expr:
    return mask_id(pl.coalesce("id_no", "id_raw"))


def _places(before: pl.DataFrame, after: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Per township and village the people on both rosters and the changes of each kind."""
    counted = [
        before.select(*_HOME, what=pl.lit("before")),
        after.select(*_HOME, what=pl.lit("after")),
        changes.select(*_HOME, what="kind"),
    ]
    columns = ("before", "after", *KINDS)
    return (
        pl.concat(counted)
        .group_by(_HOME)
        .agg((pl.col("what") == column).sum().cast(pl.Int64).alias(column) for column in columns)
        .sort(*_HOME, nulls_last=True)
    )
