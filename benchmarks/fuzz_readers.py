"""Some thousands of made and damaged files through the readers: no traceback, no hang, no lost row.

python -m benchmarks.fuzz_readers [ROUNDS]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun
from onestop_cli.readers.audit_paper import SheetSpec, read_filled
from onestop_cli.readers.decisions import read_decisions
from onestop_cli.readers.enrolment import read_enrolment
from onestop_cli.readers.register import read_register
from onestop_cli.writers.toolkit.form import fill_form
from tests.readers.test_fuzz import MADE, REAL, account_holds, damaged, lawful, repacked

SLOWEST_SECONDS = 30.0
"""A damaged file of a few kilobytes that takes longer is a hang in the making."""

SAMPLE = SheetSpec("抽查结果", {"序号": "number", "核查结论": "outcome"}, {"number"})
HOUSEHOLDS = SheetSpec("入户核查", {"序号": "number"}, {"number"})

OTHERS: tuple[Callable[[Path], Any], ...] = (
    lambda path: read_register(path, Settings()),
    lambda path: read_decisions(path, {}),
    lambda path: read_filled(path, "抽样计划", SAMPLE, HOUSEHOLDS),
    lambda path: fill_form(path, {}, [], path.with_suffix(".out.xlsx")),
)
"""Readers of single files: they return, or raise `CannotRun`."""


def refused_or_read(path: Path) -> None:
    """One file through every reader that is not `lawful`'s; nothing but `CannotRun` may come of it."""
    account_holds(read_enrolment([path], Settings()), empty=True)
    for read in OTHERS:
        try:
            read(path)
        except CannotRun as stopped:
            assert all("没有料到" not in problem.what for problem in stopped.problems)


def main(rounds: int) -> None:
    """Damage every container `rounds` times, each differently; the seed is the round."""
    whole = {name: make() for name, make in MADE.items()}
    whole |= {path.name: path.read_bytes() for path in REAL.iterdir()}
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            for name, data in whole.items():
                chance = random.Random(f"{name} {number}")
                begin = time.perf_counter()
                packed = name.endswith((".xlsx", ".ods", ".xlsb")) and number % 2
                try:
                    lawful(Path(folder), name, (repacked if packed else damaged)(data, chance))
                    refused_or_read(Path(folder) / name)
                except BaseException:
                    print(f"FAILED: {name}, round {number}")
                    raise
                slowest = max(slowest, time.perf_counter() - begin)
    print(f"{rounds * len(whole)} damaged files, slowest {slowest:.2f} s")
    if slowest > SLOWEST_SECONDS:
        sys.exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
