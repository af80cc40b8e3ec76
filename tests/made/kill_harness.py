"""Kill `close` and `reconcile` at random moments and look at what they leave.

    python -m tests.made.kill_harness [TIMES]

Each round starts one of them on a small county, waits for the first sign of writing (a journal beside the ledger, a
hidden folder beside the run), kills it (SIGKILL) a random moment later, and holds what is there against what was there
before and what a finished one leaves. Prints how often it was one or the other.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from onestop_cli.cli import run
from onestop_cli.ledger.books import closings
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify

CASE = Path(__file__).parents[2] / "samples/findings/ST07"
_ONESTOP = (sys.executable, "-m", "onestop_cli")


SIGNS = {"close": "台账.sqlite-journal", "reconcile": ".again.*"}
"""What is seen first of a command's writing."""

WRITING = {"close": 0.03, "reconcile": 0.6}
"""Seconds within which a command has written everything, more or less."""


def command(what: str, folder: Path) -> list[str]:
    """What is typed: `close` posts the run `next`; `reconcile` makes the run folder `again`."""
    if what == "close":
        return ["close", str(folder / "next"), "--ledger", str(folder / "台账.sqlite")]
    return _reconcile(CASE, "2010Q4", folder / "again", folder / "台账.sqlite")


def _reconcile(case: Path, period: str, out: Path, ledger: Path) -> list[str]:
    return [
        "reconcile", "--quiet", "--period", period, "--stays", str(case / "hospitals"),
        "--roster", str(case / "roster"), "--register", str(case / "register.csv"),
        "--rules", "huangzhong-2009", "--ledger", str(ledger), "--out", str(out),
    ]  # fmt: skip


def scene(folder: Path) -> Path:
    """A folder with a closed quarter and a run of the next."""
    ledger = folder / "台账.sqlite"
    for words in (
        ["ledger", "open", str(ledger), "--from", "2010-07-01"],
        _reconcile(CASE / "earlier", "2010Q3", folder / "first", ledger),
        ["close", str(folder / "first"), "--ledger", str(ledger)],
        _reconcile(CASE, "2010Q4", folder / "next", ledger),
    ):
        assert run(words) == 0, words
    return folder


def killed(stage: Path, what: str, moment: float, copy: Path) -> str:
    """Run `what` on a copy of the scene, kill it `moment` seconds after it begins to write; `before` or `after`, else
    what is wrong."""
    shutil.copytree(stage, copy)
    process = subprocess.Popen(
        [*_ONESTOP, *command(what, copy)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and not any(copy.glob(SIGNS[what])):
        time.sleep(0.0005)
    time.sleep(moment)
    process.kill()
    process.wait()
    return left_by(what, copy)


def left_by(what: str, folder: Path) -> str:
    """What a killed command left in `folder`."""
    with opened(folder / "台账.sqlite") as books:
        if complaints := verify(books):
            return f"ledger: {complaints[0]}"
        closed = [(one.period.id, one.stays > 0) for one in closings(books)]
    if what == "close":
        if closed == [("2010Q3", True)]:
            return "before"
        whole = closed == [("2010Q3", True), ("2010Q4", True)]
        return "after" if whole else f"ledger: {closed}"
    out = folder / "again"
    if not out.exists():
        return "before"
    whole = (out / "run.json").is_file() and (out / "差错清单.xlsx").is_file()
    return "after" if whole else "half a run folder"


def main(times: int = 200) -> int:
    rng, found = Random(), Counter[str]()
    with TemporaryDirectory() as scratch:
        stage, copy = scene(Path(scratch) / "scene"), Path(scratch) / "copy"
        for number in range(times):
            what = ("close", "reconcile")[number % 2]
            found[f"{what}: {killed(stage, what, rng.uniform(0, WRITING[what]), copy)}"] += 1
            shutil.rmtree(copy)
            if number % 20 == 19 or number == times - 1:
                print(number + 1, dict(found), flush=True)
    return int(any(not key.endswith((": before", ": after")) for key in found))


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:2])))
