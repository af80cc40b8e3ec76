"""The setting that uses a budget: right to the last fen, or an honest no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop_cli.errors import CannotRun
from onestop_cli.rulebook.library import LoadedRule, load_rules
from onestop_cli.simulation.budget import BudgetAnswer, answer, search, seek
from onestop_cli.simulation.compare import fund_cost
from onestop_cli.simulation.proposal import Proposal
from onestop_cli.simulation.stays import TrialRun, Year, gather
from samples.year import year_run


@pytest.fixture(scope="module")
def rules() -> tuple[LoadedRule, ...]:
    return load_rules(["huangzhong-2009"])


@pytest.fixture(scope="module")
def year(rules: tuple[LoadedRule, ...]) -> Year:
    """600 stays of 150 people."""
    run = year_run(600, 150, ["huangzhong-2009"], 2010)
    return gather([TrialRun("2010", run, tuple(rule.file for rule in rules))])


def proposal(rules: tuple[LoadedRule, ...]) -> Proposal:
    return Proposal("huangzhong-2009", rules, "as-before")


def aid(year: Year, rules: tuple[LoadedRule, ...], *typed: tuple[str, str]) -> int:
    """What assistance costs with some values changed."""
    return fund_cost(year, proposal(rules).changed(*typed).draft(), ["assistance"])


def found(year: Year, rules: tuple[LoadedRule, ...], key: str, budget: int) -> BudgetAnswer:
    return seek(year, proposal(rules), key, budget)


@given(
    st.lists(st.integers(0, 50), min_size=2, max_size=60),
    st.integers(-20, 1600),
    st.integers(0, 30),
    st.booleans(),
)
def test_no_better_setting_is_left(
    steps: list[int], budget: int, people: int, falling: bool
) -> None:
    """Of all settings within the budget the one that costs most, whichever way costs go."""
    costs = [sum(steps[: n + 1]) for n in range(len(steps))]
    costs = costs[::-1] if falling else costs
    result = search(costs.__getitem__, 0, len(costs) - 1, budget, people)
    within = [cost for cost in costs if cost <= budget]
    if not within:
        assert (result.found, result.verdict) == (None, "over")
        return
    assert result.found is not None and costs[result.found] == max(within)
    assert (result.verdict == "met") == (budget - max(within) <= people)


def test_costs_that_go_both_ways_get_no_answer() -> None:
    """Bisection would give some setting; the curve shows that it means nothing."""
    result = search(lambda setting: (setting - 50) ** 2, 0, 120, 1000, 5)
    assert result.found is None and result.verdict == "uneven"
    assert "不随“封顶”单向变化" in answer(result, "封顶", "yuan")


def test_a_cap_uses_the_fund_to_within_a_fen_per_person(
    year: Year, rules: tuple[LoadedRule, ...]
) -> None:
    """Half way between what caps of 3,000 and 9,000 yuan cost."""
    budget = sum(aid(year, rules, ("assistance.cap", cap)) for cap in ("3000", "9000")) // 2
    result = found(year, rules, "assistance.cap", budget)
    assert result.search.verdict == "met" and result.change is not None
    cost = aid(year, rules, result.change)
    assert 0 <= budget - cost <= year.people
    assert result.search.tried[result.search.found] == cost
    assert 300_000 < result.search.found < 900_000
    assert (result.fund, result.current) == ("医疗救助资金", 600_000)


def test_todays_budget_gives_todays_cap_back(year: Year, rules: tuple[LoadedRule, ...]) -> None:
    result = found(year, rules, "assistance.cap", aid(year, rules))
    assert result.search.found == 600_000


def test_a_rate_too_coarse_for_the_budget_says_so(
    year: Year, rules: tuple[LoadedRule, ...]
) -> None:
    """The last hundredth of a percent moves more than a fen per person: both neighbours are told."""
    key = "assistance.rate[category=重点优抚对象]"
    budget = aid(year, rules, (key, "0.7123")) + 2 * year.people
    result = found(year, rules, key, budget)
    assert result.search.verdict == "step"
    assert "取 71.23%" in result.sentence and "（71.24%）" in result.sentence
    assert "不能恰好用完" in result.sentence


def test_a_bands_edge_stays_between_its_neighbours(
    year: Year, rules: tuple[LoadedRule, ...]
) -> None:
    """The edge of 1,000 yuan may lie anywhere between 500 and 1,500; a higher one costs less."""
    key = "assistance.rate.bands[2].to"
    budget = (aid(year, rules, (key, "800")) + aid(year, rules, (key, "801"))) // 2
    result = found(year, rules, key, budget)
    assert result.search.found is not None and 80_000 <= result.search.found <= 80_100
    assert min(result.search.tried) == 50_001 and max(result.search.tried) == 149_999


@pytest.mark.parametrize(
    ("budget", "verdict", "said"),
    [(10**12, "under", "用不完"), (100, "over", "做不到")],
)
def test_a_budget_out_of_reach_gets_no_setting(
    year: Year, rules: tuple[LoadedRule, ...], budget: int, verdict: str, said: str
) -> None:
    result = found(year, rules, "assistance.cap", budget)
    assert (result.search.verdict, result.change) == (verdict, None)
    assert said in result.sentence


def test_words_cannot_be_searched(year: Year, rules: tuple[LoadedRule, ...]) -> None:
    with pytest.raises(CannotRun, match=r"没有“assistance\.roof”"):
        found(year, rules, "assistance.roof", 1000)
