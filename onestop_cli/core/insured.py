"""What a list of persons (参保激励名单) says of each stay's person on the day by which its document is chosen.

It becomes facts of the stay, `x_listed_years` and `x_listed_raise` (fen), which the books keep as they were. Somebody
who is not on the list has neither. Under another name, or without any list, it is in doubt (`LISTED_OPEN`) what a list
says: that is not known, whatever a document says of people who are not on it.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import LISTED_OPEN
from onestop_cli.rulebook.in_force import governing_day
from onestop_cli.tables.schema import LISTED_RAISE, LISTED_YEARS


def with_listed(stays: pl.DataFrame, insured: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """`stays` (identified) with what the rows of `insured` (`INSURED`) say of them, where a document asks for it."""
    if not book.asks_list:
        return stays
    if insured.is_empty():
        open_ = pl.lit(LISTED_OPEN)
        return stays.with_columns(open_.alias(LISTED_YEARS), open_.alias(LISTED_RAISE))
    asked = stays.select("id_no", "name_key", day=governing_day(book), at=pl.int_range(pl.len()))
    valid = pl.col("from_on").fill_null(pl.col("day")) <= pl.col("day")
    valid &= pl.col("to_on").fill_null(pl.col("day")) >= pl.col("day")
    rows = insured.rename({"name_key": "listed"})
    found = asked.join(rows, on="id_no", how="inner").filter(valid).drop("id_no", "name_key", "day")
    said = asked.join(found, on="at", how="left", validate="1:1").sort("at")
    other = pl.col("listed").is_not_null() & pl.col("listed").ne_missing(pl.col("name_key"))
    said = said.select(
        pl.when(other).then(pl.lit(LISTED_OPEN)).otherwise(pl.col(what).cast(pl.String)).alias(name)
        for what, name in (("years", LISTED_YEARS), ("raise_fen", LISTED_RAISE))
    )
    stays = stays.with_columns(said.iter_columns())
    from_list = {d.id for rule in book.rules for d in rule.dimension if d.from_list}
    return stays.with_columns(
        pl.coalesce(pl.col(LISTED_YEARS).replace(LISTED_OPEN, None), f"x_{name}").alias(f"x_{name}")
        for name in sorted(from_list)
    )


def other_names(stays: pl.DataFrame, insured: pl.DataFrame, book: Rulebook) -> Iterator[str]:
    """How many people stand on the list under another name than the hospitals'."""
    if not book.asks_list or insured.is_empty():
        return
    pairs = stays.select("id_no", "name_key").drop_nulls().unique()
    both = pairs.join(insured.select("id_no", listed="name_key"), on="id_no", how="inner")
    same = both.filter(pl.col("name_key") == pl.col("listed"))["id_no"].unique()
    if others := both.filter(~pl.col("id_no").is_in(same.implode()))["id_no"].n_unique():
        yield (
            f"参保激励名单上有 {others:,} 人的证号与报表相同而姓名不同，没有采用（提高多少按不知道计）；"
            "请核对名单的姓名"
        )
