"""Money that is booked from the command line: what must be typed, the amount, and the day it came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from onestop_cli.batch.typed_days import typed_day
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import exact_fen


def typed_money(
    wanted: Mapping[str, str | None], amount: str | None, day: str | None, now: datetime
) -> tuple[int, date]:
    """The amount in fen and the day, today where none is typed; `wanted`: option → what was typed for it.

    Raises `CannotRun` with everything that is missing or cannot be understood.
    """
    problems = [
        Problem(f"没有给出 {option}", f"请加上 {option}")
        for option, value in wanted.items()
        if not value
    ]
    fen = exact_fen(amount or "0")
    if fen is None:
        remedy = "请写元，最多两位小数，例如 --amount 500000 或 500,000.00"
        problems.append(Problem(f"看不懂金额“{amount}”，或不到一分", remedy))
    when = now.date()
    try:
        when = when if day is None else typed_day(day, "--date")
    except CannotRun as error:
        problems += error.problems
    if problems or fen is None:
        raise CannotRun(problems)
    return fen, when
