"""Who is meant: ID numbers made comparable or refused, names made comparable.

GB 11643-1999 gives the form of the number: six digits of place, eight of birth, three of sequence
(odd for men) and a check character. A number that has lost digits is never repaired.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from onestop_cli.core.scatter import spread
from onestop_cli.county.radicals import CHARACTERS, RADICALS
from onestop_cli.tables.schema import IDENTITY, Schema, empty

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
SEXES = ("女", "男")
"""By the 17th digit, even and odd."""
BIRTH_YEARS = (1850, 2100)
"""Years of birth that can be meant; the core has no clock, so this only keeps nonsense out."""

_FIVE = 10**5

_WRITTEN_WELL = r"^[0-9]{17}[0-9X]$"
_PLAIN_NAME = r"^[\x{4E00}-\x{9FFF}]+$"
"""Characters that NFKC leaves alone."""
_BLANK = r"[\s\p{Z}\p{C}]+"
_DECORATION = r"[\s\p{Z}\p{C}'’‘`´′ʹ\"“”\-‐‑‒–—―−_]+"
_PREFIX = r"^(?:居民|公民)?(?:身份证?件?|证件|ID)(?:号码?|NO)?[:.]*"
_NOTHING = r"^(?:无|没有|暂无|不详|未知|未提供|空|NULL|NONE|N/?A|#N/A|0+|/+)$"
_MIDDLE_DOTS = "[·・•‧∙⋅●.。]"
_LIKE_X = "×✕✖╳☓⨯⨉❌ХхΧχ"
"""Signs and letters (Cyrillic, Greek) that look like X; NFKC knows the others (Ⅹ, ⅹ, Ｘ)."""


_TOLD: Schema = dict.fromkeys(("id_no", "id_fault", "id_why", "compact"), pl.String)
"""What is told of a number that is not written soundly."""


def make_id(first17: str) -> str:
    """The 18-character number of seventeen digits, with its check character."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first17, strict=True))
    return first17 + CHECK_CHARACTERS[total % 11]


def id_sex(number: pl.Expr) -> pl.Expr:
    """男 or 女 by the 17th digit of a usable 18-character number."""
    last = number.str.slice(16, 1).cast(pl.Int64, strict=False)
    return pl.lit(pl.Series(SEXES)).gather(last % 2)


def id_number(numbers: pl.Series) -> pl.Series:
    """Each usable 18-character number as a whole number, every one as another; null for any other text. Whole numbers
    are joined and ordered in a third of the time."""
    text = pl.col("text")
    parts = numbers.to_frame("text").select(
        digits=text.str.head(17).cast(pl.Int64, strict=False),
        whole=text.cast(pl.Int64, strict=False),
        crossed=text.str.ends_with("X"),
        long=text.str.len_bytes() == 18,
    )
    last = pl.when("crossed").then(10).otherwise(pl.col("whole") - pl.col("digits") * 10)
    plain = pl.col("long") & (pl.col("digits") >= 10**16)
    return parts.select(pl.when(plain).then(pl.col("digits") * 11 + last)).to_series()


def id_birth(number: pl.Expr) -> pl.Expr:
    """The day of birth in an 18-character number; null when it is no real day."""
    return number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)


def name_key(name: pl.Expr) -> pl.Expr:
    """The comparable name: NFKC, radicals as the characters they stand for, without blanks, all middle dots one.

    Blank names are null.
    """
    whole = name.str.normalize("NFKC").str.replace_many(RADICALS, CHARACTERS)
    plain = whole.str.replace_all(_BLANK, "")
    return _unless_blank(plain.str.replace_all(_MIDDLE_DOTS, "·"))


def compact_id(raw: pl.Expr) -> pl.Expr:
    """An ID text in half width and capitals, without what never belongs to a number.

    That is blanks, quotes, hyphens, one `*` at an end, words before it, the same number again. What looks like X in
    the last place is X.
    """
    plain = raw.str.normalize("NFKC").str.to_uppercase()
    bare = plain.str.replace_all(_DECORATION, "").str.replace(_PREFIX, "")
    crossed = bare.str.replace(rf"^([0-9]{{17}})[{_LIKE_X}]$", "${1}X")
    single = crossed.str.replace(r"^\*?([^*]*)\*?$", "${1}")
    twice = (single.str.len_chars() == 36) & (single.str.head(18) == single.str.tail(18))
    return pl.when(twice).then(single.str.head(18)).otherwise(single)


def identify(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` (name, id_raw, id_numeric) with the columns of `IDENTITY`; row order is kept.

    Nearly all numbers and names are written well; only the others are looked at closely.
    """
    raw = rows.select(pl.col("id_raw").fill_null(""), pl.col("id_numeric").fill_null(False))
    sound = _written_soundly(raw)
    judged = _judged(raw.filter(~sound))
    found = spread(judged, (~sound).arg_true(), len(rows)).with_columns(
        id_no=pl.when(sound).then(raw["id_raw"]).otherwise("id_no"),
        name_key=_name_keys(rows["name"]),
    )
    unknown = "?" + pl.col("compact") + pl.col("name_key").fill_null("")
    identity = found.with_columns(person=pl.coalesce("id_no", unknown)).select(*IDENTITY)
    return rows.hstack(identity)


def usable_ids(texts: pl.Series) -> pl.Series:
    """The 18-character number of each text that is a usable one, else null."""
    rows = pl.DataFrame({"name": None, "id_raw": texts, "id_numeric": False})
    return identify(rows.cast({"name": pl.String, "id_raw": pl.String}))["id_no"]


def _written_soundly(raw: pl.DataFrame) -> pl.Series:
    """Whether a text is a usable number as it stands."""
    text = pl.col("id_raw")
    parts = raw.select(
        "id_numeric",
        well=text.str.contains(_WRITTEN_WELL),
        digits=text.str.head(17).cast(pl.Int64, strict=False),
        last=text.str.tail(1),
    )
    agrees = pl.col("last") == _character_of(pl.col("digits"))
    born = pl.lit(birth_of(parts["digits"]).is_not_null())
    sound = pl.col("well") & agrees & born & ~pl.col("id_numeric")
    return parts.select(sound.fill_null(value=False)).to_series()


def _name_keys(names: pl.Series) -> pl.Series:
    """`name_key` of each name; one of plain characters only is its own key."""
    plain = names.str.contains(_PLAIN_NAME).fill_null(False)
    if plain.all():
        return names
    other = names.filter(~plain).to_frame("name").select(name_key(pl.col("name")))
    keys = spread(other, (~plain).arg_true(), len(names)).to_series()
    return keys.zip_with(~plain, names)


def _judged(odd: pl.DataFrame) -> pl.DataFrame:
    """What there is to say of each of these texts, none of them written soundly."""
    if odd.is_empty():
        return empty(_TOLD)
    return odd.join(
        _judge(odd.unique()),
        on=["id_raw", "id_numeric"],
        how="left",
        validate="m:1",
        maintain_order="left",
    ).select(*_TOLD)


def _judge(numbers: pl.DataFrame) -> pl.DataFrame:
    """Distinct texts (id_raw, id_numeric), none written soundly, with compact, id_no, id_fault, id_why."""
    parts = _take_apart(numbers.with_columns(compact=compact_id(pl.col("id_raw"))))
    usable = pl.col("sound") & ~pl.col("id_numeric")
    kept = ("id_raw", "id_numeric", "compact")
    fault = pl.when("id_numeric").then(pl.lit("ID03")).otherwise(pl.lit("ID01"))
    return pl.concat(
        [
            parts.filter(usable).select(
                *kept, "id_no", id_fault=pl.lit(None, pl.String), id_why=_what_was_made_uniform()
            ),
            parts.filter(~usable).select(
                *kept, id_no=pl.lit(None, pl.String), id_fault=fault, id_why=_reason()
            ),
        ]
    )


def _take_apart(texts: pl.DataFrame) -> pl.DataFrame:
    """`texts` with first17, the number they make (id_no), its birth, and whether it is sound."""
    compact = pl.col("compact")
    first17 = (
        pl.when(compact.str.contains(_WRITTEN_WELL))
        .then(compact.str.head(17))
        .when(compact.str.contains(r"^[0-9]{15}$"))
        .then(compact.str.head(6) + "19" + compact.str.slice(6))
    )
    agrees = (compact.str.len_chars() == 15) | (pl.col("id_no") == compact)
    return (
        texts.with_columns(first17=first17)
        .with_columns(
            id_no=pl.col("first17") + _check_character(pl.col("first17")),
            real_birth=_real_birth(pl.col("first17")),
        )
        .with_columns(sound=(agrees & pl.col("real_birth")).fill_null(False))
    )


def birth_of(digits: pl.Series) -> pl.Series:
    """The day of birth in the seventeen digits of a number, null where there is no such day in `BIRTH_YEARS`.

    Months are looked up: a fifth of the time that reading a day from text takes."""
    starts = _month_starts()
    place = digits // 10**5 % 10**6 - BIRTH_YEARS[0] * 100
    month = place.zip_with(place.is_between(0, len(starts) - 1), pl.Series([None], dtype=pl.Int64))
    parts = pl.DataFrame(
        {"start": starts["start"].gather(month), "days": starts["days"].gather(month)}
    )
    day = pl.lit(digits // 10**3 % 100)
    born = pl.when(day.is_between(1, "days")).then(pl.col("start") + day - 1)
    return parts.select(born.cast(pl.Int32).cast(pl.Date)).to_series()


@cache
def _month_starts() -> pl.DataFrame:
    """Of every number 100 × year + month since the first of `BIRTH_YEARS`: the month's first day and how many it has,
    null where it is no month."""
    months = pl.DataFrame(
        {"number": pl.int_range(BIRTH_YEARS[0] * 100, BIRTH_YEARS[1] * 100 + 13, eager=True)}
    )
    first = pl.format("{}01", "number").str.to_date("%Y%m%d", strict=False)
    return months.select(
        start=first.to_physical().cast(pl.Int64), days=first.dt.days_in_month().cast(pl.Int64)
    )


def _real_birth(first17: pl.Expr) -> pl.Expr:
    return id_birth(first17).dt.year().is_between(*BIRTH_YEARS)


def _check_character(first17: pl.Expr) -> pl.Expr:
    """The check character that belongs to seventeen digits, null where other characters are among them."""
    return _character_of(first17.cast(pl.Int64, strict=False))


def _character_of(digits: pl.Expr) -> pl.Expr:
    """The check character of a whole number of seventeen digits.

    The weights are powers of 2 modulo 11: five places further left, the same five digits weigh 2⁵ times as much.
    """
    weighed = pl.lit(_five_digits_weighed())
    total = pl.lit(0, pl.Int64)
    for part in range(4):
        total += weighed.gather(digits // _FIVE**part % _FIVE) * 2 ** (5 * part) % 11
    return pl.lit(pl.Series(list(CHECK_CHARACTERS))).gather(total % 11)


@cache
def _five_digits_weighed() -> pl.Series:
    """Of each number below 100,000, standing at the end of seventeen digits: its digits times their weights."""
    number = pl.int_range(_FIVE, eager=True)
    weights = enumerate(reversed(WEIGHTS[-5:]))
    return sum((number // 10**place % 10 * weight for place, weight in weights), number * 0)


def _reason() -> pl.Expr:
    """Why a text is no usable number, in Chinese; the first reason that fits."""
    compact = pl.col("compact")
    length = compact.str.len_chars()
    other = compact.str.replace_all(r"[0-9A-Z()\[\]:.*]", "").str.head(8)
    return (
        pl.when("id_numeric")
        .then(pl.lit("证号在表格里存成了数字，末尾几位已经丢失，无法恢复"))
        .when(compact.str.contains(_NOTHING) | (compact == ""))
        .then(pl.lit("身份证号为空"))
        .when(compact.str.contains(r"[0-9]{15}.*[0-9]{15}"))
        .then(pl.lit("一格里有两个证号，无法判断是哪一个"))
        .when(compact.str.contains("*", literal=True))
        .then(pl.lit("证号被星号遮盖，不完整"))
        .when(other != "")
        .then(pl.format("证号里有别的文字“{}”，可能不是本人的证号", other))
        .when(compact.str.contains(r"^[0-9]+X?$") & length.is_in([15, 18]).not_())
        .then(pl.format("证号是 {} 位，应为 18 位（旧证 15 位）", length))
        .when(pl.col("first17").is_null())
        .then(pl.lit("证号里有不该出现的字母或符号"))
        .when(pl.col("real_birth").fill_null(False))
        .then(pl.lit("证号校验码不符，至少有一位写错"))
        .otherwise(pl.lit("证号里的出生日期不存在"))
    )


def _what_was_made_uniform() -> pl.Expr:
    """The differences between the text and the number, joined by 、."""
    raw = pl.col("id_raw")
    half = raw.str.normalize("NFKC")
    notes = {
        "15 位旧证号升为 18 位": pl.col("compact").str.len_chars() == 15,
        "全角字符改为半角": raw.str.contains(r"[\x{FF01}-\x{FF5E}]"),
        "末位形似 X 的符号改为 X": raw.str.contains(f"[{_LIKE_X}Ⅹⅹ]"),
        "小写 x 改为大写": half.str.contains("x", literal=True),
        "去掉空白或符号": half.str.contains(_DECORATION) | half.str.contains("*", literal=True),
        "去掉号码前的文字": half.str.to_uppercase().str.contains(r"\p{Han}|ID"),
        "去掉重复的号码": half.str.contains(r"(?s)[0-9]{15}.*[0-9]{15}"),
    }
    parts = [pl.when(applies).then(pl.lit(note)) for note, applies in notes.items()]
    return pl.concat_str(parts, separator="、", ignore_nulls=True)


def _unless_blank(text: pl.Expr) -> pl.Expr:
    """`text`, null when nothing is left of it."""
    return pl.when(text != "").then(text)
