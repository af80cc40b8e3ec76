"""Columns of cells become texts, fen and days; exact, and each distinct value looked at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from onestop_cli.money import parse_fen, round_to
from onestop_cli.readers.grid import Cell

UNITS: Mapping[str, Decimal] = {
    "元": Decimal(100),
    "角": Decimal(10),
    "分": Decimal(1),
    "百元": Decimal(10_000),
    "千元": Decimal(100_000),
    "万元": Decimal(1_000_000),
}
"""Fen in one unit of a file's amounts."""

NOTHING = ("/", "\\", "无", "空", "NULL", "null", "N/A", "NA", "None", "none")
"""Words that people and programs write into an empty cell."""

SCIENTIFIC = r"^[\s'’]*[+-]?\d(\.\d+)?[eE]\+?\d+\s*$"
"""A long number that a spreadsheet shortened: its digits are lost."""

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_PLAIN_YUAN = r"^[+-]?\d{1,9}(\.\d{1,6})?$"


def texts(values: Sequence[Cell]) -> pl.Series:
    """The cells as text: numbers in their shortest exact form, empty cells as null."""
    kinds = set(map(type, values))
    if not kinds <= {str, float, int}:
        return _null_if_blank(pl.Series([cell_text(v) for v in values], dtype=pl.String))
    words = pl.Series([v if type(v) is str else None for v in values], dtype=pl.String)
    if kinds == {str}:
        return _null_if_blank(words)
    numbers = pl.Series(
        [v if type(v) is not str else None for v in values], dtype=pl.Float64, strict=False
    )
    return _null_if_blank(words.zip_with(numbers.is_null(), _number_texts(numbers)))


def cell_text(value: Cell) -> str:
    """One cell as text; a number shows neither binary noise nor an exponent."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _plain(repr(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _number_texts(numbers: pl.Series) -> pl.Series:
    """`1.0` → `1`, `1844.32` → `1844.32`, `6.3e17` → `630000000000000000`."""
    shortest = numbers.cast(pl.String).str.replace(r"\.0$", "")
    long = {text: _plain(text) for text in shortest.filter(shortest.str.contains("e")).unique()}
    return shortest.replace(long) if long else shortest


def _plain(number: str) -> str:
    """The shortest text of a float, written out."""
    exact = Decimal(number)
    if not exact.is_finite():
        return number
    return format(exact.to_integral_value() if exact == exact.to_integral_value() else exact, "f")


def _null_if_blank(series: pl.Series) -> pl.Series:
    """Nulls for cells that print as nothing; everything else as it is."""
    bare = series.str.strip_chars().str.strip_chars(_INVISIBLE)
    return series.set(bare.fill_null("") == "", None)


def trimmed(series: pl.Series) -> pl.Series:
    """Texts without blanks around them and without the apostrophe that makes a cell a text."""
    bare = series.str.strip_chars().str.strip_chars(_INVISIBLE).str.strip_chars()
    return _null_if_blank(bare.str.replace(r"^['’`]\s*", ""))


def worded(series: pl.Series) -> pl.Series:
    """`trimmed`, and null where the word only says that there is nothing."""
    bare = trimmed(series)
    return bare.set(bare.is_in((*NOTHING, "-", "--", "—", "——")).fill_null(False), None)


def fen(series: pl.Series, unit: str = "元") -> pl.Series:
    """Exact fen of texts in `unit`; null for blank, for a word for nothing, and for what is no amount.

    Plain decimals in yuan go through whole numbers column by column; every other writing through
    `parse_fen`, once per distinct text.
    """
    bare = trimmed(series)
    plain = bare.str.contains(_PLAIN_YUAN).fill_null(False) & (unit == "元")
    quick = bare.set(~plain, None).cast(pl.Decimal(24, 6)).to_physical().cast(pl.Int64)
    result = pl.select(round_to(pl.lit(quick))).to_series()
    odd = bare.filter(~plain).drop_nulls().unique()
    if odd.is_empty():
        return result
    known = {text: parse_fen(text, UNITS[unit]) for text in odd}
    slow = bare.replace_strict(known, default=None, return_dtype=pl.Int64)
    return result.zip_with(plain, slow)


def unread_money(series: pl.Series, amounts: pl.Series) -> pl.Series:
    """Where a cell holds something that is no amount."""
    return worded(series).is_not_null() & amounts.is_null()
