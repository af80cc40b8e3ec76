"""A random county of one area: people with several stays a year, amounts that sit on the edges, all kinds of claims.

The same stays go to the second hand (`Stay`) and to the engine (rows as read, a roster, a register).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import polars as pl

from onestop_cli.core.identify import make_id
from onestop_cli.core.roster import understand_roster
from onestop_cli.tables.schema import READ_ROSTER, READ_STAYS
from tests.made.books import Office
from tests.second.areas import Area
from tests.second.stays import ZERO, Outcome, Stay, Yuan

LEVELS = ("township", "county", "city", "province")
FEN = Fraction(1, 100)
_CHRONIC = "门诊慢特病"


@dataclass(frozen=True)
class Hospital:
    """A hospital of the register, with what documents ask of it."""

    name: str
    level: str
    out_of_province: bool = False
    private: bool = False
    designated: bool = True
    community: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody with a name, an ID, and entries on the roster: kind, first and last day (None = open)."""

    name: str
    id_no: str
    born: date
    entries: tuple[tuple[str, date | None, date | None], ...] = ()

    def kinds(self, day: date) -> tuple[str, ...]:
        """The kinds that are valid on a day, first and last day inclusive."""
        return tuple(
            kind
            for kind, start, end in self.entries
            if (start is None or start <= day) and (end is None or day <= end)
        )


@dataclass(frozen=True)
class County:
    """What was made: people with their stays, and the office that will work them out."""

    area: Area
    stays: dict[int, Stay]  # row → stay
    people: dict[int, Person]  # row → whose stay it is
    office: Office

    def outcomes(self) -> dict[int, Outcome]:
        """What the second hand makes of every stay."""
        found: dict[int, Outcome] = {}
        for rows in by_person(self.people).values():
            worked_out = self.area.settle([self.stays[row] for row in rows])
            found.update(zip(rows, worked_out, strict=True))
        return found

    def rows(self) -> pl.DataFrame:
        """The stays as the readers hand them on."""
        lines = [as_read(row, stay, self.people[row]) for row, stay in self.stays.items()]
        asked = ("away", "major", "visit", "referral", "disease_code", "illness", "years", "kind")
        texts = [f"x_{name}" for name in asked]
        return pl.DataFrame(lines, schema={**READ_STAYS, **dict.fromkeys(texts, pl.String)})


@dataclass(frozen=True)
class Listed(Office):
    """An office whose roster has these people."""

    people: tuple[Person, ...] = field(default=())

    @property
    def roster(self) -> pl.DataFrame:  # type: ignore[override]
        blank = {**dict.fromkeys(READ_ROSTER), "source": "册.csv", "id_numeric": False}
        entries = [
            {"name": person.name, "id_raw": person.id_no, "category_raw": kind}
            | {"from_on": start, "to_on": end}
            for person in self.people
            for kind, start, end in person.entries
        ]
        numbered = [{**blank, **entry, "row": row} for row, entry in enumerate(entries, 2)]
        entries_read = pl.DataFrame(numbered, schema=dict(READ_ROSTER))
        return understand_roster(entries_read, self._kind)

    def _kind(self, text: str) -> str | None:
        """What a document names as having no right is no kind."""
        return None if text in self.book.no_right else text


def by_person(people: Mapping[int, Person]) -> dict[str, list[int]]:
    """ID → rows."""
    rows: dict[str, list[int]] = {}
    for row, person in people.items():
        rows.setdefault(person.id_no, []).append(row)
    return rows


def make_county(rng: Random, area: Area, size: int, *, within_year: bool) -> County:
    """About `size` stays. `within_year`: settled in the year of discharge, so that years stand alone."""
    hospitals = make_hospitals(area)
    stays: dict[int, Stay] = {}
    people: dict[int, Person] = {}
    while len(stays) < size:
        person = make_person(rng, area, len(stays))
        for stay in life(rng, area, person, hospitals, within_year=within_year):
            row = len(stays) + 2
            number = stay.stay_no or f"ZY{rng.randrange(10**9):09d}"
            stays[row] = replace(stay, row=row, stay_no=number)
            people[row] = person
    for rows in by_person(people).values():
        claimed = with_claims(rng, area, [stays[row] for row in rows])
        stays.update(zip(rows, claimed, strict=True))
    listed = tuple({person.id_no: person for person in people.values()}.values())
    office = Listed(area.documents(), area.kinds, register(hospitals), people=listed)
    return County(area, stays, people, office)


def make_hospitals(area: Area) -> list[Hospital]:
    """Two of each level, and where documents ask more of a hospital, some of every sort."""
    made = [Hospital(f"{level}{n}", level) for level in LEVELS for n in (1, 2)]
    if "hospital" in area.ask:
        for level in LEVELS:
            made.append(Hospital(f"{level}-private", level, private=True))
            made.append(Hospital(f"{level}-outside", level, out_of_province=True))
            made.append(Hospital(f"{level}-other", level, designated=False))
            made.append(Hospital(f"{level}-both", level, private=True, designated=False))
    if "village" in area.ask:
        made.append(Hospital("village1", "village"))
    if "community" in area.ask:
        made += [Hospital(f"{level}-community", level, community=True) for level in LEVELS]
    return made


def register(hospitals: list[Hospital]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "hospital": [each.name for each in hospitals],
            "level": [each.level for each in hospitals],
            "ownership": ["民营" if each.private else "公立" for each in hospitals],
            "所在地": ["外省" if each.out_of_province else "省内" for each in hospitals],
            "定点": ["定点" if each.designated else "非定点" for each in hospitals],
            "机构类别": ["社区卫生服务站" if each.community else "" for each in hospitals],
        }
    )


def make_person(rng: Random, area: Area, number: int) -> Person:
    """Somebody of any age, some about to be sixty, on the roster for ever, for a while, twice, or not at all."""
    turns_sixty = date(area.first.year - 60, 1, 1) + timedelta(rng.randrange(700))
    any_day = date(1930, 1, 1) + timedelta(rng.randrange(25000))
    born = rng.choice([turns_sixty, any_day])
    entries = []
    for _ in range(rng.choice([0, 1, 1, 1, 2]) if area.kinds else 0):
        start = rng.choice([None, None, some_day(rng, area)])
        end = rng.choice([None, None, some_day(rng, area)])
        if start and end and end < start:
            start, end = end, start
        entries.append((rng.choice(area.kinds), start, end))
    id_no = make_id(f"6399{number // 900 % 100:02d}{born:%Y%m%d}{number % 900:03d}")
    return Person(f"人{number}", id_no, born, tuple(entries))


def some_day(rng: Random, area: Area) -> date:
    return area.first + timedelta(rng.randrange((area.last - area.first).days))


def life(
    rng: Random, area: Area, person: Person, hospitals: list[Hospital], *, within_year: bool
) -> Iterator[Stay]:
    """A person's stays one after another, some begun on the day the one before ended; settled then or later."""
    counts_eligible = rng.random() < 0.85  # else some of the files have no 可补偿 column
    counts_eligible |= "all eligible" in area.ask
    years = rng.choice([0, 3, 4, 5, 6, 12])
    free, before = some_day(rng, area), ZERO
    if "new year" in area.ask:
        free = date(area.first.year, 11, 20) + timedelta(rng.randrange(40))
    for _ in range(rng.choice([1, 2, 3, 4, 6, 9])):
        admitted = free + timedelta(rng.choice([0, 1, 2, 10, 40]))
        discharged = admitted + timedelta(rng.choice([1, 3, 8, 30]))
        if discharged > area.last:
            return
        free = discharged
        settled = discharged + timedelta(rng.choice([0, 0, 0, 1, 5, 60]))
        if within_year:
            settled = min(settled, date(discharged.year, 12, 31))
        known = counts_eligible or rng.random() < 0.6
        stay = one_stay(rng, area, person, rng.choice(hospitals), admitted, discharged)
        total, eligible = amounts(rng, area, before)
        before = eligible
        stay = replace(
            stay,
            years=years,
            settled=settled,
            categories=person.kinds(settled if stay.scheme in area.on_settlement else admitted),
            at=rng.choice([None, time(rng.randrange(24), rng.randrange(60), 7)])
            if "settled_at" in READ_STAYS
            else None,
            total=total,
            unreadable=rng.choice(("total", "eligible")) if rng.random() < 0.02 else "",
            eligible=eligible if known else None,
        )
        over = admitted.year < discharged.year and "new year" in area.ask and not within_year
        if over and rng.random() < 0.6:
            yield from halves(rng, area, stay, person, before)
            continue
        if "interim" not in area.ask or stay.outpatient or rng.random() < 0.7:
            yield stay
            continue
        visit = f"V{person.id_no[6:]}{admitted:%m%d}"
        for number in range(rng.choice([2, 3])):
            total, eligible = amounts(rng, area, before)
            part = replace(
                stay, stay_no=visit, settlement=f"{visit}-{number}", total=total, eligible=eligible
            )
            last = min(discharged + timedelta(7 * number), area.last)
            yield replace(part, discharged=last, settled=max(settled, last))
            free = last


def halves(rng: Random, area: Area, stay: Stay, person: Person, before: Yuan) -> Iterator[Stay]:
    """A stay over New Year in two rows: settlements of one visit, or two stays of which one goes on from the other."""
    total, eligible = amounts(rng, area, before)
    last = date(stay.admitted.year, 12, 31)
    first = replace(stay, discharged=last, settled=last, at=None, total=total, eligible=eligible)
    if rng.random() < 0.6:
        visit = f"V{person.id_no[6:]}{stay.admitted:%m%d}"
        yield replace(first, stay_no=visit, settlement=f"{visit}-1")
        yield replace(stay, stay_no=visit, settlement=f"{visit}-2")
        return
    begun = last + timedelta(rng.choice([0, 1]))
    yield first
    if begun <= stay.discharged:
        yield replace(stay, admitted=begun, categories=person.kinds(begun))


def one_stay(
    rng: Random, area: Area, person: Person, hospital: Hospital, admitted: date, discharged: date
) -> Stay:
    """A stay without amounts."""
    schemes = area.schemes or ("",)
    outpatient = "outpatient" in area.ask or f"outpatient {discharged.year}" in area.ask
    return Stay(
        admitted=admitted,
        discharged=discharged,
        hospital=hospital.name,
        level=hospital.level,
        stay_no="",
        total=ZERO,
        eligible=None,
        categories=person.kinds(admitted),
        born=person.born,
        outpatient=outpatient and rng.random() < 0.3,
        disease=rng.choice(("", *area.diseases)),
        scheme=schemes[int(person.id_no[14:17]) % len(schemes)],
        away="away" in area.ask and rng.random() < 0.2,
        major="major" in area.ask and rng.random() < 0.3,
        out_of_province=hospital.out_of_province,
        private=hospital.private,
        designated=hospital.designated,
        community=hospital.community,
        source="医院.csv",
    )


def amounts(rng: Random, area: Area, before: Yuan) -> tuple[Yuan, Yuan]:
    """Total and eligible cost: on an edge, a fen beside it, what is left to an edge after the stay before, or any."""
    edge = Fraction(rng.choice(area.edges))
    near = rng.choice([-FEN, ZERO, FEN])
    scale = rng.choice([1000, 5000, 20000, 100000, 300000])
    eligible = rng.choice(
        [
            edge + near,
            max(edge - before, ZERO) + near,
            Fraction(rng.randrange(scale * 100), 100),
            Fraction(rng.randrange(scale * 100), 100),
        ]
    )
    eligible = max(eligible, ZERO)
    more = rng.choice([ZERO, FEN, eligible / 5, eligible / 2])
    total = eligible + Fraction(int(more * 100), 100)
    if rng.random() < 0.02:  # more eligible than total cost: such a stay is held
        return eligible + FEN, eligible + 2 * FEN
    return total, eligible


def with_claims(rng: Random, area: Area, stays: list[Stay]) -> list[Stay]:
    """What hospitals claim: by habit exactly what is due, nothing, a fen or two beside it, or something wrong."""
    honest = rng.random() < 0.3
    habits = [
        {
            layer: "exact" if honest else rng.choice(["exact", "exact", "none", "near", "wrong"])
            for layer in area.layers
        }
        for _ in stays
    ]
    claimed = [
        mistaken(stay, {layer: FEN for layer in area.layers if habit[layer] != "none"})
        for stay, habit in zip(stays, habits, strict=True)
    ]
    drawn = [{layer: rng.random() for layer in area.layers} for _ in stays]
    for _ in range(4):  # what is due may hang on whether it is claimed
        outcomes = area.settle(claimed)
        claimed = [
            replace(stay, claimed=claims(stay, outcome, habit, luck))
            for stay, outcome, habit, luck in zip(claimed, outcomes, habits, drawn, strict=True)
        ]
    return claimed


def mistaken(stay: Stay, claimed: dict[str, Yuan]) -> Stay:
    """The stay with these claims, held where its amounts cannot be right."""
    wrong = stay.eligible is not None and stay.eligible > stay.total
    return replace(stay, claimed=claimed, held=wrong or bool(stay.unreadable))


def claims(
    stay: Stay, outcome: Outcome, habit: Mapping[str, str], luck: Mapping[str, float]
) -> dict[str, Yuan]:
    """One stay's claims; a layer that nobody claimed is blank or 0."""
    claimed: dict[str, Yuan] = {}
    for layer, how in habit.items():
        part = outcome.parts.get(layer)
        right = (part.due if part.due is not None else part.bound) if part else None
        share = Fraction(int(luck[layer] * 1000), 1000)
        some = Fraction(int(stay.total * share * 70), 100)
        if how == "none":
            if luck[layer] < 0.5:
                claimed[layer] = ZERO
        elif right is None or how == "wrong":
            claimed[layer] = some
        elif how == "near":
            claimed[layer] = max(right + int(luck[layer] * 5 - 2) * FEN, ZERO)
        else:
            claimed[layer] = right
    return claimed


def as_read(row: int, stay: Stay, person: Person) -> dict[str, Any]:
    """One line of the hospital's export; further columns only where the second hand knows of them."""
    blank = stay.eligible is None or stay.unreadable == "eligible"
    line: dict[str, Any] = {
        **dict.fromkeys(READ_STAYS),
        "source": stay.source, "row": row, "hospital_raw": stay.hospital, "stay_no": stay.stay_no,
        "name": person.name, "id_raw": person.id_no, "id_numeric": False,
        "admitted_on": stay.admitted, "discharged_on": stay.discharged, "settled_on": stay.settled,
        "disease": stay.disease or None,
        "scheme_raw": stay.scheme or None,
        "total_fen": None if stay.unreadable == "total" else fen(stay.total),
        "amount_fault": f"{stay.unreadable}: 无法识别" if stay.unreadable else None,
        "eligible_fen": None if blank else fen(stay.in_scope),
        "has_eligible": stay.eligible is not None or stay.unreadable == "eligible",
        "x_away": "外出务工急病" if stay.away else None,
        "x_years": str(stay.years),
        "inpatient": False if stay.outpatient else None,
        "settlement_no": stay.settlement or None,
        "visit_no": stay.stay_no if stay.settlement else None,
        "x_major": "是" if stay.major else None,
        "x_kind": "精神病住院" if stay.major else None,
        "x_referral": "临时外出就医" if stay.away else None,
        "x_disease_code": {"高血压": "M03900", "糖尿病": "M01600"}.get(stay.disease),
        "x_illness": stay.disease or None,
        "x_visit": (_CHRONIC if stay.scheme else "普通门诊") if stay.outpatient else "住院",
    }  # fmt: skip
    if "settled_at" in READ_STAYS and stay.settled and stay.at:
        line["settled_at"] = datetime.combine(stay.settled, stay.at)
    for layer, claimed in stay.claimed.items():
        line[f"{layer}_claimed_fen"] = fen(claimed)
    return line


def fen(amount: Yuan) -> int:
    """Whole fen; an amount that is none is a mistake of this bench."""
    assert (amount * 100).denominator == 1, amount
    return int(amount * 100)
