"""What a document gives on a stay, and what a hospital with a habit makes of it: plain fractions, from the sentences.

Amounts in and out are whole fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from benchmarks.habits.document import Document, Tier


@dataclass(frozen=True)
class Habit:
    """One layer's wrong way. `level`: that level's rate; `charge`: the deductible in yuan, or `level` for that level's,
    or `again` for the year's once more; `after`: taken off the result; `on`: the base; `kind`: the category looked up;
    `points`: added to the rate; `unit` (fen) and `cut`: the rounding; `whole`: the last band's rate on everything;
    `omit`: what is not taken off the base; `own`: earlier layers as the hospital itself has them."""

    level: str | None = None
    charge: int | str | None = None
    after: bool = False
    on: str | None = None
    kind: str | None = None
    points: int = 0
    unit: int = 1
    cut: bool = False
    whole: bool = False
    omit: str | None = None
    own: bool = False


FAIR = Habit()


@dataclass(frozen=True)
class Bill:
    """A stay's facts."""

    level: str
    kind: str
    total: int
    eligible: int
    first_pay: int = 0


@dataclass
class Year:
    """What one person's earlier stays of the year used of a layer: deductible, base, payments."""

    charged: int = 0
    cost: int = 0
    paid: int = 0


@dataclass(frozen=True)
class Result:
    amount: int
    base: int = 0
    charged: int = 0


def reckon(
    tier: Tier, bill: Bill, year: Year, before: Mapping[str, int], habit: Habit = FAIR
) -> Result:
    """One layer on one stay. `before`: what earlier layers pay."""
    kind = bill.kind if habit.kind is None else habit.kind
    if tier.aid and not kind:
        return Result(0)
    base = max(0, _start(tier, bill, habit) - _less(tier, bill, before, habit))
    charged = _charge(tier, bill, year, kind, base, habit)
    if habit.after:
        grains = _share(tier, bill, year, kind, base, 0, habit) - charged
    else:
        grains = _share(tier, bill, year, kind, base, charged, habit)
    amount = _rounded(max(grains, Fraction(0)), habit)
    rest = bill.total - sum(paid for name, paid in before.items() if name != habit.omit)
    amount = min(amount, max(rest, 0))
    if tier.cap is not None:
        amount = min(amount, max(tier.cap * 100 - year.paid, 0))
    return Result(amount, base, charged)


def _start(tier: Tier, bill: Bill, habit: Habit) -> int:
    return bill.total if (habit.on or tier.on) == "total" else bill.eligible


def _less(tier: Tier, bill: Bill, before: Mapping[str, int], habit: Habit) -> int:
    known = {**before, "first_pay": bill.first_pay}
    return sum(known[name] for name in tier.less if name != habit.omit)


def _charge(tier: Tier, bill: Bill, year: Year, kind: str, base: int, habit: Habit) -> int:
    """The deductible of this stay in fen; over the year only what earlier stays left of it."""
    level = habit.level if habit.charge == "level" else bill.level
    written = tier.deductible[level or bill.level, kind] * 100
    if isinstance(habit.charge, int):
        written = habit.charge * 100
    if tier.yearly and habit.charge != "again":
        written = max(written - year.charged, 0)
    return min(written, base)


def _share(
    tier: Tier, bill: Bill, year: Year, kind: str, base: int, charged: int, habit: Habit
) -> Fraction:
    """The part of `base` that is paid, in fen and fractions of it."""
    net = base - charged
    if not tier.bands:
        percent = tier.rate[habit.level or bill.level, kind]
        return Fraction(net * min(max(percent + habit.points, 0), 100), 100)
    bands = [(edge, min(percent + habit.points, 100)) for edge, percent in tier.bands]
    before = year.cost if tier.yearly else 0
    low = before + charged if tier.gross else 0
    if habit.whole:
        height = before + base if tier.gross else net
        percent = next(p for edge, p in bands if edge is None or height <= edge * 100)
        return Fraction(net * percent, 100)
    return _filled(bands, low + net) - _filled(bands, low)


def _filled(bands: list[tuple[int | None, int]], amount: int) -> Fraction:
    """Each band's percent on the part of `amount` inside it."""
    given, under = Fraction(0), 0
    for edge, percent in bands:
        upper = amount if edge is None else min(amount, edge * 100)
        given += Fraction(max(upper - under, 0) * percent, 100)
        under = upper
    return given


def _rounded(amount: Fraction, habit: Habit) -> int:
    units = amount / habit.unit
    if habit.cut:
        return int(units) * habit.unit
    return int(units + Fraction(1, 2)) * habit.unit


@dataclass
class Person:
    """A person's year, layer by layer."""

    kind: str
    years: dict[str, Year] = field(default_factory=dict)

    def year(self, layer: str) -> Year:
        return self.years.setdefault(layer, Year())


def settle(document: Document, bill: Bill, person: Person) -> dict[str, int]:
    """What is due on the person's next stay of the year, which is then counted."""
    due: dict[str, int] = {}
    for tier in document.tiers:
        year = person.year(tier.id)
        result = reckon(tier, bill, year, due)
        year.charged += result.charged
        year.cost += result.base
        year.paid += result.amount
        due[tier.id] = result.amount
    return due
