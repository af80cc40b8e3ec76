"""Who is on which roster, from when to when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from onestop_cli.county.periods import Period
from samples.fabricate.model import Entry
from samples.fabricate.people import Registry
from samples.fabricate.pricing import PRIORITY

SHARES = {
    "农村低保户": 62,
    "五保户": 13,
    "重点优抚对象": 14,
    "60年代精简退职人员": 5,
    "定期定量救济人员": 6,
}
"""Category → share of the roster in percent."""

_AGES = {"五保户": (45, 92), "重点优抚对象": (35, 90), "60年代精简退职人员": (62, 92)}


def make_roster(rng: Random, registry: Registry, people: int, period: Period) -> list[Entry]:
    """`people` persons by category; about 3 % stand on a second roster, some entries start or stop in the period."""
    entries = []
    for category in rng.choices(list(SHARES), list(SHARES.values()), k=people):
        entry = Entry(
            registry.person(*_AGES.get(category, (1, 92))), category, *_validity(rng, period)
        )
        entries.append(entry)
        if rng.random() < 0.03:
            second = rng.choice([other for other in SHARES if other != category])
            entries.append(Entry(entry.person, second, *_validity(rng, period)))
    return entries


def repeat_some(
    rng: Random, roster: list[Entry], patients: set[str], period: Period
) -> list[Entry]:
    """Two lines entered twice and one entered again with another last day, of people who have no stay."""
    idle = [entry for entry in roster if entry.person.id_no not in patients]
    chosen = rng.sample(idle, min(3, len(idle)))
    return [*chosen[:2], *(replace(entry, to_on=period.first) for entry in chosen[2:])]


def applicable(entries: list[Entry], day: date) -> str | None:
    """The category of one person's `entries` that applies on `day`."""
    valid = {entry.category for entry in entries if entry.covers(day)}
    return next((category for category in PRIORITY if category in valid), None)


def _validity(rng: Random, period: Period) -> tuple[date, date | None]:
    """First and last day: mostly since years and open, else stopped lately or admitted only in the period."""
    since = date(rng.randint(2005, 2008), rng.randint(1, 12), 1)
    draw, within = rng.random(), rng.randint(0, (period.last - period.first).days)
    if draw < 0.06:
        return since, period.first + timedelta(days=within - 30)
    if draw < 0.10:
        return period.first + timedelta(days=within), None
    return since, None
