"""One layer, or part of one, over a person's year: stay after stay, in plain loops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from onestop_cli.rulebook.language import Floor
from tests.reference.stay import Result, Settled, cell_of
from tests.reference.terms import ENDLESS, Terms, limit, one, rounded

Rooms = dict[tuple[int, str, str], int]
"""What a pool leaves a layer of a stay: (place of the stay, layer, pool) → fen."""


@dataclass
class Step:
    """One layer, or part of one, over a person's year."""

    stays: list[Settled]
    id: str
    layer: str
    rooms: Rooms

    def settle(self) -> None:
        """Stays on which the layer was claimed come first, the others after them."""
        self.turn = sorted(self.stays, key=lambda stay: self.layer not in stay.bill.touched)
        self.terms = {id(stay): self.terms_of(stay) for stay in self.stays}
        for stay in self.stays:
            stay.steps[self.id] = Result(check=self.check(stay))
        self.bases()
        self.deductibles()
        self.amounts()
        self.caps()
        for stay in self.stays:
            self.pay(stay)

    def terms_of(self, stay: Settled) -> Terms | None:
        layer = next((entry for entry in stay.rule.layer if entry.id == self.id), None)
        if layer is None:
            return None
        category = stay.bill.category
        if layer.kind != "computed":
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
        return "bound" if not by_quota and self.is_open(stay, terms) else "exact"

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
        for stay in self.turn:
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
            cap = terms.maybe("cost_cap")
            if cap is not None and cap.per == "year" and result.counts:
                amount = max(0, min(amount, limit(cap.amount) - used))
                used += amount
            elif cap is not None:
                amount = min(amount, limit(cap.amount))
            result.base = amount

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
        stays = list(self.working())
        charged_this_year = 0
        for number, (_, result, terms) in enumerate(stays, 1):
            result.deductible = min(result.base, terms.stated_deductible(number))
            if terms.of("deductible").per == "year" and result.counts:
                wanted = terms.stated_deductible(number) - charged_this_year
                result.deductible = max(0, min(result.base, wanted))
                charged_this_year += result.deductible
        self.transfers(stays)
        total = 0
        for _, result, terms in stays:
            ceiling = terms.maybe("ceiling")
            if ceiling is not None and isinstance(ceiling.amount, int) and result.counts:
                result.deductible = max(0, min(result.deductible, ceiling.amount - total))
                total += result.deductible

    def transfers(self, stays: list[tuple[Settled, Result, Terms]]) -> None:
        """An illness carried to another hospital is charged what is still missing of its deductible."""
        numbers = {id(stay): number for number, (stay, _, _) in enumerate(stays, 1)}
        terms_of = {id(stay): terms for stay, _, terms in stays}
        by_day = sorted(self.stays, key=lambda s: (s.bill.admitted, s.bill.discharged))
        before: Settled | None = None
        charged = 0
        for stay in by_day:
            written, terms = self.terms[id(stay)], terms_of.get(id(stay))
            transfer = written.maybe("transfer") if written and written.layer.also else None
            if before is None or transfer is None or not carried(before, stay, transfer.days):
                charged = 0
            before = stay
            result = stay.steps[self.id]
            if terms is not None and transfer is not None and result.counts:
                wanted = terms.stated_deductible(numbers[id(stay)]) - charged
                result.deductible = max(0, min(result.base, wanted))
                charged += result.deductible

    def amounts(self) -> None:
        cost = net = 0
        for stay, result, terms in self.working(by_quota=True):
            share = self.share(stay)
            if share is not None:
                self.by_quota(stay, result, share)
                continue
            yearly = terms.of("rate").per == "year" and result.counts
            before = (cost, net) if yearly else (0, 0)
            exact = terms.given_on(result.base, result.deductible, *before)
            if yearly:
                cost += result.base
                net += result.base - result.deductible
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
        assert isinstance(stay.quota.amount, int)
        price = stay.price
        if stay.quota.excess == "patient":
            fixed = stay.quota.kind == "fixed"
            price = stay.quota.amount if fixed else min(price, stay.quota.amount)
        terms = self.terms[id(stay)]
        assert terms is not None
        exact = terms.rounded(Fraction(price * share, 10_000))
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

    def caps(self) -> None:
        used: dict[str, int] = defaultdict(int)
        for stay, result, terms in self.working(by_quota=True):
            rooms = [
                r for (s, step, _), r in self.rooms.items() if (s, step) == (id(stay), self.id)
            ]
            wanted = min([result.uncapped, *rooms])
            cap = terms.of("cap")
            if stay.outside_caps(self.id):
                result.granted = result.uncapped
            elif not isinstance(cap.amount, int):
                result.granted = wanted
            elif result.counts:
                result.granted = max(0, min(wanted, cap.amount - used[cap.account]))
                used[cap.account] += result.granted
            else:
                result.granted = min(wanted, cap.amount)

    def pay(self, stay: Settled) -> None:
        result = stay.steps[self.id]
        taken = stay.bill.taken.get(self.layer, 0)
        if result.check == "exact":
            result.paid = result.granted
        elif result.check == "bound":
            result.paid = min(result.granted, taken)
        else:
            result.paid = taken


def carried(before: Settled, stay: Settled, days: int) -> bool:
    gap = (stay.bill.admitted - before.bill.discharged).days
    return before.bill.hospital != stay.bill.hospital and 0 <= gap <= days
