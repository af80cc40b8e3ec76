"""起付线: what is charged on each stay, by itself, over the year, over months, or carried on from another hospital."""

from __future__ import annotations

from typing import Any

import polars as pl

from onestop_cli.core.settle.formula import (
    deductible,
)
from onestop_cli.core.settle.one_step import (
    ALONE,
    BILL,
    HELD_USED_UP,
    USED_UP,
    ZERO,
    StepPass,
    column,
)
from onestop_cli.core.settle.visits import SINCE, VISIT, YEARS
from onestop_cli.core.settle.windows import EVER, OPEN, windows
from onestop_cli.core.settle.year import (
    Turns,
    apart,
    chains,
)
from onestop_cli.rulebook.terms import EACH_SETTLEMENT, NO_LIMIT


class Charging(StepPass):
    """The stage that charges the deductible, and which stay of the year it is."""

    def _charge(self, frame: pl.DataFrame) -> pl.DataFrame:
        """起付线 charged on this stay, never more than the base."""
        params, name, base = self.params, self._name("deductible_fen"), self._col("base_fen")
        chain, visit = None, self._visit(frame)
        if self.years and (params.has("transfer_days", -1) or visit is not None):
            chain = chains(frame, self.years.group, params["transfer_days"], visit)
        stated = deductible(params, ZERO + 1)
        if params.deductible_steps > 1:
            if self.years:
                nth = self._nth(frame, self.years, "nth_by_level")
                frame = frame.with_columns(nth.alias(self._name("nth")))
            stated = deductible(params, self._col("nth"))
        charged = pl.min_horizontal(stated, base)
        frame = frame.with_columns(
            pl.when(self._computed).then(charged).otherwise(ZERO).alias(name), _stated=stated
        )
        stated, most = pl.col("_stated"), self.use.charge
        rest: dict[str, Any] = {"most": most, "opened": "deductible_fen"}
        if params.has("deductible_year", 0):
            yearly = params["deductible_year"] == 1
            frame, taken = self._grow(frame, self.years, "charged_", yearly, base, stated, **rest)
            frame = frame.with_columns(pl.coalesce(taken, name).alias(name))
            if most and params.has("year_bands", 0):
                frame = frame.with_columns(self._used_up(yearly).alias(USED_UP))
                if self.use.held:
                    waiting = self._at_most_left("_held_before_fen", yearly)
                    alone = self._at_most_left(self._name("base_fen"), yearly)
                    frame = frame.with_columns(waiting.alias(HELD_USED_UP), alone.alias(ALONE))
        if params.has("deductible_window", 0):
            frame, taken = self._charge_of_months(frame, stated, most=most)
            frame = frame.with_columns(pl.coalesce(taken, name).alias(name))
        if params.has("transfer_days", -1) or visit is not None:
            carried = params["transfer_days"] >= 0
            carried |= pl.lit(False) if visit is None else visit.is_not_null()
            moved = chain.turns if chain else None
            frame, taken = self._grow(
                frame, moved, "carried_", carried, base, stated, most=most, opened=""
            )
            frame = frame.with_columns(pl.coalesce(taken, name).alias(name))
        if params.has("ceiling", NO_LIMIT):
            limited = params["ceiling"] < NO_LIMIT
            frame, taken = self._grow(
                frame, self.years, "ceiling_", limited, pl.col(name), params["ceiling"], **rest
            )
            frame = frame.with_columns(pl.coalesce(taken, name).alias(name))
        if YEARS in frame.columns:
            least = pl.when(self._over_years(frame)).then(self._charged_at_least(frame))
            frame = frame.with_columns(least.otherwise(name).alias(name))
        return frame.drop("_stated")

    def _charged_at_least(self, frame: pl.DataFrame) -> pl.Expr:
        """What a row over two years is charged for certain: nothing, where the years before may have used it up."""
        params = self.params
        steps = [
            pl.when(params["deductible_steps"] >= n).then(params[f"deductible_{n}"])
            for n in range(1, params.deductible_steps + 1)
        ]
        open_ = (params["deductible_year"] == 1) | (params["ceiling"] < NO_LIMIT)
        open_ |= (params["transfer_days"] >= 0) | (params["deductible_window"] > 0)
        if SINCE in frame.columns:
            open_ |= pl.col(SINCE).is_not_null() & (params["visit_deductible"] < EACH_SETTLEMENT)
        least = pl.when(~open_).then(pl.min_horizontal(steps)).otherwise(ZERO)
        return (
            pl.when(self._computed)
            .then(pl.min_horizontal(least, self._name("base_fen")))
            .otherwise(ZERO)
        )

    def _charge_of_months(
        self, frame: pl.DataFrame, stated: pl.Expr, *, most: bool
    ) -> tuple[pl.DataFrame, pl.Series]:
        """What is left of a deductible after the bases of the months before; adds `<step>_months_before_fen`."""
        months, name = self.params["deductible_window"], self._name("months_before_fen")
        where = (months > 0) & pl.col("_works")
        parts = frame.select(
            where=where,
            used=self._used(self._col("base_fen"), months > 0, most),
            open=pl.col(OPEN) & ~pl.col("_counts") if OPEN in frame.columns else pl.lit(False),
        )
        if self.years:
            before = windows(frame, months).before(parts["used"])
            if self.use.held and EVER in frame.columns:
                before += frame[EVER]
            before = before.set(parts["open"], NO_LIMIT)
        else:
            before = frame[name]
        told = pl.when(pl.lit(parts["where"])).then(pl.lit(before)).otherwise(ZERO)
        frame = frame.with_columns(told.alias(name))
        left = (stated - pl.col(name)).clip(lower_bound=0)
        taken = pl.when(where).then(pl.min_horizontal(self._col("base_fen"), left))
        return frame, column(frame, taken)

    def _visit(self, frame: pl.DataFrame) -> pl.Expr | None:
        """The visit that a row settles with others, where that is not charged a deductible each time; None where no
        row does."""
        if VISIT not in frame.columns or frame[VISIT].count() == 0:
            return None
        return pl.when(self.params["visit_deductible"] < EACH_SETTLEMENT).then(VISIT)

    def _used_up(self, yearly: pl.Expr) -> pl.Expr:
        """What a stay that may have used all of its bill used of the year's deductible: that part is in no band."""
        unknown = pl.col("_works") & ~pl.col("_counts")
        return self._at_most_left(BILL, yearly & unknown)

    def _at_most_left(self, amount: str, where: pl.Expr) -> pl.Expr:
        """`amount`, as far as the stays known so far leave it of the year's deductible; held ones come after them."""
        params = self.params
        plain = (params["ceiling"] == NO_LIMIT) & (params["transfer_days"] < 0)
        held = pl.col("_held_before_fen") if self.use.held else ZERO
        left = (pl.col("_stated") - self._col("charged_before_fen") + held).clip(lower_bound=0)
        return pl.when(where & plain).then(pl.min_horizontal(amount, left)).otherwise(ZERO)

    def _nth(self, frame: pl.DataFrame, years: Turns, by_level: str) -> pl.Series:
        """Which inpatient stay of the year it is, in time: in all hospitals, or in those of its level. A visit is none,
        and has the terms of the first; a transfer, and a further settlement of one stay whether or not it is charged
        again, has the number of the stay it carries on."""
        chain, visit = None, pl.col(VISIT) if VISIT in frame.columns else None
        if self.params.has("transfer_days", -1) or visit is not None:
            chain = chains(frame, years.group, self.params["transfer_days"], visit)
        inpatient = pl.col("inpatient").fill_null(True) if "inpatient" in frame.columns else True
        stays = frame.select(inpatient=inpatient, counts=self._computed & inpatient)
        counts = stays["counts"] if chain is None else stays["counts"] & ~chain.carried
        number = years.nth(counts)
        if self.params.has(by_level, 0):
            here = apart(years, column(frame, self.params["nth_level"])).nth(counts)
            number = here.zip_with(column(frame, self.params[by_level]) == 1, number)
        number = number - 1 + counts.cast(pl.Int64)
        if (opened := self._opened(frame, "stays")) is not None:
            number += opened
        if self.use.held:
            number += frame["_held_before"]
        number = number.clip(lower_bound=1)
        return stays.select(pl.when("inpatient").then(number).otherwise(1)).to_series()
