"""Which setting of one number uses a fund just fully: bisection over whole fen, ten-thousandths or points.

`cost` is the engine: it settles the whole year under one setting. Nothing is assumed of it but that it goes one way;
every setting that was tried is kept, and where they do not go one way, no answer is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import polars as pl

from onestop_cli.errors import stop
from onestop_cli.money import yuan
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.named import Spot, in_words
from onestop_cli.simulation.compare import fund_cost
from onestop_cli.simulation.proposal import Proposal, Typed
from onestop_cli.simulation.stays import Year

CURVE = 12
"""Settings that are tried for the curve alone."""

UNITS: dict[str, int] = {"yuan": 100, "rate": 10_000, "points": 100}
"""Smallest settings in one unit as documents write it."""

Verdict = Literal["met", "step", "under", "over", "uneven"]


@dataclass(frozen=True)
class Search:
    """What was asked and found. Settings are whole fen, ten-thousandths or hundredths of a point; `tried`: setting →
    cost in fen. `found`: the setting that costs most within the budget; `next`: the first one that is beyond.

    `verdict`: `met` (within a fen per person), `step` (the smallest step is coarser than that), `under` (the most
    generous setting does not use the budget), `over` (the least is beyond it), `uneven` (costs do not go one way).
    """

    budget_fen: int
    people: int
    tried: dict[int, int]
    found: int | None
    next: int | None
    verdict: Verdict

    @property
    def left_fen(self) -> int | None:
        """What the found setting leaves of the budget."""
        return None if self.found is None else self.budget_fen - self.tried[self.found]

    @property
    def curve(self) -> list[tuple[int, int]]:
        """Settings and costs in order."""
        return sorted(self.tried.items())


def search(
    cost: Callable[[int], int],
    low: int,
    high: int,
    budget_fen: int,
    people: int,
    current: int | None = None,
) -> Search:
    """The setting in `low` … `high` that costs most without costing more than `budget_fen`; `current` is tried too."""
    tried: dict[int, int] = {}

    def at(setting: int) -> int:
        if setting not in tried:
            tried[setting] = cost(setting)
        return tried[setting]

    least, most = (low, high) if at(low) <= at(high) else (high, low)
    found, beyond = _bisect(at, least, most, budget_fen)
    for setting in _spread(low, high, least if found is None else found):
        at(setting)
    if current is not None and low <= current <= high:
        at(current)
    verdict = _verdict(tried, found, beyond, budget_fen, people)
    return Search(
        budget_fen, people, tried, None if verdict == "uneven" else found, beyond, verdict
    )


def _bisect(
    at: Callable[[int], int], least: int, most: int, budget: int
) -> tuple[int | None, int | None]:
    """The last setting from `least` towards `most` that costs no more than `budget`, and the one after it."""
    if at(least) > budget:
        return None, least
    if at(most) <= budget:
        return most, None
    good, bad = least, most
    while abs(bad - good) > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if at(middle) <= budget else (good, middle)
    return good, bad


def _spread(low: int, high: int, around: int) -> list[int]:
    """Settings for the curve: evenly from `low` to twice as far as `around`."""
    end = min(high, max(around + (around - low), low + CURVE))
    return [low + (end - low) * step // CURVE for step in range(CURVE + 1)]


def _verdict(
    tried: dict[int, int], found: int | None, beyond: int | None, budget: int, people: int
) -> Verdict:
    costs = [tried[setting] for setting in sorted(tried)]
    if costs not in (sorted(costs), sorted(costs, reverse=True)):
        return "uneven"
    if found is None:
        return "over"
    if budget - tried[found] <= people:
        return "met"
    return "under" if beyond is None else "step"


def setting_of(value: Any, unit: str) -> int:
    """A document's number as a whole setting."""
    return int(Decimal(value) * UNITS[unit])


def shown(setting: int, unit: str) -> str:
    """A setting as people say it."""
    if unit == "yuan":
        return f"{yuan(setting)} 元"
    word = "%" if unit == "rate" else " 个百分点"
    return f"{Decimal(setting) / 100:f}{word}"


def answer(search: Search, what: str, unit: str) -> str:
    """The result in a sentence; `what` names the number that was looked for."""
    budget = yuan(search.budget_fen)
    if search.verdict == "uneven":
        return f"基金支出不随“{what}”单向变化，不能用逐步逼近求解；各试算点见曲线"
    if search.found is None:
        least = min(search.tried, key=search.tried.__getitem__)
        cost = yuan(search.tried[least])
        return f"“{what}”取到最省（{shown(least, unit)}）仍需支出 {cost} 元，超过预算 {budget} 元，做不到"
    value, left = shown(search.found, unit), yuan(search.left_fen)
    cost = yuan(search.tried[search.found])
    if search.verdict == "under":
        return (
            f"“{what}”放到最宽（{value}）也只支出 {cost} 元，预算 {budget} 元用不完，余 {left} 元"
        )
    said = f"“{what}”取 {value}，支出 {cost} 元，预算 {budget} 元余 {left} 元"
    if search.verdict == "met":
        return f"{said}，人均相差不到一分"
    beyond = search.next
    assert beyond is not None
    step = f"再宽一档（{shown(beyond, unit)}）就要 {yuan(search.tried[beyond])} 元"
    return f"{said}；{step}，最小一档已大于人均一分，不能恰好用完"


@dataclass(frozen=True)
class BudgetAnswer:
    """A search with its names: the key as typed, the number in words, its unit, the fund, and today's setting."""

    search: Search
    key: str
    what: str
    unit: str
    fund: str
    current: int | None

    @property
    def sentence(self) -> str:
        return answer(self.search, self.what, self.unit)

    @property
    def change(self) -> Typed | None:
        """The change that uses the budget; None where there is no such setting."""
        if self.search.found is None or self.search.verdict not in ("met", "step"):
            return None
        return self.key, _text(self.search.found, self.unit)


def seek(year: Year, proposal: Proposal, key: str, budget_fen: int) -> BudgetAnswer:
    """The setting of the number that `key` names at which its fund spends `budget_fen` on the year; raises `CannotRun`
    when `key` names no number that can be set."""
    rule, spot, every = proposal.spot(key)
    if spot.unit not in UNITS:
        raise stop(f"“{key}”不是金额、比例或百分点，不能求解", "请换一个封顶线、比例或分段上限")
    fund, layers = _fund(rule, spot)
    current = setting_of(spot.value, spot.unit) if spot.is_number else None

    def cost(setting: int) -> int:
        variant = proposal.changed((key, _text(setting, spot.unit))).draft()
        return fund_cost(year, variant, layers)

    low, high = _limits(year, spot, every)
    found = search(cost, low, high, budget_fen, year.people, current)
    return BudgetAnswer(found, key, in_words(rule, spot), spot.unit, fund, current)


def _text(setting: int, unit: str) -> str:
    """A setting as it would be typed."""
    return f"{Decimal(setting) / UNITS[unit]:f}"


def _fund(rule: RuleFile, spot: Spot) -> tuple[str, tuple[str, ...]]:
    """The fund that pays for what a number changes, and its layers; all funds where it belongs to no layer."""
    homes = {layer.id: layer for layer in rule.computed if not layer.part_of}
    named = next((layer for layer in rule.layer if layer.id == spot.group), None)
    if named is None:
        return "各项基金", tuple(id_ for id_, la in homes.items() if la.kind != "waiver")
    home = homes[named.part_of or named.id]
    fund = home.fund or home.name
    return fund, tuple(id_ for id_, layer in homes.items() if (layer.fund or layer.name) == fund)


def _limits(year: Year, spot: Spot, every: Sequence[Spot]) -> tuple[int, int]:
    """Between which settings to look: rates within 100 %, amounts up to a whole year's bills (nothing changes beyond),
    a band's edge between its neighbours."""
    if spot.unit == "rate":
        return 0, UNITS["rate"]
    if spot.unit == "points":
        return -UNITS["rate"], UNITS["rate"]
    bills = year.stays.group_by("id_no").agg(pl.col("total_fen").sum())["total_fen"]
    low, high = 1, max(int(max(bills)), 2)
    for other in every:
        if other.key[:-2] == spot.key[:-2] and other.part[-1] == spot.part[-1] == "to":
            place, edge = int(other.part[1]) - int(spot.part[1]), setting_of(other.value, "yuan")
            low = edge + 1 if place == -1 else low
            high = edge - 1 if place == 1 else max(high, edge + 1 if place == -1 else 0)
    return low, high
