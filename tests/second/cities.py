"""铜川 and 南昌 2025: 居民医保 by the hospital's grade, then 大病保险 on what is left in scope."""

from __future__ import annotations

from fractions import Fraction

from tests.second.stays import ZERO, Stay, Yuan
from tests.second.year import (
    AS_CLAIMED,
    Document,
    Rule,
    Says,
    Share,
    flat,
    once_a_year,
    progressive,
    uses_deductible,
)

GRADE = {"township": 0, "county": 1, "city": 2, "province": 2}  # 一级 二级 三级
TONGCHUAN_BANDS = [  # 起付线在第一段内扣除
    (Fraction(10000), Fraction(0)),
    (Fraction(50000), Fraction(60, 100)),
    (Fraction(100000), Fraction(70, 100)),
    (None, Fraction(80, 100)),
]
NEEDY = ("特困人员", "低保对象", "返贫致贫人口")


def basic(deductibles: tuple[int, ...], percents: tuple[int, ...], cap: int) -> Rule:
    """A deductible per stay and a rate for each grade; the cap is on the year."""

    def rule(stay: Stay, before: Yuan) -> Says:
        grade = GRADE[stay.level]
        terms = flat(Fraction(percents[grade], 100), Fraction(deductibles[grade]))
        return Share(stay.in_scope, terms, cap=Fraction(cap))

    return rule


def tongchuan_critical(stay: Stay, before: Yuan) -> Says:
    """大病 10,000, 60/70/80 % 至 50,000 / 100,000 / 以上, 按年累计; 封顶线 300,000."""

    def growth(base: Yuan, along: Yuan) -> Yuan:
        whole = progressive(TONGCHUAN_BANDS, along + base)
        return whole - progressive(TONGCHUAN_BANDS, along)

    left = max(stay.in_scope - before, ZERO)
    return Share(left, growth, lambda base, along: base, cap=Fraction(300000))


def nanchang_critical(stay: Stay, before: Yuan) -> Says:
    """大病 17,000（困难人员 8,500），60 %（困难人员 65 %）; 封顶线 300,000，困难人员不封顶."""
    left = max(stay.in_scope - before, ZERO)
    if set(NEEDY) & set(stay.categories):
        lower = Fraction(8500)
        return Share(left, once_a_year(Fraction(65, 100), lower), uses_deductible(lower))
    deductible = Fraction(17000)
    return Share(
        left,
        once_a_year(Fraction(60, 100), deductible),
        uses_deductible(deductible),
        cap=Fraction(300000),
    )


def assistance(stay: Stay, before: Yuan) -> Says:
    """No sentence on 医疗救助: it is paid as the hospital says."""
    return AS_CLAIMED


TONGCHUAN = Document(
    {
        "basic": basic((300, 600, 1200), (85, 75, 65), 130000),
        "critical": tongchuan_critical,
        "assistance": assistance,
    }
)
NANCHANG = Document(
    {
        "basic": basic((100, 400, 600), (90, 80, 60), 100000),
        "critical": nanchang_critical,
        "assistance": assistance,
    }
)


def tongchuan_document_of(stay: Stay) -> Document | None:
    """From 2025."""
    return TONGCHUAN if stay.discharged.year >= 2025 else None


def nanchang_document_of(stay: Stay) -> Document | None:
    """From 2025."""
    return NANCHANG if stay.discharged.year >= 2025 else None
