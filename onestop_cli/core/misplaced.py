"""Amounts that are right in themselves, and stand in the wrong place: in another column, another row, or nowhere.

Each is known by figures that agree to the fen with what is due somewhere else, so nothing is worked out again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import combinations
from operator import and_, or_

import polars as pl

from onestop_cli.core.findings.amounts import Difference

NOTHING = "omitted"
"""Nothing is claimed though something is due."""

_STEPS = (-1, 1)
"""To the rows before and after."""

_DECIMALS = (10, 100)
"""Times by which an amount is wrong when its decimal point has slipped."""

_LEAST_SLIPPED = 1000
"""Fen below which a slipped point is not told from a small amount."""


def misplaced(
    rows: pl.DataFrame, stays: pl.DataFrame, layer: Difference, layers: Sequence[Difference]
) -> pl.Series:
    """The token of one layer's amount on each of `rows`, null where it is in its place.

    `rows`: those of `stays`, which stand in the order of their lists, that differ; `_stay` is their number there.
    """
    others = [other for other in layers if other is not layer]
    tokens = {
        "swapped": reduce(or_, _swaps(layer, others)),
        "lumped": reduce(or_, _lumps(layer, others), pl.lit(False)),
        NOTHING: (layer.claimed == 0) & (layer.due > 0),
        "shift": _shifted(layer),
        "shift:decimal": _slipped(layer),
    }
    told = [pl.when(holds.fill_null(False)).then(pl.lit(name)) for name, holds in tokens.items()]
    token = pl.when(~layer.tail).then(pl.coalesce(told)).alias("token")
    return _with_neighbours(rows, stays, layer).select(token).to_series()


def _with_neighbours(rows: pl.DataFrame, stays: pl.DataFrame, layer: Difference) -> pl.DataFrame:
    """`rows` with what is due on the next row of the same list, before and after (`_due_-1`, `_due_1`)."""
    column = stays.select("source", "sheet", due=layer.due)
    own = rows["_stay"].cast(pl.Int64)
    for step in _STEPS:
        there = own + step
        inside = (there >= 0) & (there < len(stays))
        beside = column[there.clip(0, len(stays) - 1)]
        same = inside & beside["source"].eq_missing(rows["source"])
        same &= beside["sheet"].eq_missing(rows["sheet"])
        rows = rows.with_columns(beside.select(pl.when(same).then("due").alias(f"_due_{step}")))
    return rows


def _swaps(layer: Difference, others: Sequence[Difference]) -> Iterator[pl.Expr]:
    """Each of two columns, one of which may be what patients pay, has what is due in the other."""
    both = (layer.claimed > 0) & (layer.due > 0)
    yield both & _crossed(layer, pl.col("self_claimed_fen"), pl.col("self_due_fen"))
    for other in others:
        yield _crossed(layer, other.claimed, _exact(other))


def _crossed(layer: Difference, claimed: pl.Expr, due: pl.Expr) -> pl.Expr:
    return (layer.claimed == due) & (claimed == layer.due) & (due != layer.due)


def _lumps(layer: Difference, others: Sequence[Difference]) -> Iterator[pl.Expr]:
    """One column has what is due in several, the others of which are 0: seen from the full one and the empty ones."""
    for size in range(1, len(others) + 1):
        for rest in combinations(others, size):
            for full in (layer, *rest):
                yield _lump(full, [each for each in (layer, *rest) if each is not full])


def _lump(full: Difference, empty: Sequence[Difference]) -> pl.Expr:
    whole = pl.sum_horizontal(_exact(full), *(_exact(each) for each in empty), ignore_nulls=False)
    gone = [(each.claimed == 0) & (_exact(each) > 0) for each in empty]
    return (full.claimed == whole) & reduce(and_, gone)


def _exact(layer: Difference) -> pl.Expr:
    """What is due, null where it is not known exactly."""
    return pl.when(pl.col(f"{layer.step.layer}_check") == "exact").then(layer.due)


def _shifted(layer: Difference) -> pl.Expr:
    """The amount is that of the next row up or down, and so it is, with another amount, in a row beside this one."""
    slips = [(layer.claimed == pl.col(f"_due_{step}")).fill_null(False) for step in _STEPS]
    slipped = (layer.claimed > 0) & reduce(or_, slips)
    beside = (
        slipped.shift(step, fill_value=False)
        & (pl.col("_stay").cast(pl.Int64).diff(step).abs() == 1)
        & (layer.claimed != layer.claimed.shift(step))
        for step in _STEPS
    )
    return slipped & reduce(or_, (each.fill_null(False) for each in beside))


def _slipped(layer: Difference) -> pl.Expr:
    """Ten or a hundred times too much, or too little."""
    enough = pl.min_horizontal(layer.claimed, layer.due) >= _LEAST_SLIPPED
    ways = [
        (layer.claimed == layer.due * times) | (layer.claimed == (layer.due + times // 2) // times)
        for times in _DECIMALS
    ]
    return enough & reduce(or_, ways)
