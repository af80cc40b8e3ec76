"""The hospitals' books, written by workers while the rest of a run's papers is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from onestop_cli import workers
from onestop_cli.run import CLOSED_STAYS, REGISTER, TABLES, Run

if TYPE_CHECKING:
    from onestop_cli.statements.statement import Statement
    from onestop_cli.writers.statements.hospital_book import HospitalAccount

_WRITER = "onestop_cli.writers.statements.hospital_book"
_MANY = 12
"""So many workbooks are worth the third of a second in which a worker loads what it needs to write them."""


def prepare(hospitals: int) -> None:
    """Have idle workers load what the books of so many hospitals need, without waiting for them."""
    if _side_by_side(hospitals):
        workers.prepare(_WRITER)


@contextmanager
def writing(
    statement: Statement, books: Sequence[tuple[HospitalAccount, Path]]
) -> Iterator[Callable[[], None]]:
    """Inside, many workbooks are written on all cores, each by a worker that gets its own rows only. What it yields
    waits for them, and writes here what no worker has written."""
    alone = replace(statement, run=_without_tables(statement.run))
    calls = [(alone, *book) for book in books] if _side_by_side(len(books)) else []
    with workers.calling(f"{_WRITER}:write_hospital_book", calls) as answers:

        def finish() -> None:
            failed = [answer is not None for answer in answers()] or [True] * len(books)
            _write_here(statement, [book for book, left in zip(books, failed, strict=True) if left])

        yield finish


def _write_here(statement: Statement, books: Sequence[tuple[HospitalAccount, Path]]) -> None:
    from onestop_cli.writers.statements.hospital_book import write_hospital_book

    for account, path in books:
        write_hospital_book(statement, account, path)


def _side_by_side(books: int) -> bool:
    return books >= _MANY and workers.cores() > 1


def _without_tables(run: Run) -> Run:
    """A run as far as a hospital's book looks at it beside its account: findings about files."""
    of_files = run.findings.filter(pl.col("code") == "FI01")
    empty = {name: getattr(run, name).clear() for name in (*TABLES, REGISTER, CLOSED_STAYS)}
    info = run.info.model_copy(update={"pending": (), "decisions": None})
    return replace(run, **{**empty, "findings": of_files}, info=info, documents={})
