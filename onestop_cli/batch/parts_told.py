"""What a run in parts says of its files and rows as a whole: the sentences of one run, out of tables on the disk.

`rows` are all stays as they were read (`READ_STAYS`), `stays` as they were worked out.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from onestop_cli.batch.describe import Read
from onestop_cli.batch.handed_in import of_reading
from onestop_cli.batch.reconcile import names_of
from onestop_cli.batch.request import Request
from onestop_cli.batch.told import (
    areas_told,
    beside_files,
    documents_told,
    kinds_of_care,
    no_list,
    of_files,
    other_spellings,
    unknown_kinds,
)
from onestop_cli.core.insured import other_names
from onestop_cli.core.insured_area import areas_of
from onestop_cli.county.inbox_check import inbox_notes
from onestop_cli.county.periods import parse_period
from onestop_cli.rulebook.book import Rulebook


def of_lists(
    request: Request, read: Read, book: Rulebook, rows: pl.LazyFrame, stays: pl.LazyFrame
) -> Iterator[str]:
    """What to know of the files that were handed in, and of what lies beside them."""
    register = read.register["hospital"].unique(maintain_order=True).to_list()
    hospital = names_of(request.settings, read.register, book).hospital
    closed = read.past.files if read.past else {}
    handed = of_reading(read.stays, read.roster, register, hospital, closed, read.insured, rows)
    yield from inbox_notes(handed)
    yield from beside_files(request, read.register)
    yield from read.told
    chosen = [rule.file for rule in read.rules]
    yield from documents_told(chosen, parse_period(request.period), _unique(stays, "rule_id"))
    yield from no_list(book, read.insured)
    yield from kinds_of_care(chosen, rows)
    listed = stays.filter(pl.col("id_no").is_in(read.insured.rows["id_no"].implode()))
    yield from other_names(_unique(listed, "id_no", "name_key"), read.insured.rows, book)


def of_rows(
    request: Request,
    read: Read,
    roster: pl.DataFrame,
    book: Rulebook,
    rows: pl.LazyFrame,
    stays: pl.LazyFrame,
) -> Iterator[str]:
    """What to know of what the rows say: sums of files, areas, kinds of people, names of hospitals."""
    yield from of_files(read)
    yield from areas_told(areas_of(rows), request.settings)
    yield from unknown_kinds(roster, book)
    names = _unique(stays, "hospital_raw", "in_register", "register_gap", "setl_type")
    yield from other_spellings(names, read.register, request.settings)


def _unique(table: pl.LazyFrame, *columns: str) -> pl.DataFrame:
    return table.select(columns).unique().collect(engine="streaming")
