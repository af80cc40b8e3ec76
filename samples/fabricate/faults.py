"""Which rows of a county go wrong: each stay at most once, so that its cause is known.

Kinds that only change the claim (`level:city`, `untouched` …) are carried out by `claims`; here they just
choose their stays.
"""

from __future__ import annotations

from samples.fabricate import wrong_person, wrong_stay
from samples.fabricate.claims import matters
from samples.fabricate.desk import Desk, Fits, entitled
from samples.fabricate.model import FaultPlan, Stay
from samples.fabricate.pricing import ASSUMPTIONS

_KINDS = wrong_person.KINDS | wrong_stay.KINDS


def spoil(desk: Desk, plan: FaultPlan) -> None:
    """Choose stays for every kind of the plan and spoil them; then the habits take what is left."""
    for stay in desk.stays:
        desk.categorise(stay)
        lapsed = stay.category is None and stay.person.id_no in desk.entries
        if lapsed and desk.rng.random() < plan.unaware:
            stay.fault = "unaware"
            stay.label = desk.entries[stay.person.id_no][0].category
    free = list(desk.stays)
    desk.rng.shuffle(free)
    for kind, share in plan.shares.items():
        _spread(desk, kind, max(1, round(share * len(free))) if share else 0, free)
    for habit in plan.habits:
        for stay in desk.stays:
            ours = stay.hospital.name == habit.hospital and stay.discharged >= habit.since
            if ours and stay.fault is None and entitled(desk, stay):
                stay.fault = habit.kind


def _spread(desk: Desk, kind: str, wanted: int, free: list[Stay]) -> None:
    fits, do = _KINDS.get(kind, (_changing(kind), _leave))
    for stay in free:
        if not wanted:
            return
        if stay.fault is None and fits(desk, stay):
            stay.fault = kind
            do(desk, stay)
            wanted -= 1


def _changing(kind: str) -> Fits:
    """Roster people's stays on which the changed assumption gives another figure."""
    if kind not in ASSUMPTIONS:
        return entitled
    return lambda desk, stay: entitled(desk, stay) and matters(stay, kind)


def _leave(desk: Desk, stay: Stay) -> None:
    """The claim alone is wrong."""
