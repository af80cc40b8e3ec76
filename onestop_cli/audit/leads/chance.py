"""How far something is from chance, in bits: k bits are one time in 2^k.

Whole decimals of a fixed precision, so that the figure is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from functools import lru_cache

import polars as pl

_DIGITS = 20
_MOST = 999


@lru_cache(maxsize=65_536)
def bits(found: int, of: int, part: int, whole: int) -> int:
    """How unlikely `found` or more of `of` are when each has the chance `part` / `whole`; 0 when they are expected.

    Chernoff's bound: the chance is at most exp(−of × D), D the divergence of the share found from the one expected. It
    never says less likely than it is.
    """
    if of <= 0 or found * whole <= of * part:
        return 0
    if part <= 0:
        return _MOST
    with localcontext() as context:
        context.prec = _DIGITS
        share, usual = Decimal(found) / of, Decimal(part) / whole
        divergence = share * (share / usual).ln()
        if found < of:
            divergence += (1 - share) * ((1 - share) / (1 - usual)).ln()
        return min(int(of * divergence / Decimal(2).ln()), _MOST)


def column(frame: pl.DataFrame, found: str, of: str, part: str, whole: str) -> pl.Series:
    """`bits` of every row."""
    rows: Iterable[Sequence[int]] = frame.select(found, of, part, whole).iter_rows()
    return pl.Series("bits", [bits(*row) for row in rows], dtype=pl.Int64)


def tries(number: int) -> int:
    """The bits that looking at so many places takes away again."""
    return max(number, 1).bit_length() - 1
