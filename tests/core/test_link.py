"""A stay finds its roster entry, its category and its village, and nothing is guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.core.identify import identify, make_id
from onestop_cli.core.link import link
from onestop_cli.core.roster import understand_roster
from onestop_cli.rosters.quality import roster_faults
from onestop_cli.tables.schema import LINK, READ_ROSTER, READ_STAYS

WANG = make_id("63990119800101123")
LI = make_id("63990219520315000")
NOBODY = make_id("63990319700707321")
PRIORITY = ("五保户", "重点优抚对象", "农村低保户")
NAMES = {"特困供养": "五保户", "低保": "农村低保户", "优抚": "重点优抚对象", "无": None}
DAY = date(2010, 11, 1)


def entry(**changes: Any) -> dict[str, Any]:
    """王强, 农村低保户 since ever, of 石湾镇石上庄村."""
    home = {"township": "石湾镇", "village": "石上庄村"}
    return {"name": "王强", "id_raw": WANG, "category_raw": "低保", **home, **changes}


def stay(**changes: Any) -> dict[str, Any]:
    return {"name": "王强", "id_raw": WANG, "admitted_on": DAY, **changes}


def roster(*entries: dict[str, Any]) -> pl.DataFrame:
    rows = [
        {"source": "低保.csv", "row": row, "id_numeric": False, **one}
        for row, one in enumerate(entries, start=2)
    ]
    return understand_roster(
        pl.DataFrame(rows, schema=dict(READ_ROSTER)), lambda text: NAMES.get(text, text)
    )


def table(*stays: dict[str, Any]) -> pl.DataFrame:
    rows = [
        {"source": "住院.csv", "row": row, "id_numeric": False, **one}
        for row, one in enumerate(stays, start=2)
    ]
    return identify(pl.DataFrame(rows, schema=dict(READ_STAYS)))


def linked(stays: pl.DataFrame, entries: pl.DataFrame, overlap: Any = "priority") -> pl.DataFrame:
    return link(stays, entries, priority=PRIORITY, overlap=overlap, day_column="admitted_on")


def one(stay_row: dict[str, Any], *entries: dict[str, Any], **options: Any) -> dict[str, Any]:
    """What is said about a single stay."""
    return linked(table(stay_row), roster(*entries), **options).row(0, named=True)


# Entitlement


def test_a_listed_person_is_entitled_in_the_house_name_of_the_category() -> None:
    found = one(stay(), entry())
    assert (found["listed"], found["entitled"], found["category"]) == (True, True, "农村低保户")
    assert (found["township"], found["village"]) == ("石湾镇", "石上庄村")
    assert (found["roster_name"], found["lapse"], found["suggestion"]) == (None, None, None)
    assert found["roster_place"] == "低保.csv · 第2行"


def test_somebody_on_no_roster_is_neither_listed_nor_entitled() -> None:
    found = one(stay(id_raw=NOBODY, name="李梅"), entry())
    assert (found["listed"], found["entitled"], found["category"]) == (False, False, None)
    assert found["categories"] == []


@pytest.mark.parametrize(
    ("day", "lapse"),
    [
        (date(2010, 10, 31), "农村低保户：2010-11-01 起享受，当时尚未开始"),
        (date(2010, 11, 1), None),
        (date(2010, 11, 30), None),
        (date(2010, 12, 1), "农村低保户：待遇已于 2010-11-30 终止"),
        (None, "农村低保户：日期缺失，无法核对待遇期"),
    ],
)
def test_first_and_last_day_are_inclusive(day: date | None, lapse: str | None) -> None:
    period = {"from_on": date(2010, 11, 1), "to_on": date(2010, 11, 30)}
    found = one(stay(admitted_on=day), entry(**period))
    assert (found["lapse"], found["entitled"]) == (lapse, lapse is None)
    assert found["listed"]
    assert (found["category"] is None) == (lapse is not None)


def test_the_day_looked_at_is_the_documents_choice() -> None:
    stays = table(stay(discharged_on=date(2010, 12, 5)))
    entries = roster(entry(from_on=date(2010, 12, 1)))
    found = link(stays, entries, priority=PRIORITY, overlap="priority", day_column="discharged_on")
    assert found["entitled"].item()


STATES = [
    ("正常", True), ("停保", False), ("低保注销", False), ("未停保", True), ("已恢复停发", True),
    ("停发，未恢复", False), ("手续不全停发", False), ("正常；暂停", False), ("不再享受", False), ("未失效", True),
]  # fmt: skip


@pytest.mark.parametrize(("status", "entitled"), STATES)
def test_a_status_without_date_ends_the_entitlement(status: str, entitled: bool) -> None:
    found = one(stay(), entry(status_raw=status))
    assert found["entitled"] == entitled
    assert found["lapse"] == (None if entitled else f"农村低保户：花名册状态为“{status}”")


def test_a_status_with_a_date_ends_it_on_that_day() -> None:
    assert one(stay(), entry(status_raw="停保", to_on=DAY))["entitled"]


@pytest.mark.parametrize(
    ("category", "lapse"),
    [(None, "花名册没有写明救助类别"), ("无", "花名册类别“无”不享受医疗救助")],
)
def test_an_entry_without_category_entitles_to_nothing(category: str | None, lapse: str) -> None:
    found = one(stay(), entry(category_raw=category))
    assert (found["listed"], found["entitled"]) == (True, False)
    assert (found["lapse"], found["unknown_kind"]) == (lapse, None)


# Several categories


def test_somebody_listed_twice_beside_somebody_on_no_roster_are_two_people() -> None:
    both = roster(entry(category_raw="低保"), entry(category_raw="优抚"))
    found = linked(table(stay(id_raw=NOBODY), stay()), both)
    assert found["listed"].to_list() == [False, True]
    assert found["category"].to_list() == [None, "重点优抚对象"]


def test_the_first_category_by_priority_applies_and_all_are_named() -> None:
    found = one(stay(), entry(), entry(category_raw="特困供养"))
    assert (found["category"], found["categories_valid"]) == ("五保户", "五保户、农村低保户")
    assert found["categories"] == ["五保户"]
    assert found["roster_place"] == "低保.csv · 第3行"


@pytest.mark.parametrize("overlap", ["best", "stack"])
def test_where_the_document_weighs_several_all_known_ones_are_handed_on(overlap: str) -> None:
    found = one(
        stay(), entry(), entry(category_raw="优抚"), entry(category_raw="残疾人"), overlap=overlap
    )
    assert found["categories"] == ["重点优抚对象", "农村低保户"]
    assert found["categories_valid"] == "重点优抚对象、农村低保户"


def test_an_ended_category_gives_way_to_a_valid_one() -> None:
    found = one(stay(), entry(), entry(category_raw="五保户", to_on=date(2010, 10, 1)))
    assert (found["category"], found["categories_valid"]) == ("农村低保户", None)


def test_a_kind_the_documents_do_not_know_is_a_question_and_no_category() -> None:
    found = one(stay(), entry(category_raw="残疾人"), entry(category_raw="老人"))
    assert (found["category"], found["entitled"], found["categories"]) == (None, False, [])
    assert (found["listed"], found["unknown_kind"]) == (True, "残疾人、老人")
    assert one(stay(), entry(category_raw="残疾人"))["lapse"] == "残疾人：政策没有提到“残疾人”"


def test_a_kind_nobody_knows_is_no_question_where_another_applies_or_it_is_over() -> None:
    assert one(stay(), entry(category_raw="残疾人"), entry())["unknown_kind"] is None
    over = entry(category_raw="残疾人", to_on=date(2010, 10, 1))
    assert one(stay(), over)["unknown_kind"] is None


def test_several_categories_in_one_cell_are_several_entries() -> None:
    rows = pl.DataFrame(
        [{"source": "a", "row": 2, "id_numeric": False, **entry(category_raw="低保,特困")}],
        schema=dict(READ_ROSTER),
    )
    understood = understand_roster(
        rows, lambda text: [NAMES.get(t, t) or t for t in ("低保", "特困供养")]
    )
    assert understood["category"].to_list() == ["农村低保户", "五保户"]
    found = linked(table(stay()), understood).row(0, named=True)
    assert (found["category"], found["categories_valid"]) == ("五保户", "五保户、农村低保户")


# Days in doubt


def between(part: str, first: date, last: date) -> dict[str, date]:
    return {f"{part}_earliest": first, f"{part}_latest": last}


AROUND = (date(2010, 10, 1), date(2010, 12, 1))
BEFORE = (date(2010, 6, 1), date(2010, 10, 31))
AFTER = (date(2010, 11, 2), date(2010, 12, 31))


@pytest.mark.parametrize(
    ("part", "bounds", "entitled", "doubtful"),
    [
        ("from", AROUND, False, True), ("from", BEFORE, True, False), ("from", AFTER, False, False),
        ("to", AROUND, False, True), ("to", BEFORE, False, False), ("to", AFTER, True, False),
        ("from", (date(2010, 10, 1), DAY), True, False), ("to", (DAY, date(2010, 12, 1)), True, False),
    ],
)  # fmt: skip
def test_a_day_in_doubt_counts_only_where_a_reading_would_change_the_right(
    part: str, bounds: tuple[date, date], entitled: bool, doubtful: bool
) -> None:
    found = one(
        stay(), entry(**between(part, *bounds), date_fault="停止日期“月底”不是看得懂的日期")
    )
    assert found["entitled"] == entitled
    assert (found["doubt"] is not None) == doubtful
    if doubtful:
        assert found["doubt"] == "花名册（低保.csv · 第2行）停止日期“月底”不是看得懂的日期"


def test_doubt_about_an_entry_that_is_over_anyway_changes_nothing() -> None:
    found = one(stay(), entry(**between("from", *AROUND), to_on=date(2010, 10, 31)))
    assert (found["entitled"], found["doubt"]) == (False, None)


@pytest.mark.parametrize(
    ("sure", "open_", "doubtful"),
    [("五保户", "低保", False), ("低保", "五保户", True), ("低保", "低保", False)],
)
def test_doubt_about_a_category_that_would_not_apply_changes_nothing(
    sure: str, open_: str, doubtful: bool
) -> None:
    found = one(
        stay(), entry(category_raw=sure), entry(category_raw=open_, **between("to", *AROUND))
    )
    assert found["entitled"]
    assert (found["doubt"] is not None) == doubtful


def test_where_the_best_counts_every_category_in_doubt_matters() -> None:
    entries = [entry(category_raw="五保户"), entry(**between("to", *AROUND))]
    assert one(stay(), *entries, overlap="best")["doubt"] is not None


def test_a_state_of_stopped_without_a_day_is_in_doubt() -> None:
    found = one(stay(), entry(status_raw="停保"))
    assert found["doubt"] == "花名册（低保.csv · 第2行）状态为“停保”，没有写明日期"
    assert one(stay(), entry(reason_raw="收入超标"))["doubt"] is not None
    assert one(stay(), entry(status_raw="停保", to_on=date(2010, 10, 1)))["doubt"] is None
    assert one(stay(), entry(status_raw="停保", from_on=date(2010, 12, 1)))["doubt"] is None


# Deaths


def dead(changes: dict[str, str]) -> dict[str, Any]:
    return roster(entry(**changes)).row(0, named=True)


def test_a_day_among_the_words_is_the_day_of_death() -> None:
    assert dead({"remark_raw": "2010年9月1日病故"})["deceased_on"] == date(2010, 9, 1)
    found = one(stay(), entry(remark_raw="2010年9月1日病故"))
    assert (found["died_on"], found["died_latest"]) == (date(2010, 9, 1), None)


def test_a_death_without_a_day_lies_before_every_admission() -> None:
    found = one(stay(), entry(status_raw="病故"))
    assert found["died_on"] is None
    assert found["died_latest"] < DAY
    assert found["dead_said"] == "病故"


def test_a_death_in_doubt_lies_between_two_days() -> None:
    found = one(stay(), entry(**between("died", *AROUND)))
    assert (found["died_earliest"], found["died_latest"]) == AROUND
    found = one(stay(), entry(status_raw="死亡", **between("to", *AROUND)))
    assert (found["died_earliest"], found["died_latest"]) == AROUND


def test_the_same_entry_twice_is_one_category() -> None:
    stays = linked(table(stay()), roster(entry(), entry()))
    assert stays.height == 1
    assert stays["categories_valid"].item() is None


# Names, deaths


def test_the_same_id_under_another_name_is_said_and_entitles_to_nothing() -> None:
    found = one(stay(name="王强甲"), entry(), entry(name="王墙"))
    assert (found["roster_name"], found["listed"], found["category"]) == ("王强、王墙", False, None)
    assert (found["township"], found["suggestion"]) == (None, None)


def test_a_name_that_fits_one_of_several_entries_is_enough() -> None:
    found = one(stay(), entry(name="王墙", category_raw="五保户"), entry())
    assert (found["roster_name"], found["category"]) == (None, "农村低保户")


@pytest.mark.parametrize(("here", "there"), [(None, "王强"), ("王强", None)])
def test_an_id_without_a_name_entitles_to_nothing(here: str | None, there: str | None) -> None:
    found = one(stay(name=here), entry(name=there))
    assert (found["listed"], found["entitled"]) == (False, False)


def test_middle_dots_and_blanks_are_no_other_name() -> None:
    assert one(stay(name="才让・卓玛"), entry(name="才让· 卓玛"))["entitled"]


def test_the_earliest_day_of_death_counts() -> None:
    deaths = [entry(died_on=date(2010, 9, 9)), entry(category_raw="优抚", died_on=date(2010, 8, 8))]
    assert one(stay(), *deaths)["died_on"] == date(2010, 8, 8)


@pytest.mark.parametrize("status", ["死亡", "户籍注销"])
def test_the_end_of_a_dead_persons_entry_is_the_day_of_death(status: str) -> None:
    found = one(stay(), entry(status_raw=status, to_on=date(2010, 10, 1)))
    assert found["died_on"] == date(2010, 10, 1)


def test_the_end_of_a_living_persons_entry_is_no_death() -> None:
    assert one(stay(), entry(status_raw="低保注销", to_on=date(2010, 10, 1)))["died_on"] is None


# Places

PLACES = [
    entry(id_raw=LI, name="李梅"),
    entry(id_raw=None, name="甲", village="东沟村"),
    entry(id_raw=None, name="乙", township="上河镇", village="东沟村"),
    entry(id_raw=None, name="丙", township="云谷乡", village="云前营村"),
]


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ({"township_raw": "石湾镇", "village_raw": "东沟村"}, ("石湾镇", "东沟村")),
        ({"township_raw": "石 湾镇"}, ("石湾镇", None)),
        ({"address_raw": "示例县上河镇东沟村3社12号"}, ("上河镇", "东沟村")),
        ({"address_raw": "某省某市示例县石湾镇石上庄村"}, ("石湾镇", "石上庄村")),
        ({"village_raw": "云前营村"}, ("云谷乡", "云前营村")),
        ({"village_raw": "东沟村"}, (None, None)),
        ({"township_raw": "石湾镇", "village_raw": "云前营村"}, ("石湾镇", None)),
        ({"township_raw": "西乡", "village_raw": "云前营村"}, (None, None)),
        ({"address_raw": "西乡云前营村"}, (None, None)),
        ({"address_raw": "新上河镇东沟村"}, (None, None)),
        ({"address_raw": "石湾镇新石上庄村"}, ("石湾镇", None)),
        ({"address_raw": "石湾镇石上庄村，现住上河镇"}, (None, None)),
        ({"address_raw": "外县"}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_the_export_names_a_place_only_where_it_is_known(
    raw: dict[str, str], place: tuple[str | None, str | None]
) -> None:
    found = one(stay(id_raw=NOBODY, name="赵林", **raw), *PLACES)
    assert (found["township"], found["village"]) == place


def test_the_roster_knows_better_where_somebody_lives() -> None:
    found = one(stay(township_raw="云谷乡", village_raw="云前营村"), entry(), *PLACES)
    assert (found["township"], found["village"]) == ("石湾镇", "石上庄村")


def test_a_roster_without_places_knows_none() -> None:
    found = one(stay(township_raw="石湾镇"), entry(township=None, village=None))
    assert (found["township"], found["village"]) == (None, None)


# Suggestions


def wrong_at(place: int) -> str:
    return WANG[:place] + str((int(WANG[place]) + 1) % 10) + WANG[place + 1 :]


LIKELY = f"疑似花名册中 王强（证号末四位 {WANG[14:]}，石上庄村），请核实"


@pytest.mark.parametrize(
    "changes",
    [
        {"id_raw": wrong_at(2)},
        {"id_raw": wrong_at(16)},
        {"id_raw": WANG[:5] + WANG[6:]},
        {"id_raw": WANG[:9] + "0" + WANG[9:]},
        {"id_raw": WANG[:17]},
        {"id_raw": make_id("63990519800101777")},
        {"id_raw": None, "birth_on": date(1980, 1, 1)},
        {"id_raw": "6.39901198001011e+17", "id_numeric": True},
        {"id_raw": WANG[:15] + "000", "id_numeric": True},
        {"id_raw": f"{WANG[:6]}********{WANG[14:]}"},
    ],
)
def test_a_likely_person_is_suggested_and_never_taken(changes: dict[str, Any]) -> None:
    """The same name, and the birth, the safe digits, or all but one character of the ID."""
    found = one(stay(**changes), entry())
    assert found["suggestion"] == LIKELY
    assert (found["listed"], found["category"]) == (False, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"id_raw": None},
        {"id_raw": NOBODY},
        {"id_raw": wrong_at(2), "name": "王墙"},
        {"id_raw": wrong_at(2)[:12] + "9" + wrong_at(2)[13:]},
        {"id_raw": "6.39E+17", "id_numeric": True},
        {"id_raw": f"639909********{WANG[14:]}"},
    ],
)
def test_a_name_alone_suggests_nobody(changes: dict[str, Any]) -> None:
    assert one(stay(**changes), entry())["suggestion"] is None


def test_a_person_number_of_the_insurance_suggests_under_any_name() -> None:
    numbered = {"person_no": "6399000012"}
    found = one(stay(id_raw=None, name="王墙", **numbered), entry(**numbered))
    assert found["suggestion"] == LIKELY.replace("）", "）（人员编号相同）")


def test_two_likely_persons_are_both_named() -> None:
    twin = make_id("63990919800101555")
    found = one(
        stay(id_raw=None, birth_on=date(1980, 1, 1)), entry(), entry(id_raw=twin, village=None)
    )
    assert found["suggestion"] == (
        f"花名册中有 2 人与其相似：王强（证号末四位 {WANG[14:]}，石上庄村）、"
        f"王强（证号末四位 {twin[14:]}），请核实"
    )


def test_a_person_in_two_categories_is_suggested_once() -> None:
    found = one(stay(id_raw=wrong_at(2)), entry(), entry(category_raw="优抚"))
    assert found["suggestion"] == LIKELY


def test_an_entry_with_an_invalid_number_can_be_the_one_meant() -> None:
    found = one(stay(), entry(id_raw=wrong_at(3), birth_on=date(1980, 1, 1)))
    assert found["suggestion"] == "疑似花名册中 王强（证号无效，石上庄村），请核实"


def test_a_roster_that_lost_the_end_of_an_id_still_has_the_birth_in_it() -> None:
    lost = entry(id_raw=f"{WANG[:15]}000", id_numeric=True)
    found = one(stay(), lost)
    assert found["suggestion"] == "疑似花名册中 王强（证号无效，石上庄村），请核实"
    assert one(stay(name="别人"), lost)["suggestion"] is None


def test_the_head_of_a_listed_household_is_suggested_by_name_and_village() -> None:
    member = entry(name="王小妹", id_raw=LI, head="王强")
    home = {"township_raw": "石湾镇", "village_raw": "石上庄村"}
    found = one(stay(id_raw=NOBODY, **home), member)
    assert found["suggestion"] == "疑似花名册中 王小妹（证号末四位 000X，石上庄村） 的户主，请核实"
    assert one(stay(id_raw=NOBODY), member)["suggestion"] is None


# The roster's own faults


def faults(*entries: dict[str, Any]) -> list[tuple[int, str]]:
    return roster_faults(roster(*entries)).select("row", "message").rows()


def test_a_sound_roster_has_no_faults() -> None:
    ended = entry(to_on=date(2010, 3, 31), died_on=None)
    again = entry(from_on=date(2010, 4, 1), category_raw="低保")
    assert faults(ended, again, entry(category_raw="优抚"), entry(id_raw=LI, name="李梅")) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id_raw": wrong_at(3)}, "证号校验码不符，至少有一位写错"),
        ({"name": None}, "姓名为空"),
        ({"category_raw": None}, "没有写明救助类别"),
        ({"date_fault": "停止日期“某日”无法识别"}, "停止日期“某日”无法识别"),
        (
            {"from_on": date(2010, 5, 2), "to_on": date(2010, 5, 1)},
            "停止日期 2010-05-01 早于起始日期 2010-05-02",
        ),
        (
            {"died_on": date(2010, 5, 1), "to_on": date(2010, 5, 2)},
            "已于 2010-05-01 死亡，之后仍有待遇期",
        ),
        ({"status_raw": "死亡"}, "写明“死亡”，没有写明日期"),
    ],
)
def test_an_entry_that_cannot_be_right_is_said(changes: dict[str, Any], message: str) -> None:
    assert faults(entry(**changes)) == [(2, message)]


def test_death_on_the_last_day_is_no_contradiction() -> None:
    assert faults(entry(died_on=DAY, to_on=DAY)) == []


@pytest.mark.parametrize(("begin", "doubled"), [(31, True), (32, False)])
def test_overlapping_entries_of_one_category_are_doubled(begin: int, doubled: bool) -> None:
    first = entry(to_on=date(2010, 1, 31))
    second = entry(from_on=date(2010, 1, 31) if begin == 31 else date(2010, 2, 1))
    message = "与 低保.csv · 第2行 重复：同一证号、同一类别，待遇期重叠"
    assert faults(first, second) == ([(3, message)] if doubled else [])


def test_one_id_under_two_names_is_said_on_both() -> None:
    message = "同一证号在花名册上有不同姓名：王墙、王强"
    found = faults(entry(), entry(name="王墙", category_raw="优抚"))
    assert found == [(2, message), (3, message)]


def test_two_days_of_death_are_a_contradiction() -> None:
    found = faults(entry(died_on=DAY), entry(category_raw="优抚", died_on=date(2010, 11, 2)))
    assert found == [(2, "同一证号的死亡日期不一致"), (3, "同一证号的死亡日期不一致")]


# Laws

ENTRIES = st.lists(
    st.builds(
        entry,
        id_raw=st.sampled_from([WANG, LI, "x", None]),
        name=st.sampled_from(["王强", "李梅", None]),
        category_raw=st.sampled_from(["低保", "优抚", "残疾人", None]),
        from_on=st.sampled_from([None, date(2010, 11, 1), date(2010, 11, 2)]),
        to_on=st.sampled_from([None, date(2010, 11, 1), date(2010, 10, 31)]),
        status_raw=st.sampled_from([None, "停保", "死亡"]),
        village=st.sampled_from(["石上庄村", "东沟村", None]),
    ),
    max_size=8,
)
STAYS = st.lists(
    st.builds(
        stay,
        id_raw=st.sampled_from([WANG, LI, NOBODY, wrong_at(2), None]),
        name=st.sampled_from(["王强", "李梅", None]),
        admitted_on=st.sampled_from([DAY, date(2010, 11, 2), None]),
    ),
    max_size=8,
)


@given(STAYS, ENTRIES, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_shuffling_changes_nothing_and_no_stay_is_doubled(
    stays: list[dict[str, Any]], entries: list[dict[str, Any]], chance: Any
) -> None:
    people, sick = roster(*entries), table(*stays)
    found = linked(sick, people, overlap="best")
    assert found["row"].to_list() == sick["row"].to_list()
    order, turn = list(range(people.height)), list(range(sick.height))
    chance.shuffle(order)
    chance.shuffle(turn)
    again = linked(sick[turn], people[order], overlap="best").sort("row")
    assert again.equals(found)
    assert roster_faults(people[order]).equals(roster_faults(people))


@given(STAYS, ENTRIES)
@settings(max_examples=25, deadline=None)
def test_what_is_said_of_a_stay_hangs_together(
    stays: list[dict[str, Any]], entries: list[dict[str, Any]]
) -> None:
    """Entitled means listed with a category; listed but not entitled has a reason; never both names."""
    found = linked(table(*stays), roster(*entries))
    assert (found["entitled"] == found["category"].is_not_null()).all()
    assert (found["lapse"].is_not_null() == (found["listed"] & ~found["entitled"])).all()
    assert not (found["listed"] & found["roster_name"].is_not_null()).any()
    assert not (found["listed"] & found["suggestion"].is_not_null()).any()
    assert found.select(*LINK).schema == pl.Schema(LINK)
