"""Days as people type them on the command line: 2011-1-6, 2011年1月6日, 20110106, full width."""

from __future__ import annotations

from datetime import date

from onestop_cli.errors import stop
from onestop_cli.readers.layout.days import DAY_PARTS, Habit, read_day, uniform, why_no_day


def typed_day(text: str, option: str) -> date:
    """The day of an option; raises `CannotRun` saying why it is none and how to write one."""
    day, _ = read_day(text, Habit())
    if day is None:
        raise stop(
            f"{option} 的日期“{text}”{why_no_day(text)}".removeprefix(" 的"),
            f"请写成 {option} 2010-12-31 这样的日期".replace("  ", " "),
        )
    return day


def looks_like_a_day(text: str) -> bool:
    """Whether a text was meant as a day, right or wrong."""
    return DAY_PARTS.fullmatch(uniform(text)) is not None
