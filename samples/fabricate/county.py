"""Make a county: places, people, rosters, stays, faults and claims, all from one seed."""

from __future__ import annotations

from random import Random

from onestop_cli.county.periods import parse_period
from samples.fabricate.care import admit
from samples.fabricate.claims import price
from samples.fabricate.desk import Desk
from samples.fabricate.faults import spoil
from samples.fabricate.model import County, FaultPlan
from samples.fabricate.people import Registry
from samples.fabricate.places import COUNTY, make_hospitals, make_villages
from samples.fabricate.rosters import make_roster, repeat_some


def make_county(
    seed: int = 2010,
    people: int = 2000,
    stays: int = 3000,
    period: str = "2010Q4",
    hospitals: int = 20,
    villages: int = 60,
    faults: FaultPlan | None = None,
) -> County:
    """A county with `people` roster persons and `stays` stays settling in `period` (`2010`, `2010Q4`, `2010-11`).

    The same arguments give the same county. Faults that repeat, reverse or overlap a stay add rows of their own.
    """
    rng, span = Random(seed), parse_period(period)
    plan = FaultPlan() if faults is None else faults
    homes = make_villages(rng, villages)
    houses = make_hospitals(rng, homes, hospitals)
    registry = Registry(rng, homes, span.last)
    roster = make_roster(rng, registry, people, span)
    persons = list(dict.fromkeys(entry.person for entry in roster))
    rows = admit(rng, registry, persons, houses, span, stays)
    desk = Desk(rng, span, houses, roster, rows)
    spoil(desk, plan)
    price(rows, plan, rng)
    repeats = repeat_some(rng, roster, {stay.person.id_no for stay in rows}, span)
    return County(COUNTY, span, houses, roster, repeats, rows)
