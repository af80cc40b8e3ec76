"""The beginning of the books: their first day, and each fund's balance before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.ledger.books import BEFORE
from onestop_cli.ledger.chain import OPENING, Draft, append
from onestop_cli.ledger.pack import pack
from onestop_cli.ledger.store import new_books, transaction
from onestop_cli.tables.schema import BROUGHT, empty


@dataclass(frozen=True)
class Opening:
    """What the books begin with. `balances`: fund → fen; `brought` (`BROUGHT`), and the file it was read from."""

    first_day: date
    balances: Mapping[str, int] = field(default_factory=dict)
    brought: pl.DataFrame = field(default_factory=lambda: empty(BROUGHT))
    file: str = ""
    sha256: str = ""


def open_books(path: Path, opening: Opening, operator: str, now: datetime) -> None:
    """Make the books at `path`, whole or not at all; raises `CannotRun` when there is something already."""
    content: dict[str, Any] = {
        "first_day": opening.first_day.isoformat(),
        "balances": dict(opening.balances),
    }
    parts = {}
    if len(opening.brought):
        content["before"] = {"path": opening.file, "sha256": opening.sha256}
        parts[BEFORE] = pack(opening.brought)
    with new_books(path) as books, transaction(books):
        append(books, Draft(OPENING, content, operator, now, parts))
