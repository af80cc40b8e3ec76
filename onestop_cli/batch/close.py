"""`onestop close`: a reconciled period into the books."""

from __future__ import annotations

import getpass
import hashlib
from datetime import datetime
from pathlib import Path

from onestop_cli.batch.books import the_ledger
from onestop_cli.core.closed import REPORTED_AGAIN
from onestop_cli.core.reconcile import control
from onestop_cli.errors import stop
from onestop_cli.ledger.accounts import accounts
from onestop_cli.ledger.closing import Closed, close
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.waiting import pending
from onestop_cli.outcome import stands
from onestop_cli.run import Run, load_run


def close_run(folder: Path, ledger: Path | None, now: datetime) -> Closed:
    """Post the run in `folder`. `ledger`: else that of onestop.toml; it is made by the first closing.

    Raises `CannotRun` for a folder that is no run or was changed since, a period that is closed, overlaps a closed one
    or lies before one, and books that have moved since the run.
    """
    path = the_ledger(ledger)
    run = load_run(folder)
    refuse_changed(run, folder)
    digest = hashlib.sha256((folder / "run.json").read_bytes()).hexdigest()
    with opened(path, create=True) as books:
        done = close(books, run, digest, operator(), now)
        stands(f"{run.period.chinese}已关账")
        own = tuple(line for line in accounts(books) if line.period == run.period.id)
        waiting = pending(books).filter(~REPORTED_AGAIN)
        return Closed(run, path, **done, accounts=own, waiting=len(waiting))


def refuse_changed(run: Run, folder: Path) -> None:
    """Raise `CannotRun` when tables or documents are not those the run was finished with."""
    documents = {rule["id"]: rule["sha256"] for rule in run.info["rules"]}
    kept = {id_: hashlib.sha256(data).hexdigest() for id_, data in run.documents.items()}
    if control(run.stays, [layer.id for layer in run.layers]) != run.info["control"] or any(
        kept.get(id_) != digest for id_, digest in documents.items()
    ):
        raise stop(
            "结算结果文件夹里的数据和核对完成时不一致",
            "请不要改动 data 文件夹；用 onestop reconcile 重新核对后再关账",
            str(folder),
        )


def operator() -> str:
    """Who sits at this computer, as far as it knows."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""
