"""What is wrong with a TOML file, in Chinese: the line, what is wrong in it, and the full-width sign that did it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from onestop_cli.errors import Problem

_FULL_WIDTH = {
    "“": '"', "”": '"', "‘": "'", "’": "'", "＝": "=", "，": ",", "［": "[", "］": "]", "【": "[", "】": "]",
    "＃": "#", "：": "=", "　": " ",
}  # fmt: skip
"""Signs of a Chinese keyboard, and what TOML wants in their place."""

_WORDS = (
    ("Expected '=' after a key", "键的后面要有等号"),
    ("Expected newline or end of document", "一行只能写一项，后面还有多余的字"),
    ("Cannot declare", "同一个表写了两次"),
    ("Cannot overwrite|Duplicate", "同一个键写了两次"),
    ("Unclosed array", "方括号没有写完"),
    ("Unclosed inline table", "花括号没有写完"),
    ("Expected ']'", "表名的方括号没有写完"),
    ("Unterminated string|Illegal character '\\\\n'|Expected '\"", "引号没有成对"),
    ("Unescaped|Invalid hex", "双引号里的反斜杠要写两个，或改用单引号"),
    ("Invalid value", "值的写法不对：文字要加引号，真假写 true 或 false"),
    ("Invalid date|Invalid time", "日期的写法不对，应如 2010-12-31"),
    (
        "Invalid statement|Invalid initial character|Invalid character in key",
        "这一行不是“键 = 值”的写法",
    ),
)
"""How the library says it → how we do."""


def toml_problem(path: Path, text: str, error: tomllib.TOMLDecodeError) -> Problem:
    """The problem of a file that is no TOML."""
    message = str(error)
    place = re.search(r"line (\d+), column (\d+)", message)
    row = int(place[1]) if place else text.count("\n") + 1
    line = text.splitlines()[row - 1] if row <= len(text.splitlines()) else ""
    if found := _full_width(line):
        wanted = _FULL_WIDTH[found] if _FULL_WIDTH[found].strip() else "空格"
        what = f"用了全角的“{found}”"
        remedy = f"请改成半角的 {wanted}" if found != "“" and found != "”" else '请改成半角的引号 "'
    elif re.search(r"=\s*[\d.]+\s*[%％]", line):
        what, remedy = "百分数不能直接写", "请写成小数，如 5% 写 0.05"
    else:
        what = next((said for words, said in _WORDS if re.search(words, message)), "写法不对")
        remedy = "请改正这一行；检查引号、方括号、等号是否成对，同一个键是否写了两次"
    return Problem(what, remedy, str(path), row=row)


def _full_width(line: str) -> str | None:
    """The first full-width sign of a line that stands in no text."""
    bare = re.sub(r'"[^"]*"|\'[^\']*\'|#.*', "", line)
    return next((sign for sign in bare if sign in _FULL_WIDTH), None)


def line_of(text: str, key: Sequence[str]) -> tuple[int | None, str]:
    """The line a key of several parts stands in, as far as it can be told; and the heading right above it that is still
    a remark, so that the key went to the table before."""
    lines = text.splitlines()
    name = re.escape(key[-1]) if key else ""
    stands = [at for at, line in enumerate(lines) if re.match(rf'\s*"?{name}"?\s*=', line)]
    if not name or len(stands) != 1:
        return None, ""
    above = (line.strip() for line in reversed(lines[: stands[0]]))
    heading = next((line for line in above if re.match(r"#?\s*\[", line)), "")
    asleep = re.match(r"#\s*\[+[^\]]+\]+", heading)
    return stands[0] + 1, asleep[0] if asleep else ""
