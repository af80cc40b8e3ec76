"""Reversals, duplicates, overlaps and readmissions: the verdict on each row, whatever the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.core.closed import History
from onestop_cli.core.identify import identify, make_id
from onestop_cli.core.moment import with_moment
from onestop_cli.core.pairing import paired
from onestop_cli.core.pairing.overlaps import _busy
from onestop_cli.tables.schema import PAIRING, READ_STAYS

WANG = make_id("63990119800101123")
LI = make_id("63990219520315000")
NEW_YEAR = date(2010, 1, 1)


def day(number: int) -> date:
    return NEW_YEAR + timedelta(number - 1)


def stay(begin: int, end: int, **changes: Any) -> dict[str, Any]:
    """A stay of 王强 from day `begin` to day `end` of 2010, settled on the last day."""
    return {
        "hospital": "示例县人民医院",
        "name": "王强",
        "id_raw": WANG,
        "admitted_on": day(begin),
        "discharged_on": day(end),
        "total_fen": 100_000,
        "eligible_fen": 80_000,
        "basic_claimed_fen": 56_000,
        **changes,
    }


def back(one: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The row that takes a stay back: every amount opposite."""
    opposite = {k: -v for k, v in one.items() if k.endswith("_fen") and v is not None}
    return {**one, **opposite, **changes}


def table(*stays: Mapping[str, Any]) -> pl.DataFrame:
    """The stays as `pair` takes them, numbered from row 2 of 住院.csv, stay numbers all different."""
    columns = {**READ_STAYS, "hospital": pl.String, "period": pl.String, "status": pl.String}
    columns |= {"blocking": pl.String, "was_released": pl.String, "was_refused": pl.Boolean}
    rows = [
        {"source": "住院.csv", "row": row, "stay_no": f"ZY{row}", "id_numeric": False, **one}
        for row, one in enumerate(stays, start=2)
    ]
    frame = pl.DataFrame(rows, schema=columns)
    return identify(with_moment(frame))


def pair(stays: pl.DataFrame, days: int) -> pl.DataFrame:
    """The stays with their verdicts, without a ledger."""
    return paired(stays, days).stays


def pair_beside(
    stays: pl.DataFrame, days: int, closed: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The stays and the closed ones with their verdicts."""
    pairs = paired(stays, days, History(closed, ()))
    assert pairs.closed is not None
    return pairs.stays, pairs.closed


def verdicts(*stays: Mapping[str, Any], column: str, **options: Any) -> list[Any]:
    """One column of the verdicts on `stays`, in their order."""
    return pair(table(*stays), options.pop("days", 15), **options)[column].to_list()


# Reversals


def test_a_reversal_and_its_stay_leave_together() -> None:
    rows = stay(1, 5), back(stay(1, 5), settled_on=day(9))
    assert verdicts(*rows, column="reversed") == [True, True]
    assert verdicts(*rows, column="unpaired") == [False, False]


@pytest.mark.parametrize(("settled", "paired"), [(4, False), (5, True), (6, True)])
def test_the_stay_must_not_be_settled_after_its_reversal(settled: int, paired: bool) -> None:
    later = back(stay(1, 5), settled_on=day(settled))
    assert verdicts(later, stay(1, 5), column="reversed") == [paired, paired]


@pytest.mark.parametrize(
    "change",
    [
        {"hospital": "云谷卫生院"},
        {"id_raw": LI},
        {"admitted_on": day(2)},
        {"discharged_on": day(6)},
        {"total_fen": -99_999},
        {"admitted_on": None},
    ],
)
def test_a_reversal_of_something_else_stays_unpaired(change: dict[str, Any]) -> None:
    other = back(stay(1, 5), settled_on=day(9)) | change
    assert verdicts(stay(1, 5), other, column="unpaired") == [False, True]
    assert verdicts(stay(1, 5), other, column="reversed") == [False, False]


def test_an_opposite_total_alone_is_no_partner() -> None:
    """R right, W wrong, N = −W, one total: N takes W back however the rows lie, and a lonely N makes its like wait."""
    right, wrong = stay(1, 5), stay(1, 5, basic_claimed_fen=60_000)
    struck = back(wrong, settled_on=day(9))
    for rows in ((right, wrong, struck), (struck, wrong, right), (wrong, struck, right)):
        assert verdicts(*rows, column="reversed") == [one is not right for one in rows]
    assert verdicts(right, struck, column="reversed") == [False, False]
    assert verdicts(right, struck, column="refund_why") == ["amounts", "amounts"]
    assert verdicts(right, struck, column="refund_place") == [
        "住院.csv · 第3行",
        "住院.csv · 第2行",
    ]


def test_a_minus_on_the_total_only_takes_the_same_amounts_back() -> None:
    right, other = stay(1, 5), stay(1, 5, basic_claimed_fen=60_000)
    struck = right | {"total_fen": -right["total_fen"], "settled_on": day(9)}
    assert verdicts(right, other, struck, column="reversed") == [True, False, True]
    assert verdicts(other, struck, column="refund_why") == ["amounts", "amounts"]


def test_a_smaller_negative_row_of_the_same_number_is_a_partial_refund() -> None:
    part = back(stay(1, 5), total_fen=-30_000, stay_no="A", settled_on=day(9))
    rows = stay(1, 5, stay_no="A"), part
    assert verdicts(*rows, column="refund_why") == ["refunded", "partial"]
    assert verdicts(*rows, column="unpaired") == [False, True]
    assert verdicts(stay(1, 5, stay_no="B"), part, column="refund_why") == [None, "alone"]


@pytest.mark.parametrize("change", [{"discharged_on": day(6)}, {"id_no": None, "id_raw": ""}])
def test_the_opposite_of_a_stay_of_its_number_keeps_the_stay_waiting(
    change: dict[str, Any],
) -> None:
    """Days or the person were written otherwise: the stay is not paid while its minus row waits."""
    own = stay(1, 5, stay_no="A")
    assert verdicts(own, back(own, **change), column="refund_why") == ["akin", "akin"]
    other = back(own, **change, stay_no="B")
    assert verdicts(own, other, column="refund_why") == [None, "alone"]


def test_more_than_a_stay_cost_is_no_refund_of_it() -> None:
    more = back(stay(1, 5), total_fen=-100_001, stay_no="A", settled_on=day(9))
    assert verdicts(stay(1, 5, stay_no="A"), more, column="refund_why") == [None, "alone"]


def test_a_struck_row_is_taken_back_before_an_unmarked_one() -> None:
    """The platform marks both rows of a refund; what was billed again stands."""
    struck = stay(1, 5, refund_flag=True)
    rows = struck, back(struck, settled_on=day(6)), stay(1, 5)
    assert verdicts(*rows, column="reversed") == [True, True, False]


def test_a_struck_row_without_its_minus_row_waits_with_the_row_it_repeats() -> None:
    rows = stay(1, 5), stay(1, 5, refund_flag=True), stay(1, 5, basic_claimed_fen=1)
    assert verdicts(*rows, column="refund_why") == ["repeats", "struck", None]
    assert verdicts(*rows, column="unpaired") == [False, True, False]


def test_reversals_without_usable_number_pair_by_text_and_name() -> None:
    pairs = [stay(1, 5, id_raw=raw) for raw in (None, "6399")]
    backs = [back(one) for one in pairs]
    assert verdicts(*pairs, *backs, column="reversed") == [True] * 4


def test_one_reversal_takes_back_one_stay_the_earliest() -> None:
    """Billed, taken back, billed again: the second bill stands and is no duplicate."""
    bills = [
        stay(1, 5, settled_on=day(6)),
        back(stay(1, 5), settled_on=day(7)),
        stay(1, 5, settled_on=day(8)),
    ]
    assert verdicts(*bills, column="reversed") == [True, True, False]
    assert verdicts(*bills, column="twin") == [None, None, None]


def test_a_reversal_too_early_does_not_use_up_the_next_ones_stay() -> None:
    bills = [
        back(stay(1, 5), settled_on=day(5)),
        stay(1, 5, settled_on=day(6)),
        back(stay(1, 5), settled_on=day(7)),
    ]
    assert verdicts(*bills, column="unpaired") == [True, False, False]
    assert verdicts(*bills, column="reversed") == [False, True, True]


def test_negative_rows_are_never_duplicates() -> None:
    lonely = stay(1, 5, total_fen=-1, stay_no="A")
    assert verdicts(lonely, lonely, column="twin") == [None, None]


def test_a_refund_dated_on_its_own_day_takes_back_the_settlement_whose_number_it_has() -> None:
    rows = stay(1, 5, settlement_no="S"), stay(1, 5, settlement_no="T")
    struck = back(rows[1], discharged_on=day(9), settled_on=day(9))
    assert verdicts(*rows, struck, column="reversed") == [False, True, True]
    part = struck | {"total_fen": -30_000}
    assert verdicts(*rows, part, column="refund_why") == [None, "refunded", "partial"]
    marked = rows[1] | {"refund_flag": True, "discharged_on": day(9)}
    assert verdicts(*rows, marked, column="refund_why") == [None, "repeats", "struck"]


def test_of_equal_settlements_of_a_day_a_refund_takes_back_that_of_its_visit() -> None:
    rows = [stay(3, 3, stay_no=no, visit_no=no, settlement_no=f"S{no}") for no in "AB"]
    struck = back(rows[1], settlement_no="S9", settled_on=day(9))
    assert verdicts(*rows, struck, column="reversed") == [False, True, True]


# Halves of one claim


def halves(**changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Insurance and assistance of one visit, reported as rows of their own."""
    first = stay(1, 5, stay_no="A", self_claimed_fen=44_000)
    second = first | {"basic_claimed_fen": None, "assistance_claimed_fen": 30_000}
    return first, second | {"self_claimed_fen": 14_000, **changes}


def test_the_halves_of_one_claim_become_one_stay_at_the_place_of_the_first() -> None:
    whole = paired(table(*halves(eligible_fen=None, settled_on=day(6))), 15)
    (row,) = whole.stays.to_dicts()
    assert whole.joined == 1
    assert (row["row"], row["joined_place"]) == (2, "住院.csv · 第3行")
    assert (row["basic_claimed_fen"], row["assistance_claimed_fen"]) == (56_000, 30_000)
    assert (row["total_fen"], row["eligible_fen"]) == (100_000, 80_000)
    assert row["self_claimed_fen"] == 14_000


@pytest.mark.parametrize(
    "change",
    [
        {"basic_claimed_fen": 1},
        {"total_fen": 99_999},
        {"eligible_fen": 79_999},
        {"stay_no": "B"},
        {"discharged_on": day(6)},
        {"id_raw": LI},
        {"assistance_claimed_fen": 0},
    ],
)
def test_rows_that_are_no_halves_of_one_claim_stay_two(change: dict[str, Any]) -> None:
    assert paired(table(*halves(**change)), 15).joined == 0


def test_halves_of_different_settlements_of_one_visit_are_joined() -> None:
    first, second = halves()
    rows = (
        first | {"settlement_no": "S1", "visit_no": "V"},
        second
        | {
            "settlement_no": "S2",
            "visit_no": "V",
        },
    )
    assert paired(table(*rows), 15).joined == 1


# Assistance settled by itself (结算类别 3)


def insured(**changes: Any) -> dict[str, Any]:
    """The insurance of a visit: 560 of a bill of 1,000, 440 left."""
    said = {"stay_no": "V", "visit_no": "V", "settlement_no": "S1", "setl_type": "2"}
    return stay(1, 5, **said, self_claimed_fen=44_000) | changes


def aided(**changes: Any) -> dict[str, Any]:
    """Its assistance of 300, settled by itself afterwards."""
    said = {"settlement_no": "S2", "setl_type": "3", "basic_claimed_fen": 0}
    return (
        insured() | said | {"assistance_claimed_fen": 30_000, "self_claimed_fen": 14_000} | changes
    )


NO_BILL = {"total_fen": None, "eligible_fen": None, "self_claimed_fen": None}
LEFT = {"total_fen": 44_000, "eligible_fen": 24_000}


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({}, 14_000),
        (LEFT, 14_000),
        (LEFT | {"setl_type": None}, 14_000),
        ({"total_fen": 0, "eligible_fen": 0, "self_claimed_fen": 0}, None),
        (NO_BILL | {"amount_fault": "总费用为空；可补偿费用为空"}, None),
        ({"admitted_on": day(5)}, 14_000),
        ({"visit_no": "W", "stay_no": "W"}, 14_000),
        ({"settled_on": day(40)}, 14_000),
    ],
)
def test_assistance_settled_by_itself_joins_its_visit(
    changes: dict[str, Any], own: int | None
) -> None:
    for rows in ((insured(), aided(**changes)), (aided(**changes), insured())):
        (row,) = pair(table(*rows), 15).to_dicts()
        assert (row["total_fen"], row["eligible_fen"]) == (100_000, 80_000)
        assert (row["basic_claimed_fen"], row["assistance_claimed_fen"]) == (56_000, 30_000)
        assert (row["self_claimed_fen"], row["half_why"], row["amount_fault"]) == (own, None, None)


def test_what_the_hospital_bore_stands_on_both_rows_and_counts_once() -> None:
    borne = {"waiver_claimed_fen": 5_000}
    (row,) = pair(table(insured(**borne), aided(**borne)), 15).to_dicts()
    assert (row["waiver_claimed_fen"], row["assistance_claimed_fen"]) == (5_000, 30_000)


def test_a_refunded_assistance_without_a_bill_is_taken_back_by_its_claim() -> None:
    bare = {"total_fen": 0, "eligible_fen": 0, "self_claimed_fen": 0}
    paid = aided(**bare)
    struck = paid | {"assistance_claimed_fen": -30_000, "settled_on": day(9)}
    again = paid | {"settlement_no": "S5", "settled_on": day(9)}
    found = pair(table(insured(), paid, struck, again), 15)
    assert found.select("row", "reversed", "assistance_claimed_fen").rows() == [
        (2, False, 30_000), (3, True, 30_000), (4, True, -30_000),
    ]  # fmt: skip
    other = struck | {"assistance_claimed_fen": -29_999}
    assert verdicts(insured(), other, column="refund_why") == ["refunded", "partial"]


def test_a_cell_that_cannot_be_read_stays_a_fault_of_the_joined_row() -> None:
    said = NO_BILL | {"amount_fault": "医疗救助“三百”不是金额；总费用为空"}
    (row,) = pair(table(insured(), aided(**said)), 15).to_dicts()
    assert row["amount_fault"] == "医疗救助“三百”不是金额"


def test_assistance_settled_by_itself_waits_where_no_insurance_is_beside_it() -> None:
    for other in (
        insured(id_raw=LI),
        insured(hospital="云谷卫生院"),
        insured(visit_no="W", total_fen=1),
    ):
        held = pair(table(other, aided()), 15).filter(pl.col("half_why").is_not_null())
        assert held["row"].to_list() == [3]
        assert "找不到同一次就诊的医保结算" in held["half_why"].item()


def test_a_supplement_that_pays_the_insurance_too_adds_to_the_row_with_its_bill() -> None:
    (row,) = pair(table(insured(), aided(basic_claimed_fen=1)), 15).to_dicts()
    assert (row["basic_claimed_fen"], row["assistance_claimed_fen"]) == (56_001, 30_000)


def test_a_supplement_with_a_bill_of_its_own_is_a_stay_of_its_own() -> None:
    own = aided(basic_claimed_fen=1, total_fen=5_000, eligible_fen=5_000)
    assert verdicts(insured(), own, column="half_why") == [None, None]
    assert verdicts(aided(basic_claimed_fen=1), column="half_why") == [None]


def test_of_several_settlements_of_a_visit_the_bill_says_whose_the_assistance_is() -> None:
    first, second = insured(), insured(settlement_no="S3", total_fen=70_000, eligible_fen=60_000)
    rows = pair(table(first, second, aided(total_fen=70_000, eligible_fen=60_000)), 15)
    assert rows.select("row", "assistance_claimed_fen").rows() == [(2, None), (3, 30_000)]


def test_where_it_cannot_be_told_whose_it_is_all_of_them_wait() -> None:
    rows = insured(), insured(settlement_no="S3"), aided()
    assert [bool(why) for why in verdicts(*rows, column="half_why")] == [True, True, True]
    rows = insured(), aided(), aided(settlement_no="S4")
    assert [bool(why) for why in verdicts(*rows, column="half_why")] == [True, True, True]


def test_an_assistance_whose_insurance_is_settled_in_a_closed_period_waits_and_names_it() -> None:
    closed = table(insured()).with_columns(period=pl.lit("2010-01"), status=pl.lit("settled"))
    here, _ = pair_beside(table(aided(row=9)), 15, closed)
    assert here["half_why"].to_list() == [
        "单独结算的医疗救助（结算类别为补充），医保部分已在前期结算：2010-01 · 住院.csv · 第2行"
    ]


# Duplicates


def visit(number: int, **changes: Any) -> dict[str, Any]:
    """A visit of day 3, equal to the others but for its number."""
    return stay(3, 3, inpatient=False, visit_no=f"V{number}", stay_no="门诊卡1") | changes


def at(hour: int) -> dict[str, Any]:
    return {
        "settled_on": day(3),
        "settled_at": datetime.fromisoformat(f"2010-01-03T{hour:02d}:00:00"),
    }


@pytest.mark.parametrize(
    ("rows", "twins"),
    [
        ((visit(1), visit(2)), [None, None]),
        ((visit(1), visit(1)), ["kept", "rejected"]),
        ((visit(1), visit(2, visit_no=None)), ["kept", "rejected"]),
        ((visit(1, visit_no=None, **at(9)), visit(1, visit_no=None, **at(15))), [None, None]),
        (
            (visit(1, visit_no=None, **at(9)), visit(1, visit_no=None, **at(9))),
            ["kept", "rejected"],
        ),
        ((visit(1), visit(2, inpatient=True)), [None, None]),
        ((visit(1, inpatient=True), visit(2, inpatient=True)), ["kept", "rejected"]),
    ],
)
def test_visits_of_one_day_are_told_apart_by_their_numbers_or_clocks(
    rows: Sequence[dict[str, Any]], twins: list[str | None]
) -> None:
    assert verdicts(*rows, column="twin") == twins


def test_a_visit_of_a_closed_day_is_no_copy_of_another_of_that_day() -> None:
    closed = table(visit(1)).with_columns(period=pl.lit("2010-01"), status=pl.lit("settled"))
    here, _ = pair_beside(table(visit(1, row=8), visit(2, row=9)), 15, closed)
    assert [bool(place) for place in here["closed_place"]] == [True, False]


@pytest.mark.parametrize(
    "change",
    [
        {"stay_no": "A", "discharged_on": day(6)},
        {"stay_no": " A ", "id_raw": None},
        {"stay_no": "B"},
        {"stay_no": None},
    ],
)
def test_the_same_number_and_admission_or_person_and_dates_are_one_stay(
    change: dict[str, Any],
) -> None:
    """Equal amounts: the first by settlement stays, the other is rejected."""
    first = stay(1, 5, stay_no="A", settled_on=day(6))
    second = first | {"settled_on": day(7)} | change
    assert verdicts(second, first, column="twin") == ["rejected", "kept"]


@pytest.mark.parametrize(
    "change",
    [
        {"stay_no": "A", "admitted_on": day(2), "discharged_on": day(7)},
        {"hospital": "云谷卫生院", "stay_no": "A"},
        {"stay_no": "B", "id_raw": LI},
        {"stay_no": "B", "discharged_on": day(6)},
        {"stay_no": "B", "admitted_on": day(2)},
    ],
)
def test_a_number_for_life_or_another_stay_is_no_duplicate(change: dict[str, Any]) -> None:
    first = stay(1, 5, stay_no="A")
    assert verdicts(first, first | change, column="twin") == [None, None]


def test_blank_numbers_and_unusable_ids_make_nobody_else_a_duplicate() -> None:
    nobody = stay(1, 5, stay_no=" ", id_raw="无")
    assert verdicts(nobody, nobody | {"name": "李五"}, column="twin") == [None, None]
    assert verdicts(nobody, nobody | {"name": None}, column="twin") == [None, None]


def test_the_row_with_a_usable_id_is_kept_before_one_without() -> None:
    """The hospital sent the stay with a spoiled number and then once more with the right one."""
    spoiled, right = stay(1, 5, id_raw="6399"), stay(1, 5, settled_on=day(9))
    assert verdicts(spoiled, right, column="twin") == ["rejected", "kept"]


def test_a_row_without_usable_id_that_two_people_of_its_name_fit_is_nobodys_duplicate() -> None:
    rows = stay(1, 5, stay_no="A"), stay(1, 5, stay_no="A", id_raw=LI), stay(1, 5, id_raw=None)
    assert verdicts(*rows, column="twin") == [None, None, None]


def test_two_usable_ids_under_one_number_are_two_people() -> None:
    rows = stay(1, 5, stay_no="A"), stay(1, 5, stay_no="A", id_raw=LI)
    assert verdicts(*rows, column="twin") == [None, None]


def test_two_names_under_one_id_on_no_roster_wait_side_by_side() -> None:
    rows = stay(1, 5, stay_no="A"), stay(1, 5, stay_no="A", name="王小宝")
    assert verdicts(*rows, column="twin") == ["differs", "differs"]


def listed(*names: str) -> pl.DataFrame:
    return pl.DataFrame({"id_no": [WANG] * len(names), "name_key": names})


def test_two_names_under_one_id_that_are_both_listed_are_two_people() -> None:
    rows = table(stay(1, 5), stay(1, 5, name="王小宝"), stay(3, 8, name="王小宝"))
    found = paired(rows, 15, roster=listed("王强", "王小宝")).stays
    assert found["twin"].to_list() == [None, None, None]
    assert found["overlap_place"].to_list() == [None, None, "住院.csv · 第3行"]


def test_the_row_with_the_rosters_name_is_no_copy_of_one_under_another_name() -> None:
    rows = table(stay(1, 5), stay(1, 5, name="王小宝"), stay(3, 8))
    found = paired(rows, 15, roster=listed("王强")).stays
    assert found["twin"].to_list() == [None, None, None]
    assert found["overlap_place"].to_list()[2] is not None


def test_settlement_numbers_alone_tell_duplicates_where_both_rows_have_one() -> None:
    """Several visits a day, and one settlement reported twice."""
    one = stay(1, 5, stay_no="A", settlement_no="S1")
    assert verdicts(one, one | {"settlement_no": "S2"}, column="twin") == [None, None]
    again = one | {"stay_no": "B", "discharged_on": day(6)}
    assert verdicts(one, again, column="twin") == ["kept", "rejected"]


def test_a_row_without_settlement_number_beside_two_settlements_waits() -> None:
    one = stay(1, 5, stay_no="A", settlement_no="S1")
    rows = one, one | {"settlement_no": "S2"}, one | {"settlement_no": None}
    assert verdicts(*rows, column="twin") == [None, None, "differs"]
    assert verdicts(*rows[1:], column="twin") == ["kept", "rejected"]
    assert verdicts(*rows, column="twin_place")[2] == "住院.csv · 第2行、住院.csv · 第3行"


@pytest.mark.parametrize(
    "change",
    [
        {"total_fen": 100_001},
        {"eligible_fen": 79_999},
        {"eligible_fen": None},
        {"assistance_claimed_fen": 1},
        {"waiver_claimed_fen": 1},
    ],
)
def test_duplicates_that_differ_in_money_are_all_held(change: dict[str, Any]) -> None:
    first = stay(1, 5, stay_no="A")
    assert verdicts(first, first, first | change, column="twin") == ["differs"] * 3


def test_a_blank_claim_is_a_claim_of_nothing() -> None:
    first = stay(1, 5, stay_no="A")
    again = first | {"assistance_claimed_fen": 0, "self_claimed_fen": 5}
    assert verdicts(first, again, column="twin") == ["kept", "rejected"]


def test_duplicates_are_linked_through_either_key() -> None:
    """A and B share the number, B and C the person: one stay, billed three times."""
    bills = [
        stay(1, 5, stay_no="A", id_raw=None),
        stay(1, 5, stay_no="A"),
        stay(1, 5, stay_no="C"),
    ]
    assert verdicts(*bills, column="twin") == ["rejected", "kept", "rejected"]


def test_duplicates_name_each_other() -> None:
    first = stay(1, 5, stay_no="A")
    places = ["住院.csv · 第3行", "住院.csv · 第2行"]
    assert verdicts(first, first, column="twin_place") == places
    sheet = first | {"sheet": "十月"}
    assert verdicts(sheet, sheet, column="twin_place")[1] == "住院.csv · 十月 · 第2行"


def test_many_duplicates_are_counted_after_three() -> None:
    first = stay(1, 5, stay_no="A")
    places = verdicts(*[first] * 5, column="twin_place")
    assert places[0] == "住院.csv · 第3行、住院.csv · 第4行、住院.csv · 第5行 等 4 行"
    assert places[4] == "住院.csv · 第2行"


# Overlaps

OTHER = {"hospital": "省立医院"}


@pytest.mark.parametrize(
    ("begin", "end", "overlaps"),
    [(4, 9, True), (5, 9, False), (6, 9, False), (2, 3, True), (3, 3, True), (1, 9, True)],
)
def test_the_stay_admitted_later_overlaps(begin: int, end: int, overlaps: bool) -> None:
    """A same-day transfer (day 5) is fine; a stay inside another one is not."""
    places = verdicts(stay(begin, end, **OTHER), stay(1, 5), column="overlap_place")
    flagged = [place is not None for place in places]
    if begin == 1:
        assert flagged == [True, False]
    else:
        assert flagged == [overlaps, False]


@pytest.mark.parametrize(("at", "overlaps"), [(1, False), (2, True), (4, True), (5, False)])
def test_a_one_day_stay_overlaps_only_strictly_inside(at: int, overlaps: bool) -> None:
    places = verdicts(stay(1, 5), stay(at, at, **OTHER), column="overlap_place")
    assert places == [None, "住院.csv · 第2行" if overlaps else None]


def test_a_one_day_stay_settled_later_than_the_one_it_begins_with_does_not_overlap() -> None:
    rows = stay(1, 5), stay(1, 1, settled_on=day(12), **OTHER)
    assert verdicts(*rows, column="overlap_place") == [None, None]


def test_a_visit_inside_a_stay_is_no_overlap() -> None:
    rows = stay(1, 9), stay(3, 3, inpatient=False, **OTHER)
    assert verdicts(*rows, column="overlap_place") == [None, None]


def test_a_long_stay_overlaps_all_that_begin_in_it() -> None:
    """The other one is named, even when a shorter stay lies between."""
    places = verdicts(
        stay(1, 30), stay(3, 5, **OTHER), stay(20, 22, **OTHER), column="overlap_place"
    )
    assert places == [None, "住院.csv · 第2行", "住院.csv · 第2行"]


def test_ties_go_by_the_order_of_settlement() -> None:
    late, early = stay(1, 5, settled_on=day(9)), stay(1, 6, settled_on=day(8), **OTHER)
    assert verdicts(late, early, column="overlap_place") == ["住院.csv · 第3行", None]


@pytest.mark.parametrize("bits", [64, 12])
def test_whoever_has_stays_that_overlap_is_found_as_by_looking_at_every_pair(
    bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a bit or two are left to tell people from each other."""
    monkeypatch.setitem(_busy.__globals__, "_BITS", bits)
    for seed in range(60):
        rng = Random(seed)
        begins = [rng.randrange(30) for _ in range(20)]
        spans = [(rng.randrange(12), begin, begin + rng.randrange(9)) for begin in begins]
        frame = pl.DataFrame(spans, schema=["who", "begin", "end"], orient="row")
        pairs = combinations(sorted(spans, key=lambda span: span[:2]), 2)
        truth = {one[0] for one, other in pairs if one[0] == other[0] and other[1] < one[2]}
        assert truth <= set(_busy(frame)["who"])
        assert bits < 64 or truth == set(_busy(frame)["who"])


def test_other_people_do_not_overlap() -> None:
    assert verdicts(stay(1, 5), stay(2, 6, id_raw=LI), column="overlap_place") == [None, None]


@pytest.mark.parametrize(
    "ghosts",
    [
        [stay(1, 5), back(stay(1, 5))],
        [stay(1, 5, total_fen=-5)],
        [stay(1, 5, stay_no="A"), stay(1, 5, stay_no="A", total_fen=7)],
        [stay(5, 1)],
        [stay(1, 5) | {"discharged_on": None}],
        [stay(1, 5, id_raw=None)],
    ],
)
def test_what_did_not_take_place_overlaps_nothing(ghosts: list[dict[str, Any]]) -> None:
    """Reversed, unpaired, differing duplicates, impossible dates and unknown people do not count."""
    places = verdicts(*ghosts, stay(3, 8, **OTHER), column="overlap_place")
    assert places == [None] * len(places)


def test_the_kept_duplicate_still_overlaps() -> None:
    twice = [stay(1, 5, stay_no="A")] * 2
    places = verdicts(*twice, stay(3, 8, **OTHER), column="overlap_place")
    assert places == [None, None, "住院.csv · 第2行"]


# Readmissions


@pytest.mark.parametrize(("begin", "gap"), [(5, 0), (20, 15), (21, None), (4, None)])
def test_a_short_gap_in_the_same_hospital_is_a_readmission(begin: int, gap: int | None) -> None:
    assert verdicts(stay(1, 5), stay(begin, 25), column="gap_days") == [None, gap]


def test_the_setting_moves_the_edge() -> None:
    assert verdicts(stay(1, 5), stay(6, 9), column="gap_days", days=0) == [None, None]


def test_readmissions_chain() -> None:
    stays = [stay(20, 25), stay(1, 5), stay(8, 12)]
    assert verdicts(*stays, column="gap_days") == [8, None, 3]


def test_another_hospital_or_person_is_no_readmission() -> None:
    stays = [stay(1, 5), stay(7, 9, **OTHER), stay(7, 9, id_raw=LI)]
    assert verdicts(*stays, column="gap_days") == [None, None, None]


def test_rejected_and_reversed_rows_are_no_readmission() -> None:
    """The second billing of a one-day stay is a duplicate, not a return on the same day."""
    once = stay(5, 5, stay_no="A")
    assert verdicts(once, once, column="gap_days") == [None, None]
    assert verdicts(stay(1, 5), back(stay(1, 5)), stay(7, 9), column="gap_days") == [
        None,
        None,
        None,
    ]


# Closed periods


def closed(*stays: Mapping[str, Any], status: str = "settled") -> pl.DataFrame:
    return table(
        *({"source": "旧.csv", "period": "2010Q1", "status": status} | dict(one) for one in stays)
    )


def test_a_stay_settled_before_is_named_with_its_period() -> None:
    """Such a stay is ST07 and neither an overlap nor a readmission."""
    found = pair_beside(table(stay(1, 5), stay(6, 9)), 15, closed(stay(1, 5)))[0]
    assert found["closed_place"].to_list() == ["2010Q1 · 旧.csv · 第2行", None]
    assert found["overlap_place"].to_list() == [None, None]
    assert found["gap_days"].to_list() == [None, 1]


def test_a_stay_held_before_may_come_again() -> None:
    found = pair_beside(table(stay(1, 5)), 15, closed(stay(1, 5), status="held"))[0]
    assert found.select("closed_place", "overlap_place").row(0) == (None, None)


def test_a_stay_that_waited_names_the_row_that_reports_it_anew() -> None:
    there = pair_beside(table(stay(1, 5)), 15, closed(stay(1, 5), status="held"))[1]
    assert there["restated_place"].to_list() == ["住院.csv · 第2行"]


def test_a_reversal_of_a_closed_stay_is_paired_and_frees_it() -> None:
    later = back(stay(1, 5), settled_on=day(95))
    again = stay(1, 5, total_fen=90_000, settled_on=day(96))
    found = pair_beside(table(later, again), 15, closed(stay(1, 5)))[0]
    assert found["reversed"].to_list() == [True, False]
    assert found["reverses_place"].to_list() == ["2010Q1 · 旧.csv · 第2行", None]
    assert found["closed_place"].to_list() == [None, None]


def test_closed_stays_are_partners_of_overlaps_and_never_judged() -> None:
    found = pair_beside(table(stay(3, 8, **OTHER)), 15, closed(stay(1, 5), stay(7, 20)))[0]
    assert found["overlap_place"].to_list() == ["2010Q1 · 旧.csv · 第2行"]


@pytest.mark.parametrize("status", ["rejected", "reversed"])
def test_closed_rows_that_did_not_take_place_are_no_partners(status: str) -> None:
    found = pair_beside(
        table(stay(1, 5), stay(3, 8, **OTHER)), 15, closed(stay(1, 5), status=status)
    )[0]
    assert found["closed_place"].to_list() == [None, None]


def test_a_closed_stay_that_was_taken_back_is_in_nobodys_way() -> None:
    found = pair_beside(table(stay(3, 8, **OTHER)), 15, closed(stay(1, 5), status="reversed"))[0]
    assert found["overlap_place"].to_list() == [None]


@pytest.mark.parametrize(("number", "paid"), [("S1", True), ("S2", False)])
def test_another_settlement_of_a_closed_visit_was_not_paid_before(number: str, paid: bool) -> None:
    """Where both rows have a 结算ID, it alone says whether they are one."""
    before = closed(stay(1, 5, stay_no="A", settlement_no="S1"))
    found = pair_beside(table(stay(1, 5, stay_no="A", settlement_no=number)), 15, before)[0]
    assert (found["closed_place"][0] is not None) is paid


@pytest.mark.parametrize("anew", [[], [stay(1, 5, stay_no="A")]])
def test_a_duplicate_stays_rejected_beside_one_that_waits(anew: list[dict[str, Any]]) -> None:
    """The stay that was kept is held for something else, and perhaps reported anew: it is not to be paid twice."""
    kept = stay(1, 5, stay_no="A", status="held", blocking="ST02")
    twice = stay(1, 5, stay_no="A", status="rejected", blocking="ST01")
    there = pair_beside(table(*anew), 15, closed(kept, twice))[1]
    assert there["twin"].to_list() == [None, "rejected"]
    alone = pair_beside(table(), 15, closed(twice))[1]
    assert alone["twin"].to_list() == [None]


@pytest.mark.parametrize(
    "judged",
    [
        {"was_refused": True, "status": "rejected"},
        {"was_released": "ST01", "status": "settled", "blocking": None},
    ],
)
def test_a_duplicate_that_people_judged_stays_one_for_overlaps(judged: dict[str, Any]) -> None:
    """As in the period itself: whatever was decided about a duplicate, nothing overlaps it while its double stands."""
    twice = [
        stay(1, 5, blocking="ST01", stay_no="A"),
        stay(1, 5, blocking="ST01", stay_no="A") | judged,
    ]
    both = closed(*twice, status="held")
    found = pair_beside(table(stay(3, 8, **OTHER)), 15, both)[0]
    assert found["overlap_place"].to_list() == [None]
    alone = pair_beside(table(stay(3, 8, **OTHER)), 15, both[1:])[0]
    assert alone["overlap_place"].to_list() == ["2010Q1 · 旧.csv · 第3行"]


# Laws


@st.composite
def bills(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A dozen rows that are close enough to collide in every way."""
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        begin = draw(st.integers(1, 6))
        rows.append(
            stay(
                begin,
                begin + draw(st.integers(-1, 4)),
                hospital=draw(st.sampled_from(["甲院", "乙院"])),
                id_raw=draw(st.sampled_from([WANG, LI, None])),
                stay_no=draw(st.sampled_from(["A", "B", None])),
                total_fen=draw(st.sampled_from([500, -500, 500, 600, None])),
                settled_on=draw(st.none() | st.integers(1, 9).map(day)),
            )
        )
    return rows


def overlaps_by_definition(found: pl.DataFrame) -> list[bool]:
    """The contract's sentence, row against row."""
    order = {row: n for n, row in enumerate(found.sort(*ORDERED, nulls_last=True)["row"])}
    rows = found.to_dicts()
    real = [
        one
        for one in rows
        if not (one["reversed"] or one["unpaired"] or one["twin"] in ("rejected", "differs"))
        and one["id_no"]
        and one["admitted_on"] <= one["discharged_on"]
    ]
    later = {
        b["row"]
        for a in real
        for b in real
        if a["id_no"] == b["id_no"]
        and a["admitted_on"] < b["discharged_on"]
        and b["admitted_on"] < a["discharged_on"]
        and (a["admitted_on"], order[a["row"]]) < (b["admitted_on"], order[b["row"]])
    }
    return [one["row"] in later for one in rows]


ORDERED = (
    "settled_or_discharged",
    "discharged_on",
    "admitted_on",
    "hospital",
    "stay_no",
    "source",
    "row",
)


@given(bills())
@settings(max_examples=30, deadline=None)
def test_overlaps_are_what_the_contract_says(rows: list[dict[str, Any]]) -> None:
    found = pair(table(*rows), 15)
    assert found["overlap_place"].is_not_null().to_list() == overlaps_by_definition(found)


@given(bills())
@settings(max_examples=30, deadline=None)
def test_every_family_of_duplicates_is_held_or_keeps_exactly_one(
    rows: list[dict[str, Any]],
) -> None:
    found = pair(table(*rows), 15)
    assert found.filter(pl.col("reversed") & pl.col("unpaired")).is_empty()
    back = found.filter("reversed")["total_fen"]
    assert back.sum() == 0
    assert (found["twin"].is_null() == found["twin_place"].is_null()).all()
    twins = found["twin"].to_list()
    assert (twins.count("kept") == 0) == (twins.count("rejected") == 0)
    assert found.filter(pl.col("twin").is_not_null() & (pl.col("total_fen") < 0)).is_empty()


@given(bills(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_shuffled_rows_get_the_same_verdicts(rows: list[dict[str, Any]], chance: Any) -> None:
    """Each row keeps its place in the file; only the order of the table changes."""
    frame = table(*rows)
    order = list(range(frame.height))
    chance.shuffle(order)
    found = pair(frame, 15).sort("row")
    assert pair(frame[order], 15).sort("row").equals(found)
    assert found.select(*PAIRING).schema == pl.Schema(PAIRING)
