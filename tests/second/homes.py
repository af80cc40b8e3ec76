"""A made-up document of what a list, a hospital and a household bring, and the plain loop that its sentences ask for.

A list of persons raises the first layer's limit of the year; the hospital waives a tenth of what is left to people on
the roster; the last layer looks at whole hundreds, pays whole tens, and has a limit for a person and one for a
household. The county is a small one of its own: households of one to three, people without a number, months and books.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from onestop_cli.core.identify import make_id
from onestop_cli.core.roster import understand_roster
from onestop_cli.rulebook.library import LoadedRule, load_rule
from onestop_cli.tables.schema import INSURED, LEVELS, READ_ROSTER, READ_STAYS
from tests.made.books import Office
from tests.second.split import TOLERANCE
from tests.second.stays import ZERO, Outcome, Part, Stay, Yuan, half_up
from tests.second.year import order

LAYERS = ("basic", "waiver", "assistance")
POOR = "低保对象"
DOCUMENT = """
id = "homes-2024"
title = "示例县待遇（编造）"
area = "homes"
source = { document = "示例县待遇办法（编造）" }
effective = { from = 2024-01-01, to = 2024-12-31, quote = "自2024年1月1日起施行，有效期一年" }
basis = { governing_date = "discharge", quote = "以出院日期为准" }
categories = { priority = ["低保对象"], quote = "低保对象" }

[[layer]]
id = "basic"
name = "基本医保"
also = ["bonus"]
base = { from = "eligible", quote = "政策范围内费用按60%支付" }
deductible = [{ amount = 0, quote = "不设起付标准" }]
rate = [{ rate = 0.60, quote = "政策范围内费用按60%支付" }]
cap = [{ amount = 5000, quote = "全年最高5000元" }]

[[layer.bonus]]
per_year = 300
after = 4
listed = true
most = 0.20
quote = "连续参保满4年后每满1年提高300元，零报销的按名单提高，合计不超过20%"

[[layer]]
id = "waiver"
name = "医院减免"
kind = "waiver"
who = "roster"
also = ["stay_cap"]
base = { from = "total", less = ["basic"], quote = "低保对象个人负担减免10%，每次不超过200元" }
deductible = [{ amount = 0, quote = "低保对象个人负担减免10%，每次不超过200元，不设起付线" }]
rate = [{ rate = 0.10, quote = "低保对象个人负担减免10%，每次不超过200元" }]
stay_cap = [{ amount = 200, quote = "低保对象个人负担减免10%，每次不超过200元" }]
cap = [{ amount = "none", quote = "低保对象个人负担减免10%，每次不超过200元" }]

[[layer]]
id = "assistance"
name = "医疗救助"
who = "roster"
also = ["household_cap"]
rounding = { unit = 10, mode = "up", quote = "救助金额不足10元的按10元计" }
deductible = [{ amount = 0, quote = "不设起付线" }]
rate = [{ rate = 0.50, quote = "其余部分救助50%" }]
cap = [{ amount = 1500, quote = "每人每年1500元，每户2500元" }]
household_cap = [{ amount = 2500, quote = "每人每年1500元，每户2500元" }]

[layer.base]
from = "total"
less = ["basic", "waiver"]
quote = "其余部分救助50%"
rounding = { unit = 100, mode = "truncate", quote = "不足100元的舍去" }
"""


def documents() -> tuple[LoadedRule, ...]:
    return (load_rule(Path("homes-2024.toml"), DOCUMENT.encode()),)


@dataclass(frozen=True)
class Person:
    """Somebody of a `home` ("" where nobody knows), on the roster or not, with what the list says (None: not on it)."""

    name: str
    id_no: str
    home: str
    poor: bool
    listed: tuple[int, Yuan] | None


Given = dict[int, tuple[Person, Stay]]
"""Row → whose stay it is."""


def outcomes(given: Given) -> dict[int, Outcome]:
    """Every stay, by its row."""
    basic = first_layer(given)
    waiver = {row: waived(*given[row], part) for row, part in basic.items()}
    assistance = last_layer(given, basic, waiver)
    return {
        row: split(
            stay, {"basic": basic[row], "waiver": waiver[row], "assistance": assistance[row]}
        )
        if row in basic
        else held(stay)
        for row, (_, stay) in given.items()
    }


def in_turn(given: Given, layer: str) -> list[int]:
    """The rows that are settled: claimed ones first, each in the contract's order."""
    live = [row for row, (_, stay) in given.items() if not stay.held]
    return sorted(live, key=lambda row: (given[row][1].claims(layer) <= 0, order(given[row][1])))


def first_layer(given: Given) -> dict[int, Part]:
    bills: dict[str, Yuan] = defaultdict(Fraction)
    for person, stay in given.values():
        bills[person.id_no] += stay.total
    used: dict[str, Yuan] = defaultdict(Fraction)
    parts = {}
    for row in in_turn(given, "basic"):
        person, stay = given[row]
        wanted = half_up(stay.in_scope * Fraction(60, 100))
        if person.listed is None and bills[person.id_no] > 5000:
            parts[row] = Part("bound", bound=min(wanted, Fraction(6000)))
            continue
        years, more = person.listed or (0, Fraction(1000))
        limit = 5000 + min(Fraction(1000), more + 300 * max(0, years - 4))
        due = max(ZERO, min(wanted, limit - used[person.id_no]))
        used[person.id_no] += due
        parts[row] = Part("exact", due=due)
    return parts


def left(stay: Stay, parts: Iterable[tuple[str, Part]]) -> Yuan:
    """What earlier layers leave of the bill: what is due, or what was claimed as far as it can be right."""
    rest = stay.total
    for layer, part in parts:
        rest -= part.due if part.due is not None else min(stay.claims(layer), part.bound or ZERO)
    return rest


def waived(person: Person, stay: Stay, basic: Part) -> Part:
    if not person.poor:
        return Part("exact", due=ZERO)
    amount = min(half_up(left(stay, [("basic", basic)]) / 10), Fraction(200))
    if basic.check == "exact":
        return Part("exact", due=amount)
    return Part("bound", bound=amount)


def last_layer(given: Given, basic: dict[int, Part], waiver: dict[int, Part]) -> dict[int, Part]:
    own: dict[str, Yuan] = defaultdict(Fraction)
    home: dict[str, Yuan] = defaultdict(Fraction)
    parts = {}
    for row in in_turn(given, "assistance"):
        person, stay = given[row]
        if not person.poor:
            parts[row] = Part("exact", due=ZERO)
            continue
        rest = left(stay, [("basic", basic[row]), ("waiver", waiver[row])])
        half = Fraction(rest // 100 * 100, 2)
        wanted = min(Fraction(-(-half // 10) * 10), rest)
        if waiver[row].check == "bound" or not person.home:
            parts[row] = Part("bound", bound=min(wanted, Fraction(1500)))
            continue
        rooms = (1500 - own[person.id_no], 2500 - home[person.home])
        due = max(ZERO, min(wanted, *rooms))
        own[person.id_no] += due
        home[person.home] += due
        parts[row] = Part("exact", due=due)
    return parts


def held(stay: Stay) -> Outcome:
    return Outcome("held", {layer: Part("none", held=fen) for layer, fen in stay.claimed.items()})


def split(stay: Stay, parts: dict[str, Part]) -> Outcome:
    """As every stay is split, but for the waiver: the hospital keeps what it gave too much, no fund pays what it gave
    too little, and only what is left over from funds makes that up."""
    for layer, part in parts.items():
        claimed, most = stay.claims(layer), part.due if part.due is not None else part.bound
        assert most is not None
        near = claimed - most <= TOLERANCE or layer == "waiver"
        part.payable = claimed if near else most
        part.deducted = claimed - part.payable
        if part.due is not None and part.due - claimed > TOLERANCE:
            part.shortfall = part.due - claimed
    if all(part.check == "exact" for part in parts.values()):
        over = sum((part.deducted for part in parts.values()), ZERO)
        for layer in ("basic", "assistance", "waiver"):
            parts[layer].offset = min(parts[layer].shortfall, over)
            over -= parts[layer].offset
    owed = [parts[layer].shortfall - parts[layer].offset for layer in ("basic", "assistance")]
    return Outcome("settled", parts, sum(owed, ZERO))


@dataclass(frozen=True)
class Homes(Office):
    """An office whose roster and list have these people."""

    people: tuple[Person, ...] = field(default=())

    @cached_property
    def roster(self) -> pl.DataFrame:  # type: ignore[override]
        blank = {**dict.fromkeys(READ_ROSTER), "source": "册.csv", "id_numeric": False}
        entries = [
            {**blank, "row": row, "name": person.name, "id_raw": person.id_no,
             "category_raw": POOR, "township": "甲乡", "family_no": person.home or None}
            for row, person in enumerate(self.people, 2) if person.poor
        ]  # fmt: skip
        return understand_roster(pl.DataFrame(entries, schema=dict(READ_ROSTER)), str)


def make_people(rng: Random, homes: int) -> Iterator[Person]:
    number = 0
    for home in range(homes):
        for _ in range(rng.choice((1, 2, 3))):
            number += 1
            yield Person(
                f"人{number}",
                make_id(f"639901{1940 + number % 60}0101{number:03d}"),
                rng.choice((f"{home}", f"{home}", f"{home}", "")),
                rng.random() < 0.85,
                rng.choice((None, (3, ZERO), (5, ZERO), (6, Fraction(100)), (30, Fraction(900)))),
            )


def make_stays(rng: Random, people: list[Person]) -> Given:
    given: Given = {}
    for person in people:
        for _ in range(rng.choice((1, 2, 3, 5))):
            row = len(given) + 2
            day = date(2024, 1, 1) + timedelta(rng.randrange(150))
            total = Fraction(rng.randrange(20_000, 500_000), 100)
            eligible = total if rng.random() < 0.5 else half_up(total * 3 / 4)
            wrong = rng.random() < 0.05
            given[row] = person, Stay(
                day, day, "县级医院", "county", f"ZY{row}", total,
                total + 1 if wrong else eligible, settled=day, held=wrong, row=row,
            )  # fmt: skip
    return without_overlap(given)


def without_overlap(given: Given) -> Given:
    """No two stays of a person on one day."""
    met: set[tuple[str, date]] = set()
    kept = {}
    for row, (person, stay) in given.items():
        if (person.id_no, stay.admitted) not in met:
            met.add((person.id_no, stay.admitted))
            kept[row] = person, stay
    return kept


def with_claims(rng: Random, given: Given) -> Given:
    """What is due, nothing, or something else; what is due may hang on whether it is claimed."""
    habits = {
        row: {layer: rng.choice(("exact", "exact", "none", "wrong")) for layer in LAYERS}
        for row in given
    }
    drawn = {
        row: {layer: Fraction(rng.randrange(100_000), 100) for layer in LAYERS} for row in given
    }
    some = {layer: Fraction(1, 100) for layer in LAYERS}
    given = {row: (who, replace(stay, claimed=some)) for row, (who, stay) in given.items()}
    for _ in range(4):
        found = outcomes(given)
        given = {
            row: (who, replace(stay, claimed=claims(found[row], habits[row], drawn[row])))
            for row, (who, stay) in given.items()
        }
    return given


def claims(outcome: Outcome, habit: dict[str, str], drawn: dict[str, Yuan]) -> dict[str, Yuan]:
    said = {}
    for layer in LAYERS:
        part = outcome.parts.get(layer, Part("none"))
        right = part.due if part.due is not None else part.bound
        if habit[layer] != "none":
            wrong = habit[layer] == "wrong" or right is None
            said[layer] = drawn[layer] if wrong else right or ZERO
    return said


def make(rng: Random, homes: int) -> tuple[Given, Homes]:
    """Households with their stays and claims, and the office that will work them out."""
    people = list(make_people(rng, homes))
    given = with_claims(rng, make_stays(rng, people))
    register = pl.DataFrame({"hospital": ["县级医院"], "level": ["county"], "ownership": ["公立"]})
    listed = [
        {
            "id_no": p.id_no,
            "name_key": p.name,
            "years": p.listed[0],
            "raise_fen": int(p.listed[1] * 100),
        }
        for p in people
        if p.listed
    ]
    insured = pl.DataFrame(listed, schema=dict(INSURED))
    return given, Homes(documents(), (POOR,), register, insured=insured, people=tuple(people))


def rows(given: Given) -> pl.DataFrame:
    """The stays as the readers hand them on."""
    return pl.DataFrame(
        [as_read(person, stay) for person, stay in given.values()], schema=dict(READ_STAYS)
    )


def as_read(person: Person, stay: Stay) -> dict[str, Any]:
    assert stay.eligible is not None
    return {
        **dict.fromkeys(READ_STAYS), "source": "", "row": stay.row, "hospital_raw": stay.hospital,
        "level_raw": LEVELS[stay.level], "stay_no": stay.stay_no, "name": person.name,
        "id_raw": person.id_no, "id_numeric": False, "admitted_on": stay.admitted,
        "discharged_on": stay.discharged, "settled_on": stay.settled,
        "total_fen": int(stay.total * 100), "eligible_fen": int(stay.eligible * 100),
        "has_eligible": True,
        **{f"{layer}_claimed_fen": int(fen * 100) for layer, fen in stay.claimed.items()},
    }  # fmt: skip
