"""Interim settlements (中途结算): several rows that settle one visit, and what is known of their deductible.

A visit is one by its 就诊ID, hospital and person, and each row has a settlement number of its own. Whether a further
settlement is charged a deductible again is for the document to say; where it is silent, only the most that can be right
is known.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.scatter import spread
from onestop_cli.core.settle.formula import Parameters
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.checkable import term_column
from onestop_cli.rulebook.in_force import SETTLED_TO, which_rule
from onestop_cli.rulebook.terms import ABSENT, NO_WORD, ONE_A_VISIT
from onestop_cli.tables.schema import ORDER

VISIT = "_visit"
"""The number of the visit that a row settles with others; null for all other rows."""

SINCE = "_visit_since"
"""The day to which the visit was settled before, on further settlements; null for all other rows."""

YEARS = "benefit_years"
"""Over how many benefit years one row runs, where the document divides stays at New Year; 1 for all other rows."""

WAITS, WAITS_FEN = "_held_before", "_held_before_fen"
"""How many rows stand before one in its person's year of which nobody knows what they used of it, and their totals:
those that run over the year's end, and those that wait (`inputs.with_waiting`)."""

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
        *dict.fromkeys([*_SAME, *ORDER, "settled_on", "benefit_year"]), _row=pl.int_range(pl.len())
    )
    known = known.filter(stays.select(whole.fill_null(False)).to_series())
    known = known.filter(known.select(_SAME).is_duplicated()).sort(ORDER)
    if known.is_empty():
        return stays
    first = pl.col("_row") == pl.col("_row").first().over(_SAME)
    found = known.select(
        "_row",
        pl.struct(_SAME).rank("dense").cast(pl.Int64).alias(VISIT),
        SETTLED_TO.shift().over(_SAME).alias(SINCE),
        _visit_began=pl.when(~first).then(pl.col("benefit_year").first().over(_SAME)),
    )
    return stays.hstack(spread(found.drop("_row"), found["_row"], len(stays)))


def with_years(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """`stays` (with visits) with `YEARS`, and where a row runs over a year's end with `WAITS` and `WAITS_FEN`; layers
    of such a row are not checked where another document, or none, governs its part before New Year. No such columns
    where no document divides stays."""
    if not book.dividing:
        return stays
    begins = pl.max_horizontal("admitted_on", _began_anew(stays))
    years = (SETTLED_TO.dt.year() - begins.dt.year() + 1).cast(pl.Int64).clip(lower_bound=1)
    divided = pl.col("rule_id").is_in(book.dividing)
    stays = stays.with_columns(pl.when(divided).then(years).otherwise(1).fill_null(1).alias(YEARS))
    return _spanning(_elsewhere_before(stays, book)) if (stays[YEARS] > 1).any() else stays


def _began_anew(stays: pl.DataFrame) -> pl.Expr:
    """The day after the one to which a settlement before has come: of the same visit, or of a stay that ended in the
    same hospital on the 31 December of admission."""
    since = pl.col(SINCE).dt.offset_by("1d") if SINCE in stays.columns else pl.lit(None, pl.Date)
    open_ = pl.col("status").is_in(_OPEN) if "status" in stays.columns else pl.lit(True)
    ended = stays.filter(open_).select("id_no", "hospital", day=SETTLED_TO).unique()
    here = pl.struct("id_no", "hospital", day="admitted_on").is_in(ended.to_struct().implode())
    last = pl.col("admitted_on").dt.month_end() == pl.col("admitted_on")
    last &= pl.col("admitted_on").dt.month() == 12
    return pl.coalesce(since, pl.when(here & last).then(pl.col("admitted_on").dt.offset_by("1d")))


def _elsewhere_before(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """`stays` with layers not checked where the part of a row before New Year is under another document."""
    end = pl.date(SETTLED_TO.dt.year() - 1, 12, 31)
    then = stays.with_columns(
        discharged_on=end, settled_on=pl.min_horizontal("settled_on", end)
    ).select(which_rule(book))
    other = (stays[YEARS] > 1) & then.to_series().ne_missing(stays["rule"].cast(pl.Int32))
    return stays.with_columns(
        pl.when(pl.lit(other))
        .then(pl.lit("none"))
        .otherwise(f"{step.id}_check")
        .alias(f"{step.id}_check")
        for step in book.steps
    )


def _spanning(stays: pl.DataFrame) -> pl.DataFrame:
    """`WAITS` and `WAITS_FEN`: of rows that run over the end of a year, by when they were settled."""
    rows = stays.select(
        "id_no",
        "benefit_year",
        *ORDER,
        total=pl.col("total_fen"),
        ghost=0,
        at=pl.int_range(pl.len()),
    )
    over = rows.filter(stays[YEARS] > 1).with_columns(years=stays.filter(pl.col(YEARS) > 1)[YEARS])
    if "status" in stays.columns:
        over = over.filter(stays.filter(pl.col(YEARS) > 1)["status"] == "settled")
    ghosts = (
        over.with_columns(back=pl.int_ranges(1, "years"))
        .explode("back")
        .with_columns(benefit_year=pl.col("benefit_year") - pl.col("back"), ghost=1, at=None)
    )
    both = pl.concat([rows, ghosts.drop("years", "back")], how="vertical_relaxed").sort(
        "id_no", "benefit_year", *ORDER
    )
    ghost = pl.col("ghost").cast(pl.Int64)
    found = both.select(
        "at",
        ghost.cum_sum().over("id_no", "benefit_year").alias(WAITS),
        (ghost * pl.col("total").fill_null(0))
        .cum_sum()
        .over("id_no", "benefit_year")
        .alias(WAITS_FEN),
    )
    return stays.hstack(found.drop_nulls("at").sort("at").drop("at"))


def over_new_year(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """Rows that run over a year's end, and stays of a year after such a row, of which nobody knows what it used."""
    if WAITS not in stays.columns:
        return pl.lit(False)
    term = stays[term_column(stays, step.id)]
    unknown = pl.col(YEARS) > 1
    if Parameters.of_book(book, step.id).yearly:
        unknown |= pl.col(WAITS) > 0
    return unknown & pl.lit(book.table[f"{step.id}.state"].gather(term) != ABSENT).fill_null(False)


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
