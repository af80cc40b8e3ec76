"""Rule documents → terms: one row of numbers for every kind of stay a document knows.

A document's cells are all combinations of level, category and its further dimensions. In each aspect of each
computed layer exactly one clause may fit a cell; none is a gap, two an overlap. A whole document becomes a table with a
row per cell, which `govern` puts beside each stay by its number.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from onestop_cli.money import FULL
from onestop_cli.rulebook.clauses import (
    NONE,
    UNKNOWN,
    AgeSpan,
    Bonus,
    Clause,
    Deductible,
    Floor,
    RateClause,
)
from onestop_cli.rulebook.language import EXPENSES, Dimension, Layer, Rounding, RuleFile

NO_LIMIT = 10**14
"""Stands for "no upper edge", "no cap": more fen than any stay or year comes to."""

ABSENT, COMPUTED, GIVEN, UNKNOWN_RATE = range(4)
"""How a layer stands to a cell: nothing due; computed; paid as claimed; the rate is not known."""

EXPENSE_OF = ("column", "total", "eligible")
"""What an expense is a share of, by number."""

NO_WORD, ONE_A_VISIT, EACH_SETTLEMENT = range(3)
"""What a document says of the deductible of a further settlement of one visit; once a year needs no word."""

MONTH_OF = ("discharge", "admission", "settlement", "split")
"""The day in whose month a stay counts, by number."""

ROUNDED = ("half-up", "truncate", "up")
"""How an amount is rounded, by number."""


@dataclass(frozen=True)
class Axis:
    """A dimension and its values in order."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """Where not exactly one clause fits: `clauses` are their numbers in the file, from 0 (none: a gap)."""

    rule: str
    layer: str
    aspect: str
    cell: Mapping[str, str]
    clauses: tuple[int, ...]


Cell = Mapping[str, str]
Numbers = dict[str, int]


@dataclass(frozen=True)
class Terms:
    """A document's axes and cells, and which clause of each aspect fits each cell."""

    rule: RuleFile

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """Level, category (with `none` last), then the declared dimensions."""
        rule = self.rule
        fixed = [
            Axis("level", tuple(rule.scope.levels)),
            Axis("category", (*rule.categories.priority, NONE)),
        ]
        return (*fixed, *(Axis(dim.id, self._values(dim)) for dim in rule.dimension))

    def _values(self, dim: Dimension) -> tuple[str, ...]:
        if dim.in_years:
            starts = sorted({0} | set(self._age_cuts(dim.id)))
            return tuple(f"{start}-{end - 1}" for start, end in itertools.pairwise([*starts, 151]))
        rest = [dim.otherwise] if dim.otherwise and dim.otherwise not in dim.values else []
        return (*dim.values, *rest)

    def _age_cuts(self, dim: str) -> Iterator[int]:
        for _, clause in self.clauses():
            span = clause.when.get(dim)
            if isinstance(span, AgeSpan):
                yield from (cut for cut in (span.from_, span.to + 1) if 0 < cut <= 150)

    def clauses(self) -> Iterator[tuple[str, Clause]]:
        """Every clause of the document with its key path."""
        for layer in self.rule.layer:
            for aspect in layer.aspects:
                for number, clause in enumerate(getattr(layer, aspect)):
                    yield f"layer.{layer.id}.{aspect}[{number}]", clause
        for expense in self.rule.expense:
            for number, clause in enumerate(expense.share):
                yield f"expense.{expense.id}.share[{number}]", clause
        for pool in self.rule.pool:
            for number, clause in enumerate(pool.cap):
                yield f"pool.{pool.id}.cap[{number}]", clause
        for number, quota in enumerate(self.rule.quota):
            yield f"quota[{number}]", quota

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell, the last axis running fastest."""
        names = [axis.name for axis in self.axes]
        grid = itertools.product(*(axis.values for axis in self.axes))
        return tuple(dict(zip(names, values, strict=True)) for values in grid)

    def fits(self, clause: Clause, cell: Cell) -> bool:
        """Whether `clause` is for stays of `cell`."""
        return all(self._allows(name, wanted, cell[name]) for name, wanted in clause.when.items())

    def _allows(self, name: str, wanted: Sequence[str] | AgeSpan, value: str) -> bool:
        if isinstance(wanted, AgeSpan):
            first, last = map(int, value.split("-"))
            return wanted.from_ <= first and last <= wanted.to
        if name != "category":
            return value in wanted
        classes = self.rule.categories.classes
        return any(
            word == value or (word == "any" and value != NONE) or value in classes.get(word, ())
            for word in wanted
        )

    def entitled(self, layer: Layer, cell: Cell) -> bool:
        """Whether the layer is open to stays of `cell` at all; if not, exactly 0 is due."""
        category = cell["category"]
        if layer.only:
            return category in layer.only
        return layer.who == "all" or category != NONE

    def fitting(self, clauses: Sequence[Clause], cell: Cell) -> tuple[int, ...]:
        """Numbers of the clauses that fit `cell`."""
        return tuple(n for n, clause in enumerate(clauses) if self.fits(clause, cell))

    def faults(self) -> Iterator[Fault]:
        """Every gap and overlap of the document, cell by cell."""
        for layer in self.rule.computed:
            for cell in self.cells:
                if self.entitled(layer, cell):
                    for aspect in layer.aspects:
                        yield from self._fault(layer.id, aspect, getattr(layer, aspect), cell)
        for cell in self.cells:
            for expense in self.rule.expense:
                yield from self._fault(expense.id, "share", expense.share, cell)
            for pool in self.rule.pool:
                yield from self._fault(pool.id, "pool", pool.cap, cell)

    def _fault(
        self, layer: str, aspect: str, clauses: Sequence[Clause], cell: Cell
    ) -> Iterator[Fault]:
        found = self.fitting(clauses, cell)
        if len(found) != 1:
            yield Fault(self.rule.id, layer, aspect, cell, found)

    def numbers(self, cell: Cell, accounts: Sequence[str] = ("",)) -> Numbers:
        """All terms of one cell as whole numbers, named `<layer>.<term>`.

        A cap's account is its place in `accounts`.
        """
        row: Numbers = _rounding(self.rule.rounding)
        for layer in self.rule.layer:
            row |= {f"{layer.id}.{k}": v for k, v in self._layer(layer, cell, accounts).items()}
        for expense in self.rule.expense:
            share = expense.share[self.fitting(expense.share, cell)[0]].share
            row[f"expense.{expense.id}"] = share if isinstance(share, int) else 0
            row[f"expense_of.{expense.id}"] = EXPENSE_OF.index(expense.of)
        for pool in self.rule.pool:
            amount = pool.cap[self.fitting(pool.cap, cell)[0]].amount
            row[f"pool.{pool.id}"] = amount if isinstance(amount, int) else NO_LIMIT
        return row

    def _layer(self, layer: Layer, cell: Cell, accounts: Sequence[str]) -> Numbers:
        if not layer.regulated:
            return {"state": GIVEN}
        if not self.entitled(layer, cell):
            return {"state": ABSENT}
        assert layer.base is not None
        number = {a: self.fitting(getattr(layer, a), cell)[0] for a in layer.aspects}
        clause = {a: getattr(layer, a)[n] for a, n in number.items()}
        row: Numbers = {"state": COMPUTED, "from_total": int(layer.base.from_ == "total")}
        row |= {f"less_{what}": 1 for what in layer.base.less}
        row |= {f"base_{k}": n for k, n in _rounding(layer.base.rounding or Rounding()).items()}
        row |= {f"{aspect}_clause": n for aspect, n in number.items()}
        row |= _deductible(clause["deductible"], clause)
        row |= _rates(clause["rate"], clause)
        row |= _limits(clause) | {"cap_account": accounts.index(clause["cap"].account)}
        row |= {"month_day": MONTH_OF.index(self.rule.basis.benefit_year)}
        return row | (_rounding(layer.rounding) if layer.rounding else {})


def _rounding(rounding: Rounding) -> Numbers:
    return {"round_unit": rounding.fen, "round_cut": ROUNDED.index(rounding.mode)}


def _limit(amount: int | str) -> int:
    return amount if isinstance(amount, int) else NO_LIMIT


def _deductible(term: Deductible, clause: Mapping[str, Clause]) -> Numbers:
    """Deductibles of the 1st, 2nd … stay, and how the year bounds them."""
    known = isinstance(term.amount, int)
    first = term.amount if isinstance(term.amount, int) else 0
    steps = [first, *term.later]
    steps += [_part(first, rate) for rate in term.later_rate]
    share = getattr(clause.get("relief"), "share", FULL)
    row = {
        f"deductible_{n}": _part(max(step, term.minimum if n > 1 else 0), share)
        for n, step in enumerate(steps, 1)
    }
    return row | {
        "deductible_unknown": int(not known),
        "deductible_steps": len(steps),
        "deductible_year": int(term.per == "year"),
        "deductible_window": term.months or 0,
        "nth_by_level": int(term.counted == "level"),
        "visit_deductible": {"stay": NO_WORD, "visit": ONE_A_VISIT}.get(term.per, EACH_SETTLEMENT),
        "ceiling": _limit(getattr(clause.get("ceiling"), "amount", NONE)),
        "transfer_days": getattr(clause.get("transfer"), "days", -1),
    }


def _part(amount: int, rate: int) -> int:
    """`amount × rate` in whole fen, half up; both are non-negative."""
    return (amount * rate * 2 + FULL) // (2 * FULL)


def _rates(term: RateClause, clause: Mapping[str, Clause]) -> Numbers:
    """Upper edges and rates of the bands; a flat rate is one band without an upper edge."""
    if isinstance(term.rate, str):
        return {"state": UNKNOWN_RATE}
    flat = [] if term.rate is None else [(NO_LIMIT, term.rate)]
    bands = flat or [(_limit(band.to or NONE), band.rate) for band in term.bands]
    more = clause.get("points")
    points = getattr(more, "points", 0)
    factor = getattr(clause.get("factor"), "share", FULL)
    stays = _of_stays(term, more)
    row = {"bands": len(bands), "nth_rates": len(stays), "nth_rate_by_level": _by_level(term, more)}
    for number, (edge, rate) in enumerate(bands, 1):
        row[f"edge_{number}"] = edge
        for nth, (own, raised) in enumerate(stays, 1):
            paid = _part(max(0, min(FULL, (own if own is not None else rate) + raised)), factor)
            row[f"rate_{number}" if nth == 1 else f"rate_{number}_at_{nth}"] = paid
    return row | {
        "points": points,
        "factor": factor,
        "whole": int(term.mode == "whole"),
        "gross": int(term.edges == "gross"),
        "year_bands": int(term.per == "year"),
    }


def _of_stays(term: RateClause, more: Clause | None) -> list[tuple[int | None, int]]:
    """Of the 1st, 2nd … stay of the year the rate in place of the bands' (None: theirs), and the points."""
    rates = [None, *term.later_rate]
    points = [getattr(more, "points", 0), *getattr(more, "later_points", [])]
    last = max(len(rates), len(points))
    return [(rates[min(n, len(rates) - 1)], points[min(n, len(points) - 1)]) for n in range(last)]


def _by_level(term: RateClause, more: Clause | None) -> int:
    """Whether the n-th stay, on which the rate hangs, is that in hospitals of one level."""
    points = getattr(more, "counted", "all") if getattr(more, "later_points", []) else "all"
    return int("level" in (term.counted, points))


def _limits(clause: Mapping[str, Clause]) -> Numbers:
    """Caps and floor."""
    floor = clause.get("floor")
    cost = clause.get("cost_cap")
    return {
        "cap": _limit(getattr(clause["cap"], "amount", NONE)),
        "cap_unknown": int(getattr(clause["cap"], "amount", NONE) == UNKNOWN),
        "cap_window": getattr(clause["cap"], "months", None) or 0,
        "stay_cap": _limit(getattr(clause.get("stay_cap"), "amount", NONE)),
        "cost_cap": _limit(getattr(cost, "amount", NONE)),
        "cost_year": int(getattr(cost, "per", "stay") == "year"),
        "cost_day": int(getattr(cost, "per", "stay") == "day"),
        "month_cap": _limit(getattr(clause.get("month_cap"), "amount", NONE)),
        **_bonus(clause.get("bonus")),
        "household_cap": _limit(getattr(clause.get("household_cap"), "amount", NONE)),
        "floor_rate": getattr(floor, "rate", 0) if getattr(floor, "status", "") == "on" else 0,
        "floor_stated": getattr(floor, "rate", 0),
        "floor_total": int(getattr(floor, "of", "") == "total"),
        "floor_less": int(getattr(floor, "less_deductible", False)),
        "floor_hospital": int(getattr(floor, "borne_by", "") == "hospital"),
        **{f"floor_with_{layer}": 1 for layer in _together(floor)},
    }


def _bonus(clause: Clause | None) -> Numbers:
    """By what a list raises the cap; −1: no such limit, or not known."""
    if not isinstance(clause, Bonus):
        return {}
    return {
        "bonus": int(bool(clause.per_year or clause.listed)),
        "bonus_per_year": clause.per_year,
        "bonus_after": clause.after,
        "bonus_listed": int(clause.listed),
        "bonus_most": -1 if clause.most is None else clause.most,
        "bonus_unlisted": -1 if clause.unlisted is None else clause.unlisted,
    }


def _together(floor: Clause | None) -> Sequence[str]:
    """Earlier layers that a floor in force counts."""
    return floor.together if isinstance(floor, Floor) and floor.status == "on" else ()


def defaults() -> Numbers:
    """What a term is where a document does not have it."""
    return {
        "state": ABSENT,
        "from_total": 0,
        "base_round_unit": 1,
        "base_round_cut": 0,
        **{f"less_{what}": 0 for what in EXPENSES},
        "deductible_unknown": 0,
        "deductible_steps": 1,
        "deductible_1": 0,
        "deductible_year": 0,
        "deductible_window": 0,
        "nth_by_level": 0,
        "visit_deductible": EACH_SETTLEMENT,
        "ceiling": NO_LIMIT,
        "transfer_days": -1,
        "bands": 1,
        "edge_1": NO_LIMIT,
        "rate_1": 0,
        "nth_rates": 1,
        "nth_rate_by_level": 0,
        "points": 0,
        "factor": FULL,
        "whole": 0,
        "gross": 0,
        "year_bands": 0,
        "cap": NO_LIMIT,
        "cap_account": 0,
        "cap_unknown": 0,
        "cap_window": 0,
        "stay_cap": NO_LIMIT,
        "cost_cap": NO_LIMIT,
        "cost_year": 0,
        "cost_day": 0,
        "bonus": 0,
        "bonus_per_year": 0,
        "bonus_after": 0,
        "bonus_listed": 0,
        "bonus_most": -1,
        "bonus_unlisted": -1,
        "household_cap": NO_LIMIT,
        "month_cap": NO_LIMIT,
        "month_day": 0,
        "floor_rate": 0,
        "floor_stated": 0,
        "floor_total": 0,
        "floor_less": 0,
        "floor_hospital": 0,
    }
