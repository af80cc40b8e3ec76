"""The documents that ship: complete, without gaps, cited, and giving what their cases say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pytest

from onestop_cli.explain.by_hand import Amounts, settle_given
from onestop_cli.explain.casework import work_out
from onestop_cli.resources import rules_folder
from onestop_cli.rulebook import check
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.cases import Cases, Given, load_cases
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule, find_rules, load_rule, load_rules
from onestop_cli.rulebook.terms import Terms

TABLE = (
    "huangzhong-2009", "dafang-2006", "dafang-2006-11", "dafang-2008", "dafang-2009",
    "dafang-2010", "dafang-urban-2009", "zhengan-2011", "county-aid-30", "county-aid-70",
    "county-aid-outpatient", "chongqing-2023", "tongchuan-2025", "nanchang-2025", "national-2021",
)  # fmt: skip
IDS = sorted(path.stem for path in find_rules([str(rules_folder())]))


@cache
def loaded(name: str) -> LoadedRule:
    return load_rule(find_rules([name])[0])


@cache
def tried(name: str) -> tuple[Cases, list[Amounts]]:
    """The cases of a document and every amount the engine gives for them."""
    cases = load_cases(loaded(name))
    assert cases is not None
    people = [[*case.earlier, case.given] for case in cases.cases]
    return cases, settle_given(people, Rulebook((cases.rule,)))


def test_every_document_of_the_table_is_there() -> None:
    """The documents the sources describe, each under its id."""
    assert set(TABLE) <= set(IDS)


def test_all_documents_are_proved() -> None:
    """No gap, no overlap, every number cited, neighbours joined."""
    assert check.problems([loaded(name) for name in IDS]) == []


@pytest.mark.parametrize("name", IDS)
def test_cases_come_out(name: str) -> None:
    """Every case gives what an officer worked out by hand."""
    cases = load_cases(loaded(name))
    assert cases is not None
    assert [(v.case.name, v.differences) for v in work_out(cases) if v.differences] == []


@pytest.mark.parametrize("name", IDS)
def test_every_threshold_has_three_cases(name: str) -> None:
    """One fen under, exactly, one fen over: deductibles and band edges on the base, caps on the payment."""
    _, amounts = tried(name)
    seen: dict[str, set[int]] = {}
    for row in amounts:
        for column, value in row.items():
            if isinstance(value, int):
                seen.setdefault(column, set()).add(value)
    missing = [
        (column, threshold)
        for column, threshold in set(thresholds(loaded(name).file))
        if not {threshold - 1, threshold, threshold + 1} <= seen[column]
    ]
    assert missing == []


def thresholds(rule: RuleFile) -> Iterator[tuple[str, int]]:
    """(column, fen) of every amount at which a document's terms change."""
    for layer in rule.computed:
        reliefs = [r.share for r in layer.relief if isinstance(r.share, int)] or [10_000]
        for term in layer.deductible:
            for share in reliefs:
                if isinstance(term.amount, int) and term.amount * share:
                    yield f"{layer.id}_base_fen", term.amount * share // 10_000
        for rate in layer.rate:
            for band in rate.bands:
                if band.to is not None:
                    yield f"{layer.id}_base_fen", band.to
        for cap in layer.cap:
            if isinstance(cap.amount, int):
                yield f"{layer.id}_uncapped_fen", cap.amount


@pytest.mark.parametrize("name", IDS)
def test_first_and_last_day_are_tried(name: str) -> None:
    """The day before and after a document's life are not governed by it; its first and last day are."""
    cases, _ = tried(name)
    life = cases.rule.effective
    days = {case.given.discharged: case.expect.get("rule") != "none" for case in cases.cases}
    one = timedelta(days=1)
    assert days[life.from_ - one] is False
    assert days[life.from_] is True
    if life.to is not None:
        assert days[life.to] is True
        assert days[life.to + one] is False


def test_every_day_in_dafang_has_one_document() -> None:
    """From 2006 to the end of 2010, day by day, for the cooperative scheme."""
    rules = [one.file for one in load_rules(["dafang"]) if "新农合" in one.file.scope.schemes]
    day = date(2006, 1, 1)
    while day <= date(2010, 12, 31):
        held = [
            rule.id
            for rule in rules
            if rule.effective.from_ <= day <= (rule.effective.to or date.max)
        ]
        assert len(held) == 1, (day, held)
        day += timedelta(days=1)


def test_a_cap_raised_in_mid_year_goes_on_from_what_was_paid() -> None:
    """正安 2011: 80,000 until April, 100,000 from May, one running total."""
    rules = []
    for name in ("zhengan-2011-01", "zhengan-2011"):
        cases = load_cases(loaded(name))
        assert cases is not None
        rules.append(cases.rule)

    def stay(day: date, eligible: int) -> Given:
        return Given(level="township", discharged=day, eligible=eligible)

    april = [stay(date(2011, 3, 1), 90_050), stay(date(2011, 4, 30), 90_050)]
    people = [april, [*april, stay(date(2011, 5, 1), 90_050)]]
    before, after = settle_given(people, Rulebook(tuple(rules)))
    assert before["basic_due_fen"] == 800_000
    assert after["basic_due_fen"] == 2_000_000
    assert (before["rule_id"], after["rule_id"]) == ("zhengan-2011-01", "zhengan-2011")


def test_only_templates_have_numbers_to_fill() -> None:
    """A document that can be used has nothing left open; a template says what is."""
    open_ = {name for name in IDS if check.to_fill(loaded(name))}
    assert open_ == {name for name in IDS if loaded(name).file.status == "template"}
    assert open_ == {"national-2021", "zhengan-2011", "zhengan-2011-01"}


@pytest.mark.parametrize("name", IDS)
def test_every_kind_of_stay_has_its_terms(name: str) -> None:
    """All cells of a document can be turned into numbers, templates with their trial numbers."""
    cases, _ = tried(name)
    terms = Terms(cases.rule)
    assert Rulebook((cases.rule,)).table.height == len(terms.cells)
