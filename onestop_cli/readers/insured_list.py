"""参保激励名单: how long people are insured without a break, and what raises their yearly limit (零报销 …)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import exact_fen
from onestop_cli.privacy import without_numbers
from onestop_cli.readers import own_forms
from onestop_cli.readers.layout.days import Habit, read_day, why_no_day
from onestop_cli.readers.own_people import identities
from onestop_cli.readers.own_table import OwnRow, read_own
from onestop_cli.tables.schema import INSURED, empty

_AS_LIST = "请改正名单后重新运行"
_DAYS = {"from_on": "起始日期", "to_on": "终止日期"}


@dataclass(frozen=True)
class InsuredList:
    """The rows of all lists (`INSURED`); of each file its name, SHA-256 and rows; what of them was not read."""

    rows: pl.DataFrame = field(default_factory=lambda: empty(INSURED))
    files: Sequence[tuple[str, str, int]] = ()
    notes: Sequence[str] = ()


def read_insured(paths: Iterable[Path]) -> InsuredList:
    """Every row of the lists at `paths`; raises `CannotRun` naming each that cannot be used."""
    lines: list[OwnRow] = []
    files: list[tuple[str, str, int]] = []
    problems: list[Problem] = []
    notes: list[str] = []
    for path in paths:
        try:
            own = read_own(path, own_forms.INSURED, notes)
            lines += own
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            files.append((path.name, digest, len(own)))
        except CannotRun as error:
            problems += error.problems
    rows, wrong = understood(lines)
    if problems := [*problems, *wrong]:
        raise CannotRun(problems)
    return InsuredList(pl.DataFrame(rows, schema=dict(INSURED)), files, notes)


def understood(lines: Sequence[OwnRow]) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The rows as they are read, and what is wrong with them."""
    rows, problems = list[dict[str, Any]](), list[Problem]()
    for line, identity in zip(lines, identities(lines), strict=True):
        row, wrong = _row(line, identity)
        rows.append(row)
        problems += [line.problem(what, _AS_LIST) for what in wrong]
    return rows, [*problems, *_twice(lines, rows)]


def _row(line: OwnRow, identity: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A row, and what is wrong with it."""
    texts, wrong = line.texts, list[str]()
    row: dict[str, Any] = {"id_no": identity["id_no"], "name_key": identity["name_key"]}
    if row["id_no"] is None:
        wrong.append(f"身份证号不能用：{identity['id_why'] or '为空'}")
    if row["name_key"] is None:
        wrong.append("姓名为空")
    row["years"] = _years(texts.get("years"))
    if "years" in texts and row["years"] is None:
        wrong.append(f"连续参保年数“{without_numbers(texts['years'])}”不是 0 到 99 的整年数")
    row["raise_fen"] = exact_fen(texts["raise_fen"]) if "raise_fen" in texts else None
    if "raise_fen" in texts and (row["raise_fen"] is None or row["raise_fen"] < 0):
        wrong.append(f"提高限额“{without_numbers(texts['raise_fen'])}”不是金额，或是负数")
    if not {"years", "raise_fen"} & texts.keys():
        wrong.append("连续参保年数和提高限额都是空的")
    for name, title in _DAYS.items():
        row[name], fault = read_day(line.cells[name], Habit()) if name in texts else (None, None)
        if fault:
            wrong.append(f"{title}“{without_numbers(fault)}”{why_no_day(fault)}")
    if row["from_on"] and row["to_on"] and row["to_on"] < row["from_on"]:
        wrong.append("终止日期早于起始日期")
    return row, wrong


def _years(text: str | None) -> int | None:
    """5, 5年, 5.0."""
    found = re.fullmatch(r"(\d{1,2})(?:\.0+)?年?", text or "")
    return int(found[1]) if found else None


def _twice(lines: Sequence[OwnRow], rows: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """Rows of one person whose days meet: which of them would hold?"""
    spans: dict[str, list[tuple[date, date, OwnRow]]] = {}
    for line, row in zip(lines, rows, strict=True):
        if row["id_no"] is None:
            continue
        first, last = row["from_on"] or date.min, row["to_on"] or date.max
        for begun, ended, other in spans.get(row["id_no"], ()):
            if begun <= last and first <= ended:
                what = f"同一人的起止日期与{other.seen_from(line)}重叠"
                yield line.problem(what, "同一天只能有一行，请改正")
        spans.setdefault(row["id_no"], []).append((first, last, line))
