"""What a year of the platform's settlements consists of. Amounts are `Decimal` yuan with two places."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from samples.fabricate.model import Person

LAYERS = ("basic", "critical", "large", "civil", "assistance", "extra")
RESIDENT, EMPLOYED = "390", "310"
AREA, NEIGHBOUR = "639901", "639902"
"""Where people are insured: this county, and another one."""

ZERO = Decimal(0)


@dataclass(frozen=True)
class House:
    """A hospital with its platform code. `grade` is 医院等级 in words; outside the register nothing is paid to it."""

    code: str
    name: str
    level: str
    grade: str
    registered: bool = True


@dataclass(frozen=True)
class Identity:
    """A line of a list of persons: `kind` by the documents' name, `said` as the list spells it, on list `where`.

    `first` and `last` are the first and last month (`last` None: open). Lists made before `known_from` lack the line.
    """

    person: Person
    kind: str
    said: str
    where: str
    first: date
    last: date | None = None
    known_from: date = date(2024, 1, 1)
    died_on: date | None = None

    def covers(self, day: date) -> bool:
        """Entitled on `day`, both ends included."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass
class Settlement:
    """One row of an export: the facts, what is claimed, what is due, what was done to it.

    `kind` applied on the day of settlement (None: no right). `written` holds cells that say something else than the
    facts. `pair` is the row that this one takes back, `joins` the row (`halved`) whose second half this one is, and
    `visit_of` a row of the same visit.
    """

    house: House
    person: Person
    scheme: str
    med_type: str
    disease: tuple[str, str]
    admitted: date
    discharged: date
    settled_at: datetime
    total: Decimal
    own: Decimal
    over: Decimal
    first_pay: Decimal
    away: bool = False
    setl_id: str = ""
    mdtrt_id: str = ""
    kind: str | None = None
    due: dict[str, Decimal] = field(default_factory=dict)
    claimed: dict[str, Decimal] = field(default_factory=dict)
    charged: Decimal = ZERO
    rate: Decimal = ZERO
    status: str = "settled"
    fault: str | None = None
    codes: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    pair: Settlement | None = None
    joins: Settlement | None = None
    visit_of: Settlement | None = None
    halved: bool = False

    @property
    def in_scope(self) -> Decimal:
        """政策范围内费用."""
        return self.total - self.own - self.over - self.first_pay

    @property
    def outpatient(self) -> bool:
        """A visit for a chronic disease."""
        return self.med_type.startswith("14")

    @property
    def month(self) -> str:
        """The period whose export has the row."""
        return f"{self.settled_at:%Y-%m}"

    @property
    def shown(self) -> dict[str, Decimal]:
        """The layers' amounts as this row shows them: of a visit in two rows each has its own."""
        aid = ("assistance", "extra")
        return {
            layer: ZERO if self.halved and layer in aid else self.claimed.get(layer, ZERO)
            for layer in LAYERS
        }


@dataclass
class Year:
    """A county and a year of its settlements, in time."""

    houses: list[House]
    identities: list[Identity]
    rows: list[Settlement]
