"""封顶: what the limits of the year, of months, of a household and those that layers share leave each stay."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.settle.one_step import (
    ZERO,
    StepPass,
)
from onestop_cli.core.settle.shared import household
from onestop_cli.core.settle.windows import windows
from onestop_cli.core.settle.year import (
    ClaimedFirst,
    Divided,
    Months,
    Turns,
    claimed_first,
    left_of,
)
from onestop_cli.rulebook.terms import NO_LIMIT


class Capping(StepPass):
    """The stage that takes the limits in turn: first the stays on which the layer was claimed."""

    def _cap(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The yearly cap and shared pools: `before` is what the year had used, `granted` what this stay is left."""
        params, granted = self.params, self._name("granted_fen")
        pools = self.book.pools_of(self.step)
        wanted = self._col("uncapped_fen")
        if pools:
            rooms = [self._pool_room(pool) * self._years(frame) for pool in pools]
            shared = pl.min_horizontal(wanted, *rooms)
            wanted = pl.when("_free").then(wanted).otherwise(shared.clip(lower_bound=0))
        years = self._years(frame)
        if self.params.has("household_cap", NO_LIMIT):
            room = pl.min_horizontal(wanted, self._household_room() * years).clip(lower_bound=0)
            wanted = pl.when("_free").then(wanted).otherwise(room)
        capped = self._computed & (self._limit < NO_LIMIT) & ~pl.col("_free")
        most = self._limit * years
        alone = pl.when(capped).then(pl.min_horizontal(wanted, most)).otherwise(wanted)
        limit = pl.when(capped).then(most).cast(pl.Int64)
        frame = frame.with_columns(limit.alias(self._name("cap_fen")))
        by_months = params["cap_window"] > 0
        of_year, of_months = capped & ~by_months, None
        if params.has("cap_window", 0):
            which = capped & by_months & pl.col("_counts")
            of_months = self._capped_by_months(frame, which, wanted)
        if params.has("month_cap", NO_LIMIT):
            monthly = self._computed & (params["month_cap"] < NO_LIMIT) & ~pl.col("_free")
            least = params["month_cap"] * years
            alone = pl.when(monthly).then(pl.min_horizontal(alone, least)).otherwise(alone)
            frame, taken = self._capped_by_month(frame, of_year, monthly, wanted)
            frame = frame.with_columns(
                pl.when(monthly).then(least).alias(self._name("month_limit_fen"))
            )
        elif params.has("cap", NO_LIMIT):
            frame, taken = self._capped(frame, of_year & pl.col("_counts"), wanted)
        else:
            return frame.with_columns(alone.alias(granted), ZERO.alias(self._name("before_fen")))
        if of_months is None:
            return frame.with_columns(pl.coalesce(taken, alone).alias(granted))
        used = pl.coalesce(of_months["used"], self._name("before_fen"))
        return frame.with_columns(
            pl.coalesce(of_months["taken"], taken, alone).alias(granted),
            used.alias(self._name("before_fen")),
        )

    @property
    def _limit(self) -> pl.Expr:
        """The yearly cap, raised by what a list of persons says."""
        cap = self.params["cap"]
        if not self.params.has("bonus", 0):
            return cap
        return pl.min_horizontal(cap + self._col("bonus_fen"), NO_LIMIT)

    def _capped_by_months(
        self, frame: pl.DataFrame, which: pl.Expr, wanted: pl.Expr
    ) -> pl.DataFrame:
        """`used` and `taken` of `which` stays, under a limit on the months before each; null on others."""
        parts = frame.select(
            which=which,
            amount=pl.when(which).then(wanted).otherwise(ZERO),
            cap=pl.when(which).then(self.params["cap"]).otherwise(NO_LIMIT).cast(pl.Int64),
            account=self.params["cap_account"],
        )
        if self.years:
            months = windows(frame, self.params["cap_window"])
            touched = frame[f"{self.step.layer}_touched"]
            used, taken = months.capped(parts["amount"], parts["cap"], touched, parts["account"])
        else:
            used = frame[self._name("before_fen")]
            taken = left_of(parts["amount"], parts["cap"], used)
        found = pl.DataFrame({"which": parts["which"], "used": used, "taken": taken})
        return found.select(pl.when("which").then(name).alias(name) for name in ("used", "taken"))

    def _capped(
        self, frame: pl.DataFrame, which: pl.Expr, wanted: pl.Expr
    ) -> tuple[pl.DataFrame, pl.Series]:
        """What the yearly cap leaves `which` stays, those that were claimed first; adds `<step>_before_fen`."""
        column_name = self._name("before_fen")
        parts = frame.select(
            which=which,
            amount=pl.when(which).then(wanted).otherwise(ZERO),
            cap=self._limit.cast(pl.Int64),
            account=self.params["cap_account"],
        )
        if self.years:
            turns = self._cap_turns(frame, self.years, parts["account"])
            opened = self._opened(frame, "paid_fen")
            before, taken = turns.capped(parts["amount"], parts["cap"], opened)
        else:
            before = frame[column_name]
            taken = left_of(parts["amount"], parts["cap"], before)
        parts = parts.with_columns(before=before, taken=taken)
        grown = parts.select(
            pl.when("which").then("before").otherwise(ZERO).alias(column_name),
            pl.when("which").then("taken").alias("taken"),
        )
        return frame.with_columns(grown[column_name]), grown["taken"]

    def _capped_by_month(
        self, frame: pl.DataFrame, capped: pl.Expr, monthly: pl.Expr, wanted: pl.Expr
    ) -> tuple[pl.DataFrame, pl.Series]:
        """What the limits of the month and the year leave stays that have either; adds `<step>_before_fen` and
        `<step>_month_before_fen`."""
        of_year, of_month = self._name("before_fen"), self._name("month_before_fen")
        which = (capped | monthly) & pl.col("_counts")
        parts = frame.select(
            which=which,
            amount=pl.when(which).then(wanted).otherwise(ZERO),
            cap=pl.when(capped).then(self._limit).otherwise(NO_LIMIT).cast(pl.Int64),
            limit=pl.when(monthly)
            .then(self.params["month_cap"])
            .otherwise(NO_LIMIT)
            .cast(pl.Int64),
            account=self.params["cap_account"],
        )
        amount, cap, limit = parts["amount"], parts["cap"], parts["limit"]
        if self.years:
            turns = self._cap_turns(frame, self.years, parts["account"])
            months = Months(self._months(frame), limit)
            opened = self._opened(frame, "paid_fen")
            before, taken, in_month = turns.capped_by_month(amount, cap, months, opened)
        else:
            before, in_month = frame[of_year], frame[of_month]
            taken = left_of(left_of(amount, cap, before), limit, in_month)
        parts = parts.with_columns(before=before, taken=taken, in_month=in_month)
        grown = frame.with_columns(
            parts.select("before", "taken", "in_month").iter_columns()
        ).select(
            pl.when(capped & pl.col("_counts")).then("before").otherwise(ZERO).alias(of_year),
            pl.when(monthly & pl.col("_counts")).then("in_month").otherwise(ZERO).alias(of_month),
            pl.when(which).then("taken").alias("taken"),
        )
        return frame.with_columns(grown[of_year], grown[of_month]), grown["taken"]

    def _months(self, frame: pl.DataFrame) -> pl.Series:
        """The month in which each stay counts, months numbered through the years."""
        day = pl.col("discharged_on")
        settled = pl.col("settled_or_discharged")
        to = pl.min_horizontal("discharged_on", settled)
        for which, other in ((1, pl.col("admitted_on")), (2, settled), (3, to)):
            day = pl.when(self.params["month_day"] == which).then(other).otherwise(day)
        return frame.select(day.dt.year() * 12 + day.dt.month().cast(pl.Int32)).to_series()

    def _cap_turns(
        self, frame: pl.DataFrame, years: Turns, account: pl.Series
    ) -> Turns | ClaimedFirst | Divided:
        """Stays on which the layer was claimed, then the others; of an amount nobody claimed only what a decision paid
        stands among the claimed."""
        touched, extra = frame[f"{self.step.layer}_touched"], f"{self.step.layer}_extra_fen"
        alone = [step.layer for step in self.book.steps].count(self.step.layer) == 1
        if alone and extra in frame.columns and frame[extra].sum():
            return Divided(years, touched, frame[extra], account)
        return claimed_first(years, touched, account)

    def _pool_room(self, pool: str) -> pl.Expr:
        """What a shared limit leaves this step after earlier stays and the stay's earlier layers; a bound-checked
        stay is looked at alone."""
        members = [step.id for step in self.book.members(pool)]
        earlier = members[: members.index(self.step.id)]
        used = pl.sum_horizontal(ZERO, *(f"{member}_pooled_fen" for member in earlier))
        left = pl.col(f"pool_{pool}_room_fen") - used
        return pl.when("_counts").then(left).otherwise(f"pool_{pool}_cap_fen")

    def _household_room(self) -> pl.Expr:
        """What the household's limit leaves after its earlier stays; a bound-checked stay is looked at alone."""
        head = household(self.step.id)
        return pl.when("_counts").then(f"{head}_room_fen").otherwise(f"{head}_cap_fen")
