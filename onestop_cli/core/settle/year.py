"""Running totals of a person's year, without a loop over stays.

Everything yearly is the growth of a function of a running total: what is counted up to and including a stay,
less what was counted before it. There are two orders (contract 4). Yearly deductibles, ceilings, n-th stays, bands
over the year and limits on cost go by time (`in_time`), whatever was claimed: a stay below a yearly deductible rightly
claims nothing and still uses it up. Only limits on payment let the stays that were claimed go first (`claimed_first`):
an entitlement nobody used must not eat the room of one that was paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from onestop_cli.rulebook.terms import NO_LIMIT


@dataclass(frozen=True)
class Months:
    """A limit within a month: the number of the month of each stay, and the limit (`NO_LIMIT`: none)."""

    month: pl.Series
    cap: pl.Series

    def doubled(self) -> Months:
        """For stays that stand twice."""
        return Months(_twice(self.month), _twice(self.cap))


@dataclass(frozen=True)
class Turns:
    """The order of stays for one layer: `key` ascending, runs of equal `group` are one person's year (or account).

    `key` is None where the rows stand in turn already.
    """

    group: pl.Series
    key: pl.Series | None = None

    @cached_property
    def place(self) -> pl.Series | None:
        """Row numbers in turn; None where the rows stand in turn already."""
        return None if self.key is None or self.key.is_sorted() else self.key.arg_sort()

    @cached_property
    def back(self) -> pl.Series | None:
        """From turn back to row."""
        return None if self.place is None else self.place.arg_sort()

    def in_turn(self, rows: pl.Series) -> pl.Series:
        """Values of the rows, in turn."""
        return rows if self.place is None else rows.gather(self.place)

    def by_row(self, turns: pl.Series) -> pl.Series:
        """Values in turn, row by row."""
        return turns if self.back is None else turns.gather(self.back)

    @cached_property
    def first(self) -> pl.Series:
        """In turn: whether a stay is the first of its group."""
        group = self.in_turn(self.group)
        return group.ne_missing(group.shift(1))

    def before(self, amount: pl.Series) -> pl.Series:
        """The total of `amount` (≥ 0) over the earlier stays of the group, row by row."""
        return self.by_row(self._before(self.in_turn(amount)))

    def _before(self, amount: pl.Series) -> pl.Series:
        """The same for amounts that stand in turn already."""
        running = amount.cum_sum() - amount
        frame = pl.DataFrame({"running": running, "first": self.first})
        opened = pl.when("first").then(pl.col("running")).otherwise(0).cum_max()
        return frame.select(pl.col("running") - opened).to_series()

    def nth(self, counts: pl.Series) -> pl.Series:
        """1 for the first stay that counts, 2 for the next …"""
        return self.before(counts.cast(pl.Int64)) + 1

    def capped(
        self, amount: pl.Series, cap: pl.Series, start: pl.Series | None = None
    ) -> tuple[pl.Series, pl.Series]:
        """(before, taken): each stay takes what its cap leaves after what the earlier stays took.

        All in fen, amount ≥ 0; `start`: what the year had used before all of them, the same for a whole group. Exact
        whichever way the cap moves within the year.
        """
        amount, cap = self.in_turn(amount), self.in_turn(cap)
        opened = amount * 0 if start is None else self.in_turn(start)
        before = self._before(amount) + opened
        frame = pl.DataFrame({"amount": amount, "cap": cap, "before": before})
        taken = frame.select(
            (pl.col("before") + pl.col("amount")).clip(upper_bound="cap")
            - pl.col("before").clip(upper_bound="cap")
        ).to_series()
        if self._rises(cap):
            taken = self._after_rise(amount, cap, before, taken)
        return self.by_row(self._before(taken) + opened), self.by_row(taken)

    def capped_by_month(
        self, amount: pl.Series, cap: pl.Series, months: Months, start: pl.Series | None = None
    ) -> tuple[pl.Series, pl.Series, pl.Series]:
        """(before, taken, before in the month): as `capped`, with a limit within each month besides.

        One stay after another: what the year leaves hangs on what the month left, and the other way round.
        """
        opened = amount * 0 if start is None else start
        columns = (self.group, amount, cap, opened, months.month, months.cap)
        found: list[tuple[int, int, int]] = []
        current, year, used = None, 0, dict[int, int]()
        for of, wanted, most, begun, month, monthly in zip(
            *map(self.in_turn, columns), strict=True
        ):
            if of != current:
                current, year, used = of, begun, {}
            before = used.get(month, 0)
            taken = max(0, min(wanted, most - year, monthly - before))
            found.append((year, taken, before))
            year += taken if most < NO_LIMIT else 0
            used[month] = before + (taken if monthly < NO_LIMIT else 0)
        frame = pl.DataFrame(found, schema=["year", "taken", "month"], orient="row")
        frame = frame.cast(pl.Int64)
        return self.by_row(frame["year"]), self.by_row(frame["taken"]), self.by_row(frame["month"])

    def _rises(self, cap: pl.Series) -> bool:
        return bool(((cap > cap.shift(1)) & ~self.first).any())

    def _after_rise(
        self, amount: pl.Series, cap: pl.Series, before: pl.Series, taken: pl.Series
    ) -> pl.Series:
        """Put right the groups in which a cap rises and bites; the others stand."""
        frame = pl.DataFrame(
            {
                "group": self.first.cum_sum(),
                "amount": amount,
                "cap": cap,
                "before": before,
                "taken": taken,
                "rise": (cap > cap.shift(1)) & ~self.first,
                "fall": (cap < cap.shift(1)) & ~self.first,
                "over": before + amount > cap,
            }
        ).with_row_index("turn")
        touched = pl.col("rise").any().over("group") & pl.col("over").any().over("group")
        overdrawn = pl.col("before").first() > pl.col("cap").first()
        part = frame.filter(touched).with_columns(
            both=(pl.col("fall").any() | overdrawn).over("group")
        )
        rising = part.filter(~pl.col("both")).with_columns(taken=_rising())
        mixed = part.filter("both")
        mixed = mixed.with_columns(taken=_scan(mixed))
        mended = pl.concat([rising, mixed]).select("turn", "taken")
        return frame.select("turn", "taken").update(mended, on="turn")["taken"]


def _rising() -> pl.Expr:
    """Taken under a cap that only rises: running total S, S + min(0, cummin(cap − S)), its growth."""
    total = pl.col("before") + pl.col("amount")
    held = total + (pl.col("cap") - total).cum_min().clip(upper_bound=0)
    return (held - held.shift(1).fill_null(pl.col("before"))).over("group")


def _scan(rows: pl.DataFrame) -> pl.Series:
    """Taken under a cap that goes both ways: one stay after another, for the few people it concerns."""
    taken: list[int] = []
    current, paid = None, 0
    for of, wanted, most, before in rows.select("group", "amount", "cap", "before").iter_rows():
        if of != current:
            current, paid = of, before
        taken.append(max(0, min(wanted, most - paid)))
        paid += taken[-1]
    return pl.Series("taken", taken, pl.Int64)


def in_time(group: pl.Series) -> Turns:
    """The year's order in time: as the rows stand."""
    return Turns(group)


def apart(group: pl.Series, kind: pl.Series) -> Turns:
    """In time, but stays of every `kind` (a small number, not negative) by themselves."""
    group = group * (int(kind.max() or 0) + 1) + kind  # type: ignore[arg-type]
    return Turns(group, group * len(group) + pl.int_range(len(group), eager=True))


def claimed_first(group: pl.Series, touched: pl.Series, account: pl.Series | None = None) -> Turns:
    """The contract's order for one layer: stays that claimed it first, then the others, as the rows stand.

    `account` splits a person's year into accounts that are counted apart.
    """
    if account is not None and account.n_unique() > 1:
        group = group * (int(account.max()) + 1) + account  # type: ignore[arg-type]
    rows = pl.int_range(len(group), eager=True)
    return Turns(group, (group * 2 + (~touched).cast(pl.Int64)) * len(group) + rows)


@dataclass(frozen=True)
class Divided:
    """The same as `Turns.capped`, where a decision paid out part of an amount that was not claimed: that part takes its
    room among the claimed ones, the rest after them. `paid`: fen, on stays that are not claimed."""

    group: pl.Series
    touched: pl.Series
    paid: pl.Series
    account: pl.Series

    def capped(
        self, amount: pl.Series, cap: pl.Series, start: pl.Series | None = None
    ) -> tuple[pl.Series, pl.Series]:
        """(before, taken), as of `Turns`."""
        before, taken = self._twice.capped(
            self._halves(amount), _twice(cap), None if start is None else _twice(start)
        )
        return self._of_room(before), taken.head(len(amount)) + taken.tail(len(amount))

    def capped_by_month(
        self, amount: pl.Series, cap: pl.Series, months: Months, start: pl.Series | None = None
    ) -> tuple[pl.Series, pl.Series, pl.Series]:
        """(before, taken, before in the month), as of `Turns`."""
        before, taken, of_month = self._twice.capped_by_month(
            self._halves(amount),
            _twice(cap),
            months.doubled(),
            None if start is None else _twice(start),
        )
        whole = taken.head(len(amount)) + taken.tail(len(amount))
        return self._of_room(before), whole, self._of_room(of_month)

    @cached_property
    def _twice(self) -> Turns:
        """The stays with what counts as claimed, and once more with the rest."""
        unclaimed = pl.Series([False]).new_from_index(0, len(self.touched))
        return claimed_first(
            _twice(self.group), pl.concat([self.touched, unclaimed]), _twice(self.account)
        )

    def _halves(self, amount: pl.Series) -> pl.Series:
        parts = pl.DataFrame({"amount": amount, "paid": self.paid, "touched": self.touched})
        part = pl.when(pl.col("paid") > 0).then(pl.min_horizontal("amount", "paid"))
        first = parts.select(pl.when("touched").then(part.otherwise("amount")).otherwise(0))
        return pl.concat([first.to_series(), amount - first.to_series()])

    def _of_room(self, before: pl.Series) -> pl.Series:
        """What the year had used before a stay: before its claimed part, where it has one."""
        size = len(self.touched)
        return before.head(size).zip_with(self.touched, before.tail(size))


def _twice(rows: pl.Series) -> pl.Series:
    """The rows, and the same rows once more; unlike `append` it leaves `rows` as they are."""
    return pl.concat([rows, rows])


def left_of(amount: pl.Series, cap: pl.Series, before: pl.Series) -> pl.Series:
    """What a stay takes of its cap, given what the year had used before it."""
    frame = pl.DataFrame({"amount": amount, "room": cap - before})
    room = pl.col("room").clip(lower_bound=0)
    return frame.select(pl.min_horizontal("amount", room)).to_series()


@dataclass(frozen=True)
class Chains:
    """Stays that are one illness carried from hospital to hospital (转院), or one visit settled several times: `turns`
    within each chain, by admission; `carried`: which stays carry on the one before."""

    turns: Turns
    carried: pl.Series


def chains(stays: pl.DataFrame, group: str, days: pl.Expr, visit: pl.Expr | None) -> Chains:
    """A stay carries on the one before it when it begins 0 to `days` days after that one's discharge, elsewhere, or
    settles the same `visit` (a number, null for most); a visit begins where its first settlement does."""
    begin = pl.col("admitted_on")
    if visit is not None:
        begin = pl.when(visit.is_not_null()).then(begin.min().over(group, visit)).otherwise(begin)
    rows = stays.select(
        group,
        "hospital",
        "admitted_on",
        "discharged_on",
        days=days,
        visit=pl.lit(None, pl.Int64) if visit is None else visit,
        begin=begin,
        row=pl.int_range(pl.len()),
    ).sort(group, "begin", "discharged_on", "row")
    gap = (pl.col("admitted_on") - pl.col("discharged_on").shift()).dt.total_days()
    moved = (pl.col("hospital") != pl.col("hospital").shift()) & gap.is_between(0, pl.col("days"))
    again = (pl.col("visit") == pl.col("visit").shift()).fill_null(False)
    carried = (pl.col(group) == pl.col(group).shift()) & (moved | again)
    rows = rows.with_columns(carried=carried.fill_null(False))
    rows = rows.with_columns(chain=(~pl.col("carried")).cum_sum().cast(pl.Int64))
    rows = rows.with_columns(key=pl.int_range(pl.len())).sort("row")
    return Chains(Turns(rows["chain"], rows["key"]), rows["carried"])
