"""What each row of a sheet is: data, or one of the rows people put around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from onestop_cli.money import parse_fen
from onestop_cli.readers.aliases import tidy
from onestop_cli.readers.cells import NOTHING
from onestop_cli.readers.headers import Header

LEFT = ("title", "header", "blank", "total", "footer")
"""Kinds of rows that are recognised and left out; beside them stand `data`, `odd` and `sum`."""

ID_LIKE = r"^[\s'’`*]*[0-9０-９][0-9０-９\s\-]{10,}[0-9０-９xXＸｘ*][\s'’*]*$"

_TOTAL = re.compile(
    r".{0,24}?(小计|合计|总计|共计|累计|总合计)(金额|人数|人次|数)?(\(.*\))?([:：].*)?(\d+(人次?|例|条|笔))?"
)
_FOOTER = re.compile(
    r"(制表|制单|填表|填报|填制|审核|复核|审批|审签|经办|会计|出纳|主管|财务|单位负责|负责|分管|领导|院长|局长|主任|科长|"
    r"站长|签字|签章|公章|盖章|日期|打印|导出|报表|报送|备注|说明|注|附注|附件|联系|电话|承办|核对|统计员|年\s*月\s*日)"
    r".{0,12}[:：(].*|.*[(（](盖章|公章|签字|签章)[)）].*|第\d+页.*|.*共\d+页.*|以下空白.*|以下无正文.*|\d{4}年\d{1,2}月\d{1,2}日"
    r"|[-—=*]{3,}",
    re.DOTALL,
)
_TITLE = re.compile(
    r".*(表|明细|清单|花名册|名册|台账|公示|统计|汇总|名单)(\(.*\))?|.*单位[:：].*|[一二三四五六七八九十]+[、.].*",
    re.DOTALL,
)
_COLUMN_NUMBER = re.compile(r"\(?\d{1,2}\)?([=+\-\d().]*)?|[甲乙丙丁戊己庚辛]|[A-Z]{1,2}|栏次")


@dataclass(frozen=True)
class Roles:
    """Which columns carry what decides about a row."""

    person: tuple[int, ...]
    """name and ID columns."""
    evidence: tuple[int, ...]
    """stay number and days; for a roster every other column that has a meaning."""
    money: tuple[int, ...]
    lone_person: bool = False
    """Whether a name or an ID with any second cell is enough (rosters)."""


@dataclass
class Kinds:
    """The kind of every body row, and why an `odd` one could not be understood."""

    kind: list[str]
    reason: dict[int, str] = field(default_factory=dict)


def classify(text: pl.DataFrame, header: Header, roles: Roles, id_column: int | None) -> Kinds:
    """Kinds of the rows of `text` (columns by position). Rows with an ID are data at a glance."""
    blank = text.select(pl.all_horizontal(pl.all().is_null())).to_series()
    sure = pl.repeat(False, text.height, eager=True)
    if id_column is not None and text.height:
        sure = text.to_series(id_column).str.contains(ID_LIKE).fill_null(False)
    found = Kinds(["blank" if empty else "data" for empty in blank])
    heads = [{tidy(head) for head in names} for names in header.labels]
    for index in (~(blank | sure)).arg_true():
        kind, reason = _look_at(text.row(index), heads, roles)
        found.kind[index] = kind
        if reason:
            found.reason[index] = reason
    return found


def _look_at(row: Sequence[str | None], heads: list[set[str]], roles: Roles) -> tuple[str, str]:
    """Kind and reason of one row without a plain ID number."""
    cells = {column: _squeeze(cell) for column, cell in enumerate(row) if cell is not None}
    person = [c for c in roles.person if c in cells and cells[c] not in NOTHING]
    amounts = [fen for c in roles.money if c in cells and (fen := parse_fen(cells[c])) is not None]
    if _is_total([cells[c] for c in cells if c not in roles.money]):
        return "total", ""
    if _is_header(cells, heads):
        return "header", ""
    if not amounts and any(_FOOTER.fullmatch(cell) for cell in cells.values()):
        return "footer", ""
    evidence = [c for c in roles.evidence if c in cells and cells[c] not in NOTHING]
    return _person_row(cells, len(person), len(evidence), amounts, roles)


def _person_row(
    cells: dict[int, str], person: int, evidence: int, amounts: list[int], roles: Roles
) -> tuple[str, str]:
    """A row that is not one of the rows around the data: what it has decides."""
    if person and (evidence or amounts or person > 1 or (roles.lone_person and len(cells) > 1)):
        return "data", ""
    if evidence > 1 or (evidence and amounts):
        return "data", ""
    if person or evidence:
        return "odd", "只有一两格文字，没有姓名、证号、日期和金额可以凑成一条记录"
    if any(amounts):
        return "sum", ""
    if amounts or (len(cells) == 1 and next(iter(cells.values())).isdecimal()):
        return "blank", ""
    if len(cells) == 1 and _TITLE.fullmatch(next(iter(cells.values()))):
        return "title", ""
    return "odd", "没有姓名、证号和金额，也不像标题、合计或签名行"


def _squeeze(cell: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell))


def _is_total(words: list[str]) -> bool:
    """Whether the words of a row are a total's label, also when 合 and 计 stand in two cells."""
    labels = [word for word in words if parse_fen(word) is None]
    return any(_TOTAL.fullmatch(word) for word in labels) or bool(
        1 < len(labels) <= 4 and _TOTAL.fullmatch("".join(labels)) and len("".join(labels)) <= 4
    )


def _is_header(cells: dict[int, str], heads: list[set[str]]) -> bool:
    """Whether a row repeats the header, or numbers its columns."""
    same = sum(1 for column, cell in cells.items() if tidy(cell) in heads[column])
    numbers = len(cells) > 2 and all(_COLUMN_NUMBER.fullmatch(cell) for cell in cells.values())
    return same >= max(2, len(cells) / 2) or numbers
