"""An ordinary quarter of a made-up county: hospitals, families, and who was ill; nothing is planted yet."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from benchmarks.planted.illness import (
    CATARACT,
    CHEMO,
    DIALYSIS,
    FLU,
    ILLNESSES,
    POISONING,
    PSYCHIATRIC,
    Illness,
)
from onestop_cli.county.periods import Period
from samples.fabricate.people import make_id

LEVELS = {"t": "township", "c": "county", "s": "city", "p": "province"}
_BASE = {
    "township": (1250, 6.0),
    "county": (2500, 8.5),
    "city": (6200, 11.0),
    "province": (9800, 12.5),
}
_COVERED = {"township": 0.93, "county": 0.86, "city": 0.78, "province": 0.72}
_VISITS = {"t": 50, "c": 36, "s": 9, "p": 5}
_SURNAMES = "李王张刘陈赵马郭韩贺温崔秦邓苗康田冉蒲晁杨周吴徐孙胡朱高林何罗梁宋唐许冯于董萧程"
_GIVEN = (
    "秀兰桂英海军生财福寿春梅玉莲文明成林贵有才元宝花霞建国志强燕丽平安永红雪晓金凤德发淑珍云芳占全"
)
_VILLAGES = (
    "河口", "石窑", "杏花", "桃园", "双泉", "小寨", "新庄", "台子", "磨坊", "梨树", "羊圈", "土楼", "芦苇", "枣林",
    "沙湾", "前进", "团结", "和平", "胜利", "新民", "上庄", "下庄",
)  # fmt: skip
_TOWNS = (
    "青禾镇", "柳沟乡", "东滩镇", "红崖乡", "金坪镇", "麦田乡", "雪山乡", "榆树湾镇", "白杨镇", "石门乡", "清水镇",
    "黑泉乡", "大寺镇", "双桥乡",
)  # fmt: skip


@dataclass(frozen=True)
class Hospital:
    """A hospital with habits of its own: cost, days, coverage, how it writes illnesses, how busy its weekends are."""

    name: str
    level: str
    private: bool
    town: str
    cost: float
    days: float
    covered: float
    weekend: float
    naming: int
    tens: float
    slips: float

    @property
    def short(self) -> str:
        return next(short for short, level in LEVELS.items() if level == self.level)


@dataclass(frozen=True)
class Person:
    """`category` is the roster's, empty for people on none; `role` in the household is 户主, 配偶, 子女 or 父母."""

    name: str
    id_no: str
    born: date
    sex: str
    town: str
    village: str
    household: int
    role: str
    category: str = ""

    def age(self, day: date) -> int:
        return (day - self.born).days // 365


@dataclass
class Stay:
    """A row of a hospital's list; `claims` replaces what the rules give, `written` what a cell says."""

    hospital: Hospital
    person: Person
    admitted: date
    discharged: date
    disease: str
    total: int
    eligible: int
    claims: dict[str, int] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    stay_no: str = ""
    pattern: str = ""


class County:
    """People and hospitals of a seed, and the stays of a period."""

    def __init__(self, seed: int, period: Period) -> None:
        self.rng, self.period = Random(seed), period
        self.days = (period.last - period.first).days + 1
        self._ids: set[str] = set()
        self.towns = self.rng.sample(_TOWNS, self.rng.randint(8, 13))
        self.hospitals = self._hospitals()
        self.people: list[Person] = []
        self.households: dict[int, list[Person]] = defaultdict(list)
        self.deaths: dict[str, date] = {}
        self.chosen: set[str] = set()
        self.taken: set[str] = set()
        self.spans: defaultdict[str, list[tuple[date, date]]] = defaultdict(list)
        self._populate(self.rng.randint(2600, 3600))
        self.stays: list[Stay] = []

    # Places

    def _hospitals(self) -> list[Hospital]:
        rng = self.rng
        named = [
            (f"{town}{rng.choice(('卫生院', '中心卫生院'))}", "t", False, town)
            for town in self.towns
        ]
        named += [
            (f"示例县{name}医院", "t", True, "")
            for name in rng.sample(
                ("康复", "仁和", "同济", "惠民", "博爱", "安康"), rng.randint(2, 4)
            )
        ]
        named += [
            (f"示例县{name}", "c", False, "")
            for name in rng.sample(
                ("人民医院", "中医院", "妇幼保健院", "第二人民医院", "康宁医院"), rng.randint(3, 5)
            )
        ]
        named += [("示例县精神卫生中心", "c", False, "")]
        named += [
            (f"长河市{name}人民医院", "s", False, "")
            for name in ("第一", "第二", "第三")[: rng.randint(2, 3)]
        ]
        named += [(f"江源省{name}", "p", False, "") for name in ("人民医院", "肿瘤医院")]
        return [self._hospital(*row) for row in named]

    def _hospital(self, name: str, short: str, private: bool, town: str) -> Hospital:
        rng = self.rng
        level = LEVELS[short]
        return Hospital(
            name, level, private, town,
            cost=rng.lognormvariate(0.08 if private else 0, 0.16),
            days=rng.lognormvariate(0, 0.1),
            covered=_COVERED[level] + rng.uniform(-0.03, 0.02),
            weekend=rng.uniform(0.45, 0.85),
            naming=rng.randrange(3),
            tens=rng.choice((0, 0, 0, 0.01, 0.02)),
            slips=rng.choice((0.002, 0.005, 0.01, 0.03)),
        )  # fmt: skip

    # People

    def _populate(self, households: int) -> None:
        rng = self.rng
        villages = [
            (town, f"{name}村", min(rng.paretovariate(1.6), 5))
            for town in self.towns
            for name in rng.sample(_VILLAGES, rng.randint(6, 11))
        ]
        weights = [weight for _, _, weight in villages]
        for number in range(households):
            town, village, _ = rng.choices(villages, weights)[0]
            self._household(number, town, village)

    def _household(self, number: int, town: str, village: str) -> None:
        rng, today = self.rng, self.period.last
        surname = rng.choice(_SURNAMES)
        poor = rng.choices(("农村低保户", "", "五保户", "重点优抚对象"), (46, 42, 7, 5))[0]
        head = rng.randint(28, 82)
        people = [("户主", head, "男" if rng.random() < 0.85 else "女")]
        if poor != "五保户" and rng.random() < 0.8:
            people.append(
                ("配偶", max(20, head + rng.randint(-6, 4)), "女" if people[0][2] == "男" else "男")
            )
        if poor != "五保户":
            children = rng.choices((0, 1, 2, 3), (25, 35, 30, 10))[0]
            people += [
                ("子女", max(0, head - rng.randint(20, 34)), rng.choice("男女"))
                for _ in range(children)
            ]
            if head < 58 and rng.random() < 0.4:
                people.append(("父母", head + rng.randint(20, 30), rng.choice("男女")))
        for at, (role, age, sex) in enumerate(people):
            own = (
                surname if role in ("户主", "子女") or rng.random() < 0.3 else rng.choice(_SURNAMES)
            )
            # Only the head is on the roster of veterans; low income takes the whole household.
            category = poor if poor == "农村低保户" or at == 0 else ""
            self.add(own, age, sex, town, village, number, role, category, today)

    def add(
        self, surname: str, age: int, sex: str, town: str, village: str, household: int,
        role: str, category: str, today: date, born: date | None = None,
    ) -> Person:  # fmt: skip
        rng = self.rng
        born = born or today - timedelta(days=age * 365 + rng.randint(1, 364))
        name = surname + "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2, 2))))
        person = Person(
            name, self.number(born, sex), born, sex, town, village, household, role, category
        )
        self.people.append(person)
        self.households[household].append(person)
        return person

    def number(self, born: date, sex: str) -> str:
        """A valid ID that nobody has yet."""
        while True:
            order = self.rng.randint(0, 498) * 2 + (1 if sex == "男" else 2)
            number = make_id(self.rng.randint(1, 29), born, order)
            if number not in self._ids:
                self._ids.add(number)
                return number

    # Days

    def working_like_day(
        self, hospital: Hospital, first: date | None = None, last: date | None = None
    ) -> date:
        """A day of the period, fewer of them at weekends and in the first week of October or of May."""
        first, last = first or self.period.first - timedelta(days=15), last or self.period.last
        while True:
            day = first + timedelta(days=self.rng.randint(0, (last - first).days))
            keep = (
                hospital.weekend if day.weekday() > 4 else (1.0 if day.weekday() else 1.15) / 1.15
            )
            if (day.month, day.day) in _HOLIDAYS:
                keep *= 0.6
            if self.rng.random() < keep:
                return day

    # Stays

    def stay(
        self, person: Person, hospital: Hospital, illness: Illness, admitted: date,
        days: int | None = None, total: int | None = None, spread: float = 0.5,
    ) -> Stay:  # fmt: skip
        """A stay with the days and the cost that go with hospital and illness, unless they are given (fen)."""
        rng = self.rng
        cost, mean = _BASE[hospital.level]
        if days is None:
            days = max(
                1,
                round(
                    rng.lognormvariate(math.log(mean * illness.days * hospital.days) - 0.12, 0.5)
                ),
            )
        if total is None:
            usual = cost * illness.cost * hospital.cost * (days / (mean * illness.days)) ** 0.7
            total = max(
                8000, round(100 * rng.lognormvariate(math.log(usual) - spread**2 / 2, spread))
            )
            if rng.random() < hospital.tens:
                total = total // 1000 * 1000
        outside = max(0.0, rng.gauss(1 - hospital.covered + illness.outside, 0.05))
        outside = min(outside, 0.75)
        name = illness.names[hospital.naming % len(illness.names)]
        if rng.random() < 0.15:
            name = rng.choice(illness.names)
        return Stay(
            hospital,
            person,
            admitted,
            admitted + timedelta(days=days),
            name,
            total,
            total - round(total * outside),
        )

    def keep(self, stays: Iterable[Stay]) -> None:
        """Add the stays that end in the period and do not overlap with another of the person; one in a thousand may."""
        for stay in stays:
            mine = self.spans[stay.person.id_no]
            apart = all(stay.admitted >= out or stay.discharged <= into for into, out in mine)
            inside = self.period.first <= stay.discharged <= self.period.last
            if inside and (apart or self.rng.random() < 0.05):
                mine.append((stay.admitted, stay.discharged))
                self.stays.append(stay)

    def suited(self, illness: Illness) -> Person:
        rng = self.rng
        while True:
            person = rng.choice(self.people)
            age = person.age(self.period.first)
            if illness.ages[0] <= age <= illness.ages[1] and illness.sex in ("", person.sex):
                return person

    def choose(self, person: Person, illness: Illness) -> Hospital:
        rng = self.rng
        short = rng.choices(
            *zip(*((s, _VISITS[s]) for s in sorted(set(illness.levels))), strict=True)
        )[0]
        here = [h for h in self.hospitals if h.short == short and "精神" not in h.name]
        near = [h for h in here if h.town == person.town]
        return near[0] if near and rng.random() < 0.72 else rng.choice(here)


_HOLIDAYS = {(10, day) for day in range(1, 8)} | {(5, 1), (5, 2), (5, 3), (1, 1), (1, 2), (1, 3)}


def fill(county: County, stays: int) -> None:
    """Ordinary stays until there are so many."""
    rng = county.rng
    weights = [illness.share for illness in ILLNESSES]
    while len(county.stays) < stays:
        illness = rng.choices(ILLNESSES, weights)[0]
        county.keep(_episode(county, illness))
    for _ in range(rng.randint(3, 6)):
        county.keep(_outbreak(county))
    for _ in range(rng.randint(8, 16)):
        county.keep(_course(county, *rng.choice(((CHEMO, 21), (DIALYSIS, 8)))))
    for _ in range(rng.randint(4, 10)):
        county.keep([_psychiatric(county)])
    county.keep(_screening(county))


def _episode(county: County, illness: Illness) -> Iterator[Stay]:
    """One illness of one person: a stay, perhaps a transfer, another stay weeks later, or a relative's."""
    rng = county.rng
    person = county.suited(illness)
    hospital = county.choose(person, illness)
    stay = county.stay(person, hospital, illness, county.working_like_day(hospital))
    yield stay
    luck = rng.random()
    if luck < 0.035:
        yield from _transfer(county, stay, illness)
    elif luck < (0.20 if illness.chronic else 0.06):
        gap = max(1, round(rng.expovariate(1 / 24)))
        again = hospital if rng.random() < 0.75 else county.choose(person, illness)
        other = (
            illness
            if rng.random() < 0.7
            else rng.choices(ILLNESSES, [i.share for i in ILLNESSES])[0]
        )
        if not other.sex and other.ages[0] <= person.age(county.period.first) <= other.ages[1]:
            yield county.stay(person, again, other, stay.discharged + timedelta(days=gap))
    elif luck < 0.22 and illness in (FLU, ILLNESSES[0], ILLNESSES[2]):
        relatives = [p for p in county.households[person.household] if p is not person]
        if relatives:
            day = stay.admitted + timedelta(days=rng.choice((0, 0, 1, 2, 3)))
            yield county.stay(rng.choice(relatives), hospital, illness, day)


def _transfer(county: County, stay: Stay, illness: Illness) -> Iterator[Stay]:
    """Mostly to a higher hospital on the day of discharge or the next, seldom back or sideways."""
    rng = county.rng
    ranks = "tcsp"
    here = ranks.index(stay.hospital.short)
    step = rng.choices((1, 2, -1, 0), (70, 15, 10, 5))[0]
    there = ranks[min(max(here + step, 0), 3)]
    hospitals = [
        h
        for h in county.hospitals
        if h.short == there and h is not stay.hospital and "精神" not in h.name
    ]
    gap = timedelta(days=rng.choice((0, 0, 0, 1)))
    if hospitals:
        yield county.stay(stay.person, rng.choice(hospitals), illness, stay.discharged + gap)


def _outbreak(county: County) -> Iterator[Stay]:
    """People of one village fall ill together: poisoned on one day, or down with a cold within two weeks."""
    rng = county.rng
    first = rng.choice(county.people)
    here = [p for p in county.people if (p.town, p.village) == (first.town, first.village)]
    hospital = next(h for h in county.hospitals if h.town == first.town)
    day = county.working_like_day(hospital, last=county.period.last - timedelta(days=20))
    poisoned = rng.random() < 0.4
    for person in rng.sample(here, min(len(here), rng.randint(4, 8))):
        illness = POISONING if poisoned else FLU
        late = 0 if poisoned else rng.randint(0, 13)
        yield county.stay(person, hospital, illness, day + timedelta(days=late))


def _course(county: County, illness: Illness, every: int) -> Iterator[Stay]:
    """Treatment that brings a patient back by plan."""
    rng = county.rng
    person = county.suited(illness)
    hospital = rng.choice([h for h in county.hospitals if h.short in "cs" and "精神" not in h.name])
    day = county.period.first + timedelta(days=rng.randint(0, every))
    while day < county.period.last:
        yield county.stay(person, hospital, illness, day, days=rng.randint(1, 5), spread=0.15)
        day += timedelta(days=every + rng.randint(-1, 2))


def _psychiatric(county: County) -> Stay:
    rng = county.rng
    hospital = next(h for h in county.hospitals if "精神" in h.name)
    days = rng.randint(40, 88)
    day = county.period.last - timedelta(days=days + rng.randint(0, 10))
    return county.stay(
        county.suited(PSYCHIATRIC),
        hospital,
        PSYCHIATRIC,
        day,
        days,
        total=days * rng.randint(7000, 9500),
    )


def _screening(county: County) -> Iterator[Stay]:
    """A day of free eye tests, its patients operated on together at one price."""
    rng = county.rng
    hospital = rng.choice([h for h in county.hospitals if h.short == "c" and "精神" not in h.name])
    day = county.working_like_day(hospital, last=county.period.last - timedelta(days=10))
    for _ in range(rng.randint(8, 16)):
        yield county.stay(
            county.suited(CATARACT), hospital, CATARACT, day, days=rng.choice((2, 3)), total=185_000
        )
