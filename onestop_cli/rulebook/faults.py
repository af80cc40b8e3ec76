"""What a rule file's keys get wrong, as sentences with the key and the line an officer finds it
by."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from onestop_cli.errors import Problem
from onestop_cli.rulebook import clauses, language

REMEDY = "请对照 docs/rules.zh.md 修改规则文件，再运行 onestop rules check"

Key = tuple[str | int, ...]
"""Steps from the top of a file to a value: names of keys, and 0-based places in lists."""


def key_problems(
    path: Path, text: str, table: Mapping[str, Any], error: ValidationError
) -> Iterator[Problem]:
    """One problem per key: a value that may be an amount or a word fails once, not once for
    each."""
    told: dict[Key, list[str]] = {}
    for fault in error.errors():
        key = _key(fault["loc"], table)
        told.setdefault(key, []).append(_sentence(fault))
    for key, sentences in told.items():
        what = "，或".join(dict.fromkeys(sentences))
        yield Problem(f"{key_name(key, table)}：{what}", REMEDY, str(path), row=row_of(text, key))


def _key(loc: Key, table: Any) -> Key:
    """The part of a pydantic location that names keys of the file, without the branch of a
    union."""
    key: list[str | int] = []
    for step in loc:
        if isinstance(step, str) and ("[" in step or step in _BRANCHES):
            break
        key.append(step)
    return tuple(key)


_BRANCHES = frozenset({"int", "str", "AgeSpan", "constrained-int"})


def key_name(key: Sequence[str | int], table: Any = None) -> str:
    """A key as an officer finds it in the file: `layer 第 2 条（assistance）· rate 第 3 条 ·
    mode`."""
    parts: list[str] = []
    for step in key:
        try:
            table = table[step]
        except (KeyError, IndexError, TypeError):
            table = None
        if isinstance(step, str):
            parts.append(step)
            continue
        label = table.get("id", "") if isinstance(table, Mapping) else ""
        parts[-1] += f" 第 {step + 1} 条" + (f"（{label}）" if label else "")
    return " · ".join(parts)


def row_of(text: str, key: Sequence[str | int]) -> int | None:
    """The line of `text` where `key` is written, else where the table it is missing from begins."""
    headers, plain = _headers(key)
    row: int | None = None
    rest = list(headers)
    lines = text.splitlines()
    start = 0
    for number, line in enumerate(lines, 1):
        header = re.match(r"\s*\[\[?([^\]]+)\]\]?\s*(#.*)?$", line)
        if rest and header and header[1].replace('"', "").strip() == rest[0][0]:
            rest[0] = (rest[0][0], rest[0][1] - 1)
            if rest[0][1] < 0:
                rest.pop(0)
                row, start = number, number
    if rest or not plain:
        return row
    for number, line in enumerate(lines[start:], start + 1):
        if re.match(r"\s*\[", line):
            break
        if re.match(rf"\s*\"?{re.escape(plain)}\"?\s*=", line):
            return number
    return row


def _headers(key: Sequence[str | int]) -> tuple[list[tuple[str, int]], str]:
    """The table headers that lead to `key`, each with how many equal ones to pass, and the last
    plain key."""
    headers: list[tuple[str, int]] = []
    name, plain = "", ""
    for step, after in zip(key, [*key[1:], None], strict=True):
        if isinstance(step, int):
            headers[-1] = (headers[-1][0], step)
            continue
        if isinstance(after, int):
            name = f"{name}.{step}".lstrip(".")
            headers.append((name, 0))
        elif after is None:
            plain = step
        else:
            name = f"{name}.{step}".lstrip(".")
            headers.append((name, 0))
    return headers, plain


def _sentence(fault: Mapping[str, Any]) -> str:
    """A pydantic fault in Chinese."""
    kind, context = fault["type"], fault.get("ctx", {})
    match kind:
        case "value_error":
            return str(context["error"])
        case "extra_forbidden":
            return "不认识这个键" + _near_key(str(fault["loc"][-1]))
        case "missing":
            return "缺少这一项"
        case "literal_error":
            words = str(context["expected"]).replace("'", '"').replace(" or ", "、")
            return f"应写 {words.replace(', ', '、')}"
        case "string_pattern_mismatch":
            return "编号只用小写字母和数字，文件编号以连字符相连，层和维度的编号以下划线相连"
        case "date_type" | "date_from_datetime_parsing" | "date_from_datetime_inexact":
            return "应为日期，写作 2009-10-01（不加引号）"
        case "greater_than_equal" | "less_than_equal":
            return f"应{_BOUNDS[kind]} {next(iter(context.values()))}"
        case _:
            return _TYPES.get(kind, f"写法不对（{fault['msg']}）")


_BOUNDS = {"greater_than_equal": "不小于", "less_than_equal": "不大于"}
_TYPES = {
    "int_type": "应为数字（不加引号）",
    "int_from_float": "应为整数",
    "string_type": "应为文字（加引号）",
    "bool_type": "应为 true 或 false",
    "list_type": "应为列表，写作 [ … ]",
    "dict_type": "应为表，写作 { … }",
    "mapping_type": "应为表，写作 { … }",
    "model_type": "应为表，写作 { … }",
    "model_attributes_type": "应为表，写作 { … }",
}


def every_key() -> set[str]:
    """The keys of all parts of a rule file."""
    return {
        field.alias or name
        for part in (*vars(clauses).values(), *vars(language).values())
        if isinstance(part, type) and issubclass(part, clauses.RulePart)
        for name, field in part.model_fields.items()
    }


def _near_key(key: str) -> str:
    """A suggestion for a misspelt key."""
    near = difflib.get_close_matches(key, every_key(), n=1)
    return f"，是不是 {near[0]}？" if near else ""
