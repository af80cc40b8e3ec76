"""Every shipped document with numbers, beside the second hand's reading of it and what counties there look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from onestop_cli.rulebook.library import LoadedRule, find_rules, load_rule, load_rules
from tests.second import (
    chongqing,
    cities,
    county_aid,
    dafang,
    days,
    huangzhong,
    months,
    national,
    newyear,
    shizhan,
    silent,
    words,
    zhengan,
)
from tests.second.stays import Outcome, Stay
from tests.second.year import Document, settle


@dataclass(frozen=True)
class Area:
    """Documents that follow one another, as shipped and as read by the second hand.

    `schemes` are insured side by side; under those in `on_settlement` the roster is looked at when the stay is settled.
    `first` to `last` are the discharge days that counties have; `edges` are yuan at which something
    changes; `ask` names what else the terms hang on; `kinds` are kinds on the roster.
    """

    name: str
    documents: Callable[[], tuple[LoadedRule, ...]]
    document_of: Callable[[Stay], Document | None]
    first: date
    last: date
    layers: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    edges: tuple[str, ...] = ()
    ask: frozenset[str] = frozenset()
    diseases: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    on_settlement: tuple[str, ...] = ()
    outcomes: Callable[[list[Stay]], list[Outcome]] | None = None
    """The second hand's own loop over a person's stays, for a document that `year` has no words for."""

    def settle(self, stays: list[Stay]) -> list[Outcome]:
        """What the second hand makes of one person's stays."""
        return self.outcomes(stays) if self.outcomes else settle(stays, self.document_of)


def shipped(*ids: str) -> Callable[[], tuple[LoadedRule, ...]]:
    return lambda: load_rules(ids)


def filled(id_: str, names: dict[str, str], numbers: list[str]) -> LoadedRule:
    """A template with its open numbers filled in, in the order in which they stand there."""
    (path,) = find_rules([id_])
    text = path.read_text("utf-8")
    for old, new in names.items():
        text = text.replace(old, new)
    for number in numbers:
        text = text.replace('= "to-fill"', f"= {number}", 1)
    assert '= "to-fill"' not in text
    return load_rule(Path(path.name), text.encode())


def two_schemes() -> tuple[LoadedRule, ...]:
    """湟中's document for farmers, and once more for the employed: their kinds are those of the day of settlement."""
    (path,) = find_rules(["huangzhong-2009"])
    text = path.read_text("utf-8").replace(
        "[categories]", '[scope]\nschemes = ["新农合"]\n\n[categories]', 1
    )
    changes = {
        'id = "huangzhong-2009"': 'id = "huangzhong-work"', '["新农合"]': '["职工医保"]',
        'roster_day = "admission"': 'roster_day = "settlement"', '"新农合基金"': '"职工医保基金"',
    }  # fmt: skip
    other = text
    for old, new in changes.items():
        assert old in other
        other = other.replace(old, new)
    pair = {"huangzhong-2009": text, "huangzhong-work": other}
    return tuple(load_rule(Path(f"{name}.toml"), said.encode()) for name, said in pair.items())


ZHENGAN = zhengan.Local(
    ordinary={
        "township": (50, 80),
        "county": (150, 65),
        "city": (400, 50),
        "province": (400, 50),
    },
    fixed={"白内障": (3000, 100)},
    limited={"阑尾炎": 6000},
)
NATIONAL = national.Local(
    basic={"township": (200, 85), "county": (500, 75), "city": (1000, 60), "province": (1000, 60)},
    outpatient=(100, 50),
    basic_cap=150000,
    critical_deductible=14000,
    critical_percent=60,
    critical_cap=300000,
    others={"低保边缘家庭成员": 60, "因病致贫重病患者": 60},
    others_deductible=3000,
    yearly_limit=20000,
)


def filled_zhengan() -> tuple[LoadedRule, ...]:
    names = {"定额病种（to-fill）": "白内障", "限额病种（to-fill）": "阑尾炎"}
    numbers = ["50", "150", "400", "0.80", "0.65", "0.50", "3000", "6000"]
    return tuple(filled(id_, names, numbers) for id_ in ("zhengan-2011-01", "zhengan-2011"))


def filled_national() -> tuple[LoadedRule, ...]:
    basic = ["100", "200", "500", "1000", "0.50", "0.85", "0.75", "0.60", "150000"]
    critical = ["14000", "0.50", "0.60", "5", '"none"', "300000"]
    assistance = ["3000", "0.60", "20000"]
    return (filled("national-2021", {}, basic + critical + assistance),)


def last_of(documents: list[tuple[date, Document]]) -> Callable[[Stay], Document | None]:
    """The last document in force on the discharge day."""

    def of(stay: Stay) -> Document | None:
        begun = [document for start, document in documents if start <= stay.discharged]
        return begun[-1] if begun else None

    return of


CHAIN = ("dafang-2006", "dafang-2006-11", "dafang-2008", "dafang-2009", "dafang-2010")
COUNTY_AID = [(date(2009, 1, 1), county_aid.AT_30), (date(2012, 1, 1), county_aid.AT_70)]


def areas() -> Iterator[Area]:
    yield Area(
        "huangzhong",
        shipped("huangzhong-2009"),
        huangzhong.document_of,
        date(2009, 10, 1),
        date(2011, 6, 30),
        ("basic", "assistance"),
        huangzhong.LISTED,
        ("500", "1000", "1500", "2000", "5000", "7647.06", "43750", "50000", "70000", "35000"),
    )
    yield Area(
        "two-schemes",
        two_schemes,
        huangzhong.document_of,
        date(2009, 10, 1),
        date(2011, 6, 30),
        ("basic", "assistance"),
        huangzhong.LISTED,
        ("500", "1000", "1500", "2000", "5000", "7647.06", "43750", "50000", "70000", "35000"),
        schemes=("新农合", "职工医保"),
        on_settlement=("职工医保",),
    )
    yield Area(
        "shizhan",
        shipped("shizhan-2024", "shizhan-work-2024"),
        shizhan.document_of,
        date(2024, 1, 1),
        date(2024, 12, 31),
        ("basic", "large", "civil", "critical", "assistance", "extra"),
        (*shizhan.KINDS, shizhan.NO_RIGHT),
        ("200", "400", "800", "5000", "8333.34", "14000", "64000", "20000", "100000", "188000"),
        frozenset({"away", "outpatient"}),
        ("高血压", "糖尿病", "恶性肿瘤"),
        schemes=(shizhan.RESIDENT, shizhan.EMPLOYED),
        on_settlement=(shizhan.RESIDENT, shizhan.EMPLOYED),
    )
    yield Area(
        "dafang",
        shipped(*CHAIN),
        dafang.document_of,
        date(2006, 1, 1),
        date(2011, 6, 30),
        ("basic",),
        dafang.TEN_MORE,
        ("50", "200", "300", "13533.33", "10050", "18181.82", "37500", "50000", "75300", "100200"),
        frozenset({"away", "major", "outpatient 2009", "hospital", "village"}),
    )
    yield Area(
        "dafang-urban",
        shipped("dafang-urban-2009"),
        dafang.urban_document_of,
        date(2009, 1, 1),
        date(2010, 6, 30),
        ("basic",),
        (),
        ("50", "100", "200", "400", "500", "20000"),
        frozenset({"community", "outpatient"}),
    )
    yield Area(
        "nanzhou",
        shipped("nanzhou-2017"),
        last_of(silent.NANZHOU),
        date(2017, 1, 1),
        date(2018, 6, 30),
        ("basic", "assistance"),
        silent.POOR,
        ("100", "1000"),
        frozenset({"outpatient", "village", "illness"}),
        ("慢性病", "重大疾病", "感冒"),
    )
    yield Area(
        "hebei",
        shipped("hebei-2021"),
        silent.hebei_document_of,
        date(2021, 1, 1),
        date(2021, 12, 31),
        ("basic", "critical", "assistance", "backstop"),
        silent.POOR,
        ("225", "375", "450", "750", "600", "1200"),
        frozenset({"outpatient", "village", "illness"}),
        ("高血压", "糖尿病", "感冒"),
    )
    yield Area(
        "zhengan",
        filled_zhengan,
        last_of(zhengan.documents(ZHENGAN)),
        date(2011, 1, 1),
        date(2012, 6, 30),
        ("basic",),
        (),
        ("50", "150", "400", "3000", "6000", "100050", "123226.92", "125050", "154000", "200400"),
        frozenset({"disease"}),
        ("白内障", "阑尾炎", "肺炎"),
    )
    yield Area(
        "county-aid",
        shipped("county-aid-30", "county-aid-70"),
        last_of(COUNTY_AID),
        date(2011, 1, 1),
        date(2012, 12, 31),
        ("basic", "assistance"),
        county_aid.LOW_INCOME,
        ("28571.43", "66666.65", "20000", "10000"),
    )
    yield Area(
        "county-aid-outpatient",
        shipped("county-aid-outpatient"),
        last_of([(date(2016, 1, 1), county_aid.OUTPATIENT)]),
        date(2016, 1, 1),
        date(2017, 6, 30),
        ("basic", "assistance"),
        (*county_aid.KEY_GROUPS, *county_aid.OTHERS),
        ("1000", "20000"),
        frozenset({"outpatient"}),
    )
    yield Area(
        "chongqing",
        shipped("chongqing-2023"),
        chongqing.document_of,
        date(2023, 1, 1),
        date(2023, 12, 31),
        ("basic", "critical", "assistance", "extra"),
        chongqing.NEEDY,
        ("300", "27468.33", "55636.67", "58098.40", "16901", "8450.50", "3500", "180000", "965127"),
    )
    yield Area(
        "tongchuan",
        shipped("tongchuan-2025"),
        cities.tongchuan_document_of,
        date(2025, 1, 1),
        date(2026, 6, 30),
        ("basic", "critical", "assistance"),
        (),
        (
            "300",
            "600",
            "1200",
            "10000",
            "50000",
            "65000",
            "100000",
            "153241.18",
            "200000",
            "600000",
        ),
    )
    yield Area(
        "nanchang",
        shipped("nanchang-2025"),
        cities.nanchang_document_of,
        date(2025, 1, 1),
        date(2026, 6, 30),
        ("basic", "critical", "assistance"),
        cities.NEEDY,
        (
            "100",
            "400",
            "600",
            "8500",
            "17000",
            "84600",
            "111211.11",
            "125400",
            "167266.67",
            "617000",
        ),
    )
    yield Area(
        "national",
        filled_national,
        last_of([(date(2022, 1, 1), national.document(NATIONAL))]),
        date(2022, 1, 1),
        date(2023, 6, 30),
        ("basic", "critical", "assistance"),
        (*national.FULL, *national.MOST, *NATIONAL.others),
        (
            "200",
            "500",
            "1000",
            "100",
            "3000",
            "7000",
            "14000",
            "20000",
            "33400",
            "176670.59",
            "530000",
        ),
        frozenset({"outpatient"}),
    )
    yield Area(
        "words",
        words.documents,
        lambda stay: None,
        date(2024, 1, 1),
        date(2024, 12, 31),
        ("basic", "critical"),
        (),
        ("100", "50", "300", "150", "600", "600.10", "4000", "28871.42", "31728.57", "34585.71"),
        frozenset({"outpatient", "years", "interim", "all eligible"}),
        outcomes=words.outcomes,
    )
    yield Area(
        "days",
        days.documents,
        lambda stay: None,
        date(2024, 1, 1),
        date(2024, 12, 31),
        ("basic", "critical"),
        (days.POOR,),
        ("500", "1500", "4000", "75500", "20000"),
        frozenset({"major", "interim", "all eligible"}),
        ("白内障", "肺炎"),
        outcomes=days.outcomes,
    )
    yield Area(
        "new-year",
        newyear.documents,
        lambda stay: None,
        date(2023, 1, 1),
        date(2024, 12, 31),
        ("basic", "assistance"),
        (newyear.POOR,),
        ("300", "71728.57", "143157.14", "300.01", "2000"),
        frozenset({"new year", "all eligible"}),
        outcomes=newyear.outcomes,
    )
    yield Area(
        "months",
        months.documents,
        lambda stay: None,
        date(2024, 1, 1),
        date(2024, 12, 31),
        ("basic", "assistance"),
        (months.POOR,),
        ("2500", "2500.03", "10000", "7500", "1250"),
        frozenset({"all eligible"}),
        outcomes=months.outcomes,
    )


AREAS = {area.name: area for area in areas()}
