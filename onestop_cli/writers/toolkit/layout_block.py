"""`[[layout]]` blocks of onestop.toml, appended so that everything else in the file stays as it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from onestop_cli.county.settings import FileLayout, load_settings
from onestop_cli.errors import stop
from onestop_cli.writers.toolkit.text import newline_of, write_text


def append_layouts(path: Path, layouts: Sequence[FileLayout]) -> int:
    """Append the blocks that `path` does not have yet, and say how many; whole or not at all.

    Raises `CannotRun` when the file cannot be written, or would no longer be readable.
    """
    known = load_settings(path).layout
    new = list(dict.fromkeys(block(layout) for layout in layouts if layout not in known))
    if not new:
        return 0
    text = path.read_bytes().decode("utf-8-sig").rstrip("\r\n")
    stage = path.with_name(f".{path.name}.tmp")
    try:
        write_text(stage, "\n\n".join([text, *new]) + "\n", newline=newline_of(text))
        load_settings(stage)
        stage.replace(path)
    except OSError as error:
        raise stop(
            "设置文件写不进去", "请检查文件夹权限，关闭正在打开它的程序", str(path)
        ) from error
    finally:
        stage.unlink(missing_ok=True)
    return len(new)


def block(layout: FileLayout) -> str:
    """The TOML of one layout, only what it says."""
    said = layout.model_dump(exclude_defaults=True)
    columns = said.pop("columns", {})
    lines = ["[[layout]]", *(f"{key} = {_value(value)}" for key, value in said.items())]
    if columns:
        lines.append("[layout.columns]")
        lines += [f"{_value(title)} = {_value(header)}" for title, header in columns.items()]
    return "\n".join(lines)


def _value(value: object) -> str:
    """A string, number or truth value as TOML."""
    return json.dumps(value, ensure_ascii=False)
