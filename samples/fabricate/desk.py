"""Where a county lies while it is being spoiled, and what every kind of fault needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from onestop_cli.county.periods import Period
from samples.fabricate.claims import is_exact
from samples.fabricate.model import Entry, Hospital, Stay
from samples.fabricate.rosters import applicable


@dataclass
class Desk:
    """What the kinds may look at and change while they spoil a county."""

    rng: Random
    period: Period
    hospitals: list[Hospital]
    roster: list[Entry]
    stays: list[Stay]

    def __post_init__(self) -> None:
        self._visits = Counter(stay.person.id_no for stay in self.stays)
        self.entries: dict[str, list[Entry]] = {}
        for entry in self.roster:
            self.entries.setdefault(entry.person.id_no, []).append(entry)

    def alone(self, stay: Stay) -> bool:
        """Whether it is the only stay of its person."""
        return self._visits[stay.person.id_no] == 1

    def categorise(self, stay: Stay) -> None:
        """Look up the category on the admission day."""
        stay.category = applicable(self.entries.get(stay.person.id_no, []), stay.admitted)
        stay.label = stay.category or ""

    def shift(self, stay: Stay, days: int) -> None:
        """Move admission and discharge by `days`."""
        stay.admitted += timedelta(days=days)
        stay.discharged += timedelta(days=days)
        self.categorise(stay)

    def add(self, stay: Stay, **changes: object) -> Stay:
        """A further row made from `stay`, at the end of its list."""
        row = copy(stay)
        row.claimed, row.due, row.uncapped, row.room = {}, {}, {}, {}
        row.why, row.codes, row.written = {}, [], {}
        for name, value in changes.items():
            setattr(row, name, value)
        self.stays.append(row)
        return row


Fits = Callable[[Desk, Stay], bool]
Spoil = Callable[[Desk, Stay], None]


def anyone(desk: Desk, stay: Stay) -> bool:
    return True


def entitled(desk: Desk, stay: Stay) -> bool:
    """A roster person's stay of which every amount can be known."""
    return stay.status == "settled" and is_exact(stay)


def movable(desk: Desk, stay: Stay) -> bool:
    """The only stay of its person, in a list that tells the settlement day, of at least one night."""
    return desk.alone(stay) and stay.settled is not None and stay.discharged > stay.admitted


def having(*fields: str) -> Fits:
    """A stay in a list with these columns."""
    return lambda desk, stay: all(stay.hospital.shape.has(field) for field in fields)


class Kinds(dict[str, tuple[Fits, Spoil]]):
    """Kind → whether it fits a stay, and what it does to one."""

    def add(self, name: str, fits: Fits = anyone) -> Callable[[Spoil], Spoil]:
        """Register a function as what the kind `name` does."""

        def register(do: Spoil) -> Spoil:
            self[name] = fits, do
            return do

        return register


def hold(stay: Stay, *codes: str) -> None:
    """The stay cannot be settled, for these findings."""
    stay.status = "held"
    stay.codes += codes
