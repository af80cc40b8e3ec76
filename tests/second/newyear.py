"""A made-up document that divides stays at New Year, and the loop its sentences ask for.

Every settlement is charged 300; 70 % up to 50,000 a year, each year by itself; then 60 % of the rest for the poor, up
to 20,000. Of one row that runs over New Year nobody knows what cost in which year: at most 70 % of all above one 300,
up to two years' limits.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from onestop_cli.rulebook.library import LoadedRule, load_rule
from tests.second.split import split
from tests.second.stays import ZERO, Outcome, Part, Stay, Yuan, half_up
from tests.second.year import order

DOCUMENT = Path(__file__).parents[1] / "made" / "rules" / "kuanian-2023.toml"
POOR = "低保对象"


def documents() -> tuple[LoadedRule, ...]:
    return (load_rule(DOCUMENT),)


def outcomes(stays: Iterable[Stay]) -> list[Outcome]:
    """One person's stays of 2023 and 2024, in the order given; what is 可补偿 is always known."""
    given = list(stays)
    turn = sorted(given, key=order)
    over = {id(stay) for stay in turn if runs_over(stay, turn)}
    open_ = [stay for stay in turn if not stay.held]
    exact = [stay for stay in open_ if id(stay) not in over]
    wanted = {id(stay): half_up(Fraction(70, 100) * rest(stay)) for stay in open_}
    basic = capped(exact, wanted, "basic", 50_000)
    aided = {id(s): half_up(Fraction(60, 100) * (s.in_scope - basic[id(s)])) for s in exact}
    aid = capped([s for s in exact if POOR in s.categories], aided, "assistance", 20_000)
    return [
        bounded(stay, wanted.get(id(stay), ZERO))
        if id(stay) in over
        else split(stay, {"basic": exactly(basic, stay), "assistance": exactly(aid, stay)})
        for stay in given
    ]


def rest(stay: Stay) -> Yuan:
    return max(ZERO, stay.in_scope - 300)


def exactly(due: dict[int, Yuan], stay: Stay) -> Part:
    return Part("exact", due=due.get(id(stay), ZERO))


def runs_over(stay: Stay, turn: list[Stay]) -> bool:
    """Whether the row has days of two years: those since admission, or since the settlement of the visit before it."""
    begun = stay.admitted
    for other in turn[: turn.index(stay)]:
        if stay.settlement and other.stay_no == stay.stay_no:
            begun = other.discharged + timedelta(1)
    for other in turn:
        on = other.hospital == stay.hospital and other.discharged == stay.admitted
        if on and not other.held and (stay.admitted.month, stay.admitted.day) == (12, 31):
            begun = max(begun, stay.admitted + timedelta(1))
    return begun.year < stay.discharged.year


def bounded(stay: Stay, wanted: Yuan) -> Outcome:
    basic = Part("bound", bound=min(wanted, Fraction(100_000)))
    paid = min(stay.claims("basic"), basic.bound or ZERO)
    aid = Part("exact", due=ZERO)
    if POOR in stay.categories:
        most = half_up(Fraction(60, 100) * max(ZERO, stay.in_scope - paid))
        aid = Part("bound", bound=min(most, Fraction(40_000)))
    return split(stay, {"basic": basic, "assistance": aid})


def capped(turn: list[Stay], wanted: dict[int, Yuan], layer: str, limit: int) -> dict[int, Yuan]:
    """A limit for each year, claimed stays first."""
    paid: dict[int, Yuan] = {}
    used: dict[int, Yuan] = {}
    for stay in sorted(turn, key=lambda stay: stay.claims(layer) <= 0):
        year = stay.discharged.year
        paid[id(stay)] = min(wanted[id(stay)], limit - used.get(year, ZERO))
        used[year] = used.get(year, ZERO) + paid[id(stay)]
    return paid
