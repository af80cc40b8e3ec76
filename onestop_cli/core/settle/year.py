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
    """An order of stays: `place` are the numbers of their rows in turn, None where the rows stand in turn already;
    `first` says, in turn, which stays begin a group, one person's year (or account)."""

    first: pl.Series
    place: pl.Series | None = None

    @cached_property
    def rank(self) -> pl.Series:
        """Where in turn each row stands."""
        numbers = pl.int_range(len(self.first), eager=True)
        return numbers if self.place is None else numbers.clone().scatter(self.place, numbers)

    def in_turn(self, rows: pl.Series) -> pl.Series:
        """Values of the rows, in turn."""
        return rows if self.place is None else rows.rechunk().gather(self.place)

    def by_row(self, turns: pl.Series) -> pl.Series:
        """Values in turn, row by row."""
        return turns if self.place is None else turns.gather(self.rank)

    @cached_property
    def number(self) -> pl.Series:
        """The number of each stay's group from 0, in turn."""
        return (self.first.cum_sum().cast(pl.Int64) - 1).cast(pl.UInt32)

    @cached_property
    def starts(self) -> pl.Series:
        """Where each group begins, in turn."""
        return self.first.arg_true()

    @cached_property
    def ends(self) -> pl.Series:
        """Where each group ends, in turn."""
        return self.first.shift(-1, fill_value=True).arg_true()

    def each(self, groups: pl.Series) -> pl.Series:
        """A value of every group beside all its stays, in turn."""
        return groups.gather(self.number)

    @cached_property
    def group(self) -> pl.Series:
        """The number of each row's group."""
        return self.by_row(self.first.cum_sum().cast(pl.Int64))

    def only(self, rows: pl.Series) -> Turns:
        """The same for the rows of some groups, all of theirs, where the rows stand in turn."""
        return Turns(self.first.gather(rows))

    def before(self, amount: pl.Series) -> pl.Series:
        """The total of `amount` (≥ 0) over the earlier stays of the group, row by row."""
        return self.by_row(self._before(self.in_turn(amount)))

    def _before(self, amount: pl.Series) -> pl.Series:
        """The same for amounts that stand in turn already."""
        running = amount.cum_sum() - amount
        return running - self.each(running.gather(self.starts))

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
        columns = map(self.in_turn, (amount, cap, opened, months.month, months.cap))
        found: list[tuple[int, int, int]] = []
        year, used = 0, dict[int, int]()
        for first, wanted, most, begun, month, monthly in zip(self.first, *columns, strict=True):
            if first:
                year, used = begun, {}
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


def in_time(group: pl.Series, place: pl.Series | None = None) -> Turns:
    """The year's order in time: `group`, in turn, is whose year it is; `place` the rows in turn, else they stand so."""
    return Turns(group.ne_missing(group.shift(1)), place)


def apart(time: Turns, kind: pl.Series) -> Turns:
    """In time, but stays of every `kind` (a small number, not negative) by themselves."""
    return _sorted(time.group, time.rank, pl.Series([True]).new_from_index(0, len(kind)), kind)


def claimed_first(time: Turns, touched: pl.Series, account: pl.Series) -> Turns | ClaimedFirst:
    """The contract's order for one layer: stays that claimed it first, then the others, each in time.

    `account` splits a person's year into accounts that are counted apart.
    """
    if account.min() == account.max():
        return ClaimedFirst(time, touched)
    return _sorted(time.group, time.rank, touched, account)


def _sorted(group: pl.Series, rank: pl.Series, touched: pl.Series, account: pl.Series) -> Turns:
    """The same order, of rows that stand in time by `rank`."""
    group = group * (int(account.max() or 0) + 1) + account  # type: ignore[arg-type]
    place = ((group * 2 + (~touched).cast(pl.Int64)) * len(group) + rank).arg_sort()
    return in_time(group.gather(place), place)


@dataclass(frozen=True)
class ClaimedFirst:
    """Stays that claimed a layer before those that did not, without putting them in another order than that of `time`:
    before a claimed stay lie the claimed ones so far, before another one all claimed ones of the year and the others so
    far. Only years in which a cap moves are put in order, since there it matters which cap comes first."""

    time: Turns
    touched: pl.Series

    def capped(
        self, amount: pl.Series, cap: pl.Series, start: pl.Series | None = None
    ) -> tuple[pl.Series, pl.Series]:
        """(before, taken), as of `Turns`."""
        opened = pl.lit(0, pl.Int64) if start is None else pl.lit(start)
        rows = pl.DataFrame({"amount": amount, "cap": cap, "total": self.before(amount)})
        rows = rows.with_columns(before=pl.col("total") + opened)
        reached = pl.min_horizontal("before", "cap")
        found = rows.select(
            before=reached + opened - pl.min_horizontal(opened, "cap"),
            taken=pl.min_horizontal(pl.col("before") + pl.col("amount"), "cap") - reached,
        )
        return self._with_moving(found, amount, cap, start)

    def capped_by_month(
        self, amount: pl.Series, cap: pl.Series, months: Months, start: pl.Series | None = None
    ) -> tuple[pl.Series, pl.Series, pl.Series]:
        """(before, taken, before in the month), as of `Turns`."""
        ordered = _sorted(self.time.group, self.time.rank, self.touched, self.time.group * 0)
        return ordered.capped_by_month(amount, cap, months, start)

    def before(self, amount: pl.Series) -> pl.Series:
        """The total of `amount` over the stays that come before, row by row."""
        time, touched = self.time, self.time.in_turn(self.touched)
        amount = time.in_turn(amount)
        claimed = pl.DataFrame({"amount": amount, "touched": touched}).select(
            pl.when("touched").then("amount").otherwise(0)
        )
        own, rest = claimed.to_series(), amount - claimed.to_series()
        running, others = own.cum_sum(), rest.cum_sum() - rest
        before = running - own
        claims = time.each(running.gather(time.ends) - others.gather(time.starts))
        opened = time.each(before.gather(time.starts))
        return time.by_row(before.zip_with(touched, others + claims) - opened)

    def _with_moving(
        self, found: pl.DataFrame, amount: pl.Series, cap: pl.Series, start: pl.Series | None
    ) -> tuple[pl.Series, pl.Series]:
        """(before, taken) of `found`, put right in the years in which the cap moves."""
        before, taken = found["before"], found["taken"]
        if cap.min() == cap.max():
            return before, taken
        ordered, first = self.time.in_turn(cap), self.time.first
        year = first.cum_sum()
        moved = year.filter((ordered != ordered.shift(1)) & ~first)
        turns = year.is_in(moved.unique().implode()).arg_true()
        if turns.is_empty():
            return before, taken
        rows = turns if self.time.place is None else self.time.place.gather(turns)
        touched = self.touched.gather(rows)
        rank = pl.int_range(len(rows), eager=True)
        own = _sorted(year.gather(turns).cast(pl.Int64), rank, touched, rank * 0).capped(
            amount.gather(rows), cap.gather(rows), None if start is None else start.gather(rows)
        )
        return before.scatter(rows, own[0]), taken.scatter(rows, own[1])


def _twice(rows: pl.Series) -> pl.Series:
    return pl.concat([rows, rows])


@dataclass(frozen=True)
class Divided:
    """The same as `Turns.capped`, where a decision paid out part of an amount that was not claimed: that part takes its
    room among the claimed ones, the rest after them. `paid`: fen, on stays that are not claimed."""

    time: Turns
    touched: pl.Series
    paid: pl.Series
    account: pl.Series

    def capped(
        self, amount: pl.Series, cap: pl.Series, start: pl.Series | None = None
    ) -> tuple[pl.Series, pl.Series]:
        """(before, taken), as of `Turns`."""
        before, taken = self._doubled.capped(
            self._halves(amount), _twice(cap), None if start is None else _twice(start)
        )
        return self._of_room(before), taken.head(len(amount)) + taken.tail(len(amount))

    def capped_by_month(
        self, amount: pl.Series, cap: pl.Series, months: Months, start: pl.Series | None = None
    ) -> tuple[pl.Series, pl.Series, pl.Series]:
        """(before, taken, before in the month), as of `Turns`."""
        before, taken, of_month = self._doubled.capped_by_month(
            self._halves(amount),
            _twice(cap),
            months.doubled(),
            None if start is None else _twice(start),
        )
        whole = taken.head(len(amount)) + taken.tail(len(amount))
        return self._of_room(before), whole, self._of_room(of_month)

    @cached_property
    def _doubled(self) -> Turns:
        """The stays with what counts as claimed, and once more with the rest."""
        height = len(self.touched)
        return _sorted(
            _twice(self.time.group),
            pl.concat([self.time.rank, self.time.rank + height]),
            pl.concat([self.touched, pl.Series([False]).new_from_index(0, height)]),
            _twice(self.account),
        )

    def _halves(self, amount: pl.Series) -> pl.Series:
        parts = pl.DataFrame({"amount": amount, "paid": self.paid, "touched": self.touched})
        part = pl.when(pl.col("paid") > 0).then(pl.min_horizontal("amount", "paid"))
        first = parts.select(pl.when("touched").then(part.otherwise("amount")).otherwise(0))
        return pl.concat([first.to_series(), amount - first.to_series()])

    def _of_room(self, before: pl.Series) -> pl.Series:
        """What had been used before a stay: before its claimed part, where it has one."""
        size = len(self.touched)
        return before.head(size).zip_with(self.touched, before.tail(size))


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


def chains(
    stays: pl.DataFrame, group: pl.Series, days: pl.Expr, visit: pl.Expr | None = None
) -> Chains:
    """A stay carries on the one before it when it begins 0 to `days` days after that one's discharge, elsewhere, or
    settles the same `visit` (a number, null for most); a visit begins where its first settlement does."""
    rows = stays.select(
        "hospital",
        "admitted_on",
        "discharged_on",
        group=group,
        days=days,
        visit=pl.lit(None, pl.Int64) if visit is None else visit,
        begin="admitted_on",
        row=pl.int_range(pl.len()),
    )
    if visit is not None:
        began = pl.col("admitted_on").min().over("group", "visit")
        rows = rows.with_columns(
            begin=pl.when(pl.col("visit").is_not_null()).then(began).otherwise("admitted_on")
        )
    rows = rows.sort("group", "begin", "discharged_on", "row")
    gap = (pl.col("admitted_on") - pl.col("discharged_on").shift()).dt.total_days()
    moved = (pl.col("hospital") != pl.col("hospital").shift()) & gap.is_between(0, pl.col("days"))
    again = (pl.col("visit") == pl.col("visit").shift()).fill_null(False)
    carried = (pl.col("group") == pl.col("group").shift()) & (moved | again)
    carries = rows.select(carried.fill_null(False)).to_series()
    turns = Turns(~carries, rows["row"])
    return Chains(turns, turns.by_row(carries))
