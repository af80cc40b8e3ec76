"""A county in which every hospital has one habit: its files, and what is true of each amount."""

from __future__ import annotations

import copy
import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from benchmarks.habits.catalogue import MISPLACED, Planted, habits
from benchmarks.habits.document import KINDS, LEVELS, Document, as_rule, random_document
from benchmarks.habits.reckoning import Bill, Person, reckon, settle
from onestop_cli.tables.schema import LEVELS as LEVEL_NAMES
from samples.fabricate.people import make_id

COLUMNS = {
    "basic": "新农合补偿",
    "critical": "大病保险",
    "assistance": "医疗救助",
    "extra": "倾斜救助",
}
PERIOD = "2024"
_START = date(2024, 1, 5)


@dataclass(frozen=True)
class Hospital:
    """`writes`: a habit of writing; `share`: percent of stays on which a habit shows."""

    name: str
    level: str
    reckons: Planted | None = None
    writes: str = ""
    noise: bool = False
    share: int = 60


@dataclass
class Stay:
    """`claimed`: by layer, and `self`. `why`: layer → every token that gives the claimed amount."""

    hospital: Hospital
    number: int
    person: int
    day: date
    bill: Bill
    due: dict[str, int]
    claimed: dict[str, int] = field(default_factory=dict)
    why: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class County:
    document: Document
    stays: list[Stay]
    people: list[Person]


def habit_county(seed: int, layers: int, *, hospitals: int = 40, each: int = 30) -> County:
    """Hospitals with habits, a few that are fair."""
    rng = Random(seed)
    document = random_document(rng, layers)
    known = habits(document)
    rng.shuffle(known)
    names = [*MISPLACED, *known, *known][: hospitals - 3] + [None] * 3
    rows = [_hospital(rng, number, habit) for number, habit in enumerate(names)]
    return _filled(rng, document, rows, known, each)


def noise_county(seed: int, layers: int, stays: int) -> County:
    """Hospitals that claim anything at all."""
    rng = Random(seed)
    document = random_document(rng, layers)
    rows = [Hospital(f"{n}号医院", LEVELS[n % 4], noise=True, share=100) for n in range(10)]
    return _filled(rng, document, rows, habits(document), stays // 10)


def _hospital(rng: Random, number: int, habit: Planted | str | None) -> Hospital:
    name, level = f"{number}号医院", rng.choice(LEVELS)
    if isinstance(habit, str):
        return Hospital(name, level, writes=habit)
    return Hospital(name, level, habit, share=rng.choice((15, 40, 80)))


def _filled(
    rng: Random, document: Document, hospitals: list[Hospital], known: list[Planted], each: int
) -> County:
    people: list[Person] = []
    order = [hospital for hospital in hospitals for _ in range(each)]
    rng.shuffle(order)
    again: list[int] = []
    stays = []
    for number, hospital in enumerate(order):
        day = _START + timedelta(days=number * 340 // len(order))
        once = bool(hospital.writes or hospital.noise)
        who = _patient(rng, people, again, once)
        stay = _stay(rng, document, hospital, number, who, people[who], day, known)
        stays.append(stay)
        if not once and all(stay.claimed[layer] for layer, due in stay.due.items() if due):
            again.append(who)
    _shift(stays)
    return County(document, stays, people)


def _patient(rng: Random, people: list[Person], again: list[int], once: bool) -> int:
    """A new patient, or one who was in hospital long before, and for whom all that was due was claimed: what nobody
    claimed has its place in the year after what was."""
    if not once and len(again) >= 30 and rng.random() < 0.3:
        return again.pop(0)
    people.append(Person(rng.choice((*KINDS, *KINDS, ""))))
    return len(people) - 1


def _stay(
    rng: Random, document: Document, hospital: Hospital, number: int, who: int, person: Person,
    day: date, known: list[Planted],
) -> Stay:  # fmt: skip
    total = int(rng.lognormvariate(9.4, 0.8) * 100) + 80_000
    first = total * rng.randint(0, 8) // 100
    eligible = total * rng.randint(70, 97) // 100 - rng.randint(0, 99)
    bill = Bill(hospital.level, person.kind, total, eligible, first)
    earlier = copy.deepcopy(person)
    due = settle(document, bill, person)
    stay = Stay(hospital, number, who, day, bill, due, dict(due))
    if rng.randrange(100) < hospital.share:
        if hospital.noise:
            _noise(rng, document, stay)
        elif hospital.reckons:
            _reckoned(rng, document, stay, earlier, hospital.reckons, known)
        else:
            _written(document, stay)
    left = total - sum(stay.claimed.values())
    stay.claimed.setdefault("self", max(left, 0))
    return stay


def _reckoned(
    rng: Random, document: Document, stay: Stay, earlier: Person, planted: Planted, known: list[Planted]
) -> None:  # fmt: skip
    """One layer by a habit, and in some hospitals the later ones on the hospital's own figures."""
    own = stay.hospital.name < "5"
    for tier in document.tiers:
        before = {name: stay.claimed[name] for name in document.ids[: document.ids.index(tier.id)]}
        right = {name: stay.due[name] for name in before}
        year = earlier.year(tier.id)
        if tier.id == planted.layer:
            amount = reckon(tier, stay.bill, year, right, planted.habit).amount
            stay.claimed[tier.id] = amount or stay.due[tier.id]
            base = {_told(planted.token, stay.bill.level)}
        elif own and planted.layer in before:
            stay.claimed[tier.id] = reckon(tier, stay.bill, year, before).amount
            base = {"upstream"}
        else:
            continue
        claimed = stay.claimed[tier.id]
        if abs(claimed - stay.due[tier.id]) > 1:
            stay.why[tier.id] = base | {
                _told(other.token, stay.bill.level) for other in known
                if other.layer == tier.id
                and reckon(tier, stay.bill, year, right, other.habit).amount == claimed
            }  # fmt: skip


def _told(token: str, level: str) -> str:
    """A token without the level that is the hospital's own."""
    return token.removeprefix(f"level:{level}+")


def _written(document: Document, stay: Stay) -> None:
    """Right amounts in wrong places."""
    due, how = stay.due, stay.hospital.writes
    if how == "swapped":
        last = document.ids[-1]
        stay.claimed["basic"], stay.claimed[last] = due[last], due["basic"]
        _why(stay, ("basic", last), how)
    elif how == "lumped":
        stay.claimed = dict.fromkeys(due, 0) | {"basic": sum(due.values())}
        stay.claimed["self"] = stay.bill.total - sum(due.values())
        _why(stay, document.ids, how)
    elif how == "omitted":
        stay.claimed["basic"] = 0
        _why(stay, ("basic",), how)
    elif how == "shift:decimal":
        stay.claimed["basic"] = (due["basic"] + 5) // 10
        _why(stay, ("basic",), how)


def _why(stay: Stay, layers: tuple[str, ...], token: str) -> None:
    for layer in layers:
        if abs(stay.claimed[layer] - stay.due[layer]) > 1:
            stay.why[layer] = {token}


def _shift(stays: list[Stay]) -> None:
    """Where a list has slipped, from its third row on every insurance amount is that of the row above."""
    own = [stay for stay in stays if stay.hospital.writes == "shift"]
    for above, stay in list(pairwise(own))[2:14]:
        stay.claimed["basic"] = above.due["basic"]
        _why(stay, ("basic",), "shift")


def _noise(rng: Random, document: Document, stay: Stay) -> None:
    """Any amount: near what is due or far from it, often in whole yuan; less than nothing is nothing."""
    layer = rng.choice(document.ids) if stay.bill.kind else "basic"
    due = stay.due[layer]
    amount = rng.choice((rng.randint(0, stay.bill.total), due + int(rng.gauss(0, 150_000))))
    amount = min(max(amount, 0), stay.bill.total)
    stay.claimed[layer] = amount // 100 * 100 if rng.random() < 0.4 else amount
    if abs(stay.claimed[layer] - due) > 1:
        stay.why[layer] = set()


def write(county: County, folder: Path) -> Mapping[tuple[str, int], Stay]:
    """Lists, roster, register and rule; the stays by file and row."""
    (folder / "rule.toml").write_text(as_rule(county.document), "utf-8", newline="\n")
    _table(folder / "register.csv", [("机构名称", "机构级别"), *_register(county)])
    roster = [
        (f"居民{_words(n)}", _id(n), person.kind)
        for n, person in enumerate(county.people)
        if person.kind
    ]
    _table(folder / "roster" / "花名册.csv", [("姓名", "身份证号", "救助类别"), *roster])
    places = {}
    for name in dict.fromkeys(stay.hospital.name for stay in county.stays):
        own = [stay for stay in county.stays if stay.hospital.name == name]
        _table(folder / "lists" / f"{name}.csv", [_header(county), *(_row(s) for s in own)])
        places |= {(f"{name}.csv", row): stay for row, stay in enumerate(own, 2)}
    return places


def _register(county: County) -> list[tuple[str, str]]:
    hospitals = dict.fromkeys(stay.hospital for stay in county.stays)
    return [(hospital.name, LEVEL_NAMES[hospital.level]) for hospital in hospitals]


def _header(county: County) -> tuple[str, ...]:
    layers = (COLUMNS[layer] for layer in county.document.ids)
    return (
        "住院号", "姓名", "身份证号", "入院日期", "出院日期", "结算日期",
        "总费用", "可补偿费用", "先行自付", *layers, "个人自付",
    )  # fmt: skip


def _row(stay: Stay) -> tuple[object, ...]:
    amounts = (stay.bill.total, stay.bill.eligible, stay.bill.first_pay)
    claimed = (stay.claimed[layer] for layer in (*stay.due, "self"))
    return (
        f"Z{stay.number:05d}", f"居民{_words(stay.person)}", _id(stay.person),
        stay.day - timedelta(days=3), stay.day, stay.day,
        *(f"{fen // 100}.{fen % 100:02d}" for fen in (*amounts, *claimed)),
    )  # fmt: skip


def _words(number: int) -> str:
    return "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in f"{number:04d}")


def _id(number: int) -> str:
    return make_id(1 + number % 20, date(1950, 1, 1) + timedelta(days=number), number % 899 + 1)


def _table(path: Path, rows: list[tuple[object, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
