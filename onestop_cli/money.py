"""Fen, and the only rounding in the house.

Amounts are whole fen (Int64). Rates are whole ten-thousandths (80 % = 8000). A product of both is
in "grains", ten-thousandths of a fen; it is rounded once, half away from zero.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import polars as pl

FULL = 10_000
"""Ten-thousandths in 100 %; also grains in a fen."""

MISSING = "—"
"""How an amount that nobody knows is printed."""

_MONEY = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")
_HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xFFE5: "¥"}
"""Full width to half; nothing else becomes a digit that is none (①, ², ½)."""
_DIGITS = "零壹贰叁肆伍陆柒捌玖"


def round_to(grains: pl.Expr, unit: int = 1) -> pl.Expr:
    """Fen from grains, half away from zero, to whole multiples of `unit` fen (1, 10 = 角, 100 = 元)."""
    step = FULL * unit
    return (grains.abs() * 2 + step) // (2 * step) * unit * grains.sign()


def cut_to(grains: pl.Expr, unit: int = 1) -> pl.Expr:
    """Fen from grains, truncated towards zero to whole multiples of `unit` fen."""
    return grains.abs() // (FULL * unit) * unit * grains.sign()


def raise_to(grains: pl.Expr, unit: int = 1) -> pl.Expr:
    """Fen from grains, up (away from zero) to whole multiples of `unit` fen: 不足一个单位按一个单位计."""
    step = FULL * unit
    return (grains.abs() + (step - 1)) // step * unit * grains.sign()


def share(amount: pl.Expr, rate: int | pl.Expr) -> pl.Expr:
    """`amount` fen times `rate` ten-thousandths, rounded half up to the fen."""
    return round_to(amount * rate)


def parse_fen(text: str, unit: Decimal = Decimal(100)) -> int | None:
    """Exact fen of a money text, half away from zero; None when it is not an amount.

    Takes commas or blanks between groups of three digits, ¥/￥/元, full width, bracketed negatives and `—` for zero.
    Any other comma is doubtful (`1000,00`), and so are marks beside a number (`①`, `*`): such a text is no amount.
    `unit` is the fen in one unit of the text (元 100, 万元 1,000,000, 分 1).
    """
    half = text.translate(_HALF_WIDTH).strip()
    plain = re.sub(r"(?<=[0-9])\s+(?=[0-9])", ",", half)
    plain = re.sub(r"[\s¥元]|RMB", "", plain).replace("−", "-")
    if re.fullmatch(r"[-–—]+", plain):
        return 0
    if bracketed := re.fullmatch(r"\((.+)\)", plain):
        plain = "-" + bracketed[1].lstrip("+")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _MONEY.fullmatch(plain):
        return None
    try:
        fen = (Decimal(plain) * unit).quantize(Decimal(1), ROUND_HALF_UP)
    except InvalidOperation:
        return None
    return int(fen) if abs(fen) < 10**15 else None


def exact_fen(text: str) -> int | None:
    """`parse_fen` of an amount somebody types in; None also for fractions of a fen, which nobody can pay."""
    finer = parse_fen(text, Decimal(100 * FULL))
    return None if finer is None or finer % FULL else finer // FULL


def yuan(fen: int | None) -> str:
    """`1234567` → `12,345.67`; a missing amount is a dash."""
    if fen is None:
        return MISSING
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def percent(part: int, whole: int) -> str:
    """`part / whole` as a percentage with two decimals, half up; a dash when there is no whole."""
    if whole == 0:
        return "—"
    ratio = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{ratio}%"


def rate_text(rate: int) -> str:
    """Ten-thousandths as people write a rate: `8000` → `80%`, `6750` → `67.5%`."""
    return f"{rate // 100}.{rate % 100:02d}".rstrip("0").rstrip(".") + "%"


def capital(fen: int) -> str:
    """The amount in 大写 for signing: `123456` → `壹仟贰佰叁拾肆元伍角陆分`."""
    if fen < 0:
        return "负" + capital(-fen)
    whole, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
    text = f"{_capital_integer(whole)}元" if whole else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif cent and whole:
        text += "零"
    if cent:
        return f"{text}{_DIGITS[cent]}分"
    return f"{text or '零元'}整"


def _capital_integer(number: int) -> str:
    """A positive whole number in 大写, by groups of four digits."""
    text, gap = "", False
    for power, name in ((12, "万亿"), (8, "亿"), (4, "万"), (0, "")):
        group = number // 10**power % 10_000
        if group == 0:
            gap = gap or bool(text)
            continue
        if text and (gap or group < 1_000):
            text += "零"
        text, gap = text + _capital_group(group) + name, False
    return text


def _capital_group(group: int) -> str:
    """Four digits in 大写: `1010` → `壹仟零壹拾`."""
    text, gap = "", False
    for power, name in ((3, "仟"), (2, "佰"), (1, "拾"), (0, "")):
        digit = group // 10**power % 10
        if digit == 0:
            gap = bool(text)
            continue
        text, gap = text + ("零" if gap else "") + _DIGITS[digit] + name, False
    return text
