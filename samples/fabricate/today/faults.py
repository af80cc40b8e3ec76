"""What goes wrong in the year: each fault has people of its own, so that nothing else hangs on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from samples.fabricate.model import Person
from samples.fabricate.people import Registry
from samples.fabricate.today.care import stay_in
from samples.fabricate.today.model import EMPLOYED, NEIGHBOUR, RESIDENT, Identity, Settlement
from samples.fabricate.today.places import ELSEWHERE, HOUSES

COUNTY_HOSPITAL, CHINESE_MEDICINE, TOWNSHIP, CITY = HOUSES[0], HOUSES[1], HOUSES[3], HOUSES[7]
HABIT = CHINESE_MEDICINE, ("2024-03", "2024-04")
"""In these months this hospital is priced as one of a township."""

FAULTS = {
    "not aided": (2, 3, 5, 7, 9, 11),
    "stranger": (1, 6, 10),
    "ended": (8, 9, 12),
    "not filed": (2, 6, 11),
    "tail": (1, 4),
    "id check": (2, 9),
    "other name": (1, 7),
    "dead": (5,),
    "foreign": (1, 8),
    "by hand": (1, 2, 6, 10),
    "unknown hospital": (4,),
    "refunded": (1, 3),
    "refunded later": (6,),
    "aid apart": (2, 5),
    "twice": (2, 10),
    "recognised late": (4, 5),
    "unpaired": (3,),
    "employed": (1, 2),
    "again": (7,),
}
"""Kind → the months in which it happens."""


def lay_in(
    rng: Random, registry: Registry, identities: list[Identity], rows: list[Settlement]
) -> None:
    """Add the people, lines and rows of every fault."""
    for kind, months in FAULTS.items():
        for month in months:
            person = registry.person(youngest=20)
            _FAULT.get(kind, _plain)(_Case(kind, rng, person, month, identities, rows))


class _Case:
    """One fault to be laid in."""

    def __init__(
        self,
        kind: str,
        rng: Random,
        person: Person,
        month: int,
        identities: list[Identity],
        rows: list[Settlement],
    ) -> None:
        self.kind, self.rng, self.person, self.month = kind, rng, person, month
        self._identities, self._rows = identities, rows

    def listed(self, first: date = date(2022, 3, 1), **more: object) -> Identity:
        """The person becomes 低保 on 附件3."""
        line = replace(Identity(self.person, "低保对象", "农村低保", "附件3", first), **more)
        self._identities.append(line)
        return line

    def stay(self, house: object = COUNTY_HOSPITAL, scheme: str = RESIDENT) -> Settlement:
        """One row with the fault."""
        row = stay_in(self.rng, self.person, house, self.month, scheme)  # type: ignore[arg-type]
        row.fault, row.away = self.kind, False
        self._rows.append(row)
        return row

    def more(self, row: Settlement, days: int = 0) -> Settlement:
        """Another row like `row`, settled `days` and some minutes later."""
        later = row.settled_at + timedelta(days, minutes=7)
        twin = replace(row, settled_at=later, written={}, codes=[], visit_of=row)
        self._rows.append(twin)
        return twin


def _plain(case: _Case) -> None:
    case.listed()
    case.stay()


def _stranger(case: _Case) -> None:
    case.stay(TOWNSHIP)


def _ended(case: _Case) -> None:
    case.listed(last=date(2024, 6, 30))
    case.stay()


def _not_filed(case: _Case) -> None:
    case.stay(CITY).away = True


def _id_check(case: _Case) -> None:
    case.listed()
    number = case.person.id_no
    case.stay().written["id_no"] = number[:17] + ("1" if number[17] != "1" else "2")


def _other_name(case: _Case) -> None:
    case.listed()
    case.stay().written["name"] = "郭" + case.person.name[1:] + "平"


def _dead(case: _Case) -> None:
    case.listed(died_on=date(2024, case.month - 1, 20))
    row = case.stay()
    row.admitted = max(row.admitted, date(2024, case.month, 2))


def _foreign(case: _Case) -> None:
    case.stay().written["area"] = NEIGHBOUR


def _by_hand(case: _Case) -> None:
    case.listed()
    house = ELSEWHERE if case.month % 2 == 0 else CITY
    case.stay(house).written["setl_type"] = "1"


def _unknown_hospital(case: _Case) -> None:
    case.stay(ELSEWHERE)


def _refunded(case: _Case) -> None:
    """Original and minus row are flagged, and the stay is settled again."""
    case.listed()
    row = case.stay()
    row.fault, row.written["refund"] = "refunded", "1"
    back = case.more(row)
    back.pair, back.written = row, {"refund": "1"}
    again = case.more(back)
    again.pair, again.fault, again.written = None, None, {}


def _refunded_later(case: _Case) -> None:
    """The minus row is in the export of the month after, when the month of the original is closed."""
    case.listed()
    row = case.stay()
    back = case.more(row, 25)
    back.pair, back.written = row, {"refund": "1"}


def _aid_apart(case: _Case) -> None:
    """The assistance is settled by itself, as a second row of the visit."""
    case.listed()
    row = case.stay()
    second = case.more(row)
    row.halved = True
    second.joins, second.written = row, {"setl_type": "3"}


def _twice(case: _Case) -> None:
    case.listed()
    row = case.stay()
    row.fault = None
    again = case.more(row)
    row.setl_id = again.setl_id = f"6399D{case.month:02d}00000"
    again.fault, again.settled_at = "twice", row.settled_at


def _recognised_late(case: _Case) -> None:
    """On the lists from July on, entitled since March."""
    case.listed(first=date(2024, 3, 1), known_from=date(2024, 7, 1))
    case.stay()


def _unpaired(case: _Case) -> None:
    row = case.stay()
    row.pair, row.written = replace(row, fault=None), {"refund": "1"}


def _employed(case: _Case) -> None:
    case.listed()
    case.stay(scheme=EMPLOYED).fault = None


def _again(case: _Case) -> None:
    """Back in the same hospital after nine days."""
    case.listed()
    row = case.stay()
    row.fault = None
    end = row.discharged + timedelta(12)
    back = case.more(row, 12)
    back.admitted, back.discharged, back.fault = row.discharged + timedelta(9), end, "again"
    back.visit_of = None


_FAULT: dict[str, Callable[[_Case], None]] = {
    "stranger": _stranger,
    "ended": _ended,
    "not filed": _not_filed,
    "id check": _id_check,
    "other name": _other_name,
    "dead": _dead,
    "foreign": _foreign,
    "by hand": _by_hand,
    "unknown hospital": _unknown_hospital,
    "refunded": _refunded,
    "refunded later": _refunded_later,
    "aid apart": _aid_apart,
    "twice": _twice,
    "recognised late": _recognised_late,
    "unpaired": _unpaired,
    "employed": _employed,
    "again": _again,
}
