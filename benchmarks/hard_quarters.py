"""Random quarters and years by month beside one run: late rosters, wrong levels, new names, decisions, reopenings.

    python -m benchmarks.hard_quarters [how many] [first seed] [quarter | year]

Months are closed as they are known at the time and put right later (a quarter with its last month, a year with any);
together they must pay what one run over all of it pays that knows everything. Prints the seeds that do not, and fails.
"""

from __future__ import annotations

import sys
import time

from tests.made.months import hard_quarter, hard_year

LENGTHS = {"quarter": hard_quarter, "year": hard_year}


def main(count: int = 300, first: int = 0, length: str = "year") -> int:
    """How many of them do not agree."""
    began, wrong = time.perf_counter(), []
    for seed in range(first, first + count):
        by_month, at_once = LENGTHS[length](seed)
        if by_month != at_once:
            wrong.append(seed)
            print(f"seed {seed}: by month {by_month}, at once {at_once}", flush=True)
    print(f"{count - len(wrong)} of {count} agree, {time.perf_counter() - began:.0f} s")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:3]), *sys.argv[3:4])))
