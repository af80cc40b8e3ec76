"""How often a planted habit is named, and noise given a cause: `python -m benchmarks.diagnosis [COUNTIES]`.

Claims are priced by code of its own, which knows nothing of the engine: the plain fractions of `benchmarks.habits` for
made-up documents of two to four layers, the decimals of the samples' generator for the county of the samples. Faults
that no figure can tell apart are scored as a set.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.habits.county import PERIOD, County, Stay, habit_county, noise_county, write
from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.county.settings import Settings
from onestop_cli.run import Run
from samples.fabricate import make_county, write_county

NOISE = 1_000
Named = Mapping[tuple[str, int, str], list[str]]
Table = dict[str, Counter[str]]
"""Cause → `laid in`, `listed`, `first`."""


def of_samples(seed: int) -> tuple[Run, dict[str, Any]]:
    """A county of the samples' generator, reconciled, and what is true of it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_county(make_county(seed=seed, period="2010Q4"), folder)
        truth = json.loads((folder / "truth.json").read_text("utf-8"))
        request = Request(
            "2010Q4",
            [folder / "hospitals"],
            [folder / "roster"],
            folder / "register.csv",
            ["huangzhong-2009"],
            Settings(),
        )
        return reconcile(request), truth


def of_habits(county: County) -> tuple[Run, Mapping[tuple[str, int], Stay]]:
    """A county of habits, reconciled, and its stays by file and row."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        places = write(county, folder)
        request = Request(
            PERIOD,
            [folder / "lists"],
            [folder / "roster"],
            folder / "register.csv",
            [str(folder / "rule.toml")],
            Settings(),
        )
        return reconcile(request), places


def named(run: Run) -> Named:
    """(file, row, layer) → causes of the wrong amounts."""
    return {
        (f["source"], f["row"], f["layer"]): f["cause"].split(";")
        for f in run.findings.filter(code="AM01").iter_rows(named=True)
    }


def score(causes: Iterable[str], tokens: Iterable[str], table: Table) -> None:
    """Count one wrong amount under its first true cause; parts of a pair stand in any order."""
    true, told = [_sorted(token) for token in tokens], [_sorted(cause) for cause in causes]
    counts = table.setdefault(true[0], Counter())
    counts["laid in"] += 1
    counts["listed"] += bool(set(told) & set(true))
    counts["first"] += told[0] in true


def _sorted(token: str) -> str:
    return "+".join(sorted(token.split("+")))


def score_samples(seed: int, table: Table) -> int:
    """The number of amounts called wrong that are right."""
    run, truth = of_samples(seed)
    found, laid = named(run), set()
    for row in truth["stays"]:
        for layer, tokens in row["why"].items():
            key = (row["source"], row["row"], layer)
            laid.add(key)
            if key in found:
                score(found[key], tokens, table)
    return len(set(found) - laid)


def score_habits(county: County, table: Table) -> int:
    """As `score_samples`; an amount that another finding than AM01 explains is not scored."""
    run, places = of_habits(county)
    found, laid = named(run), set()
    others = {
        (f["source"], f["row"], f["layer"])
        for f in run.findings.iter_rows(named=True)
        if f["code"] in ("RO01", "RO02", "CA01")
    }
    for (source, row), stay in places.items():
        for layer, tokens in stay.why.items():
            key = (source, row, layer)
            laid.add(key)
            if key not in others:
                score(found.get(key, ["-"]), [_main(stay, layer, tokens), *sorted(tokens)], table)
    return len(set(found) - laid)


def _main(stay: Stay, layer: str, tokens: set[str]) -> str:
    """The planted cause, or what follows from it."""
    habit = stay.hospital.reckons
    planted = stay.hospital.writes
    if habit and habit.layer == layer:
        planted = habit.token.removeprefix(f"level:{stay.hospital.level}+")
    return planted if planted in tokens else "upstream"


def score_noise(layers: int, seed: int, stays: int = NOISE // 2) -> Counter[str]:
    """How many wrong amounts of a county of noise, of how many nothing is claimed, and the causes given to others."""
    run, _ = of_habits(noise_county(seed, layers, stays))
    counts = Counter({"wrong": 0, "nothing claimed": 0, "accused": 0})
    for finding in run.findings.filter(code="AM01").iter_rows(named=True):
        counts["wrong"] += 1
        counts["nothing claimed"] += finding["claimed_fen"] == 0 and finding["cause"] == "omitted"
        counts["accused"] += finding["cause"] not in ("unknown", "omitted")
    return counts


def print_table(table: Table) -> None:
    total = sum(table.values(), Counter())
    print(f"{'cause':<34}{'laid in':>8}{'listed':>8}{'first':>8}")
    for cause, counts in [*sorted(table.items()), ("all", total)]:
        shares = [counts[what] / counts["laid in"] for what in ("listed", "first")]
        print(f"{cause:<34}{counts['laid in']:>8}" + "".join(f"{s:>8.1%}" for s in shares))


def main() -> None:
    """Print the tables."""
    counties = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    habits: Table = {}
    stray = sum(
        score_habits(habit_county(300 + number, 2 + number % 3), habits) for number in range(counties)
    )  # fmt: skip
    print(f"made-up documents of two to four layers, {counties} counties")
    print_table(habits)
    print(f"flagged without a fault: {stray}\n")
    samples: Table = {}
    stray = sum(score_samples(100 + number, samples) for number in range(counties // 2))
    print(f"the samples' county, {counties // 2} of them")
    print_table(samples)
    print(f"flagged without a fault: {stray}\n")
    noise: Counter[str] = Counter()
    for number, layers in enumerate((2, 3, 4)):
        noise.update(score_noise(layers, 700 + number))
    print("noise: " + ", ".join(f"{what} {count}" for what, count in noise.items()))


if __name__ == "__main__":
    main()
