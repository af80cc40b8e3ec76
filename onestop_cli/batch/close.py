"""`onestop close`: a reconciled period into the books."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from onestop_cli.batch.books import operator, the_ledger
from onestop_cli.core.closed import REPORTED_AGAIN
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.closing import Closed, close
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.waiting import pending
from onestop_cli.outcome import stands
from onestop_cli.run import RUN_FILE, load_run


def close_run(folder: Path, ledger: Path | None, now: datetime) -> Closed:
    """Post the run in `folder`. `ledger`: else that of onestop.toml.

    Raises `CannotRun` for a folder that is no run or was changed since, a period that is closed, overlaps a closed one
    or lies before one, and books that have moved since the run.
    """
    path = the_ledger(ledger)
    run = load_run(folder)
    data = (folder / RUN_FILE).read_bytes()
    with opened(path) as books:
        done = close(books, run, data, operator(), now)
        stands(f"{run.period.chinese}已关账")
        own = tuple(line for line in accounts(books) if line.period == run.period.id)
        waiting = pending(books).filter(~REPORTED_AGAIN)
        return Closed(run, path, done, accounts=own, waiting=len(waiting))
