"""Who is on which list of persons: 附件3 of the medical insurance office, the platform's identities, 监测对象."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from samples.fabricate.model import Person
from samples.fabricate.people import Registry
from samples.fabricate.today.model import Identity

NO_RIGHT = "稳定脱贫人口"

_LISTS = (
    ("特困人员", "附件3", ("农村特困供养", "特困人员"), 18),
    ("低保对象", "附件3", ("农村低保", "低保对象", "城市低保"), 80),
    ("监测对象", "监测对象", ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户"), 30),
    ("低保边缘家庭成员", "平台身份", ("低保边缘家庭成员",), 22),
    (NO_RIGHT, "平台身份", ("稳定脱贫人口",), 15),
)
"""Kind, list, spellings, people."""

_TWICE = 6
"""People of 附件3 who stand among the 监测对象, too."""


def list_people(rng: Random, registry: Registry) -> list[Identity]:
    """The lists of the year: most entitled before it and open, some from a month of the year on, some until one."""
    lines = []
    for kind, where, spellings, people in _LISTS:
        for number in range(people):
            first = date(rng.randint(2020, 2023), rng.randint(1, 12), 1)
            said = spellings[number % len(spellings)]
            line = Identity(registry.person(youngest=1), kind, said, where, first)
            lines.append(_changed(rng, line, number))
    doubled = [line for line in lines if line.kind == "低保对象"][:_TWICE]
    lines += [
        Identity(line.person, "监测对象", "突发严重困难户", "监测对象", date(2023, 5, 1))
        for line in doubled
    ]
    return lines


def _changed(rng: Random, line: Identity, number: int) -> Identity:
    """One in nine comes onto the list in the year, as many leave it; the people who stand on two lists stay."""
    if number < _TWICE or number % 9 not in (7, 8):
        return line
    month = rng.randint(2, 11)
    if number % 9 == 7:
        begin = date(2024, month, 1)
        return replace(line, first=begin, known_from=begin)
    return replace(line, last=date(2024, month, 1) - timedelta(1))


def person_number(person: Person) -> str:
    """人员编号 of the platform."""
    return f"6399{person.id_no[4:6]}{person.id_no[8:17]}"
