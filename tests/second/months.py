"""A made-up document that looks at the months before each stay, and the loop its sentences ask for.

60 % of all; of what the poor bear themselves half, above 1,000 in the three months up to the day of discharge, and at
most 1,500 in the four months up to it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from onestop_cli.rulebook.library import LoadedRule, load_rule
from tests.second.split import split
from tests.second.stays import ZERO, Outcome, Part, Stay, Yuan, half_up
from tests.second.year import order

DOCUMENT = Path(__file__).parents[1] / "made" / "rules" / "lianxu-2024.toml"
POOR = "因病致贫重病患者"


def documents() -> tuple[LoadedRule, ...]:
    return (load_rule(DOCUMENT),)


def outcomes(stays: Iterable[Stay]) -> list[Outcome]:
    """One person's stays, in the order given; what is 可补偿 is always known."""
    given = list(stays)
    basic = {id(stay): half_up(stay.in_scope * Fraction(60, 100)) for stay in given}
    turn = [s for s in sorted(given, key=order) if not s.held and POOR in s.categories]
    aid = limited(turn, [half(turn, n, basic) for n in range(len(turn))])
    return [
        split(stay, {
            "basic": Part("exact", due=basic[id(stay)]),
            "assistance": Part("exact", due=aid.get(id(stay), ZERO)),
        })
        for stay in given
    ]  # fmt: skip


def within(stay: Stay, other: Stay, months: int) -> bool:
    """Whether the other one ended in so many months up to the day this one did."""
    whole = stay.discharged.year * 12 + stay.discharged.month - 1 - months
    year, month = divmod(whole, 12)
    last = min(stay.discharged.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, last) + timedelta(1) <= other.discharged <= stay.discharged


def half(turn: list[Stay], n: int, basic: dict[int, Yuan]) -> Yuan:
    """Half of what is above the threshold, of which earlier stays have used as much as they cost."""
    own = [stay.in_scope - basic[id(stay)] for stay in turn]
    used = sum((own[k] for k in range(n) if within(turn[n], turn[k], 3)), ZERO)
    return half_up((own[n] - min(own[n], max(ZERO, 1000 - used))) / 2)


def limited(turn: list[Stay], wanted: list[Yuan]) -> dict[int, Yuan]:
    """Claimed stays first, each by its own four months; the others as far as no four months are overdrawn."""
    paid = dict.fromkeys(range(len(turn)), ZERO)
    settled: set[int] = set()

    def spent(n: int) -> Yuan:
        return sum((paid[k] for k in settled if k < n and within(turn[n], turn[k], 4)), ZERO)

    for claimed in (True, False):
        for n, stay in enumerate(turn):
            if (stay.claims("assistance") > 0) != claimed:
                continue
            rooms = [1500 - spent(n)]
            if not claimed:
                behind = (k for k in settled if k > n and within(turn[k], stay, 4))
                rooms += [1500 - spent(k) - paid[k] for k in behind]
            paid[n] = max(ZERO, min(wanted[n], *rooms))
            settled.add(n)
    return {id(stay): paid[n] for n, stay in enumerate(turn)}
