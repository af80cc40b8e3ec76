"""Closed periods found wrong: what register, roster, synonyms and documents say of their stays now, and what changed.

A stay of such a period is looked up again as if it came today. What it is from now on is kept with its adjustment line
(`facts_now`), so that every later run sees it as it was put right.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from onestop_cli.tables.schema import HOUSEHOLD, LEVELS, LINK, LISTED_RAISE, LISTED_YEARS, Schema

LOOKED_UP: Schema = {
    "in_register": pl.Boolean,
    "level": pl.String,
    **LINK,
    "categories": pl.List(pl.String),
}
"""The facts of a stay that do not come from its own row; conditions of the hospital (`x_…`) come beside them."""

_OF_LISTS = {
    HOUSEHOLD: "户号",
    LISTED_YEARS: "名单的连续参保年数",
    LISTED_RAISE: "名单的提高限额",
}
"""What rosters and lists of persons say beside the category, where documents ask for it."""

_MATERIAL = ("in_register", "level", "category", "categories", "listed", "entitled", *_OF_LISTS)
"""Those on which an amount can hang."""

CORRECTED = "更正"
"""Why a closed stay changes that is worked out from other facts or another document."""


def with_facts(stays: pl.DataFrame, periods: Collection[str]) -> pl.DataFrame:
    """Closed stays with `recomputed`, those of `periods`, and `was_facts`, what they were worked out from (JSON)."""
    return stays.with_columns(
        recomputed=pl.col("period").is_in([*periods]), was_facts=_json(stays, _MATERIAL)
    )


def as_put_right(stays: pl.DataFrame, facts: str) -> pl.DataFrame:
    """Closed stays with what a later posting put right (the column `facts`, JSON, null where none did)."""
    own = [name for name in stays.columns if name.startswith("x_")]
    known = {**LOOKED_UP, **dict.fromkeys(own, pl.String)}
    now = pl.col(facts).str.json_decode(pl.Struct(dict(known)))
    right = pl.col(facts).is_not_null()
    fields = {name: now.struct.field(name) for name in known}
    return stays.with_columns(
        *(pl.when(right).then(fields[n]).otherwise(n).alias(n) for n in LOOKED_UP),
        *(pl.coalesce(fields[name], name).alias(name) for name in own),
    )


def facts_now(stays: pl.DataFrame) -> pl.Expr:
    """What a stay is from now on, as JSON; null for those that were not looked up again."""
    own = [name for name in stays.columns if name.startswith("x_")]
    return pl.when("recomputed").then(_json(stays, [*LOOKED_UP, *own]))


def _json(stays: pl.DataFrame, names: Collection[str]) -> pl.Expr:
    names = [name for name in names if name in stays.columns]
    return pl.struct(names).struct.json_encode()


def changed(stays: pl.DataFrame, documents: Collection[str]) -> pl.Expr:
    """What changed about a stay that was looked up again, in words; null where nothing did. `documents`: ids of those
    whose terms were corrected."""
    return pl.when("recomputed").then(
        pl.concat_str(
            _level(),
            _category(),
            *(_of_list(name, word) for name, word in _OF_LISTS.items() if name in stays.columns),
            _document(documents),
            separator="；",
            ignore_nulls=True,
        ).replace("", None)
    )


def _was(field: str) -> pl.Expr:
    return pl.col("was_facts").str.json_path_match(f"$.{field}")


def _level() -> pl.Expr:
    """A level that was not known is a hospital that was not in the register."""

    def said(level: pl.Expr) -> pl.Expr:
        return level.replace_strict(dict(LEVELS), default="不在名册", return_dtype=pl.String)

    return pl.when(pl.col("level").ne_missing(_was("level"))).then(
        pl.format("机构级别 {} → {}", said(_was("level")), said(pl.col("level")))
    )


def _category() -> pl.Expr:
    was, now = _was("category"), pl.col("category")
    place = pl.col("roster_place").fill_null("不在册")
    return pl.when(now.ne_missing(was)).then(
        pl.format("救助类别 {} → {}（{}）", was.fill_null("无"), now.fill_null("无"), place)
    )


def _of_list(name: str, word: str) -> pl.Expr:
    return pl.when(pl.col(name).ne_missing(_was(name))).then(pl.lit(f"{word}改了"))


def _document(corrected: Collection[str]) -> pl.Expr:
    now, was = pl.col("rule_id"), pl.col("was_rule_id")
    return (
        pl.when(now.ne_missing(was))
        .then(pl.format("政策文件 {} → {}", was.fill_null("无"), now.fill_null("无")))
        .when(now.is_in([*corrected]))
        .then(pl.format("政策文件 {} 更正了条款", "rule_id"))
    )
