"""Filled sheets as they come back: lines, ditto marks, and several copies of one paper laid on each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from onestop_cli.errors import Problem

REMEDY = "请改正后另存，重新运行"

_DITTO = frozenset(["同上", "同", "〃", "″", '"', "''", "”", "“", "同前", "上同", "↑"])
_NUMBER = re.compile(r"第?\s*(\d+)(?:\.0*)?\s*[号页.、]?")


@dataclass(frozen=True)
class ReturnedRow:
    """A row of a filled sheet: where it stands and its cells by column key, days as dates where they are.

    `places`: where single cells come from, when they are from another copy.
    """

    file: str
    sheet: str
    place: int
    cells: Mapping[str, Any]
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def text(self, key: str) -> str:
        value = self.cells.get(key)
        return "" if value is None else str(value).strip()

    @property
    def number(self) -> int | None:
        """The printed number in the first column, whatever stands around it: `3`, `第3号`, `３.`."""
        plain = unicodedata.normalize("NFKC", self.text("number"))
        found = _NUMBER.fullmatch(plain)
        return int(found[1]) if found else None

    def problem(self, fault: str, key: str = "", remedy: str = REMEDY) -> Problem:
        """A fault of the line, at the place of the cell `key` where that is known."""
        file, place = self.places.get(key, (self.file, self.place))
        return Problem(fault, remedy, file, self.sheet, place)


def without_dittos(
    lines: Sequence[ReturnedRow], keys: Iterable[str], titles: Mapping[str, str]
) -> tuple[list[ReturnedRow], list[Problem]]:
    """The lines of one sheet with 同上 and 〃 in the columns `keys` replaced by what stands above them."""
    above: dict[str, Any] = {}
    plain, problems = [], []
    for line in lines:
        marks = [key for key in keys if line.text(key) in _DITTO]
        for key in marks:
            if above.get(key) in (None, ""):
                mark = line.text(key)
                problems.append(
                    line.problem(
                        f"{titles[key]}写了“{mark}”，上面一行却是空的", remedy="请写明内容"
                    )
                )
        cells = {**line.cells, **{key: above.get(key, "") for key in marks}}
        plain.append(replace(line, cells=cells))
        above = {key: cells.get(key) for key in keys}
    return plain, problems


def merged(
    copies: Mapping[int, Sequence[ReturnedRow]], keys: Iterable[str], titles: Mapping[str, str]
) -> tuple[dict[int, ReturnedRow], list[Problem]]:
    """One line for each number from all copies of it: what one has filled in and the others have not, is taken over.

    What two have filled in differently is a problem that names both places.
    """
    found, problems = {}, []
    columns = list(keys)
    for number, lines in copies.items():
        found[number] = _laid_together(lines, columns)
        problems += list(_disagreements(number, lines, columns, titles))
    return found, problems


def _laid_together(lines: Sequence[ReturnedRow], keys: Sequence[str]) -> ReturnedRow:
    first = next((line for line in lines if any(line.text(key) for key in keys)), lines[0])
    cells, places = dict(first.cells), {}
    for line in lines:
        for key in keys:
            if line.text(key) and not str(cells.get(key) or "").strip():
                cells[key] = line.cells[key]
                places[key] = (line.file, line.place)
    return replace(first, cells=cells, places=places)


def _disagreements(
    number: int, lines: Sequence[ReturnedRow], keys: Sequence[str], titles: Mapping[str, str]
) -> Iterator[Problem]:
    for key in keys:
        said = [line for line in lines if line.text(key)]
        other = next((line for line in said if not _alike(line, said[0], key)), None)
        if other is not None:
            one = said[0]
            where = (
                f"{one.file} 第 {one.place} 行" if one.file != other.file else f"第 {one.place} 行"
            )
            yield other.problem(
                f"编号 {number} 的{titles[key]}这里填“{other.text(key)}”，{where}填“{one.text(key)}”",
                remedy="请两组核对，改成一致后再汇总",
            )


def _alike(one: ReturnedRow, other: ReturnedRow, key: str) -> bool:
    """Whether two cells say the same, blanks and width aside."""
    texts = [
        unicodedata.normalize("NFKC", line.text(key)).replace(" ", "") for line in (one, other)
    ]
    return texts[0] == texts[1]
