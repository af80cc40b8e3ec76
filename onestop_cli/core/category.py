"""Several valid categories, and the document says the best one counts: which is it for this stay?"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.scatter import spread
from onestop_cli.core.settle import settle
from onestop_cli.core.settle.inputs import settle_input
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import govern


def choose_best(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """`category` of stays with several valid ones: the one that gives this stay most on its own; ties go by priority.

    `categories` is in order of priority. Stays whose amounts or terms cannot be had keep their first category.
    """
    if not any(rule.categories.overlap == "best" for rule in book.rules):
        return stays
    numbered = stays.with_row_index("_choice")
    several = numbered.filter(pl.col("categories").list.len() > 1, pl.col("amount_why").is_null())
    each = several.with_columns(category=pl.col("categories")).explode("category")
    each = each.with_columns(place=pl.int_range(pl.len()).over("_choice"))
    alone = each.with_columns(id_no=pl.format("{}/{}", "_choice", "place"))
    governed = govern(alone, book).filter(
        pl.col("term").is_not_null(), pl.col("total_fen").is_not_null()
    )
    if governed.is_empty():
        return stays
    settled = settle(settle_input(governed, book), book)
    given = pl.sum_horizontal(f"{layer}_paid_fen" for layer in book.layers)
    best = (
        settled.select("_choice", "category", "place", given=given)
        .sort("_choice", "given", "place", descending=[False, True, False])
        .unique("_choice", keep="first")
        .select("_choice", best="category")
    )
    chosen = spread(best.select("best"), best["_choice"], len(stays))["best"]
    return stays.with_columns(category=pl.coalesce(chosen, "category"))
