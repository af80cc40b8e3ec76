"""Days as people type them on the command line: 2011-1-6, 2011年1月6日, 20110106, full width."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from onestop_cli.errors import stop
from onestop_cli.readers.layout.days import Habit, read_day, uniform

_PARTS = re.compile(r"\s*(\d{4})(?:\D{1,2}(\d{1,2})\D(\d{1,2})|(\d\d)(\d\d))\D?\s*")


def typed_day(text: str, option: str) -> date:
    """The day of an option; raises `CannotRun` saying why it is none and how to write one."""
    day, _ = read_day(text, Habit())
    if day is None:
        raise stop(
            f"{option} 的日期“{text}”{_why(text)}".removeprefix(" 的"),
            f"请写成 {option} 2010-12-31 这样的日期".replace("  ", " "),
        )
    return day


def looks_like_a_day(text: str) -> bool:
    """Whether a text was meant as a day, right or wrong."""
    return _PARTS.fullmatch(uniform(text)) is not None


def _why(text: str) -> str:
    """What is wrong with a day: the calendar has none, or it is not written as one."""
    parts = _PARTS.fullmatch(uniform(text))
    if not parts:
        return "看不懂"
    year, month, day = (int(part) for part in parts.groups() if part)
    if not 1 <= month <= 12:
        return f"不存在：没有 {month} 月"
    if 1 <= day <= monthrange(year, month)[1]:
        return "像是写错了年份"
    return f"不存在：{year} 年 {month} 月只有 {monthrange(year, month)[1]} 天，没有 {day} 日"
