"""How much of the code the tests went through, held against what it was: coverage may rise, and never falls.

`make floor` runs the suite first, and `tests/measured.py` says what of it is watched: the figures are at most the true
ones, and may differ by a few lines with the order in which tests come. Processes that tests start count, too, also the
workers that open files: what those saw comes after the suite has added up its own, and is added here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

STATEMENTS, BRANCHES = 97.0, 90.8
"""Percent. What was last measured lies some tenths higher, and wavers by a few hundredths with who ran which test."""

REPORT = Path("build/coverage/report.json")


def main() -> int:
    """0 when both are at least what they were."""
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "combine", "--quiet", "--append"], check=True)
    subprocess.run([*coverage, "json", "--quiet", "-o", str(REPORT)], check=True)
    totals = json.loads(REPORT.read_text("utf-8"))["totals"]
    fallen = 0
    for what, covered, of, floor in (
        ("statements", totals["covered_lines"], totals["num_statements"], STATEMENTS),
        ("branches", totals["covered_branches"], totals["num_branches"], BRANCHES),
    ):
        percent = covered * 100 / of
        print(f"{what}: {percent:.2f} % of {of:,}; not less than {floor} %")
        fallen += percent < floor
    return int(fallen > 0)


if __name__ == "__main__":
    sys.exit(main())
