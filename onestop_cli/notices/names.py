"""What a public list shows of people, hospitals and categories: names made harmless, whole or masked."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from onestop_cli.privacy import mask_name

LONGEST = 40
"""The longest name or place a list shows; anything longer is a mistake in a file."""

ADULT = 18
"""Years of age from which a full name may stand on a paper board."""

_ILLNESS = "传染|精神|精障|精卫|心理|肿瘤|癌|结核|麻风|艾滋|性病|戒毒|吸毒"
_SPECIAL = "病|皮肤|胸科|肛肠|生殖|不孕|安定|安宁|安康医院|康宁|美沙酮|药物依赖|透析|疾控|疾病预防|计划生育"
_UNSEEN = r"[\p{Cc}\p{Cf}\x{FFFE}\x{FFFF}]"


def plain(text: pl.Expr) -> pl.Expr:
    """The text on one line without control and invisible characters; blank becomes null.

    Blanks inside a Chinese text go too: 王　强 is 王强.
    """
    line = text.str.replace_all(r"\s+", " ").str.replace_all(_UNSEEN, "").str.strip_chars()
    joined = pl.when(line.str.contains(r"\p{Han}")).then(line.str.replace_all(" ", ""))
    whole = joined.otherwise(line)
    return pl.when(whole != "").then(whole)


def short(text: pl.Expr) -> pl.Expr:
    """The text, cut with … after `LONGEST` characters."""
    cut = text.str.head(LONGEST) + "…"
    return pl.when(text.str.len_chars() > LONGEST).then(cut).otherwise(text)


def tells_illness(hospital: pl.Expr) -> pl.Expr:
    """Whether the name of a hospital says what its patients suffer from."""
    return hospital.str.contains(f"{_ILLNESS}|{_SPECIAL}")


def harmless_category(category: pl.Expr) -> pl.Expr:
    """The category, or 救助对象 for one that names an illness; a dash for none."""
    telling = category.str.contains(_ILLNESS)
    return pl.when(telling).then(pl.lit("救助对象")).otherwise(category).fill_null("—")


def birthday(id_no: pl.Expr) -> pl.Expr:
    """The date of birth in a normalised 18-character ID number; null when there is none."""
    return id_no.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def under_age(id_no: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Whether the person was under 18 on `day`; true when the ID does not tell."""
    return (birthday(id_no).dt.offset_by(f"{ADULT}y") > day).fill_null(value=True)


def with_names(people: pl.DataFrame, day: pl.Expr) -> pl.DataFrame:
    """`people` (`id_no`, `name`) with full and `masked` name, and whether a `minor` on `day`."""
    name = plain(pl.col("name")).fill_null("（无姓名）")
    minor = under_age(pl.col("id_no"), day)
    return people.with_columns(name=short(name), masked=mask_name(name), minor=minor)


def shown_names(people: pl.DataFrame, keys: Sequence[str], *, full: bool) -> pl.DataFrame:
    """`people` (of `with_names`, and `person`) with the `name` that the list of each `keys` shows, and
    the `mark` that tells two people of one name apart on it."""
    if not full:
        return people.with_columns(name="masked", mark=pl.lit(""))
    shown = pl.when("minor").then("masked").otherwise("name")
    return people.with_columns(mark=_mark([*keys, "minor", "name"]), name=shown)


def _mark(keys: Sequence[str]) -> pl.Expr:
    """The fewest last characters of the ID, four at most, that tell people of one name apart."""
    people = pl.col("person").n_unique().over(keys)
    ends = [pl.col("id_no").str.tail(length) for length in range(1, 5)]
    apart = [pl.when(end.n_unique().over(keys) == people).then(end) for end in ends]
    fewest = pl.coalesce(*apart, ends[-1], pl.lit(""))
    return pl.when(people > 1, ~pl.col("minor")).then(fewest).otherwise(pl.lit(""))
