"""How many stays to look at, so that a sample as good as expected proves what the plan tolerates.

A sample is planned in the terms in which it is judged (`evaluate.within`): money for monetary units, stays for the
other methods. A sample of the planned size without an error, or with no more of them than expected, is therefore
within the tolerable rate for every confidence; `tests/audit/test_planning.py` holds that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import count

from onestop_cli.audit.sampling import allocate
from onestop_cli.audit.upper_limits import Looked, at_most, tainted_factor, upper_rows


def planned_size(
    method: str,
    strata: Sequence[tuple[int, int]],
    risk: Fraction,
    tolerable: Fraction,
    expected: Fraction,
) -> int:
    """The smallest sample that still proves at most `tolerable` when `expected` is found; all when none smaller does.

    `strata`: (rows, fen) of each stratum of the frame. `tolerable` and `expected` are shares of the money (`mus`) or of
    the stays. At 95 %, 5 % and 0 this is 60 (mus) or 59 (random) of a large frame, as the published tables have it.
    """
    rows = sum(stays for stays, _ in strata)
    if method == "mus":
        return min(_for_money(risk, tolerable, expected), rows)
    least = _for_rows if method == "random" else _for_strata
    sizes = ((least(strata, risk, tolerable, errors), errors) for errors in count())
    return next(
        min(size, rows) for size, errors in sizes if size >= rows or expected * size <= errors
    )


def _for_money(risk: Fraction, tolerable: Fraction, expected: Fraction) -> int:
    """Expected errors are taintings, which need not be whole: `expected` × size of them.

    Whole taintings make the largest Stringer limit that any taintings of the same sum can have, so a sample with this
    sum of taintings, however spread, is within the tolerable rate.
    """

    def proves(size: int) -> bool:
        return tainted_factor(expected * size, risk) <= tolerable * size

    return _smallest(proves)


def _for_rows(
    strata: Sequence[tuple[int, int]], risk: Fraction, tolerable: Fraction, errors: int
) -> int:
    """The smallest simple sample in which `errors` still prove at most `tolerable`."""
    rows = sum(stays for stays, _ in strata)
    wrong = int(tolerable * rows) + 1

    def proves(size: int) -> bool:
        return size >= rows or (size > errors and at_most(errors, rows, wrong, size) <= risk)

    return _smallest(proves)


def _for_strata(
    strata: Sequence[tuple[int, int]], risk: Fraction, tolerable: Fraction, errors: int
) -> int:
    """The same over strata that share the draws by their rows, and the errors as they share the draws."""
    rows = sum(stays for stays, _ in strata)
    weights = [(stays, stays) for stays, _ in strata]

    def proves(size: int) -> bool:
        drawn = allocate(weights, size)
        found = allocate([(given, given) for given in drawn], errors)
        parts = [Looked(*part) for part in zip((r for r, _ in strata), drawn, found, strict=True)]
        return size >= rows or upper_rows(parts, risk) <= tolerable * rows

    return _smallest(proves)


def _smallest(proves: Callable[[int], bool]) -> int:
    """The smallest size that proves it; doubling first, since numbers for half of a large frame would be huge."""
    enough = 1
    while not proves(enough):
        enough *= 2
    return bisect_left(range(enough + 1), True, lo=enough // 2 + 1, hi=enough, key=proves)
