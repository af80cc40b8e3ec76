"""A closed stay worked out once more from what the books keep of it: why its amounts are as they stand."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import Any

import polars as pl

from onestop_cli.batch.closed_periods import documents_with
from onestop_cli.batch.reconcile import names_of, options_of
from onestop_cli.batch.start import county_settings
from onestop_cli.core.closed import History
from onestop_cli.core.insured_area import areas_of
from onestop_cli.core.options import Earlier
from onestop_cli.core.pipeline import Core
from onestop_cli.explain.closed_stay import Standing
from onestop_cli.ledger.load import NO_NUMBERS, history
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.run import Run
from onestop_cli.tables.schema import PLACE, READ_STAYS

_MARK = "逐笔说明"
"""Stands where a payment to the patient would: a stay about which something was paid is worked out again, and its year
with it, though no row of a run touches it."""


def standing(books: sqlite3.Connection, row: dict[str, Any], run: Run) -> Standing:
    """The stay of the books at the place of `row` (`period` and `PLACE`), by its own period's documents and settings
    and everything later postings made of it, with the other closed stays of its person. `run`: whose roster knows
    people whom a decision recognised."""
    documents, _ = documents_with(books, (), ())
    book = Rulebook(tuple(rule.file for rule in documents))
    settings = county_settings()
    register = run.register if "hospital" in run.register.columns else _NO_REGISTER
    names = names_of(settings, register, book)
    place = " · ".join(filter(None, (row["source"], row["sheet"], f"第{row['row']}行")))
    past = history(books, [], NO_NUMBERS, book.layers, places=[place], hospital=names.hospital)
    past = replace(past, stays=_asked_for(past), rules=frozenset(rule.id for rule in book.rules))
    options = options_of(settings, areas_of(_NOBODY.lazy()))
    core = Core(run.roster, register, book, run.period, names, options)
    closed = core.work(_NOBODY, Earlier(past)).closed
    own = [pl.col(key).eq_missing(pl.lit(row[key])) for key in ("period", *PLACE)]
    return Standing(closed.filter(*own).row(0, named=True), closed, book)


def _asked_for(past: History) -> pl.DataFrame:
    return past.stays.with_columns(was_payment=pl.coalesce("was_payment", pl.lit(_MARK)))


_NO_REGISTER = pl.DataFrame(schema=dict.fromkeys(("hospital", "level", "ownership"), pl.String))

_BLANK = {**dict.fromkeys(READ_STAYS), "source": "", "id_numeric": False, "has_eligible": False}
_NOBODY = pl.DataFrame([_BLANK], schema=dict(READ_STAYS))
"""The one row of the run that is made for it: nobody's, of no period; the core wants rows."""
