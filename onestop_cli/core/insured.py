"""What a list of persons (参保激励名单) says of each stay's person on the day by which its document is chosen.

It becomes facts of the stay, `x_listed_years` and `x_listed_raise` (fen), which the books keep as they were. Somebody
who is not on the list, or there under another name, has neither: that is not known, and no 0.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import LISTED_RAISE, LISTED_YEARS, governing_day


def with_listed(stays: pl.DataFrame, insured: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """`stays` (identified) with what the rows of `insured` (`INSURED`) say of them, where a document asks for it."""
    if not book.asks_list:
        return stays
    asked = stays.select("id_no", "name_key", day=governing_day(book), at=pl.int_range(pl.len()))
    valid = pl.col("from_on").fill_null(pl.col("day")) <= pl.col("day")
    valid &= pl.col("to_on").fill_null(pl.col("day")) >= pl.col("day")
    found = asked.join(insured, on=["id_no", "name_key"], how="inner").filter(valid)
    said = asked.join(found.select("at", "years", "raise_fen"), on="at", how="left", validate="1:1")
    said = said.sort("at").select(
        pl.col("years").cast(pl.String).alias(LISTED_YEARS),
        pl.col("raise_fen").cast(pl.String).alias(LISTED_RAISE),
    )
    stays = stays.with_columns(said.iter_columns())
    from_list = {d.id for rule in book.rules for d in rule.dimension if d.from_list}
    return stays.with_columns(
        pl.coalesce(LISTED_YEARS, f"x_{name}").alias(f"x_{name}") for name in sorted(from_list)
    )


def other_names(stays: pl.DataFrame, insured: pl.DataFrame, book: Rulebook) -> Iterator[str]:
    """How many people stand on the list under another name than the hospitals', and are taken for not listed."""
    if not book.asks_list or insured.is_empty():
        return
    pairs = stays.select("id_no", "name_key").drop_nulls().unique()
    both = pairs.join(insured.select("id_no", listed="name_key"), on="id_no", how="inner")
    same = both.filter(pl.col("name_key") == pl.col("listed"))["id_no"].unique()
    if others := both.filter(~pl.col("id_no").is_in(same.implode()))["id_no"].n_unique():
        yield (
            f"参保激励名单上有 {others:,} 人的证号与报表相同而姓名不同，没有采用，按不在名单上计；"
            "请核对名单的姓名"
        )
