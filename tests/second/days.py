"""A made-up document of prices by the day in bed and of rates by the stay's number, and the loop its sentences ask for.

Psychiatric stays: 230 yuan a day in hospitals of a city or above, of which the fund pays 90 %; 130 below, of which it
pays 110. Others: 80, 75, 70 % for the first, second, further stay in hospitals of a level, the poor 5 and then 10
points more; 500 on every settlement; 白内障 at most 4,000 and never by the day. The
second layer pays half of what is left, but no days in bed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from onestop_cli.rulebook.library import LoadedRule, load_rule
from tests.second.split import split
from tests.second.stays import ZERO, Outcome, Part, Stay, Yuan, half_up
from tests.second.year import order

DOCUMENT = Path(__file__).parents[1] / "made" / "rules" / "chuangri-2024.toml"
POOR = "低保对象"
OWN_PRICE = "白内障"


def documents() -> tuple[LoadedRule, ...]:
    return (load_rule(DOCUMENT),)


def outcomes(stays: Iterable[Stay]) -> list[Outcome]:
    """One person's stays of 2024, in the order given; what is 可补偿 is always known."""
    given = list(stays)
    turn = sorted(given, key=order)
    wanted: dict[int, tuple[Yuan, Yuan]] = {}
    visits: dict[str, set[str]] = defaultdict(set)
    until: dict[str, Stay] = {}
    for stay in turn:
        before = until.get(stay.stay_no)
        until[stay.stay_no] = stay
        if not stay.held and stay.major and stay.disease != OWN_PRICE:
            wanted[id(stay)] = by_day(stay, before)
        elif not stay.held:
            visits[stay.level].add(stay.stay_no)
            wanted[id(stay)] = by_rate(stay, len(visits[stay.level]))
    paid = capped([stay for stay in turn if not stay.held], wanted)
    return [outcome(stay, *wanted.get(id(stay), (ZERO, ZERO)), paid) for stay in given]


def by_day(stay: Stay, before: Stay | None) -> tuple[Yuan, Yuan]:
    """(the fund's part, what the second layer looks at); a further settlement begins where the one before ended."""
    nights = (stay.discharged - (before.discharged if before else stay.admitted)).days
    days = nights if before else max(1, nights)
    if stay.level in ("city", "province"):
        return half_up(Fraction(90, 100) * 230 * days), ZERO
    return Fraction(110 * days), ZERO


def by_rate(stay: Stay, number: int) -> tuple[Yuan, Yuan]:
    covered = min(stay.in_scope, Fraction(4000)) if stay.disease == OWN_PRICE else stay.in_scope
    percent = {1: 80, 2: 75}.get(number, 70)
    if POOR in stay.categories:
        percent += 5 if number == 1 else 10
    return half_up(Fraction(percent, 100) * max(ZERO, covered - 500)), covered


def capped(turn: list[Stay], wanted: dict[int, tuple[Yuan, Yuan]]) -> dict[int, Yuan]:
    """60,000 a year, claimed stays first."""
    paid: dict[int, Yuan] = {}
    left = Fraction(60_000)
    for stay in sorted(turn, key=lambda stay: stay.claims("basic") <= 0):
        paid[id(stay)] = min(wanted[id(stay)][0], left)
        left -= paid[id(stay)]
    return paid


def outcome(stay: Stay, _: Yuan, covered: Yuan, paid: dict[int, Yuan]) -> Outcome:
    basic = paid.get(id(stay), ZERO)
    critical = half_up(max(ZERO, covered - basic) / 2)
    return split(stay, {"basic": Part("exact", due=basic), "critical": Part("exact", due=critical)})
