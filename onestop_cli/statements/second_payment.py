"""大病二次补偿: what people who bore much in a year get besides, by bands, within a limit; whole fen.

A person's amount is rounded half up once. Where all amounts together are over the limit, everybody is cut in
proportion: either to whole fen that sum up to the limit (largest remainders first), or each rounded down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.money import round_to


@dataclass(frozen=True)
class SecondTerms:
    """Of a year: (from, rate) of each band in order (fen, ten-thousandths), the most for one person and for all (fen,
    None: no limit). `exact`: a cut sums up to the limit."""

    bands: tuple[tuple[int, int], ...]
    cap: int | None = None
    limit: int | None = None
    exact: bool = True

    @property
    def threshold(self) -> int:
        """What a person bears before anything is paid."""
        return self.bands[0][0]


def second_payment(people: pl.DataFrame, terms: SecondTerms) -> pl.DataFrame:
    """`people` (base_fen …) who bore more than the threshold, with `full_fen` by the bands, `capped`, and `fen`, what
    is paid after the cut; the order of rows is kept."""
    base = pl.col("base_fen")
    ends = [start for start, _ in terms.bands[1:]]
    grains = pl.sum_horizontal(
        (_upto(base, end) - start).clip(0) * rate
        for (start, rate), end in zip(terms.bands, [*ends, None], strict=True)
    )
    over = people.filter(base > terms.threshold).with_columns(full_fen=round_to(grains))
    if terms.cap is not None:
        over = over.with_columns(
            capped=pl.col("full_fen") > terms.cap, full_fen=pl.col("full_fen").clip(0, terms.cap)
        )
    else:
        over = over.with_columns(capped=pl.lit(value=False))
    return over.with_columns(fen=pl.Series(_cut(over["full_fen"].to_list(), terms), dtype=pl.Int64))


def _upto(base: pl.Expr, end: int | None) -> pl.Expr:
    return base if end is None else base.clip(0, end)


def _cut(amounts: Sequence[int], terms: SecondTerms) -> list[int]:
    """The amounts within the limit."""
    total = sum(amounts)
    if terms.limit is None or total <= terms.limit:
        return list(amounts)
    shares = [divmod(amount * terms.limit, total) for amount in amounts]
    found = [whole for whole, _ in shares]
    if terms.exact:
        left = terms.limit - sum(found)
        order = sorted(range(len(shares)), key=lambda at: (-shares[at][1], -amounts[at], at))
        for at in order[:left]:
            found[at] += 1
    return found
