"""What the stages of one step share: names of columns, what the year had used, how a running total grows."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from onestop_cli.core.settle.formula import (
    Parameters,
)
from onestop_cli.core.settle.visits import YEARS
from onestop_cli.core.settle.year import (
    Turns,
    left_of,
)
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.language import EXPENSES

BILL, COVERED, REST = "bill_fen", "covered_fen", "_rest_fen"
DAYS = "bed_days"
USED_UP, HELD_USED_UP, ALONE = "_used_up_fen", "_held_used_up_fen", "_charged_alone_fen"
ZERO = pl.lit(0, pl.Int64)


@dataclass(frozen=True)
class Use:
    """What stays whose own amounts are not known are taken to have used of the year: nothing, or as much as their whole
    bill, of deductibles and bands (`charge`) or of limits on cost (`cost`); `held`: stays that wait, too."""

    charge: bool = False
    cost: bool = False
    held: bool = False


LEAST = Use()


@dataclass(frozen=True)
class StepPass:
    """One step over many stays. `years`: the rows at hand in time, over which running totals are taken; without it
    each stay keeps the `<step>_…_before_fen` that an earlier pass found. `use`: what stays that are not known exactly
    have used."""

    book: Rulebook
    step: Step
    params: Parameters
    years: Turns | None
    use: Use = LEAST

    @property
    def _computed(self) -> pl.Expr:
        """Where the stage at hand works the step out; a quota's share skips the ordinary terms."""
        return pl.col("_works")

    def _name(self, what: str) -> str:
        return f"{self.step.id}_{what}"

    def _col(self, what: str) -> pl.Expr:
        return pl.col(self._name(what))

    def _opened(self, frame: pl.DataFrame, what: str) -> pl.Series | None:
        """What the year had brought before the first stay at hand (期初), where that is known."""
        name = f"{self.step.layer}_opened_{what}"
        own = self.step.id == self.step.layer and name in frame.columns
        return frame[name].fill_null(0) if own else None

    def _used(self, amount: pl.Expr, where: pl.Expr, most: bool) -> pl.Expr:
        """What each stay uses up of the year: `amount` where it is known; else nothing, or the whole bill (`most`)."""
        known = pl.when(where & pl.col("_counts")).then(amount)
        return (known.when(where & pl.col("_works")).then(BILL) if most else known).otherwise(ZERO)

    @staticmethod
    def _years(frame: pl.DataFrame) -> pl.Expr:
        """Over how many years a row runs: so many limits it may have."""
        return pl.col(YEARS) if YEARS in frame.columns else pl.lit(1, pl.Int64)

    def _over_years(self, frame: pl.DataFrame) -> pl.Expr:
        """Rows that have two years in one, so that only the most that can be right is known: the highest rate, on all
        that is not certainly charged as a deductible."""
        return self._years(frame) > 1

    def _grow(
        self,
        frame: pl.DataFrame,
        turns: Turns | None,
        what: str,
        where: pl.Expr,
        amount: pl.Expr,
        cap: pl.Expr,
        *,
        most: bool,
        opened: str,
    ) -> tuple[pl.DataFrame, pl.Series]:
        """Growth of the running total of `amount` under `cap`, over the stays with `where`.

        Adds `<step>_<what>before_fen`; returns the frame and what each such stay takes (others: null).
        """
        column = self._name(f"{what}before_fen")
        parts = frame.select(
            works=where & pl.col("_works"),
            amount=amount,
            used=self._used(amount, where, most),
            cap=cap.cast(pl.Int64),
        )
        if turns is None:
            before = frame[column]
        else:
            before, _ = turns.capped(parts["used"], parts["cap"], self._opened(frame, opened))
            if self.use.held:
                before += frame["_held_before_fen"]
        taken = left_of(parts["amount"], parts["cap"], before)
        parts = parts.with_columns(before=before, taken=taken)
        grown = parts.select(
            pl.when("works").then("before").otherwise(ZERO).alias(column),
            pl.when("works").then("taken").alias("taken"),
        )
        return frame.with_columns(grown[column]), grown["taken"]


def column(frame: pl.DataFrame, expr: pl.Expr) -> pl.Series:
    """`expr` row by row, also where it is a constant."""
    return frame.with_columns(expr.alias("_value"))["_value"]


def once(frame: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    """`columns` row by row, where what stands in them many times is worked out once: an eager query shares nothing."""
    return frame.lazy().select(**columns).collect().rechunk()


def less_column(less: str) -> str:
    """The column of what `less` takes off a base: an expense, a layer's deductible, or what a layer pays."""
    if less in EXPENSES or less.endswith("_deductible"):
        return f"{less}_fen"
    return f"{less}_paid_fen"
