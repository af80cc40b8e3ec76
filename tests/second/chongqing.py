"""重庆 2023, one stay of a needy person as a district printed it: 基本, 大病, 救助, 倾斜救助."""

from __future__ import annotations

from fractions import Fraction

from tests.second.stays import ZERO, Stay, Yuan
from tests.second.year import (
    AS_CLAIMED,
    NOTHING,
    Document,
    Says,
    Share,
    flat,
    once_a_year,
    uses_deductible,
)

NEEDY = ("低保对象",)


def needy(stay: Stay) -> bool:
    """低保对象 are the only ones the source tells of."""
    return bool(set(NEEDY) & set(stay.categories))


def left(stay: Stay, before: Yuan) -> Yuan:
    """医保政策范围内金额 less what was paid before."""
    return max(stay.in_scope - before, ZERO)


def basic(stay: Stay, before: Yuan) -> Says:
    """居民一档二级 300 / 70 %; nothing is printed for hospitals of other grades."""
    if stay.level != "county":
        return AS_CLAIMED
    return Share(left(stay, before), flat(Fraction(70, 100), Fraction(300)))


def critical(stay: Stay, before: Yuan) -> Says:
    """大病 16,901（困难人员减半），60 %（+5）; the deductible once a year."""
    deductible = Fraction(16901) / (2 if needy(stay) else 1)
    rate = Fraction(65 if needy(stay) else 60, 100)
    base = left(stay, before)
    return Share(base, once_a_year(rate, deductible), uses_deductible(deductible))


def assistance(stay: Stay, before: Yuan) -> Says:
    """救助 70 %, without a deductible."""
    return Share(left(stay, before), flat(Fraction(70, 100))) if needy(stay) else NOTHING


def extra(stay: Stay, before: Yuan) -> Says:
    """(7339.9-3500)*70%=2687.93元: 3,500 once a year, and 20,000 a year at most."""
    if not needy(stay):
        return NOTHING
    return Share(
        left(stay, before),
        once_a_year(Fraction(70, 100), Fraction(3500)),
        uses_deductible(Fraction(3500)),
        cap=Fraction(20000),
    )


DOCUMENT = Document(
    {"basic": basic, "critical": critical, "assistance": assistance, "extra": extra}
)


def document_of(stay: Stay) -> Document | None:
    """2023."""
    return DOCUMENT if stay.discharged.year == 2023 else None
