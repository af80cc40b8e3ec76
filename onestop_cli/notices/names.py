"""What a public list shows of people: their names made printable, whole or masked, and of children none."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from onestop_cli.notices.profile import Names
from onestop_cli.privacy import mask_name

LONGEST = 40
"""The longest name or place a list shows; anything longer is a mistake in a file."""

ADULT, CHILD = 18, 14
"""Years of age from which a whole name may stand on a paper board, and below which no name does, nor a masked one."""

CHILD_SHOWN = "（儿童）"
NO_SHAPE = "□"
"""Stands for a character that cannot be printed; a list with one says so."""

_UNSEEN = r"[\p{Cc}\p{Cf}\p{Variation_Selector}\x{FFFE}\x{FFFF}]"
_NO_SHAPE = r"\p{Co}"
"""Characters for private use look different on every computer."""


def plain(text: pl.Expr) -> pl.Expr:
    """The text on one line without control and invisible characters, □ for one without a shape; blank becomes null.

    Blanks inside a Chinese text go too: 王　强 is 王强.
    """
    line = text.str.replace_all(r"\s+", " ").str.replace_all(_UNSEEN, "").str.strip_chars()
    joined = pl.when(line.str.contains(r"\p{Han}")).then(line.str.replace_all(" ", ""))
    whole = joined.otherwise(line).str.replace_all(_NO_SHAPE, NO_SHAPE)
    return pl.when(whole != "").then(whole)


def short(text: pl.Expr) -> pl.Expr:
    """The text, cut with … after `LONGEST` characters."""
    cut = text.str.head(LONGEST) + "…"
    return pl.when(text.str.len_chars() > LONGEST).then(cut).otherwise(text)


def birthday(id_no: pl.Expr) -> pl.Expr:
    """The date of birth in a normalised 18-character ID number; null when there is none."""
    return id_no.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def younger_than(years: int, id_no: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Whether the person was younger than `years` on `day`; null when the ID does not tell."""
    return birthday(id_no).dt.offset_by(f"{years}y") > day


def with_names(people: pl.DataFrame, day: pl.Expr) -> pl.DataFrame:
    """`people` (`id_no`, `name`) with `full` and `masked` name, and whether the full one may be shown (`of_age`).

    Whoever has no usable ID may be a minor; a child under 14 on `day` has no name at all.
    """
    name = plain(pl.col("name")).fill_null("（无姓名）")
    number = pl.col("id_no")
    child = younger_than(CHILD, number, day).fill_null(value=False)
    return people.with_columns(
        full=pl.when(child).then(pl.lit(CHILD_SHOWN)).otherwise(short(name)),
        masked=pl.when(child).then(pl.lit(CHILD_SHOWN)).otherwise(mask_name(name)),
        of_age=~younger_than(ADULT, number, day).fill_null(value=True),
    )


def shown_name(names: Names) -> pl.Expr:
    """The name that a list with these `names` shows of people (of `with_names`)."""
    if names == "none":
        return pl.lit("")
    if names == "masked":
        return pl.col("masked")
    return pl.when("of_age").then("full").otherwise("masked")


def mark(keys: Sequence[str], names: Names) -> pl.Expr:
    """The fewest last characters of the ID, four at most, that tell people of one whole name apart within `keys`.

    Of people with `person`, `id_no` and the columns of `with_names`.
    """
    if names != "full":
        return pl.lit("")
    alike = [*keys, "of_age", "full"]
    people = pl.col("person").n_unique().over(alike)
    ends = [pl.col("id_no").str.tail(length) for length in range(1, 5)]
    apart = [pl.when(end.n_unique().over(alike) == people).then(end) for end in ends]
    fewest = pl.coalesce(*apart, ends[-1], pl.lit(""))
    return pl.when(people > 1, "of_age").then(fewest).otherwise(pl.lit(""))
