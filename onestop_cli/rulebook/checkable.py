"""How far each layer can be checked: it depends on the terms and on what files have, never on amounts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.language import EXPENSES
from onestop_cli.rulebook.terms import ABSENT, COMPUTED, EXPENSE_OF, UNKNOWN_RATE


def checks(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """How far each layer can be checked: it depends on the terms and on what the file has, never on amounts."""
    for step in book.steps:
        stays = stays.with_columns(check_of(stays, book, step).alias(f"{step.id}_check"))
    return stays


def weaker(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """A step's check anew, by the checks of the steps before it; what is no longer exact stays so."""
    check = pl.col(f"{step.id}_check")
    return pl.when(check == "exact").then(check_of(stays, book, step)).otherwise(check)


def check_of(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """How far a step can be checked, by its terms and the checks of the steps before it."""
    terms = StepTerms(book, stays[term_column(stays, step.id)].cast(pl.UInt32), step.id)
    shared, uncounted = quota_share(stays, book, step)
    open_ = (_partial(stays, book, step, terms) & ~shared) | (
        terms.where(pl.col("cap_unknown") == 1) & ~uncounted
    )
    by_share = terms.where(pl.col("state") == UNKNOWN_RATE) & shared
    known = terms.where(pl.col("state") == COMPUTED) | by_share
    return (
        pl.when(terms.where(pl.col("state") == ABSENT) | (known & ~open_))
        .then(pl.lit("exact"))
        .when(known)
        .then(pl.lit("bound"))
        .otherwise(pl.lit("none"))
    )


def _partial(stays: pl.DataFrame, book: Rulebook, step: Step, terms: StepTerms) -> pl.Expr:
    """Where a step's ordinary terms hang on something that is not known exactly."""
    of_eligible = (pl.col("floor_rate") > 0) & (pl.col("floor_total") == 0)
    of_eligible |= pl.col("from_total") == 0
    partial = terms.where(pl.col("deductible_unknown") == 1)
    partial |= terms.where(of_eligible) & ~pl.col("has_eligible")
    for less in lessened(book, step):
        partial |= terms.where(pl.col(f"less_{less}") == 1) & _open(stays, book, less)
    for layer in together(book, step):
        partial |= terms.where(pl.col(f"floor_with_{layer}") == 1) & _open(stays, book, layer)
    return partial


def quota_share(stays: pl.DataFrame, book: Rulebook, step: Step) -> tuple[pl.Expr, pl.Expr]:
    """Where a quota gives this step's share, and where that share counts towards no yearly limit."""
    if not book.quotas:
        return pl.lit(False), pl.lit(False)
    table, quota = book.quota_table, stays["quota"]
    shared = (table[f"{step.id}.share"].gather(quota) >= 0).fill_null(False)
    uncounted = shared & (table["counts"].gather(quota) == 0).fill_null(False)
    return pl.lit(shared), pl.lit(uncounted)


@dataclass(frozen=True)
class StepTerms:
    """One step's terms, and for each stay the number of its own."""

    book: Rulebook
    rows: pl.Series
    step: str

    def where(self, holds: pl.Expr) -> pl.Expr:
        """The stays for whose terms this holds, a constant where it is the same for all of them; the terms go by their
        names without the step."""
        of_term = self._own.select(holds).to_series()
        if self._all_known and of_term.n_unique() == 1:
            return pl.lit(of_term[0])
        return pl.lit(of_term.gather(self.rows))

    @cached_property
    def _all_known(self) -> bool:
        return self.rows.null_count() == 0

    @cached_property
    def _own(self) -> pl.DataFrame:
        head = f"{self.step}."
        own = {c: c.removeprefix(head) for c in self.book.table.columns if c.startswith(head)}
        return self.book.table.select(*own).rename(own)


def _open(stays: pl.DataFrame, book: Rulebook, less: str) -> pl.Series:
    """Where what is taken off the base is not known exactly; a blank cost of an `[[expense]]` is 0."""
    if less in EXPENSES:
        return stays[f"{less}_fen"].is_null()
    if less in {expense.id for expense in book.expenses}:
        of = book.table[f"expense_of.{less}"].gather(stays["term"])
        return (of == EXPENSE_OF.index("eligible")) & ~stays["has_eligible"]
    name = less.removesuffix("_deductible")
    steps = [s.id for s in book.steps if name in (s.id, s.layer)]
    checks = stays.select(f"{s}_check" for s in steps if f"{s}_check" in stays.columns)
    open_ = pl.any_horizontal(pl.all() == "bound") & ~pl.any_horizontal(pl.all() == "none")
    return checks.select(open_).to_series()


def term_column(stays: pl.DataFrame, step: str) -> str:
    """The column with a step's own term, where it looks at some categories only; else the stay's."""
    own = f"{step}_term"
    return own if own in stays.columns else "term"


def lessened(book: Rulebook, step: Step) -> list[str]:
    """What any document takes off this step's base."""
    return _flagged(book, f"{step.id}.less_")


def together(book: Rulebook, step: Step) -> list[str]:
    """Earlier layers that any document counts towards this step's floor."""
    return _flagged(book, f"{step.id}.floor_with_")


def _flagged(book: Rulebook, head: str) -> list[str]:
    columns = (c for c in book.table.columns if c.startswith(head))
    return [c.removeprefix(head) for c in columns if (book.table[c] == 1).any()]
