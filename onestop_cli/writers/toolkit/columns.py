"""The columns of a printed table: kinds, widths, and values made ready for cells."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from onestop_cli.money import FULL

Kind = Literal["text", "int", "yuan", "exact", "date", "percent"]

LONGEST = 32_767
"""The longest text a cell can hold."""

NUMBER_FORMATS: Mapping[Kind, str] = {
    "text": "@",
    "int": "#,##0",
    "yuan": "#,##0.00",
    "exact": "#,##0.00####",
    "date": "yyyy-mm-dd",
    "percent": "0.00%",
}
UNITS: Mapping[Kind, int] = {"int": 1, "yuan": 100, "exact": 100 * FULL, "percent": FULL, "date": 1}
"""Whole units of ours in one unit of the printed number."""

_TYPES: Mapping[Kind, type[pl.DataType]] = {
    "text": pl.String,
    "int": pl.Int64,
    "yuan": pl.Int64,
    "exact": pl.Int64,
    "date": pl.Date,
    "percent": pl.Int64,
}
_WIDTHS: Mapping[Kind, float] = {
    "text": 12,
    "int": 7,
    "yuan": 13,
    "exact": 15,
    "date": 11,
    "percent": 9,
}
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True)
class Column:
    """A column of a table: the row's key, the printed title and how the value is shown.

    `yuan` takes whole fen, `exact` ten-thousandths of a fen, `percent` whole ten-thousandths, `date` a date.
    `width` is in half-width characters (a Chinese character takes two). Neighbouring columns with the same
    `group` stand under one heading. `total` sums the column. `ratio` (numerator keys, last the denominator's)
    makes the cell of the totals row the quotient of their totals. `less` shows the rows as a live difference,
    the first key less the others. `align`: center. `choices` offers a list to pick from; `fill` marks a column
    for people to fill in.
    """

    key: str
    title: str
    kind: Kind = "text"
    width: float | None = None
    total: bool = False
    group: str = ""
    ratio: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    align: str = ""
    choices: tuple[str, ...] = ()
    fill: bool = False

    @property
    def chars(self) -> float:
        """Width in half-width characters."""
        return self.width or _WIDTHS[self.kind]


Rows = pl.DataFrame | Sequence[Mapping[str, Any]]


def text_width(text: str) -> int:
    """Width in half-width characters: a full-width character counts two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def room_in(width: float) -> int:
    """Half-width characters of a text that go into a cell `width` of them wide."""
    return max(int(width) - 1, 1)


def lines_needed(text: str, width: float) -> int:
    """How many printed lines `text` takes in a cell `width` half-width characters wide."""
    room = room_in(width)
    return sum(max(-(-text_width(line) // room), 1) for line in text.split("\n"))


def round_ratio(part: int, whole: int, kind: Kind) -> int | None:
    """`part / whole` half up: ten-thousandths for percent, else in the unit of `part`."""
    if whole == 0:
        return None
    scale = FULL if kind == "percent" else 1
    grains = abs(part) * scale * 2 + whole
    return grains // (2 * whole) * (1 if part >= 0 else -1)


def frozen_columns(columns: Sequence[Column]) -> int:
    """Columns that stay in view: up to and including the first text column."""
    texts = [index for index, column in enumerate(columns) if column.kind == "text"]
    return texts[0] + 1 if texts and texts[0] < 3 else 0


def frame_of(columns: Sequence[Column], rows: Rows) -> pl.DataFrame:
    """The rows as a table of `columns`, dates as serial days, texts short enough for a cell."""
    types = {column.key: _TYPES[column.kind] for column in columns}
    if isinstance(rows, pl.DataFrame):
        empty = {c.key: pl.lit(None, types[c.key]) for c in columns if c.fill}
        frame = rows.with_columns(empty[key].alias(key) for key in empty if key not in rows.columns)
    else:
        kept = [{key: row.get(key) for key in types} for row in rows]
        frame = pl.DataFrame(kept, schema=types, orient="row")
    return frame.select(_shown(column) for column in columns)


def _shown(column: Column) -> pl.Expr:
    """The values of a column as they go into cells: text, or a whole number."""
    value = pl.col(column.key)
    if column.kind == "text":
        return value.cast(pl.String).str.slice(0, LONGEST)
    if column.kind == "date":
        return (value - pl.lit(_EPOCH)).dt.total_days()
    return value.cast(pl.Int64)
