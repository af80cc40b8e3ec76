"""Upper limits of what a sample leaves unseen: exact, in whole numbers and decimals, no floats.

`risk` is one minus the confidence (95 % → 1/20), a `Fraction`. Both limits are one-sided: the true
figure lies above them in at most `risk` of all samples.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import comb

_STEP = Decimal("0.01")
_DIGITS = 50


@lru_cache(maxsize=4096)
def poisson_factor(errors: int, risk: Fraction) -> Fraction:
    """The mean at which `errors` or fewer have probability `risk`, rounded up to two decimals.

    So printed tables of monetary unit sampling have it (AICPA Audit Sampling Guide, appendix C): at
    95 % 3.00, 4.75, 6.30, 7.76, 9.16; at 90 % 2.31, 3.89, 5.33.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        level = Decimal(risk.numerator) / Decimal(risk.denominator)
        low, high = Decimal(0), Decimal(1)
        while _poisson_at_most(errors, high) > level:
            low, high = high, high * 2
        while high - low > _STEP / 10_000:
            middle = (low + high) / 2
            if _poisson_at_most(errors, middle) > level:
                low = middle
            else:
                high = middle
        return Fraction(high.quantize(_STEP, ROUND_CEILING))


def _poisson_at_most(errors: int, mean: Decimal) -> Decimal:
    """P(X ≤ errors) of a Poisson count with `mean`."""
    term = total = Decimal(1)
    for count in range(1, errors + 1):
        term = term * mean / count
        total += term
    return total * (-mean).exp()


def at_most(errors: int, rows: int, wrong: int, drawn: int) -> Fraction:
    """P(X ≤ errors) when `drawn` of `rows` are taken without repetition and `wrong` of them are wrong."""
    ways = sum(
        comb(wrong, found) * comb(rows - wrong, drawn - found)
        for found in range(min(errors, drawn, wrong) + 1)
    )
    return Fraction(ways, comb(rows, drawn))


@lru_cache(maxsize=4096)
def upper_count(rows: int, drawn: int, errors: int, risk: Fraction) -> int:
    """The largest number of wrong rows among `rows` still compatible with `errors` in a sample of `drawn`.

    The hypergeometric limit: the largest number for which P(X ≤ errors) is above `risk`.
    """
    low, high = errors, rows - (drawn - errors)
    while low < high:
        middle = (low + high + 1) // 2
        if at_most(errors, rows, middle, drawn) > risk:
            low = middle
        else:
            high = middle - 1
    return low
