"""Who is enrolled for the next year, and who the list says paid: beside the rosters, for 资助参合."""

from __future__ import annotations

from random import Random

from samples.fabricate.lists import Line
from samples.fabricate.model import County, Person

_HEADER = ["乡镇", "村", "姓名", "身份证号码", "缴费方式", "个人缴费金额"]
_AIDED, _OWN, _PREMIUM = "民政资助", "个人缴费", 30


def enrolment_lines(county: County) -> list[Line]:
    """A list of 缴费方式: of the people on rosters some are missing, paid themselves or are misspelt, a few stand
    twice; of other patients a few are marked as aided."""
    rng = Random(len(county.roster))
    listed = list(dict.fromkeys(entry.person for entry in county.roster))
    known = set(listed)
    others = dict.fromkeys(stay.person for stay in county.stays if stay.person not in known)
    lines = [Line([f"{county.name}{year_of(county)}年度新农合参合人员名册"]), Line(_HEADER)]
    for person in listed:
        if rng.random() < 0.05:
            continue
        aided, name = rng.random() > 0.03, person.name
        if rng.random() < 0.005:
            name = person.name[:-1] + "某"
        lines += [_line(person, name, aided)] * (2 if rng.random() < 0.005 else 1)
    lines += [_line(person, person.name, rng.random() < 0.01) for person in others]
    return lines


def year_of(county: County) -> int:
    """The year after the county's period."""
    return county.period.last.year + 1


def _line(person: Person, name: str, aided: bool) -> Line:
    paid = (_AIDED, 0) if aided else (_OWN, _PREMIUM)
    return Line([person.township, person.village, name, person.id_no, *paid])
