"""The habits that are planted: what a diagnosis should call them, in which layer, and how they reckon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.habits.document import KINDS, LEVELS, Document, Tier
from benchmarks.habits.reckoning import Habit


@dataclass(frozen=True)
class Planted:
    """`token`: the cause, of which parts joined by `+` hold together, in any order."""

    token: str
    layer: str
    habit: Habit


MISPLACED = ("swapped", "lumped", "omitted", "shift", "shift:decimal")
"""Habits of writing, not of reckoning."""

_ROUNDINGS = {
    "truncate": Habit(cut=True),
    "jiao": Habit(unit=10),
    "yuan": Habit(unit=100),
    "jiao-truncate": Habit(unit=10, cut=True),
    "yuan-truncate": Habit(unit=100, cut=True),
}


def habits(document: Document) -> list[Planted]:
    """Every habit of reckoning that can be told in this document."""
    return [planted for tier in document.tiers for planted in _of(document, tier)]


def _of(document: Document, tier: Tier) -> Iterator[Planted]:
    for token, habit in [*_general(tier), *_special(document, tier)]:
        yield Planted(token, tier.id, habit)


def _general(tier: Tier) -> Iterator[tuple[str, Habit]]:
    other = "eligible" if tier.on == "total" else "total"
    yield f"base:{other}", Habit(on=other)
    yield from (("bonus", Habit(points=points)) for points in (-10, -5, 5, 10))
    yield from ((f"omitted:{less}", Habit(omit=less)) for less in tier.less)
    yield from ((f"rounding:{mode}", habit) for mode, habit in _ROUNDINGS.items())
    yield from ((f"category:{kind}", Habit(kind=kind)) for kind in KINDS)
    if not tier.aid:
        yield "ordinary", Habit(kind="")
    if any(tier.deductible.values()):
        yield "deductible", Habit(charge=0)
        yield "deductible-after", Habit(after=True)
    if tier.yearly:
        yield "deductible", Habit(charge="again")
    elif tier.bands:
        yield "bands:whole", Habit(whole=True)


def _special(document: Document, tier: Tier) -> Iterator[tuple[str, Habit]]:
    """Levels, which only insurance looks at, and two things at once."""
    if tier.id == "basic":
        yield from (("deductible", Habit(charge=amount)) for amount in (100, 300, 600))
        for level in LEVELS:
            yield "deductible", Habit(charge=tier.deductible[level, ""])
            yield f"level:{level}", Habit(level=level, charge="level")
            yield f"level:{level}", Habit(level=level)
            yield f"level:{level}+deductible", Habit(level=level, charge=0)
            yield f"level:{level}+deductible", Habit(level=level, charge=200)
            yield f"level:{level}+rounding:yuan", Habit(level=level, charge="level", unit=100)
        yield from (("bonus", Habit(points=points)) for points in (-20, 15))
    if tier.id == "critical" and not tier.yearly:
        yield "base:total+bands:whole", Habit(on="total", whole=True)
