"""What people decide about single stays: whose decision it is, what it changes, and when it is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from onestop_cli.errors import CannotRun
from onestop_cli.run import Run
from tests.made.books import PEOPLE, decisions, huangzhong, run_period, stays

LISTED, STRANGER = PEOPLE[6], "639900200001019999"
"""人6 is on the roster of tests.made.books; nobody has the other number, which is no usable one."""


def a_stay(**said: Any) -> dict[str, Any]:
    """Ten days in a county hospital, 3,000 yuan of which 2,400 are eligible.

    By the document, sentence by sentence: 70 % of 2,400 = 1,680.00; of the remaining 1,320.00 to people of the first
    class 500 × 60 % + 500 × 65 % + 320 × 70 % = 849.00.
    """
    return {
        "row": 5, "hospital_raw": "县级医院", "stay_no": "ZY5", "name": "人6", "id_raw": LISTED,
        "admitted_on": date(2010, 10, 5), "discharged_on": date(2010, 10, 15),
        "settled_on": date(2010, 10, 15), "total_fen": 300_000, "eligible_fen": 240_000,
        "basic_claimed_fen": 168_000, "assistance_claimed_fen": 84_900, **said,
    }  # fmt: skip


def about(**said: Any) -> dict[str, Any]:
    """A decision about that stay."""
    named = {"hospital": "县级医院", "stay_no": "ZY5", "name": "人6"}
    return {"source": "医院.csv", "row": 5, **named, **said}


def run_of(*rows: dict[str, Any], decided: Any = ()) -> Run:
    return run_period(stays(rows), "2010Q4", None, decisions(*decided) if decided else None)


def paid(run: Run) -> int:
    """What both funds pay, in fen."""
    parts = (
        "basic_payable_fen",
        "basic_offset_fen",
        "assistance_payable_fen",
        "assistance_offset_fen",
    )
    return int(run.stays.select(pl.sum_horizontal(pl.col(part).sum() for part in parts)).item())


def refused(*rows: dict[str, Any], decided: Any) -> str:
    """The problems of a run that is refused, one text."""
    with pytest.raises(CannotRun) as stopped:
        run_of(*rows, decided=decided)
    return "；".join(f"{p.what}→{p.remedy}" for p in stopped.value.problems)


def test_the_plain_stay_is_paid_as_the_document_says() -> None:
    assert paid(run_of(a_stay())) == 168_000 + 84_900


# Who is meant


def test_released_from_a_name_means_the_listed_person_with_that_persons_entitlement() -> None:
    other = a_stay(name="人陆")
    held, freed = (
        run_of(other),
        run_of(other, decided=[about(name="人陆", decision="放行", code="ID04")]),
    )
    assert held.stays["status"].to_list() == ["held"]
    assert paid(freed) == 168_000 + 84_900
    assert freed.findings["code"].to_list() == []


@pytest.mark.parametrize(("raw", "code"), [(STRANGER, "ID01"), (PEOPLE[9], "ID04")])
def test_a_recognised_number_is_the_persons(raw: str, code: str) -> None:
    line = about(decision="认定证号", code=code, id_no=LISTED)
    run = run_of(a_stay(id_raw=raw), decided=[line])
    assert run.stays["id_no"].to_list() == [LISTED]
    assert paid(run) == 168_000 + 84_900


def test_two_stays_of_one_recognised_person_are_one_year() -> None:
    """The cap of 6,000 yuan counts both."""
    dear = {
        "total_fen": 3_000_000,
        "eligible_fen": 0,
        "basic_claimed_fen": 0,
        "assistance_claimed_fen": 600_000,
    }
    later = {
        "row": 6, "stay_no": "ZY6", "id_raw": STRANGER, "admitted_on": date(2010, 11, 5),
        "discharged_on": date(2010, 11, 15), "settled_on": date(2010, 11, 15),
    }  # fmt: skip
    line = {**about(decision="认定证号", code="ID01", id_no=LISTED), "row": 6, "stay_no": "ZY6"}
    run = run_of(a_stay(**dear), a_stay(**dear, **later), decided=[line])
    assert run.stays["assistance_payable_fen"].to_list() == [600_000, 0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"code": "ID01", "id_no": "123"}, "不是有效的 18 位身份证号"),
        ({"code": "ID01"}, "缺：认定证号为"),
        ({"code": "ST02", "id_no": LISTED}, "认定证号只用于证号有疑问的差错"),
        ({"code": "RO06", "id_no": LISTED}, "没有改变什么"),
    ],
)
def test_a_number_that_cannot_be_recognised_is_refused(line: dict[str, Any], said: str) -> None:
    assert said in refused(a_stay(), decided=[about(decision="认定证号", **line)])


# Refunds


def refund(**said: Any) -> dict[str, Any]:
    """600 yuan of the bill given back, all of them eligible, and the 420 that insurance paid for them."""
    less = {"total_fen": -60_000, "eligible_fen": -60_000, "basic_claimed_fen": -42_000}
    zero = {"assistance_claimed_fen": 0, "row": 8, "settled_on": date(2010, 11, 2)}
    return a_stay(**less, **zero, **said)


def test_a_partial_refund_makes_both_rows_wait_and_names_the_stay() -> None:
    run = run_of(a_stay(), refund())
    assert run.stays["status"].to_list() == ["held", "held"]
    assert run.findings["code"].to_list() == ["ST06", "ST06"]
    assert "部分退费 -600.00 元，原行是 医院.csv · 第5行" in run.findings["message"][1]


def test_an_accepted_refund_settles_the_stay_at_its_net_amounts() -> None:
    """2,400 of which 1,800 are eligible: 1,260.00; of the remaining 1,140.00 300 + 325 + 140 × 70 % = 723.00."""
    line = {**about(decision="受理冲红", code="ST06"), "row": 8}
    run = run_of(a_stay(), refund(), decided=[line])
    first, back = run.stays.to_dicts()
    assert (first["status"], back["status"]) == ("settled", "reversed")
    assert (first["total_fen"], first["eligible_fen"]) == (240_000, 180_000)
    assert (first["basic_claimed_fen"], first["basic_due_fen"]) == (126_000, 126_000)
    assert first["assistance_due_fen"] == 72_300


def test_one_accepted_refund_of_two_leaves_the_stay_waiting_for_the_other() -> None:
    more = refund() | {"row": 9, "total_fen": -10_000, "eligible_fen": 0, "basic_claimed_fen": 0}
    line = {**about(decision="受理冲红", code="ST06"), "row": 8}
    run = run_of(a_stay(), refund(), more, decided=[line])
    assert run.stays["status"].to_list() == ["held", "reversed", "held"]


def test_a_lonely_reversal_cannot_be_accepted() -> None:
    back = refund(stay_no="另") | {"row": 5}
    line = about(decision="受理冲红", code="ST06", stay_no="另")
    assert "不是部分退费" in refused(back, decided=[line])


def test_accepting_is_for_refunds_only() -> None:
    assert "受理冲红只用于 ST06" in refused(
        a_stay(), decided=[about(decision="受理冲红", code="ID01")]
    )


# Which stay is meant


HELD = {"eligible_fen": 310_000}
"""More eligible than total cost: AM05."""
RELEASE = {"decision": "放行", "code": "AM05"}


def test_a_row_that_has_moved_is_found_by_hospital_number_and_name() -> None:
    run = run_of(a_stay(row=6, **HELD), decided=[about(**RELEASE)])
    assert run.stays["status"].to_list() == ["settled"]


def test_a_place_counts_only_if_hospital_number_and_name_there_agree() -> None:
    other = a_stay(stay_no="别", name="人8", id_raw=PEOPLE[8], **HELD)
    run = run_of(other, a_stay(row=6, **HELD), decided=[about(**RELEASE)])
    assert run.stays["status"].to_list() == ["held", "settled"]


def test_a_place_is_not_another_persons_stay_of_the_same_number() -> None:
    """Two hospitals' programs began to count anew; the row has moved, and another patient's stands there now."""
    other = a_stay(name="人8", id_raw=PEOPLE[8], **HELD)
    run = run_of(other, a_stay(row=6, **HELD), decided=[about(**RELEASE)])
    assert run.stays["status"].to_list() == ["held", "settled"]


def test_of_several_stays_of_one_number_the_place_tells_which_in_a_file_without_sheets() -> None:
    later = {"admitted_on": date(2010, 11, 5), "discharged_on": date(2010, 11, 15)}
    rows = a_stay(row=6, **HELD), a_stay(row=7, **later, settled_on=date(2010, 11, 15), **HELD)
    run = run_of(*rows, decided=[{**about(**RELEASE), "row": 7}])
    assert run.stays["status"].to_list() == ["held", "settled"]


def test_of_several_stays_of_one_number_the_code_tells_which() -> None:
    """A number for life: only one of the two has the finding."""
    later = {
        "admitted_on": date(2010, 11, 5),
        "discharged_on": date(2010, 11, 15),
        "settled_on": None,
    }
    rows = a_stay(row=6, **HELD), a_stay(row=7, **later)
    run = run_of(*rows, decided=[about(**RELEASE)])
    assert run.stays["status"].to_list() == ["settled", "settled"]
    both = a_stay(row=6, **HELD), a_stay(row=7, **later, **HELD)
    assert "对应不止一笔住院" in refused(*both, decided=[about(**RELEASE)])


def test_a_decision_about_a_half_of_a_claim_is_about_the_whole() -> None:
    first = a_stay(assistance_claimed_fen=None, **HELD)
    second = a_stay(row=6, basic_claimed_fen=None, **HELD)
    run = run_of(first, second, decided=[{**about(**RELEASE), "row": 6}])
    assert run.stays["status"].to_list() == ["settled"]


def test_a_decision_about_no_stay_is_refused() -> None:
    line = about(**RELEASE) | {"stay_no": "没有", "row": None}
    assert "都找不到：县级医院 没有 人6" in refused(a_stay(), decided=[line])


def test_decisions_of_another_period_are_said_to_be_that() -> None:
    """Not one of them finds a stay: each by itself would not tell the clerk that the file should be gone."""
    lines = [about(**RELEASE) | {"stay_no": f"旧{n}", "row": None} for n in range(3)]
    told = refused(a_stay(), decided=lines)
    assert "3 行处理意见没有一行对得上本期或台账中的住院，多半是以前一期的" in told
    assert "都找不到" not in told
    one = [*lines[:2], about(**RELEASE)]
    assert "都找不到：县级医院 旧0 人6" in refused(a_stay(**HELD), decided=one)


# What has nothing to do


def test_a_decision_whose_finding_is_gone_is_named_and_not_carried_out() -> None:
    """The hospital mended the row: a refusal for what was wrong with it must not refuse the good one."""
    run = run_of(a_stay(), decided=[about(decision="拒付", code="AM05")])
    assert run.stays["status"].to_list() == ["settled"]
    assert list(run.info.warnings) == [
        "处理意见有 1 行已不需要（差错已经没有了），没有执行：第2行 县级医院 ZY5 AM05"
    ]
    assert run.info.decisions.lines == ()


def test_a_deduction_for_a_difference_that_is_gone_is_not_carried_out() -> None:
    line = about(decision="扣款", code="AM01", layer="basic", amount_fen=100)
    assert paid(run_of(a_stay(), decided=[line])) == 168_000 + 84_900


def test_a_deduction_without_a_code_stands_by_itself() -> None:
    line = about(decision="扣款", layer="basic", amount_fen=100)
    assert paid(run_of(a_stay(), decided=[line])) == 168_000 + 84_900 - 100


# What cannot stand


@pytest.mark.parametrize(
    ("lack", "said"),
    [
        ({"decision": None}, "缺：处理决定"),
        ({"reason": None}, "缺：理由"),
        ({"evidence": None}, "缺：依据"),
        ({"checked_by": None}, "缺：经办人和复核人（不同的两人）"),
        ({"checked_by": "张三"}, "缺：经办人和复核人（不同的两人）"),
        ({"decided_on": None}, "缺：日期"),
        ({"code": None}, "缺：代码"),
        ({"decision": "认定类别"}, "缺：认定类别为"),
        ({"decision": "扣款", "layer": "basic"}, "缺：金额"),
        ({"decision": "扣款", "layer": "basic", "amount_fen": 0}, "缺：金额"),
        ({"decision": "扣款", "layer": "basic", "amount_fen": -100}, "缺：金额"),
        ({"decision": "补发", "amount_fen": 100}, "缺：补偿种类"),
    ],
)
def test_who_decides_must_say_why_and_answer_for_it(lack: dict[str, Any], said: str) -> None:
    assert said in refused(a_stay(**HELD), decided=[about(**RELEASE) | lack])


@pytest.mark.parametrize(
    "others",
    [
        [RELEASE, {"decision": "拒付", "code": "AM05"}],
        [RELEASE, RELEASE],
        [
            {"decision": "认定类别", "category": "五保户"},
            {"decision": "认定类别", "category": "重点优抚对象"},
        ],
        [
            {"decision": "认定证号", "code": "ID04", "id_no": PEOPLE[8]},
            {"decision": "认定证号", "code": "ID04", "id_no": PEOPLE[9]},
        ],
        [{"decision": "扣款", "layer": "basic", "amount_fen": 100}] * 2,
        [{"decision": "扣款", "layer": "basic", "amount_fen": 100}, {"decision": "拒付"}],
    ],
)
def test_decisions_that_contradict_each_other_are_refused(others: list[dict[str, Any]]) -> None:
    assert "与另一行处理意见重复或矛盾" in refused(
        a_stay(**HELD), decided=[about(**one) for one in others]
    )


@pytest.mark.parametrize(
    ("row", "line", "said"),
    [
        ({"total_fen": None}, {"code": "AM04"}, "金额缺失或非法，放行了也无法计算"),
        ({"discharged_on": None}, {"code": "ST03"}, "日期缺失或颠倒，放行了也无法计算"),
        ({"hospital_raw": "外院"}, {"code": "HO01"}, "没有级别，放行了也无法计算"),
        ({"total_fen": -1}, {"code": "ST06"}, "红冲或退费没有对上，不能放行"),
    ],
)
def test_what_cannot_be_worked_out_cannot_be_released(
    row: dict[str, Any], line: dict[str, Any], said: str
) -> None:
    stay = a_stay(**row)
    named = {"hospital": stay["hospital_raw"]}
    assert said in refused(stay, decided=[about(decision="放行", **line) | named])


def test_a_recognised_category_has_its_right_also_on_no_roster() -> None:
    """五保户: 70 % of 2,400, and the whole of what that leaves of 3,000."""
    nowhere = replace(huangzhong(), unlisted=frozenset({LISTED}))
    line = decisions(about(decision="认定类别", category="五保户"))
    run = run_period(stays([a_stay()]), "2010Q4", None, line, nowhere)
    assert run.stays.select("basic_due_fen", "assistance_due_fen").row(0) == (168_000, 132_000)
    assert not [code for code in run.findings["code"] if code.startswith("RO")]


def test_a_recognised_category_is_carried_out_though_it_takes_its_own_finding_away() -> None:
    """As the list of findings has it, with the finding's code: the assistance of 五保户 is 1,320.00."""
    nowhere = replace(huangzhong(), unlisted=frozenset({LISTED}))
    line = decisions(about(decision="认定类别", category="五保户", code="RO01"))
    claimed = a_stay(assistance_claimed_fen=132_000, category_raw="五保户")
    run = run_period(stays([claimed]), "2010Q4", None, line, nowhere)
    assert run.stays["assistance_payable_fen"].to_list() == [132_000]
    assert [line["code"] for line in run.info.decisions.lines] == ["RO01"]


def test_a_recognised_category_whose_finding_is_gone_is_named_and_not_carried_out() -> None:
    """The bureau mended the roster: nobody is a stranger any more."""
    line = about(decision="认定类别", category="五保户", code="RO01")
    run = run_of(a_stay(), decided=[line])
    assert "没有执行：第2行 县级医院 ZY5 RO01" in run.info.warnings[0]
    assert paid(run) == 168_000 + 84_900


def test_a_category_that_no_document_knows_is_refused() -> None:
    line = about(decision="认定类别", category="外星人")
    assert "没有“外星人”这一类" in refused(a_stay(), decided=[line])


@pytest.mark.parametrize(
    ("kind", "fen", "said"),
    [("扣款", 168_001, "扣款比核付多 0.01 元"), ("补发", 1, "补发 0.01 元超过应补的 0.00 元")],
)
def test_more_than_there_is_can_be_neither_taken_nor_given(kind: str, fen: int, said: str) -> None:
    line = about(decision=kind, layer="basic", amount_fen=fen)
    assert said in refused(a_stay(), decided=[line])


def test_what_is_owed_can_be_paid_out_and_not_a_fen_more() -> None:
    """The assistance nobody claimed, 849.00, is owed to the patient."""
    untouched, line = a_stay(assistance_claimed_fen=0), about(decision="补发", layer="assistance")
    sentence = "补发 849.01 元超过应补的 849.00 元"
    assert sentence in refused(untouched, decided=[{**line, "amount_fen": 84_901}])
    run = run_of(untouched, decided=[{**line, "amount_fen": 84_900}])
    assert run.stays["assistance_supplement_fen"].to_list() == [84_900]


def test_several_deductions_for_several_findings_add_up() -> None:
    high = a_stay(basic_claimed_fen=170_000)
    lines = [
        about(decision="扣款", layer="basic", amount_fen=100),
        about(decision="扣款", layer="basic", amount_fen=200, code="AM01"),
    ]
    assert paid(run_of(high, decided=lines)) == 168_000 + 84_900 - 300


def test_a_stay_that_is_not_settled_has_no_amount_to_change() -> None:
    line = about(decision="扣款", layer="basic", amount_fen=1)
    assert "这笔住院没有结算" in refused(a_stay(**HELD), decided=[line])


def test_a_row_that_was_taken_back_takes_no_decision() -> None:
    back = {name: -fen for name, fen in a_stay().items() if name.endswith("_fen")}
    line = about(decision="拒付", code=None)
    rows = a_stay(), a_stay(row=9, settled_on=date(2010, 11, 1), **back)
    assert "已经冲销" in refused(*rows, decided=[line])
