"""One step of the settlement: base, deductible, bands, rounding, caps.

Each amount becomes a column named for what it is, so that a stay can be explained by printing its row, and so that it
can be worked out again under another assumption with the year as it was (`years = None`).
"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.settle.caps import Capping
from onestop_cli.core.settle.charge import Charging
from onestop_cli.core.settle.formula import (
    banded,
    floor,
    highest_rate,
    rounded,
    whole_units,
)
from onestop_cli.core.settle.one_step import (
    ALONE,
    BILL,
    COVERED,
    DAYS,
    HELD_USED_UP,
    REST,
    USED_UP,
    ZERO,
    column,
    less_column,
    once,
)
from onestop_cli.core.settle.visits import YEARS
from onestop_cli.rulebook.checkable import lessened, together
from onestop_cli.rulebook.terms import COMPUTED, NO_LIMIT, UNKNOWN_RATE


class LayerPass(Charging, Capping):
    """All stages of one step over many stays."""

    def over(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`frame` with the step's amounts; the step's varying terms must stand beside each stay."""
        frame = self._shares(frame)
        frame = self._looking_at(frame, self._computed_at_all & pl.col("_share").is_null())
        for stage in (self._base, self._charge, self._ordinary):
            frame = stage(frame)
        frame = self._looking_at(frame, self._computed_at_all)
        for stage in (self._quota, self._cap, self._result):
            frame = stage(frame)
        return frame.drop("_works", "_counts", "_share", "_free").drop(
            USED_UP, HELD_USED_UP, ALONE, strict=False
        )

    @property
    def _computed_at_all(self) -> pl.Expr:
        """Where the step is worked out: also by a quota's share alone, when the rate is not known."""
        by_quota = (self.params["state"] == UNKNOWN_RATE) & (self._col("check") != "none")
        return (self.params["state"] == COMPUTED) | by_quota

    def _looking_at(self, frame: pl.DataFrame, which: pl.Expr) -> pl.DataFrame:
        """Marks the stays that the next stages work out, and of those the ones that use up the year."""
        exact = self._col("check") == "exact"
        return frame.with_columns(_works=which, _counts=which & exact)

    def _base(self, frame: pl.DataFrame) -> pl.DataFrame:
        """补偿基数: what the layer looks at, after a limit on the cost, if there is one."""
        params, name = self.params, self._name("base_fen")
        start = pl.when(params["from_total"] == 1).then(BILL).otherwise(COVERED)
        for less in lessened(self.book, self.step):
            start = start - pl.col(less_column(less)).fill_null(0) * params[f"less_{less}"]
        start = whole_units(params, start.clip(lower_bound=0))
        base = pl.when(self._computed).then(start).otherwise(ZERO)
        frame = frame.with_columns(base.alias(name))
        if not params.has("cost_cap", NO_LIMIT):
            return frame
        limit = params["cost_cap"]
        if params.has("cost_day", 0):
            by_day = params["cost_day"] == 1
            limit = limit * pl.when(by_day).then(DAYS).otherwise(self._years(frame))
        else:
            limit = limit * self._years(frame)
        single = pl.min_horizontal(name, limit)
        yearly = (params["cost_year"] == 1) & ~self._over_years(frame)
        frame, taken = self._grow(
            frame, self.years, "cost_cap_", yearly, pl.col(name), params["cost_cap"],
            most=self.use.cost, opened="base_fen",
        )  # fmt: skip
        return frame.with_columns(pl.coalesce(taken, single).alias(name))

    def _ordinary(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The amount by rate or bands, rounded once, with floor and the stay's own cap; never beyond the bill."""
        params = self.params
        charged = self._col("deductible_fen")
        cost = net = ZERO
        if params.nth_rates > 1 and self.years:
            nth = self._nth(frame, self.years, "nth_rate_by_level")
            frame = frame.with_columns(nth.alias(self._name("rate_nth")))
        if params.has("year_bands", 0):
            frame = self._year_so_far(frame)
            cost, net = self._col("cost_before_fen"), self._col("net_before_fen")
        frame = frame.with_columns(*once(frame, _grains=self._given(charged, cost, net)))
        amount = rounded(params, pl.col("_grains"))
        if YEARS in frame.columns:
            most = rounded(params, (self._col("base_fen") - charged) * highest_rate(params))
            most += pl.when(params["round_unit"] > 1).then(params["round_unit"]).otherwise(0)
            amount = pl.when(self._over_years(frame)).then(most).otherwise(amount)
        borne = ZERO
        if params.has("floor_rate", 0):
            lifted = pl.max_horizontal(amount, pl.min_horizontal(self._least(charged), REST))
            borne = (lifted - amount) * params["floor_hospital"]
            amount = lifted - borne
        limit = params["stay_cap"] * self._years(frame)
        amount = pl.min_horizontal(amount, limit, REST).clip(lower_bound=0)
        given = {"uncapped_fen": amount, "borne_fen": borne}
        computed = {
            self._name(what): pl.when(self._computed).then(fen).otherwise(ZERO)
            for what, fen in given.items()
        }
        return frame.with_columns(*once(frame, **computed)).drop("_grains")

    def _given(self, charged: pl.Expr, cost: pl.Expr, net: pl.Expr) -> pl.Expr:
        """Grains by rate or bands on what the `charged` deductible leaves of the base."""
        return banded(self.params, self._col("base_fen"), charged, cost, net)

    def _least(self, charged: pl.Expr) -> pl.Expr:
        """保底, less what earlier layers that count towards it pay."""
        least = floor(self.params, pl.col(BILL), pl.col(COVERED), charged)
        for layer in together(self.book, self.step):
            least = least - pl.col(f"{layer}_paid_fen") * self.params[f"floor_with_{layer}"]
        return least

    def _year_so_far(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What the year's earlier stays brought into bands that run over the year."""
        years = self.years
        if years is None:
            return frame
        where, base, charged = self.params["year_bands"] == 1, "base_fen", "deductible_fen"
        gone = self._opened(frame, base)
        spent = self._opened(frame, charged)
        cost, net = self._col(base), self._col(base) - self._charged_alone(frame)
        for what, amount in (("cost", cost), ("net", net)):
            used = self._used(amount, where, self.use.charge)
            if what == "net" and USED_UP in frame.columns:
                used -= pl.when(where).then(USED_UP).otherwise(ZERO)
            before = years.before(column(frame, used))
            if gone is not None and spent is not None:
                before += gone if what == "cost" else gone - spent
            if self.use.held:
                before += frame["_held_before_fen"]
                if what == "net" and HELD_USED_UP in frame.columns:
                    before -= frame[HELD_USED_UP]
            works = pl.when(where & pl.col("_works")).then(pl.lit(before)).otherwise(ZERO)
            frame = frame.with_columns(works.alias(self._name(f"{what}_before_fen")))
        return frame

    def _charged_alone(self, frame: pl.DataFrame) -> pl.Expr:
        """What a stay uses of the deductible when those that wait come last, as they do for bands: nothing of the
        deductible is then used twice, and nothing of a waiting stay stands in a band twice."""
        charged = self._col("deductible_fen")
        return pl.max_horizontal(ALONE, charged) if ALONE in frame.columns else charged

    def _shares(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`_share`: what a quota gives this step, null where none does; `_free`: it counts towards no yearly limit."""
        share, free = pl.lit(None, pl.Int64), pl.lit(False)
        if self.book.quotas:
            table, quota = self.book.quota_table, frame["quota"]
            given = table[f"{self.step.id}.share"].gather(quota)
            share = pl.when(given >= 0).then(given)
            free = pl.lit((table["counts"] == 0).gather(quota).fill_null(False))
        frame = frame.with_columns(_share=share)
        return frame.with_columns(_free=free & pl.col("_share").is_not_null())

    def _quota(self, frame: pl.DataFrame) -> pl.DataFrame:
        """A stay with a quota gets the quota's share instead."""
        if not self.book.quotas:
            return frame
        shared = self._computed & pl.col("_share").is_not_null()
        amount = rounded(self.params, pl.col("price_fen") * pl.col("_share")) + self._paid_apart(
            frame
        )
        least = pl.min_horizontal(amount, REST).clip(lower_bound=0)
        uncapped = self._name("uncapped_fen")
        return frame.with_columns(pl.when(shared).then(least).otherwise(uncapped).alias(uncapped))

    def _paid_apart(self, frame: pl.DataFrame) -> pl.Expr:
        """What a quota has the step pay as an amount, each day in bed or once."""
        table, quota = self.book.quota_table, frame["quota"]
        pays = table[f"{self.step.id}.pays"]
        if not pays.max():
            return ZERO
        if not table["daily"].max():
            return pl.lit(pays.gather(quota))
        daily = pl.lit(table["daily"].gather(quota)) == 1
        return pl.lit(pays.gather(quota)) * pl.when(daily).then(DAYS).otherwise(1)

    def _result(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`due` where it can be known, `bound` where only the most it can be is; `paid` goes on to later layers."""
        check, granted = self._col("check"), self._col("granted_fen")
        taken = pl.col(f"{self.step.layer}_taken_fen").fill_null(0)
        exact, bound = check == "exact", check == "bound"
        limited = pl.min_horizontal(granted, taken)
        paid = pl.when(exact).then(granted).when(bound).then(limited).otherwise(taken)
        return frame.with_columns(
            pl.when(exact).then(granted).alias(self._name("due_fen")),
            pl.when(bound).then(granted).alias(self._name("bound_fen")),
            pl.when(exact & ~pl.col("_free"))
            .then(granted)
            .otherwise(ZERO)
            .alias(self._name("pooled_fen")),
            paid.alias(self._name("paid_fen")),
        ).drop(self._name("granted_fen"))
