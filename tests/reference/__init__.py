"""A slow, exact settlement to compare the engine with: plain loops over one stay after another.

It reads rule documents directly and shares no line with the engine. Amounts are whole fen; rates are
fractions; what a person's year has used stands in dictionaries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from onestop_cli.rulebook.language import RuleFile
from tests.reference.stay import Bill, Result, Settled, cell_of, govern
from tests.reference.step import Rooms, Step
from tests.reference.terms import ENDLESS, limit, one

__all__ = ["Bill", "Settled", "settle"]

PAYMENT_ORDER = ("basic", "critical", "assistance", "extra", "backstop")


def settle(bills: Sequence[Bill], rules: Sequence[RuleFile]) -> list[Settled | None]:
    """Every stay, in the order given; None where no document or no term applies."""
    settled = [govern(bill, rules) for bill in bills]
    years: dict[tuple[str, int], list[Settled]] = defaultdict(list)
    for stay in settled:
        if stay is not None:
            years[stay.bill.person, stay.year].append(stay)
    homes: dict[tuple[str, int], list[list[Settled]]] = defaultdict(list)
    for (person, year), stays in years.items():
        home = stays[0].bill.household or f"?{person}"
        homes[home, year].append(sorted(stays, key=lambda stay: stay.bill.turn))
    for members in homes.values():
        settle_years(members, rules)
    return settled


def settle_years(members: list[list[Settled]], rules: Sequence[RuleFile]) -> None:
    """All layers of a year of everybody in one household; with shared limits, until every room is what the others
    leave."""
    rooms: Rooms = {}
    for _ in range(200):
        for stays in members:
            for stay in stays:
                stay.steps, stay.layers = {}, {}
            for step, layer in steps_of(rules):
                Step(stays, step, layer, rooms).settle()
                sum_layer(stays, layer)
        left = household_rooms(members, rules)
        for stays in members:
            left |= rooms_left(stays, rules)
        if left == rooms:
            return
        rooms = left
    raise AssertionError("shared limits do not settle")


def household_rooms(members: list[list[Settled]], rules: Sequence[RuleFile]) -> Rooms:
    """What each step's limit of the household leaves: claimed stays of any member first, each in time."""
    rooms: Rooms = {}
    stays = sorted((stay for own in members for stay in own), key=lambda stay: stay.bill.turn)
    for step, layer in steps_of(rules):
        used = 0
        for stay in sorted(stays, key=lambda s: layer not in s.bill.touched):
            cap = household_cap(stay, step)
            if cap == ENDLESS:
                continue
            rooms[id(stay), step, "household"] = max(0, cap - used), cap
            used += 0 if stay.outside_caps(step) else stay.steps[step].due or 0
    return rooms


def household_cap(stay: Settled, step: str) -> int:
    """The limit of a stay's household in this step; `ENDLESS` where there is none."""
    terms = Step([stay], step, step, {}).terms_of(stay)
    clause = None if terms is None or terms.layer.base is None else terms.maybe("household_cap")
    return ENDLESS if clause is None else limit(clause.amount)


def sum_layer(stays: Iterable[Settled], layer: str) -> None:
    """A layer from its parts so far: the weakest check, the sum of the amounts. Unless all are exact, what later
    layers take off is what was claimed, as far as it is allowed."""
    for stay in stays:
        ids = {p.id for p in stay.rule.layer if (p.part_of or p.id) == layer}
        parts = [r for step, r in stay.steps.items() if step in ids] or [Result()]
        checks = [part.check for part in parts]
        check = next(c for c in ("none", "bound", "exact") if c in checks)
        granted = sum(part.granted for part in parts)
        taken = stay.bill.taken.get(layer, 0)
        paid = {"exact": granted, "bound": min(granted, taken), "none": taken}[check]
        stay.layers[layer] = Result(check=check, granted=granted, paid=paid)


def rooms_left(stays: list[Settled], rules: Sequence[RuleFile]) -> Rooms:
    """Stays that claimed any of the pool's layers come first; within a stay, layers in their order."""
    rooms: Rooms = {}
    pools = {pool.id: pool for rule in rules for pool in rule.pool}
    for pool in pools.values():
        used = 0
        for stay in sorted(stays, key=lambda s: not s.bill.touched & set(pool.layers)):
            own = next((p for p in stay.rule.pool if p.id == pool.id), None)
            for step, layer in steps_of(rules):
                if layer not in pool.layers or own is None:
                    continue
                cell = cell_of(stay.bill, stay.rule, stay.bill.category)
                assert cell is not None
                cap = limit(one(own.cap, cell, stay.rule).amount)
                result = stay.steps[step]
                rooms[id(stay), step, pool.id] = max(0, cap - used), cap
                used += 0 if stay.outside_caps(step) or cap == ENDLESS else result.due or 0
    return rooms


def steps_of(rules: Sequence[RuleFile]) -> list[tuple[str, str]]:
    """(step, layer) in order of payment over all documents."""
    homes: dict[str, str] = {}
    for rule in rules:
        for layer in rule.layer:
            homes.setdefault(layer.id, layer.part_of or layer.id)
    found = list(homes.items())
    return sorted(found, key=lambda step: PAYMENT_ORDER.index(step[1]))
