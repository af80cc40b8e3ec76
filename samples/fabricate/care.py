"""Who was in hospital, where, how long and at what cost."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from onestop_cli.county.periods import Period
from samples.fabricate.model import Hospital, Person, Stay
from samples.fabricate.people import Registry

MEAN_COST = {"township": 1247, "county": 2348, "city": 5600, "province": 8900}
"""Mean cost of a stay in yuan; published: 1,247.57 乡, 2,348.55 县, 6,338.12 above the county."""

VISITS = {"township": 46, "county": 38, "city": 10, "province": 6}
"""Share of stays per level in percent."""
_MEAN_DAYS = {"township": 6, "county": 9, "city": 12, "province": 14}
_STAYS_EACH = ((1, 58), (2, 21), (3, 11), (4, 6), (6, 4))
DISEASES = (
    "肺炎", "高血压病", "脑梗塞", "胆囊炎", "阑尾炎", "骨折", "慢性支气管炎", "冠心病", "糖尿病",
    "胃溃疡", "腰椎间盘突出", "白内障", "肾结石", "泌尿系感染",
)  # fmt: skip
_SPREAD = 0.75
_SETTLES_AFTER = (0, 0, 0, 1, 2, 3)
_ROSTER_SHARE = 0.55
"""Share of stays by roster people."""


def admit(
    rng: Random,
    registry: Registry,
    roster: list[Person],
    hospitals: list[Hospital],
    period: Period,
    stays: int,
) -> list[Stay]:
    """`stays` stays that settle in `period`, one person's never overlapping; no claims yet."""
    made: list[Stay] = []
    waiting = list(roster)
    rng.shuffle(waiting)
    by_level: defaultdict[str, list[Hospital]] = defaultdict(list)
    for hospital in hospitals:
        by_level[hospital.level].append(hospital)
    while len(made) < stays:
        poor = waiting and len(made) % 100 < _ROSTER_SHARE * 100
        person = waiting.pop() if poor else registry.person()
        wanted = (
            rng.choices(*zip(*_STAYS_EACH, strict=True))[0] if poor or rng.random() < 0.2 else 1
        )
        serious = rng.random() < 0.04
        made += list(
            _course(rng, person, by_level, period, min(wanted, stays - len(made)), serious)
        )
    _number(made)
    return made


def _course(
    rng: Random,
    person: Person,
    by_level: dict[str, list[Hospital]],
    period: Period,
    wanted: int,
    serious: bool,
) -> Iterator[Stay]:
    """One person's stays, the latest first: with gaps of weeks, soon after one another, or as a same-day transfer."""
    span = (period.last - period.first).days
    leave = period.last - timedelta(days=rng.randint(3, span if wanted == 1 else span // 3))
    previous: Hospital | None = None
    for _ in range(wanted):
        hospital = _choose(rng, person, by_level, serious)
        gap = rng.choices((0, rng.randint(2, 14), rng.randint(16, 40)), (8, 25, 67))[0]
        if gap and previous and rng.random() < 0.5:
            hospital = previous
        if gap == 0 and hospital is previous:
            gap = 20
        if leave < period.first:
            return
        stay = _stay(rng, person, hospital, leave, serious)
        yield stay
        previous = hospital
        leave = stay.admitted - timedelta(days=gap)


def _choose(
    rng: Random, person: Person, by_level: dict[str, list[Hospital]], serious: bool
) -> Hospital:
    """A hospital: the township's own for simple things, the city or the province for serious ones."""
    weights = {level: VISITS[level] for level in by_level}
    if serious:
        weights = {level: 1 + 20 * (level in ("city", "province")) for level in by_level}
    level = rng.choices(list(weights), list(weights.values()))[0]
    near = [h for h in by_level[level] if h.name.startswith(person.township)]
    return rng.choice(near if near and rng.random() < 0.8 else by_level[level])


def _stay(rng: Random, person: Person, hospital: Hospital, leave: date, serious: bool) -> Stay:
    """A stay that ends on `leave`."""
    mean = _MEAN_DAYS[hospital.level]
    days = min(round(rng.lognormvariate(math.log(mean) - 0.18, 0.6)), 45)
    cost = MEAN_COST[hospital.level] * (rng.uniform(4, 11) if serious else 1)
    total = rng.lognormvariate(math.log(cost) - _SPREAD**2 / 2, _SPREAD)
    total_yuan = Decimal(max(round(total * 100), 8000)) / 100
    eligible = (total_yuan * Decimal(str(round(rng.uniform(0.62, 0.98), 4)))).quantize(
        Decimal("0.01")
    )
    settled = leave + timedelta(days=rng.choice(_SETTLES_AFTER))
    return Stay(
        hospital,
        person,
        "",
        leave - timedelta(days=days),
        leave,
        settled if hospital.shape.has("settled") else None,
        rng.choice(DISEASES),
        total_yuan,
        eligible,
    )


def _number(stays: list[Stay]) -> None:
    """Stay numbers run through each hospital in the order of admission."""
    last: defaultdict[str, int] = defaultdict(int)
    for stay in sorted(stays, key=lambda s: (s.admitted, s.person.id_no)):
        last[stay.hospital.name] += 1
        stay.stay_no = stay.hospital.shape.stay_no.format(last[stay.hospital.name])
