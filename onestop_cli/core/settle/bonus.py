"""激励: by what a list of persons raises a layer's yearly cap, and where that is not known.

Where the list does not say it, the cap may be as high as the document lets it become. Then the layer can only be
bound-checked, unless all bills of the person's year together stay below the cap: then it is no matter.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.settle.formula import Parameters
from onestop_cli.money import share
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.checkable import quota_share, term_column
from onestop_cli.rulebook.terms import NO_LIMIT


def raises(book: Rulebook, step: Step) -> bool:
    """Whether some document raises the step's cap by a list."""
    return Parameters.of_book(book, step.id).has("bonus", 0)


def with_raises(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """`stays` with `<step>_bonus_fen`, what each one's cap is raised by: as the list says, else as much as may be."""
    for step in (step for step in book.steps if raises(book, step)):
        fen = pl.coalesce(_known(stays, book, step), _most(stays, book, step))
        stays = stays.with_columns(fen.alias(f"{step.id}_bonus_fen"))
    return stays


def unsure_of_raise(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """Where a cap is not known and the bills of the year are more than it is at least."""
    if not raises(book, step):
        return pl.lit(False)
    bills = pl.col("total_fen").fill_null(0).clip(lower_bound=0)
    year = bills.sum().over("id_no", "benefit_year")
    for before in (f"{step.layer}_opened_paid_fen", f"{step.id}_before_fen"):
        if before in stays.columns:
            year = year + pl.col(before).fill_null(0)
    cap = _term(stays, book, step, "cap")
    unknown = _known(stays, book, step).is_null() & (cap < NO_LIMIT)
    _, uncounted = quota_share(stays, book, step)
    return (unknown & (year > cap) & ~uncounted).fill_null(False)


def _term(stays: pl.DataFrame, book: Rulebook, step: Step, name: str) -> pl.Expr:
    rows = stays[term_column(stays, step.id)]
    return pl.lit(book.table[f"{step.id}.{name}"].gather(rows))


def _most(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """The most by which a cap can be raised; without such a limit, whatever is needed."""
    cap, most = _term(stays, book, step, "cap"), _term(stays, book, step, "bonus_most")
    limited = share(pl.when(cap < NO_LIMIT).then(cap).otherwise(0), most.clip(lower_bound=0))
    may = pl.when(most >= 0).then(limited).otherwise(NO_LIMIT)
    return pl.when(_term(stays, book, step, "bonus") == 1).then(may).otherwise(0)


def _known(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """What the list says, null where it does not."""
    years, amount = pl.col("listed_years"), pl.col("listed_fen")
    per_year = _term(stays, book, step, "bonus_per_year")
    beyond = (years - _term(stays, book, step, "bonus_after")).clip(lower_bound=0)
    by_years = pl.when(per_year > 0).then(beyond * per_year).otherwise(0)
    by_list = pl.when(_term(stays, book, step, "bonus_listed") == 1).then(amount).otherwise(0)
    unlisted = _term(stays, book, step, "bonus_unlisted")
    outside = years.is_null() & amount.is_null() & ~pl.col("listed_open") & (unlisted >= 0)
    said = pl.when(outside).then(unlisted).otherwise(by_years + by_list)
    none = _term(stays, book, step, "bonus") == 0
    most = _most(stays, book, step)
    return pl.when(none).then(0).when(said.is_not_null()).then(pl.min_horizontal(said, most))
