"""Where a patient lives by the export's own columns: only places the roster knows, never a guess."""

from __future__ import annotations

import polars as pl

TEXTS = ("village_raw", "address_raw", "township_raw")
"""Where a village is looked for, best first."""
_NAME_LENGTHS = range(12, 1, -1)
"""A longer text in a roster's place column is an address; it names no place for others."""
_LARGER_PLACES = 3
"""省, 市 and 县 may stand before a township."""
_LARGER_PLACE = r"^[^省市州县区旗]*[省市州县区旗]"


def plain(text: pl.Expr) -> pl.Expr:
    """A place name for comparing: NFKC, without blanks."""
    return text.str.normalize("NFKC").str.replace_all(r"[\s\p{Z}\p{C}]+", "")


def residence(stays: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """`township` and `village` per stay, by its `township_raw`, `village_raw` and `address_raw`.

    A name counts where a text starts with it or has it right after a larger place; the longest one
    wins. Two townships in one text, a village of another township, and a village name that several
    townships have, leave the place open.
    """
    places = _known(roster)
    asked = stays.select(TEXTS)
    texts = asked.unique()
    found = (
        texts.select(plain(pl.col(TEXTS)).fill_null(""))
        .with_columns(_town(text, places["town"]).alias(f"{text}_town") for text in TEXTS)
        .with_columns(
            town=pl.coalesce("township_raw_town", "village_raw_town", "address_raw_town"),
            hamlet=pl.coalesce(_hamlet(text, places["hamlet"]) for text in TEXTS),
        )
        .pipe(_agree, places)
    )
    return asked.join(
        texts.hstack(found),
        on=TEXTS,
        how="left",
        validate="m:1",
        nulls_equal=True,
        maintain_order="left",
    ).select("township", "village")


def _known(roster: pl.DataFrame) -> pl.DataFrame:
    """Every township and village once in the roster's spelling; `town`, `hamlet` to compare by."""
    return (
        roster.select("township", "village")
        .unique()
        .drop_nulls("township")
        .with_columns(town=plain(pl.col("township")), hamlet=plain(pl.col("village")))
        .sort("township", "village", nulls_last=True)
        .unique(["town", "hamlet"], keep="first", maintain_order=True)
    )


def _town(text: str, towns: pl.Series) -> pl.Expr:
    """The one township that a text names, at its start or after larger places."""
    named = pl.col(text).str.extract_many(_longest_first(towns).implode(), leftmost=True)
    town = pl.coalesce(_opening(tail, towns) for tail in _tails(text))
    return pl.when(named.list.n_unique() == 1).then(town)


def _hamlet(text: str, hamlets: pl.Series) -> pl.Expr:
    """The village that follows the township in a text, or opens one that names no known township."""
    town = pl.col(f"{text}_town")
    after = pl.col(text).str.splitn(town, 2).struct.field("field_1")
    return (
        pl.when(town.is_not_null())
        .then(_opening(after, hamlets))
        .otherwise(pl.coalesce(_opening(tail, hamlets) for tail in _tails(text)))
    )


def _tails(text: str) -> list[pl.Expr]:
    """A text, and the text without its larger places."""
    tails = [pl.col(text)]
    for _ in range(_LARGER_PLACES):
        tails.append(tails[-1].str.replace(_LARGER_PLACE, ""))
    return tails


def _opening(text: pl.Expr, names: pl.Series) -> pl.Expr:
    """The longest of `names` that `text` starts with."""
    known = names.drop_nulls().unique().implode()
    heads = (text.str.head(length) for length in _NAME_LENGTHS)
    return pl.coalesce(pl.when(head.is_in(known)).then(head) for head in heads)


def _longest_first(names: pl.Series) -> pl.Series:
    lengths = names.str.len_chars()
    kept = lengths.is_between(min(_NAME_LENGTHS), max(_NAME_LENGTHS)).fill_null(False)
    return (
        names.to_frame("name")
        .filter(kept)
        .unique()
        .sort(pl.col("name").str.len_chars(), "name", descending=True)["name"]
    )


def _agree(found: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """The roster's spelling of what was found, where township and village belong together."""
    villages = places.drop_nulls("hamlet")
    by_both = villages.select("town", "hamlet", both_town="township", both_village="village")
    by_village = villages.filter(pl.len().over("hamlet") == 1).select(
        "hamlet", lone_town="township", lone_village="village"
    )
    by_town = places.unique("town", keep="first", maintain_order=True).select(
        "town", lone="township"
    )
    alone = pl.col("town").is_null() & (pl.col("township_raw") == "")
    return (
        found.join(
            by_both, on=["town", "hamlet"], how="left", validate="m:1", maintain_order="left"
        )
        .join(by_village, on="hamlet", how="left", validate="m:1", maintain_order="left")
        .join(by_town, on="town", how="left", validate="m:1", maintain_order="left")
        .select(
            township=pl.when(alone).then("lone_town").otherwise("lone"),
            village=pl.when(alone).then("lone_village").otherwise("both_village"),
        )
    )
