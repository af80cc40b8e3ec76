"""One person under two IDs (RO10): only ever said; caps go on counting per ID.

Two IDs of one name are likely one person's when both are listed or both have stays, and either the day of birth and the
village or household are the same, or the numbers differ by a slip that people are known to make.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from onestop_cli.core.fingerprint import fingerprint, may_differ
from onestop_cli.core.identify import id_birth
from onestop_cli.core.scatter import spread

_NAMED = 3
_DIGITS = pl.col("id_no").str.head(17).cast(pl.Int64, strict=False)
_BIRTH = (_DIGITS // 10**3 % 10**8).alias("birth")
_APART = ((_DIGITS // 10**11).alias("area"), (_DIGITS % 1000).alias("turn"))
"""What an ID says of birth, and what it says beside: area and sequence."""


def with_other_id(stays: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """`stays` with `other_id`: the other ID, masked, under which its person likely stands, and why; else null."""
    nobody = stays.with_columns(other_id=pl.lit(None, pl.String))
    listed, treated = _listed(roster, stays), _treated(stays)
    if len(listed) < 2 and len(treated) < 2:
        return nobody
    pairs = pl.concat([_alike(listed), _alike(treated), _slips(listed)])
    if pairs.is_empty():
        return nobody
    told = (
        pairs.unique(["id_no", "other"], keep="first", maintain_order=True)
        .sort("id_no", "other")
        .group_by("id_no", maintain_order=True)
        .agg(other_id=pl.format("****{}（{}）", pl.col("other").str.tail(4), "why").head(_NAMED))
        .with_columns(pl.col("other_id").list.join("、"))
    )
    rows = stays.select("id_no", _row=pl.int_range(pl.len(), dtype=pl.UInt32)).drop_nulls("id_no")
    met = rows.join(told, on="id_no", validate="m:1")
    return stays.with_columns(*spread(met.select("other_id"), met["_row"], len(stays)))


def _listed(roster: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """IDs of the roster that may be one person's, where the name has stays; with name, village and household."""
    household = pl.coalesce(
        pl.format("{}|{}", pl.col("township").fill_null(""), "family_no"),
        pl.format("{}|{}|{}", pl.col("township").fill_null(""), "village", "head"),
    )
    few = roster.filter(_may_be_one(roster, _BIRTH) | _may_be_one(roster, *_APART))
    # Few names are looked for among the many of the stays, and not the other way round.
    treated = stays.select("name_key").join(few.select("name_key"), on="name_key", how="semi")
    few = few.join(treated, on="name_key", how="semi", maintain_order="left")
    return _people(few.with_columns(household=household))


def _treated(stays: pl.DataFrame) -> pl.DataFrame:
    """Every ID with a stay that was not taken back."""
    few = stays.filter(_may_be_one(stays, _BIRTH), ~pl.col("reversed").fill_null(False))
    return _people(few.with_columns(household=pl.lit(None, pl.String)))


def _may_be_one(rows: pl.DataFrame, *parts: pl.Expr) -> pl.Series:
    """Rows beside which another has the same name and `parts` of an ID, and another ID: nearly none, and found by
    whole numbers."""
    numbered = rows.select("name_key", *parts, digits=_DIGITS)
    same = fingerprint(numbered, *(name for name in numbered.columns if name != "digits"))
    return may_differ(numbered, same, "digits")


def _people(rows: pl.DataFrame) -> pl.DataFrame:
    """Each ID once per name, village and household, with its day of birth."""
    home = pl.format("{}|{}", "township", "village")
    return (
        rows.select("id_no", "name_key", "household", home=home)
        .drop_nulls(["id_no", "name_key"])
        .unique()
        .with_columns(birth=id_birth(pl.col("id_no")))
    )


def _alike(people: pl.DataFrame) -> pl.DataFrame:
    """Pairs of one name and one day of birth that live in one place, or whose numbers differ by a slip."""
    several = people.filter(pl.col("id_no").n_unique().over("name_key", "birth") > 1)
    pairs = several.join(several, on=["name_key", "birth"], suffix="_other").filter(
        pl.col("id_no") != pl.col("id_no_other")
    )
    same_house = (pl.col("household") == pl.col("household_other")).fill_null(False)
    same_home = (pl.col("home") == pl.col("home_other")).fill_null(False)
    slip = pl.Series([_slip(*row) for row in _numbers(pairs)], dtype=pl.Boolean)
    why = (
        pl.when(same_house)
        .then(pl.lit("同名同生日同户"))
        .when(same_home)
        .then(pl.lit("同名同生日同村"))
        .when(slip)
        .then(pl.lit("同名同生日，证号只差一处"))
    )
    return _told(pairs.with_columns(why=why).drop_nulls("why"))


def _slips(people: pl.DataFrame) -> pl.DataFrame:
    """Pairs of one name whose numbers differ by a slip in the day of birth.

    They agree in their area and in their sequence, which keeps the join small.
    """
    number = pl.col("id_no")
    keyed = (
        people.select("id_no", "name_key")
        .unique()
        .with_columns(part=number.str.head(6) + number.str.slice(14, 3))
    )
    several = keyed.filter(pl.len().over("name_key", "part") > 1)
    pairs = several.join(several, on=["name_key", "part"], suffix="_other").filter(
        pl.col("id_no") != pl.col("id_no_other")
    )
    near = pl.Series([_slip(*row) for row in _numbers(pairs)], dtype=pl.Boolean)
    return _told(pairs.filter(near).with_columns(why=pl.lit("同名，证号只差一处")))


def _numbers(pairs: pl.DataFrame) -> list[tuple[str, str]]:
    return pairs.select("id_no", "id_no_other").rows()


def _told(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select("id_no", other="id_no_other", why="why")


def _slip(one: str, other: str) -> bool:
    """Whether two numbers differ as slips do: in their area alone, in one place, or by two neighbours swapped.

    The check character follows from the rest and is not looked at.
    """
    a, b = one[:17], other[:17]
    apart = [n for n in range(17) if a[n] != b[n]]
    swapped = len(apart) == 2 and apart[1] - apart[0] == 1 and _crossed(a, b, apart)
    return len(apart) == 1 or swapped or (bool(apart) and apart[-1] < 6)


def _crossed(a: str, b: str, places: Sequence[int]) -> bool:
    first, second = places
    return a[first] == b[second] and a[second] == b[first]
