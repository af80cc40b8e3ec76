"""The lines of a hospital's list and of a roster: titles, headers, rows, totals, signatures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from onestop_cli.county.periods import Period
from samples.fabricate.model import LEVEL_NAMES, County, Hospital, Stay
from samples.fabricate.shapes import DAYS, MONEY, Shape


@dataclass(frozen=True)
class Line:
    """One line of a file; `stay` when it is one, `code` when the line itself is a finding."""

    cells: Sequence[object]
    stay: Stay | None = None
    code: str = ""


def hospital_lines(hospital: Hospital, stays: list[Stay], period: Period) -> list[Line]:
    """A hospital's list in its shape: stays by day, repeated and reversed rows last, then the totals."""
    shape = hospital.shape
    ordered = sorted(stays, key=lambda s: (s.echo_of is not None, s.counted_on, s.stay_no))
    lines = _head(hospital, period)
    numbered = enumerate(ordered, 1)
    for month, group in groupby(numbered, lambda pair: pair[1].counted_on.month):
        part = [(number, stay) for number, stay in group]
        lines += [Line(_cells(shape, stay, number), stay) for number, stay in part]
        if shape.monthly:
            lines.append(Line(_sums(shape, f"{month}月小计", (stay for _, stay in part))))
    if shape.total_row == "right":
        lines.append(Line(_sums(shape, "合 计", ordered)))
    elif shape.total_row == "wrong":
        lines.append(Line(_sums(shape, "合计", ordered, slip=Decimal(1000)), code="FI01"))
    if shape.monthly:
        lines.append(Line(["", "另有一例材料未齐，随后补报"], code="FI02"))
    if shape.signature:
        lines.append(Line(["制表人：晁建国", "", "审核人：蒲秀兰", "", "单位负责人（盖章）："]))
    return lines


def _head(hospital: Hospital, period: Period) -> list[Line]:
    shape, lines = hospital.shape, []
    if shape.title:
        lines.append(Line([f"{hospital.name}{period.chinese}住院补偿结算明细表"]))
    if shape.unit_row:
        lines.append(Line([f"填报单位：{hospital.name}", "", "", "单位：元"]))
    return [*lines, Line([header for _, header in shape.columns])]


def _facts(stay: Stay) -> dict[str, object]:
    """What each field of the list says, unless a fault says otherwise."""
    person, hospital = stay.person, stay.hospital
    return {
        "hospital": hospital.name,
        "level": LEVEL_NAMES[hospital.level],
        "stay_no": stay.stay_no,
        "name": person.name,
        "sex": person.sex,
        "born": person.born,
        "id_no": person.id_no,
        "category": stay.label,
        "address": f"{person.township}{person.village}",
        "township": person.township,
        "village": person.village,
        "admitted": stay.admitted,
        "discharged": stay.discharged,
        "settled": stay.settled,
        "disease": stay.disease,
        "total": stay.total,
        "eligible": stay.eligible,
        "basic": stay.claimed["basic"],
        "assistance": stay.claimed["assistance"],
        "self": stay.self_paid,
        **stay.written,
    }


def _cells(shape: Shape, stay: Stay, number: int) -> list[object]:
    facts = _facts(stay) | {"no": number}
    return [_styled(shape, field, facts[field]) for field, _ in shape.columns]


def _styled(shape: Shape, field: str, value: object) -> object:
    if isinstance(value, date) and field in DAYS:
        return value if shape.dates == "cell" else shape.dates.format(*value.isoformat().split("-"))
    if isinstance(value, Decimal) and field in MONEY:
        return _money(shape, value)
    return "" if value is None else value


def _money(shape: Shape, value: Decimal) -> object:
    value += 0  # a reversed zero is no minus zero
    if shape.amounts == "number" and shape.container == "xlsx":
        return value
    return f"{value:,.2f}" if shape.amounts == "comma" else f"{value:.2f}"


def _sums(
    shape: Shape, word: str, stays: Iterable[Stay], slip: Decimal | None = None
) -> list[object]:
    """A 小计 or 合计 line; amounts that could not be read are not in it."""
    facts = [_facts(stay) for stay in stays]
    cells: list[object] = []
    for field, _ in shape.columns:
        amounts = [fact[field] for fact in facts if isinstance(fact.get(field), Decimal)]
        total = sum((a for a in amounts if isinstance(a, Decimal)), slip or Decimal(0))
        cells.append(_money(shape, total) if field in MONEY else "")
        slip = None if field in MONEY else slip
    cells[0] = word
    return cells


def roster_lines(county: County, category: str) -> list[Line]:
    """A category's roster; 停保 and death days stand beside the first day of entitlement."""
    entries = [(entry, "") for entry in county.roster if entry.category == category]
    entries += [(entry, "RO08") for entry in county.repeats if entry.category == category]
    header = ["序号", "姓名", "身份证号", "性别", "救助类别", "乡镇", "村"]
    lines = [
        Line([f"{county.name}{category}花名册（{county.period.chinese}）"]),
        Line([*header, "批准时间", "停保日期", "死亡日期"]),
    ]
    for number, (entry, code) in enumerate(entries, 1):
        person = entry.person
        days = [
            f"{day:%Y-%m-%d}" if day else "" for day in (entry.from_on, entry.to_on, entry.died_on)
        ]
        place = [person.township, person.village]
        who = [person.name, person.id_no, person.sex, category]
        lines.append(Line([number, *who, *place, *days], code=code))
    return lines
