"""What is due for every row of the year, what is claimed, and what follows for its findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from samples.fabricate.today.faults import HABIT
from samples.fabricate.today.model import LAYERS, RESIDENT, ZERO, Identity, Settlement
from samples.fabricate.today.people import NO_RIGHT
from samples.fabricate.today.pricing import AID, Reading, Running, price, terms

CENT = Decimal("0.01")
_WAITS = {
    "id check": "ID01", "other name": "ID04", "dead": "RO07", "foreign": "RU01",
    "unknown hospital": "HO01", "unpaired": "ST06",
}  # fmt: skip
"""Faults that hold the row, and the finding that says so."""


def claim(rows: Sequence[Settlement], lists: Mapping[str, list[Identity]]) -> None:
    """Fill `kind`, `due`, `claimed`, `status` and `codes` of rows that stand in time."""
    years: defaultdict[str, Running] = defaultdict(Running)
    for row in rows:
        if row.pair is None and row.joins is None and row.fault != "twice":
            lines = lists.get(row.person.id_no, [])
            _price(row, lines, years[row.person.id_no])
    for row in rows:
        _follow(row)
    _visit_codes(rows)


def kinds_on(lines: Sequence[Identity], day: date, seen_on: date) -> list[str]:
    """The kinds with a right on `day`, the better first, as far as the lists of `seen_on`'s month know."""
    known = [line for line in lines if line.known_from <= seen_on and line.kind != NO_RIGHT]
    valid = {line.kind for line in known if line.covers(day)}
    return [kind for kind in AID if kind in valid]


def _price(row: Settlement, lines: Sequence[Identity], running: Running) -> None:
    kinds = kinds_on(lines, row.settled_at.date(), row.settled_at.date())
    row.kind = kinds[0] if kinds else None
    right = Reading(row.kind, row.house.level, row.away)
    held = row.fault in _WAITS or row.fault == "refunded"
    before = running.copy()
    row.due = price(row, right, running.copy() if held else running)
    row.claimed = _claimed(row, right, before)
    row.status = "reversed" if row.fault == "refunded" else "held" if held else "settled"
    if held:
        row.codes += [_WAITS[row.fault]] if row.fault in _WAITS else []
    else:
        row.codes += ["RO05"] * (len(kinds) > 1) + _amount_codes(row, lines)


def _claimed(row: Settlement, right: Reading, before: Running) -> dict[str, Decimal]:
    """The due amounts, or what the fault makes of them."""
    wrong = _reading(row, right)
    claimed = price(row, wrong, before)
    deductible, rate = terms(row, wrong)
    row.charged = min(Decimal(deductible), row.in_scope)
    row.rate = Decimal(rate.numerator) / Decimal(rate.denominator)
    if row.fault == "not aided":
        claimed["assistance"] = claimed["extra"] = ZERO
    if row.fault == "tail":
        claimed["basic"] += CENT
    return claimed


def _reading(row: Settlement, right: Reading) -> Reading:
    house, months = HABIT
    usual = row.fault is None and not row.outpatient and row.scheme == RESIDENT
    if usual and row.house is house and row.month in months:
        row.fault = "level"
        return replace(right, level="township")
    if row.fault == "not filed":
        return replace(right, away=False)
    if row.fault in ("stranger", "ended"):
        return replace(right, kind="低保对象")
    if row.fault is None and row.outpatient and row.month == "2024-12":
        row.fault = "limit"
        return replace(right, limits=False)
    return right


def _amount_codes(row: Settlement, lines: Sequence[Identity]) -> list[str]:
    codes = []
    for layer in LAYERS:
        claimed, due = row.claimed.get(layer, ZERO), row.due.get(layer, ZERO)
        if claimed == due:
            continue
        if abs(claimed - due) <= CENT:
            codes.append(f"AM02:{layer}")
        elif layer in ("assistance", "extra") and row.kind is None:
            codes.append("RO04" if lines else "RO01")
        elif layer in ("assistance", "extra") and claimed == 0:
            codes.append("RO02")
        else:
            capped = row.fault == "limit" and layer == "basic"
            codes.append(f"CA01:{layer}" if capped else f"AM01:{layer}")
    if row.fault == "limit" and not codes:
        row.fault = None
    return list(dict.fromkeys(codes))


def _follow(row: Settlement) -> None:
    """Rows that take back, repeat or complete another one."""
    first = row.pair or row.joins
    if row.fault == "unpaired":
        row.status, row.codes = "held", ["ST06"]
        assert first is not None
        first.claimed = price(first, Reading(None, first.house.level, first.away), Running())
    if first is not None and row.joins is None:
        row.claimed = {layer: -amount for layer, amount in first.claimed.items()}
        if row.fault != "unpaired":
            row.status = "reversed"
    elif row.joins is not None:
        aid = ("assistance", "extra")
        row.claimed = {layer: first.claimed[layer] for layer in aid if layer in first.claimed}
        row.status = "joined"


def _visit_codes(rows: Sequence[Settlement]) -> None:
    """ST01 and its twin, ST05 and ST08."""
    twins = {row.setl_id: row for row in rows if row.fault != "twice"}
    for row in rows:
        if row.fault == "twice":
            first = twins[row.setl_id]
            row.kind, row.due, row.claimed = first.kind, first.due, first.claimed
            row.charged, row.rate = first.charged, first.rate
            row.status, row.codes = "rejected", ["ST01"]
        elif row.fault == "again":
            row.codes.append("ST05")
        if row.admitted.year != row.discharged.year and row.status == "settled":
            row.codes.append("ST08")
