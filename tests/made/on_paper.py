"""Do the sums of a calculation again, from nothing but the words that are shown, with `decimal`."""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from onestop_cli.working import Line

_AMOUNT = re.compile(r"\d+(?:\.\d+)?%|-?[\d,]+\.\d{2,6}|\d+(?= 日| 个年度)")
_ROUNDED = re.compile(r"(?P<mode>四舍五入到|舍去|不足) ?一?(?P<unit>[分角元]|[\d,.]+ 元)")
_MODES = {"四舍五入到": ROUND_HALF_UP, "舍去": ROUND_DOWN, "不足": ROUND_UP}
_UNITS = {"分": "0.01", "角": "0.1", "元": "1"}


def amount(text: str) -> Decimal:
    """`1,234.50` or `67.5%`."""
    plain = text.replace(",", "")
    return Decimal(plain[:-1]) / 100 if plain.endswith("%") else Decimal(plain)


def result(line: Line) -> Decimal | None:
    """What the working comes to; None where it states no sum."""
    if how := _ROUNDED.match(line.label):
        mode = _MODES[how["mode"]]
        unit = Decimal(_UNITS.get(how["unit"]) or amount(how["unit"].removesuffix(" 元")))
        return (amount(line.working) / unit).quantize(Decimal(1), mode) * unit
    found = _AMOUNT.findall(line.working)
    if all(text.endswith("%") for text in found):
        return None
    if line.working.endswith(("取小", "取大")):
        choose = min if line.working.endswith("取小") else max
        return choose(amount(text) for text in found)
    total = _sum(line.working)
    return max(total, Decimal(0)) if line.working.endswith("不足为 0") else total


def _sum(working: str) -> Decimal:
    """Terms with + and −, each a product of amounts."""
    total = Decimal(0)
    for sign, term in re.findall(r"(^|[+−])([^+−]*)", working):
        product = Decimal(1)
        for text in _AMOUNT.findall(term):
            product *= amount(text)
        total += -product if sign == "−" else product
    return total
