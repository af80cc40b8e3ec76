"""The patterns: each plants one instance of itself into a county, as it would be met, and says which stays show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from benchmarks.planted.county import County, Hospital, Person, Stay
from benchmarks.planted.illness import FLU, ILLNESSES, Illness
from samples.fabricate.people import check_character

Plant = Callable[[County], Sequence[Stay]]


def _days(number: int) -> timedelta:
    return timedelta(days=number)


def _illness(name: str) -> Illness:
    return next(illness for illness in ILLNESSES if name in illness.names)


def _adult(county: County, sex: str = "", roster: bool = False) -> Person:
    """Somebody grown up who lives in the county and has not been chosen before."""
    while True:
        person = county.rng.choice(county.people)
        fits = 30 <= person.age(county.period.first) <= 75 and sex in ("", person.sex)
        busy = person.id_no in county.chosen or person.id_no in county.spans
        if fits and (person.category or not roster) and not busy:
            county.chosen.add(person.id_no)
            return person


def _hospital(county: County, short: str, other: Sequence[Hospital] = ()) -> Hospital:
    """A hospital of the level that no pattern of whole hospitals has been planted in."""
    free = [
        h for h in county.hospitals if h.short == short and "精神" not in h.name and h not in other
    ]
    quiet = [h for h in free if h.name not in county.taken]
    return county.rng.choice(quiet or free)


def _taken(county: County, short: str) -> Hospital:
    """The same, for a pattern of the whole hospital: no other such pattern goes there, as long as there is another."""
    hospital = _hospital(county, short)
    county.taken.add(hospital.name)
    return hospital


def _several(county: County, hospital: Hospital, least: int, most: int) -> int:
    """So many stays, more in a hospital with more than a hundred: a pattern is a share of what it does."""
    own = sum(stay.hospital is hospital for stay in county.stays)
    return round(county.rng.randint(least, most) * max(1.0, own / 120))


def _first_day(county: County, room: int) -> date:
    """A day with `room` days of the period left."""
    return county.period.first + _days(county.rng.randint(3, county.days - room - 1))


def _any(county: County) -> Illness:
    """An illness that either sex may have at any age."""
    return county.rng.choice(
        [i for i in ILLNESSES if not i.sex and i.ages[0] <= 30 and i.ages[1] >= 75]
    )


# One person


def near_synonyms(county: County) -> Iterator[Stay]:
    """The same illness under another name, twice, in two hospitals of one level."""
    rng, person = county.rng, _adult(county)
    here = _hospital(county, "t")
    there = _hospital(county, "t", [here])
    names = list(rng.choice([
        ("脑梗塞", "脑梗死", "脑血栓形成"), ("冠心病", "冠状动脉粥样硬化性心脏病", "冠心病心绞痛"),
        ("慢性支气管炎", "慢性支气管炎急性发作", "慢支炎"), ("高血压病", "原发性高血压", "高血压2级"),
        ("腰椎间盘突出", "腰椎间盘突出症", "腰椎间盘膨出"), ("2型糖尿病", "糖尿病", "非胰岛素依赖型糖尿病"),
    ]))  # fmt: skip
    day = _first_day(county, 40)
    for at, name in enumerate(names[: rng.randint(2, 3)]):
        stay = county.stay(
            person,
            (here, there)[at % 2],
            FLU,
            day,
            rng.randint(6, 9),
            rng.randint(110_000, 180_000),
        )
        yield replace(stay, disease=name)
        day = stay.discharged + _days(rng.randint(1, 9))


def frequent_stays(county: County) -> Iterator[Stay]:
    """Six or seven stays in the quarter, here and there, each for something else."""
    rng, person = county.rng, _adult(county, roster=True)
    hospitals = [_hospital(county, "t"), _hospital(county, "t"), _hospital(county, "c")]
    day = county.period.first + _days(rng.randint(0, 4))
    for illness in rng.sample(
        [i for i in ILLNESSES if not i.sex and i.ages[0] <= 30], rng.randint(5, 7)
    ):
        stay = county.stay(person, rng.choice(hospitals), illness, day, rng.randint(4, 7))
        if stay.discharged > county.period.last:
            return
        yield stay
        day = stay.discharged + _days(rng.randint(3, 9))


def long_and_cheap(county: County) -> Iterator[Stay]:
    """Weeks in bed for next to nothing a day."""
    rng, hospital = county.rng, _hospital(county, "t")
    for _ in range(rng.randint(1, 4)):
        days = rng.randint(20, 40)
        yield county.stay(
            _adult(county),
            hospital,
            _any(county),
            _first_day(county, days),
            days,
            days * rng.randint(1500, 3500),
        )


def sex_and_diagnosis(county: County) -> Iterator[Stay]:
    """A man with an illness of women, or the other way round."""
    rng, sex = county.rng, county.rng.choice("男女")
    name = rng.choice(
        ("子宫肌瘤", "卵巢囊肿", "盆腔炎")
        if sex == "男"
        else ("前列腺增生", "前列腺炎", "睾丸鞘膜积液")
    )
    yield replace(
        county.stay(
            _adult(county, sex), _hospital(county, "c"), _any(county), _first_day(county, 25)
        ),
        disease=name,
    )


def age_and_diagnosis(county: County) -> Iterator[Stay]:
    """An illness that people of this age do not have."""
    name, ages = county.rng.choice((
        ("手足口病", (40, 80)), ("新生儿肺炎", (35, 75)), ("老年性白内障", (12, 28)), ("正常分娩", (60, 75)),
        ("小儿支气管肺炎", (45, 80)), ("前列腺增生", (10, 22)),
    ))  # fmt: skip
    sex = {"正常分娩": "女", "前列腺增生": "男"}.get(name, "男")
    person = county.suited(Illness((name,), 0, ages, sex))
    yield replace(
        county.stay(person, _hospital(county, "c"), _any(county), _first_day(county, 25)),
        disease=name,
    )


def alternating(county: County) -> Iterator[Stay]:
    """From one hospital to the other and back again, twice."""
    rng, person = county.rng, _adult(county, roster=True)
    here = _hospital(county, "t")
    pair = (here, _hospital(county, rng.choice("tc"), [here]))
    day, illness = _first_day(county, 62), _any(county)
    for at in range(rng.randint(4, 5)):
        stay = county.stay(person, pair[at % 2], illness, day, rng.randint(5, 9))
        yield stay
        day = stay.discharged + _days(rng.randint(1, 5))


def two_ids(county: County) -> Iterator[Stay]:
    """One person under a second number: another place in the day's order, or one digit mistyped when it was issued."""
    rng, person = county.rng, _adult(county, roster=True)
    number = county.number(person.born, person.sex)
    if rng.random() < 0.5:
        digits = list(person.id_no[:17])
        digits[15] = str((int(digits[15]) + rng.randint(1, 9)) % 10)
        number = "".join(digits) + check_character("".join(digits))
    other = replace(person, id_no=number)
    county.people.append(other)
    hospital, day = _hospital(county, "t"), _first_day(county, 60)
    for at, who in enumerate((person, other, other)):
        yield county.stay(who, hospital, _any(county), day + _days(18 * at), rng.randint(5, 9))


def elsewhere_on_the_day(county: County) -> Iterator[Stay]:
    """Discharged here, admitted there on the same day, by two patients of the same two small hospitals."""
    rng = county.rng
    here = _hospital(county, "t")
    there = _hospital(county, "t", [here])
    for _ in range(2):
        person, illness = _adult(county), _any(county)
        one = county.stay(person, here, illness, _first_day(county, 30), rng.randint(6, 10))
        yield one
        yield county.stay(person, there, illness, one.discharged, rng.randint(6, 10))


def overlapping(county: County) -> Iterator[Stay]:
    rng, person = county.rng, _adult(county)
    here = _hospital(county, "t")
    one = county.stay(person, here, _any(county), _first_day(county, 30), rng.randint(8, 11))
    yield one
    yield county.stay(
        person, _hospital(county, "c", [here]), _any(county), one.admitted + _days(3), 7
    )


def split_stay(county: County) -> Iterator[Stay]:
    """One stay in three parts: out and in again on the day or the next, for the same illness."""
    rng, person, hospital = county.rng, _adult(county, roster=True), _hospital(county, "t")
    day, illness = _first_day(county, 40), _any(county)
    for _ in range(rng.randint(2, 3)):
        stay = replace(
            county.stay(person, hospital, illness, day, rng.randint(6, 8)), disease=illness.names[0]
        )
        yield stay
        day = stay.discharged + _days(rng.randint(0, 1))


def claimed_twice(county: County) -> Iterator[Stay]:
    """The same days in two hospitals."""
    person, here = _adult(county), _hospital(county, "t")
    one = county.stay(person, here, _any(county), _first_day(county, 20), 7)
    yield one
    yield replace(one, hospital=_hospital(county, "t", [here]))


def after_death(county: County) -> Iterator[Stay]:
    person, day = _adult(county, roster=True), _first_day(county, 25)
    county.deaths[person.id_no] = day - _days(county.rng.randint(5, 40))
    yield county.stay(person, _hospital(county, "t"), _any(county), day)


def impostor(county: County) -> Iterator[Stay]:
    """Somebody else's number under an own name."""
    owner, patient = _adult(county, roster=True), _adult(county)
    stay = county.stay(owner, _hospital(county, "t"), _any(county), _first_day(county, 25))
    yield replace(stay, written={"姓名": patient.name})


def one_day(county: County) -> Iterator[Stay]:
    """In and out within a day, at the price of a week."""
    rng, hospital = county.rng, _hospital(county, "t")
    for _ in range(rng.randint(2, 7)):
        yield county.stay(
            _adult(county),
            hospital,
            _any(county),
            _first_day(county, 3),
            rng.randint(0, 1),
            rng.randint(90_000, 160_000),
        )


def very_long(county: County) -> Iterator[Stay]:
    person, hospital = _adult(county), _hospital(county, "c")
    days = county.rng.randint(66, 80)
    yield county.stay(person, hospital, _any(county), county.period.last - _days(days + 3), days)


def very_dear(county: County) -> Iterator[Stay]:
    """Ten and more times what it costs there."""
    rng, hospital = county.rng, _hospital(county, "t")
    yield county.stay(
        _adult(county),
        hospital,
        _any(county),
        _first_day(county, 25),
        rng.randint(9, 14),
        rng.randint(1_400_000, 2_000_000),
    )


def heavy_burden(county: County) -> Iterator[Stay]:
    """A poor person left with most of a large bill."""
    rng, person = county.rng, _adult(county, roster=True)
    stay = county.stay(
        person,
        _hospital(county, "c"),
        _any(county),
        _first_day(county, 25),
        14,
        rng.randint(1_600_000, 2_200_000),
    )
    yield replace(stay, eligible=stay.total // 3)


# People together


def _village(county: County, least: int) -> list[Person]:
    """The grown-up people of a village that has so many."""
    while True:
        first = county.rng.choice(county.people)
        here = [
            p
            for p in county.people
            if (p.town, p.village) == (first.town, first.village)
            and p.category
            and p.age(county.period.first) > 17
        ]
        if len(here) >= least:
            return here


def _away(county: County, person: Person) -> Hospital:
    """A small hospital that is not the village's own."""
    return county.rng.choice(
        [h for h in county.hospitals if h.short == "t" and h.town != person.town]
    )


def village_together(county: County) -> Iterator[Stay]:
    rng, people = county.rng, _village(county, 8)
    hospital, day, days = _away(county, people[0]), _first_day(county, 15), rng.randint(6, 9)
    for person in rng.sample(people, rng.randint(3, 6)):
        yield county.stay(person, hospital, _any(county), day, days)


def village_in_turn(county: County) -> Iterator[Stay]:
    """One after the other of a village, a day or two apart, to a hospital that is not theirs."""
    rng, people = county.rng, _village(county, 9)
    hospital, day = _away(county, people[0]), _first_day(county, 30)
    for person in rng.sample(people, rng.randint(5, 8)):
        yield county.stay(person, hospital, _any(county), day, rng.randint(6, 8))
        day += _days(rng.randint(1, 2))


def _household(county: County, least: int) -> list[Person]:
    homes = [
        home
        for home in county.households.values()
        if len(home) >= least and all(p.category for p in home)
    ]
    homes = [home for home in homes if not any(person.id_no in county.chosen for person in home)]
    home = county.rng.choice(homes)
    county.chosen |= {person.id_no for person in home}
    return home


def household_together(county: County) -> Iterator[Stay]:
    home, hospital = _household(county, 4), _hospital(county, "t")
    day, days = _first_day(county, 15), county.rng.randint(6, 9)
    for person in home[:4]:
        yield county.stay(person, hospital, _any(county), day, days)


def household_in_turn(county: County) -> Iterator[Stay]:
    """One member of a household after the other."""
    home, hospital = _household(county, 4), _hospital(county, "t")
    day = _first_day(county, 40)
    for person in home[: county.rng.randint(3, 4)]:
        stay = county.stay(person, hospital, _any(county), day, county.rng.randint(5, 7))
        yield stay
        day += _days(county.rng.randint(2, 6))


def couple(county: County) -> Iterator[Stay]:
    """Husband and wife, in and out together, for different illnesses."""
    while True:
        home = _household(county, 2)
        pair = [p for p in home if p.role in ("户主", "配偶")]
        if len(pair) == 2:
            break
    hospital, day, days = _hospital(county, "t"), _first_day(county, 15), county.rng.randint(7, 10)
    for person, name in zip(pair, ("慢性胃炎", "腰椎间盘突出症"), strict=True):
        yield county.stay(person, hospital, _illness(name), day, days)


# Bills


def near_equal_bills(county: County) -> Iterator[Stay]:
    """Bills that differ by a few yuan."""
    rng, hospital = county.rng, _hospital(county, "t")
    total = rng.randint(150_000, 240_000)
    for _ in range(rng.randint(5, 9)):
        yield county.stay(
            _adult(county),
            hospital,
            _any(county),
            _first_day(county, 20),
            rng.randint(6, 9),
            total + rng.randint(-250, 250),
        )


def equal_bills(county: County) -> Iterator[Stay]:
    rng, hospital = county.rng, _hospital(county, "t")
    total = rng.randint(150_000, 240_000)
    for _ in range(rng.randint(4, 6)):
        yield county.stay(
            _adult(county), hospital, _any(county), _first_day(county, 20), rng.randint(5, 9), total
        )


def round_bills(county: County) -> Iterator[Stay]:
    rng, hospital = county.rng, _taken(county, "t")
    for _ in range(_several(county, hospital, 11, 20)):
        yield county.stay(
            _adult(county),
            hospital,
            _any(county),
            _first_day(county, 20),
            total=rng.randint(6, 30) * 10_000,
        )


def back_reckoned(county: County) -> Iterator[Stay]:
    """Payments made as percentages of the bill."""
    hospital = _taken(county, "t")
    for _ in range(_several(county, hospital, 11, 20)):
        stay = county.stay(
            _adult(county, roster=True), hospital, _any(county), _first_day(county, 20)
        )
        shares = {"basic": round(stay.total * 0.54), "assistance": round(stay.total * 0.36)}
        yield replace(stay, claims=shares)


def dear_days(county: County) -> Iterator[Stay]:
    """A small hospital that charges by the day what the city's charge."""
    rng, hospital = county.rng, _taken(county, "t")
    for _ in range(_several(county, hospital, 8, 18)):
        days = rng.randint(4, 8)
        yield county.stay(
            _adult(county),
            hospital,
            _any(county),
            _first_day(county, 20),
            days,
            days * rng.randint(60_000, 90_000),
        )


def outside_the_list(county: County) -> Iterator[Stay]:
    """Half of the bill for what the insurance does not cover."""
    rng, hospital = county.rng, _taken(county, "c")
    for _ in range(_several(county, hospital, 8, 18)):
        stay = county.stay(_adult(county), hospital, _any(county), _first_day(county, 25))
        yield replace(stay, eligible=round(stay.total * rng.uniform(0.42, 0.56)))


# Hospitals


def low_standard(county: County) -> Iterator[Stay]:
    """Colds and the like taken in for two or three days."""
    rng, hospital = county.rng, _taken(county, "t")
    names = ("上呼吸道感染", "急性上呼吸道感染", "感冒", "急性胃肠炎", "头晕", "软组织挫伤")
    for _ in range(_several(county, hospital, 13, 26)):
        stay = county.stay(
            _adult(county),
            hospital,
            FLU,
            _first_day(county, 6),
            rng.randint(2, 3),
            rng.randint(18_000, 40_000),
        )
        yield replace(stay, disease=rng.choice(names))


def weekend_admissions(county: County) -> Iterator[Stay]:
    rng, hospital = county.rng, _taken(county, "t")
    days = [county.period.first + _days(at) for at in range(county.days - 12)]
    for _ in range(_several(county, hospital, 18, 32)):
        day = rng.choice([day for day in days if day.weekday() > 4])
        yield county.stay(_adult(county), hospital, _any(county), day)


def holiday_admissions(county: County) -> Iterator[Stay]:
    """Many come in the days when everybody is at home."""
    rng, hospital = county.rng, _taken(county, "t")
    year = county.period.first.year
    days = {
        1: (date(year, 1, 1), date(year, 1, 2)),
        4: (date(year, 5, 1), date(year, 5, 2)),
        10: tuple(date(year, 10, at) for at in range(1, 8)),
    }
    for _ in range(_several(county, hospital, 8, 16)):
        yield county.stay(
            _adult(county), hospital, _any(county), rng.choice(days[county.period.first.month])
        )


def one_busy_day(county: County) -> Iterator[Stay]:
    rng, hospital = county.rng, _taken(county, "t")
    day = _first_day(county, 15)
    while day.weekday() > 4:
        day += _days(1)
    for _ in range(_several(county, hospital, 8, 13)):
        yield county.stay(_adult(county), hospital, _any(county), day, rng.randint(4, 9))


def last_days(county: County) -> Iterator[Stay]:
    """Many go home in the last days of the quarter."""
    rng, hospital = county.rng, _taken(county, "t")
    for _ in range(_several(county, hospital, 14, 24)):
        days = rng.randint(4, 7)
        out = county.period.last - _days(rng.randint(0, 5))
        yield county.stay(_adult(county), hospital, _any(county), out - _days(days), days)


Pattern = tuple[Plant, tuple[str, ...]]

PATTERNS: dict[str, Pattern] = {
    "近义病名": (near_synonyms, ("synonym",)),
    "频繁住院": (frequent_stays, ("frequent",)),
    "长期低费用": (long_and_cheap, ("long_cheap",)),
    "低标准入院": (low_standard, ("low_standard",)),
    "性别与诊断": (sex_and_diagnosis, ("sex_diagnosis",)),
    "年龄与诊断": (age_and_diagnosis, ("age_diagnosis",)),
    "费用近乎相同": (near_equal_bills, ("near_equal",)),
    "日均费用": (dear_days, ("dear_days", "dear_share", "drift_peers")),
    "目录外占比": (outside_the_list, ("outside", "outside_share", "drift_peers")),
    "同村先后": (village_in_turn, ("village_wave",)),
    "同户先后": (household_in_turn, ("household_wave",)),
    "夫妻": (couple, ("couple",)),
    "节假日入院": (holiday_admissions, ("holiday",)),
    "交替住院": (alternating, ("alternating",)),
    "周末入院": (weekend_admissions, ("weekend",)),
    "一人两证": (two_ids, ("two_ids",)),
    "当日出院当日另入": (elsewhere_on_the_day, ("same_day_elsewhere",)),
    "住院重叠": (overlapping, ("overlap",)),
    "分解住院": (split_stay, ("readmission",)),
    "两处同报": (claimed_twice, ("repeat",)),
    "死后住院": (after_death, ("after_death",)),
    "冒名": (impostor, ("impostor",)),
    "一日住院": (one_day, ("short_stay", "short_share")),
    "超长住院": (very_long, ("long_stay",)),
    "费用畸高": (very_dear, ("cost_outlier",)),
    "负担偏重": (heavy_burden, ("burden", "outside")),
    "同村同日": (village_together, ("village_group",)),
    "同户同日": (household_together, ("household_group",)),
    "费用相同": (equal_bills, ("same_total",)),
    "费用整数": (round_bills, ("round_totals",)),
    "按比例倒算": (back_reckoned, ("round_percent",)),
    "单日集中": (one_busy_day, ("admission_peak",)),
    "期末集中": (last_days, ("period_end",)),
}
"""Name → how it is planted, and the rules that speak of it."""


def plant(county: County) -> dict[str, list[Stay]]:
    """One instance of every pattern, added to the county's stays."""
    planted: dict[str, list[Stay]] = {}
    for name, (make, _) in PATTERNS.items():
        stays: list[Stay] = []
        while not stays:
            stays = [stay for stay in make(county) if stay.discharged <= county.period.last]
        for stay in stays:
            stay.pattern = name
        planted[name] = stays
        county.stays += stays
    return planted
