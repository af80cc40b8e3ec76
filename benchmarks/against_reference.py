"""Compare the engine with the slow exact settlement over many random stays.

    python benchmarks/against_reference.py [STAYS] [SEED]

Prints the number of stays compared and every difference; ends with 1 when there is one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.reference import made
from tests.reference.compare import differences

BATCH = 250


def main(stays: int = 100_000, seed: int = 2010) -> int:
    """Batches of random documents with 250 stays each, until `stays` are compared."""
    faults = 0
    for number in range(-(-stays // BATCH)):
        random = Random(seed * 1_000_000 + number)
        rules = made.rules(random)
        for sentence in differences(made.bills(random, rules, BATCH), rules):
            print(f"batch {number}: {sentence}")
            faults += 1
        if number % 40 == 39:
            print(f"{(number + 1) * BATCH:,} stays compared, {faults} differences", flush=True)
    print(f"{stays:,} stays compared, {faults} differences")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
