"""What roster entries mean: which category, whether the entitlement is over, whether and when the person died."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from onestop_cli.core.deaths import death
from onestop_cli.core.identify import identify
from onestop_cli.core.scatter import spread

ENDED = (
    "停保|停发|停止|停用|停助|停补|停供|停享|暂停|中止|终止|已停|退保|退出|清退|退库|注销|取消|失效|无效|核减|减员|除名|剔除|删除|"
    "迁出|转出|调出|不再享受|不享受|不符合|不合格|不在保|非在保|不在册|不在享"
)
"""Words that say that an entitlement is over."""

STILL = "恢复|继续|续保|续发"
_NOT_NOW = "^(停|否|退|减少?|未享受|未在保)$"
_DENIED = f"(?:未|没有?|非|不)(?:再|被|曾)?(?:{ENDED}|{STILL})"

LONG_AGO = date(1850, 1, 1)
"""Where the death of somebody lies who is dead, nobody knows since when."""


def understand_roster(
    rows: pl.DataFrame, categories: Callable[[str], str | Sequence[str] | None]
) -> pl.DataFrame:
    """Roster rows as read (READ_ROSTER) with IDENTITY and what they mean; one of several categories becomes several.

    `categories` gives the names a category goes by, None for a text that says there is none. `dead_said`: the words
    that say that the person died or left the register of residents, `dead` whether there are any. `deceased_on`:
    since when, by the day of death, a day among those words, or the last day of such an entry; when that is in doubt
    it lies between `deceased_earliest` and `deceased_latest`, and long ago where nobody tells a day. `ended`: the
    entitlement is over, and no day says since when.
    """
    return identify(_with_categories(rows, categories)).pipe(_with_death).pipe(_with_end)


def _with_categories(
    rows: pl.DataFrame, categories: Callable[[str], str | Sequence[str] | None]
) -> pl.DataFrame:
    texts = rows["category_raw"].unique().drop_nulls()
    known = {text: _several(categories(text)) for text in texts}
    if all(len(names) < 2 for names in known.values()):
        single = {text: names[0] if names else None for text, names in known.items()}
        category = pl.col("category_raw").replace_strict(
            single, default=None, return_dtype=pl.String
        )
        return rows.with_columns(category=category)
    table = pl.DataFrame(
        {"category_raw": list(known), "category": [names or [None] for names in known.values()]},
        schema={"category_raw": pl.String, "category": pl.List(pl.String)},
    )
    return rows.join(table, on="category_raw", how="left", maintain_order="left").explode(
        "category"
    )


def _several(names: str | Sequence[str] | None) -> Sequence[str]:
    return [names] if isinstance(names, str) else list(names or ())


def _with_death(rows: pl.DataFrame) -> pl.DataFrame:
    """`dead`, `dead_said`, and the day of death or its bounds."""
    rows = rows.hstack(_told(rows))
    dead = pl.col("dead_said").is_not_null()
    said = pl.when(pl.col("died_earliest").is_null()).then("said_on")
    on = pl.coalesce("died_on", said, pl.when(dead).then("to_on"))
    nowhere = dead & pl.coalesce("died_earliest", pl.when(dead).then("to_earliest")).is_null()
    bounds = {
        end: pl.coalesce(
            f"died_{end}",
            pl.when(dead).then(f"to_{end}"),
            pl.when(nowhere).then(pl.lit(LONG_AGO)),
        )
        for end in ("earliest", "latest")
    }
    open_ = pl.col("deceased_on").is_null()
    return (
        rows.with_columns(dead=dead, deceased_on=on)
        .with_columns(pl.when(open_).then(b).alias(f"deceased_{end}") for end, b in bounds.items())
        .drop("said_on")
    )


_TEXTS = ("status_raw", "reason_raw", "remark_raw", "dead_raw")


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """`dead_said` and `said_on` per row; nearly all rows have no words to look at."""
    aside = pl.col("name").str.contains(r"[（(【\[]").fill_null(False)
    worth = aside | pl.any_horizontal(pl.col(_TEXTS).is_not_null())
    name = pl.when(aside).then("name")
    asked = rows.select(*_TEXTS, "relation", name=name, worth=worth)
    texts = asked.filter("worth").select("name", *_TEXTS, "relation").rows()
    known = {row: death(*row) for row in set(texts)}
    found = pl.DataFrame(
        [known[row] for row in texts],
        schema={"dead_said": pl.String, "said_on": pl.Date},
        orient="row",
    )
    return spread(found, asked["worth"].arg_true(), len(rows))


def _with_end(rows: pl.DataFrame) -> pl.DataFrame:
    """`ended`: a state says so, or a reason for it is given, and no day."""
    status, reason = (
        pl.col(c).fill_null("").str.replace_all(_DENIED, "") for c in ("status_raw", "reason_raw")
    )
    over = status.str.contains(f"{ENDED}|{_NOT_NOW}") & ~status.str.contains(STILL)
    given = (reason != "") & ~reason.str.contains(f"{STILL}|^(正常|在保|在册|新增|否)$")
    undated = pl.col("to_on").is_null() & pl.col("to_earliest").is_null()
    return rows.with_columns(ended=(over | given) & ~pl.col("dead") & undated)
