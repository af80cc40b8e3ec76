"""`make bench`: every goal beside what was reached, each a ratio measured in this run, or seconds.

python -m benchmarks.goals [--times 3] [--large]

Ways that are compared take turns, each run in a process of its own; a run whose result differs from onestop's by a fen
ends it all. `--large` adds ten million stays.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import papers, quarter, run
from benchmarks.data import in_a_child
from benchmarks.growth import measured as in_parts

Row = tuple[str, str, str]
"""What, its goal, what was reached."""

OURS, DUCKDB, SORT, WHOLE = "onestop", "duckdb_sql", "floors:read_and_sort", "whole"
LARGE = 10_000_000
_HALVED = (1.0, 6.2, 0.5)
"""Seconds: half of what the same papers (`papers.PAPERS`) took when they were first measured."""


def core(stays: int, times: int) -> Iterator[Row]:
    """The same work beside DuckDB, beside reading and one sort, and all of the core."""
    in_a_child(stays)
    ways = [way for way in (OURS, DUCKDB, SORT, WHOLE) if stays <= run.MOST.get(way, stays)]
    runs = [{way: run.measured(way, stays) for way in ways} for _ in range(times)]
    if any(
        each[way]["digest"] != runs[0][OURS]["digest"]
        for each in runs
        for way in ways
        if way != SORT
    ):
        sys.exit("a result differs: its time does not count")

    def ratio(one: str, other: str) -> str:
        each = sorted(turn[one]["seconds"] / turn[other]["seconds"] for turn in runs)
        cpu = median(turn[one]["cpu"] / turn[other]["cpu"] for turn in runs)
        return f"{median(each):.2f} ({each[0]:.2f} to {each[-1]:.2f}); processor time {cpu:.2f}"

    def gib(way: str) -> str:
        return f"{median(turn[way]['peak_mib'] for turn in runs) / run.GIB:.2f} GiB"

    least = "≤ 0.9 GiB" if stays < LARGE else "≤ DuckDB's"
    yield f"{stays:,} stays: DuckDB ÷ onestop, the same work", "≥ 1.5", ratio(DUCKDB, OURS)
    yield f"{stays:,} stays: memory", least, f"{gib(OURS)}, DuckDB {gib(DUCKDB)}"
    goal = "≤ 1" if stays >= LARGE else "≤ 2"
    yield f"{stays:,} stays: the same work ÷ (reading and one sort)", goal, ratio(OURS, SORT)
    if WHOLE in ways:
        yield f"{stays:,} stays: all of the core ÷ the same work", "≤ 1.6", ratio(WHOLE, OURS)


def parts(stays: int) -> Iterator[Row]:
    in_a_child(stays)
    seconds, _ = in_parts("parts", stays)
    yield (
        f"the whole command in parts, {stays:,} stays",
        "≤ 4 µs a stay",
        f"{seconds / stays * 1e6:.1f} µs",
    )


def quarters(times: int) -> Iterator[Row]:
    """Files in, workbooks out, and how long until a command says its first word."""
    large = [quarter.beside_floor() for _ in range(times)]
    ratios = sorted(whole / floor for whole, floor in large)
    told = f"{median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    yield "a quarter, 40,000 stays ÷ (bare reader + fastest writer)", "≤ 0.8", told
    home = quarter.made(10_000)
    with tempfile.TemporaryDirectory() as name:
        outs = [Path(name) / str(number) for number in range(times)]
        taken = median(
            quarter.seconds(lambda out=out: quarter.reconcile(home, out)) for out in outs
        )
        first = median(_first_word(home, Path(name) / f"first{number}") for number in range(times))
    yield "10,000 stays in 58 files", "≤ 1.8 s", f"{taken:.2f} s"
    yield "its first line", "≤ 0.35 s", f"{first:.2f} s"


def written(times: int) -> Iterator[Row]:
    """The papers of the sample quarter, as commands of their own."""
    for (what, (taken,)), goal in zip(
        papers.measured([sys.executable], times), _HALVED, strict=True
    ):
        yield what, f"≤ {goal} s", f"{taken:.2f} s"


def books_and_trials() -> Iterator[Row]:
    """The ledger of a million stays, and ten variants tried on as many, by their own benchmarks."""
    said = _said("benchmarks.ledger")
    for what, goal in (("verify", "≤ 10 s"), ("closed stays of 40,000 people", "≤ 2 s")):
        line = next(line for line in said if line.startswith(what))
        yield f"a ledger of a million stays: {what}", goal, line.removeprefix(what).strip()
    *_, last = _said("benchmarks.simulate")
    yield "1,000,000 stays: ten variants", "≤ 11 s", last.removeprefix("ten variants ")


def _said(module: str) -> list[str]:
    command = [sys.executable, "-W", "ignore", "-m", module]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def _first_word(home: Path, out: Path) -> float:
    begin = time.perf_counter()
    command = quarter.command(home, out)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        taken = time.perf_counter() - begin
        process.stdout.read()
    return taken


def main(times: int, large: bool) -> None:
    print("| what | goal | reached |\n|---|---|---|")
    tables: list[Iterator[Any]] = [core(100_000, times), core(1_000_000, times)]
    tables += [core(LARGE, 1), parts(LARGE)] if large else [parts(1_000_000)]
    for table in (*tables, quarters(times), written(times), books_and_trials()):
        for row in table:
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--large", action="store_true")
    asked = parser.parse_args()
    main(asked.times, asked.large)
