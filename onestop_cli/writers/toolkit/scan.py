"""The last look before anything is published: no file may hold a number of a person, be it ID, account or phone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from zipfile import ZipFile

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.privacy import NEVER_PUBLIC, Number, find_numbers, without_numbers

_TEXTS = (".html", ".json")
_BOOK_PARTS = re.compile(r"xl/sharedStrings\.xml|xl/workbook\.xml|xl/worksheets/.*|docProps/.*")
_NUMBER_CELL = re.compile(r"<v>[^<]*</v>")
_REMEDY = (
    "没有写出任何文件。请在源文件的姓名、乡镇、村、类别或机构栏中找到这个号码并改正，"
    "重新运行 reconcile，再运行 publish"
)


def refuse_numbers(folder: Path, phones: Collection[str]) -> None:
    """Raise `CannotRun` when a file below `folder`, or its name, holds a number of a person.

    `phones`: the digits of those that the county itself publishes. PDF files are not opened: each is set from the same
    texts as the page beside it.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        for text in (name, *_texts(path)):
            for kind in {
                _named(number) for number in find_numbers(text) if _is_told(number, phones)
            }:
                files = found.setdefault(kind, [])
                files += [] if name in files else [without_numbers(name)]
    if found:
        raise CannotRun(_problem(*kind, files) for kind, files in found.items())


def _is_told(number: Number, phones: Collection[str]) -> bool:
    """Whether a number must not be public."""
    return number.kind in NEVER_PUBLIC or (number.kind == "phone" and number.digits not in phones)


def _named(number: Number) -> tuple[str, str]:
    kind = "电话" if number.kind == "phone" else "像证件号码或账号的数字"
    return kind, number.digits[-4:]


def _texts(path: Path) -> Iterator[str]:
    """What people read in a file."""
    if path.suffix in _TEXTS:
        yield path.read_text("utf-8")
    elif path.suffix == ".xlsx":
        with ZipFile(path) as book:
            for part in filter(_BOOK_PARTS.fullmatch, book.namelist()):
                yield _NUMBER_CELL.sub("", book.read(part).decode("utf-8"))


def _problem(kind: str, tail: str, files: list[str]) -> Problem:
    more = f" 等 {len(files)} 个文件" if len(files) > 1 else ""
    return Problem(f"公示内容里有{kind}，尾号 {tail}", _REMEDY, files[0] + more)
