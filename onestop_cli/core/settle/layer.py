"""One step of the settlement: base, deductible, bands, rounding, caps.

Each amount becomes a column named for what it is, so that a stay can be explained by printing its row, and so that it
can be worked out again under another assumption with the year as it was (`years = None`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.core.settle.formula import (
    Parameters,
    banded,
    deductible,
    floor,
    highest_rate,
    rounded,
)
from onestop_cli.core.settle.visits import SINCE, VISIT, YEARS
from onestop_cli.core.settle.windows import EVER, OPEN, windows
from onestop_cli.core.settle.year import (
    Chains,
    ClaimedFirst,
    Divided,
    Months,
    Turns,
    apart,
    chains,
    claimed_first,
    left_of,
)
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.govern import lessened, together
from onestop_cli.rulebook.language import EXPENSES
from onestop_cli.rulebook.terms import COMPUTED, EACH_SETTLEMENT, NO_LIMIT, UNKNOWN_RATE

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
class LayerPass:
    """One step over many stays. `years`: the rows at hand in time, over which running totals are taken; without it
    each stay keeps the `<step>_…_before_fen` that an earlier pass found. `use`: what stays that are not known exactly
    have used."""

    book: Rulebook
    step: Step
    params: Parameters
    years: Turns | None
    use: Use = LEAST

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

    def _base(self, frame: pl.DataFrame) -> pl.DataFrame:
        """补偿基数: what the layer looks at, after a limit on the cost, if there is one."""
        params, name = self.params, self._name("base_fen")
        start = pl.when(params["from_total"] == 1).then(BILL).otherwise(COVERED)
        for less in lessened(self.book, self.step):
            start = start - pl.col(less_column(less)).fill_null(0) * params[f"less_{less}"]
        base = pl.when(self._computed).then(start.clip(lower_bound=0)).otherwise(ZERO)
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

    def _charge(self, frame: pl.DataFrame) -> pl.DataFrame:
        """起付线 charged on this stay, never more than the base."""
        params, name, base = self.params, self._name("deductible_fen"), self._col("base_fen")
        chain, visit = None, self._visit(frame)
        if self.years and (params.has("transfer_days", -1) or visit is not None):
            chain = chains(frame, self.years.group, params["transfer_days"], visit)
        stated = deductible(params, ZERO + 1)
        if params.deductible_steps > 1:
            if self.years:
                nth = self._nth(frame, self.years, chain, "nth_by_level")
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

    @staticmethod
    def _years(frame: pl.DataFrame) -> pl.Expr:
        """Over how many years a row runs: so many limits it may have."""
        return pl.col(YEARS) if YEARS in frame.columns else pl.lit(1, pl.Int64)

    def _over_years(self, frame: pl.DataFrame) -> pl.Expr:
        """Rows that have two years in one, so that only the most that can be right is known: the highest rate, on all
        that is not certainly charged as a deductible."""
        return self._years(frame) > 1

    def _charged_at_least(self, frame: pl.DataFrame) -> pl.Expr:
        """What a row over two years is charged for certain: nothing, where the years before may have used it up."""
        params = self.params
        steps = [
            pl.when(params["deductible_steps"] >= n).then(params[f"deductible_{n}"])
            for n in range(1, params.deductible_steps + 1)
        ]
        open_ = (params["deductible_year"] == 1) | (params["ceiling"] < NO_LIMIT)
        open_ |= params["transfer_days"] >= 0
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
            if self.use.held:
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

    def _nth_for_rates(self, frame: pl.DataFrame, years: Turns) -> pl.Series:
        """The same for rates that hang on it; a further settlement of a visit is no further stay."""
        chain, visit = None, pl.col(VISIT) if VISIT in frame.columns else None
        if self.params.has("transfer_days", -1) or visit is not None:
            chain = chains(frame, years.group, self.params["transfer_days"], visit)
        return self._nth(frame, years, chain, "nth_rate_by_level")

    def _nth(
        self, frame: pl.DataFrame, years: Turns, chain: Chains | None, by_level: str
    ) -> pl.Series:
        """Which inpatient stay of the year it is, in time: in all hospitals, or in those of its level. A visit is none,
        and has the terms of the first; a transfer pays a difference, and has the number of the stay it carries on."""
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

    def _ordinary(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The amount by rate or bands, rounded once, with floor and the stay's own cap; never beyond the bill."""
        params = self.params
        charged = self._col("deductible_fen")
        cost = net = ZERO
        if params.nth_rates > 1 and self.years:
            nth = self._nth_for_rates(frame, self.years)
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

    def _cap(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The yearly cap and shared pools: `before` is what the year had used, `granted` what this stay is left."""
        params, granted = self.params, self._name("granted_fen")
        pools = self.book.pools_of(self.step)
        wanted = self._col("uncapped_fen")
        if pools:
            rooms = [self._pool_room(pool) * self._years(frame) for pool in pools]
            shared = pl.min_horizontal(wanted, *rooms)
            wanted = pl.when("_free").then(wanted).otherwise(shared.clip(lower_bound=0))
        capped = self._computed & (params["cap"] < NO_LIMIT) & ~pl.col("_free")
        years = self._years(frame)
        most = params["cap"] * years
        alone = pl.when(capped).then(pl.min_horizontal(wanted, most)).otherwise(wanted)
        limit = pl.when(capped).then(most).cast(pl.Int64)
        frame = frame.with_columns(limit.alias(self._name("cap_fen")))
        if params.has("month_cap", NO_LIMIT):
            monthly = self._computed & (params["month_cap"] < NO_LIMIT) & ~pl.col("_free")
            frame, taken = self._capped_by_month(frame, capped, monthly, wanted)
            most = params["month_cap"] * years
            least = pl.when(monthly).then(pl.min_horizontal(alone, most))
            return frame.with_columns(
                pl.coalesce(taken, least.otherwise(alone)).alias(granted),
                pl.when(monthly).then(most).alias(self._name("month_limit_fen")),
            )
        if not params.has("cap", NO_LIMIT):
            return frame.with_columns(alone.alias(granted), ZERO.alias(self._name("before_fen")))
        which = capped & pl.col("_counts")
        by_months = params["cap_window"] > 0
        if not params.has("cap_window", 0):
            frame, taken = self._capped(frame, which, wanted)
            return frame.with_columns(pl.coalesce(taken, alone).alias(granted))
        of_months = self._capped_by_months(frame, which & by_months, wanted)
        frame, taken = self._capped(frame, which & ~by_months, wanted)
        used = pl.coalesce(of_months["used"], self._name("before_fen"))
        return frame.with_columns(
            pl.coalesce(of_months["taken"], taken, alone).alias(granted),
            used.alias(self._name("before_fen")),
        )

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
            cap=self.params["cap"].cast(pl.Int64),
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
            cap=pl.when(capped).then(self.params["cap"]).otherwise(NO_LIMIT).cast(pl.Int64),
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
