"""Check equations as forms print them, by number or by name: `3=4+5; 15=16+19=22+23; 合计=门诊+住院; 20≥2000元`.

A bare number is always the number of a column, as the form prints it; a constant has its unit. A quotient beside a
percentage is one: `到位率=到位资金/应收资金`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from onestop_cli.audit.aggregates.model import AmountColumn, PrintedTable, Row, Slip, again, compare
from onestop_cli.audit.aggregates.titles import PARTS, plain

_RELATION = re.compile(r"(<=|>=|≤|≥|=)")
_TERM = re.compile(r"([+\-/]?)([^+\-/]+)")
_CONSTANT = re.compile(r"(\d+(?:\.\d+)?)(万元|元|万人次|万人|人次|人|次|%)")
_PERCENT = re.compile(r"率|比|占|%")


class NoSuchColumn(Exception):
    """A column that an equation names and the table does not have, or has twice; carries the equation and the name."""

    def __init__(self, equation: str, name: str) -> None:
        super().__init__(equation, name)
        self.equation, self.name = equation, name


def equations_in(text: str) -> list[str]:
    """The equations of a text. Raises `ValueError` with the one that is none."""
    half = unicodedata.normalize("NFKC", text).replace("－", "-").replace("−", "-")
    wanted = [part for part in re.split(r"[;；，,\s]+", half) if part]
    for part in wanted:
        sides = _RELATION.split(part)
        if len(sides) < 3 or not all(_is_side(side) for side in sides[::2]):
            raise ValueError(part)
    return wanted


def _is_side(side: str) -> bool:
    """Terms with + and − between them, or one quotient."""
    return bool(re.fullmatch(r"[^+\-/]+(?:(?:[+-][^+\-/]+)*|/[^+\-/]+)", side))


def check_equation(table: PrintedTable, text: str) -> list[Slip]:
    """What does not hold on some row. Raises `NoSuchColumn`."""
    parts = _RELATION.split(text)
    sides = [_side(table, text, side) for side in parts[::2]]
    return list(_slips(table, text, parts, sides))


@dataclass(frozen=True)
class _Term:
    """A column by its place, or a constant, with the sign before it."""

    sign: str
    at: int | None
    value: Decimal = Decimal(0)

    def on(self, row: Row) -> Decimal | None:
        return self.value if self.at is None else row.values[self.at]


def _side(table: PrintedTable, equation: str, side: str) -> list[_Term]:
    return [_term(table, equation, sign, name) for sign, name in _TERM.findall(side)]


def _term(table: PrintedTable, equation: str, sign: str, name: str) -> _Term:
    titles = [plain(column.title) for column in table.columns]
    if name.isdecimal():
        found = [at for at, column in enumerate(table.columns) if _number(column, at) == int(name)]
    elif name not in titles and (constant := _constant(name)) is not None:
        return _Term(sign, None, constant)
    else:
        found = [at for at, title in enumerate(titles) if title == plain(name)]
        found = found or [
            at for at, column in enumerate(table.columns) if PARTS.get(column.part or "") == name
        ]
    if len(found) != 1:
        raise NoSuchColumn(equation, name)
    return _Term(sign, found[0])


def _number(column: AmountColumn, at: int) -> int:
    """The printed number of a column, else its place among the number columns, from 1."""
    return at + 1 if column.number is None else column.number


def _constant(name: str) -> Decimal | None:
    found = _CONSTANT.fullmatch(name)
    if not found:
        return None
    try:
        return Decimal(found[1]).scaleb(4 if found[2].startswith("万") else 0)
    except InvalidOperation:
        return None


def _slips(
    table: PrintedTable, text: str, parts: Sequence[str], sides: Sequence[Sequence[_Term]]
) -> Iterator[Slip]:
    for row in table.rows:
        for number, relation in enumerate(parts[1::2]):
            left, right = _terms(row, sides[number]), _terms(row, sides[number + 1])
            if not left or not right:
                continue
            title = _title(table, sides[number])
            stated = sum(left[1:], left[0])
            if _PERCENT.search(title) and sides[number + 1][-1].sign == "/":
                right = [right[0] * 100]
            if not _holds(stated, relation, sum(right[1:], right[0])):
                slip = compare("equation", row, title, stated, right)
                if slip:
                    yield again(slip, slip.kind, f"{text}：{slip.sentence}")


def _title(table: PrintedTable, side: Sequence[_Term]) -> str:
    """The title of the first column of a side."""
    at = side[0].at
    return "" if at is None else table.columns[at].title


def _terms(row: Row, side: Sequence[_Term]) -> list[Decimal]:
    """The signed terms of one side on a row; none when a cell is blank or nothing can be divided by."""
    values = [term.on(row) for term in side]
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(side):
        return []
    if side[-1].sign == "/":
        return [numbers[0] / numbers[1]] if numbers[1] else []
    return [-v if term.sign == "-" else v for term, v in zip(side, numbers, strict=True)]


def _holds(left: Decimal, relation: str, right: Decimal) -> bool:
    if relation in ("≤", "<="):
        return left <= right
    return left >= right if relation in ("≥", ">=") else left == right
