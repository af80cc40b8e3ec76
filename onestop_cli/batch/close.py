"""`onestop close` and `onestop ledger …`: runs into the books."""

from __future__ import annotations

import getpass
import hashlib
from datetime import datetime
from pathlib import Path

from onestop_cli.ledger.closing import close
from onestop_cli.ledger.store import opened
from onestop_cli.run import load_run


def close_run(folder: Path, ledger: Path) -> dict[str, int]:
    """Post the run in `folder`; returns how many stays, lines and adjustments were posted."""
    run = load_run(folder)
    sha256 = hashlib.sha256((folder / "run.json").read_bytes()).hexdigest()
    with opened(ledger, create=True) as books:
        return close(books, run, sha256, getpass.getuser(), datetime.now().astimezone())
