"""Draws of inspections in the ledger: in order, each bound to the one before, and no part of the postings."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from onestop_cli.ledger.closing import head
from onestop_cli.ledger.draws import keep_draw, kept_draws
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from tests.ledger.test_chain import without_triggers
from tests.made.books import new_books


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Books with two draws of one month and one of another."""
    path = tmp_path / "台账.sqlite"
    with new_books(path) as books:
        for number, period in enumerate(("2010-09", "2010-10", "2010-09"), 1):
            assert keep_draw(books, period, {"size": number, "seeds": [7, number]}) == number
    return path


def test_draws_of_a_period_come_back_in_order(path: Path) -> None:
    with opened(path) as books:
        assert kept_draws(books, "2010-09") == [
            {"size": 1, "seeds": [7, 1], "number": 1, "whole": True},
            {"size": 3, "seeds": [7, 3], "number": 3, "whole": True},
        ]
        assert [draw["number"] for draw in kept_draws(books, "2010-10")] == [2]
        assert kept_draws(books, "2010-11") == []


def test_a_draw_is_no_posting(path: Path) -> None:
    """A run that waits to be closed does not find the books changed."""
    with opened(path) as books:
        before = head(books)
        keep_draw(books, "2010-10", {"size": 4})
        assert head(books) == before
        assert verify(books) == []


def test_a_number_is_used_once(path: Path) -> None:
    with opened(path) as books, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        books.execute("INSERT OR REPLACE INTO draw VALUES (2, '2010-10', '{}')")


@pytest.mark.parametrize(
    ("change", "whole"),
    [
        ("""UPDATE draw SET record = replace(record, '"size": 2', '"size": 9') WHERE number = 2""", [True, False]),
        ("DELETE FROM draw WHERE number = 2", [True, False]),
        ("UPDATE draw SET record = 'x' WHERE number = 1", [False, True]),
        ("UPDATE draw SET record = '[]' WHERE number = 3", [True, False]),
    ],
)  # fmt: skip
def test_what_somebody_changed_is_seen(path: Path, change: str, whole: list[bool]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        without_triggers(raw, change)
    with opened(path) as books:
        assert [draw["whole"] for draw in kept_draws(books, "2010-09")] == whole
