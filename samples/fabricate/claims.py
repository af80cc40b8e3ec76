"""What is due for every stay, and what each hospital claims: right, or wrong in the way its fault says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from random import Random

from samples.fabricate.model import LAYERS, FaultPlan, Stay
from samples.fabricate.pricing import (
    ASSUMPTIONS,
    BASIC_CAP,
    NO_CAP,
    Terms,
    assume,
    fair,
    ordinary,
)

CENT = Decimal("0.01")
ZERO = Decimal(0)

UNCLAIMED = "untouched"
"""The fault that leaves an entitlement unclaimed; it changes the order in which the year's room is used."""

_TAKEN_FOR_ROSTER = "农村低保户"


def price(stays: list[Stay], plan: FaultPlan, rng: Random) -> None:
    """Fill `due`, `claimed`, `self_paid` and `why`: of the rows that repeat no other, then of their echoes."""
    originals = {id(stay.echo_of or stay): stay.echo_of or stay for stay in stays}.values()
    _give_dues(stay for stay in originals if stay.status == "settled")
    for stay in originals:
        _claim(stay, plan, rng)
        stay.self_paid = stay.total - sum(stay.claimed.values())
        if stay.fault == "parts":
            stay.self_paid += rng.choice((-50, -5, 5, 20))
    for stay in stays:
        if stay.echo_of is not None:
            _echo(stay, stay.echo_of)


def bound(stay: Stay) -> Decimal:
    """The most that the insurance may have paid where the exact amount cannot be known."""
    terms = (
        fair(stay.hospital.level, stay.category) if stay.category else ordinary(stay.hospital.level)
    )
    return min(terms.basic(stay.total, known_base(stay)), BASIC_CAP)


def known_base(stay: Stay) -> Decimal:
    """可补偿费用, or the whole bill where the list does not tell it."""
    return stay.eligible if stay.hospital.shape.has("eligible") else stay.total


def is_exact(stay: Stay) -> bool:
    """Whether the list and the document tell enough to know every amount."""
    return stay.category is not None and stay.hospital.shape.has("eligible")


def _give_dues(stays: Iterable[Stay]) -> None:
    """Each stay its growth of the person's capped running totals; bound-checked stays use no room."""
    years: defaultdict[tuple[str, int], list[Stay]] = defaultdict(list)
    for stay in stays:
        if is_exact(stay):
            years[stay.person.id_no, stay.discharged.year].append(stay)
        else:
            stay.due = {"basic": None, "assistance": None if stay.category else ZERO}
    for year in years.values():
        year.sort(key=_order)
        _give_layer(year, "basic")
        _give_layer(sorted(year, key=lambda stay: stay.fault == UNCLAIMED), "assistance")


def _order(stay: Stay) -> tuple[object, ...]:
    return stay.counted_on, stay.discharged, stay.admitted, stay.hospital.name, stay.stay_no


def _give_layer(year: list[Stay], layer: str) -> None:
    used = ZERO
    for stay in year:
        assert stay.category
        terms = fair(stay.hospital.level, stay.category)
        if layer == "basic":
            cap, amount = BASIC_CAP, terms.basic(stay.total, stay.eligible)
        else:
            basic = stay.due["basic"]
            assert basic is not None
            cap, amount = terms.aid_cap, terms.aid(stay.total, stay.eligible, basic)
        stay.uncapped[layer], stay.room[layer] = amount, max(cap - used, ZERO)
        due = min(amount, stay.room[layer])
        stay.due[layer] = due
        used += due if cap < NO_CAP else ZERO


def _claim(stay: Stay, plan: FaultPlan, rng: Random) -> None:
    if stay.category is None:
        _claim_ordinary(stay)
    elif not is_exact(stay) or stay.status != "settled":
        stay.claimed = _alone(stay, fair(stay.hospital.level, stay.category))
        if stay.fault == "above bound":
            _exceed_bound(stay)
    else:
        _claim_due(stay, plan, rng)


def _claim_ordinary(stay: Stay) -> None:
    """Ordinary people pay a deductible; some are wrongly taken for roster people."""
    level = stay.hospital.level
    if stay.fault in ("unaware", "mistyped"):
        stay.claimed = _alone(stay, fair(level, stay.label or _TAKEN_FOR_ROSTER))
        return
    deductible = assume("deductible", level, "").deductible
    basic = Terms(ordinary(level).rate, "", deductible).basic(stay.total, stay.eligible)
    stay.claimed = {"basic": min(basic, BASIC_CAP), "assistance": ZERO}
    if stay.fault == "stranger":
        terms = fair(level, _TAKEN_FOR_ROSTER)
        stay.label = _TAKEN_FOR_ROSTER
        stay.claimed["assistance"] = min(
            terms.aid(stay.total, stay.eligible, stay.claimed["basic"]), terms.aid_cap
        )
    if stay.fault == "above bound":
        _exceed_bound(stay)


def _exceed_bound(stay: Stay) -> None:
    stay.claimed["basic"] = bound(stay) + Decimal("88.80")


def matters(stay: Stay, token: str) -> bool:
    """Whether the assumption gives other figures than the document, were it the only stay of the year."""
    assert stay.category
    level = stay.hospital.level
    changed, right = assume(token, level, stay.category), fair(level, stay.category)
    return _alone(stay, changed) != _alone(stay, right)


def _alone(stay: Stay, terms: Terms) -> dict[str, Decimal]:
    """As a hospital reckons that sees no other stay of the year."""
    basic = min(terms.basic(stay.total, stay.eligible), BASIC_CAP)
    aid = min(terms.aid(stay.total, stay.eligible, basic), terms.aid_cap)
    return {"basic": basic, "assistance": aid}


def _claim_due(stay: Stay, plan: FaultPlan, rng: Random) -> None:
    """The due amounts, changed by the stay's fault or by a hospital that is blind to the yearly cap."""
    assert stay.category
    terms = fair(stay.hospital.level, stay.category)
    over = any(stay.due[layer] != stay.uncapped[layer] for layer in LAYERS)
    if over and stay.fault is None and rng.random() < plan.cap_blind:
        stay.fault = "cap-ignored"
    token = stay.fault or ""
    if token == "cap-ignored":
        stay.claimed = _alone(stay, terms)
    elif token.partition(":")[0] in _TOKENS:
        stay.claimed = _under(stay, token)
    else:
        stay.claimed = {layer: stay.due[layer] or ZERO for layer in LAYERS}
        _slip(stay, token, terms, rng)
    _explain(stay, token)


_TOKENS = {token.partition(":")[0] for token in ASSUMPTIONS}


def _under(stay: Stay, token: str) -> dict[str, Decimal]:
    """What the hospital gets under an assumption, with the room the year had left before this stay."""
    assert stay.category
    terms = assume(token, stay.hospital.level, stay.category)
    basic = min(terms.basic(stay.total, stay.eligible), stay.room["basic"])
    aid = terms.aid(stay.total, stay.eligible, basic)
    return {"basic": basic, "assistance": min(aid, _aid_room(stay, terms))}


def _readings(stay: Stay, layer: str, token: str) -> tuple[Decimal, Decimal]:
    """A layer's amount under an assumption about the whole stay, and about this layer alone."""
    assert stay.category
    terms, whole = assume(token, stay.hospital.level, stay.category), _under(stay, token)[layer]
    basic = stay.due["basic"]
    if layer == "basic" or basic is None:
        return whole, whole
    alone = terms.aid(stay.total, stay.eligible, basic)
    return whole, min(alone, _aid_room(stay, terms))


def _aid_room(stay: Stay, terms: Terms) -> Decimal:
    """The room for assistance under `terms`: a cap that the stay's own category has not used is whole."""
    return min(stay.room["assistance"], terms.aid_cap) if terms.aid_cap < NO_CAP else NO_CAP


def _slip(stay: Stay, kind: str, terms: Terms, rng: Random) -> None:
    """Faults that follow no rule: typing slips, a fen too much, an entitlement left unclaimed."""
    if kind == UNCLAIMED:
        stay.claimed["assistance"] = ZERO
    elif kind == "tail":
        stay.claimed["basic"] += CENT
    elif kind == "unknown":
        stay.claimed["basic"] += Decimal(rng.randint(700, 9900)) / 100
    elif kind == "upstream":
        basic = stay.claimed["basic"] + Decimal(rng.randint(700, 4900)) / 100
        aid = terms.aid(stay.total, stay.eligible, basic)
        stay.claimed = {"basic": basic, "assistance": min(aid, stay.room["assistance"])}


def _explain(stay: Stay, token: str) -> None:
    """Name per layer all assumptions that give the claimed figure; forget a fault that changed nothing."""
    wrong = [layer for layer in LAYERS if stay.claimed[layer] != stay.due[layer]]
    if not wrong and token in {*ASSUMPTIONS, "upstream", "cap-ignored", UNCLAIMED}:
        stay.fault = None
    if token == UNCLAIMED:
        return
    for layer in wrong:
        stay.why[layer] = _fitting(stay, layer, token)


def _fitting(stay: Stay, layer: str, token: str) -> list[str]:
    """The injected token first where it explains the layer, then every other that fits."""
    assert stay.category
    claimed = stay.claimed[layer]
    fits = [other for other in ASSUMPTIONS if claimed in _readings(stay, layer, other)]
    if layer == "assistance" and "basic" in stay.why:
        terms = fair(stay.hospital.level, stay.category)
        aid = terms.aid(stay.total, stay.eligible, stay.claimed["basic"])
        if min(aid, stay.room["assistance"]) == claimed:
            fits.append("upstream")
        elif min(aid, terms.aid_cap) == claimed:
            fits.append("cap-ignored+upstream")
        if token in fits:
            fits.append(f"{token}+upstream")
    if claimed in (stay.uncapped[layer], min(stay.uncapped[layer], terms_cap(stay, layer))):
        fits.append("cap-ignored")
    if token in fits:
        fits.remove(token)
        fits.insert(0, token)
    return fits or ["unknown"]


def terms_cap(stay: Stay, layer: str) -> Decimal:
    """The yearly cap of the layer for the stay's category, `NO_CAP` without one."""
    assert stay.category
    return BASIC_CAP if layer == "basic" else fair(stay.hospital.level, stay.category).aid_cap


def _echo(stay: Stay, original: Stay) -> None:
    """A row that repeats or reverses another takes its amounts."""
    stay.total, stay.eligible = original.total * stay.factor, original.eligible * stay.factor
    stay.claimed = {layer: amount * stay.factor for layer, amount in original.claimed.items()}
    stay.self_paid = original.self_paid * stay.factor
    if stay.fault == "duplicate differs":
        stay.claimed["basic"] += 10
        stay.self_paid -= 10
