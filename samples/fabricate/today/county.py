"""Make the year: people on lists and others, their stays and visits, what goes wrong, claims; all from one seed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from random import Random

from samples.fabricate.people import Registry
from samples.fabricate.places import make_villages
from samples.fabricate.today.care import CHRONIC, number, stays, visits
from samples.fabricate.today.claims import claim
from samples.fabricate.today.faults import lay_in
from samples.fabricate.today.model import EMPLOYED, RESIDENT, Identity, Settlement, Year
from samples.fabricate.today.people import list_people
from samples.fabricate.today.places import HOUSES

_OTHERS, _EMPLOYED = 150, 40
_CHRONIC_EVERY, _SERIOUS_EVERY = 17, 12
_KINDS_AT_WORK = (
    ("低保对象", "城市低保", "附件3"),
    ("低保边缘家庭成员", "低保边缘家庭成员", "平台身份"),
)
_STAYS_EACH = ((1, 70), (2, 20), (3, 10))


def make_year(seed: int = 2024) -> Year:
    """The county's year. The same seed gives the same rows."""
    rng = Random(seed)
    registry = Registry(rng, make_villages(rng, 24), date(2024, 12, 31))
    identities = list_people(rng, registry)
    rows = list(_ordinary_rows(rng, registry, identities))
    lay_in(rng, registry, identities, rows)
    rows = number(rows)
    claim(rows, _by_person(identities))
    return Year(list(HOUSES), identities, rows)


def _ordinary_rows(
    rng: Random, registry: Registry, identities: list[Identity]
) -> Iterator[Settlement]:
    """Stays and visits of everybody, as they should be."""
    for order, person in enumerate(dict.fromkeys(line.person for line in identities)):
        if order % _CHRONIC_EVERY == 3:
            yield from visits(
                rng, person, CHRONIC[order // _CHRONIC_EVERY % 3], rng.choice((420, 560, 690))
            )
        elif order % 5 != 4:
            serious = order % _SERIOUS_EVERY == 5
            count = 5 if serious else _some(rng)
            yield from stays(rng, person, RESIDENT, count, dear=5.0 if serious else 1.0)
    for order in range(_OTHERS):
        person = registry.person(youngest=1)
        dear = 6.0 if order % 30 == 7 else 1.0
        yield from stays(rng, person, RESIDENT, _some(rng), dear)
    for order in range(_EMPLOYED):
        person = registry.person(youngest=20, oldest=80)
        if order % 4 == 1:
            kind, said, where = _KINDS_AT_WORK[order // 4 % 2]
            identities.append(Identity(person, kind, said, where, date(2023, 9, 1)))
        serious = order % 9 == 1
        yield from stays(rng, person, EMPLOYED, 3 if serious else _some(rng), 12 if serious else 1)


def _some(rng: Random) -> int:
    counts, weights = zip(*_STAYS_EACH, strict=True)
    return int(rng.choices(counts, weights)[0])


def _by_person(identities: list[Identity]) -> dict[str, list[Identity]]:
    lines: defaultdict[str, list[Identity]] = defaultdict(list)
    for line in identities:
        lines[line.person.id_no].append(line)
    return lines
