"""Numbers that tell one stay, visit or settlement from another; a cell that only stands where one should is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

import polars as pl

from onestop_cli.county.synonyms import key
from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.layout.cells import SCIENTIFIC, worded
from onestop_cli.readers.layout.typed import TypedTable

_EXACT = 10**15
"""From here on a number cell does not keep every digit."""

_DAY = r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T].*)?"
_NONE = rf"^(?:#.*|[^0-9]*|[0\W_]*|.*\*.*|{_DAY})$"
"""An error or #, no digit at all (无, 待补, 同上 …), zeros and signs alone, a masked number, a day."""


def number_of(table: TypedTable, field: str, none: Sequence[str] = ()) -> pl.Series:
    """The number in `field` per body row, null where there is none; `none`: what the county also says for none."""
    columns = table.header.columns.get(field, ())
    if not columns:
        return pl.repeat(None, table.height, dtype=pl.String, eager=True)
    texts = [_numbers(table, column, none) for column in columns]
    return pl.select(pl.coalesce(texts)).to_series()


def _numbers(table: TypedTable, column: int, none: Sequence[str]) -> pl.Series:
    text = table.text.select(worded(pl.col(str(column)))).to_series()
    cells = table.columns[column]
    lost = pl.Series([type(c) is not str and _is_no_text(c) for c in cells], dtype=pl.Boolean)
    half = text.str.normalize("NFKC")
    filler = half.str.contains(rf"(?s){_NONE}|{SCIENTIFIC}").fill_null(True)
    if none:
        said = {key(word) for word in none}
        own = {t: key(t) in said for t in text.unique().drop_nulls()}
        filler |= text.replace_strict(own, default=False, return_dtype=pl.Boolean)
    return text.set(lost | filler, None)


def _is_no_text(cell: Cell) -> bool:
    """A day, or a number with more digits than a spreadsheet keeps."""
    if isinstance(cell, (date, datetime, time)):
        return True
    return isinstance(cell, (int, float)) and abs(cell) >= _EXACT
