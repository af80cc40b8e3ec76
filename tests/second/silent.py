"""Two reports that say little: 南州 2017, whose standards nobody printed, and a county in Hebei, 2021, with 两病."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.second.stays import Stay, Yuan
from tests.second.year import AS_CLAIMED, NOTHING, Document, Says, Share, flat

POOR = ("建档立卡贫困户",)
A_YEAR = {"高血压": 225, "糖尿病": 375}


def as_it_is(stay: Stay, before: Yuan) -> Says:
    """No sentence regulates it."""
    return AS_CLAIMED


def of_the_poor(stay: Stay, before: Yuan) -> Says:
    """For the people on the roster, by a standard that is not printed."""
    return AS_CLAIMED if set(POOR) & set(stay.categories) else NOTHING


def two_illnesses(stay: Stay, before: Yuan) -> Says:
    """“两病”用药不设起付线,报销比例50%; 高血压为225元/年/人、糖尿病为375元/年/人. Of all else no share is said."""
    limit = A_YEAR.get(stay.disease) if stay.outpatient else None
    if limit is None:
        return AS_CLAIMED
    return Share(stay.in_scope, flat(Fraction(1, 2)), cap=Fraction(limit), pot=stay.disease)


NANZHOU = [(date(2017, 1, 1), Document({"basic": as_it_is, "assistance": of_the_poor}))]
HEBEI = Document(
    {
        "basic": two_illnesses,
        "critical": as_it_is,
        "assistance": as_it_is,
        "backstop": of_the_poor,
    }
)


def hebei_document_of(stay: Stay) -> Document | None:
    """Of 2021 alone; it knows no village clinics."""
    return HEBEI if stay.discharged.year == 2021 and stay.level != "village" else None
