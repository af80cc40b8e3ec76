"""Random quarters by month beside one run: late rosters, wrong levels, a renamed hospital, decisions, reopened months.

    python -m benchmarks.hard_quarters [how many] [first seed]

Months are closed as they are known at the time and put right with the last; together they must pay what one run over
the quarter pays that knows everything. Prints the seeds that do not, and fails.
"""

from __future__ import annotations

import sys
import time

from tests.made.months import hard_quarter


def main(count: int = 300, first: int = 0) -> int:
    """How many of the quarters do not agree."""
    began, wrong = time.perf_counter(), []
    for seed in range(first, first + count):
        by_month, at_once = hard_quarter(seed)
        if by_month != at_once:
            wrong.append(seed)
            print(f"seed {seed}: by month {by_month}, at once {at_once}", flush=True)
    print(f"{count - len(wrong)} of {count} agree, {time.perf_counter() - began:.0f} s")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(bool(main(*map(int, sys.argv[1:3]))))
