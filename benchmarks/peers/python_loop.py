"""The same as a plain loop over stays, as a script in an office would have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from benchmarks.data import County
from benchmarks.peers import RESULT
from benchmarks.peers.terms import (
    AID_CAP,
    ALL_PAID,
    BANDS,
    BASIC_CAP,
    FLAT,
    FLAT_RATE,
    LESS,
    NEAR,
    ROSTER_RATE,
)

Stay = dict[str, Any]
_TURN = ("settled_on", "discharged_on", "admitted_on", "hospital_raw", "stay_no", "row")


def run(home: County) -> pl.DataFrame:
    """The result frame."""
    stays = list(pl.read_parquet(home.stays).iter_rows(named=True))
    roster = {r["id_raw"]: r for r in pl.read_parquet(home.roster).iter_rows(named=True)}
    levels = dict(pl.read_parquet(home.register).select("hospital", "level").iter_rows())
    for stay in stays:
        stay["category"] = _category(stay, roster.get(stay["id_raw"]))
        rate = ROSTER_RATE[levels[stay["hospital_raw"]]] - (LESS if stay["category"] is None else 0)
        stay["basic_alone"] = (stay["eligible_fen"] * rate + 50) // 100
    _cap(stays, "basic", "basic_claimed_fen", lambda s: s["category"] is not None, BASIC_CAP)
    for stay in stays:
        stay["bound"] = min(stay["basic_alone"], BASIC_CAP)
        given = stay["basic"]
        if stay["category"] is None:
            given = min(stay["bound"], stay["basic_claimed_fen"])
        stay["aid_alone"] = _aid(stay["total_fen"] - given, stay["category"])
        stay["first"] = stay["category"] not in (None, ALL_PAID, FLAT)
    _cap(stays, "aid", "assistance_claimed_fen", lambda s: s["first"], AID_CAP)
    rows = [tuple(_beside(stay)) for stay in stays]
    return pl.DataFrame(rows, schema=dict.fromkeys(RESULT, pl.Int64), orient="row")


def _category(stay: Stay, entry: Mapping[str, Any] | None) -> str | None:
    day = stay["admitted_on"]
    if entry is None or entry["name"] != stay["name"]:
        return None
    if (entry["from_on"] or day) <= day <= (entry["to_on"] or day):
        return str(entry["category_raw"])
    return None


def _cap(stays: list[Stay], name: str, claimed: str, where: Any, cap: int) -> None:
    """`name` and `<name>_before` of each stay under a yearly cap."""
    used: dict[tuple[str, int], int] = defaultdict(int)
    for stay in sorted(stays, key=lambda s: (s[claimed] <= 0, *(s[c] for c in _TURN))):
        alone = stay[f"{name}_alone"]
        if not where(stay):
            stay[name], stay[f"{name}_before"] = alone, 0
            continue
        person = stay["id_raw"], stay["discharged_on"].year
        before = min(used[person], cap)
        used[person] += alone
        stay[name], stay[f"{name}_before"] = min(used[person], cap) - before, before


def _aid(rest: int, category: str | None) -> int:
    if category is None:
        return 0
    if category == ALL_PAID:
        return rest
    if category == FLAT:
        return (rest * FLAT_RATE + 50) // 100
    upper = [edge for edge, _ in BANDS[1:]] + [rest]
    parts = zip(BANDS, upper, strict=True)
    return (sum(max(min(rest, high) - low, 0) * pct for (low, pct), high in parts) + 50) // 100


def _beside(stay: Stay) -> Iterator[int]:
    """RESULT of one stay."""
    listed, first = stay["category"] is not None, stay["first"]
    bc, ac = stay["basic_claimed_fen"], stay["assistance_claimed_fen"]
    basic, aid, bound = stay["basic"], stay["aid"], stay["bound"]
    b_differs, a_differs = listed and abs(bc - basic) > 1, abs(ac - aid) > 1
    most = bc if bc - bound <= 1 else bound
    exact = min(bc, basic) if b_differs else bc
    b_pay = exact if listed else most
    b_short = max(basic - bc, 0) if b_differs else 0
    a_pay = min(ac, aid) if a_differs else ac
    a_short = max(aid - ac, 0) if a_differs else 0
    yield stay["row"]
    yield basic if listed else -1
    yield from (b_pay, bc - b_pay, b_short, aid, a_pay, ac - a_pay, a_short)
    offset = min(bc - b_pay + ac - a_pay, b_short + a_short) if listed else 0
    yield offset
    yield b_short + a_short - offset
    alone, aid_alone = stay["basic_alone"], stay["aid_alone"]
    b_over = b_differs and bc > basic and alone > basic
    b_over = b_over and (abs(bc - alone) <= 1 or abs(bc - bound) <= 1)
    a_over = a_differs and listed and ac > 0 and ac > aid and aid_alone > aid
    capped = first and abs(ac - min(aid_alone, AID_CAP)) <= 1
    a_over = a_over and (abs(ac - aid_alone) <= 1 or capped)
    flags = (
        b_differs and not b_over,
        b_over,
        not listed and bc - bound > 1,
        listed and not b_over and _nearing(stay["basic_before"], basic, BASIC_CAP),
        a_differs and listed and ac > 0 and not a_over,
        a_over,
        first and not a_over and _nearing(stay["aid_before"], aid, AID_CAP),
        a_differs and not listed and ac > 0,
        a_differs and listed and ac == 0,
        listed and bc != basic and not b_differs,
        ac != aid and not a_differs,
    )
    yield sum(1 << place for place, flag in enumerate(flags) if flag)


def _nearing(before: int, due: int, cap: int) -> bool:
    return (before + due) * 10_000 >= cap * NEAR and before * 10_000 < cap * NEAR
