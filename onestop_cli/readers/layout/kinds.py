"""What each row of a sheet is: data, or one of the rows people put around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.money import parse_fen
from onestop_cli.readers.containers.grid import UNCOMPUTED
from onestop_cli.readers.layout.aliases import Aliases, tidy
from onestop_cli.readers.layout.cells import NOTHING, SCIENTIFIC
from onestop_cli.readers.layout.headers import Header

LEFT = ("title", "header", "blank", "total", "footer")
"""Rows that are recognised and left out. Beside them stand `data`; `odd`, not understood; `sum`, amounts alone,
which is a total if they add up; `again`, another header that names other columns."""

ID_LIKE = r"^[\s'’`*]*[0-9０-９][0-9０-９\s\-]{10,}[0-9０-９xXＸｘ*][\s'’*]*$"

_TOTAL = re.compile(
    r".{0,24}?(小计|合计|总计|共计|累计|总合计)(金额|人数|人次|数)?(\(.*\))?(:.*)?(共?\d+(人次?|例|条|笔)|\d{1,2})?"
    r"|(本页)?(累计|结)?[过转接续](转|入)?(次|下)页|[承接续转](前|上)页|(前|上)页(结转|转来|转入|结余|累计)|本页(结转|转下页)"
)
_TOTAL_ALONE = re.compile(
    r"计|汇总|总和|[∑Σ]|totals?|sum|共计?\d+(人次?|例|条|笔|户)", re.IGNORECASE
)
"""The label of a total where the row says nothing else."""

_SIGNATURE = re.compile(
    r"(制表|制单|填表|填报|填制|审核|复核|审批|审签|经办|会计|出纳|主管|财务|单位负责|负责|分管|领导|院长|局长|主任|科长|站长|"
    r"签字|签章|公章|盖章|大写|人民币|合计人民币|日期|时间|打印|导出|报表|报送|备注|说明|注|附注|附件|联系|电话|承办|核对|统计员).{0,12}[:(].*"
    r"|.*[(](盖章|公章|签字|签章)[)].*|第\d+页.*|.*共\d+页.*|以下空白.*|以下无正文.*|(注|说明|备注).{0,3}\d*[、.].*"
    r"|(填表|制表|填报|报送|打印|导出)?(日期|时间)\d{4}.*|共\d+(人次?|例|条|笔|户)",
    re.DOTALL,
)
_LONE_FOOTER = re.compile(
    r"\d{4}年\d{1,2}月(\d{1,2}日)?|[-—=*_]{3,}|\d{1,4}/\d{1,4}|.{0,12}[(]?(盖章|公章)[)]?"
    r"|(本|当|该)?(月|季度?|期|年)?(没有|无|未发生)(住院|发生|数据|补偿|救助|记录|人员|病人|情况|业务)*|零报告"
)
_TITLE = re.compile(
    r".*(表|明细|清单|花名册|名册|台账|公示|统计|汇总|名单)(\(.*\))?|.*单位:.*|[(]?[一二三四五六七八九十]+[、.)].*",
    re.DOTALL,
)
_COLUMN_NUMBER = re.compile(
    r"\(?\d{1,2}\)?([\d().]*[=+\-][=+\-\d().]*)?|[甲乙丙丁戊己庚辛]|[A-Z]{1,2}|栏次|行次"
)
_OTHER_HEADER = 4
"""Column names that make a row a header of its own."""

_NO_RECORD = "只有零星文字，姓名、证号、日期、金额凑不成一条记录"
_NO_CLUE = "没有姓名、证号和金额，也不像标题、合计或签名行"


@dataclass(frozen=True)
class Roles:
    """Which columns carry what decides about a row: who it is, that something happened, amounts.

    `lone_person`: a name or an ID with any second cell is enough (rosters).
    """

    person: tuple[int, ...]
    evidence: tuple[int, ...]
    money: tuple[int, ...]
    lone_person: bool = False


@dataclass(frozen=True)
class Words:
    """What stands around the data: the heads of each column, the texts above the header, all column names."""

    heads: tuple[frozenset[str], ...]
    titles: frozenset[str]
    aliases: Aliases


def words_around(header: Header, titles: Sequence[str], aliases: Aliases) -> Words:
    """The words of a sheet's frame, made comparable."""
    heads = tuple(frozenset(tidy(head) for head in names) for names in header.labels)
    return Words(heads, frozenset(_squeeze(title) for title in titles), aliases)


Kind = tuple[str, str]
"""Kind of a row, and for `odd` the reason why it could not be understood."""


def classify(
    text: pl.DataFrame, words: Words, roles: Roles, id_column: int | None
) -> dict[int, Kind]:
    """Kinds of the rows of `text` (columns by position) that are not data at a glance by their ID number."""
    blank = text.select(pl.all_horizontal(pl.all().is_null())).to_series()
    found: dict[int, Kind] = dict.fromkeys(blank.arg_true(), ("blank", ""))
    sure = pl.repeat(False, text.height, eager=True)
    if id_column is not None:
        sure = text.to_series(id_column).str.contains(f"{ID_LIKE}|{SCIENTIFIC}").fill_null(False)
    for index in (~(blank | sure)).arg_true():
        row = text.row(index)
        cells = {c: _squeeze(cell) for c, cell in enumerate(row) if cell and cell != UNCOMPUTED}
        found[index] = _look_at(cells, words, roles)
    return found


def _squeeze(cell: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell))


def _look_at(cells: Mapping[int, str], words: Words, roles: Roles) -> Kind:
    """Kind and reason of a row without a plain ID number."""
    words_of = [cells[c] for c in cells if c not in roles.money]
    if _is_total(words_of, any(c in roles.money for c in cells)):
        return "total", ""
    if _repeats(cells, words.heads):
        return "again" if _names_others(cells, words) else "header", ""
    if _is_other_header(cells, words.aliases):
        return "again", ""
    if len(cells) == 1 and set(cells.values()) <= words.titles:
        return "title", ""
    amounts = [fen for c in roles.money if c in cells and (fen := parse_fen(cells[c])) is not None]
    if not amounts and _is_footer(cells, roles):
        return "footer", ""
    return _by_content(cells, amounts, roles)


def _by_content(cells: Mapping[int, str], amounts: Sequence[int], roles: Roles) -> Kind:
    """A row that is not one of the rows around the data: what it has decides."""
    person = sum(1 for c in roles.person if cells.get(c, "/") not in NOTHING)
    evidence = sum(1 for c in roles.evidence if cells.get(c, "/") not in NOTHING)
    alone = len(cells) == 1
    if person and (evidence or amounts or person > 1 or (roles.lone_person and not alone)):
        return "data", ""
    if evidence > 1 or (evidence and amounts):
        return "data", ""
    if any(amounts):
        return "sum", ""
    if amounts or not cells or (alone and next(iter(cells.values())).isdecimal()):
        return "blank", ""
    if alone and _TITLE.fullmatch(next(iter(cells.values()))):
        return "title", ""
    return "odd", _NO_RECORD if person or evidence else _NO_CLUE


def _is_total(words: Sequence[str], amounts: bool) -> bool:
    """Whether the words of a row are a total's label, also when 合 and 计 stand in two cells."""
    labels = [word for word in words if parse_fen(word) is None]
    split = 1 < len(labels) <= 4 and len("".join(labels)) <= 4
    alone = amounts and len(labels) == 1 and _TOTAL_ALONE.fullmatch(labels[0])
    return any(_TOTAL.fullmatch(word) for word in labels) or bool(
        alone or (split and _TOTAL.fullmatch("".join(labels)))
    )


def _repeats(cells: Mapping[int, str], heads: Sequence[frozenset[str]]) -> bool:
    """Whether a row repeats the header, or numbers its columns."""
    same = sum(1 for column, cell in cells.items() if tidy(cell) in heads[column])
    plain = [int(cell) for cell in cells.values() if cell.isdecimal()]
    numbers = (
        len(set(cells.values())) == len(cells) > 2
        and all(_COLUMN_NUMBER.fullmatch(cell) for cell in cells.values())
        and plain == sorted(plain)
    )
    return bool(cells) and (same >= max(2, len(cells) / 2) or same == len(cells) or numbers)


def _names_others(cells: Mapping[int, str], words: Words) -> bool:
    """Whether a row that repeats most of the header has a title over a column that is called otherwise: two amounts
    may have changed places, or one is missing, and what follows would be read under the wrong titles."""
    for column, cell in cells.items():
        word, own = tidy(cell), words.heads[column]
        if word in own:
            continue
        claim = words.aliases.claim(word)
        fields = {known.field for head in own if (known := words.aliases.claim(head))}
        if any(word in heads for heads in words.heads) or (claim and claim.field not in fields):
            return True
    return False


def _is_other_header(cells: Mapping[int, str], aliases: Aliases) -> bool:
    """Whether a row of words names columns, but not in the order of the header above."""
    if len(cells) < _OTHER_HEADER or any(re.search(r"\d", cell) for cell in cells.values()):
        return False
    return sum(1 for cell in cells.values() if aliases.claim(tidy(cell))) >= _OTHER_HEADER


def _is_footer(cells: Mapping[int, str], roles: Roles) -> bool:
    """Whether a row is signatures, notes or a page number; a name with a remark is not."""
    if not cells:
        return False
    texts = list(cells.values())
    if _SIGNATURE.fullmatch(texts[0]) or (len(texts) == 1 and _LONE_FOOTER.fullmatch(texts[0])):
        return True
    person = [cells[c] for c in roles.person if c in cells]
    signed = [text for text in texts if _SIGNATURE.fullmatch(text)]
    return (
        bool(signed)
        and all(text in signed for text in person)
        and not any(c in cells and cells[c] not in signed for c in roles.evidence)
    )
