"""What may stand on a public list: names made harmless, masked, and numbers that must not be there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

import polars as pl

LONGEST = 40
"""The longest name or place a list shows; anything longer is a mistake in a file."""

ADULT = 18
"""Years of age from which a full name may stand on a paper board."""

_ILLNESS = "传染|精神|精障|精卫|心理|肿瘤|癌|结核|麻风|艾滋|性病|戒毒|吸毒"
_SPECIAL = "病|皮肤|胸科|肛肠|生殖|不孕|安定|安宁|安康医院|康宁|美沙酮|药物依赖|透析|疾控|疾病预防|计划生育"
_UNSEEN = r"[\p{Cc}\p{Cf}\x{FFFE}\x{FFFF}]"
_DIGITS = re.compile(r"\d(?:[\s\-‐–—_.·・•]?\d){14,}[\s\-]?[XxＸｘ]?")
_DAY = r"(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])"
_WITH_BIRTHDAY = re.compile(rf"\d{{6}}(18|19|20)\d\d{_DAY}\d{{3}}[\dX]|^\d{{8}}{_DAY}\d{{3}}$")


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


def masked(name: pl.Expr) -> pl.Expr:
    """王强 → 王*, 王小明 → 王*明, longer → first character, two stars, last character."""
    length = name.str.len_chars()
    first, last = name.str.head(1), name.str.tail(1)
    return (
        pl.when(length > 3)
        .then(first + "**" + last)
        .when(length == 3)
        .then(first + "*" + last)
        .when(length == 2)
        .then(first + "*")
        .otherwise(pl.lit("*"))
    )


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
    return people.with_columns(name=short(name), masked=masked(name), minor=minor)


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


def numbers_in(text: str) -> Iterator[str]:
    """The last four characters of every number such as IDs, cards and accounts have.

    That is 15 or more digits in a row, or an ID's digits pulled apart by blanks, dashes or dots.
    Full-width digits count.
    """
    for match in _DIGITS.finditer(text):
        if _like_an_id(match):
            yield _compact(match)[-4:]


def without_numbers(text: str) -> str:
    """`text` with every such number cut down to its last four characters."""
    return _DIGITS.sub(
        lambda match: "…" + _compact(match)[-4:] if _like_an_id(match) else match[0], text
    )


def _like_an_id(match: re.Match[str]) -> bool:
    """Whether it is no list of phones: in one piece, or with a birthday where an ID has one."""
    whole = re.search(r"\d{15}", match[0])
    return bool(whole or _WITH_BIRTHDAY.search(_compact(match)))


def _compact(match: re.Match[str]) -> str:
    """The digits in one piece, and the X."""
    plain_digits = unicodedata.normalize("NFKC", match[0]).upper()
    return re.sub(r"[^0-9X]", "", plain_digits)
