"""Other numbers put into a document's table: for trial cases and for what a new rule would pay.

A key is written as the file has it, `layer.basic.rate[2].rate`: parts of a list by their id, or by their place
from 1. Where a list has one entry only, its place may be left out.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from onestop_cli.errors import CannotRun, Problem

_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")


def changed(table: Mapping[str, Any], changes: Mapping[str, Any], file: str | None = None) -> Any:
    """A copy of a document's TOML `table` with `changes` made; raises `CannotRun` for keys that are not there.

    `file`: where the changes stand, for messages.
    """
    other, problems = copy.deepcopy(dict(table)), []
    for key, value in changes.items():
        if not _put(other, key, value):
            remedy = "请写成 layer.basic.rate[2].rate：层写编号，条款写第几条（从 1 起）"
            problems.append(Problem(f"规则文件里没有“{key}”这一项", remedy, file))
    if problems:
        raise CannotRun(problems)
    return other


def _put(table: Any, key: str, value: Any) -> bool:
    """Write `value` at `key`; False when the way there does not exist."""
    if not re.fullmatch(rf"{_STEP.pattern}(\.{_STEP.pattern})*", key):
        return False
    steps = [step for name, place in _STEP.findall(key) for step in (name, place) if step]
    *way, last = steps
    for step in way:
        table = _inside(table, step)
    table = _only(table)
    if not isinstance(table, dict) or last not in table:
        return False
    table[last] = value
    return True


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
