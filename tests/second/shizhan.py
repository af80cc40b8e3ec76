"""The made-up county of 2024: residents with three layers and aid by tilt, the employed with 大额 and 公务员补助.

Written from the sentences that its two documents print.
"""

from __future__ import annotations

from fractions import Fraction

from tests.second.national import left
from tests.second.stays import Stay, Yuan
from tests.second.year import (
    AS_CLAIMED,
    NOTHING,
    Document,
    Says,
    Share,
    flat,
    once_a_year,
    progressive,
    uses_deductible,
)

KINDS = ("特困人员", "低保对象", "监测对象", "低保边缘家庭成员")
NO_RIGHT = "稳定脱贫人口"
LIMITS = {"高血压": 3000, "糖尿病": 4000}
RESIDENT, EMPLOYED = "城乡居民基本医疗保险", "职工基本医疗保险"


def kind(stay: Stay) -> str:
    """身份重叠的就高享受: the one that is named first."""
    return next((name for name in KINDS if name in stay.categories), "")


def resident(stay: Stay, before: Yuan) -> Says:
    """一级200元 90%、二级400元 80%、三级800元 70%; 未备案 × 80%; 慢特病 60%, by disease 3000, 4000, 5000; 15万元."""
    if stay.outpatient:
        pot = stay.disease if stay.disease in LIMITS else "其他病种"
        limit = LIMITS.get(pot, 5000)
        return Share(stay.in_scope, flat(Fraction(60, 100)), cap=Fraction(limit), pot=pot)
    deductible, percent = {"township": (200, 90), "county": (400, 80)}.get(stay.level, (800, 70))
    rate = Fraction(percent, 100) * (Fraction(80, 100) if stay.away else 1)
    return Share(stay.in_scope, flat(rate, Fraction(deductible)), cap=Fraction(150000), pot="住院")


def critical(stay: Stay, before: Yuan) -> Says:
    """14000元 a year; 60, 70, 80% to 5万, 10万, above, 困难人员 +5 and no cap; 其他 30万元."""
    favoured = kind(stay) in KINDS[:3]
    start, more = 14000, 5 * favoured
    bands = [
        (Fraction(start), Fraction(0)),
        (Fraction(start + 50000), Fraction(60 + more, 100)),
        (Fraction(start + 100000), Fraction(70 + more, 100)),
        (None, Fraction(80 + more, 100)),
    ]
    return Share(
        left(stay, before),
        lambda base, along: progressive(bands, along + base) - progressive(bands, along),
        lambda base, along: base,
        None if favoured else Fraction(300000),
    )


def aid(stay: Stay, before: Yuan) -> Says:
    """100, 75, 70, 60%; 3000元 a year for the last two; 住院 5万元, 门诊慢特病 8000元."""
    if not kind(stay):
        return NOTHING
    percent, start = dict(zip(KINDS, ((100, 0), (75, 0), (70, 3000), (60, 3000)), strict=True))[
        kind(stay)
    ]
    limit, pot = (8000, "门诊") if stay.outpatient else (50000, "住院")
    rate, deductible = Fraction(percent, 100), Fraction(start)
    yearly, uses = once_a_year(rate, deductible), uses_deductible(deductible)
    return Share(left(stay, before), yearly, uses, Fraction(limit), pot)


def tilt(stay: Stay, before: Yuan) -> Says:
    """年度个人负担超过5000元以上的部分 60%, 3万元."""
    if not kind(stay):
        return NOTHING
    start = Fraction(5000)
    yearly, uses = once_a_year(Fraction(60, 100), start), uses_deductible(start)
    return Share(left(stay, before), yearly, uses, Fraction(30000))


def employed(stay: Stay, before: Yuan) -> Says:
    """一级300元 90%、二级600元 87%、三级900元 85%, 门诊慢特病600元 80%; 10万元 together."""
    deductible, percent = {"township": (300, 90), "county": (600, 87)}.get(stay.level, (900, 85))
    if stay.outpatient:
        deductible, percent = 600, 80
    terms = flat(Fraction(percent, 100), Fraction(deductible))
    return Share(stay.in_scope, terms, cap=Fraction(100000))


def large(stay: Stay, before: Yuan) -> Says:
    """年度累计超过10000元以上的部分 90%, 30万元."""
    start = Fraction(10000)
    yearly, uses = once_a_year(Fraction(90, 100), start), uses_deductible(start)
    return Share(left(stay, before), yearly, uses, Fraction(300000))


def civil(stay: Stay, before: Yuan) -> Says:
    """公务员医疗补助 is settled elsewhere."""
    return AS_CLAIMED


def no_word(stay: Stay, before: Yuan) -> Says:
    """A layer that only the other scheme has: this document gives nothing of it."""
    return NOTHING


DOCUMENTS = {
    RESIDENT: Document(
        {
            "basic": resident,
            "large": no_word,
            "civil": no_word,
            "critical": critical,
            "assistance": aid,
            "extra": tilt,
        }
    ),
    EMPLOYED: Document(
        {
            "basic": employed,
            "large": large,
            "civil": civil,
            "critical": no_word,
            "assistance": aid,
            "extra": no_word,
        }
    ),
}


def document_of(stay: Stay) -> Document | None:
    """By 险种; both are of 2024."""
    return DOCUMENTS[stay.scheme] if stay.discharged.year == 2024 else None
