"""What the office pays of every claim, in plain decimal arithmetic: paid, taken back, kept waiting, made up, owed.

Written from the contract's sentences alone and sharing nothing with the tool, so that it can disagree with it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

from samples.fabricate.claims import bound, is_exact
from samples.fabricate.model import LAYERS, Stay
from samples.fabricate.pricing import fair

TOLERANCE = Decimal("0.01")
ZERO = Decimal(0)


@dataclass
class Part:
    """One layer's claim as it is divided, yuan."""

    payable: Decimal = ZERO
    deducted: Decimal = ZERO
    held: Decimal = ZERO
    shortfall: Decimal = ZERO
    offset: Decimal = ZERO


PARTS = (*(f"{layer}_{part.name}" for layer in LAYERS for part in fields(Part)), "patient_owed")
"""How `truth.json` and `case.toml` name the parts."""


def paid(stay: Stay) -> dict[str, Part]:
    """Each layer's claim divided; no decision has been taken, and the county holds no excess."""
    if stay.status == "reversed":
        return {layer: Part() for layer in LAYERS}
    if stay.status == "held":
        return {layer: Part(held=stay.claimed[layer]) for layer in LAYERS}
    if stay.status == "rejected":
        return {layer: Part(deducted=stay.claimed[layer]) for layer in LAYERS}
    parts = {layer: _settled(stay, layer) for layer in LAYERS}
    if is_exact(stay):
        _make_up(parts)
    return parts


def owed(parts: dict[str, Part]) -> Decimal:
    """What the patient is still to get, yuan."""
    return sum((part.shortfall - part.offset for part in parts.values()), ZERO)


def most_aid(stay: Stay) -> Decimal:
    """The most that assistance may have paid where the insurance could only be bounded."""
    assert stay.category
    terms = fair(stay.hospital.level, stay.category)
    basic = min(stay.claimed["basic"], bound(stay))
    return min(terms.aid(stay.total, stay.total, basic), terms.aid_cap)


def _settled(stay: Stay, layer: str) -> Part:
    claimed, due = stay.claimed[layer], stay.due[layer]
    if due is None:
        most = bound(stay) if layer == "basic" else most_aid(stay)
        payable = most if claimed > most + TOLERANCE else claimed
        return Part(payable, claimed - payable)
    if abs(claimed - due) <= TOLERANCE:
        return Part(claimed)
    if claimed > due:
        return Part(due, claimed - due)
    return Part(claimed, shortfall=due - claimed)


def _make_up(parts: dict[str, Part]) -> None:
    """层间调整: what one layer paid too much makes up for what others paid too little, the earliest first."""
    left = sum((part.deducted for part in parts.values()), ZERO)
    for layer in LAYERS:
        parts[layer].offset = min(parts[layer].shortfall, left)
        left -= parts[layer].offset
