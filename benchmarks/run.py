"""Every way of doing the core's work on the same data, one table.

python -m benchmarks.run [--sizes 1000000,10000000] [--times 3]
Each measurement is a process of its own; its time counts only when its result equals that of the first way, onestop,
to the fen.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.data import in_a_child

WAYS = {
    "onestop": "onestop, the same work",
    "floors:read": "reading the parquet",
    "floors:read_and_sort": "reading and one sort",
    "duckdb_sql": "DuckDB SQL",
    "pandas_frames": "pandas",
    "python_loop": "a loop in Python",
    "openfisca_system": "OpenFisca (no caps, no findings)",
    "whole": "onestop, all of the core",
}
MOST = {"python_loop": 1_000_000, "whole": 1_000_000}
"""Stays up to which a way is tried; beyond, patience or memory ends: all of the core is then worked in parts."""
LESS_WORK = {"floors:read", "floors:read_and_sort", "openfisca_system"}
"""Ways whose result is not the whole of it, and so is not compared here."""
GIB = 1024


@dataclass(frozen=True)
class Line:
    """One way at one size: medians of seconds and of CPU seconds (all threads), peak MiB, equal to onestop's result."""

    way: str
    stays: int
    seconds: float
    cpu: float
    peak: float
    equal: bool


def main(sizes: Sequence[int], times: int, ways: Sequence[str]) -> None:
    print(f"{os.cpu_count()} cores; medians of {times} runs, each in a process of its own\n")
    for stays in sizes:
        in_a_child(stays)
        print(f"| {stays:,} stays | s | × | CPU s | × | peak GiB | equal to the fen |")
        print("|---|---|---|---|---|---|---|")
        ours: Line | None = None
        for line in _lines(stays, times, ways):
            ours = ours or line
            print(_row(line, ours), flush=True)
            if not line.equal:
                sys.exit("a result differs: its time does not count")
        print()


def _lines(stays: int, times: int, ways: Sequence[str]) -> Iterator[Line]:
    wanted: Mapping[str, Any] | None = None
    for way in ways:
        if stays > MOST.get(way, stays):
            continue
        runs = [measured(way, stays) for _ in range(times if way != "python_loop" else 1)]
        found = runs[0]["digest"]
        wanted = wanted or found
        equal = way in LESS_WORK or all(run["digest"] == wanted for run in runs)
        medians = (median(run[what] for run in runs) for what in ("seconds", "cpu", "peak_mib"))
        yield Line(way, stays, *medians, equal)


def measured(way: str, stays: int) -> dict[str, Any]:
    """One run in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.one", way, str(stays)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _row(line: Line, ours: Line) -> str:
    equal = "–" if line.way in LESS_WORK else "yes" if line.equal else "NO"
    wall = f"{line.seconds:.2f}", f"{line.seconds / ours.seconds:.2f}"
    cpu = f"{line.cpu:.2f}", f"{line.cpu / ours.cpu:.2f}"
    cells = (*wall, *cpu, f"{line.peak / GIB:.2f}", equal)
    return f"| {WAYS[line.way]} | {' | '.join(cells)} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000000,10000000")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--ways", default=",".join(WAYS))
    asked = parser.parse_args()
    main([int(size) for size in asked.sizes.split(",")], asked.times, asked.ways.split(","))
