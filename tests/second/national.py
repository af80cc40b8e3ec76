"""The template for today's counties: three layers, whose local numbers a `Local` brings.

Printed are only the rates of assistance, 特困/孤儿 100 % and 低保 70 %, and that 门诊和住院共用一个年度限额.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tests.second.stays import ZERO, Stay, Yuan
from tests.second.year import (
    NOTHING,
    Document,
    Rule,
    Says,
    Share,
    flat,
    once_a_year,
    progressive,
    uses_deductible,
)

FULL, MOST = ("特困人员", "孤儿"), ("低保对象",)


@dataclass(frozen=True)
class Local:
    """What a county fills in; percents and yuan as printed there.

    `critical_bands` counts the year's burden with the deductible inside the first band.
    """

    basic: Mapping[str, tuple[int, int]]  # level → (deductible, percent)
    basic_cap: int
    outpatient: tuple[int, int]
    critical_deductible: int
    critical_percent: int = 60
    critical_bands: Sequence[tuple[int | None, int]] = ()
    critical_cap: int | None = None
    half: Sequence[str] = (*FULL, *MOST)  # deductible halved
    points: int = 5
    uncapped: Sequence[str] = (*FULL, *MOST)
    others: Mapping[str, int] = field(default_factory=dict)  # kind → percent of assistance
    others_deductible: int = 0  # once a year
    yearly_limit: int = 50000


def left(stay: Stay, before: Yuan) -> Yuan:
    """The personal share in scope."""
    return max(stay.in_scope - before, ZERO)


def basic(local: Local) -> Rule:
    """按政策范围内费用计."""

    def rule(stay: Stay, before: Yuan) -> Says:
        deductible, percent = local.outpatient if stay.outpatient else local.basic[stay.level]
        terms = flat(Fraction(percent, 100), Fraction(deductible))
        return Share(stay.in_scope, terms, cap=Fraction(local.basic_cap))

    return rule


def critical(local: Local) -> Rule:
    """基本医保报销后范围内的个人负担, above a deductible once a year."""

    def rule(stay: Stay, before: Yuan) -> Says:
        favoured = bool(set(local.half) & set(stay.categories))
        deductible = Fraction(local.critical_deductible) / (2 if favoured else 1)
        uncapped = local.critical_cap is None or set(local.uncapped) & set(stay.categories)
        cap = None if uncapped else Fraction(local.critical_cap or 0)
        more = local.points if favoured else 0
        if local.critical_bands:
            bands = above(deductible, [(top, rate + more) for top, rate in local.critical_bands])
            return Share(
                left(stay, before),
                lambda base, along: progressive(bands, along + base) - progressive(bands, along),
                lambda base, along: base,
                cap,
            )
        rate = Fraction(local.critical_percent + more, 100)
        return Share(
            left(stay, before),
            once_a_year(rate, deductible),
            uses_deductible(deductible),
            cap,
        )

    return rule


def above(
    deductible: Yuan, bands: Sequence[tuple[int | None, int]]
) -> list[tuple[Yuan | None, Yuan]]:
    """The bands with nothing below the deductible."""
    shares = [(None if top is None else Fraction(top), Fraction(rate, 100)) for top, rate in bands]
    return [
        (deductible, ZERO),
        *(band for band in shares if band[0] is None or band[0] > deductible),
    ]


def assistance(local: Local) -> Rule:
    """特困/孤儿 100 %，低保 70 %; of several kinds the one with the highest rate."""
    percents = {**dict.fromkeys(FULL, 100), **dict.fromkeys(MOST, 70), **local.others}

    def rule(stay: Stay, before: Yuan) -> Says:
        offered = [percents[kind] for kind in stay.categories if kind in percents]
        if not offered:
            return NOTHING
        listed = set(FULL + MOST) & set(stay.categories)
        deductible = Fraction(0 if listed else local.others_deductible)
        return Share(
            left(stay, before),
            once_a_year(Fraction(max(offered), 100), deductible),
            uses_deductible(deductible),
            cap=Fraction(local.yearly_limit),
        )

    return rule


def document(local: Local) -> Document:
    """The three layers with a county's numbers."""
    return Document(
        {"basic": basic(local), "critical": critical(local), "assistance": assistance(local)}
    )
