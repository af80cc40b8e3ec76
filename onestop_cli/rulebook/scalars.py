"""Numbers as an officer writes them in a rule file, and the whole numbers they become."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

_MOST = 10_000_000
"""Yuan; no amount of a policy on one person comes to more, but a slip of three noughts does."""


def _finite(value: int | Decimal) -> Decimal:
    """A number as written; TOML also knows nan and inf, which are none."""
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("nan、inf 不是数，请写数字")
    return number


def _fen(value: Any) -> Any:
    """Yuan as written (whole number or decimal) → fen; words pass on to the literal
    alternatives."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    fen = _finite(value) * 100
    if fen > _MOST * 100:
        raise ValueError("金额超过一千万元，请核对（单位：元）")
    if fen < 0 or fen != fen.to_integral_value():
        raise ValueError("金额应为非负数，最多两位小数（单位：元）")
    return int(fen)


def _rate(value: Any) -> Any:
    """A fraction as written (0.8) → ten-thousandths (8000)."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    rate = _finite(value) * 10_000
    if not 0 <= rate <= 10_000 or rate != rate.to_integral_value():
        raise ValueError("比例应在 0 与 1 之间，最多四位小数（80% 写作 0.80）")
    return int(rate)


def _points(value: Any) -> Any:
    """Percentage points as written (5) → ten-thousandths (500)."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    points = _finite(value) * 100
    if 0 < abs(points) < 100:
        raise ValueError("不到 1 个百分点，请核对（提高 5 个百分点写作 5，不写 0.05）")
    if not -10_000 <= points <= 10_000 or points != points.to_integral_value():
        raise ValueError("百分点应在 −100 与 100 之间，最多两位小数（提高 5 个百分点写作 5）")
    return int(points)


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Fen = Annotated[int, BeforeValidator(_fen)]
Rate = Annotated[int, BeforeValidator(_rate)]
Points = Annotated[int, BeforeValidator(_points)]
Listed = Annotated[list[str], BeforeValidator(_listed)]
