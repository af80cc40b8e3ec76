"""Who was in hospital or came for a chronic disease, where, when, at what cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from samples.fabricate.model import Person
from samples.fabricate.today.model import EMPLOYED, RESIDENT, House, Settlement
from samples.fabricate.today.places import HOUSES

_FIRST, _LAST = date(2024, 1, 1), date(2024, 12, 31)
_MEAN_COST = {"township": 2200, "county": 5200, "city": 11000, "province": 19000}
_SHARE = {"township": 36, "county": 44, "city": 14, "province": 6}
_MEAN_DAYS = {"township": 6, "county": 8, "city": 10, "province": 12}
_DISEASES = (
    ("J18.900", "肺炎"), ("I63.900", "脑梗死"), ("K80.200", "胆囊结石"), ("S72.000", "股骨颈骨折"),
    ("I25.100", "冠心病"), ("H26.900", "白内障"), ("K35.800", "急性阑尾炎"), ("M51.200", "腰椎间盘突出"),
)  # fmt: skip
CHRONIC = (("M03900", "高血压"), ("M01600", "糖尿病"), ("M05300", "帕金森病"))
GAP = 21
"""Days between two settlements of one person, so that nothing is readmission by the way."""


def stays(
    rng: Random, person: Person, scheme: str, count: int, dear: float = 1.0
) -> Iterator[Settlement]:
    """`count` stays of a person spread over the year, never near one another."""
    slot = 366 // count
    for number in range(count):
        house = _house(rng)
        days = max(1, min(round(rng.lognormvariate(math.log(_MEAN_DAYS[house.level]), 0.5)), 30))
        days = min(days, slot - GAP - 1)
        begin = _FIRST + timedelta(number * slot + rng.randint(0, slot - GAP - days))
        if number == 0 and rng.random() < 0.02:
            begin = date(2023, 12, 29)
        yield _row(rng, person, scheme, "21", begin, begin + timedelta(days), house, dear)


def visits(
    rng: Random, person: Person, disease: tuple[str, str], cost: int
) -> Iterator[Settlement]:
    """A visit a month for a chronic disease, always in the same hospital of the county."""
    house, day = rng.choice(HOUSES[:3]), rng.randint(3, 24)
    for month in range(1, 13):
        on = date(2024, month, day)
        yield _row(rng, person, RESIDENT, "140104", on, on, house, 1.0, disease, cost)


def stay_in(
    rng: Random, person: Person, house: House, month: int, scheme: str = RESIDENT
) -> Settlement:
    """One stay that is settled in `month` at `house`."""
    end = date(2024, month, rng.randint(12, 26))
    begin = end - timedelta(rng.randint(3, 10))
    return _row(rng, person, scheme, "21", begin, end, house, 1.0)


def _house(rng: Random) -> House:
    level = rng.choices(list(_SHARE), list(_SHARE.values()))[0]
    return rng.choice([house for house in HOUSES if house.level == level])


def _row(
    rng: Random,
    person: Person,
    scheme: str,
    med_type: str,
    begin: date,
    end: date,
    house: House,
    dear: float,
    disease: tuple[str, str] | None = None,
    cost: int | None = None,
) -> Settlement:
    mean = math.log((cost or _MEAN_COST[house.level]) * dear)
    total = Decimal(round(rng.lognormvariate(mean, 0.15 if cost else 0.5) * 100)) / 100
    parts = [
        (total * Decimal(rng.randint(0, most)) / 1000).quantize(Decimal("0.01"))
        for most in (130, 20, 90)
    ]
    clock = time(rng.randint(8, 17), rng.randint(0, 59), rng.randint(0, 59))
    return Settlement(
        house, person, scheme, med_type, disease or rng.choice(_DISEASES), begin, end,
        datetime.combine(min(end, _LAST), clock), total, *parts,
        away=house.level in ("city", "province") and scheme != EMPLOYED and rng.random() < 0.2,
    )  # fmt: skip


def number(rows: Sequence[Settlement]) -> list[Settlement]:
    """The rows in time, with 结算ID and 就诊ID running on."""
    ordered = sorted(rows, key=lambda row: (row.settled_at, row.person.id_no))
    for order, row in enumerate(ordered, 1):
        row.setl_id = row.setl_id or f"6399{row.settled_at:%y%m}{order:06d}"
        row.mdtrt_id = f"6399{row.admitted:%y%m}{order + 500000:06d}"
    for row in ordered:
        row.mdtrt_id = row.visit_of.mdtrt_id if row.visit_of else row.mdtrt_id
    return ordered
