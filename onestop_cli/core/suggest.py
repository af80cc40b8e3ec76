"""Who might be meant (RO06): likely roster persons for a patient whose ID leads to nobody.

Never a match, only a sentence for somebody to check: the same name and a second thing in common, or the same 人员编号.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.fingerprint import fingerprint, within
from onestop_cli.core.identify import compact_id, id_birth, name_key

_SAFE_DIGITS = 14
"""Place and birth: the digits of an ID that a spreadsheet's number surely keeps."""
_TOLD = (
    "name_key",
    "id_no",
    "id_raw",
    "id_numeric",
    "person_no",
    "birth_on",
    "township",
    "village",
)
"""What is known of a stranger; those of whom the same is known are looked for once."""
_NAMED = 3
"""How many persons a sentence names."""
_STARRED = r"^([0-9]{3,14})\*{3,}([0-9]{2,}X?|[0-9]X)$"
"""A number whose middle is covered, as exports for other offices have it."""


def suggest(strangers: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """`at` and `suggestion` for those `strangers` who resemble somebody on the roster.

    `strangers` has at, name_key, id_no, id_raw, id_numeric, person_no, birth_on, township and village;
    `roster` is an understood roster.
    """
    if not strangers.is_empty():
        strangers, roster = _who_may_meet(strangers, roster)
    if strangers.is_empty() or roster.is_empty():
        return strangers.select("at", suggestion=pl.lit(None, pl.String)).clear()
    asking = strangers.select(*_TOLD).unique().with_row_index("asking")
    hinted = _hinted(asking, _people(roster))
    met = strangers.join(asking, on=_TOLD, nulls_equal=True, validate="m:1")
    return met.join(hinted, on="asking", validate="m:1").select("at", "suggestion")


def _who_may_meet(
    strangers: pl.DataFrame, roster: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The strangers who may resemble somebody, and all entries of the people who may resemble one of them.

    A usable ID leads to people of the same name and birth only: of another usable one it differs in two places at
    least, since no single digit leaves the check character as it is. Nearly all lead to nobody. Who has no usable ID,
    a 人员编号 or a household is not passed over by this.
    """
    unsure = pl.col("id_no").is_null() | pl.col("person_no").is_not_null()
    homes = pl.lit(roster["head"].count() > 0)
    open_ = strangers.select(unsure | (homes & pl.col("village").is_not_null())).to_series()
    named = pl.col("name_key").is_in(strangers.filter(open_)["name_key"].unique().implode())
    known = roster.select(
        named.fill_null(False)
        | pl.col("person_no").is_in(strangers["person_no"].unique().implode()).fill_null(False)
        | (pl.lit(open_.any()) & pl.col("head").is_not_null())
    ).to_series()
    one, other = _name_and_birth(strangers), _name_and_birth(roster)
    open_ |= within(one, other)
    known |= within(other, one)
    people = roster.filter(known)["person"].unique()
    return strangers.filter(open_), roster.filter(roster["person"].is_in(people.implode()))


def _name_and_birth(people: pl.DataFrame) -> pl.Series:
    """Name and day of birth as one number."""
    born = (
        pl.col("id_no").str.slice(6, 8),
        pl.col("birth_on").dt.to_string("%Y%m%d"),
        _kept_of_lost().str.slice(6, 8),
    )
    return fingerprint(people, "name_key", pl.coalesce(*born))


def _kept_of_lost() -> pl.Expr:
    """An ID that a program made a number: its end is lost, the day of birth in it is not."""
    text = pl.col("id_raw")
    lost = pl.col("id_no").is_null() & pl.col("id_numeric") & text.str.contains(r"^\d{17,18}$")
    return pl.when(lost).then(text)


def _hinted(strangers: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """(asking, suggestion) of those who resemble somebody."""
    ways = (_same_name, _same_stars, _same_person_no, _same_household)
    hints = pl.concat(way(strangers, people) for way in ways)
    named = pl.col("who").head(_NAMED).str.join("、")
    more = pl.when(pl.len() > _NAMED).then(pl.lit(" 等")).otherwise(pl.lit(""))
    return (
        hints.unique()
        .sort("asking", "nth")
        .group_by("asking", maintain_order=True)
        .agg(
            suggestion=pl.when(pl.len() == 1)
            .then(pl.format("疑似花名册中 {}，请核实", pl.col("who").first()))
            .otherwise(pl.format("花名册中有 {} 人与其相似：{}{}，请核实", pl.len(), named, more))
        )
    )


def _people(roster: pl.DataFrame) -> pl.DataFrame:
    """Every person of the roster once, in order: comparable name and head, number, birth, and `who`."""
    ending = pl.col("id_no").str.slice(-4)
    number = pl.when(ending.is_null()).then(pl.lit("证号无效")).otherwise("证号末四位 " + ending)
    remarks = pl.concat_str([number, "village"], separator="，", ignore_nulls=True)
    return (
        roster.sort("source", "sheet", "row", nulls_last=True)
        .unique(["person", "village"], keep="first", maintain_order=True)
        .select(
            "name_key",
            "township",
            "village",
            "id_no",
            "person_no",
            head_key=name_key(pl.col("head")),
            birth=pl.coalesce(id_birth(pl.col("id_no")), "birth_on", id_birth(_kept_of_lost())),
            nth=pl.int_range(pl.len()),
            who=pl.format("{}（{}）", pl.col("name").fill_null("姓名空白"), remarks),
        )
    )


def _same_name(strangers: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Persons of the same name with the same birth, the digits a number keeps, or nearly the same ID.

    An ID with one character off is none, and agrees at its start or at its end: that keeps the joins small.
    """
    asking = _with_number(strangers.join(people, on="name_key", how="semi"))
    odd = asking.filter("odd")
    known = people.with_columns(
        digits=pl.col("id_no").str.head(_SAFE_DIGITS),
        start=pl.col("id_no").str.head(9),
        end=pl.col("id_no").str.tail(8),
    )
    near = _one_character_off(pl.col("number"), pl.col("id_no"))
    ways = (
        (asking, "birth", True),
        (odd, "digits", True),
        (odd, "start", near),
        (odd, "end", near),
    )
    return pl.concat(
        some.join(known, on=["name_key", key]).filter(enough).select("asking", "nth", "who")
        for some, key, enough in ways
    )


def _with_number(strangers: pl.DataFrame) -> pl.DataFrame:
    """What there is to compare of a stranger: number, its start and end, its safe digits, birth."""
    usable = pl.col("id_no").is_not_null()
    number = compact_id(pl.col("id_raw"))
    digits = number.str.replace_all(r"\.|E.*$", "").str.head(_SAFE_DIGITS)
    parts = [
        strangers.filter(usable).select(
            "asking",
            "name_key",
            number="id_no",
            digits=pl.lit(None, pl.String),
            birth=id_birth(pl.col("id_no")),
            odd=False,
        ),
        strangers.filter(~usable).select(
            "asking",
            "name_key",
            number=number,
            digits=pl.when("id_numeric").then(digits),
            birth="birth_on",
            odd=True,
        ),
    ]
    ends = {"start": pl.col("number").str.head(9), "end": pl.col("number").str.tail(8)}
    return pl.concat(parts).with_columns(**ends)


def _one_character_off(number: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whether one character is wrong, missing or too much in `number`, an ID of 17 to 19 characters.

    What both have in common at the start and at the end then covers all but one character.
    """
    length = number.str.len_chars()
    ahead = pl.sum_horizontal(
        (number.str.head(n) == other.str.head(n)).cast(pl.Int64) for n in range(1, 19)
    )
    behind = pl.sum_horizontal(
        (number.str.tail(n) == other.str.tail(n)).cast(pl.Int64) for n in range(1, 19)
    )
    return length.is_between(17, 19) & (ahead + behind >= pl.max_horizontal(length, 18) - 1)


def _same_stars(strangers: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Persons of the same name whose ID has the digits that a covered number leaves open."""
    open_ = compact_id(pl.col("id_raw"))
    starred = (
        strangers.filter(pl.col("id_no").is_null())
        .select(
            "asking",
            "name_key",
            start=open_.str.extract(_STARRED, 1),
            end=open_.str.extract(_STARRED, 2),
        )
        .drop_nulls()
    )
    number = pl.col("id_no")
    agree = number.str.starts_with(pl.col("start")) & number.str.ends_with(pl.col("end"))
    return starred.join(people, on="name_key").filter(agree).select("asking", "nth", "who")


def _same_person_no(strangers: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Persons whom the insurance knows under the same number."""
    numbered = strangers.select("asking", "person_no").drop_nulls()
    who = pl.format("{}（人员编号相同）", "who")
    return numbered.join(people, on="person_no").select("asking", "nth", who=who)


def _same_household(strangers: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Members of a household whose head, named on the roster only as such, has the patient's name."""
    members = people.drop_nulls(["head_key", "village"]).filter(
        pl.col("head_key").ne_missing(pl.col("name_key"))
    )
    home = ["township", "village"]
    return strangers.join(
        members, left_on=["name_key", *home], right_on=["head_key", *home]
    ).select("asking", "nth", who=pl.format("{} 的户主", "who"))
