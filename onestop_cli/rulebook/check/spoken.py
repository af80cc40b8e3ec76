"""Numbers as a policy document says them: `3.5万元`, `百分之八十`, `六成`, `减半`, `全额`, `不设` …

What a text says is a set of numbers of each kind: yuan, per cent, and plain ones (days, ages, points, and numbers
without a word beside them, which may be of any kind).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEPS = {"十": 10, "百": 100, "千": 1_000}
_SCALES = {"万": 10_000, "亿": 100_000_000, "百": 100, "千": 1_000}

_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CHINESE = "[零〇一二两三四五六七八九十百千]+(?:点[零〇一二三四五六七八九]+)?"
_NUMBER = re.compile(
    rf"(?P<of>百分之)?(?P<number>{_ARABIC}|{_CHINESE})\s*(?P<scale>[万亿千百]?)\s*"
    r"(?P<unit>元|块|%|成|折|个百分点|百分点|周岁|岁|天|日|年|个月|月|次|级|类|档|个|种|名|户|分)?"
)
_PER_CENT = {"%": 1, "成": 10, "折": 10}
_HALF = re.compile("减半|一半|半数|折半|半额")
_ALL = re.compile("全额|全部|全免|全数|不减|照扣|照付")
_NONE = re.compile("不|无|免|取消|没有|未")
_DAY = re.compile(r"(\d{4})\s*[年\-./]\s*(?:(\d{1,2})\s*[月\-./]?\s*(?:(\d{1,2})\s*日?)?)?")


@dataclass(frozen=True)
class Said:
    """The numbers of a text by kind. `plain`: without a kind, or of days, ages, points and other counts."""

    yuan: frozenset[Decimal]
    per_cent: frozenset[Decimal]
    plain: frozenset[Decimal]
    bare: frozenset[Decimal]

    def amount(self, yuan: Decimal) -> bool:
        """Whether an amount of money is said."""
        return yuan in self.yuan | self.bare

    def share(self, per_cent: Decimal) -> bool:
        """Whether a rate is said, as 80% or as 0.8."""
        return per_cent in self.per_cent | self.bare or per_cent / 100 in self.bare

    def count(self, number: Decimal) -> bool:
        """Whether days, years of age, or points are said."""
        return number in self.plain | self.per_cent | self.bare


@cache
def said(text: str) -> Said:
    """What a sentence says in numbers."""
    kinds: dict[str, set[Decimal]] = {
        "yuan": set(),
        "per_cent": set(),
        "plain": set(),
        "bare": set(),
    }
    plain = unicodedata.normalize("NFKC", text).replace("，", ",")
    for match in _NUMBER.finditer(re.sub(r"(?<=\d)\s+(?=\d{3}(?!\d))", "", plain)):
        value = _value(match["number"]) * _SCALES.get(match["scale"] or "", 1)
        unit = match["unit"] or ""
        if match["of"] or unit in _PER_CENT:
            kinds["per_cent"].add(value * _PER_CENT.get(unit, 1))
        elif unit in ("元", "块") or match["scale"]:
            kinds["yuan"].add(value)
        elif unit or not match["number"][0].isdigit():
            kinds["plain"].add(value)
        else:
            kinds["bare"].add(value)
    if _HALF.search(plain):
        kinds["per_cent"].add(Decimal(50))
    if _ALL.search(plain):
        kinds["per_cent"].add(Decimal(100))
    if _NONE.search(plain):
        kinds["bare"].add(Decimal(0))
    return Said(**{kind: frozenset(values) for kind, values in kinds.items()})


def _value(text: str) -> Decimal:
    """`1,500.5` and `一百二十` as numbers."""
    if text[0].isdigit():
        return Decimal(text.replace(",", ""))
    whole, _, part = text.partition("点")
    decimals = "".join(str(_DIGITS[digit]) for digit in part)
    return Decimal(f"{_whole(whole)}.{decimals}") if decimals else Decimal(_whole(whole))


def _whole(text: str) -> int:
    """A Chinese whole number below 万: `一百零五`, `十五`, `二〇一〇`."""
    if not set(text) & set(_STEPS):
        return int("".join(str(_DIGITS[digit]) for digit in text))
    total = digit = 0
    for sign in text:
        if sign in _STEPS:
            total += (digit or 1) * _STEPS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def names_day(text: str, day: date, *, last: bool) -> bool:
    """Whether a text names a day, or a month or year that begins (`last`: ends) with it."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(rf"({_CHINESE})(?=[年月日])", lambda number: str(_whole(number[1])), plain)
    edge = day + timedelta(days=1) if last else day
    for year, month, of_month in (match.groups() for match in _DAY.finditer(plain)):
        said_day = int(of_month) == day.day if of_month else edge.day == 1
        said_month = int(month) == day.month if month else edge.month == edge.day == 1
        if int(year) == day.year and said_month and said_day:
            return True
    return False
