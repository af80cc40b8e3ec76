"""A year of many made-up stays as a finished run, straight from frames: for trying rules on and for benchmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from onestop_cli import __version__
from onestop_cli.batch.describe import about_rules, in_order
from onestop_cli.core.options import NameLookup
from onestop_cli.core.pipeline import Work, work
from onestop_cli.core.roster import understand_roster
from onestop_cli.county.periods import parse_period
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import LoadedRule, load_rules
from onestop_cli.run import Run
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.tables.schema import QUARANTINE, READ_ROSTER, READ_STAYS, Schema, empty
from samples.fabricate.many import Many, many_stays

_AS_IT_IS = NameLookup(
    hospital=lambda text: text, level=lambda text: text, category=lambda text: text
)


def year_run(
    stays: int,
    people: int,
    rules: Sequence[str],
    year: int,
    categories: Mapping[str, str] | None = None,
) -> Run:
    """`stays` of `people` persons, settled by `rules`; `categories` gives the groups of the roster other names."""
    loaded = load_rules(rules)
    made = _renamed(many_stays(stays, people, year=year), categories or {})
    return run_of(settled(made, loaded, year), loaded, year)


def settled(made: Many, rules: Sequence[LoadedRule], year: int) -> Work:
    """One run of the core."""
    book = Rulebook(tuple(rule.file for rule in rules))
    roster = understand_roster(_as_read(made.roster, READ_ROSTER), _AS_IT_IS.category)
    rows = _as_read(made.stays, READ_STAYS)
    return work(rows, roster, made.register, book, parse_period(str(year)), _AS_IT_IS)


def run_of(done: Work, rules: Sequence[LoadedRule], year: int) -> Run:
    """The run folder's tables and what `run.json` must say."""
    book = Rulebook(tuple(rule.file for rule in rules))
    info = RunInfo.model_validate(
        {
            "version": __version__,
            "period": str(year),
            "county": {"name": "示例县"},
            "settings": {"tolerance_fen": 1},
            **about_rules(book, rules),
        }
    )
    return Run(
        info,
        in_order(done.stays, book.layers),
        done.findings,
        pl.DataFrame(),
        empty(QUARANTINE),
        done.adjustments,
        {rule.file.id: rule.data for rule in rules},
    )


def _renamed(made: Many, categories: Mapping[str, str]) -> Many:
    name = pl.col("category_raw").replace(categories)
    return Many(
        made.stays.with_columns(name), made.roster.with_columns(name), made.register, made.why
    )


def _as_read(frame: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """`frame` with every column a reader hands on."""
    absent = {name: kind for name, kind in schema.items() if name not in frame.columns}
    blank = (pl.lit(None, kind).alias(name) for name, kind in absent.items())
    return frame.with_columns(blank).select(*schema)
