"""Faults in when, where and how much a row says, and in how often it says it."""

from __future__ import annotations

from copy import copy
from datetime import date, timedelta

from samples.fabricate.claims import is_exact
from samples.fabricate.desk import Desk, Kinds, having, hold, movable
from samples.fabricate.model import LEVEL_NAMES, Stay

KINDS = Kinds()

RULE_BEGINS = date(2009, 10, 1)


@KINDS.add("dates reversed", movable)
def _dates_reversed(desk: Desk, stay: Stay) -> None:
    stay.admitted, stay.discharged = stay.discharged, stay.admitted
    hold(stay, "ST03")


@KINDS.add("date missing", movable)
def _date_missing(desk: Desk, stay: Stay) -> None:
    stay.written["discharged"] = ""
    hold(stay, "ST03")


@KINDS.add("other period", movable)
def _other_period(desk: Desk, stay: Stay) -> None:
    stay.settled = desk.period.last + timedelta(days=desk.rng.randint(1, 8))
    hold(stay, "ST04")


@KINDS.add("before the rule", movable)
def _before_the_rule(desk: Desk, stay: Stay) -> None:
    desk.shift(stay, (RULE_BEGINS - stay.discharged).days - desk.rng.randint(1, 20))
    hold(stay, "RU01")


@KINDS.add("other year", movable)
def _other_year(desk: Desk, stay: Stay) -> None:
    stay.admitted = date(stay.discharged.year - 1, 12, desk.rng.randint(1, 31))
    desk.categorise(stay)


@KINDS.add("unknown hospital", having("hospital"))
def _unknown_hospital(desk: Desk, stay: Stay) -> None:
    stay.written["hospital"] = desk.rng.choice(("江源省博爱专科医院", "长河市康复诊所"))
    hold(stay, "HO01")


@KINDS.add("other level", having("level"))
def _other_level(desk: Desk, stay: Stay) -> None:
    others = [name for level, name in LEVEL_NAMES.items() if level != stay.hospital.level]
    stay.written["level"] = desk.rng.choice(others)
    stay.codes.append("HO02")


@KINDS.add("overlap", lambda desk, stay: movable(desk, stay) and _nights(stay) > 3)
def _overlap(desk: Desk, stay: Stay) -> None:
    hospital = desk.rng.choice([other for other in desk.hospitals if other != stay.hospital])
    later = desk.add(
        stay,
        hospital=hospital,
        stay_no=hospital.shape.stay_no.format(9000 + len(desk.stays) % 1000),
        admitted=stay.admitted + timedelta(days=1),
        settled=stay.settled if hospital.shape.has("settled") else None,
    )
    desk.categorise(later)
    stay.fault = "overlapped"
    hold(later, "ST02")


def _nights(stay: Stay) -> int:
    return (stay.discharged - stay.admitted).days


@KINDS.add("total missing")
def _total_missing(desk: Desk, stay: Stay) -> None:
    stay.written["total"] = ""
    hold(stay, "AM04")


@KINDS.add("total broken")
def _total_broken(desk: Desk, stay: Stay) -> None:
    stay.written["total"] = "#REF!"
    hold(stay, "AM04")


@KINDS.add("eligible negative", having("eligible"))
def _eligible_negative(desk: Desk, stay: Stay) -> None:
    stay.written["eligible"] = -stay.eligible
    hold(stay, "AM04")


@KINDS.add("eligible above total", having("eligible"))
def _eligible_above_total(desk: Desk, stay: Stay) -> None:
    stay.eligible = stay.total + desk.rng.randint(1, 300)
    hold(stay, "AM05")


@KINDS.add("above bound", lambda desk, stay: not is_exact(stay))
def _above_bound(desk: Desk, stay: Stay) -> None:
    """`claims` lets the insurance pay more than it ever could have."""


@KINDS.add("parts")
def _parts(desk: Desk, stay: Stay) -> None:
    """`claims` makes the parts and the total differ."""


@KINDS.add("duplicate")
def _duplicate(desk: Desk, stay: Stay) -> None:
    desk.add(stay, echo_of=stay, status="rejected", codes=["ST01"])
    stay.fault = "duplicated"


@KINDS.add("duplicate differs")
def _duplicate_differs(desk: Desk, stay: Stay) -> None:
    desk.add(stay, echo_of=stay, status="held", codes=["ST01"])
    stay.fault = "duplicated"
    hold(stay, "ST01")


@KINDS.add("reversal")
def _reversal(desk: Desk, stay: Stay) -> None:
    later = min(stay.counted_on + timedelta(days=2), desk.period.last)
    desk.add(
        stay,
        echo_of=stay,
        factor=-1,
        status="reversed",
        settled=later if stay.settled else None,
    )
    stay.fault, stay.status = "taken back", "reversed"


@KINDS.add("rebooked", lambda desk, stay: stay.hospital.shape.has("eligible"))
def _rebooked(desk: Desk, stay: Stay) -> None:
    """Taken back, and entered again with another 可补偿费用."""
    _reversal(desk, stay)
    eligible = (stay.eligible * 9 / 10).quantize(stay.eligible)
    desk.add(stay, status="settled", fault="rebooked", eligible=eligible)


@KINDS.add("unpaired", movable)
def _unpaired(desk: Desk, stay: Stay) -> None:
    hold(stay, "ST06")
    stay.echo_of, stay.factor = copy(stay), -1
