"""Draws in the ledger: those that a run folder knows nothing of, since it was copied, emptied or settled anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from onestop_cli.ledger.draws import keep_draw, kept_draws
from onestop_cli.ledger.store import opened
from onestop_cli.run import Run

Record = Mapping[str, Any]


def kept_elsewhere(ledger: Path | None, run: Run) -> Callable[[Sequence[Record]], list[Record]]:
    """What gives the draws from runs of this period that the ledger has and the run folder has not."""
    kept: list[dict[str, Any]] = []
    if ledger is not None:
        with opened(ledger) as books:
            kept = kept_draws(books, run.period.id)

    def elsewhere(known: Sequence[Record]) -> list[Record]:
        own = {_about(record) for record in known}
        return [{**record, "where": "ledger"} for record in kept if _about(record) not in own]

    return elsewhere


def keep_in_ledger(ledger: Path, run: Run, record: Record) -> None:
    """Keep a draw of the run folder in the ledger too."""
    about = {key: value for key, value in record.items() if key not in ("number", "whole")}
    with opened(ledger) as books:
        keep_draw(books, run.period.id, about)


def is_kept(ledger: Path, run: Run, sample: str) -> bool:
    """Whether the ledger has a draw of this sample."""
    with opened(ledger) as books:
        return any(record.get("sample") == sample for record in kept_draws(books, run.period.id))


def _about(record: Record) -> tuple[Any, ...]:
    seeds = tuple(record.get("seeds", ()))
    return (
        record.get("drawn_at"),
        record.get("method"),
        record.get("size"),
        seeds,
        record.get("sample"),
    )
