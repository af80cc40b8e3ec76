"""What the contract says of every row: status, amounts due and paid, findings; worked out apart from the tool.

Left out of `codes` are CA02, which tells of a person's year rather than of a row, and the suggestions (RO06) for
patients whose number is unusable.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from decimal import Decimal
from itertools import pairwise

from samples.fabricate.claims import bound, is_exact, terms_cap
from samples.fabricate.model import LAYERS, County, Entry, Stay
from samples.fabricate.paid import TOLERANCE, most_aid, owed, paid

READMITTED_WITHIN = 15


def judge(county: County) -> None:
    """Add to every stay's `codes` what follows from its amounts, dates and roster entries."""
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in county.roster:
        entries[entry.person.id_no].append(entry)
    visits: defaultdict[tuple[str, object], list[Stay]] = defaultdict(list)
    for stay in county.stays:
        if stay.status in ("settled", "held") and not {"ID01", "ID03", "ST06"} & set(stay.codes):
            visits[stay.person.id_no, _hospital(stay)].append(stay)
        stay.codes += _year_code(stay)
        if stay.status != "settled":
            continue
        listed = entries.get(stay.person.id_no, [])
        valid = {entry.category for entry in listed if entry.covers(stay.admitted)}
        stay.codes += ["RO05"] * (len(valid) > 1) + _label_code(stay)
        stay.codes += _amount_codes(stay, bool(listed))
        stay.codes += _part_codes(stay)
    for same_house in visits.values():
        _readmissions(same_house)
    for stay in county.stays:
        stay.codes = list(dict.fromkeys(stay.codes))


def to_row(stay: Stay, source: str, sheet: str | None, row: int) -> dict[str, object]:
    """One line of `truth.json`; amounts in fen, due null where nothing is due or only a bound is known, parts of the
    claim left out where they are 0."""
    settled = stay.status == "settled"
    unusable = bool({"ID01", "ID03"} & set(stay.codes))
    amounts: dict[str, object] = {}
    for layer in LAYERS:
        amounts[f"{layer}_claimed"] = _fen(stay.claimed[layer])
        amounts[f"{layer}_due"] = _fen(stay.due.get(layer)) if settled else None
    return {
        "source": source,
        "sheet": sheet,
        "row": row,
        "hospital": _hospital(stay),
        "stay_no": stay.stay_no,
        "id_no": None if unusable else stay.person.id_no,
        "category": stay.category,
        "level": None if "HO01" in stay.codes else stay.hospital.level,
        "status": stay.status,
        **amounts,
        **_parts(stay),
        "fault": stay.fault,
        "why": stay.why,
        "codes": stay.codes,
    }


def _parts(stay: Stay) -> dict[str, int | None]:
    parts = paid(stay)
    amounts = {
        f"{layer}_{what}": _fen(amount)
        for layer, part in parts.items()
        for what, amount in asdict(part).items()
    }
    amounts["patient_owed"] = _fen(owed(parts))
    return {what: amount for what, amount in amounts.items() if amount}


def _hospital(stay: Stay) -> object:
    """The hospital as the list names it."""
    return stay.written.get("hospital", stay.hospital.name)


def _fen(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * 100)


def _label_code(stay: Stay) -> list[str]:
    differs = stay.label and stay.category and stay.label != stay.category
    return ["RO03"] if differs else []


def _year_code(stay: Stay) -> list[str]:
    undated = stay.status == "reversed" or "ST06" in stay.codes or "discharged" in stay.written
    return ["ST08"] if not undated and stay.admitted.year != stay.discharged.year else []


def _amount_codes(stay: Stay, listed: bool) -> list[str]:
    codes = []
    if stay.category is None and stay.claimed["assistance"] > TOLERANCE:
        codes.append("RO04" if listed else "RO01")
    if is_exact(stay):
        return codes + [code for layer in LAYERS for code in _layer_codes(stay, layer)]
    most = bound(stay)
    if stay.claimed["basic"] > most + TOLERANCE:
        codes.append("AM07:basic")
    if stay.category is not None and stay.claimed["assistance"] > most_aid(stay) + TOLERANCE:
        codes.append("AM07:assistance")
    return codes


def _layer_codes(stay: Stay, layer: str) -> list[str]:
    """One difference, one finding."""
    claimed, due, full = stay.claimed[layer], stay.due[layer], stay.uncapped[layer]
    assert due is not None
    if claimed == due:
        return []
    if abs(claimed - due) <= TOLERANCE:
        return [f"AM02:{layer}"]
    if layer == "assistance" and claimed == 0:
        return ["RO02"]
    alone = min(full, terms_cap(stay, layer))
    capped = due < alone and min(abs(claimed - full), abs(claimed - alone)) <= TOLERANCE
    return [f"CA01:{layer}" if capped or claimed == full > due else f"AM01:{layer}"]


def _part_codes(stay: Stay) -> list[str]:
    """AM03, and AM06 for a self-pay that is negative or that no layer's difference explains."""
    apart = abs(stay.total - sum(stay.claimed.values()) - stay.self_paid) > TOLERANCE
    codes = ["AM03"] if apart else []
    if stay.self_paid < 0 or (apart and is_exact(stay) and stay.self_paid != _self_due(stay)):
        codes.append("AM06")
    return codes


def _self_due(stay: Stay) -> Decimal:
    return stay.total - sum(due for due in stay.due.values() if due is not None)


def _readmissions(stays: list[Stay]) -> None:
    """ST05 where a stay begins within 15 days of the previous discharge from the same hospital."""
    stays.sort(key=lambda stay: (stay.admitted, stay.discharged))
    for before, after in pairwise(stays):
        if 0 <= (after.admitted - before.discharged).days <= READMITTED_WITHIN:
            after.codes.append("ST05")
