"""Who stands on which public list, under what name, with what sums."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.notices.lines import ELIGIBLE, OTHER, amounts
from onestop_cli.notices.notices import FEW, Notice, Notices, notices_of, row_columns
from onestop_cli.notices.proof import proof_of
from onestop_cli.run import Run
from tests.made.notices import LAYERS, adjustment, entry, id_of, run_of, stay
from tests.made.publication import profiles
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


# What changes for closed stays


def test_an_adjustment_is_posted_like_a_stay_with_its_period_and_below_zero() -> None:
    boards = notices_of(run_of(stay(1), adjustments=[adjustment(2, name="李强")])).boards
    village = the(boards, "village")
    assert village.rows["note"].to_list() == ["", "上期调整（2010年第3季度）"]
    assert village.rows["basic_fen"].to_list() == [50_000, -50_000]
    assert (village.sums["rows"], village.sums["visits"], village.sums["basic_fen"]) == (2, 1, 0)


def test_an_adjustment_that_moves_no_payment_is_not_posted() -> None:
    waiting = adjustment(2, basic_payable_fen=0, assistance_payable_fen=0, basic_held_fen=9)
    assert notices_of(run_of(stay(1), adjustments=[waiting])).boards[0].sums["rows"] == 1


def test_boards_are_what_is_paid_with_the_adjustments() -> None:
    """500 + 300 and the offset of 2, less 800 that was taken back, but for 100 that came after all."""
    changes = [adjustment(3), adjustment(4, basic_payable_fen=10_000, assistance_payable_fen=0)]
    run = run_of(stay(1, assistance_offset_fen=200), adjustments=changes)
    proof = proof_of(run, notices_of(run))
    assert (proof.payable_fen, proof.offset_fen, proof.adjusted_fen) == (80_000, 200, -70_000)
    assert proof.paid_fen == 80_000 + 200 - 70_000


# What a row has


def test_a_row_has_these_columns_and_no_others() -> None:
    """No ID, birth date, diagnosis, phone or account: there is no place to put one."""
    notices = notices_of(made_run(50))
    wanted = ["number", "name", "mark", "place", "category", "hospital", "month", "note"]
    wanted += ["total_fen", "eligible_fen", "basic_fen", "assistance_fen"]
    wanted += ["owed_fen", "borne_fen", "self_fen"]
    assert list(row_columns(LAYERS)) == wanted
    assert all(notice.rows.columns == wanted for notice in notices.boards + notices.site)


def test_every_row_adds_up() -> None:
    rows = notices_of(made_run(200)).boards[0].rows
    parts = rows.select(
        pl.sum_horizontal("basic_fen", "assistance_fen", "owed_fen", "borne_fen", "self_fen")
    )
    assert parts.to_series().to_list() == rows["total_fen"].to_list()


def test_rows_are_numbered_from_one_on_every_list() -> None:
    for notice in notices_of(made_run(80)).boards:
        assert notice.rows["number"].to_list() == list(range(1, notice.sums["rows"] + 1))


def test_the_place_is_the_village_on_a_township_list_and_only_the_township_above() -> None:
    boards = notices_of(run_of(stay(1))).boards
    assert the(boards, "township").rows["place"].item() == "上湾村"
    assert the(boards, "county").rows["place"].item() == "白土乡"
    assert the(boards, "hospital").rows["place"].item() == "白土乡"


def test_eligible_costs_that_no_file_has_are_unknown_and_not_zero() -> None:
    notice = notices_of(run_of(stay(1, eligible_fen=None))).boards[0]
    assert notice.sums[ELIGIBLE] is None
    both = notices_of(run_of(stay(1, eligible_fen=None), stay(2))).boards[0]
    assert both.sums[ELIGIBLE] == 80_000


# Names


def test_full_names_are_on_village_and_township_boards_only() -> None:
    boards = notices_of(run_of(stay(1))).boards
    shown = {level: names_on(boards, level) for level in ("village", "township", "county")}
    assert shown == {"village": ["王小明"], "township": ["王小明"], "county": ["王*明"]}
    assert names_on(boards, "hospital") == ["王*明"]


def test_asking_for_names_changes_all_boards_and_never_the_site() -> None:
    notices = notices_of(run_of(stay(1)), profiles(names=True))
    assert {name for notice in notices.boards for name in notice.rows["name"]} == {"王小明"}
    assert {name for notice in notices.site for name in notice.rows["name"]} == {"王*明"}


def test_minors_are_masked_on_full_boards() -> None:
    young = stay(1, id_no=id_of(1, born="19921110"), discharged_on=date(2010, 11, 9))
    assert names_on(notices_of(run_of(young)).boards, "village") == ["王*明"]


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


# What a profile shows


def site(run: Run, level: str = "township", **shown: Any) -> Notice:
    """The only list of a level on a site with this profile."""
    return the(notices_of(run, profiles(site=shown)).site, level)


def levels_of(lists: tuple[Notice, ...]) -> set[str]:
    return {notice.level for notice in lists}


def test_the_site_is_by_township_unless_villages_are_wanted() -> None:
    usual = notices_of(run_of(stay(1)))
    assert levels_of(usual.site) == {"county", "township", "hospital"}
    assert the(usual.site, "township").rows["place"].item() == ""
    fine = notices_of(run_of(stay(1)), profiles(site={"place": "village"}))
    assert levels_of(fine.site) == {"county", "township", "village", "hospital"}
    assert the(fine.site, "township").rows["place"].item() == "上湾村"


def test_a_site_without_hospitals_has_no_lists_and_no_sums_of_them() -> None:
    notices = notices_of(run_of(stay(1)), profiles(site={"hospital": False}))
    assert levels_of(notices.site) == {"county", "township"}
    assert [part.title for part in the(notices.site, "county").parts] == ["各乡镇汇总"]


def test_a_month_that_is_not_to_be_shown_is_in_no_row() -> None:
    assert site(run_of(stay(1)), month=False).rows["month"].to_list() == [""]


def test_without_names_there_are_sums_by_category_and_no_rows() -> None:
    notice = site(run_of(stay(1), stay(2, category="五保户")), names="none")
    assert notice.rows.is_empty()
    assert notice.rest is None
    (part,) = notice.parts
    assert part.table["label"].to_list() == ["农村低保户", "五保户"]
    assert part.table["total_fen"].sum() == notice.sums["total_fen"] == 200_000


def test_people_without_a_category_have_a_name_in_the_sums() -> None:
    notice = site(run_of(stay(1, category=None), stay(2)), names="none")
    assert notice.parts[0].table["label"].to_list() == ["无救助类别", "农村低保户"]


def test_boards_of_a_level_have_a_profile_of_their_own() -> None:
    board = {"village": {"names": "masked"}, "county": {"names": "none"}}
    boards = notices_of(run_of(stay(1)), profiles(board=board)).boards
    assert names_on(boards, "village") == ["王*明"]
    assert names_on(boards, "township") == ["王小明"]
    assert names_on(boards, "county") == []


# How far people are given away


def listed(count: int, **changes: Any) -> list[dict[str, Any]]:
    """People on the roster whose masked names, categories and homes are alike."""
    return [entry(number, **changes) for number in range(1, count + 1)]


@pytest.mark.parametrize(("alike", "alone"), [(1, 1), (2, 0), (3, 0)])
def test_whoever_is_the_only_match_on_the_roster_is_given_away(alike: int, alone: int) -> None:
    exposed = site(run_of(stay(1), roster=listed(alike))).exposed
    assert (exposed.people, exposed.alone) == (1, alone)


@pytest.mark.parametrize(
    "other",
    [{"name": "李小明"}, {"category": "五保户"}, {"township": "云谷乡"}],
    ids=["another name", "another category", "another township"],
)
def test_people_who_differ_in_what_is_shown_are_no_match(other: dict[str, Any]) -> None:
    run = run_of(stay(1), roster=[entry(1), entry(2, **other)])
    assert site(run).exposed.alone == 1


def test_a_village_that_is_not_shown_does_not_give_away() -> None:
    run = run_of(stay(1), roster=[entry(1), entry(2, village="下湾村")])
    assert site(run).exposed.alone == 0
    assert site(run, place="village").exposed.alone == 1


def test_whoever_is_on_no_roster_is_not_found_on_it() -> None:
    assert site(run_of(stay(1), roster=[entry(2, name="李强")])).exposed.alone == 0


def test_rows_that_fewer_than_k_people_fit_go_into_a_sum_line() -> None:
    roster = [*listed(3), entry(4, name="李强")]
    run = run_of(stay(1), stay(4, name="李强"), roster=roster)
    notice = site(run, k=3)
    assert notice.rows["name"].to_list() == ["王*明"]
    assert notice.rest is not None
    assert (notice.rest["rows"], notice.rest["total_fen"]) == (1, 100_000)
    assert notice.sums["total_fen"] == 200_000
    assert notice.exposed.alone == 0


def test_with_k_nobody_on_a_site_is_the_only_match() -> None:
    people = [entry(number, name=f"王{chr(0x4E00 + number % 9)}明") for number in range(60)]
    stays = [stay(number, name=person["name"]) for number, person in enumerate(people)]
    notices = notices_of(run_of(*stays, roster=people), profiles(site={"k": 3}))
    assert all(notice.exposed.alone == 0 for notice in notices.site)
    whole = notices_of(run_of(*stays, roster=people)).site
    assert [n.sums for n in notices.site] == [n.sums for n in whole]


def test_small_categories_stand_in_one_line_of_k_people_or_more() -> None:
    categories = ["农村低保户"] * 5 + ["五保户"] * 4 + ["重点优抚对象"]
    stays = [stay(number, category=name) for number, name in enumerate(categories)]
    (part,) = site(run_of(*stays), names="none", k=3).parts
    assert dict(part.table.select("label", "people").iter_rows()) == {"农村低保户": 5, FEW: 5}


# Hospitals that tell


REGISTER = {
    "hospital": ["示例县人民医院", "临江市精神病医院", "临江市人民医院"],
    "level": ["county", "city", "city"],
}


def test_a_telling_hospital_stands_behind_its_level_with_all_others_of_it() -> None:
    stays = [stay(1), stay(2, hospital="临江市精神病医院", level="city"),
             stay(3, hospital="临江市人民医院", level="city")]  # fmt: skip
    notices = notices_of(run_of(*stays, register=REGISTER))
    hospitals = [board.hospital for board in notices.boards if board.hospital]
    assert sorted(hospitals) == ["市级定点医疗机构", "示例县人民医院"]
    shown = the(notices.boards, "village").rows["hospital"]
    assert sorted(shown) == ["市级定点医疗机构", "市级定点医疗机构", "示例县人民医院"]
    summary = notices.boards[0].parts[1].table["label"].to_list()
    assert summary == ["示例县人民医院", "市级定点医疗机构"]


def test_no_row_of_any_list_can_be_traced_to_a_telling_hospital() -> None:
    """The elimination attack: behind every label on any list stand hospitals that tell nothing, none of them named."""
    stays = [
        stay(number, hospital=REGISTER["hospital"][number % 3], level=REGISTER["level"][number % 3])
        for number in range(9)
    ]
    notices = notices_of(run_of(*stays, register=REGISTER))
    shown: dict[str, set[str]] = {}
    for hospital, level in zip(REGISTER["hospital"], REGISTER["level"], strict=True):
        label = notices.labels.by_level.get(level, hospital)
        shown.setdefault(label, set()).add(hospital)
    for notice in (*notices.boards, *notices.site):
        labels = {notice.hospital} if notice.hospital else set(notice.rows["hospital"])
        labels |= {
            text
            for part in notice.parts
            if part.level == "hospital"
            for text in part.table["label"]
        }
        for label in labels:
            assert shown[str(label)] - {"临江市精神病医院"}, (notice.key, label)
        assert "临江市人民医院" not in labels


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
    return {key: sum(notice.sums[key] or 0 for notice in lists) for key in keys}


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
            assert board.rows[key].sum() == (board.sums[key] or 0)
            assert all(part.table[key].sum() == (board.sums[key] or 0) for part in board.parts)


PROFILES = st.fixed_dictionaries(
    {
        "names": st.sampled_from(["full", "masked", "none"]),
        "hospital": st.booleans(),
        "month": st.booleans(),
        "place": st.sampled_from(["village", "township"]),
        "k": st.sampled_from([None, 2, 5]),
    }
)


@settings(max_examples=25, deadline=None)
@given(profile=PROFILES)
def test_no_profile_changes_a_sum(profile: dict[str, Any]) -> None:
    run = made_run(40)
    levels = dict.fromkeys(("village", "township", "county", "hospital"), profile)
    usual = {notice.key: notice.sums for notice in notices_of(run).boards}
    shown = notices_of(run, profiles(board=levels, site=profile))
    for notice in (*shown.boards, *shown.site):
        assert notice.sums == usual[notice.key]
        if profile["names"] != "none":
            rest = notice.rest["total_fen"] if notice.rest else 0
            assert notice.rows["total_fen"].sum() + rest == notice.sums["total_fen"]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_stays_changes_nothing(seed: int) -> None:
    run = made_run(40)
    mixed = run.stays.sample(fraction=1, shuffle=True, seed=seed)
    shuffled = type(run)(run.info, mixed, run.findings, run.roster, run.quarantine)
    pairs = zip(notices_of(run).boards, notices_of(shuffled).boards, strict=True)
    assert all(one.rows.equals(other.rows) and one.sums == other.sums for one, other in pairs)
