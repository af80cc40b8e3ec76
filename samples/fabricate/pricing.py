"""What 湟中 2009 gives, in plain decimal arithmetic: the yardstick for whatever the samples claim.

Written from the document's sentences alone and sharing nothing with the tool, so that it can disagree with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ROSTER_RATE = {"township": 80, "county": 70, "city": 60, "province": 50}
"""Percent of 可补偿费用 for roster people, without deductible."""

BONUS = 5
"""Points that roster people have above ordinary ones; already inside `ROSTER_RATE`."""

BASIC_CAP = Decimal(35000)
AID_CAP = Decimal(6000)
NO_CAP = Decimal(10) ** 9

FIRST_CLASS = ("农村低保户", "60年代精简退职人员", "定期定量救济人员")
PRIORITY = ("五保户", "重点优抚对象", *FIRST_CLASS)
"""Which of several categories applies."""

BANDS = ((500, 60), (1000, 65), (1500, 70), (2000, 75), (5000, 80), (None, 85))
"""Upper edge in yuan, inclusive, and percent."""

ROUNDING = {
    "half_up": (Decimal("0.01"), ROUND_HALF_UP),
    "truncate": (Decimal("0.01"), ROUND_DOWN),
    "jiao": (Decimal("0.1"), ROUND_HALF_UP),
    "jiao-truncate": (Decimal("0.1"), ROUND_DOWN),
    "yuan": (Decimal(1), ROUND_HALF_UP),
    "yuan-truncate": (Decimal(1), ROUND_DOWN),
}


@dataclass(frozen=True)
class Terms:
    """How a hospital reckons: percent, deductible in yuan, bases, category whose assistance it grants, rounding."""

    rate: int
    category: str
    deductible: Decimal = Decimal(0)
    basic_on: str = "eligible"
    aid_on: str = "total"
    bands: str = "progressive"
    rounding: str = "half_up"

    def rounded(self, amount: Decimal) -> Decimal:
        unit, mode = ROUNDING[self.rounding]
        return amount.quantize(unit, mode).quantize(Decimal("0.01"))

    def basic(self, total: Decimal, eligible: Decimal) -> Decimal:
        """The insurance share of one stay, before any cap."""
        base = total if self.basic_on == "total" else eligible
        return self.rounded(max(base - self.deductible, Decimal(0)) * self.rate / 100)

    def aid(self, total: Decimal, eligible: Decimal, basic: Decimal) -> Decimal:
        """The assistance on what `basic` leaves of one stay, before any cap."""
        rest = max((total if self.aid_on == "total" else eligible) - basic, Decimal(0))
        if self.category == "五保户":
            given = rest
        elif self.category == "重点优抚对象":
            given = rest * 80 / 100
        else:
            given = whole(rest) if self.bands == "whole" else progressive(rest)
        return min(self.rounded(given), rest)

    @property
    def aid_cap(self) -> Decimal:
        """The yearly cap on the category's assistance."""
        return AID_CAP if self.category in FIRST_CLASS else NO_CAP


def fair(level: str, category: str) -> Terms:
    """The terms the document gives a roster person."""
    return Terms(ROSTER_RATE[level], category)


def ordinary(level: str) -> Terms:
    """The terms of an ordinary person, but for the deductible that the document does not state."""
    return Terms(ROSTER_RATE[level] - BONUS, "")


def assume(token: str, level: str, category: str) -> Terms:
    """The terms under one changed assumption: `level:city`, `category:五保户`, `bands:whole`, `bonus` …"""
    kind, _, value = token.partition(":")
    terms = fair(level, category)
    if kind == "level":
        return replace(terms, rate=ROSTER_RATE[value])
    if kind == "category":
        return replace(terms, category=value)
    if kind == "bands":
        return replace(terms, bands=value)
    if kind == "rounding":
        return replace(terms, rounding=value)
    if kind == "bonus":
        return replace(terms, rate=terms.rate - BONUS)
    if kind == "deductible":
        charged = {"township": 50, "county": 100, "city": 300, "province": 500}[level]
        return replace(terms, deductible=Decimal(charged))
    if token == "base:total":
        return replace(terms, basic_on="total")
    if token == "base:eligible":
        return replace(terms, aid_on="eligible")
    raise ValueError(f"no such assumption: {token}")


ASSUMPTIONS = (
    *(f"level:{level}" for level in ROSTER_RATE),
    *(f"category:{category}" for category in PRIORITY),
    "bands:whole",
    "base:total",
    "base:eligible",
    "bonus",
    "deductible",
    *(f"rounding:{mode}" for mode in ROUNDING if mode != "half_up"),
)


def progressive(rest: Decimal) -> Decimal:
    """Each band's percent on the part of `rest` inside it."""
    given, lower = Decimal(0), Decimal(0)
    for edge, percent in BANDS:
        upper = rest if edge is None else min(rest, Decimal(edge))
        given += max(upper - lower, Decimal(0)) * percent / 100
        lower = upper
    return given


def whole(rest: Decimal) -> Decimal:
    """The percent of the band that `rest` falls into, on all of it."""
    percent = next(percent for edge, percent in BANDS if edge is None or rest <= edge)
    return rest * percent / 100
