"""What the core is told beside its tables: settings, names, and what was there before."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from onestop_cli.core.closed import History
from onestop_cli.tables.decisions import Decisions

Mapper = Callable[[str], str | None]
"""Text as the file has it → the house's name, None when it is none."""


@dataclass(frozen=True)
class Options:
    """What a county may set: `tolerance` in fen, `near_cap` in ten-thousandths, days of short readmission, which
    excesses are held instead of deducted (finding codes), and the head of the county's own area codes."""

    tolerance: int = 1
    near_cap: int = 9_500
    readmission_days: int = 15
    suspended: frozenset[str] = frozenset()
    area: str = ""

    def as_closed(self, settings: str) -> Options:
        """The options under which a closed run was settled, from its `settings` (JSON)."""
        then = json.loads(settings)
        held = frozenset(code for code, who in then["liability"].items() if who == "held")
        return replace(self, tolerance=then["tolerance_fen"], suspended=held)


@dataclass(frozen=True)
class NameLookup:
    """How texts become names: hospitals, levels and categories, through the synonym tables.

    `categories`: all that one text names (特困,低保); without it a text names one.
    """

    hospital: Mapper
    level: Mapper
    category: Mapper
    categories: Callable[[str], Sequence[str]] | None = None

    def kinds(self, text: str) -> Sequence[str]:
        """The categories that a text names."""
        if self.categories is not None:
            return self.categories(text)
        one = self.category(text)
        return [one] if one else []


@dataclass(frozen=True)
class Earlier:
    """What was there before this run: closed periods, and what people decided."""

    history: History | None = None
    decisions: Decisions | None = None


USUAL = Options()
NOTHING_BEFORE = Earlier()


def named(texts: pl.Series, mapper: Mapper) -> pl.Series:
    """Each text's name, looked up once per distinct text."""
    known, number = numbered(texts)
    names = pl.Series([mapper(text) for text in known], dtype=pl.String)
    return names.gather(number).alias(texts.name)


def numbered(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The distinct texts, and of each row the number of its own (null where it is blank)."""
    known = texts.unique().drop_nulls()
    return known, texts.cast(pl.Enum(known)).to_physical()
