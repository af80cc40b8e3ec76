"""The county as its hospitals and offices hand it in: lists, rosters, a register; with slips of the usual kinds."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.planted.county import County, Person, Stay
from samples.fabricate.model import LEVEL_NAMES
from samples.fabricate.pricing import AID_CAP, BASIC_CAP, fair, ordinary

Place = tuple[str, int]
"""File and row."""

_TITLES = (
    "住院号",
    "姓名",
    "性别",
    "身份证号",
    "救助类别",
    "乡镇",
    "村",
    "入院日期",
    "出院日期",
    "结算日期",
    "疾病名称",
)
_MONEY = ("总费用", "可补偿费用", "新农合补偿", "医疗救助", "个人自付")


def write(county: County, folder: Path) -> dict[int, Place]:
    """Write all files into `folder`; the place of every stay by its `id()`."""
    by_hospital: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in county.stays:
        by_hospital[stay.hospital.name].append(stay)
    places: dict[int, Place] = {}
    (folder / "hospitals").mkdir(parents=True)
    (folder / "roster").mkdir()
    for name, stays in by_hospital.items():
        stays.sort(key=lambda stay: (stay.discharged, stay.admitted, stay.person.id_no))
        rows = [_row(county, stay, at) for at, stay in enumerate(stays, 1)]
        again = _repeated(county, rows)
        _save(folder / "hospitals" / f"{name}.csv", [*_TITLES, *_MONEY], [*rows, *again])
        places |= {id(stay): (f"{name}.csv", row) for row, stay in enumerate(stays, 2)}
    _write_rosters(county, folder / "roster")
    levels = [{"机构名称": h.name, "机构级别": LEVEL_NAMES[h.level]} for h in county.hospitals]
    _save(folder / "register.csv", ["机构名称", "机构级别"], levels)
    return places


def _row(county: County, stay: Stay, number: int) -> dict[str, str]:
    person, rng = stay.person, county.rng
    settled = stay.discharged + timedelta(days=rng.choice((0, 0, 0, 1)))
    settled = min(settled, county.period.last)
    claims = stay.claims or _claims(county, stay)
    own = stay.total - claims["basic"] - claims["assistance"]
    return {
        "住院号": f"{county.period.first.year}{number:05d}",
        "姓名": person.name,
        "性别": person.sex,
        "身份证号": person.id_no if stay.pattern else _number(county, stay),
        "救助类别": person.category,
        "乡镇": person.town,
        "村": person.village,
        "入院日期": f"{stay.admitted:%Y-%m-%d}",
        "出院日期": f"{stay.discharged:%Y-%m-%d}",
        "结算日期": f"{settled:%Y-%m-%d}",
        "疾病名称": stay.disease,
        "总费用": _yuan(stay.total),
        "可补偿费用": _yuan(stay.eligible),
        "新农合补偿": _yuan(claims["basic"]),
        "医疗救助": _yuan(claims["assistance"]),
        "个人自付": _yuan(own),
        **stay.written,
    }


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}"


def _claims(county: County, stay: Stay) -> dict[str, int]:
    """What is due for the stay alone; now and then by the wrong level, or a slip of the pen."""
    rng, category, level = county.rng, stay.person.category, stay.hospital.level
    if not stay.pattern and rng.random() < stay.hospital.slips:
        level = rng.choice(("township", "county", "city"))
    terms = fair(level, category) if category else ordinary(level)
    total, eligible = Decimal(stay.total) / 100, Decimal(stay.eligible) / 100
    basic = min(terms.basic(total, eligible), BASIC_CAP)
    aid = (
        min(terms.aid(total, eligible, basic), terms.aid_cap, AID_CAP * 9)
        if category
        else Decimal(0)
    )
    if not stay.pattern and rng.random() < stay.hospital.slips:
        basic = max(basic - rng.randint(1, 60), Decimal(0))
    return {"basic": int(basic * 100), "assistance": int(aid * 100)}


def _number(county: County, stay: Stay) -> str:
    """The ID as the list has it: a few are missing, cut or mistyped."""
    number, rng = stay.person.id_no, county.rng
    luck = rng.random()
    if luck < 0.002:
        return ""
    if luck < 0.004:
        return number[:17]
    if luck < 0.007:
        at = rng.randrange(17)
        return number[:at] + str(rng.randrange(10)) + number[at + 1 :]
    return number


def _repeated(county: County, rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """A few rows entered twice, and a few taken back by a row of opposite amounts."""
    again = [dict(row) for row in rows if county.rng.random() < 0.001]
    back = [row for row in rows if county.rng.random() < 0.001]
    return again + [{**row, **{title: f"-{row[title]}" for title in _MONEY}} for row in back]


def _write_rosters(county: County, folder: Path) -> None:
    listed: defaultdict[str, list[Person]] = defaultdict(list)
    seen: set[str] = set()
    for person in county.people:
        if person.category and person.id_no not in seen:
            seen.add(person.id_no)
            listed[person.category].append(person)
    titles = [
        "家庭编号",
        "户主姓名",
        "与户主关系",
        "姓名",
        "身份证号",
        "性别",
        "救助类别",
        "乡镇",
        "村",
        "批准时间",
        "死亡日期",
    ]
    for category, people in listed.items():
        _save(
            folder / f"{category}花名册.csv", titles, (_entry(county, person) for person in people)
        )


def _entry(county: County, person: Person) -> dict[str, str]:
    head = county.households[person.household][0]
    died = county.deaths.get(person.id_no)
    return {
        "家庭编号": f"{person.household:06d}",
        "户主姓名": head.name,
        "与户主关系": person.role,
        "姓名": person.name,
        "身份证号": person.id_no,
        "性别": person.sex,
        "救助类别": person.category,
        "乡镇": person.town,
        "村": person.village,
        "批准时间": "2008-01-01",
        "死亡日期": f"{died:%Y-%m-%d}" if died else "",
    }


def _save(path: Path, titles: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, titles)
        writer.writeheader()
        writer.writerows(rows)
