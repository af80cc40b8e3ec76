"""A county in Anhui: assistance of 30 %, later 70 %, of what insurance leaves in scope; and one with 门诊救助."""

from __future__ import annotations

from fractions import Fraction

from tests.second.stays import ZERO, Stay, Yuan
from tests.second.year import AS_CLAIMED, NOTHING, Document, Rule, Says, Share, flat

LOW_INCOME = ("农村低保户", "城市低保户")  # 城乡低保
KEY_GROUPS = ("特困人员", "农村低保户", "城市低保户")  # 重点救助对象
OTHERS = ("低收入救助对象",)


def basic(stay: Stay, before: Yuan) -> Says:
    """新农合(医保)报销: these sentences take it as it is."""
    return AS_CLAIMED


def assistance(percent: int) -> Rule:
    """统筹范围内费用经新农合(医保)报销后,…按剩余部分(不含自费费用)的70%支付,每人每年最高救助金额2万元."""

    def rule(stay: Stay, before: Yuan) -> Says:
        if not set(LOW_INCOME) & set(stay.categories):
            return NOTHING
        left = max(stay.in_scope - before, ZERO)
        return Share(left, flat(Fraction(percent, 100)), cap=Fraction(20000))

    return rule


def with_outpatients(stay: Stay, before: Yuan) -> Says:
    """门诊救助比例为…70%, whoever it is; 重点救助对象…住院费用…按70%, and nothing is said of the others' stays.

    The limit is not printed: bounds only.
    """
    if not set(KEY_GROUPS + OTHERS) & set(stay.categories):
        return NOTHING
    if not stay.outpatient and not set(KEY_GROUPS) & set(stay.categories):
        return AS_CLAIMED
    return Share(max(stay.in_scope - before, ZERO), flat(Fraction(70, 100)), sure=False)


AT_30 = Document({"basic": basic, "assistance": assistance(30)})
AT_70 = Document({"basic": basic, "assistance": assistance(70)})
OUTPATIENT = Document({"basic": basic, "assistance": with_outpatients})
