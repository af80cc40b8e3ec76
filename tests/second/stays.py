"""What is known of one stay, and what a document makes of it: yuan as fractions, nothing rounded but dues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from fractions import Fraction

Yuan = Fraction
ZERO = Fraction(0)


@dataclass(frozen=True)
class Stay:
    """One stay of one person, as the export, the register and the roster say it.

    `eligible` is None where the file has no column of 可补偿费用. `categories` are the kinds that
    are valid on the admission day. `held` stays are not settled: somebody has to look at them.
    """

    admitted: date
    discharged: date
    hospital: str
    level: str
    stay_no: str
    total: Yuan
    eligible: Yuan | None
    settled: date | None = None
    at: time | None = None
    categories: tuple[str, ...] = ()
    claimed: Mapping[str, Yuan] = field(default_factory=dict)
    held: bool = False
    unreadable: str = ""  # "total" or "eligible": nobody can tell how much; such a stay is held
    born: date | None = None
    outpatient: bool = False
    disease: str = ""
    scheme: str = ""  # 参保类别, where more than one may be meant
    away: bool = False  # 外出务工
    out_of_province: bool = False  # 省外
    community: bool = False  # 社区服务站
    private: bool = False  # 民营
    designated: bool = True  # 定点
    major: bool = False  # 大病
    years: int = 0  # 连续参保年数
    settlement: str = ""  # 结算ID, where several settle one visit
    source: str = ""
    sheet: str | None = None
    row: int = 0

    @property
    def in_scope(self) -> Yuan:
        """可补偿费用; where it is unknown it may be the whole bill."""
        return self.total if self.eligible is None else self.eligible

    @property
    def most(self) -> Yuan:
        """The most that the stay can have cost."""
        return Fraction(10**9) if self.unreadable == "total" else self.total

    @property
    def paid_on(self) -> date:
        """The day of settlement, else of discharge."""
        return self.settled or self.discharged

    def age(self) -> int | None:
        """Full years (周岁) on the day of admission."""
        if self.born is None:
            return None
        had_birthday = (self.admitted.month, self.admitted.day) >= (self.born.month, self.born.day)
        return self.admitted.year - self.born.year - (0 if had_birthday else 1)

    def claims(self, layer: str) -> Yuan:
        """What the hospital says this layer paid; blank claims nothing."""
        return self.claimed.get(layer, ZERO)


@dataclass
class Part:
    """What one layer comes to on one stay: `due` where exact, `bound` where only a limit is known."""

    check: str  # exact · bound · none
    due: Yuan | None = None
    bound: Yuan | None = None
    payable: Yuan = ZERO
    deducted: Yuan = ZERO
    held: Yuan = ZERO
    shortfall: Yuan = ZERO
    offset: Yuan = ZERO


@dataclass
class Outcome:
    """One settled or held stay: its layers in the document's order, and what the patient is owed."""

    status: str  # settled · held
    parts: dict[str, Part]
    owed: Yuan = ZERO
    self_due: Yuan | None = None


def half_up(amount: Yuan) -> Yuan:
    """To the fen, half up."""
    return Fraction((amount * 200 + 1) // 2, 100)
