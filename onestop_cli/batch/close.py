"""`onestop close`: a reconciled period into the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from onestop_cli.batch.books import operator, the_ledger
from onestop_cli.batch.closed_periods import left_out
from onestop_cli.batch.guards import Candidate, doubts, refuse_changed_inputs, refuse_doubts
from onestop_cli.batch.handed_in import closed_files, of_run
from onestop_cli.batch.same_books import refuse_other_books
from onestop_cli.batch.start import county_settings
from onestop_cli.core.pending import REPORTED_AGAIN
from onestop_cli.county.inbox_check import inbox_notes
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.closing import Closed, Why, close, refuse
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.waiting import pending
from onestop_cli.outcome import stands
from onestop_cli.run import RUN_FILE, Run, load_run


@dataclass(frozen=True)
class Plan:
    """What is about to be closed: the run and its `run.json`, the ledger, what the inbox check says, and why it is
    closed in spite of what (`why`)."""

    run: Run
    data: bytes
    ledger: Path
    notes: tuple[str, ...]
    why: Why


def planned(folder: Path, ledger: Path | None, *, anyway: bool = False, reason: str = "") -> Plan:
    """Look at the run in `folder` before it is posted. `ledger`: else that of onestop.toml.

    Raises `CannotRun` for a folder that is no run or was changed since, a period that is closed, overlaps a closed one
    or lies before one, books, inputs or documents that have moved since the run, and for doubts that no reason passes.
    """
    path = the_ledger(ledger)
    candidate = Candidate(folder, load_run(folder), county_settings())
    refuse_other_books(path, [folder.absolute().parent])
    with opened(path) as books:
        refuse(books, candidate.run)
        notes = inbox_notes(of_run(candidate.run, closed_files(books)))
        notes += left_out(books, candidate.run.period)
    refuse_changed_inputs(candidate)
    found = doubts(candidate)
    refuse_doubts(found, anyway=anyway, reason=reason)
    data = (folder / RUN_FILE).read_bytes()
    return Plan(candidate.run, data, path, tuple(notes), Why(reason, tuple(found)))


def close_planned(plan: Plan, now: datetime) -> Closed:
    """Post it."""
    with opened(plan.ledger) as books:
        done = close(books, plan.run, plan.data, operator(), now, why=plan.why)
        stands(f"{plan.run.period.chinese}已关账")
        own = tuple(line for line in accounts(books) if line.period == plan.run.period.id)
        waiting = pending(books).filter(~REPORTED_AGAIN)
        return Closed(plan.run, plan.ledger, done, accounts=own, waiting=len(waiting))


def close_run(folder: Path, ledger: Path | None, now: datetime) -> Closed:
    """Post the run in `folder` without asking."""
    return close_planned(planned(folder, ledger), now)
