"""Columns of cells become texts and fen; exact, and each odd value looked at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import polars as pl

from onestop_cli.money import parse_fen, round_to
from onestop_cli.readers.containers.grid import Cell

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

DASHES = ("-", "--", "—", "——", "–")
"""Nothing in a text cell, zero in an amount."""

SCIENTIFIC = r"^[\s'’]*[+-]?\d(\.\d+)?[eE]\+?\d+\s*$"
"""A long number that a spreadsheet shortened: its digits are lost."""

BLANKS = " \t\r\n\v\f\u00a0\u3000\u2000\u2001\u2002\u2003\u2009\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Characters that print as nothing."""

_QUOTES = "'’`"
_SAYS_NOTHING = (
    rf"^[{BLANKS}{_QUOTES}]*({'|'.join(map(re.escape, (*NOTHING, *DASHES)))})[{BLANKS}]*$"
)
_PLAIN_YUAN = r"^[+-]?[0-9]{1,9}(\.[0-9]{1,6})?$"


def text_column(values: Sequence[Cell]) -> pl.Series:
    """The cells as text, numbers in their shortest exact form."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return pl.Series(values, dtype=pl.String)
    if not kinds <= {str, float, int}:
        return pl.Series([cell_text(v) for v in values], dtype=pl.String)
    if str not in kinds:
        return _number_texts(pl.Series(values, dtype=pl.Float64, strict=False))
    numbers = pl.Series(
        [v if type(v) is not str else None for v in values], dtype=pl.Float64, strict=False
    )
    words = pl.Series([v if type(v) is str else None for v in values], dtype=pl.String)
    return words.zip_with(words.is_not_null(), _number_texts(numbers))


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


def filled(text: pl.Expr) -> pl.Expr:
    """Texts as they are, null where they print as nothing."""
    return pl.when(text.str.contains(rf"[^{BLANKS}]")).then(text)


def trimmed(text: pl.Expr) -> pl.Expr:
    """Texts without blanks around them and without the apostrophe that makes a cell a text."""
    bare = text.str.strip_chars_start(BLANKS + _QUOTES).str.strip_chars_end(BLANKS)
    return pl.when(text.str.contains(rf"[^{BLANKS}{_QUOTES}]")).then(bare)


def worded(text: pl.Expr) -> pl.Expr:
    """`trimmed`, and null where the word only says that there is nothing."""
    return pl.when(~text.str.contains(_SAYS_NOTHING)).then(trimmed(text))


def sex_in_words(text: pl.Expr) -> pl.Expr:
    """A sex in words where the file has the platform's code for it."""
    codes = {
        f"{zeros}{code}": words for code, words in (("1", "男"), ("2", "女")) for zeros in ("", "0")
    }
    return text.replace(codes)


def fen_columns(
    text: pl.DataFrame, units: Mapping[str, str]
) -> tuple[dict[str, pl.Series], dict[str, list[int]]]:
    """Exact fen of the columns in `units` (column → unit), and the rows whose cell is no amount.

    Blank cells and words for nothing are null and no fault. Plain decimals in yuan go through whole numbers, columns of
    one unit as one; every other writing through `parse_fen`, once per distinct text.
    """
    amounts, wrong = {}, {}
    for unit in dict.fromkeys(units.values()):
        names = [name for name, its in units.items() if its == unit]
        stacked = pl.concat([text[name].alias("cell") for name in names], rechunk=True)
        fen, odd = _fen(stacked, unit)
        for place, name in enumerate(names):
            begin, end = place * text.height, (place + 1) * text.height
            amounts[name] = fen.slice(begin, text.height)
            wrong[name] = [row - begin for row in odd if begin <= row < end]
    return {name: amounts[name] for name in units}, wrong


def _fen(text: pl.Series, unit: str) -> tuple[pl.Series, list[int]]:
    bare = text.to_frame().select(trimmed(pl.col("cell"))).to_series()
    if unit != "元":
        return _with_odd(pl.repeat(None, len(bare), dtype=pl.Int64, eager=True), bare, UNITS[unit])
    plain = bare.str.contains(_PLAIN_YUAN)
    odd = bare.set(plain.fill_null(True), None)
    return _with_odd(_quick(bare, plain), odd, UNITS[unit])


def _quick(bare: pl.Series, plain: pl.Series) -> pl.Series:
    """Fen of plain decimals in yuan, through grains; null for everything else."""
    grains = bare.set(~plain, None).cast(pl.Decimal(24, 6)).to_physical().cast(pl.Int64)
    return pl.DataFrame({"grains": grains}).select(round_to(pl.col("grains"))).to_series()


def _with_odd(quick: pl.Series, odd: pl.Series, unit: Decimal) -> tuple[pl.Series, list[int]]:
    if odd.null_count() == len(odd):
        return quick, []
    known = {text: parse_fen(text, unit) for text in odd.drop_nulls().unique()}
    slow = odd.replace_strict(known, default=None, return_dtype=pl.Int64)
    wrong = [text for text, fen in known.items() if fen is None and text not in NOTHING]
    rows = list(odd.is_in(wrong).fill_null(False).arg_true()) if wrong else []
    return quick.zip_with(quick.is_not_null(), slow), rows
