"""What a claim leaves to be paid, taken back, made up between the funds, and owed to the patient."""

from __future__ import annotations

from fractions import Fraction

from tests.second.stays import ZERO, Outcome, Part, Stay

TOLERANCE = Fraction(1, 100)


def split(stay: Stay, parts: dict[str, Part]) -> Outcome:
    """The split of one stay. `parts` are its layers in the document's order, worked out."""
    if stay.held:
        claims = {layer: stay.claims(layer) for layer in stay.claimed}
        return Outcome("held", {name: Part("none", held=sum_) for name, sum_ in claims.items()})
    for layer, part in parts.items():
        claimed = stay.claims(layer)
        if part.due is not None:
            near = abs(claimed - part.due) <= TOLERANCE
            part.payable = claimed if near else min(claimed, part.due)
            part.shortfall = ZERO if near else max(part.due - claimed, ZERO)
        elif part.bound is not None:
            # "AM07 for the excess beyond the tolerance": no fen within it is taken back in silence
            near = claimed - part.bound <= TOLERANCE
            part.payable = claimed if near else part.bound
        else:
            part.payable = claimed
        part.deducted = claimed - part.payable
    if all(part.check == "exact" for part in parts.values()):
        make_up(parts)
    short = sum((part.shortfall - part.offset for part in parts.values()), ZERO)
    dues = [part.due for part in parts.values() if part.due is not None]
    whole = len(dues) == len(parts)
    return Outcome("settled", parts, short, stay.total - sum(dues, ZERO) if whole else None)


def make_up(parts: dict[str, Part]) -> None:
    """层间调整: what a hospital paid too much on one layer covers what it paid too little on others."""
    left = sum((part.deducted for part in parts.values()), ZERO)
    for part in parts.values():
        part.offset = min(part.shortfall, left)
        left -= part.offset
