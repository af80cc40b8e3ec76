"""湟中县 2009: 新农合 by the hospital's level, then 大病医疗救助 by three classes of people."""

from __future__ import annotations

from fractions import Fraction

from tests.second.stays import Stay, Yuan
from tests.second.year import NOTHING, Document, Says, Share, flat, progressive

# 乡、县、市、省级定点医疗机构分别按80%、70%、60%、50%补偿, 5 points of it for 低收入人群
RATES = {"township": 80, "county": 70, "city": 60, "province": 50}
FIRST_CLASS = ("农村低保户", "60年代精简退职人员", "定期定量救济人员")
LISTED = ("五保户", "重点优抚对象", *FIRST_CLASS)  # of several kinds the first one counts
BANDS = [
    (Fraction(500), Fraction(60, 100)),
    (Fraction(1000), Fraction(65, 100)),
    (Fraction(1500), Fraction(70, 100)),
    (Fraction(2000), Fraction(75, 100)),
    (Fraction(5000), Fraction(80, 100)),
    (None, Fraction(85, 100)),
]


def kind(stay: Stay) -> str | None:
    """The one kind that counts: 五保户, then 重点优抚对象, then the first class."""
    return next((name for name in LISTED if name in stay.categories), None)


def basic(stay: Stay, before: Yuan) -> Says:
    """取消起付线 for the listed; ordinary people pay a deductible nobody printed, and get 5 points less."""
    listed = kind(stay) is not None
    rate = Fraction(RATES[stay.level] - (0 if listed else 5), 100)
    return Share(stay.in_scope, flat(rate), cap=Fraction(35000), sure=listed)


def assistance(stay: Stay, before: Yuan) -> Says:
    """住院费总额中减去新型合作医疗报销额; 6000元 a year stands in the sentence on the first class only."""
    left = stay.total - before
    applied = kind(stay)
    if applied is None:
        return NOTHING
    if applied == "五保户":
        return Share(left, flat(Fraction(1)), in_scope=False)
    if applied == "重点优抚对象":
        return Share(left, flat(Fraction(80, 100)), in_scope=False)
    return Share(
        left,
        lambda base, along: progressive(BANDS, base),
        cap=Fraction(6000),
        pot="一类对象",
        in_scope=False,
    )


DOCUMENT = Document({"basic": basic, "assistance": assistance})


def document_of(stay: Stay) -> Document | None:
    """2009年10月 is the first month the source tells of; the discharge day governs."""
    return DOCUMENT if (stay.discharged.year, stay.discharged.month) >= (2009, 10) else None
