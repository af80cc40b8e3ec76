"""Other numbers put into a document: for trial cases and for what a new rule would pay.

A key is written as the file has it, `layer.basic.rate[2].rate`: parts of a list by their id, or by their place
from 1; where a list has one entry only, its place may be left out. Or it names a term for whom it holds, see
`rulebook.named`: `assistance.cap`, `basic.rate[level=county]`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.rulebook import check
from onestop_cli.rulebook.faults import key_problems
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule, read_toml
from onestop_cli.rulebook.named import UnknownName, find_spot

_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")
_WORDS = {"不封顶": "none", "不限": "none", "无": "none"}


def changed(table: Mapping[str, Any], changes: Mapping[str, Any], file: str | None = None) -> Any:
    """A copy of a document's TOML `table` with `changes` made; raises `CannotRun` for keys that are not there.

    `file`: where the changes stand, for messages.
    """
    other, problems = copy.deepcopy(dict(table)), []
    for key, value in changes.items():
        place = _place(other, key)
        if place:
            place[0][place[1]] = value
        else:
            remedy = "请写成 layer.basic.rate[2].rate：层写编号，条款写第几条（从 1 起）"
            problems.append(Problem(f"规则文件里没有“{key}”这一项", remedy, file))
    if problems:
        raise CannotRun(problems)
    return other


def split_change(text: str) -> tuple[str, str]:
    """`KEY=VALUE` in two; a key may have `=` in brackets. Raises `CannotRun` when it is neither."""
    match = re.fullmatch(r"((?:[^=\[\]]|\[[^\]]*\])+)=(.+)", text.strip().replace("＝", "="))
    if match is None:
        remedy = "请写成 名称=值，例如 assistance.cap=8000、basic.rate[level=county]=75%"
        raise CannotRun([Problem(f"看不懂要改的“{text}”", remedy)])
    return match[1].strip(), match[2].strip()


def with_changes(loaded: LoadedRule, changes: Sequence[tuple[str, str]]) -> LoadedRule:
    """A document with other values, `(key, value as typed)`, checked like a file; raises `CannotRun` with everything
    that is wrong with the keys, or else with the values."""
    other = replace(loaded, file=file_with(loaded, changes))
    known = check.contradictions(loaded)
    if problems := [found for found in check.contradictions(other) if found not in known]:
        raise _with_remedy(problems)
    return other


def _with_remedy(problems: Iterable[Problem]) -> CannotRun:
    """The file is as it was; what has to change is what was typed."""
    remedy = "请改这次试的值；规则文件没有改动"
    return CannotRun(replace(found, remedy=remedy, file=None, row=None) for found in problems)


def file_with(loaded: LoadedRule, changes: Sequence[tuple[str, str]]) -> RuleFile:
    """The same without proof that there is neither gap nor contradiction; for searches over many values."""
    _, table = read_toml(loaded.path, loaded.data)
    problems: list[Problem] = []
    for key, value in changes:
        try:
            _change(loaded.file, table, key, parse_value(value))
        except CannotRun as error:
            problems += error.problems
    if problems:
        raise CannotRun(problems)
    try:
        return RuleFile.model_validate(table)
    except ValidationError as error:
        raise _with_remedy(key_problems(loaded.path, loaded.text, table, error)) from error


def knows(loaded: LoadedRule, key: str) -> bool:
    """Whether a document has anything that `key` may mean."""
    try:
        _change(loaded.file, read_toml(loaded.path, loaded.data)[1], key, None)
    except UnknownName:
        return False
    except CannotRun:
        return True
    return True


def parse_value(text: str) -> Any:
    """A value as typed: `8000`, `8,000元`, `75%` → a number; anything else is a word of the language."""
    plain = re.sub(r"[,，\s元]", "", text.replace("％", "%"))
    number = re.fullmatch(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+))(%?)", plain)
    if number is None:
        return _WORDS.get(text, text)
    value = Decimal(number[1]) / 100 if number[2] else Decimal(number[1])
    return int(value) if value == value.to_integral_value() else value


def _change(rule: RuleFile, table: dict[str, Any], key: str, value: Any) -> None:
    """Write `value` at `key` of `table`, the table of `rule`; raises `CannotRun` when that is not one place."""
    place = _place(table, key)
    if place and not isinstance(place[0][place[1]], list | dict):
        place[0][place[1]] = value
        return
    *way, last = find_spot(rule, table, key).key
    inside: Any = table
    for step in way:
        inside = inside[step]
    inside[last] = value


def _place(table: Any, key: str) -> tuple[dict[str, Any], str] | None:
    """The table that a key of the file stands in, and its last step; None when the way there does not exist."""
    if not re.fullmatch(rf"{_STEP.pattern}(\.{_STEP.pattern})*", key):
        return None
    steps = [step for name, place in _STEP.findall(key) for step in (name, place) if step]
    *way, last = steps
    for step in way:
        table = _inside(table, step)
    table = _only(table)
    return (table, last) if isinstance(table, dict) and last in table else None


def _inside(table: Any, step: str) -> Any:
    """One step down: a key of a table, an entry of a list by id or by its place from 1; None when there is none."""
    if isinstance(table, list):
        by_id = [part for part in table if isinstance(part, dict) and part.get("id") == step]
        if by_id:
            return by_id[0]
        if step.isdigit():
            return table[int(step) - 1] if 0 < int(step) <= len(table) else None
        table = _only(table)
    return table.get(step) if isinstance(table, dict) else None


def _only(table: Any) -> Any:
    """The single entry of a list that has one; anything else as it is."""
    return table[0] if isinstance(table, list) and len(table) == 1 else table
