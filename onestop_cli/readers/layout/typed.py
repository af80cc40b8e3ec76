"""A sheet understood as a table: header, columns, what each row is, amounts in fen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from onestop_cli.county import platform
from onestop_cli.county.settings import FileLayout
from onestop_cli.readers.containers.grid import Cell, Grid
from onestop_cli.readers.layout.aliases import Aliases, unit_of
from onestop_cli.readers.layout.cells import fen_columns, filled, text_column, trimmed, worded
from onestop_cli.readers.layout.days import Habit, Month, days
from onestop_cli.readers.layout.headers import Header, columns_headed

_UNIT_LINE = re.compile(
    r"(?:^|[^报制表主送用])(?:金额|货币|计量|计价)?\s*单\s*位\s*:?\s*(?:人民币)?[(]?(万元|千元|百元|元|角|分)"
    r"(?=$|[^\u4e00-\u9fff]|填|制|日期|报|编|审)"
)
_UNIT_SAID = re.compile(
    r"(?:以|单位[均都]?[为是:]?)(?:人民币)?(万元|千元|百元)(?:为单位|计|$)|(万元|千元|百元)为单位"
)
_UNIT_IN_NAME = re.compile(r"[(\[【](?:单位:?)?(?:人民币)?(万元|千元|百元)[)\]】]")


@dataclass(frozen=True)
class TypedTable:
    """`grid` below `header`: `body[i]` is spreadsheet row `offset + i + 1`."""

    grid: Grid
    header: Header
    aliases: Aliases
    layout: FileLayout | None

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
        """The same as text, columns named by their number, blank cells null."""
        columns = {str(c): text_column(column) for c, column in enumerate(self.columns)}
        return pl.DataFrame(columns).with_columns(filled(pl.all()))

    def first(self, field: str) -> int | None:
        """The surest column of `field`."""
        return next(iter(self.header.columns.get(field, ())), None)

    def raw(self, field: str) -> pl.Expr:
        """Of `text`: the texts of `field` as the file has them; later columns fill blanks of earlier ones."""
        columns = [pl.col(str(c)) for c in self.header.columns.get(field, ())]
        return pl.coalesce(columns) if columns else pl.lit(None, pl.String)

    def words(self, field: str) -> pl.Expr:
        """Of `text`: `raw`, trimmed, and null for words that only say that there is nothing."""
        columns = [worded(pl.col(str(c))) for c in self.header.columns.get(field, ())]
        return pl.coalesce(columns) if columns else pl.lit(None, pl.String)

    def all_words(self, field: str) -> pl.Expr:
        """Of `text`: what all columns of `field` say, joined by ；."""
        columns = [worded(pl.col(str(c))) for c in self.header.columns.get(field, ())]
        if not columns:
            return pl.lit(None, pl.String)
        joined = pl.concat_str(columns, separator="；", ignore_nulls=True)
        return pl.when(joined != "").then(joined)

    def words_where(self, field: str, titled: str) -> pl.Expr:
        """Of `text`: `words` of those columns of `field` whose header has a word of the pattern `titled`."""
        columns = [
            worded(pl.col(str(c)))
            for c in self.header.columns.get(field, ())
            if re.search(titled, self.header.label(c))
        ]
        return pl.coalesce(columns) if columns else pl.lit(None, pl.String)

    def headed(self, titles: Sequence[str]) -> tuple[int, ...]:
        """The columns of these headers, whatever field they are read as beside.

        The platform has several names for a column (医疗类别, 医保就诊类别, MED_TYPE); where none of them is there,
        it is the one that was read as that field, by any other name or by a layout.
        """
        found = (columns_headed(self.header.labels, title) for title in titles)
        columns = [column for columns in found for column in columns]
        known = platform.titles(titles)
        columns += [c for c, heads in enumerate(self.header.labels) if _words(heads) & known]
        if not columns:
            fields = [platform.fields().get(platform.word(title)) for title in titles]
            columns = [c for name in fields if name for c in self.header.columns.get(name, ())]
        return tuple(dict.fromkeys(columns))

    def words_under(self, titles: Sequence[str]) -> pl.Expr:
        """`words` of the columns of these headers; later ones fill blanks of earlier ones."""
        columns = [worded(pl.col(str(c))) for c in self.headed(titles)]
        return pl.coalesce(columns) if columns else pl.lit(None, pl.String)

    def trimmed(self, field: str) -> pl.Expr:
        """Of `text`: `raw` without blanks around it."""
        return trimmed(self.raw(field))

    def take(self, **columns: pl.Expr) -> pl.DataFrame:
        """Expressions over `text`, one row per body row."""
        return self.text.with_columns(**columns).select(list(columns))

    def days(self, field: str, habit: Habit) -> tuple[pl.Series, list[int]]:
        """Days of `field`, and the body rows whose cell is something else."""
        column = self.first(field)
        if column is None:
            return pl.repeat(None, self.height, dtype=pl.Date, eager=True), []
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
        return next(iter((*self.units_named, *self._unit_of_name())), "元")

    def _unit_of_name(self) -> list[str]:
        """The unit in brackets in the name of the sheet, else of the file: 明细（万元）."""
        names = (self.grid.sheet or "", self.grid.source)
        found = (_UNIT_IN_NAME.search(unicodedata.normalize("NFKC", name)) for name in names)
        return [match[1] for match in found if match][:1]

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
    def money(self) -> tuple[dict[str, pl.Series], dict[str, list[int]]]:
        """Column → fen of every column that carries an amount, and its body rows that hold none."""
        units = {
            str(column): self.unit_of(column)
            for field, columns in self.header.columns.items()
            if self.aliases.fields[field].kind == "money"
            for column in columns
        }
        return fen_columns(self.text, units)

    @cached_property
    def amounts(self) -> dict[str, pl.Series]:
        """Field → fen; several columns of one field are added, null where all are blank."""
        by_column, _ = self.money
        return {
            field: _added([by_column[str(c)] for c in columns])
            for field, columns in self.header.columns.items()
            if self.aliases.fields[field].kind == "money"
        }


def _added(parts: Sequence[pl.Series]) -> pl.Series:
    if len(parts) == 1:
        return parts[0]
    frame = pl.DataFrame({str(place): part for place, part in enumerate(parts)})
    some = pl.any_horizontal(pl.all().is_not_null())
    return frame.select(pl.when(some).then(pl.sum_horizontal(pl.all()))).to_series()


def _words(heads: Sequence[str]) -> set[str]:
    """A header as a whole and its lowest head, as the platform's titles are compared."""
    return {platform.word("".join(heads)), platform.word(heads[-1])} if heads else set()


def named_unit(line: str) -> str | None:
    """The unit of a 单位 line; 填报单位 is none."""
    plain = unicodedata.normalize("NFKC", line)
    if match := _UNIT_LINE.search(plain):
        return match[1]
    said = _UNIT_SAID.search(re.sub(r"\s", "", plain))
    return said and (said[1] or said[2])
