"""One layer's terms on one stay, for the slow settlement: clauses picked one by one, rates as fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from onestop_cli.rulebook.clauses import AgeSpan, Band, Clause, Deductible, RateClause
from onestop_cli.rulebook.language import Layer, Rounding, RuleFile

UNIT = {"fen": 1, "jiao": 10, "yuan": 100}
ENDLESS = 10**18


def fits(clause: Clause, cell: Mapping[str, str | int], rule: RuleFile) -> bool:
    for name, wanted in clause.when.items():
        value = cell[name]
        if isinstance(wanted, AgeSpan):
            if not wanted.from_ <= int(value) <= wanted.to:
                return False
        elif name == "category":
            if not any(means(word, str(value), rule) for word in wanted):
                return False
        elif value not in wanted:
            return False
    return True


def means(word: str, category: str, rule: RuleFile) -> bool:
    if word == "any":
        return category != "none"
    return category == word or category in rule.categories.classes.get(word, [])


@dataclass(frozen=True)
class Terms:
    """The clauses of a layer that fit one stay."""

    layer: Layer
    cell: Mapping[str, str | int]
    rule: RuleFile

    def given(self, by_quota: bool) -> bool:
        """Paid as claimed: the document does not regulate it, or does not say at what rate."""
        if self.layer.base is None:
            return True
        return self.of("rate").rate == "unknown" and not by_quota

    def of(self, aspect: str):  # type: ignore[no-untyped-def]
        return one(getattr(self.layer, aspect), self.cell, self.rule)

    def maybe(self, aspect: str):  # type: ignore[no-untyped-def]
        return self.of(aspect) if aspect in self.layer.also else None

    def stated_deductible(self, number: int) -> int:
        """The deductible of the year's `number`-th stay, in fen."""
        term: Deductible = self.of("deductible")
        first = term.amount if isinstance(term.amount, int) else 0
        later = [*term.later, *(rounded(Fraction(first * r, 10_000)) for r in term.later_rate)]
        amount = first
        if number > 1:
            amount = max(later[min(number - 2, len(later) - 1)] if later else first, term.minimum)
        relief = self.maybe("relief")
        share = 10_000 if relief is None else relief.share
        return rounded(Fraction(amount * share, 10_000))

    @property
    def borne_by_hospital(self) -> bool:
        floor = self.maybe("floor")
        return floor is not None and floor.borne_by == "hospital"

    nth: int = 1
    """Which stay of the year it is, for rates that hang on it."""

    def counted_by_level(self) -> bool:
        """Whether rates hang on the n-th stay in hospitals of one level."""
        points = self.maybe("points")
        by_points = points is not None and points.later_points and points.counted == "level"
        return self.of("rate").counted == "level" or bool(by_points)

    def given_on(self, base: int, charged: int, cost_before: int, net_before: int) -> Fraction:
        """Fen, exactly, before rounding; the year's earlier cost and net amount where bands run over it."""
        term: RateClause = self.of("rate")
        if term.rate == "unknown":
            return Fraction(0)
        net = base - charged
        if not term.bands:
            each = [term.rate, *term.later_rate]
            return self.rate(each[min(self.nth, len(each)) - 1]) * net
        gross = term.edges == "gross"
        if term.mode == "progressive":
            low = cost_before + charged if gross else net_before
            return self.progressive(term.bands, low + net) - self.progressive(term.bands, low)
        start = cost_before if gross else net_before
        end = start + (base if gross else net)
        after = self.whole(term.bands, end) * (net_before + net)
        return max(Fraction(0), after - self.whole(term.bands, start) * net_before)

    def rate(self, rate: int | str | None) -> Fraction:
        assert isinstance(rate, int)
        points = self.maybe("points")
        each = [0] if points is None else [points.points, *points.later_points]
        raised = rate + each[min(self.nth, len(each)) - 1]
        return Fraction(max(0, min(10_000, raised)), 10_000)

    def progressive(self, bands: Sequence[Band], amount: int) -> Fraction:
        total, low = Fraction(0), 0
        for band in bands:
            high = ENDLESS if band.to is None else band.to
            total += self.rate(band.rate) * max(0, min(amount, high) - low)
            low = high
        return total

    def whole(self, bands: Sequence[Band], amount: int) -> Fraction:
        return self.rate(next(b.rate for b in bands if b.to is None or amount <= b.to))

    def rounded(self, amount: Fraction) -> int:
        written = self.layer.rounding or self.rule.rounding
        return in_units(written, amount)


def one(clauses: Sequence[Clause], cell: Mapping[str, str | int], rule: RuleFile):  # type: ignore[no-untyped-def]
    (found,) = [clause for clause in clauses if fits(clause, cell, rule)]
    return found


def limit(amount: int | str) -> int:
    return amount if isinstance(amount, int) else ENDLESS


def in_units(written: Rounding, amount: Fraction) -> int:
    """In whole units, by the mode that is written; amounts are no less than 0."""
    unit = written.unit if isinstance(written.unit, int) else UNIT[written.unit]
    if written.mode == "half-up":
        return rounded(amount / unit) * unit
    whole = amount // unit * unit
    return whole + unit if written.mode == "up" and whole < amount else whole


def rounded(amount: Fraction) -> int:
    """Half up; amounts are not negative."""
    return int((amount + Fraction(1, 2)) // 1)
