"""Time and memory as the work grows: `python -m benchmarks.growth [--sizes …]` prints a table and draws a chart.

`onestop` is the same work as the others' in memory; `parts` is the whole command over buckets of a quarter million
stays, from parquet to a run folder.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from benchmarks.data import HOME, county

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
PER_BUCKET = 250_000
CHART = Path("docs/pictures/growth.svg")


def measured(way: str, stays: int) -> tuple[float, float]:
    """Seconds and peak GiB of one run in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.growth", "--one", way, str(stays)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], found["gib"]


def one(way: str, stays: int) -> None:
    home = county(stays)
    begin = time.perf_counter()
    if way == "onestop":
        from benchmarks.peers.onestop import run

        run(home)
    else:
        _in_parts(stays)
    taken = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps({"seconds": taken, "gib": peak}))


def _in_parts(stays: int) -> None:
    """The whole command over parquet."""
    from onestop_cli.batch.buckets import reconcile_in_parts
    from onestop_cli.batch.request import Request
    from onestop_cli.county.settings import Settings

    home = county(stays)
    register = home.folder / "register.csv"
    pl.read_parquet(home.register).select(医疗机构="hospital", 级别="level").write_csv(register)
    request = Request(
        "2010", [home.stays], [home.roster], register, ["huangzhong-2009"], Settings()
    )
    with tempfile.TemporaryDirectory(dir=HOME) as temp:
        out = Path(temp) / "run"
        reconcile_in_parts(request, out, max(1, -(-stays // PER_BUCKET)), "local")
        shutil.rmtree(out)


Point = tuple[int, float, float]
"""Stays, seconds, GiB."""


def chart(points: dict[str, list[Point]]) -> str:
    """Both axes by powers of ten; a straight line at 45° is growth in proportion."""
    width, height, left, top = 640, 400, 60, 20

    def at(stays: int, seconds: float) -> str:
        from math import log10

        x = left + (log10(stays) - 4) / 3 * (width - left - 20)
        y = height - 40 - (log10(max(seconds, 0.1)) + 1) / 4 * (height - 40 - top)
        return f"{x:.1f},{y:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for power, text in ((4, "10 k"), (5, "100 k"), (6, "1 M"), (7, "10 M")):
        x, y = at(10**power, 0.1).split(",")
        parts.append(f'<path d="M{x} {y}V{top}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{height - 20}" text-anchor="middle">{text}</text>')
    for seconds, text in (
        (0.1, "0.1 s"),
        (1, "1 s"),
        (10, "10 s"),
        (100, "100 s"),
        (1000, "1,000 s"),
    ):
        x, y = at(10**4, seconds).split(",")
        parts.append(f'<path d="M{x} {y}H{width - 20}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{float(y) + 4}" text-anchor="end">{text}</text>')
    styles = {"onestop": ("#1f5fa8", "core, in memory"), "parts": ("#b3541e", "whole run in parts")}
    for number, (way, found) in enumerate(points.items()):
        colour, label = styles[way]
        line = " ".join(at(stays, seconds) for stays, seconds, _ in found)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = top + 16 + 18 * number
        parts.append(f'<text x="{left + 12}" y="{y}" fill="{colour}">{label}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main(sizes: Sequence[int], ways: Sequence[str]) -> None:
    points: dict[str, list[Point]] = {way: [] for way in ways}
    print("| stays | " + " | ".join(f"{way} s | µs a stay | GiB" for way in ways) + " |")
    print("|---|" + "---|" * 3 * len(ways), flush=True)
    for stays in sizes:
        county(stays)
        cells = []
        for way in ways:
            seconds, gib = measured(way, stays)
            points[way].append((stays, seconds, gib))
            cells.append(f"{seconds:.2f} | {seconds / stays * 1e6:.1f} | {gib:.2f}")
        print(f"| {stays:,} | " + " | ".join(cells) + " |", flush=True)
    CHART.write_text(chart(points), "utf-8", newline="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--ways", default="onestop,parts")
    parser.add_argument("--one", nargs=2)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one[0], int(asked.one[1]))
    else:
        main([int(size) for size in asked.sizes.split(",")], asked.ways.split(","))
