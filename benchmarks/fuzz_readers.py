"""Some thousands of made and damaged files through the readers: no traceback, no hang, no lost row.

python -m benchmarks.fuzz_readers [ROUNDS]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from tests.readers.test_fuzz import MADE, REAL, damaged, lawful, repacked

SLOWEST_SECONDS = 5.0
"""A damaged file of a few kilobytes that takes longer is a hang in the making."""


def main(rounds: int) -> None:
    """Damage every container `rounds` times, each differently; the seed is the round."""
    whole = {name: make() for name, make in MADE.items()}
    whole |= {path.name: path.read_bytes() for path in REAL.iterdir()}
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            for name, data in whole.items():
                chance = random.Random(f"{name} {number}")
                begin = time.perf_counter()
                packed = name.endswith((".xlsx", ".ods")) and number % 2
                try:
                    lawful(Path(folder), name, (repacked if packed else damaged)(data, chance))
                except BaseException:
                    print(f"FAILED: {name}, round {number}")
                    raise
                slowest = max(slowest, time.perf_counter() - begin)
    print(f"{rounds * len(whole)} damaged files, slowest {slowest:.2f} s")
    if slowest > SLOWEST_SECONDS:
        sys.exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 150)
