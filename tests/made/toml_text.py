"""A table of plain values as TOML: enough for rule files with their blanks filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any


def toml_text(table: Mapping[str, Any]) -> str:
    """`table` as a document; arrays of tables under `[[…]]`, everything below them inline."""
    plain = {k: v for k, v in table.items() if not _tables(v)}
    arrays = {k: v for k, v in table.items() if _tables(v)}
    lines = [f"{key} = {_value(value)}" for key, value in plain.items()]
    for name, entries in arrays.items():
        for entry in entries:
            lines += [f"[[{name}]]", *(f"{key} = {_value(value)}" for key, value in entry.items())]
    return "\n".join(lines) + "\n"


def _tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal | date):
        return str(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_pairs(value)) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _pairs(value: Mapping[str, Any]) -> Iterator[str]:
    for key, inner in value.items():
        yield f"{_value(key)} = {_value(inner)}"
