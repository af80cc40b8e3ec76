"""Check equations as forms print them: `3=4+5; 15=16+19=22+23; 37≤36; 20≥2000`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from onestop_cli.audit.aggregates import Row, Slip, Table, again, compare

_RELATION = re.compile(r"(<=|>=|≤|≥|=)")


def check_equations(table: Table, text: str) -> list[Slip]:
    """What does not hold on some row; columns are numbered from 1, a number beyond them is a constant.

    Raises `ValueError` with the part that is none.
    """
    wanted = [part for part in re.split(r"[;；，,\s]+", text) if part]
    return [slip for part in wanted for slip in _equation(table, part)]


def _equation(table: Table, text: str) -> Iterator[Slip]:
    sides = _RELATION.split(text)
    if len(sides) < 3 or not all(re.fullmatch(r"\d+([+-]\d+)*", side) for side in sides[::2]):
        raise ValueError(text)
    for row in table.rows:
        values = [_side(row, side) for side in sides[::2]]
        for number, relation in enumerate(sides[1::2]):
            left, right = values[number], values[number + 1]
            if not left or not right:
                continue
            stated = sum(left[1:], left[0])
            if not _holds(stated, relation, sum(right[1:], right[0])):
                title = f"第 {sides[2 * number]} 栏"
                slip = compare("equation", row, title, stated, right)
                if slip:
                    yield again(slip, slip.kind, f"{text}：{slip.sentence}")


def _side(row: Row, side: str) -> list[Decimal]:
    """The terms of one side on a row; none when a cell is blank."""
    terms = []
    for sign, digits in re.findall(r"([+-]?)(\d+)", side):
        at = int(digits)
        value = row.values[at - 1] if 1 <= at <= len(row.values) else Decimal(at)
        if value is None:
            return []
        terms.append(-value if sign == "-" else value)
    return terms


def _holds(left: Decimal, relation: str, right: Decimal) -> bool:
    if relation in ("≤", "<="):
        return left <= right
    return left >= right if relation in ("≥", ">=") else left == right
