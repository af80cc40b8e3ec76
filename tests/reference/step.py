"""One layer, or part of one, over a person's year: stay after stay, in plain loops."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from onestop_cli.rulebook.clauses import Bonus, Floor, LayerCap
from tests.reference.stay import Result, Settled, cell_of, day_of
from tests.reference.terms import ENDLESS, Terms, in_units, limit, one, rounded

Rooms = dict[tuple[int, str, str], tuple[int, int]]
"""What a pool leaves a layer of a stay, and the whole pool: (stay, layer, pool) → fen."""


@dataclass(frozen=True)
class Use:
    """What a stay that can only be bound-checked is taken to have used: of deductibles and bands, of limits on cost."""

    charge: bool = False
    cost: bool = False


@dataclass
class Step:
    """One layer, or part of one, over a person's year, in time (contract 4): only limits on payment look at claims."""

    stays: list[Settled]
    id: str
    layer: str
    rooms: Rooms
    use: Use = Use()

    def settle(self) -> None:
        """A stay that comes to another amount when an uncertain one has used its whole bill is uncertain itself; an
        uncertain one gets the most that any of these assumptions gives."""
        self.terms = {id(stay): self.terms_of(stay) for stay in self.stays}
        checks = {id(stay): self.check(stay) for stay in self.stays}
        while True:
            passes = [self.passed(checks, use) for use in (Use(), Use(True), Use(False, True))]
            hang = {
                key
                for key, check in checks.items()
                if check == "exact" and len({each[key].granted for each in passes}) > 1
            }
            if not hang:
                break
            checks |= dict.fromkeys(hang, "bound")
        for stay in self.stays:
            found = [each[id(stay)] for each in passes]
            bound = checks[id(stay)] == "bound"
            stay.steps[self.id] = max(found, key=lambda r: r.granted) if bound else found[0]
            self.pay(stay)

    def passed(self, checks: dict[int, str], use: Use) -> dict[int, Result]:
        """All amounts, when uncertain stays have used so much."""
        self.use = use
        for stay in self.stays:
            stay.steps[self.id] = Result(check=checks[id(stay)])
        self.bases()
        self.deductibles()
        self.amounts()
        self.caps()
        return {id(stay): stay.steps[self.id] for stay in self.stays}

    def uses(self, stay: Settled, result: Result, amount: int, most: bool) -> int:
        """What a stay uses of the year: the amount where it is known, else nothing or its whole bill."""
        return amount if result.counts else stay.price if most else 0

    def terms_of(self, stay: Settled) -> Terms | None:
        layer = next((entry for entry in stay.rule.layer if entry.id == self.id), None)
        if layer is None:
            return None
        category = stay.bill.category
        if layer.base is None:
            return Terms(layer, {}, stay.rule)
        if layer.only:
            category = next((c for c in stay.bill.categories if c in layer.only), None)
        if (layer.only or layer.who == "roster") and category is None:
            return None
        cell = cell_of(stay.bill, stay.rule, category)
        assert cell is not None
        return Terms(layer, cell, stay.rule)

    def share(self, stay: Settled) -> int | None:
        """The quota's share of this layer in ten-thousandths, if there is one."""
        if stay.quota is not None and self.id in stay.quota.pays:
            return 0
        return None if stay.quota is None else stay.quota.shares.get(self.id)

    def check(self, stay: Settled) -> str:
        terms = self.terms[id(stay)]
        if terms is None:
            return "exact"
        by_quota = self.share(stay) is not None
        if terms.given(by_quota):
            return "none"
        if terms.of("cap").amount == "unknown" and not stay.outside_caps(self.id):
            return "bound"
        shared = terms.maybe("household_cap")
        alone = stay.bill.household is None and not stay.outside_caps(self.id)
        if shared is not None and limit(shared.amount) != ENDLESS and alone:
            return "bound"
        if self.cap_is_open(stay, terms) and not stay.outside_caps(self.id):
            return "bound"
        return "bound" if not by_quota and self.is_open(stay, terms) else "exact"

    def cap_is_open(self, stay: Settled, terms: Terms) -> bool:
        """Whether the list does not say by what the cap is raised, and the year's bills are more than the cap."""
        cap, bonus = terms.of("cap").amount, terms.maybe("bonus")
        if not isinstance(cap, int) or bonus is None or raised(stay, bonus, cap) is not None:
            return False
        return sum(other.bill.total for other in self.stays) > cap

    def is_open(self, stay: Settled, terms: Terms) -> bool:
        """Whether something that the amount hangs on is not known exactly."""
        if terms.of("deductible").amount == "unknown":
            return True
        floor = terms.maybe("floor")
        if floor is not None and floor.status == "on":
            if floor.of == "eligible" and floor.rate and stay.bill.eligible is None:
                return True
            if any(self.unknown(stay, layer) for layer in floor.together):
                return True
        base = terms.layer.base
        assert base is not None
        if base.from_ == "eligible" and stay.bill.eligible is None:
            return True
        return any(self.unknown(stay, less) for less in base.less)

    def unknown(self, stay: Settled, less: str) -> bool:
        if less in ("out_of_scope", "first_pay", "over_limit"):
            return getattr(stay.bill, less) is None
        expense = next((e for e in stay.rule.expense if e.id == less), None)
        if expense is not None:
            return expense.of == "eligible" and stay.bill.eligible is None
        name = less.removesuffix("_deductible")
        found = stay.layers.get(name) or stay.steps.get(name)
        return found is not None and found.check == "bound"

    def working(self, *, by_quota: bool = False) -> Iterator[tuple[Settled, Result, Terms]]:
        """Stays on which this layer is computed, in turn: by its ordinary terms, or also by a quota's share."""
        for stay in self.stays:
            terms, result = self.terms[id(stay)], stay.steps[self.id]
            share = self.share(stay)
            if (
                terms is None
                or terms.given(share is not None)
                or (share is not None and not by_quota)
            ):
                continue
            result.counts = result.check == "exact"
            yield stay, result, terms

    def bases(self) -> None:
        used = 0
        for stay, result, terms in self.working():
            base = terms.layer.base
            assert base is not None
            amount = stay.price if base.from_ == "total" else stay.covered
            amount = max(0, amount - sum(self.taken_off(stay, less) for less in base.less))
            if base.rounding is not None:
                amount = in_units(base.rounding, Fraction(amount))
            result.base = amount
            cap = terms.maybe("cost_cap")
            if cap is not None and cap.per == "day":
                nights = (stay.bill.discharged - stay.bill.admitted).days
                result.base = min(amount, limit(cap.amount) * max(1, nights))
            elif cap is not None and cap.per == "stay":
                result.base = min(amount, limit(cap.amount))
            elif cap is not None:
                left = max(0, limit(cap.amount) - used)
                result.base = min(amount, left)
                used += min(left, self.uses(stay, result, amount, self.use.cost))

    def taken_off(self, stay: Settled, less: str) -> int:
        if less in ("out_of_scope", "first_pay", "over_limit"):
            return getattr(stay.bill, less) or 0
        for expense in stay.rule.expense:
            if expense.id == less:
                whole = {"total": stay.price, "eligible": stay.covered}
                cost = whole.get(expense.of, stay.bill.costs.get(less, 0))
                cell = cell_of(stay.bill, stay.rule, stay.bill.category)
                assert cell is not None
                share = one(expense.share, cell, stay.rule).share
                return rounded(Fraction(cost * share, 10_000))
        if less.endswith("_deductible"):
            return stay.steps[less.removesuffix("_deductible")].deductible
        return stay.layers[less].paid if less in stay.layers else stay.steps[less].paid

    def deductibles(self) -> None:
        """What each stay is charged: by its number in the year, its place in a transfer, the year's ceiling."""
        chains = self.chains()
        charged_this_year = total = number = 0
        numbers: dict[str, int] = defaultdict(int)
        charged_in: dict[int, int] = defaultdict(int)
        stated: dict[int, int] = {}
        for stay, result, terms in self.working():
            moved, _ = chains[id(stay)]
            number += stay.bill.inpatient and not moved
            numbers[stay.bill.level] += stay.bill.inpatient and not moved
            by_level = terms.of("deductible").counted == "level"
            nth = max(1, numbers[stay.bill.level] if by_level else number)
            nth = nth if stay.bill.inpatient else 1
            stated[id(stay)] = terms.stated_deductible(nth)
            result.deductible = min(result.base, stated[id(stay)])
            if terms.of("deductible").per == "year":
                left = max(0, stated[id(stay)] - charged_this_year)
                result.deductible = min(result.base, left)
                used_up = min(left, self.uses(stay, result, result.base, self.use.charge))
                charged_this_year += used_up
                ceiling = terms.maybe("ceiling")
                plain = terms.maybe("transfer") is None
                plain &= ceiling is None or not isinstance(ceiling.amount, int)
                result.used_up = 0 if result.counts or not plain else used_up
        self.deductibles_of_months(stated)
        working = {id(stay): (result, terms) for stay, result, terms in self.working()}
        for stay in sorted(self.stays, key=lambda s: (s.bill.admitted, s.bill.discharged)):
            result, terms = working.get(id(stay), (None, None))
            if terms is None or result is None or terms.maybe("transfer") is None:
                continue
            chain = chains[id(stay)][1]
            left = max(0, stated[id(stay)] - charged_in[chain])
            result.deductible = min(result.base, left)
            charged_in[chain] += min(left, self.uses(stay, result, result.base, self.use.charge))
        for stay, result, terms in self.working():
            ceiling = terms.maybe("ceiling")
            if ceiling is not None and isinstance(ceiling.amount, int):
                left = max(0, ceiling.amount - total)
                wanted = result.deductible
                result.deductible = min(wanted, left)
                total += min(left, self.uses(stay, result, wanted, self.use.charge))

    def deductibles_of_months(self, stated: dict[int, int]) -> None:
        """What the bases of the stays before, in the months up to a stay's own day, leave of its deductible."""
        past: list[tuple[Settled, int]] = []
        for stay, result, terms in self.working():
            months = terms.of("deductible").months
            if months is None:
                continue
            used = sum(fen for other, fen in past if in_months(stay, other, months))
            result.deductible = min(result.base, max(0, stated[id(stay)] - used))
            past.append((stay, self.uses(stay, result, result.base, self.use.charge)))

    def numbers(self) -> dict[int, int]:
        """Which stay of the year each one is, in all hospitals or in those of its level, as its rate counts them."""
        chains, every = self.chains(), 0
        of_level: dict[str, int] = defaultdict(int)
        found: dict[int, int] = {}
        for stay, _, terms in self.working():
            counts = stay.bill.inpatient and not chains[id(stay)][0]
            every += counts
            of_level[stay.bill.level] += counts
            number = of_level[stay.bill.level] if terms.counted_by_level() else every
            found[id(stay)] = max(1, number) if stay.bill.inpatient else 1
        return found

    def chains(self) -> dict[int, tuple[bool, int]]:
        """Whether a stay carries on the illness of the one admitted before it (转院), and which chain it is in."""
        found: dict[int, tuple[bool, int]] = {}
        before, chain = None, 0
        for stay in sorted(self.stays, key=lambda s: (s.bill.admitted, s.bill.discharged)):
            written = self.terms[id(stay)]
            transfer = written.maybe("transfer") if written and written.layer.also else None
            moved = (
                before is not None and transfer is not None and carried(before, stay, transfer.days)
            )
            chain += not moved
            found[id(stay)] = (moved, chain)
            before = stay
        return found

    def amounts(self) -> None:
        cost = net = 0
        numbers = self.numbers()
        for stay, result, terms in self.working(by_quota=True):
            share = self.share(stay)
            if share is not None:
                self.by_quota(stay, result, share)
                continue
            yearly = terms.of("rate").per == "year"
            before = (cost, net) if yearly else (0, 0)
            terms = replace(terms, nth=numbers.get(id(stay), 1))
            exact = terms.given_on(result.base, result.deductible, *before)
            if yearly:
                most = self.use.charge
                cost += self.uses(stay, result, result.base, most)
                net += self.uses(stay, result, result.base - result.deductible, most)
                net -= result.used_up
            amount = terms.rounded(exact)
            lifted = max(amount, min(self.least(stay, result, terms), stay.rest))
            if terms.borne_by_hospital:
                result.borne = lifted - amount
            else:
                amount = lifted
            cap = terms.maybe("stay_cap")
            most = ENDLESS if cap is None else limit(cap.amount)
            result.uncapped = max(0, min(amount, most, stay.rest + result.borne))

    def by_quota(self, stay: Settled, result: Result, share: int) -> None:
        assert stay.quota is not None
        price = stay.price
        if stay.quota.excess == "patient":
            fixed = stay.quota.kind == "fixed"
            price = stay.most if fixed else min(price, stay.most)
        terms = self.terms[id(stay)]
        assert terms is not None
        exact = terms.rounded(Fraction(price * share, 10_000))
        times = stay.days if stay.quota.per == "day" else 1
        exact += stay.quota.pays.get(self.id, 0) * times
        result.uncapped = max(0, min(exact, stay.rest))

    def least(self, stay: Settled, result: Result, terms: Terms) -> int:
        floor = terms.maybe("floor")
        if not isinstance(floor, Floor) or floor.status != "on":
            return 0
        cost = stay.price if floor.of == "total" else stay.covered
        cost -= result.deductible if floor.less_deductible else 0
        least = terms.rounded(Fraction(max(0, cost) * floor.rate, 10_000))
        return least - sum(
            stay.layers[layer].paid for layer in floor.together if layer in stay.layers
        )

    def room_of_months(
        self, stay: Settled, cap: LayerCap, granted: list[tuple[Settled, int, LayerCap]]
    ) -> int:
        """What is left to a stay by its own months; to one that was not claimed also by those of stays behind it."""
        assert isinstance(cap.amount, int)
        assert cap.months is not None
        turn = {id(other): number for number, other in enumerate(self.stays)}
        same = [one for one in granted if one[2].account == cap.account]

        def spent(own: Settled, months: int) -> int:
            before = (one for one in same if turn[id(one[0])] < turn[id(own)])
            return sum(fen for other, fen, _ in before if in_months(own, other, months))

        rooms = [cap.amount - spent(stay, cap.months)]
        if self.layer not in stay.bill.touched:
            for other, fen, own in same:
                assert isinstance(own.amount, int)
                assert own.months is not None
                if turn[id(other)] > turn[id(stay)] and in_months(other, stay, own.months):
                    rooms.append(own.amount - spent(other, own.months) - fen)
        return max(0, min(rooms))

    def caps(self) -> None:
        of_months: list[tuple[Settled, int, LayerCap]] = []
        used: dict[str, int] = defaultdict(int)
        month: dict[tuple[str, int, int], int] = defaultdict(int)
        claimed_first = sorted(
            self.working(by_quota=True), key=lambda found: self.layer not in found[0].bill.touched
        )
        for stay, result, terms in claimed_first:
            rooms = [
                left if result.counts else whole
                for (s, step, _), (left, whole) in self.rooms.items()
                if (s, step) == (id(stay), self.id)
            ]
            wanted = min([result.uncapped, *rooms])
            cap = terms.of("cap")
            monthly = None if stay.outside_caps(self.id) else terms.maybe("month_cap")
            if monthly is not None:
                day = day_of(stay.bill, stay.rule.basis.benefit_year)
                key = (cap.account, day.year, day.month)
                left = limit(monthly.amount)
                wanted = max(0, min(wanted, left - month[key] if result.counts else left))
            most = limit_of(stay, terms)
            if stay.outside_caps(self.id):
                result.granted = result.uncapped
            elif most >= ENDLESS:
                result.granted = wanted
            elif result.counts and cap.months:
                result.granted = min(wanted, self.room_of_months(stay, cap, of_months))
                of_months.append((stay, result.granted, cap))
            elif result.counts:
                result.granted = max(0, min(wanted, most - used[cap.account]))
                used[cap.account] += result.granted
            else:
                result.granted = min(wanted, most)
            if monthly is not None and monthly.amount != "none" and result.counts:
                month[key] += result.granted

    def pay(self, stay: Settled) -> None:
        result = stay.steps[self.id]
        taken = stay.bill.taken.get(self.layer, 0)
        if result.check == "exact":
            result.paid = result.granted
        elif result.check == "bound":
            result.paid = min(result.granted, taken)
        else:
            result.paid = taken


def in_months(stay: Settled, other: Settled, months: int) -> bool:
    """Whether `other` ended in so many months up to and with the day that `stay` did."""
    day = stay.bill.discharged
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])) + timedelta(days=1)
    return first <= other.bill.discharged <= day


def raised(stay: Settled, bonus: Bonus, cap: int) -> int | None:
    """By what the list raises a cap; None where it does not say."""
    years, amount = stay.bill.listed_years, stay.bill.listed_raise
    if not bonus.per_year and not bonus.listed:
        return 0
    if years is None and amount is None and bonus.unlisted is not None:
        more: int | None = bonus.unlisted
    elif (bonus.per_year and years is None) or (bonus.listed and amount is None):
        more = None
    else:
        more = max(0, (years or 0) - bonus.after) * bonus.per_year
        more += (amount or 0) if bonus.listed else 0
    return more if more is None else min(more, most_raised(bonus, cap))


def most_raised(bonus: Bonus, cap: int) -> int:
    return ENDLESS if bonus.most is None else rounded(Fraction(cap * bonus.most, 10_000))


def limit_of(stay: Settled, terms: Terms) -> int:
    """The yearly cap with what raises it, or may; `ENDLESS` where there is none."""
    cap, bonus = limit(terms.of("cap").amount), terms.maybe("bonus")
    if bonus is None or cap == ENDLESS:
        return cap
    more = raised(stay, bonus, cap)
    return cap + (most_raised(bonus, cap) if more is None else more)


def carried(before: Settled, stay: Settled, days: int) -> bool:
    gap = (stay.bill.admitted - before.bill.discharged).days
    return before.bill.hospital != stay.bill.hospital and 0 <= gap <= days
