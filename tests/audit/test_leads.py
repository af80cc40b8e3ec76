"""Leads: each rule meets what it is for and passes by an innocent look-alike; scores say what they are made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.audit.leads import BY_ID, RULES, find_leads
from onestop_cli.audit.leads.model import LEADS, LeadInput, Thresholds
from onestop_cli.core.identify import make_id
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


def with_code(rows: Stays, code: str, **more: Any) -> LeadInput:
    return cases(rows, [finding(row, code, **more) for row in rows])


def ward(where: str, many: int, first: int, **changes: Any) -> Stays:
    """Ordinary stays of one hospital, their bills and days all different."""
    return many_(many, first, hospital=where, **changes)


def many_(count: int, start: int, **changes: Any) -> Stays:
    return many(count, lambda n: stay(n, (n * 7) % 80, 4 + n % 5, **changes), start)


def kin(*who: int) -> dict[int, str]:
    """Members of one family."""
    return dict.fromkeys(who, "F1")


def two_numbers(birth: str, other: str, **changes: Any) -> LeadInput:
    """王秀兰 under two numbers with these birth days, a stay each."""
    numbers = [make_id(f"639901{day}{order}") for day, order in ((birth, "114"), (other, "116"))]
    rows = [
        stay(who, 20 * who, name="王秀兰", id_no=number, village="第1村", stay_no=f"W{who}")
        for who, number in enumerate(numbers)
    ]
    return cases([rows[0], rows[1] | changes])


PEERS = hospitals(4, 20, total_fen=100_003)
OLD = spread(30, total_fen=100_003)
DEAR = many(20, lambda n: stay(n, (n * 7) % 80, 7, total_fen=150_005))
"""Half as dear again as `PEERS` and `OLD`, a little longer, so that a day costs less than half as much again."""
QUIET = hospitals(4, 40)
"""160 stays in four township hospitals, a few of them at weekends and in the first week of October."""
WORKDAYS = [11, 12, 13, 14, 17, 18, 19, 20, 21, 24, 25, 26, 27, 28]
"""Days after 1 October 2010 that are working days."""

PROVOKING: dict[str, Callable[[], LeadInput]] = {
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
    "village_beds": lambda: cases([stay(1, 0, 2, hospital="甲村卫生室", level="village")]),
    "cost_outlier": lambda: cases([*spread(20), stay(1, total_fen=3_000_000)]),
    "days_outlier": lambda: cases([*spread(20), stay(1, 0, 50)]),
    "burden": lambda: cases([stay(1, total_fen=1_900_000, assistance_claimed_fen=0)]),
    "drift_peers": lambda: cases([*PEERS, *DEAR]),
    "drift_past": lambda: cases(DEAR, closed=OLD),
    "one_sided": lambda: with_code(spread(10), "AM02", diff_fen=1, layer="basic"),
    "two_ids": lambda: two_numbers("19500310", "19500310"),
    "visit_inside": lambda: cases(
        [stay(1, 0, 9), stay(1, 4, 0, hospital="乙医院", stay_no="M1", visit_raw="普通门诊")]
    ),
    "synonym": lambda: cases([stay(1, 0, 6, disease="脑梗塞"), stay(1, 10, 6, disease="脑梗死")]),
    "same_day_elsewhere": lambda: cases(
        [stay(1, 0, 6), stay(1, 6, 6, hospital="乙卫生院", stay_no="B1")]
    ),
    "alternating": lambda: cases(
        [stay(1, 12 * n, 6, hospital="甲乙"[n % 2] + "卫生院", stay_no=f"A{n}") for n in range(4)]
    ),
    "frequent": lambda: cases([stay(1, 20 * n, 6, stay_no=f"A{n}") for n in range(4)]),
    "village_wave": lambda: cases(
        [*QUIET, *many(6, lambda n: stay(n, n - 300, 6, hospital="庚卫生院", village="第1村"), 300)]
    ),
    "household_wave": lambda: cases(
        many(3, lambda n: stay(n, n % 9), 100), families=kin(100, 101, 102)
    ),
    "couple": lambda: cases(
        [stay(1, disease="肾结石"), stay(40, disease="胃溃疡")], families=kin(1, 40)
    ),
    "near_equal": lambda: cases(
        [*spread(60), *many(7, lambda n: stay(n, n % 60, total_fen=402_000 + n), 300)]
    ),
    "short_share": lambda: cases(
        [
            *QUIET,
            *ward("甲卫生院", 20, 700),
            *many(9, lambda n: stay(n, n % 60, 1, total_fen=900_000 + n), 800),
        ]
    ),
    "long_cheap": lambda: cases([*spread(30), stay(1, 0, 30, total_fen=60_000)]),
    "sex_diagnosis": lambda: cases([stay(1, disease="子宫肌瘤")]),
    "age_diagnosis": lambda: cases([stay(1, disease="新生儿肺炎", name="男孩")]),
    "dear_days": lambda: cases([*spread(40), stay(1, 0, 6, total_fen=2_500_000)]),
    "dear_share": lambda: cases(
        [
            *QUIET,
            *ward("甲卫生院", 20, 700),
            *many(9, lambda n: stay(n, n % 60, 5, total_fen=2_500_000 + n), 800),
        ]
    ),
    "outside": lambda: cases([*spread(30), stay(1, total_fen=900_000, eligible_fen=300_000)]),
    "outside_share": lambda: cases(
        [*QUIET, *many(9, lambda n: stay(n, n % 60, total_fen=900_000, eligible_fen=300_000), 800)]
    ),
    "low_standard": lambda: cases(
        [*QUIET, *many(9, lambda n: stay(n, n % 60, 2, total_fen=20_000 + n, disease="感冒"), 800)]
    ),
    "weekend": lambda: cases(
        [*QUIET, *many(20, lambda n: stay(n, 15 + 7 * (n % 8), hospital="庚卫生院"), 800)]
    ),
    "holiday": lambda: cases(
        [*QUIET, *many(20, lambda n: stay(n, n % 7, hospital="庚卫生院"), 800)]
    ),
}

INNOCENT: dict[str, Callable[[], LeadInput]] = {
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
    # a visit
    "village_beds": lambda: cases(
        [stay(1, 0, 0, hospital="甲村卫生室", level="village", inpatient=False)]
    ),
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
    # a namesake of the same age in another village
    "two_ids": lambda: two_numbers("19500310", "19500310", village="第2村"),
    # at the window on the day of admission
    "visit_inside": lambda: cases(
        [stay(1, 0, 9), stay(1, 0, 0, hospital="乙医院", stay_no="M1", visit_raw="普通门诊")]
    ),
    # two illnesses
    "synonym": lambda: cases([stay(1, 0, 6, disease="脑梗塞"), stay(1, 10, 6, disease="肾结石")]),
    # moved up for the same illness
    "same_day_elsewhere": lambda: cases(
        [
            stay(1, 0, 6, disease="脑梗塞"),
            stay(1, 6, 6, hospital="县医院", level="county", stay_no="B1", disease="脑梗死"),
        ]
    ),
    # moved up and back once
    "alternating": lambda: cases(
        [stay(1, 12 * n, 6, hospital="甲乙甲"[n] + "卫生院", stay_no=f"A{n}") for n in range(3)]
    ),
    # dialysis
    "frequent": lambda: cases(
        [stay(1, 8 * n, 3, stay_no=f"A{n}", disease="尿毒症透析") for n in range(9)]
    ),
    # as many as the village always sends
    "village_wave": lambda: cases(
        [*QUIET, *many(40, lambda n: stay(n, 2 * (n - 300), 6, village="第1村"), 300)]
    ),
    # within a quarter, not within weeks
    "household_wave": lambda: cases(
        many(3, lambda n: stay(n, 25 * (n - 100)), 100), families=kin(100, 101, 102)
    ),
    # brother and sister-in-law weeks apart
    "couple": lambda: cases([stay(1), stay(40, 9)], families=kin(1, 40)),
    # an operation with a price
    "near_equal": lambda: cases(
        [*spread(60), *many(7, lambda n: stay(n, n, total_fen=402_000 + n, disease="白内障"), 300)]
    ),
    # cataracts in a day
    "short_share": lambda: cases(
        [*QUIET, *many(9, lambda n: stay(n, n % 60, 1, total_fen=900_000, disease="日间手术"), 800)]
    ),
    # months in bed for schizophrenia
    "long_cheap": lambda: cases(
        [*spread(30), stay(1, 0, 30, total_fen=60_000, disease="精神分裂症")]
    ),
    "sex_diagnosis": lambda: cases([stay(2, disease="子宫肌瘤")]),
    # a newborn under its mother's number
    "age_diagnosis": lambda: cases([stay(30, disease="新生儿肺炎")]),
    # dear for a day, but so is every day of it
    "dear_days": lambda: cases([*spread(40), stay(1, 0, 6, total_fen=350_000)]),
    # others of the level charge as much
    "dear_share": lambda: cases(
        [
            *hospitals(4, 30),
            *many(
                36,
                lambda n: stay(
                    n, n % 60, 5, hospital="乙丙丁戊"[n % 4] + "卫生院", total_fen=2_500_000 + n
                ),
                800,
            ),
        ]
    ),
    "outside": lambda: cases([*spread(30), stay(1, total_fen=900_000, eligible_fen=700_000)]),
    "outside_share": lambda: cases(
        [*QUIET, *many(9, lambda n: stay(n, n % 60, total_fen=900_000, eligible_fen=700_000), 800)]
    ),
    # a cold with the bill and the days of an illness
    "low_standard": lambda: cases(
        [*QUIET, *many(9, lambda n: stay(n, n % 60, 8, total_fen=200_000 + n, disease="感冒"), 800)]
    ),
    "weekend": lambda: cases(
        [*QUIET, *many(20, lambda n: stay(n, WORKDAYS[n % 14], hospital="庚卫生院"), 800)]
    ),
    # everywhere as many
    "holiday": lambda: cases(
        many(80, lambda n: stay(n, n // 4 % 10, hospital="甲乙丙丁"[n % 4] + "卫生院"), 800)
    ),
}


def hits(rule: str, made: LeadInput) -> pl.DataFrame:
    return BY_ID[rule].find(made, Thresholds())


@pytest.mark.parametrize("rule", BY_ID)
def test_a_rule_meets_what_it_is_for(rule: str) -> None:
    """One lead, with a sentence, the stays that show it, and who or where it is."""
    found = hits(rule, PROVOKING[rule]())
    assert found.height == 1
    lead = found.row(0, named=True)
    assert lead["why"] and lead["hospital"] and 0 <= lead["strength"] <= 20
    assert lead["stays"]


@pytest.mark.parametrize("rule", BY_ID)
def test_a_rule_passes_by_an_innocent_look_alike(rule: str) -> None:
    assert hits(rule, INNOCENT[rule]()).is_empty()


def test_every_rule_has_both_fixtures_and_all_its_words() -> None:
    assert set(PROVOKING) == set(INNOCENT) == set(BY_ID)
    assert len(BY_ID) == len(RULES)
    for rule in RULES:
        assert all((rule.title, rule.meaning, rule.basis, rule.fetch))
        assert 10 <= rule.weight <= 35


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


def test_a_hospital_whose_level_was_changed_is_one_hospital() -> None:
    """Or whose level only some stays know: those in no register have one where their list states it."""
    lifted = [{**row, "level": ("county", None)[at % 2]} for at, row in enumerate(OLD)]
    assert hits("drift_past", cases(DEAR, closed=[*OLD[:1], *lifted[1:]])).height == 1


def test_two_closed_stays_are_no_lead_of_this_run() -> None:
    made = cases([stay(2, 30)], closed=[stay(1, 0, 6), stay(1, 3, 6, hospital="乙医院")])
    assert find_leads(made, Thresholds()).is_empty()


def test_settlements_of_one_visit_are_one_stay() -> None:
    """Settled every month, as the platform does: neither frequent nor back too soon."""
    rows = [stay(1, 20 * n, 20, visit_no="J1", stay_no=f"A{n}") for n in range(4)]
    made = cases(rows)
    assert hits("frequent", made).is_empty() and hits("readmission", made).is_empty()


def test_visits_are_no_stays() -> None:
    rows = [stay(1, 9 * n, 0, inpatient=False, stay_no=f"M{n}") for n in range(6)]
    assert find_leads(cases(rows), Thresholds()).is_empty()


@pytest.mark.parametrize("eligible", [-300_000, 900_001])
def test_a_part_in_scope_that_is_no_part_of_the_bill_says_nothing(eligible: int) -> None:
    """More than all of a bill out of scope is a slip (the stay is held), no sign of anything."""
    made = cases([*spread(30), stay(1, total_fen=900_000, eligible_fen=eligible)])
    assert hits("outside", made).is_empty()
    assert made.stays["eligible_fen"].null_count() == 1


def test_equal_bills_of_one_illness_are_no_price_where_others_cost_otherwise() -> None:
    rows = many(4, lambda n: stay(n, n % 9, total_fen=123_456, disease="肺炎"))
    others = spread(10, disease="肺炎")
    assert hits("same_total", cases([*rows, *others])).height == 1


def test_very_cheap_short_stays_are_low_standard_whatever_the_illness() -> None:
    rows = many(9, lambda n: stay(n, n % 60, 2, total_fen=20_000 + n, disease="肺炎"), 800)
    assert hits("low_standard", cases([*QUIET, *rows])).height == 1


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
        round_, *points = map(int, re.findall(r"\d+", explained))
        assert score == (10 - round_) * 100 + sum(points)
        assert sum(points) < 100


def rounds(leads: pl.DataFrame) -> pl.DataFrame:
    return leads.with_columns(
        round=pl.col("explained").str.extract(r"第 (\d+) 轮").cast(pl.Int64),
        who=pl.col("stays").list.eval(pl.element().struct.field("stay_no").str.slice(0, 5)),
    )


def test_each_round_has_two_of_a_rule_at_most() -> None:
    """Seven people who are back the next day: two, two, two and one."""
    rows = [stay(n, start, 6) for n in range(1, 8) for start in (0, 7)]
    told = rounds(find_leads(cases(rows), Thresholds()))
    of_rule = told.filter(pl.col("rule") == "readmission")
    assert of_rule["round"].to_list() == [1, 1, 2, 2, 3, 3, 4]


def test_each_round_has_two_of_a_person_at_most() -> None:
    """Back and forth between two hospitals, all year: four rules speak of one person."""
    rows = [
        stay(1, 7 * n, 6, hospital="甲乙"[n % 2] + "卫生院", stay_no=f"ZY001-{n:02d}", disease=name)
        for n, name in enumerate(["脑梗塞", "脑梗死"] * 4)
    ]
    told = rounds(find_leads(cases(rows), Thresholds()))
    assert told["rule"].n_unique() == told.height > 2
    assert told["round"].to_list() == [
        1,
        1,
        *[2] * min(told.height - 2, 2),
        *[3] * (told.height - 4),
    ]


def test_what_is_decided_already_waits_a_round() -> None:
    """An overlap that was held pays nothing any more; a one-day stay that is paid comes before it."""
    held = [stay(1, 0, 6), stay(1, 5, 6, hospital="乙医院", stay_no="B1", status="held")]
    held[1] |= {f"{layer}_payable_fen": 0 for layer in ("basic", "assistance")}
    told = rounds(find_leads(cases([*held, stay(2, 0, 1)]), Thresholds()))
    found = dict(told.select("rule", "round").iter_rows())
    assert (found["short_stay"], found["overlap"]) == (1, 2)


def test_leads_stand_in_the_order_of_their_score() -> None:
    rows = [*spread(60), *many(4, lambda n: stay(n, village="第1村", total_fen=77_777), 400)]
    leads = find_leads(cases(rows), Thresholds())
    assert leads["score"].is_sorted(descending=True)


@pytest.mark.parametrize("rule", sorted(set(BY_ID) - {"burden", "outside", "one_sided"}))
def test_what_is_at_stake_is_never_more_than_is_paid(rule: str) -> None:
    """Never the bill; these three are the patient's money, or a difference."""
    made = PROVOKING[rule]()
    paid = {
        (row["source"], row["row"]): row["paid_fen"] for row in made.stays.iter_rows(named=True)
    }
    for lead in hits(rule, made).iter_rows(named=True):
        places = {(stay_["source"], stay_["row"]) for stay_ in lead["stays"]}
        assert 0 <= lead["amount"] <= sum(paid[place] for place in places)


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

    def told(made: LeadInput) -> list[tuple[Any, ...]]:
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
