"""Ten variants over a year of 1,000,000 stays, beside ten runs of the core.

Run `python -m benchmarks.simulate [STAYS]`; prints the seconds, ends with 1 when the variants take longer.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from onestop_cli.batch.simulate import write_study
from onestop_cli.rulebook.library import load_rules
from onestop_cli.run import load_run
from onestop_cli.simulation.compare import compare, outcome, own
from onestop_cli.simulation.proposal import Proposal
from onestop_cli.simulation.stays import TrialRun, gather
from onestop_cli.simulation.study import Study, Trial
from onestop_cli.writers.toolkit.run_folder import write_data
from samples.fabricate.many import many_stays
from samples.year import run_of, settled

RULES, YEAR, VARIANTS = ("huangzhong-2009",), 2010, 10

Made = TypeVar("Made")


def main(stays: int = 1_000_000) -> int:
    """Time one core run, then ten caps between 4,000 and 13,000 yuan from reading the run to the last paper."""
    loaded = load_rules(RULES)
    made = many_stays(stays, stays // 2, year=YEAR)
    core, done = _timed(lambda: settled(made, loaded, YEAR))
    print(f"{stays:,} stays: one core run {core:.1f} s", flush=True)
    with TemporaryDirectory() as folder:
        write_data(run_of(done, loaded, YEAR), Path(folder) / "run")
        spent, _ = _timed(lambda: _ten(Path(folder)))
    print(f"ten variants {spent:.1f} s = {spent / core:.1f} core runs")
    return int(spent > VARIANTS * core)


def _ten(folder: Path) -> None:
    """The run read once, ten caps tried, every paper written."""
    loaded = load_rules(RULES)
    run = load_run(folder / "run")
    year = gather([TrialRun("year", run, tuple(rule.file for rule in loaded))])
    before = outcome(year, own(year), "before")
    tried = []
    for step in range(VARIANTS):
        proposal = Proposal(RULES[0], loaded, "as-before", (("assistance.cap", f"{4 + step}000"),))
        variant = proposal.variant(year.book.rules)
        tried.append(Trial(compare(year, before, variant), 300_000, {}))
        print(f"  {variant.name}: {tried[-1].people}", flush=True)
    write_study(Study(run.county, year, before, tuple(tried)), folder / "out")


def _timed(make: Callable[[], Made]) -> tuple[float, Made]:
    start = time.perf_counter()
    made = make()
    return time.perf_counter() - start, made


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:2])))
