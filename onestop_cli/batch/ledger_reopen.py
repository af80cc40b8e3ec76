"""`onestop ledger reopen`: the last closed period is taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from onestop_cli.batch.books import operator, the_ledger
from onestop_cli.ledger.reopening import last_closing, reopen
from onestop_cli.ledger.store import opened
from onestop_cli.writers.ledger.screen import show_reopened, show_reopening


def reopen_last(
    ledger: Path | None, reason: str, now: datetime, agreed: Callable[[], bool]
) -> bool:
    """Show what would be taken back, ask, and take it back; False when nobody agreed."""
    path = the_ledger(ledger)
    with opened(path) as books:
        closing = last_closing(books)
        show_reopening(closing)
        if not agreed():
            return False
        reopen(books, closing, operator(), now, reason.strip())
    show_reopened(closing, path)
    return True
