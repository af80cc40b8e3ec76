"""A sheet understood as a table: header, columns, what each row is, amounts in fen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from onestop_cli.readers.aliases import Aliases, unit_of
from onestop_cli.readers.cells import fen, texts, trimmed, worded
from onestop_cli.readers.days import Habit, Month, days
from onestop_cli.readers.grid import Cell, Grid
from onestop_cli.readers.headers import Header
from onestop_cli.readers.kinds import Roles, classify
from onestop_cli.readers.totals import Mismatch, check_totals
from onestop_cli.settings import Layout

_UNIT_LINE = re.compile(
    r"(?:^|[^报制表主送用])(?:金额|货币|计量|计价)?单位[::]?(?:人民币)?[(]?(万元|千元|百元|元|角|分)"
)
_UNLABELLED = "只有金额，没有姓名、证号、住院号和日期，也不等于前面各行的合计"
_ABOVE_HEADER = "像是数据，却在表头上方"


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
        return list(zip(*body, strict=True)) if body else [()] * self.grid.width

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
        lines = (re.sub(r"\s+", "", unicodedata.normalize("NFKC", line)) for line in self.titles)
        return list(dict.fromkeys(m[1] for line in lines if (m := _UNIT_LINE.search(line))))

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


@dataclass(frozen=True)
class Sorted:
    """The rows of a table by kind: data, odd (quarantined, with its reason) or left out."""

    kinds: Sequence[str]
    reasons: Mapping[int, str]
    mismatches: Sequence[Mismatch]

    @property
    def data(self) -> pl.Series:
        return pl.Series([kind == "data" for kind in self.kinds], dtype=pl.Boolean)


def sort_rows(table: Table, lone_person: bool) -> Sorted:
    """What every row below the header is, with the totals checked."""
    found = classify(
        table.text,
        table.header,
        _roles(table, lone_person),
        table.first("id_no") or table.first("head_id"),
    )
    labels = {
        index: "" if kind == "sum" else _label(table, index)
        for index, kind in enumerate(found.kind)
        if kind in ("sum", "total")
    }
    wrong = check_totals(found.kind, labels, table.amounts)
    unexplained = {mismatch.row for mismatch in wrong if not mismatch.label}
    for index, label in labels.items():
        if not label:
            found.kind[index] = "odd" if index in unexplained else "total"
    reasons = found.reason | dict.fromkeys(unexplained, _UNLABELLED)
    return Sorted(found.kind, reasons, [m for m in wrong if m.label])


def _roles(table: Table, lone_person: bool) -> Roles:
    """Columns by what they tell about a row."""

    def of(fields: Sequence[str]) -> tuple[int, ...]:
        return tuple(c for field in fields for c in table.header.columns.get(field, ()))

    fields = table.aliases.fields
    if "name" not in fields:
        return Roles(of(("hospital",)), of(("level",)), (), lone_person)
    return Roles(
        person=of(("name", "id_no", "head", "head_id")),
        evidence=of(("stay_no", *(f.id for f in fields.values() if f.kind == "day"))),
        money=of([f.id for f in fields.values() if f.kind == "money"]),
        lone_person=lone_person,
    )


def _label(table: Table, index: int) -> str:
    """The words of a total row."""
    money = set(table.money_columns)
    row = table.text.row(index)
    words = [cell.strip() for column, cell in enumerate(row) if cell and column not in money]
    return re.sub(r"\s+", "", "".join(words[:2]))[:40] or "合计"


def kinds_above(grid: Grid, header: Header) -> list[str]:
    """What the rows above the header are; and the header rows."""
    above = [
        "title" if any(str(c).strip() for c in row) else "blank"
        for row in grid.rows[: header.first]
    ]
    return above + ["header"] * (header.last - header.first + 1)
