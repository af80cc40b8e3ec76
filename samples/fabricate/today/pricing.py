"""What the two documents of the made-up county of 2024 give, in fractions: how the platform prices the claims.

Written from the documents' sentences alone and sharing nothing with the tool, so that it can disagree with it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from samples.fabricate.today.model import EMPLOYED, Settlement

RESIDENT_TERMS = {
    "township": (200, 90),
    "county": (400, 80),
    "city": (800, 70),
    "province": (800, 70),
}
"""住院起付标准一级200元、二级400元、三级800元；支付比例一级90%、二级80%、三级70%."""

EMPLOYED_TERMS = {
    "township": (300, 90),
    "county": (600, 87),
    "city": (900, 85),
    "province": (900, 85),
}
"""住院起付标准一级300元、二级600元、三级900元；一级90%、二级87%、三级85%."""

CHRONIC_LIMITS = {"M03900": 3000, "M01600": 4000}
"""高血压年度限额3000元，糖尿病4000元，其他病种5000元."""

AID = {
    "特困人员": (100, 0),
    "低保对象": (75, 0),
    "监测对象": (70, 3000),
    "低保边缘家庭成员": (60, 3000),
}
"""Percent of what is left in scope, and the yearly deductible."""

FAVOURED = ("特困人员", "低保对象", "监测对象")
"""困难人员: five points more in 大病保险, no limit."""

_NO_LIMIT = Fraction(10**9)


@dataclass
class Running:
    """How far a person's year has come: cost counted per layer, and paid per layer and limit."""

    counted: defaultdict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    paid: defaultdict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))

    def copy(self) -> Running:
        """For trying a row under a wrong reading."""
        return Running(self.counted.copy(), self.paid.copy())


@dataclass(frozen=True)
class Reading:
    """How a row is priced: by the document, or wrongly in one respect."""

    kind: str | None
    level: str
    away: bool
    limits: bool = True


@dataclass
class _Bill:
    """What is left in scope of one row while the layers run."""

    left: Fraction
    running: Running
    limits: bool
    due: dict[str, Decimal] = field(default_factory=dict)

    def pay(self, layer: str, amount: Fraction, limit: Fraction, pot: str) -> None:
        """`amount` half up to the fen, within what `limit` leaves of the year."""
        rounded = Fraction(int(amount * 100 + Fraction(1, 2)), 100)
        room = max(limit - self.running.paid[pot], Fraction(0)) if self.limits else _NO_LIMIT
        given = min(rounded, room)
        self.running.paid[pot] += given
        self.left -= given
        self.due[layer] = Decimal(int(given * 100)) / 100

    def above(self, layer: str, start: int) -> Fraction:
        """The part of what is left that is above a yearly deductible of `start`."""
        before = max(self.running.counted[layer] - start, Fraction(0))
        self.running.counted[layer] += self.left
        return max(self.running.counted[layer] - start, Fraction(0)) - before


def price(row: Settlement, reading: Reading, running: Running) -> dict[str, Decimal]:
    """What every layer pays of `row`; `running` moves on."""
    bill = _Bill(Fraction(row.in_scope), running, reading.limits)
    bill.due["civil"] = Decimal(0)
    if row.scheme == EMPLOYED:
        _employed(row, reading, bill)
    else:
        _resident(row, reading, bill)
    return bill.due


def terms(row: Settlement, reading: Reading) -> tuple[int, Fraction]:
    """Deductible and rate of the basic insurance."""
    table = EMPLOYED_TERMS if row.scheme == EMPLOYED else RESIDENT_TERMS
    deductible, percent = table[reading.level]
    if row.outpatient:
        deductible, percent = (600, 80) if row.scheme == EMPLOYED else (0, 60)
    factor = Fraction(80, 100) if reading.away and not row.outpatient else Fraction(1)
    return deductible, Fraction(percent, 100) * factor


def _resident(row: Settlement, reading: Reading, bill: _Bill) -> None:
    deductible, rate = terms(row, reading)
    limit, pot = Fraction(150000), "basic 住院"
    if row.outpatient:
        code = row.disease[0] if row.disease[0] in CHRONIC_LIMITS else "其他"
        limit, pot = Fraction(CHRONIC_LIMITS.get(code, 5000)), f"basic {code}"
    bill.pay("basic", max(bill.left - deductible, Fraction(0)) * rate, limit, pot)
    favoured = reading.kind in FAVOURED
    before = max(bill.running.counted["critical"] - 14000, Fraction(0))
    after = before + bill.above("critical", 14000)
    more = 5 if favoured else 0
    amount = _serious(after, more) - _serious(before, more)
    bill.pay("critical", amount, _NO_LIMIT if favoured else Fraction(300000), "critical")
    _aid(row, reading, bill)
    tilted = Fraction(0)
    if reading.kind is not None:
        tilted = bill.above("extra", 5000) * Fraction(60, 100)
    bill.pay("extra", tilted, Fraction(30000), "extra")


def _serious(amount: Fraction, more: int) -> Fraction:
    """5万元以内60%，5万元以上至10万元70%，10万元以上80%, with `more` points."""
    first = min(amount, Fraction(50000)) * (60 + more)
    second = min(max(amount - 50000, Fraction(0)), Fraction(50000)) * (70 + more)
    return (first + second + max(amount - 100000, Fraction(0)) * (80 + more)) / 100


def _employed(row: Settlement, reading: Reading, bill: _Bill) -> None:
    deductible, rate = terms(row, reading)
    amount = max(bill.left - deductible, Fraction(0)) * rate
    bill.pay("basic", amount, Fraction(100000), "basic")
    bill.pay("large", bill.above("large", 10000) * Fraction(90, 100), Fraction(300000), "large")
    _aid(row, reading, bill)


def _aid(row: Settlement, reading: Reading, bill: _Bill) -> None:
    amount = Fraction(0)
    if reading.kind is not None:
        percent, start = AID[reading.kind]
        amount = bill.above("assistance", start) * Fraction(percent, 100)
    limit, pot = (8000, "门诊救助") if row.outpatient else (50000, "住院救助")
    bill.pay("assistance", amount, Fraction(limit), pot)
