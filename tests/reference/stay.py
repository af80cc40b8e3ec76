"""A stay for the slow settlement, and the document and cell that govern it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from onestop_cli.rulebook.clauses import Quota
from onestop_cli.rulebook.language import Dimension, RuleFile
from tests.reference.terms import fits


@dataclass(frozen=True)
class Bill:
    """One stay, as far as the rules look at it. `eligible` is None where the file has no such column;
    `taken`: what given or only bound-checked layers claimed; `touched`: layers that were claimed."""

    person: str
    admitted: date
    discharged: date
    total: int
    eligible: int | None
    settled: date | None = None
    hospital: str = "甲医院"
    level: str = "county"
    stay_no: str = ""
    category: str | None = None
    categories: tuple[str, ...] = ()
    out_of_scope: int | None = None
    first_pay: int | None = None
    over_limit: int | None = None
    disease: str = ""
    age: int = 40
    scheme: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    costs: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)
    touched: frozenset[str] = frozenset()
    inpatient: bool = True
    household: str | None = None
    listed_years: int | None = None
    listed_raise: int | None = None

    @property
    def turn(self) -> tuple[date, date, date, str, str]:
        settled = self.settled or self.discharged
        return (settled, self.discharged, self.admitted, self.hospital, self.stay_no)


@dataclass
class Result:
    """What one layer, or one part of a layer, comes to on one stay; fen."""

    check: str = "exact"
    base: int = 0
    deductible: int = 0
    used_up: int = 0
    """Of the year's deductible, by a stay that may have used all of its bill."""
    uncapped: int = 0
    granted: int = 0
    paid: int = 0
    borne: int = 0
    counts: bool = False

    @property
    def due(self) -> int | None:
        return self.granted if self.check == "exact" else None

    @property
    def bound(self) -> int | None:
        return self.granted if self.check == "bound" else None


@dataclass
class Settled:
    """A stay with the document that governs it and everything the layers come to."""

    bill: Bill
    rule: RuleFile
    year: int
    quota: Quota | None = None
    steps: dict[str, Result] = field(default_factory=dict)
    layers: dict[str, Result] = field(default_factory=dict)

    @property
    def price(self) -> int:
        """The bill that the layers look at: the total, or a quota's price."""
        total, quota = self.bill.total, self.quota
        if quota is None or quota.excess == "patient":
            return total
        return self.most if quota.kind == "fixed" else min(total, self.most)

    @property
    def days(self) -> int:
        """Nights in bed; in and out on one day is one."""
        return max(1, (self.bill.discharged - self.bill.admitted).days)

    @property
    def most(self) -> int:
        """The quota's amount, for all days where it is that of a day."""
        assert self.quota is not None
        assert isinstance(self.quota.amount, int)
        return self.quota.amount * (self.days if self.quota.per == "day" else 1)

    @property
    def covered(self) -> int:
        eligible = self.bill.total if self.bill.eligible is None else self.bill.eligible
        return min(eligible, self.price)

    def outside_caps(self, step: str) -> bool:
        """A quota's share of this layer that the document does not count towards yearly limits."""
        given = self.quota is not None and {*self.quota.shares, *self.quota.pays}
        return bool(given) and step in given and not self.quota.counts

    @property
    def rest(self) -> int:
        """What no layer has paid yet; while a layer's parts are still being worked out, less those."""
        whole = {p.id for p in self.rule.layer if (p.part_of or p.id) in self.layers}
        open_ = sum(r.paid for step, r in self.steps.items() if step not in whole)
        paid = sum(layer.paid for layer in self.layers.values()) + open_
        return self.price - paid - sum(r.borne for r in self.steps.values())

    @property
    def hospital_borne(self) -> int:
        return self.bill.total - self.price + sum(r.borne for r in self.steps.values())

    @property
    def self_due(self) -> int | None:
        open_ = any(result.check == "bound" for result in self.layers.values())
        return None if open_ else self.rest


def govern(bill: Bill, rules: Sequence[RuleFile]) -> Settled | None:
    """The stay under the first document in force on its day, for its scheme, level and category."""
    for rule in rules:
        day = day_of(bill, rule.basis.governing_date)
        last = rule.effective.to or date.max
        schemes = {tuple(other.scope.schemes) for other in rules}
        blank = bill.scheme is None and len(schemes) == 1
        of_scheme = not rule.scope.schemes or bill.scheme in rule.scope.schemes or blank
        if rule.effective.from_ <= day <= last and of_scheme:
            return settled_under(bill, rule)
    return None


def settled_under(bill: Bill, rule: RuleFile) -> Settled | None:
    cell = cell_of(bill, rule, bill.category)
    if cell is None:
        return None
    year = day_of(bill, rule.basis.benefit_year).year
    fitting = [q for q in rule.quota if bill.disease in q.diseases and fits(q, cell, rule)]
    fitting += [q for q in rule.quota if not q.diseases and fits(q, cell, rule)]
    return Settled(bill, rule, year, fitting[0] if fitting else None)


def day_of(bill: Bill, which: str) -> date:
    days = {"admission": bill.admitted, "discharge": bill.discharged}
    return days.get(which) or bill.settled or bill.discharged


def cell_of(bill: Bill, rule: RuleFile, category: str | None) -> dict[str, str | int] | None:
    """The stay's value in every dimension; None where one has no value that the document knows."""
    if bill.level not in rule.scope.levels:
        return None
    if not rule.categories.priority:
        category = None
    if category is not None and category not in rule.categories.priority:
        return None
    cell: dict[str, str | int] = {"level": bill.level, "category": category or "none"}
    for dimension in rule.dimension:
        value = value_of(bill, dimension)
        if value is None:
            return None
        cell[dimension.id] = value
    return cell


def value_of(bill: Bill, dimension: Dimension) -> str | int | None:
    if dimension.source == "age":
        return bill.age
    text = bill.texts.get(dimension.id, "")
    if dimension.source == "years":
        return int(text or dimension.otherwise) if text or dimension.otherwise else None
    for value, spellings in dimension.values.items():
        if text == value or text in spellings:
            return value
    return dimension.otherwise or None
