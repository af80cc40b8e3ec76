"""Which document is in force for a stay, and how documents look at people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from onestop_cli.county import platform
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.language import RuleFile

GOVERNING = {
    "discharge": pl.col("discharged_on"),
    "admission": pl.col("admitted_on"),
    "settlement": pl.coalesce("settled_on", "discharged_on"),
}
"""The day of a stay that a document looks at."""

SETTLED_TO = pl.min_horizontal("discharged_on", pl.coalesce("settled_on", "discharged_on"))
"""The last day that a row settles: an interim settlement may come before the discharge."""


def which_rule(book: Rulebook) -> pl.Expr:
    """The number of the document in force for a stay; null where none is."""
    choice = pl.lit(None, pl.Int32)
    for number, rule in reversed(list(enumerate(book.rules))):
        day = GOVERNING[rule.basis.governing_date]
        fits = day >= rule.effective.from_
        if rule.effective.to:
            fits &= day <= rule.effective.to
        if rule.scope.schemes:
            named = pl.col("scheme_raw").is_in(sorted(platform.schemes(rule.scope.schemes)))
            fits &= named | _only_scheme(book, rule)
        choice = pl.when(fits).then(pl.lit(number, pl.Int32)).otherwise(choice)
    return choice


def governing_day(book: Rulebook) -> pl.Expr:
    """The day by which a stay's document is chosen; the discharge where none is in force."""
    rule, day = which_rule(book), pl.col("discharged_on")
    for number, own in enumerate(book.rules):
        day = pl.when(rule == number).then(GOVERNING[own.basis.governing_date]).otherwise(day)
    return day


@dataclass(frozen=True)
class View:
    """How documents look at people: on which day, which kinds count, and what holds when somebody is of several."""

    day: Literal["admission", "discharge", "settlement"]
    overlap: Literal["priority", "best", "stack"]
    priority: tuple[str, ...]


def views(book: Rulebook) -> dict[View, list[int]]:
    """The ways in which a run's documents look at people, with the numbers of the documents.

    A document without categories makes no difference between people; theirs are named by the others.
    """
    found: dict[View, list[int]] = {}
    for number, rule in enumerate(book.rules):
        own = tuple(rule.categories.priority) or book.priority
        view = View(rule.basis.roster_day, rule.categories.overlap, own)
        found.setdefault(view, []).append(number)
    return found


def by_view(
    stays: pl.DataFrame, book: Rulebook, look: Callable[[pl.DataFrame, View], pl.DataFrame]
) -> pl.DataFrame:
    """`look` at the stays of each view; a stay without a document is looked at as under the first. In their order."""
    known = views(book)
    if len(known) == 1:
        return look(stays, next(iter(known)))
    rule = stays.select(which_rule(book).fill_null(0)).to_series()
    parts = [(rule.is_in(numbers).arg_true(), view) for view, numbers in known.items()]
    seen = pl.concat([look(stays[rows], view) for rows, view in parts], how="vertical_relaxed")
    turn = pl.concat([rows for rows, _ in parts])
    return seen[turn.arg_sort()]


def _only_scheme(book: Rulebook, rule: RuleFile) -> pl.Expr:
    """A blank scheme is taken for the run's only one."""
    schemes = {tuple(r.scope.schemes) for r in book.rules}
    return pl.col("scheme_raw").is_null() & pl.lit(len(schemes) == 1)
