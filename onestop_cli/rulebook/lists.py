"""Lists of names that stand in a file beside a rule document: 病种名单, which an office keeps in a spreadsheet.

A list is CSV (UTF-8 or GBK) with the heads 类别 and 病种, and 其他写法 (codes and other ways to write it, ； between
them) if there are any. It becomes part of the document: what a run and the books keep is the document with its lists.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from onestop_cli.errors import CannotRun, Problem

KIND, NAME, OTHERS = "类别", "病种", "其他写法"
ENDING = ".csv"
_BETWEEN = "；"

List = Mapping[str, list[str]]
"""类别 → what belongs to it, each with the other ways to write it behind it, ； between them."""


def wanted_lists(table: Mapping[str, Any]) -> list[str]:
    """The lists that a document's table names and does not bring itself."""
    dimensions = table.get("dimension", [])
    parts = dimensions if isinstance(dimensions, list) else []
    names = [part.get("names_from") for part in parts if isinstance(part, dict)]
    have = table.get("lists", {})
    asked = dict.fromkeys(name for name in names if isinstance(name, str) and name)
    return [name for name in asked if name not in have]


def with_lists(path: Path, data: bytes, names: Sequence[str]) -> bytes:
    """The document of `path` with the lists it names; raises `CannotRun` with everything wrong in them."""
    problems: list[Problem] = []
    text = data.decode("utf-8-sig").rstrip("\n")
    for name in names:
        try:
            text += _as_toml(name, read_list(beside(path, name)))
        except CannotRun as error:
            problems += error.problems
    if problems:
        raise CannotRun(problems)
    return f"{text}\n".encode()


def beside(path: Path, name: str) -> Path:
    """The list of that name in the document's folder; raises `CannotRun` for a name that is none."""
    if {"/", "\\", ":"} & set(name) or not name.endswith(ENDING):
        remedy = f"请写同一文件夹里的文件名，以 {ENDING} 结尾"
        raise _stop(path, f"名单文件的名字“{name}”不行", remedy)
    return path.with_name(name)


def read_list(path: Path) -> List:
    """The list in `path`; raises `CannotRun` naming each row that is none."""
    if not path.is_file():
        raise _stop(path, "找不到规则文件写的名单", "请把名单放在规则文件旁边，或改 names_from")
    rows = list(csv.reader(io.StringIO(_decoded(path))))
    heads = [cell.strip() for cell in rows[0]] if rows else []
    if missing := [head for head in (KIND, NAME) if head not in heads]:
        raise _stop(
            path,
            f"名单没有“{'、'.join(missing)}”这一列",
            f"第一行写表头：{KIND},{NAME},{OTHERS}",
            1,
        )
    found: dict[str, list[str]] = {}
    problems = []
    for number, cells in enumerate(rows[1:], 2):
        row = dict(zip(heads, (cell.strip() for cell in cells), strict=False))
        if not any(row.values()):
            continue
        if not row.get(KIND) or not row.get(NAME):
            problems.append(
                Problem("类别或病种空白", "请补全这一行，或删去", str(path), row=number)
            )
            continue
        names = [row[NAME], *spellings(row.get(OTHERS, ""))]
        found.setdefault(row[KIND], []).append(_BETWEEN.join(names))
    problems += _twice(path, found)
    if problems:
        raise CannotRun(problems)
    return found


def spellings(entry: str) -> list[str]:
    """Every way to write what an entry is about."""
    parts = entry.replace(";", _BETWEEN).split(_BETWEEN)
    return [part.strip() for part in parts if part.strip()]


def _twice(path: Path, found: List) -> Iterator[Problem]:
    every = [text for entries in found.values() for entry in entries for text in spellings(entry)]
    for text in sorted({text for text in every if every.count(text) > 1}):
        yield Problem(f"“{text}”在名单里写了两次", "每种写法只写一次", str(path))


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _as_toml(name: str, found: List) -> str:
    """The list as a table of the document."""
    lines = [f"\n\n[lists.{_quoted(name)}]"]
    for kind, texts in found.items():
        lines.append(f"{_quoted(kind)} = [{', '.join(map(_quoted, texts))}]")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """A basic string of TOML, which JSON's are."""
    return json.dumps(text, ensure_ascii=False)


def filled_in(table: Any) -> Any:
    """A document's table with the values of its lists beside those that it writes itself."""
    if not isinstance(table, dict) or not isinstance(table.get("lists"), dict):
        return table
    parts = table.get("dimension", [])
    if not isinstance(parts, list):
        return table
    return {**table, "dimension": [_filled(part, table["lists"]) for part in parts]}


def _filled(part: Any, lists: Mapping[str, Any]) -> Any:
    if not isinstance(part, dict):
        return part
    found, own = lists.get(str(part.get("names_from"))), part.get("values", {})
    if not isinstance(found, dict) or not isinstance(own, dict):
        return part
    more = {
        kind: [text for entry in some for text in spellings(entry)] for kind, some in found.items()
    }
    values = {kind: [*own.get(kind, []), *more.get(kind, [])] for kind in [*own, *more]}
    return {**part, "values": values}


def _stop(path: Path, what: str, remedy: str, row: int | None = None) -> CannotRun:
    return CannotRun([Problem(what, remedy, str(path), row=row)])
