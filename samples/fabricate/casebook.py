"""The provoking case of a finding: a county of a few rows, and exactly the findings it must have."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from samples.fabricate.lists import Line
from samples.fabricate.people import make_id
from samples.fabricate.pricing import BASIC_CAP, Terms, assume, fair, ordinary
from samples.fabricate.sheets import save

LEVELS = {"示例县人民医院": "county", "青禾镇卫生院": "township", "江源省人民医院": "province"}
REGISTER = (("示例县人民医院", "县级"), ("青禾镇卫生院", "乡级"), ("江源省人民医院", "省级"))
COUNTY, TOWNSHIP, PROVINCE = LEVELS

Cells = dict[str, object]
"""Header → cell of one row."""

Paid = Mapping[str, str]
"""`<layer>_<part>` and `patient_owed` → yuan; a part left out is 0."""


@dataclass(frozen=True)
class Someone:
    """A person of the cases; `category` is empty for ordinary people."""

    name: str
    id_no: str
    category: str = ""


WANG = Someone("王秀英", make_id(1, date(1952, 3, 15), 22), "农村低保户")
ZHAO = Someone("赵生财", make_id(2, date(1938, 11, 2), 31), "五保户")
ZHUOMA = Someone("扎西·卓玛", make_id(3, date(1949, 6, 8), 14), "重点优抚对象")
LIU = Someone("刘平安", make_id(4, date(1975, 1, 20), 53))


@dataclass(frozen=True)
class Expected:
    """A finding that must be there. `row`: 0 for a file as a whole. `cause` is the first diagnosis."""

    code: str
    row: int
    layer: str = ""
    cause: str = ""
    source: str = f"{COUNTY}.csv"


@dataclass(frozen=True)
class Case:
    """`lists`: hospital → rows of its list, in `container`; `roster`: category → rows; `earlier`: a case that is
    closed first, in the ledger; `paid`: row of the first hospital's list → how its claims must be divided."""

    code: str
    what: str
    lists: Mapping[str, Sequence[Cells]]
    expected: Sequence[Expected]
    roster: Sequence[Cells] = ()
    period: str = "2010Q4"
    container: str = "utf-8-sig"
    earlier: Case | None = field(default=None)
    paid: Mapping[int, Paid] = field(default_factory=dict)


def entry(person: Someone, **said: object) -> Cells:
    """A roster row; `said` replaces or adds cells."""
    return {
        "姓名": person.name,
        "身份证号": person.id_no,
        "救助类别": person.category,
        "乡镇": "青禾镇",
        "村": "双泉村",
        "批准时间": "2008-01-01",
        **said,
    }


def bill(
    person: Someone,
    hospital: str = COUNTY,
    stay_no: str = "1001",
    admitted: str = "2010-10-08",
    discharged: str = "2010-10-15",
    total: str = "2000.00",
    eligible: str = "1500.00",
    claim: Terms | None = None,
    **said: object,
) -> Cells:
    """A row of a hospital's list that claims what `claim` gives: by default what is due, seen as the only stay of
    the year. `said` replaces or adds cells."""
    terms = claim or _terms(person, LEVELS.get(hospital, "county"))
    cost, base = Decimal(total), Decimal(eligible)
    basic = min(terms.basic(cost, base), BASIC_CAP)
    aid = Decimal("0.00")
    if terms.category:
        aid = min(terms.aid(cost, base, basic), terms.aid_cap)
    return {
        "住院号": stay_no,
        "姓名": person.name,
        "身份证号": person.id_no,
        "救助对象类别": person.category,
        "入院日期": admitted,
        "出院日期": discharged,
        "结算日期": discharged,
        "总费用": total,
        "可补偿费用": eligible,
        "新农合补偿": f"{basic:.2f}",
        "医疗救助": f"{aid:.2f}",
        "个人自付": f"{cost - basic - aid:.2f}",
        **said,
    }


def _terms(person: Someone, level: str) -> Terms:
    """What is due; ordinary people pay a deductible that the document does not state."""
    if person.category:
        return fair(level, person.category)
    return replace(ordinary(level), deductible=assume("deductible", level, "").deductible)


def write_case(case: Case, folder: Path) -> None:
    """Write `case` into `folder`: hospitals/, roster/, register.csv, case.toml, and earlier/ where there is one."""
    for hospital, rows in case.lists.items():
        save(folder / "hospitals", hospital, case.container, "Sheet1", _table(rows))
    roster = case.roster or [entry(WANG)]
    save(folder / "roster", "花名册", "utf-8-sig", "Sheet1", _table(roster))
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([("机构名称", "机构级别"), *REGISTER])
    (folder / "register.csv").write_text(text.getvalue(), "utf-8-sig", newline="")
    (folder / "case.toml").write_text(_describe(case), "utf-8", newline="\n")
    if case.earlier:
        write_case(case.earlier, folder / "earlier")


def _table(rows: Sequence[Cells]) -> list[Line]:
    """The header with every cell name that occurs, then the rows."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    return [Line(header), *(Line([row.get(name, "") for name in header]) for row in rows)]


def _describe(case: Case) -> str:
    """case.toml; a row of a file is told as the spreadsheet shows it."""
    lines = [
        f"# {case.what}",
        f"period = {_quoted(case.period)}",
        'rules = ["huangzhong-2009"]',
    ]
    if not case.expected:
        lines.append("expected = []")
    for finding in case.expected:
        lines += ["", "[[expected]]", f"code = {_quoted(finding.code)}"]
        lines.append(f"source = {_quoted(finding.source)}")
        lines += [f"row = {finding.row}"] if finding.row else []
        lines += [f"layer = {_quoted(finding.layer)}"] if finding.layer else []
        lines += [f"cause = {_quoted(finding.cause)}"] if finding.cause else []
    for row, parts in case.paid.items():
        lines += ["", "[[paid]]", f"row = {row}"]
        lines += [f"{part} = {_quoted(yuan)}" for part, yuan in parts.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
