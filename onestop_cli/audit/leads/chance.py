"""How far something is from chance, in bits: k bits are one time in 2^k.

Whole decimals of a fixed precision, so that the figure is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from functools import lru_cache
from math import comb

import polars as pl

_DIGITS = 20
_MOST = 999
_NEGLIGIBLE = 10**12
"""A term that many times smaller than the sum so far, after which terms only become smaller, changes no bit."""


@lru_cache(maxsize=65_536)
def bits(found: int, of: int, part: int, whole: int) -> int:
    """How unlikely `found` or more of `of` are when each has the chance `part` / `whole`; 0 when they are expected.

    The tail of the binomial distribution itself: its first term, and the rest of it by the ratio of each to the next.
    """
    if of <= 0 or found * whole <= of * part:
        return 0
    if part <= 0:
        return _MOST
    with localcontext() as context:
        context.prec = _DIGITS
        one, none = Decimal(part) / whole, Decimal(whole - part) / whole
        term = tail = comb(of, found) * one**found * none ** (of - found)
        for number in range(found, of):
            term *= (of - number) * one / ((number + 1) * none)
            tail += term
            if term * _NEGLIGIBLE < tail:
                break
        whole_bits = int(-tail.ln() / Decimal(2).ln())
        whole_bits += tail <= Decimal(2) ** -(whole_bits + 1)
        return min(whole_bits, _MOST)


def column(frame: pl.DataFrame, found: str, of: str, part: str, whole: str) -> pl.Series:
    """`bits` of every row."""
    rows: Iterable[Sequence[int]] = frame.select(found, of, part, whole).iter_rows()
    return pl.Series("bits", [bits(*row) for row in rows], dtype=pl.Int64)


def tries(number: int) -> int:
    """The bits that looking at so many places takes away again."""
    return max(number, 1).bit_length() - 1
