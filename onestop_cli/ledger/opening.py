"""The beginning of the books: their first day, and each fund's balance before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from onestop_cli.ledger.chain import OPENING, Draft, append
from onestop_cli.ledger.store import new_books, transaction


@dataclass(frozen=True)
class Opening:
    """What the books begin with. `balances`: fund → fen."""

    first_day: date
    balances: Mapping[str, int] = field(default_factory=dict)


def open_books(path: Path, opening: Opening, operator: str, now: datetime) -> None:
    """Make the books at `path`, whole or not at all; raises `CannotRun` when there is something already."""
    content = {"first_day": opening.first_day.isoformat(), "balances": dict(opening.balances)}
    with new_books(path) as books, transaction(books):
        append(books, Draft(OPENING, content, operator, now))
