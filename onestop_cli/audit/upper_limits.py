"""Upper limits of what a sample leaves unseen: exact, in whole numbers and decimals, no floats.

`risk` is one minus the confidence (95 % → 1/20), a `Fraction`. Both limits are one-sided: the true
figure lies above them in at most `risk` of all samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from math import ceil, comb

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


def tainted_factor(taintings: Fraction, risk: Fraction) -> Fraction:
    """The factor of a sum of taintings; a part of an error counts as in Stringer's bound."""
    whole = int(taintings)
    factor = poisson_factor(whole, risk)
    return factor + (taintings - whole) * (poisson_factor(whole + 1, risk) - factor)


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


@dataclass(frozen=True)
class Looked:
    """A stratum as it was looked at: its rows, how many were drawn, and how many of these are wrong."""

    rows: int
    drawn: int
    errors: int

    @property
    def share(self) -> Fraction:
        """Drawn ÷ rows."""
        return Fraction(self.drawn, self.rows)


def upper_rows(strata: Sequence[Looked], risk: Fraction) -> int:
    """The largest number of wrong rows in all `strata` together that is compatible with the errors found.

    The errors of a stratified sample are a sum of independent chances, one for each stay that may be met (Vatutin and
    Mikhailov 1982). Whatever these chances are, at most x errors are no likelier than for a Poisson count of the same
    mean, where that is at least x + 1 (Hoeffding 1956; Anderson and Samuels 1967). So the mean, Σ share × wrong rows,
    is below the factor of the errors found, and what is unseen is filled up to it, thinly drawn strata first.
    """
    wrong, room = Fraction(sum(part.errors for part in strata)), room_left(strata, risk)
    for part in sorted(strata, key=lambda part: part.share):
        unseen = Fraction(part.rows - part.drawn)
        more = min(unseen, room / part.share) if part.drawn else unseen
        wrong, room = wrong + more, room - more * part.share
    return int(wrong)


def upper_amount(unseen: Iterable[tuple[int, Fraction]], room: Fraction) -> int:
    """The most that unseen rows of (amount, share of its stratum that was drawn) can come to when the shares of the
    wrong ones add up to at most `room`; those that bring most for their share first, the last one in part."""
    items = list(unseen)
    money = Fraction(sum(amount for amount, share in items if not share))
    drawn = [item for item in items if item[1]]
    for amount, share in sorted(drawn, key=lambda item: item[0] / item[1], reverse=True):
        if room <= 0:
            break
        part = min(Fraction(1), room / share)
        money, room = money + part * amount, room - part * share
    return ceil(money)


def room_left(strata: Sequence[Looked], risk: Fraction) -> Fraction:
    """What the errors found leave of the mean that `upper_rows` speaks of."""
    errors = sum(part.errors for part in strata)
    mean = max(poisson_factor(errors, risk), Fraction(errors + 1))
    return mean - sum(part.errors * part.share for part in strata)
