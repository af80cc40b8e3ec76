"""Leads: each rule meets what it is for and passes by an innocent look-alike; scores say what they are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.audit.leads import BY_ID, RULES, find_leads
from onestop_cli.audit.leads.model import LEADS, Cases, Thresholds
from onestop_cli.errors import CannotRun
from tests.made.cases import FIRST, cases, finding, person, stay

Stays = list[dict[str, Any]]
END = (date(2010, 12, 31) - FIRST).days


def many(count: int, make: Callable[[int], dict[str, Any]], start: int = 100) -> Stays:
    """Stays of different people."""
    return [make(number) for number in range(start, start + count)]


def spread(count: int, **changes: Any) -> Stays:
    """Ordinary stays, one a day or so, all different."""
    return many(count, lambda n: stay(n, (n * 7) % 80, 4 + n % 5, **changes))


def hospitals(count: int, each: int, **changes: Any) -> Stays:
    """Ordinary stays in `count` township hospitals."""
    rows: Stays = []
    for number in range(count):
        ward = f"{'乙丙丁戊己'[number]}卫生院"
        rows += many(each, lambda n, w=ward: stay(n, n % 80, hospital=w, **changes), 100 * number)
    return rows


def with_code(rows: Stays, code: str, **more: Any) -> Cases:
    return cases(rows, [finding(row, code, **more) for row in rows])


PEERS = hospitals(4, 20, total_fen=100_003)
OLD = spread(30, total_fen=100_003)

PROVOKING: dict[str, Callable[[], Cases]] = {
    "overlap": lambda: cases([stay(1, 0, 6), stay(1, 5, 6, hospital="乙医院", stay_no="B1")]),
    "readmission": lambda: cases([stay(1, 0, 6), stay(1, 21, 4)]),
    "repeat": lambda: cases([stay(1, 0, 6)], closed=[stay(1, 0, 6)]),
    "after_death": lambda: cases([stay(1, 3, died_on=FIRST + timedelta(days=2))]),
    "impostor": lambda: with_code([stay(1)], "ID04"),
    "cap_rush": lambda: with_code([stay(1)], "CA02"),
    "not_entitled": lambda: with_code([stay(1)], "RO04"),
    "unpaired": lambda: with_code([stay(1, status="held")], "ST06"),
    "not_designated": lambda: with_code([stay(1, status="held")], "HO01"),
    "level_rate": lambda: with_code(spread(10), "AM01", cause="level:township", diff_fen=9),
    "bad_ids": lambda: with_code(spread(10, status="held"), "ID03"),
    "village_group": lambda: cases(many(3, lambda n: stay(n, village="第1村"))),
    "household_group": lambda: cases(many(3, stay), families=dict.fromkeys(range(100, 103), "F1")),
    "same_total": lambda: cases(many(4, lambda n: stay(n, n % 9, total_fen=123_456))),
    "round_totals": lambda: cases(many(10, lambda n: stay(n, total_fen=n * 1_000))),
    "round_percent": lambda: cases(
        many(10, lambda n: stay(n, basic_claimed_fen=(123_457 + n * 1_013) * 54 // 100))
    ),
    "admission_peak": lambda: cases([*spread(40), *many(8, lambda n: stay(n, 33), 300)]),
    "period_end": lambda: cases(
        [*spread(30), *many(12, lambda n: stay(n, END - 9 - n % 5, 5), 300)]
    ),
    "short_stay": lambda: cases([stay(1, 0, 1)]),
    "long_stay": lambda: cases([stay(1, 0, 60)]),
    "cost_outlier": lambda: cases([*spread(20), stay(1, total_fen=3_000_000)]),
    "days_outlier": lambda: cases([*spread(20), stay(1, 0, 50)]),
    "burden": lambda: cases([stay(1, total_fen=1_900_000, assistance_claimed_fen=0)]),
    "drift_peers": lambda: cases([*PEERS, *spread(20, total_fen=150_005)]),
    "drift_past": lambda: cases(spread(20, total_fen=150_005), closed=OLD),
    "one_sided": lambda: with_code(spread(10), "AM02", diff_fen=1, layer="basic"),
}

INNOCENT: dict[str, Callable[[], Cases]] = {
    # transferred on the day of discharge
    "overlap": lambda: cases([stay(1, 0, 6), stay(1, 6, 6, hospital="乙医院", stay_no="B1")]),
    # a planned cycle
    "readmission": lambda: cases(
        [stay(1, 0, 6, disease="肺恶性肿瘤化疗"), stay(1, 20, 4, disease="肺恶性肿瘤化疗")]
    ),
    # a reversal and the stay claimed anew; the number is the patient's for life
    "repeat": lambda: cases(
        [stay(1, 0, 6, status="reversed"), stay(1, 0, 6), stay(1, 40, 6, stay_no="ZY001-00")]
    ),
    # died in hospital, papers the day after
    "after_death": lambda: cases([stay(1, 0, 6, died_on=FIRST + timedelta(days=5))]),
    "impostor": lambda: with_code([stay(1)], "ID05"),
    "cap_rush": lambda: with_code([stay(1)], "AM02"),
    "not_entitled": lambda: with_code([stay(1)], "RO05"),
    # both halves are there
    "unpaired": lambda: with_code([stay(1, status="reversed")], "ST06"),
    "not_designated": lambda: with_code([stay(1)], "HO02"),
    # the other level's rate, but to the patient's disadvantage
    "level_rate": lambda: with_code(spread(10), "AM01", cause="level:county", diff_fen=-9),
    "bad_ids": lambda: with_code(spread(10), "ID02"),
    # three of one village on different days
    "village_group": lambda: cases(many(3, lambda n: stay(n, n % 3, village="第1村"))),
    # mother and child
    "household_group": lambda: cases(many(2, stay), families={100: "F1", 101: "F1"}),
    # a price per disease
    "same_total": lambda: cases(
        many(4, lambda n: stay(n, n % 9, total_fen=123_456, disease="白内障"))
    ),
    "round_totals": lambda: cases(
        [*spread(100), *many(9, lambda n: stay(n, total_fen=n * 1_000), 300)]
    ),
    # a flat rate on bills that are wholly in scope
    "round_percent": lambda: cases(
        many(10, lambda n: stay(n, total_fen=100_000 + n * 1_000, eligible_fen=100_000 + n * 1_000))
    ),
    # a busy day of a busy hospital
    "admission_peak": lambda: cases([*spread(300), *many(8, lambda n: stay(n, 33), 500)]),
    # discharges spread evenly to the end
    "period_end": lambda: cases(many(90, lambda n: stay(n, n - 100, 2))),
    # day surgery; a transfer; a death
    "short_stay": lambda: cases(
        [
            stay(1, 0, 0, disease="白内障日间手术"),
            stay(2, 0, 1),
            stay(2, 1, 9, hospital="县医院", stay_no="B2"),
            stay(3, 0, 1, died_on=FIRST + timedelta(days=1)),
        ]
    ),
    "long_stay": lambda: cases([stay(1, 0, 80, hospital="精神卫生中心")]),
    # dear, but so is the illness
    "cost_outlier": lambda: cases(
        [
            *spread(20),
            *many(12, lambda n: stay(n, disease="心脏搭桥", total_fen=3_000_000 + n * 999), 300),
        ]
    ),
    # another ten days are within the usual spread
    "days_outlier": lambda: cases([*spread(20), stay(1, 0, 14)]),
    "burden": lambda: cases([stay(1, total_fen=1_900_000)]),
    # large beside peers, but as many points as chance gives
    "drift_peers": lambda: cases([*PEERS, *spread(20, total_fen=149_000)]),
    "drift_past": lambda: cases(spread(20, total_fen=149_000), closed=OLD),
    # small differences on both sides
    "one_sided": lambda: cases(
        spread(10),
        [
            finding(row, "AM02", diff_fen=(-1) ** number, layer="basic")
            for number, row in enumerate(spread(10))
        ],
    ),
}


def hits(rule: str, made: Cases) -> pl.DataFrame:
    return BY_ID[rule].find(made, Thresholds())


@pytest.mark.parametrize("rule", BY_ID)
def test_a_rule_meets_what_it_is_for(rule: str) -> None:
    """One lead, with a sentence, the stays that show it, and who or where it is."""
    found = hits(rule, PROVOKING[rule]())
    assert found.height == 1
    lead = found.row(0, named=True)
    assert lead["why"] and lead["hospital"] and 0 <= lead["strength"] <= 20
    assert lead["stays"] or rule in ("drift_peers", "drift_past")


@pytest.mark.parametrize("rule", BY_ID)
def test_a_rule_passes_by_an_innocent_look_alike(rule: str) -> None:
    assert hits(rule, INNOCENT[rule]()).is_empty()


def test_every_rule_has_both_fixtures_and_all_its_words() -> None:
    assert set(PROVOKING) == set(INNOCENT) == set(BY_ID)
    assert len(BY_ID) == len(RULES)
    for rule in RULES:
        assert all((rule.title, rule.meaning, rule.basis, rule.fetch))
        assert 10 <= rule.weight <= 40


def test_leads_never_judge() -> None:
    """线索, never a verdict: no rule and no sentence says 违规."""
    words = [text for rule in RULES for text in (rule.title, rule.meaning, rule.basis, rule.fetch)]
    words += [why for rule, make in PROVOKING.items() for why in hits(rule, make())["why"]]
    assert not [text for text in words if "违规" in text]


def test_no_full_id_in_any_sentence() -> None:
    for rule, make in PROVOKING.items():
        for why in hits(rule, make())["why"]:
            assert not any(person(number) in why for number in range(500))


@pytest.mark.parametrize(("gap", "count"), [(0, 1), (15, 1), (16, 0)])
def test_readmission_counts_whole_days_up_to_the_threshold(gap: int, count: int) -> None:
    made = cases([stay(1, 0, 6), stay(1, 6 + gap, 4)])
    assert hits("readmission", made).height == count


@pytest.mark.parametrize(
    ("start", "disease", "count"), [(7, "肺炎", 0), (8, "肺炎", 1), (8, "骨折", 0), (8, None, 0)]
)
def test_readmission_elsewhere_needs_the_same_disease_and_no_transfer(
    start: int, disease: str | None, count: int
) -> None:
    """By the next day it is a transfer; without a known disease nothing is said."""
    other = stay(1, start, 4, hospital="县医院", disease=disease)
    made = cases([stay(1, 0, 6, disease="肺炎"), other])
    assert hits("readmission", made).height == count


def test_a_stay_of_a_closed_period_counts_as_the_one_before() -> None:
    made = cases([stay(1, 4, 6)], closed=[stay(1, -6, 6)])
    assert hits("readmission", made).height == 1


def test_errors_of_closed_periods_are_not_known_and_no_past_to_grow_from() -> None:
    """The ledger keeps no findings: a hospital's error rate is not compared with a past of 0 %."""
    rows = spread(20, total_fen=100_003)
    made = cases(rows, [finding(row, "AM01", diff_fen=1) for row in rows], closed=OLD)
    assert hits("drift_past", made).is_empty()


def test_two_closed_stays_are_no_lead_of_this_run() -> None:
    made = cases([stay(2, 30)], closed=[stay(1, 0, 6), stay(1, 3, 6, hospital="乙医院")])
    assert find_leads(made, Thresholds()).is_empty()


def test_people_without_an_id_are_not_one_person() -> None:
    made = cases([stay(1, 0, 9, id_no=None), stay(2, 3, 9, id_no=None)])
    assert hits("overlap", made).is_empty()


def test_rejected_duplicates_do_not_overlap() -> None:
    made = cases([stay(1, 0, 6), stay(1, 2, 6, status="rejected")])
    assert hits("overlap", made).is_empty()


@pytest.mark.parametrize(("people", "count"), [(2, 0), (3, 1)])
def test_a_group_needs_its_number_of_people(people: int, count: int) -> None:
    made = cases(many(people, lambda n: stay(n, village="第1村")))
    assert hits("village_group", made).height == count


def test_thresholds_may_be_set() -> None:
    made = cases([stay(1, 0, 6), stay(1, 30, 4)])
    wide = Thresholds().with_values({"readmission_days": 30})
    assert BY_ID["readmission"].find(made, wide).height == 1


def test_all_wrong_thresholds_are_named_at_once() -> None:
    with pytest.raises(CannotRun) as caught:
        Thresholds().with_values({"nonsense": 3, "group_people": 0})
    assert len(caught.value.problems) == 2


def test_the_score_is_the_sum_of_its_printed_parts() -> None:
    made = cases([stay(1, 0, 6), stay(1, 5, 6, hospital="乙医院"), stay(1, 11, 1)])
    leads = find_leads(made, Thresholds())
    assert leads.columns == [*LEADS, "explained"]
    for score, explained in leads.select("score", "explained").iter_rows():
        assert score == sum(int(word) for word in explained.split() if word.isdigit()) <= 100


def test_other_rules_at_the_same_stay_raise_the_score() -> None:
    """The overlapping stay is a one-day stay too: each of both leads has company."""
    alone = find_leads(cases([stay(1, 0, 1)]), Thresholds())
    both = find_leads(
        cases([stay(1, 0, 1), stay(1, 0, 9, hospital="乙医院", stay_no="B")]), Thresholds()
    )
    short = both.filter(pl.col("rule") == "short_stay")
    assert short["score"].item() == alone["score"].item() + 5
    assert short["explained"].item().endswith("同现 5")


def test_the_order_of_the_input_changes_nothing() -> None:
    rows = [*spread(40), stay(1, 0, 6), stay(1, 5, 6, hospital="乙医院"), stay(1, 21, 1)]
    rows += many(4, lambda n: stay(n, village="第1村", total_fen=77_777), 400)

    def told(made: Cases) -> list[tuple[Any, ...]]:
        leads = find_leads(made, Thresholds())
        return leads.select("rule", "score", "hospital", "village", "amount", "why").rows()

    assert told(cases(rows)) == told(cases(rows[::-1]))


def test_the_manual_names_every_rule_and_threshold() -> None:
    """docs/audit.md lists each rule by title and each threshold with its default."""
    manual = (Path(__file__).parents[2] / "docs" / "audit.md").read_text("utf-8")
    assert [
        rule.title for rule in RULES if f"| {rule.title} | {rule.meaning} |" not in manual
    ] == []
    for item in fields(Thresholds):
        line = (
            f"| `{item.name}` | {item.metadata['title']} | {item.default} {item.metadata['unit']} |"
        )
        assert line in manual
