"""Who stands on which public list, under what name, with what sums."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.notices.notices import OTHER, Notice, Notices, amounts, notices_of, row_columns
from tests.made.notices import LAYERS, id_of, run_of, stay
from tests.made.run import made_run


def the(lists: tuple[Notice, ...], level: str, **place: str) -> Notice:
    """The one list of this level and place."""
    (found,) = [
        notice
        for notice in lists
        if notice.level == level and all(getattr(notice, key) == place[key] for key in place)
    ]
    return found


def names_on(lists: tuple[Notice, ...], level: str) -> list[str]:
    """The names on the only list of a level."""
    return the(lists, level).rows["name"].to_list()


# Which stays


@pytest.mark.parametrize("status", ["held", "rejected", "reversed"])
def test_only_settled_stays_are_posted(status: str) -> None:
    notices = notices_of(run_of(stay(1), stay(2, status=status)))
    assert notices.boards[0].sums["rows"] == 1


def test_a_stay_without_any_payment_is_not_posted() -> None:
    unpaid = stay(2, basic_payable_fen=0, assistance_payable_fen=None)
    assert notices_of(run_of(stay(1), unpaid)).boards[0].sums["rows"] == 1


def test_an_offset_is_a_payment() -> None:
    shifted = stay(1, basic_payable_fen=0, assistance_payable_fen=0, assistance_offset_fen=7)
    assert notices_of(run_of(shifted)).boards[0].sums["assistance_fen"] == 7


def test_a_run_without_payments_still_has_a_county_list() -> None:
    (county,) = notices_of(run_of(stay(1, status="held"))).boards
    assert (county.level, county.sums["rows"], county.sums["total_fen"]) == ("county", 0, 0)


# What a row has


def test_a_row_has_these_columns_and_no_others() -> None:
    """No ID, birth date, diagnosis, phone or account: there is no place to put one."""
    notices = notices_of(made_run(50))
    wanted = ["number", "name", "mark", "place", "category", "hospital", "month", "total_fen"]
    wanted += ["basic_fen", "assistance_fen", "owed_fen", "self_fen"]
    assert list(row_columns(LAYERS)) == wanted
    assert all(notice.rows.columns == wanted for notice in notices.boards + notices.site)


def test_every_row_adds_up() -> None:
    rows = notices_of(made_run(200)).boards[0].rows
    parts = rows.select(pl.sum_horizontal("basic_fen", "assistance_fen", "owed_fen", "self_fen"))
    assert parts.to_series().to_list() == rows["total_fen"].to_list()


def test_rows_are_numbered_from_one_on_every_list() -> None:
    for notice in notices_of(made_run(80)).boards:
        assert notice.rows["number"].to_list() == list(range(1, notice.sums["rows"] + 1))


def test_the_place_is_the_village_on_a_township_list_and_only_the_township_above() -> None:
    boards = notices_of(run_of(stay(1))).boards
    assert the(boards, "township").rows["place"].item() == "上湾村"
    assert the(boards, "county").rows["place"].item() == "白土乡"
    assert the(boards, "hospital").rows["place"].item() == "白土乡"


# Names


def test_full_names_are_on_village_and_township_boards_only() -> None:
    boards = notices_of(run_of(stay(1))).boards
    shown = {level: names_on(boards, level) for level in ("village", "township", "county")}
    assert shown == {"village": ["王小明"], "township": ["王小明"], "county": ["王*明"]}
    assert names_on(boards, "hospital") == ["王*明"]


def test_asking_for_names_changes_all_boards_and_never_the_site() -> None:
    notices = notices_of(run_of(stay(1)), names=True)
    assert {name for notice in notices.boards for name in notice.rows["name"]} == {"王小明"}
    assert {name for notice in notices.site for name in notice.rows["name"]} == {"王*明"}


@pytest.mark.parametrize(
    ("discharged", "shown"),
    [
        (date(2010, 11, 9), "王*明"),
        (date(2010, 11, 10), "王小明"),
        (date(2010, 11, 11), "王小明"),
    ],
)
def test_minors_are_masked_until_the_eighteenth_birthday(discharged: date, shown: str) -> None:
    young = stay(1, id_no=id_of(1, born="19921110"), discharged_on=discharged)
    assert names_on(notices_of(run_of(young), names=True).boards, "village") == [shown]


def test_whoever_has_no_id_is_masked() -> None:
    assert names_on(notices_of(run_of(stay(1, id_no=None))).boards, "village") == ["王*明"]


def test_an_endless_name_is_cut() -> None:
    (name,) = names_on(notices_of(run_of(stay(1, name="明" * 300))).boards, "village")
    assert name == "明" * 40 + "…"


# People of one name


def marks(*stays: dict[str, object], level: str = "village") -> list[str]:
    """The marks on the list of a level, in the order of the list."""
    return the(notices_of(run_of(*stays)).boards, level).rows["mark"].to_list()


def test_people_of_one_name_are_told_apart_by_the_fewest_last_characters() -> None:
    first, second = id_of(1), id_of(2)
    assert first[-1] != second[-1]
    assert marks(stay(1), stay(2)) == [first[-1], second[-1]]


def test_more_characters_where_the_last_one_is_the_same_but_never_over_four() -> None:
    twins = [stay(1, id_no="639900196001010015"), stay(2, id_no="639900196001020015")]
    assert marks(*twins) == ["0015", "0015"]


def test_one_person_with_two_stays_needs_no_mark() -> None:
    assert marks(stay(1), stay(2, id_no=id_of(1))) == ["", ""]


def test_names_alike_in_different_villages_are_marked_on_the_township_list_only() -> None:
    pair = [stay(1), stay(2, village="下湾村")]
    boards = notices_of(run_of(*pair)).boards
    village = the(boards, "village", village="上湾村")
    assert village.rows["mark"].to_list() == [""]
    assert "" not in the(boards, "township").rows["mark"]


def test_masked_names_have_no_mark() -> None:
    children = [stay(number, id_no=id_of(number, born="20000101")) for number in (1, 2)]
    assert marks(*children) == ["", ""]
    notices = notices_of(run_of(stay(1), stay(2)))
    assert {mark for notice in notices.site for mark in notice.rows["mark"]} == {""}
    assert marks(stay(1), stay(2), level="county") == ["", ""]


# Hospitals and categories that tell


def test_a_telling_hospital_is_printed_by_its_level_and_has_no_page() -> None:
    notices = notices_of(run_of(stay(1), stay(2, hospital="临江市精神病医院", level="city")))
    assert [board.hospital for board in notices.boards if board.hospital] == ["示例县人民医院"]
    shown = the(notices.boards, "village").rows["hospital"]
    assert sorted(shown) == ["市级定点医疗机构", "示例县人民医院"]
    summary = notices.boards[0].parts[1].table["label"].to_list()
    assert summary == ["示例县人民医院", "市级定点医疗机构"]


# Places


def test_people_without_a_place_stand_under_other() -> None:
    boards = notices_of(
        run_of(stay(1, village=None), stay(2, township=None, village=None), stay(3))
    ).boards
    villages = [(board.township, board.village) for board in boards if board.level == "village"]
    assert villages == [("白土乡", "上湾村"), ("白土乡", OTHER), (OTHER, OTHER)]
    assert the(boards, "village", township="白土乡", village=OTHER).place == "白土乡（未登记到村）"
    assert the(boards, "township", township=OTHER).place == "（未登记到乡镇）"


def totals(lists: list[Notice]) -> dict[str, int]:
    """The sums of several lists, added up."""
    keys = ("rows", *amounts(LAYERS))
    return {key: sum(notice.sums[key] for notice in lists) for key in keys}


def at(notices: Notices, level: str, township: str | None = None) -> list[Notice]:
    """The boards of a level, of one township or all."""
    boards = [board for board in notices.boards if board.level == level]
    return [board for board in boards if township in (None, board.township)]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(0, 60), lost=st.integers(2, 9))
def test_sums_close_at_every_level(seed: int, size: int, lost: int) -> None:
    """Villages = township, townships = county, county = payable + offset of the run."""
    run = made_run(size, seed=seed)
    gone = pl.int_range(pl.len())
    stays = run.stays.with_columns(
        village=pl.when(gone % lost != 0).then("village"),
        township=pl.when(gone % (lost * 2) != 0).then("township"),
    )
    notices = notices_of(type(run)(run.info, stays, run.findings, run.roster, run.quarantine))
    (county,) = at(notices, "county")
    for board in at(notices, "township"):
        assert totals(at(notices, "village", board.township)) == totals([board])
    assert totals(at(notices, "township")) == totals([county])
    settled = stays.filter(status="settled")
    for layer in LAYERS:
        paid = settled[f"{layer}_payable_fen"].sum() + settled[f"{layer}_offset_fen"].sum()
        assert county.sums[f"{layer}_fen"] == paid
    for board in notices.boards:
        for key in amounts(LAYERS):
            assert board.rows[key].sum() == board.sums[key]
            assert all(part.table[key].sum() == board.sums[key] for part in board.parts)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_stays_changes_nothing(seed: int) -> None:
    run = made_run(40)
    mixed = run.stays.sample(fraction=1, shuffle=True, seed=seed)
    shuffled = type(run)(run.info, mixed, run.findings, run.roster, run.quarantine)
    pairs = zip(notices_of(run).boards, notices_of(shuffled).boards, strict=True)
    assert all(one.rows.equals(other.rows) and one.sums == other.sums for one, other in pairs)
