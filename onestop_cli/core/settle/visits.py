"""Interim settlements (中途结算): several rows that settle one visit, and what is known of their deductible.

A visit is one by its 就诊ID, hospital and person, and each row has a settlement number of its own. Whether a further
settlement is charged a deductible again is for the document to say; where it is silent, only the most that can be right
is known.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.scatter import spread
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.govern import term_column
from onestop_cli.rulebook.terms import NO_WORD, ONE_A_VISIT
from onestop_cli.tables.schema import ORDER

VISIT = "_visit"
"""The number of the visit that a row settles with others; null for all other rows."""

SINCE = "_visit_since"
"""The day to which the visit was settled before, on further settlements; null for all other rows."""

_SAME = ("id_no", "hospital", "visit_no")
_OPEN = ("settled", "held")


def with_visits(stays: pl.DataFrame) -> pl.DataFrame:
    """`stays` with `VISIT`, `SINCE`, and `_visit_began`: the benefit year of the visit's first settlement, on further
    ones; no such columns where every visit was settled once."""
    if "visit_no" not in stays.columns:
        return stays
    whole = pl.all_horizontal(pl.col(*_SAME, "settlement_no").is_not_null())
    if "status" in stays.columns:
        whole &= pl.col("status").is_in(_OPEN)
    known = stays.select(
        *dict.fromkeys([*_SAME, *ORDER, "benefit_year"]), _row=pl.int_range(pl.len())
    )
    known = known.filter(stays.select(whole.fill_null(False)).to_series())
    known = known.filter(known.select(_SAME).is_duplicated()).sort(ORDER)
    if known.is_empty():
        return stays
    first = pl.col("_row") == pl.col("_row").first().over(_SAME)
    found = known.select(
        "_row",
        pl.struct(_SAME).rank("dense").cast(pl.Int64).alias(VISIT),
        pl.col("discharged_on").shift().over(_SAME).alias(SINCE),
        _visit_began=pl.when(~first).then(pl.col("benefit_year").first().over(_SAME)),
    )
    return stays.hstack(spread(found.drop("_row"), found["_row"], len(stays)))


def unsure(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """Further settlements whose deductible is not known: the document does not say whether they have one, or the visit
    began in another year."""
    if VISIT not in stays.columns:
        return pl.lit(False)
    head = f"{step.id}.deductible_"
    amounts = [name for name in book.table.columns if name.removeprefix(head).isdigit()]
    term = stays[term_column(stays, step.id)]
    charged = book.table.select(pl.max_horizontal(amounts) > 0).to_series().gather(term)
    word = book.table[f"{step.id}.visit_deductible"].gather(term)
    another = pl.col("_visit_began") != pl.col("benefit_year")
    open_ = pl.lit(word == NO_WORD) | (pl.lit(word == ONE_A_VISIT) & another)
    return (pl.col("_visit_began").is_not_null() & pl.lit(charged) & open_).fill_null(False)
