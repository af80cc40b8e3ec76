"""A sheet understood as a table: header, columns, what each row is, amounts in fen."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from onestop_cli.readers.aliases import Aliases, unit_of
from onestop_cli.readers.cells import fen, texts, trimmed, worded
from onestop_cli.readers.days import Habit, Month, days
from onestop_cli.readers.grid import Cell, Grid
from onestop_cli.readers.headers import Header
from onestop_cli.settings import Layout

_UNIT_LINE = re.compile(
    r"(?:^|[^报制表主送用])(?:金额|货币|计量|计价)?单位[::]?(?:人民币)?[(]?(万元|千元|百元|元|角|分)"
)


@dataclass(frozen=True)
class Table:
    """`grid` below `header`: `body[i]` is spreadsheet row `offset + i + 1`."""

    grid: Grid
    header: Header
    aliases: Aliases
    layout: Layout | None

    @property
    def offset(self) -> int:
        return self.header.last + 1

    @property
    def height(self) -> int:
        return len(self.grid.rows) - self.offset

    @cached_property
    def columns(self) -> list[tuple[Cell, ...]]:
        """The cells below the header, by column."""
        body = self.grid.rows[self.offset :]
        columns = list(zip(*body, strict=True)) if body else [()] * self.grid.width
        return [
            self._unmerged(index, column) if index in self._filled_down else column
            for index, column in enumerate(columns)
        ]

    @cached_property
    def _filled_down(self) -> frozenset[int]:
        """Columns where a merged cell speaks for all rows it covers."""
        fields = self.aliases.fields
        return frozenset(
            c for field, cs in self.header.columns.items() if fields[field].spread for c in cs
        )

    def _unmerged(self, index: int, column: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """A column with what its vertical merges say in every row they cover."""
        filled = list(column)
        for (top, left), (bottom, right) in self.grid.merges:
            if left <= index <= right and top >= self.offset and bottom > top:
                value = self.grid.rows[top][left]
                for row in range(top, min(bottom + 1, len(self.grid.rows))):
                    filled[row - self.offset] = value
        return tuple(filled)

    @cached_property
    def text(self) -> pl.DataFrame:
        """The same as text, blank cells null."""
        return pl.DataFrame(
            {str(index): texts(column) for index, column in enumerate(self.columns)}
        )

    def first(self, field: str) -> int | None:
        """The surest column of `field`."""
        return next(iter(self.header.columns.get(field, ())), None)

    def raw(self, field: str) -> pl.Series:
        """The texts of `field` as the file has them; later columns fill blanks where ties allow it."""
        result = pl.Series(field, [None] * self.height, dtype=pl.String)
        for column in self.header.columns.get(field, ()):
            more = self.text.to_series(column)
            result = result.zip_with(result.is_not_null(), more)
        return result

    def words(self, field: str) -> pl.Series:
        """`raw`, trimmed, and null for words that only say that there is nothing."""
        return worded(self.raw(field))

    def trimmed(self, field: str) -> pl.Series:
        return trimmed(self.raw(field))

    def days(self, field: str, habit: Habit) -> tuple[pl.Series, list[str | None]]:
        """Days of `field`, and the texts that are none."""
        column = self.first(field)
        if column is None:
            return pl.Series([None] * self.height, dtype=pl.Date), [None] * self.height
        return days(self.columns[column], habit)

    def habit(self, month: Month = "refuse", century: int = 69) -> Habit:
        """How this sheet writes its days."""
        order = self.layout.date_order if self.layout else None
        return Habit(self.grid.epoch_1904, order, month, century)

    @cached_property
    def unit(self) -> str:
        """The unit of the sheet's amounts, from the layout or its 单位 line."""
        if self.layout and self.layout.unit:
            return self.layout.unit
        return next(iter(self.units_named), "元")

    @cached_property
    def units_named(self) -> list[str]:
        """The units that 单位 lines above the header name, in order, each once."""
        return list(dict.fromkeys(unit for line in self.titles if (unit := named_unit(line))))

    @cached_property
    def titles(self) -> list[str]:
        """Every text above the header."""
        above = self.grid.rows[: self.header.first]
        return [str(cell).strip() for row in above for cell in row if str(cell).strip()]

    def unit_of(self, column: int) -> str:
        """The unit of one column: what its header says, else the sheet's."""
        if self.layout and self.layout.unit:
            return self.layout.unit
        named = (unit_of(head) for head in reversed(self.header.labels[column]))
        return next((unit for unit in named if unit), self.unit)

    @cached_property
    def money_columns(self) -> dict[int, pl.Series]:
        """Column → fen of every column that carries an amount."""
        return {
            column: fen(self.text.to_series(column), self.unit_of(column))
            for field, columns in self.header.columns.items()
            if self.aliases.fields[field].kind == "money"
            for column in columns
        }

    @cached_property
    def amounts(self) -> dict[str, pl.Series]:
        """Field → fen; several columns of one field are added, null where all are blank."""
        found = {}
        for field, columns in self.header.columns.items():
            if self.aliases.fields[field].kind == "money":
                parts = pl.DataFrame({str(c): self.money_columns[c] for c in columns})
                found[field] = parts.select(
                    pl.when(pl.any_horizontal(pl.all().is_not_null())).then(
                        pl.sum_horizontal(pl.all())
                    )
                ).to_series()
        return found


def named_unit(line: str) -> str | None:
    """The unit of a 单位 line; 填报单位 is none."""
    match = _UNIT_LINE.search(re.sub(r"\s+", "", unicodedata.normalize("NFKC", line)))
    return match[1] if match else None
