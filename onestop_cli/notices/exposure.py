"""How far a list gives people away: who on the rosters fits what a row shows.

Whoever has the roster, and in a village everybody knows it by heart, looks for the people whose name, category and home
are as the row says. Where only one fits, the mask hid nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.county.periods import Period
from onestop_cli.notices.categories import shown_category
from onestop_cli.notices.lines import HOMES, OTHER
from onestop_cli.notices.names import plain, short, shown_name, with_names
from onestop_cli.notices.profile import Names

_KNOWN = ("person", "id_no", "name", "category", *HOMES)


@dataclass(frozen=True)
class Exposure:
    """Of how many people rows are shown, how many of them are on the rosters, and how many are the only match."""

    people: int
    listed: int
    alone: int

    def __add__(self, other: Exposure) -> Exposure:
        """That of two lists; somebody on both counts twice."""
        return Exposure(
            self.people + other.people, self.listed + other.listed, self.alone + other.alone
        )


NOBODY = Exposure(0, 0, 0)
"""Of a list without rows."""


def on_rosters(roster: pl.DataFrame, categories: Mapping[str, str], period: Period) -> pl.DataFrame:
    """The people of a run's rosters as lists show people; empty for a roster that does not say enough."""
    if not set(_KNOWN) <= set(roster.columns):
        roster = pl.DataFrame(schema=dict.fromkeys(_KNOWN, pl.String))
    return (
        roster.select(_KNOWN)
        .pipe(with_names, pl.lit(period.last))
        .with_columns(
            *(plain(pl.col(home)).fill_null(OTHER) for home in HOMES),
            category=short(plain(shown_category(pl.col("category"), categories))),
        )
    )


def fitting(
    lines: pl.DataFrame, people: pl.DataFrame, names: Names, homes: Sequence[str]
) -> pl.DataFrame:
    """Per line, how many `people` (of `on_rosters`) fit what it shows (`fitting`): its name, category and these homes;
    whether its person is one of the people at all (`listed`), and the only one that fits (`alone`)."""
    facts = ["shown", "category", *homes]
    fits = (
        people.with_columns(shown=shown_name(names))
        .group_by(facts)
        .agg(fitting=pl.col("person").n_unique().cast(pl.Int64), one=pl.col("person").first())
    )
    return (
        lines.with_columns(shown=shown_name(names))
        .select(*facts, "person")
        .join(fits, on=facts, how="left", validate="m:1", maintain_order="left")
        .select(
            pl.col("fitting").fill_null(0),
            listed=pl.col("person").is_in(people["person"].unique().implode()),
            alone=((pl.col("fitting") == 1) & (pl.col("one") == pl.col("person"))).fill_null(False),
        )
    )


def exposure(lines: pl.DataFrame) -> Exposure:
    """Of lines with `person`, and whether that is `listed` and `alone`."""
    some = (lines, lines.filter("listed"), lines.filter("alone"))
    return Exposure(*(part["person"].n_unique() for part in some))
