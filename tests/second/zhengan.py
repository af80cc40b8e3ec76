"""正安县 2011: the cap and the kinds of 单病种 are printed; rates, deductibles and the table are the county's.

So a `Local` brings the numbers that a county would fill in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.second.stays import ZERO, Stay, Yuan
from tests.second.year import Document, Rule, Says, Share, flat


@dataclass(frozen=True)
class Local:
    """Level → (deductible, percent); disease → (定额, the fund's percent) or → 限价."""

    ordinary: Mapping[str, tuple[int, int]]
    fixed: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    limited: Mapping[str, int] = field(default_factory=dict)


def basic(local: Local, cap: int) -> Rule:
    """补偿封顶线每人每年8万元上调至10万元; 单病种定额补偿和限额补偿47个病种."""

    def rule(stay: Stay, before: Yuan) -> Says:
        if stay.disease in local.fixed:
            amount, percent = local.fixed[stay.disease]
            given = Fraction(amount) * percent / 100
            return Share(ZERO, lambda base, along: given, cap=Fraction(cap), in_scope=False)
        deductible, percent = local.ordinary[stay.level]
        base = stay.in_scope
        if stay.disease in local.limited:
            base = min(base, Fraction(local.limited[stay.disease]))
        terms = flat(Fraction(percent, 100), Fraction(deductible))
        return Share(base, terms, cap=Fraction(cap))

    return rule


def documents(local: Local) -> list[tuple[date, Document]]:
    """On 1 May 2011 the cap rose, in the middle of a year."""
    return [
        (date(2011, 1, 1), Document({"basic": basic(local, 80000)})),
        (date(2011, 5, 1), Document({"basic": basic(local, 100000)})),
    ]
