"""应补名单.xlsx as people signed it: which rows were paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import exact_fen, yuan
from onestop_cli.readers import own_forms
from onestop_cli.readers.layout.days import Habit, read_day
from onestop_cli.readers.own_table import OwnRow, read_own


@dataclass(frozen=True)
class SignedList:
    """The rows that were paid (number, layer, fen, on), and how many were not."""

    paid: pl.DataFrame
    unsigned: int


_PAID = {"number": pl.Int64, "layer": pl.String, "fen": pl.Int64, "on": pl.Date}
_MEND = "请照最新的应补名单改正，或清空这一行的签收和支付日期"
_NOBODY = re.compile(r"未|没|无|否|不|退|拒|待|尚[未没]|暂[未没缓]|缺|[×✕xX/／\\—－?？0-]+$")
"""How a cell for a signature says that nobody signed."""


def read_owed_list(path: Path, owed: pl.DataFrame, on: date, notes: list[str]) -> SignedList:
    """The signed rows of `path`, held against what is `owed` (`ledger.owed.OWED`); those without a day are of `on`.
    What was not read is told in `notes`.

    Raises `CannotRun` naming every row that cannot be read, comes twice, or is not owed as it says.
    """
    lines = read_own(path, own_forms.OWED, notes)
    known = {(row["number"], row["layer_name"]): row for row in owed.iter_rows(named=True)}
    rows, problems, seen = [], list[Problem](), set[tuple[int | None, str]]()
    signed = [line for line in lines if {"signed", "paid_on"} & {*line.texts}]
    for line in signed:
        key = _whole(line.texts.get("number", "")), line.texts.get("layer_name", "")
        mine = known.get((key[0] or 0, key[1]))
        day, _ = read_day(line.cells["paid_on"], Habit()) if "paid_on" in line.texts else (on, None)
        wrong = [*_wrong(line, mine, day, on)]
        if key in seen:
            wrong.append(f"编号 {key[0]} 的{key[1]}在名单上不止一行")
        seen.add(key)
        problems += [line.problem(what, _MEND) for what in wrong]
        if mine:
            rows.append({"number": key[0], "layer": mine["layer"], "fen": mine["fen"], "on": day})
    if not signed:
        problems.append(
            Problem("名单上没有一行填了签收或支付日期", "请在付过的各行填写", path.name)
        )
    if problems:
        raise CannotRun(problems)
    numbered = sum(_whole(line.texts.get("number", "")) is not None for line in lines)
    return SignedList(pl.DataFrame(rows, schema=_PAID), numbered - len(signed))


def _wrong(
    line: OwnRow, mine: dict[str, object] | None, day: date | None, last: date
) -> Iterator[str]:
    """Why a signed row cannot be booked."""
    texts = line.texts
    if day is None:
        yield f"看不懂支付日期“{texts['paid_on']}”"
    elif day > last:
        yield f"支付日期 {day} 在 --on 写的 {last} 之后"
    if mine is None:
        yield f"台账里没有编号 {texts.get('number', '（空）')} 的这一笔应补，或者已经付过"
        return
    by = texts.get("signed", "")
    if _NOBODY.match(by) and by != mine["name"]:
        yield f"签收栏写着“{by}”，不是领款人的签字"
    if texts.get("name") != mine["name"]:
        yield f"编号 {texts.get('number')} 的姓名与台账不符"
    if exact_fen(texts.get("fen", "")) != mine["fen"]:
        fen = mine["fen"]
        assert isinstance(fen, int)
        yield f"金额“{texts.get('fen', '')}”不是台账的应补 {yuan(fen)} 元"


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
