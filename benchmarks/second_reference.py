"""Compare the engine with the second reference, for every shipped document with numbers, over random counties.

    python -m benchmarks.second_reference [STAYS] [AREA…] [--months] [--seed N] [--shown N]

Without `--months` each year is one run without a ledger, and every stay's check, due or bound and split is
compared; with it the counties are closed month by month, years on end, and what all months pay together is.
Prints the number of differences per document, with the years of the first ones in full; ends with 1 when
there is one.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.second.areas import AREAS
from tests.second.compare import by_month, by_year, story
from tests.second.county import make_county

BATCH = {False: 1000, True: 2000}


def main(stays: int, areas: list[str], *, months: bool, seed: int, shown: int) -> int:
    faults = 0
    for name in areas or AREAS:
        faults += one_area(name, stays, months=months, seed=seed, shown=shown)
    return int(faults > 0)


def one_area(name: str, stays: int, *, months: bool, seed: int, shown: int) -> int:
    """Counties of one area until `stays` stays are compared; the number of stays that differ."""
    done = faults = number = 0
    while done < stays:
        rng = Random(f"{name} {seed} {number}")
        size = min(BATCH[months], stays)
        county = make_county(rng, AREAS[name], size, within_year=not months)
        found = by_month(county) if months else by_year(county)
        for row, difference in found.items():
            if faults < shown:
                print(*story(county, row, difference), sep="\n")
            faults += 1
        done += len(county.stays)
        number += 1
    print(f"{name:<24}{done:>8,} stays compared, {faults:>6,} differ", flush=True)
    return faults


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("stays", type=int, nargs="?", default=20_000)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=", ".join(AREAS))
    parser.add_argument("--months", action="store_true")
    parser.add_argument("--seed", type=int, default=2010)
    parser.add_argument("--shown", type=int, default=3)
    asked = parser.parse_args()
    sys.exit(
        main(asked.stays, asked.areas, months=asked.months, seed=asked.seed, shown=asked.shown)
    )
