"""账户名册: where people's money goes (一卡通): card or account per person, as the county keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from onestop_cli.core.identify import usable_ids
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.readers.own_sheets import OwnForm
from onestop_cli.readers.own_table import OwnRow, read_own
from onestop_cli.tables.schema import Schema

FORM = OwnForm(
    "账户名册",
    {
        "身份证号": "id_no",
        "姓名": "name",
        "开户行": "bank",
        "户名": "holder",
        "账号": "account",
        "与本人关系": "relation",
    },
    ("身份证号", "姓名", "账号"),
    "表头写 身份证号、姓名、开户行、户名、账号、与本人关系；证号和账号两列设为文本格式",
)
ACCOUNTS: Schema = dict.fromkeys(
    ("id_no", "name", "bank", "holder", "account", "relation"), pl.String
)
"""A person's account; `holder` is the person unless another name stands there, whose `relation` is then said."""

_DIGITS = re.compile(r"\d{8,32}")
_LOST = 10**15
_AS_TEXT = "把这一列设为文本格式，照存折或卡片重新输入"


def read_accounts(paths: Iterable[Path], notes: list[str]) -> pl.DataFrame:
    """All accounts (`ACCOUNTS`); what was not read is told in `notes`.

    Raises `CannotRun` naming every row that cannot be paid to.
    """
    rows, problems = list[dict[str, str | None]](), list[Problem]()
    where: dict[str, str] = {}
    for line in _lines(paths, notes, problems):
        row = _row(line)
        wrong = [*_wrong(line, row)]
        number, account = row["id_no"] or "", row["account"] or ""
        if not wrong and where.setdefault(number, account) != account:
            wrong.append((f"{row['name']}有两个不同的账号", "只留一个"))
        problems += [line.problem(*each) for each in wrong]
        rows.append(row)
    if problems:
        raise CannotRun(problems)
    return pl.DataFrame(rows, schema=dict(ACCOUNTS)).unique("id_no", maintain_order=True)


def _lines(paths: Iterable[Path], notes: list[str], problems: list[Problem]) -> Iterator[OwnRow]:
    """The rows of all lists; what stands against one of them goes to `problems`."""
    for path in paths:
        try:
            yield from read_own(path, FORM, notes)
        except CannotRun as error:
            problems += error.problems


def _row(line: OwnRow) -> dict[str, str | None]:
    texts = line.texts
    row = {name: texts.get(name) for name in ACCOUNTS}
    account = re.sub(r"[\s\-]", "", texts.get("account", ""))
    return {
        **row,
        "id_no": usable_ids(pl.Series([texts.get("id_no")], dtype=pl.String))[0],
        "account": account,
        "holder": texts.get("holder") or texts.get("name"),
    }


def _wrong(line: OwnRow, row: dict[str, str | None]) -> Iterator[tuple[str, str]]:
    """Why nothing can be paid by this row, and what to do."""
    if not row["name"]:
        yield "没有姓名", "请补上"
    if _lost(line, "id_no") or row["id_no"] is None:
        yield "身份证号不是 18 位有效证号，或后几位已丢失", _AS_TEXT
    if _lost(line, "account"):
        yield "账号是数字格式，后几位已丢失", _AS_TEXT
    elif not _DIGITS.fullmatch(row["account"] or ""):
        yield "账号不是 8 到 32 位数字", "请照存折或卡片改正"
    if row["holder"] != row["name"] and not row["relation"]:
        yield f"户名“{row['holder']}”不是本人", "请在“与本人关系”写明（户主、配偶、监护人 …）"


def _lost(line: OwnRow, field: str) -> bool:
    """Whether a spreadsheet has made a number of it that is too long for one."""
    cell = line.cells.get(field)
    return isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _LOST
