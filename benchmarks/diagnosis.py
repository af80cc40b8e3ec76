"""How often a fault that was laid in is named, by cause: `python -m benchmarks.diagnosis [COUNTIES]`.

Claims are priced by the generator's own decimal code, which knows nothing of the engine; faults that no figure can tell
apart are scored as a set.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from onestop_cli.batch.reconcile import Request, reconcile
from onestop_cli.county.settings import Settings
from onestop_cli.run import Run
from samples.fabricate import make_county, write_county

PERIOD = "2010Q4"


def one_county(seed: int) -> tuple[Run, dict[str, Any]]:
    """A made-up county, reconciled, and what is true of it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_county(make_county(seed=seed, period=PERIOD), folder)
        truth = json.loads((folder / "truth.json").read_text("utf-8"))
        request = Request(
            PERIOD,
            [folder / "hospitals"],
            [folder / "roster"],
            folder / "register.csv",
            ["huangzhong-2009"],
            Settings(),
        )
        return reconcile(request), truth


def score(run: Run, truth: dict[str, Any], table: dict[str, Counter[str]]) -> int:
    """Count every wrong amount under its first true cause; returns the wrong amounts found where none was laid in."""
    named = {
        (f["source"], f["row"], f["layer"]): f["cause"].split(";")
        for f in run.findings.filter(code="AM01").iter_rows(named=True)
    }
    laid = set()
    for row in truth["stays"]:
        for layer, tokens in row["why"].items():
            key = (row["source"], row["row"], layer)
            laid.add(key)
            if causes := named.get(key):
                counts = table.setdefault(tokens[0], Counter())
                counts["laid in"] += 1
                counts["listed"] += bool(set(causes) & set(tokens))
                counts["first"] += causes[0] in tokens
    return len(set(named) - laid)


def main() -> None:
    """Print the table."""
    counties = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    table: dict[str, Counter[str]] = {}
    stray = sum(score(*one_county(100 + number), table) for number in range(counties))
    total = sum(table.values(), Counter())
    print(f"{'cause':<34}{'laid in':>8}{'listed':>8}{'first':>8}")
    for cause, counts in [*sorted(table.items()), ("all", total)]:
        shares = [counts[what] / counts["laid in"] for what in ("listed", "first")]
        print(f"{cause:<34}{counts['laid in']:>8}" + "".join(f"{s:>8.1%}" for s in shares))
    print(f"flagged without a fault: {stray}")


if __name__ == "__main__":
    main()
