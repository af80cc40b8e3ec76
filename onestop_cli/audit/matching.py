"""Which sampled stay a filled line speaks of: by what is printed on it, wherever rows and files lie now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from onestop_cli.audit.filled import ReturnedRow
from onestop_cli.errors import Problem
from onestop_cli.money import parse_fen, yuan

KEYS = ("hospital", "stay_no", "name", "id_tail", "admitted_on", "discharged_on", "total_fen")
"""What is printed of a stay and tells it from others."""

_TITLES = {
    "hospital": "医疗机构",
    "stay_no": "住院号",
    "name": "姓名",
    "id_tail": "证号后四位",
    "admitted_on": "入院日期",
    "discharged_on": "出院日期",
    "total_fen": "总费用",
    "amount": "应付金额",
}
_FENS = ("total_fen", "amount")
_UNTOUCHED = "印好的列不能改，请照原底稿恢复"

Row = Mapping[str, Any]


def stay_key(row: Row) -> tuple[str, ...]:
    """The printed keys of a stay as texts."""
    return tuple(_text(row[key], key) for key in KEYS)


def line_key(line: ReturnedRow) -> tuple[str, ...]:
    """The same of a filled line."""
    return tuple(_printed(line, key) for key in KEYS)


def _text(value: Any, key: str) -> str:
    if value is None:
        return ""
    return yuan(value) if key in _FENS else str(value).strip()


def _printed(line: ReturnedRow, key: str) -> str:
    text = line.text(key)
    if key in _FENS:
        fen = parse_fen(text) if text else None
        return text if fen is None else yuan(fen)
    if key == "id_tail" and text.isdigit():
        return text.zfill(4)
    return text


def numbered(
    lines: Sequence[ReturnedRow], sample: Iterable[Row], filled: Iterable[str]
) -> tuple[dict[int, list[ReturnedRow]], list[Problem]]:
    """The lines of each number of `sample` (rows with `number` and the printed keys), and what cannot be assigned.

    A line belongs to the stay that its printed columns name; among stays that print alike, to the one with its number.
    A line without any of these that has none of the `filled` columns is none; one that has is a problem.
    """
    rows = {row["number"]: row for row in sample}
    by_key: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, row in rows.items():
        by_key[stay_key(row)].append(number)
    found: dict[int, list[ReturnedRow]] = {}
    problems: list[Problem] = []
    for line in lines:
        numbers = by_key.get(line_key(line), [])
        number = line.number if line.number in numbers else None
        if number is None and len(numbers) == 1:
            number = numbers[0]
        if number is not None:
            faults = list(_changed(line, rows[number], ("amount",)))
            problems += faults
            if not faults:
                found.setdefault(number, []).append(line)
        else:
            problems += _unassigned(line, rows, filled)
    return found, [*problems, *_repeated(found)]


def _unassigned(line: ReturnedRow, rows: Mapping[int, Row], filled: Iterable[str]) -> list[Problem]:
    """Why a line belongs to no stay: its printed columns were changed, or it was never on the paper."""
    row = rows.get(line.number or 0)
    if row is not None:
        return list(_changed(line, row, KEYS))
    if not line.text("number") and not any(line.text(key) for key in filled):
        return []
    what = (
        f"编号“{line.text('number')}”不在本次样本中"
        if line.text("number")
        else "没有编号，填了内容"
    )
    return [line.problem(what, remedy="不要增加行；请按原底稿的编号填写")]


def _changed(line: ReturnedRow, row: Row, keys: Sequence[str]) -> Iterator[Problem]:
    """The printed cells of a line that are not those of its stay."""
    for key in keys:
        if _printed(line, key) != _text(row[key], key):
            yield line.problem(
                f"编号 {row['number']} 的{_TITLES[key]}与抽样时不同", remedy=_UNTOUCHED
            )


def _repeated(found: Mapping[int, Sequence[ReturnedRow]]) -> Iterator[Problem]:
    """A number twice in one file."""
    for number, lines in found.items():
        seen: set[str] = set()
        for line in lines:
            if line.file in seen:
                yield line.problem(f"编号 {number} 出现了两次", remedy="请删去重复的行")
            seen.add(line.file)
