"""`[synonyms.*]` of onestop.toml, added to so that everything else in the file stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from onestop_cli.county.settings import load_settings
from onestop_cli.errors import CannotRun, stop
from onestop_cli.tables.inspection import Spelling
from onestop_cli.writers.toolkit.text import newline_of, write_text

_KEY = re.compile(r'^\s*("(?:[^"\\]|\\.)*"|[\w-]+)\s*=\s*\[(.*)\]\s*(#.*)?$')


def add_synonyms(path: Path, spellings: Iterable[Spelling]) -> int:
    """Add what the file does not say yet, and say how many spellings that are; whole or not at all.

    Raises `CannotRun` when the file cannot be written, or a line of it cannot be added to.
    """
    known = load_settings(path).synonyms
    text = path.read_bytes().decode("utf-8-sig")
    added, wanted = 0, {}
    for one in spellings:
        own: Mapping[str, Sequence[str]] = getattr(known, one.kind)
        before = tuple(own.get(one.name, ()))
        new = tuple(name for name in one.others if name not in before)
        if new:
            wanted[one.kind, one.name] = (*before, *new)
            text = _with(text, one.kind, one.name, (*before, *new))
            added += len(new)
    if added:
        _write(path, text, wanted)
    return added


def _with(text: str, kind: str, name: str, others: Sequence[str]) -> str:
    """The file with one line of a section written anew, added to it, or in a section of its own at the end."""
    lines = text.rstrip("\r\n").split("\n")
    line = f"{_quoted(name)} = [{', '.join(map(_quoted, others))}]"
    start = next((n for n, at in enumerate(lines) if _heads(at, kind)), None)
    if start is None:
        return "\n".join([*lines, "", f"[synonyms.{kind}]", line]) + "\n"
    for number in range(start + 1, len(lines)):
        if lines[number].lstrip().startswith("["):
            break
        match = _KEY.match(lines[number].rstrip("\r"))
        if match and match[1].strip('"') == name:
            remark = f"  {match[3]}" if match[3] else ""
            return "\n".join([*lines[:number], line + remark, *lines[number + 1 :]]) + "\n"
    return "\n".join([*lines[: start + 1], line, *lines[start + 1 :]]) + "\n"


def _heads(line: str, kind: str) -> bool:
    return bool(re.match(rf"\s*\[\s*synonyms\s*\.\s*{kind}\s*\]", line))


def _write(path: Path, text: str, wanted: Mapping[tuple[str, str], Sequence[str]]) -> None:
    stage = path.with_name(f".{path.name}.tmp")
    try:
        write_text(stage, text, newline=newline_of(text))
        if not _says(stage, wanted):
            raise stop("设置文件里的写法没法自动添加", "请照屏幕上的那几行自己写进去", str(path))
        stage.replace(path)
    except OSError as error:
        raise stop(
            "设置文件写不进去", "请检查文件夹权限，关闭正在打开它的程序", str(path)
        ) from error
    finally:
        stage.unlink(missing_ok=True)


def _says(file: Path, wanted: Mapping[tuple[str, str], Sequence[str]]) -> bool:
    """Whether the file can be read and says what is wanted."""
    try:
        now = load_settings(file).synonyms
    except CannotRun:
        return False
    return all(tuple(getattr(now, k).get(name, ())) == want for (k, name), want in wanted.items())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
