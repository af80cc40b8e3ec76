"""How long the papers of the sample quarter take: boards of 2,943 stays, the same as PDF, papers of an inspection.

python -m benchmarks.papers [--times 3] [--beside PYTHON] — each as a command of its own, as a clerk types it.
`--beside`: the Python of another checkout's environment, which takes turns; each reconciles the quarter for itself.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.quarter import seconds

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "county"
PERIOD = "2010Q4"
PAPERS: Mapping[str, Sequence[str]] = {
    "boards of 2,943 stays": ("publish", "--from", "2011-01-10"),
    "the same, 83 of them as PDF, too": ("publish", "--from", "2011-01-10", "--pdf"),
    "papers of an inspection": ("audit", "--seed", "8", "--seed", "9", "--size", "60"),
}


def county(folder: Path, python: str) -> Path:
    """The sample county in `folder` with its quarter reconciled."""
    home = Path(shutil.copytree(SAMPLE, folder / "示例县"))
    _onestop(python, home, "reconcile", "--period", PERIOD, "--out", "run", "--quiet")
    return home


def measured(pythons: Sequence[str], times: int) -> Iterator[tuple[str, list[float]]]:
    """What, and the median of seconds that each of `pythons` takes for it, in turns."""
    with tempfile.TemporaryDirectory() as name:
        homes = [county(Path(name) / str(n), python) for n, python in enumerate(pythons)]
        for number, (what, (command, *options)) in enumerate(PAPERS.items()):
            taken: list[list[float]] = [[] for _ in pythons]
            for turn in range(times):
                for own, home, python in zip(taken, homes, pythons, strict=True):
                    words = (command, "run", "--out", f"out{number}-{turn}", *options)
                    own.append(seconds(partial(_onestop, python, home, *words)))
            yield what, [median(own) for own in taken]


def _onestop(python: str, home: Path, *words: str) -> None:
    subprocess.run([python, "-m", "onestop_cli", *words], cwd=home, check=True, capture_output=True)


def main(times: int, beside: str | None) -> None:
    print("| what | s |" + (" other, s | ÷ other |" if beside else ""))
    print("|---|---|" + ("---|---|" if beside else ""))
    for what, (own, *others) in measured([sys.executable, *([beside] if beside else [])], times):
        more = "".join(f" {other:.2f} | {own / other:.2f} |" for other in others)
        print(f"| {what} | {own:.2f} |{more}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--beside")
    asked = parser.parse_args()
    main(asked.times, asked.beside)
