"""大方县, 2006 to 2010: five documents that followed one another, and the town's residents.

The discharge day says which of them governs.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.second.stays import Stay, Yuan
from tests.second.year import AS_CLAIMED, SILENT, Document, Says, Share, flat

IN_THE_COUNTY = ("township", "county")
TEN_MORE = ("独生子女户", "二女户", "五保户", "在职村干部", "离任村干部")


def share(stay: Stay, percent: int, deductible: int, cap: int | None, **more: object) -> Share:
    """A share of 可补偿费用 above a deductible per stay, up to a cap a year."""
    return Share(
        stay.in_scope,
        flat(Fraction(percent, 100), Fraction(deductible)),
        cap=None if cap is None else Fraction(cap),
        **more,  # type: ignore[arg-type]
    )


def from_2006(stay: Stay, before: Yuan) -> Says:
    """乡级 50元 60%; 县级 200元 45%; 省、地级 300元 35%; 外出打工人员因急病 300元 20%; 封顶线为6000元."""
    if stay.away:
        return share(stay, 20, 300, 6000)
    deductible, percent = {"township": (50, 60), "county": (200, 45)}.get(stay.level, (300, 35))
    return share(stay, percent, deductible, 6000)


def from_november_2006(stay: Stay, before: Yuan) -> Says:
    """县内不设起付线, 县外 200元; 乡镇 70%, 县级 55%, 县级以上 45%, 省外 35%; 提高10%; 封顶线10000元."""
    age = stay.age()
    if not set(TEN_MORE) & set(stay.categories) and age is None:
        return SILENT
    more = 10 if set(TEN_MORE) & set(stay.categories) or (age is not None and age >= 60) else 0
    if stay.out_of_province:
        return share(stay, 35 + more, 200, 10000)
    percent = {"township": 70, "county": 55}.get(stay.level, 45)
    return share(stay, percent + more, 0 if stay.level in IN_THE_COUNTY else 200, 10000)


def kept_from_2006(stay: Stay) -> int | None:
    """What no later sentence takes back: 提高10% for those named; unknown (None) where only the age could tell."""
    if set(TEN_MORE) & set(stay.categories):
        return 10
    age = stay.age()
    return None if age is None else 10 * (age >= 60)


def from_2008(stay: Stay, before: Yuan) -> Says:
    """乡级 80%, 县级 60%, 省地级 50% 起付线200元, 外出务工 40% 起付线300元; 3万元, 大病 6万元.

    作了部分修改: 省外 35% 200元 and 提高10% stand. 以当年内实际获得补偿金额累计计算: both limits count all that the
    person got in the year.
    """
    more = kept_from_2006(stay)
    if more is None:
        return SILENT
    limit = 60000 if stay.major else 30000
    if stay.away:
        return share(stay, 40 + more, 300, limit)
    if stay.out_of_province:
        return share(stay, 35 + more, 200, limit)
    percent, deductible = {"township": (80, 0), "county": (60, 0)}.get(stay.level, (50, 200))
    return share(stay, percent + more, deductible, limit)


def from_2009(stay: Stay, before: Yuan) -> Says:
    """门诊报销比例为50%, 每人每年封顶线为150元; the shares of stays are said once more, all else of 2008 stands."""
    if not stay.outpatient and stay.level == "village" and not stay.away:
        return AS_CLAIMED  # no sentence has beds in a village
    if not stay.outpatient:
        return from_2008(stay, before)
    # 提高 is of 住院补偿比例; the age makes no difference to a visit
    return share(stay, 50, 0, 150, pot="门诊")


def from_2010(stay: Stay, before: Yuan) -> Says:
    """县内乡镇卫生院 80%, 县内县级定点和民营定点 70%, 县外民营定点 60%: 均不设起付线.

    省地级指定医院 60% 起付线200元; 县外非定点 60% 起付300元; 封顶线为6万元.
    """
    if (
        not stay.designated
    ):  # 在县外非定点医疗机构住院: no sentence has any in the county, so all are outside
        return share(stay, 60, 300, 60000)
    if stay.level in IN_THE_COUNTY:
        percent = 70 if stay.private or stay.level == "county" else 80
        return share(stay, percent, 0, 60000)
    return share(stay, 60, 0 if stay.private else 200, 60000)


def urban(stay: Stay, before: Yuan) -> Says:
    """社区服务站 50元 70%; 一级 100元 60%; 二级 200元 55%; 三级 400元 50%; 省级及省外 500元 45%.

    每人每次; no sentence gives a cap.
    """
    if stay.outpatient:  # 医疗费用补偿仅限于大病住院统筹和特殊门诊: nothing for an ordinary visit
        return share(stay, 0, 0, None)
    deductible, percent = {
        "township": (100, 60),
        "county": (200, 55),
        "city": (400, 50),
        "province": (500, 45),
    }[stay.level]
    if stay.community:
        deductible, percent = 50, 70
    return share(stay, percent, deductible, None, sure=False)


def year_of_payment(stay: Stay) -> int:
    """以当年内实际获得补偿金额累计计算: the year in which the compensation was got."""
    return stay.paid_on.year


CHAIN = [
    (date(2006, 1, 1), Document({"basic": from_2006})),
    (date(2006, 11, 7), Document({"basic": from_november_2006})),
    (date(2008, 1, 1), Document({"basic": from_2008}, year_of_payment)),
    (date(2009, 1, 1), Document({"basic": from_2009}, year_of_payment)),
    (date(2010, 1, 1), Document({"basic": from_2010}, year_of_payment)),
]
URBAN = Document({"basic": urban})


def document_of(stay: Stay) -> Document | None:
    """The last document in force on the discharge day. Village clinics are in 门诊统筹, which is of 2009 here."""
    if stay.level == "village" and stay.discharged.year != 2009:
        return None
    begun = [document for start, document in CHAIN if start <= stay.discharged]
    return begun[-1] if begun else None


def urban_document_of(stay: Stay) -> Document | None:
    """从2009年起."""
    return URBAN if stay.discharged.year >= 2009 else None
