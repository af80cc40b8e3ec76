"""One step of the settlement: base, deductible, bands, rounding, caps.

Each amount becomes a column named for what it is, so that a stay can be explained by printing its row, and so that it
can be worked out again under another assumption with the year as it was (`live = False`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from onestop_cli.core.settle.formula import Parameters, banded, beside, deductible, floor, rounded
from onestop_cli.core.settle.year import Divided, Turns, chains, claimed_first, left_of
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.govern import lessened, term_column, together
from onestop_cli.rulebook.language import EXPENSES
from onestop_cli.rulebook.terms import COMPUTED, NO_LIMIT, UNKNOWN_RATE

GROUP, BILL, COVERED, REST = "_group", "bill_fen", "covered_fen", "_rest_fen"
ZERO = pl.lit(0, pl.Int64)


def settle_step(
    stays: pl.DataFrame, book: Rulebook, step: Step, *, live: bool = True
) -> pl.DataFrame:
    """Add one step's columns to stays that stand in the contract's order of each person-year (`_group`)."""
    params = Parameters(book.table, step.id)
    term = stays[term_column(stays, step.id)]
    passed = LayerPass(book, step, params, live).over(beside(stays, params, term))
    return passed.drop(params.varying)


@dataclass(frozen=True)
class LayerPass:
    """One step over many stays. `live`: running totals are taken over the rows at hand; else each stay keeps the
    `<step>_…_before_fen` that an earlier pass found."""

    book: Rulebook
    step: Step
    params: Parameters
    live: bool = True

    def over(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`frame` with the step's amounts; the step's varying terms must stand beside each stay."""
        frame = self._shares(frame)
        frame = self._looking_at(frame, self._computed_at_all & pl.col("_share").is_null())
        for stage in (self._base, self._charge, self._ordinary):
            frame = stage(frame)
        frame = self._looking_at(frame, self._computed_at_all)
        for stage in (self._quota, self._cap, self._result):
            frame = stage(frame)
        return frame.drop("_works", "_counts", "_share", "_free")

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

    def _turns(self, frame: pl.DataFrame, account: pl.Series | None = None) -> Turns | None:
        """The year's order for this step; None when the year is remembered."""
        if not self.live:
            return None
        return claimed_first(frame[GROUP], frame[f"{self.step.layer}_touched"], account)

    def _grow(
        self,
        frame: pl.DataFrame,
        turns: Turns | Divided | None,
        what: str,
        where: pl.Expr,
        amount: pl.Expr,
        cap: pl.Expr,
    ) -> tuple[pl.DataFrame, pl.Series]:
        """Growth of the running total of `amount` under `cap`, over counting stays with `where`.

        Adds `<step>_<what>before_fen`; returns the frame and what each such stay takes (others: null).
        """
        use = where & pl.col("_counts")
        parts = frame.select(
            use=use, amount=pl.when(use).then(amount).otherwise(ZERO), cap=cap.cast(pl.Int64)
        )
        column = self._name(f"{what}before_fen")
        if turns is None:
            before = frame[column]
            taken = left_of(parts["amount"], parts["cap"], before)
        else:
            before, taken = turns.capped(parts["amount"], parts["cap"])
        parts = parts.with_columns(before=before, taken=taken)
        grown = parts.select(
            pl.when("use").then("before").otherwise(ZERO).alias("before"),
            pl.when("use").then("taken").alias("taken"),
        )
        return frame.with_columns(grown["before"].alias(column)), grown["taken"]

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
        single = pl.min_horizontal(name, params["cost_cap"])
        yearly = params["cost_year"] == 1
        frame, taken = self._grow(
            frame, self._turns(frame), "cost_cap_", yearly, pl.col(name), params["cost_cap"]
        )
        return frame.with_columns(pl.coalesce(taken, single).alias(name))

    def _charge(self, frame: pl.DataFrame) -> pl.DataFrame:
        """起付线 charged on this stay, never more than the base."""
        params, name, base = self.params, self._name("deductible_fen"), self._col("base_fen")
        stated = deductible(params, ZERO + 1)
        if params.deductible_steps > 1:
            turns = self._turns(frame)
            if turns is not None:
                computed = column(frame, self._computed)
                frame = frame.with_columns(turns.nth(computed).alias(self._name("nth")))
            stated = deductible(params, self._col("nth"))
        charged = pl.min_horizontal(stated, base)
        frame = frame.with_columns(
            pl.when(self._computed).then(charged).otherwise(ZERO).alias(name), _stated=stated
        )
        stated = pl.col("_stated")
        if params.has("deductible_year", 0):
            yearly = params["deductible_year"] == 1
            turns = self._turns(frame)
            frame, taken = self._grow(frame, turns, "charged_", yearly, base, stated)
            frame = frame.with_columns(pl.coalesce(taken, name).alias(name))
        if params.has("transfer_days", -1):
            carried = params["transfer_days"] >= 0
            turns = chains(frame, GROUP, params["transfer_days"]) if self.live else None
            frame, taken = self._grow(frame, turns, "carried_", carried, base, stated)
            frame = frame.with_columns(pl.coalesce(taken, name).alias(name))
        if params.has("ceiling", NO_LIMIT):
            limited, turns = params["ceiling"] < NO_LIMIT, self._turns(frame)
            frame, taken = self._grow(
                frame, turns, "ceiling_", limited, pl.col(name), params["ceiling"]
            )
            frame = frame.with_columns(pl.coalesce(taken, name).alias(name))
        return frame.drop("_stated")

    def _ordinary(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The amount by rate or bands, rounded once, with floor and the stay's own cap; never beyond the bill."""
        params = self.params
        base, charged = self._col("base_fen"), self._col("deductible_fen")
        cost = net = ZERO
        if params.has("year_bands", 0):
            frame = self._year_so_far(frame)
            cost, net = self._col("cost_before_fen"), self._col("net_before_fen")
        frame = frame.with_columns(_grains=banded(params, base, charged, cost, net))
        amount = rounded(params, pl.col("_grains"))
        borne = ZERO
        if params.has("floor_rate", 0):
            lifted = pl.max_horizontal(amount, pl.min_horizontal(self._least(charged), REST))
            borne = (lifted - amount) * params["floor_hospital"]
            amount = lifted - borne
        amount = pl.min_horizontal(amount, params["stay_cap"], REST).clip(lower_bound=0)
        return frame.with_columns(
            pl.when(self._computed).then(amount).otherwise(ZERO).alias(self._name("uncapped_fen")),
            pl.when(self._computed).then(borne).otherwise(ZERO).alias(self._name("borne_fen")),
        ).drop("_grains")

    def _least(self, charged: pl.Expr) -> pl.Expr:
        """保底, less what earlier layers that count towards it pay."""
        least = floor(self.params, pl.col(BILL), pl.col(COVERED), charged)
        for layer in together(self.book, self.step):
            least = least - pl.col(f"{layer}_paid_fen") * self.params[f"floor_with_{layer}"]
        return least

    def _year_so_far(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What the year's earlier stays brought into bands that run over the year."""
        turns = self._turns(frame)
        if turns is None:
            return frame
        counts = pl.col("_counts") & (self.params["year_bands"] == 1)
        cost, net = self._col("base_fen"), self._col("base_fen") - self._col("deductible_fen")
        for what, amount in (("cost", cost), ("net", net)):
            counted = frame.select(pl.when(counts).then(amount).otherwise(ZERO)).to_series()
            before = pl.when(counts).then(turns.before(counted)).otherwise(ZERO)
            frame = frame.with_columns(before.alias(self._name(f"{what}_before_fen")))
        return frame

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
        amount = rounded(self.params, pl.col("price_fen") * pl.col("_share"))
        least = pl.min_horizontal(amount, REST).clip(lower_bound=0)
        uncapped = self._name("uncapped_fen")
        return frame.with_columns(pl.when(shared).then(least).otherwise(uncapped).alias(uncapped))

    def _cap(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The yearly cap and shared pools: `before` is what the year had used, `granted` what this stay is left."""
        params, granted = self.params, self._name("granted_fen")
        pools = self.book.pools_of(self.step)
        wanted = self._col("uncapped_fen")
        if pools:
            shared = pl.min_horizontal(wanted, *(self._pool_room(pool) for pool in pools))
            wanted = pl.when("_free").then(wanted).otherwise(shared.clip(lower_bound=0))
        capped = self._computed & (params["cap"] < NO_LIMIT) & ~pl.col("_free")
        alone = pl.when(capped).then(pl.min_horizontal(wanted, params["cap"])).otherwise(wanted)
        limit = pl.when(capped).then(params["cap"]).cast(pl.Int64)
        frame = frame.with_columns(limit.alias(self._name("cap_fen")))
        if not params.has("cap", NO_LIMIT):
            return frame.with_columns(alone.alias(granted), ZERO.alias(self._name("before_fen")))
        turns = self._cap_turns(frame, column(frame, params["cap_account"]))
        frame, taken = self._grow(frame, turns, "", capped, wanted, params["cap"])
        return frame.with_columns(pl.coalesce(taken, alone).alias(granted))

    def _cap_turns(self, frame: pl.DataFrame, account: pl.Series) -> Turns | Divided | None:
        """The year's order; of an amount nobody claimed only what a decision paid stands among the claimed."""
        extra = f"{self.step.layer}_extra_fen"
        alone = [step.layer for step in self.book.steps].count(self.step.layer) == 1
        if not (self.live and alone and extra in frame.columns and frame[extra].sum()):
            return self._turns(frame, account)
        touched = frame[f"{self.step.layer}_touched"]
        return Divided(frame[GROUP], touched, frame[extra], account)

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


def less_column(less: str) -> str:
    """The column of what `less` takes off a base: an expense, a layer's deductible, or what a layer pays."""
    if less in EXPENSES or less.endswith("_deductible"):
        return f"{less}_fen"
    return f"{less}_paid_fen"
