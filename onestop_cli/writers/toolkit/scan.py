"""The last look before anything is published: no file may hold a number like an ID or an account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.privacy import numbers_in, without_numbers

_TEXTS = (".html", ".json")
_BOOK_PARTS = re.compile(r"xl/sharedStrings\.xml|xl/workbook\.xml|xl/worksheets/.*|docProps/.*")
_NUMBER_CELL = re.compile(r"<v>[^<]*</v>")
_REMEDY = (
    "没有写出任何文件。请在源文件的姓名、乡镇、村、类别或机构栏中找到这个号码并改正，"
    "重新运行 reconcile，再运行 publish"
)


def refuse_numbers(folder: Path) -> None:
    """Raise `CannotRun` when a file below `folder`, or its name, holds 15 or more digits in a row.

    PDF files are not opened: each is set from the same texts as the page beside it.
    """
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        tails = {tail for text in (name, *_texts(path)) for tail in numbers_in(text)}
        for tail in tails:
            found.setdefault(tail, []).append(without_numbers(name))
    if found:
        raise CannotRun(_problem(tail, files) for tail, files in found.items())


def _texts(path: Path) -> Iterator[str]:
    """What people read in a file."""
    if path.suffix in _TEXTS:
        yield path.read_text("utf-8")
    elif path.suffix == ".xlsx":
        with ZipFile(path) as book:
            for part in filter(_BOOK_PARTS.fullmatch, book.namelist()):
                yield _NUMBER_CELL.sub("", book.read(part).decode("utf-8"))


def _problem(tail: str, files: list[str]) -> Problem:
    more = f" 等 {len(files)} 个文件" if len(files) > 1 else ""
    what = f"公示内容里有像证件号码或账号的数字，尾号 {tail}"
    return Problem(what, _REMEDY, files[0] + more)
