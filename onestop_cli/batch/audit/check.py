"""The full check of a run: with which thresholds, which days off, and which closed stays beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli import __version__
from onestop_cli.audit.leads.frame import STATE_COUNCIL, cases_of
from onestop_cli.audit.leads.model import LeadInput, Thresholds
from onestop_cli.county.workdays import Calendar
from onestop_cli.errors import stop
from onestop_cli.ledger.closing import head
from onestop_cli.ledger.load import everything
from onestop_cli.ledger.store import opened
from onestop_cli.run import Run

_DAYS = ("holidays", "workdays")


@dataclass(frozen=True)
class LeadCheck:
    """What must be the same for the same leads."""

    thresholds: Thresholds
    calendar: Calendar = STATE_COUNCIL
    ledger: Path | None = None

    def cases(self, run: Run) -> LeadInput:
        """The stays of `run`, with the closed ones beside them where there is a ledger."""
        closed = closed_stays(self.ledger, run) if self.ledger else None
        return cases_of(run, closed, self.calendar)

    def told(self) -> dict[str, Any]:
        """What the plan says of the check. `ledger`: the state of the books, empty without any."""
        return {
            "ledger": _state(self.ledger),
            **{name: sorted(map(str, getattr(self.calendar, name))) for name in _DAYS},
            "thresholds": {
                item.name: getattr(self.thresholds, item.name) for item in fields(self.thresholds)
            },
        }


def check_of(plan: Mapping[str, Any], ledger: Path | None) -> LeadCheck | None:
    """The check that `plan` tells of; None where it cannot be made again, by another version or with other books.

    Raises `CannotRun` for a plan whose figures somebody spoilt.
    """
    about = plan.get("leads", {})
    if "sha256" not in about or plan.get("version") != __version__:
        return None
    if about.get("ledger") != _state(ledger):
        return None
    try:
        days = [frozenset(map(date.fromisoformat, about[name])) for name in _DAYS]
        return LeadCheck(Thresholds().with_values(about["thresholds"]), Calendar(*days), ledger)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = "抽样计划不完整或被改动（leads）"
        raise stop(what, "请用 onestop audit 写出的 plan.json") from error


def closed_stays(ledger: Path, run: Run) -> pl.DataFrame:
    """All stays of periods closed before `run`'s, with the columns of a run's stays that leads use.

    What a layer paid is what the books say now; what was due is not theirs to tell.
    """
    with opened(ledger) as books:
        layers = [layer.id for layer in run.layers]
        past = everything(books, layers)
    before = [period.id for period in past.periods if period.last < run.period.first]
    posted = {
        f"{layer}_{what}_fen": pl.col(f"posted_{layer}_{what}_fen")
        for layer in layers
        for what in ("claimed", "payable", "offset")
    }
    unknown = {f"{layer}_due_fen": pl.lit(None, dtype=pl.Int64) for layer in layers}
    return past.stays.filter(pl.col("period").is_in(before)).with_columns(**posted, **unknown)


def _state(ledger: Path | None) -> str:
    if ledger is None:
        return ""
    with opened(ledger) as books:
        return head(books).head
