"""What a made-up county consists of. Amounts are `Decimal` yuan with two places, days are `date`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from onestop_cli.county.periods import Period
from samples.fabricate.shapes import Shape

LEVEL_NAMES = {"township": "乡级", "county": "县级", "city": "市级", "province": "省级"}
LAYERS = ("basic", "assistance")


@dataclass(frozen=True)
class Hospital:
    """A hospital of the register and the shape in which it hands in its list."""

    name: str
    level: str
    ownership: str
    shape: Shape


@dataclass(frozen=True)
class Person:
    """A patient or roster person; `id_no` is valid and unique."""

    name: str
    id_no: str
    born: date
    sex: str
    township: str
    village: str


@dataclass(frozen=True)
class Entry:
    """A line of a category roster. `from_on` and `to_on` are the first and last day of entitlement."""

    person: Person
    category: str
    from_on: date
    to_on: date | None = None
    died_on: date | None = None

    def covers(self, day: date) -> bool:
        """Entitled on `day`, both ends included."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass
class Stay:
    """One row of a hospital's list: the facts, what is claimed, what is due, and what was done to it.

    `settled` is None in lists without 结算日期. `category` applied on the admission day. `label` is the category
    the list names. `fault` is the kind injected, `why` names per layer every assumption that gives the claimed
    figure, the injected one first. `written` holds the cells that say something else than the facts.
    `echo_of` is the row this one repeats (`factor` 1) or reverses (−1).
    """

    hospital: Hospital
    person: Person
    stay_no: str
    admitted: date
    discharged: date
    settled: date | None
    disease: str
    total: Decimal
    eligible: Decimal
    category: str | None = None
    label: str = ""
    claimed: dict[str, Decimal] = field(default_factory=dict)
    due: dict[str, Decimal | None] = field(default_factory=dict)
    uncapped: dict[str, Decimal] = field(default_factory=dict)
    room: dict[str, Decimal] = field(default_factory=dict)
    self_paid: Decimal = Decimal(0)
    status: str = "settled"
    fault: str | None = None
    why: dict[str, list[str]] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    written: dict[str, object] = field(default_factory=dict)
    echo_of: Stay | None = None
    factor: int = 1

    @property
    def counted_on(self) -> date:
        """The day that places the stay in a period and in the order of the year's room."""
        return self.settled or self.discharged


@dataclass(frozen=True)
class Habit:
    """A hospital that makes the same mistake on every roster patient it discharges from `since` on."""

    hospital: str
    kind: str
    since: date


DEFAULT_SHARES: Mapping[str, float] = {
    "level:township": 0.004, "level:county": 0.003, "level:city": 0.003,
    "category:五保户": 0.004, "category:重点优抚对象": 0.003, "category:农村低保户": 0.003,
    "bands:whole": 0.004, "base:total": 0.003, "base:eligible": 0.004, "bonus": 0.003,
    "deductible": 0.003, "rounding:jiao": 0.002, "rounding:truncate": 0.003, "tail": 0.002,
    "upstream": 0.003, "unknown": 0.003, "untouched": 0.006, "label": 0.002, "stranger": 0.003,
    "mistyped": 0.001, "above bound": 0.002, "parts": 0.002,
    "id check": 0.001, "id missing": 0.001, "id numeric": 0.001, "id scientific": 0.001,
    "id old": 0.001, "id wide": 0.001, "id lower": 0.001, "id blanks": 0.001,
    "id apostrophe": 0.001, "other name": 0.001, "name dot": 0.001, "name blank": 0.001,
    "sex": 0.001, "dates reversed": 0.001, "date missing": 0.001, "other period": 0.001,
    "before the rule": 0.0004, "other year": 0.0004, "dead": 0.001, "unknown hospital": 0.001,
    "other level": 0.001, "total missing": 0.001, "total broken": 0.0004,
    "eligible negative": 0.0004, "eligible above total": 0.001, "duplicate": 0.002,
    "duplicate differs": 0.001, "overlap": 0.001, "reversal": 0.002, "rebooked": 0.001,
    "unpaired": 0.0007,
}  # fmt: skip


@dataclass(frozen=True)
class FaultPlan:
    """How much goes wrong. `shares`: kind → share of all stays (at least one row when above 0).

    `unaware`: share of lapsed roster people whom hospitals still treat as entitled. `cap_blind`: share of
    stays over a yearly cap that are claimed as if the year were empty.
    """

    shares: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_SHARES))
    habits: tuple[Habit, ...] = (
        Habit("示例县中医院", "level:township", date(2010, 11, 1)),
        Habit("东滩镇卫生院", "bands:whole", date(2009, 10, 1)),
        Habit("长河市第二人民医院", "base:eligible", date(2010, 12, 1)),
    )
    unaware: float = 0.6
    cap_blind: float = 0.8

    @classmethod
    def none(cls) -> FaultPlan:
        """A county in which every hospital claims exactly what is due."""
        return cls({}, (), 0.0, 0.0)


@dataclass
class County:
    """A county and one period of its stays. `repeats` are roster lines that repeat or contradict an earlier one."""

    name: str
    period: Period
    hospitals: list[Hospital]
    roster: list[Entry]
    repeats: list[Entry]
    stays: list[Stay]
