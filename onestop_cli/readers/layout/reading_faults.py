"""What is wrong with the cells of a row, said in one sentence per row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import polars as pl

from onestop_cli.privacy import without_numbers
from onestop_cli.readers.containers.grid import column_letter
from onestop_cli.readers.layout.days import Habit
from onestop_cli.readers.layout.typed import TypedTable

_SHOWN = 20


class Faults:
    """Sentences by body row of one table."""

    def __init__(self, table: TypedTable) -> None:
        self._table = table
        self._said: dict[int, list[str]] = defaultdict(list)

    def unread(self, column: int, rows: Sequence[int], is_not: str) -> None:
        """The cells of `column` at `rows` are not what they should be."""
        text, label = self._table.text.to_series(column), self._table.header.label(column)
        for index in rows:
            place = f"{column_letter(self._table.header.origin.get(column, column))}{self._table.offset + index + 1}"
            shown = without_numbers(" ".join((text[index] or "").split()))[:_SHOWN]
            self.say(index, f"{label}“{shown}”（{place}）{is_not}")

    def blank(self, field: str, rows: Sequence[int]) -> None:
        """A field that must not be blank is, at `rows`."""
        for index in rows:
            self.say(index, f"{self._table.aliases.fields[field].title}为空")

    def say(self, index: int, sentence: str) -> None:
        self._said[index].append(sentence)

    def series(self) -> pl.Series:
        """One sentence per row, null where nothing is wrong."""
        said = self._said
        whole = pl.repeat(None, self._table.height, dtype=pl.String, eager=True)
        rows = sorted(said)
        return whole.scatter(rows, ["；".join(said[row]) for row in rows]) if rows else whole


def read_days(
    table: TypedTable, field: str, habit: Habit, faults: Faults | None, needed: bool = False
) -> pl.Series:
    """The days of `field`; what is none, or blank where it is `needed`, goes to `faults`, when they are kept."""
    found, wrong = table.days(field, habit)
    column = table.first(field)
    if faults and column is not None:
        faults.unread(column, wrong, "不是看得懂的日期")
        if needed:
            unread = set(wrong)
            faults.blank(field, [row for row in found.is_null().arg_true() if row not in unread])
    return found
