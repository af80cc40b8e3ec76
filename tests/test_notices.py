"""Who stands on which public list, under what name, with what sums."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop_cli.errors import CannotRun
from onestop_cli.notices import OTHER, Notice, Notices, amounts, notices_of, row_columns
from onestop_cli.posting import FundLine, Wall, last_working_day, posting_of
from onestop_cli.privacy import (
    harmless_category,
    masked,
    numbers_in,
    plain,
    tells_illness,
    under_age,
    without_numbers,
)
from tests.made_notices import LAYERS, STANDARDS, id_of, run_of, stay
from tests.made_run import made_run


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


def one(value: str, expression: pl.Expr) -> object:
    """The expression's value for a single text."""
    return pl.DataFrame({"text": [value]}).select(expression).item()


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


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王强", "王*"),
        ("王小明", "王*明"),
        ("欧阳小明", "欧**明"),
        ("才让卓玛措", "才**措"),
        ("王", "*"),
        ("𠮷田", "𠮷*"),
    ],
)
def test_masking(name: str, shown: str) -> None:
    assert one(name, masked(pl.col("text"))) == shown


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


def test_a_birthday_on_the_29th_of_february_counts_from_the_28th() -> None:
    born = pl.lit(id_of(1, born="19920229"))
    assert pl.select(under_age(born, pl.date(2010, 2, 27))).item() is True
    assert pl.select(under_age(born, pl.date(2010, 2, 28))).item() is False


def test_whoever_has_no_id_is_masked() -> None:
    assert names_on(notices_of(run_of(stay(1, id_no=None))).boards, "village") == ["王*明"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("王　强", "王强"),
        (" 王 小 明 ", "王小明"),
        ("王\u200b强\x07", "王强"),
        ("Ann  Lee", "Ann Lee"),
        ("\u202e明小王", "明小王"),
        (" \t", None),
    ],
)
def test_names_lose_blanks_and_invisible_characters(raw: str, shown: str | None) -> None:
    assert one(raw, plain(pl.col("text"))) == shown


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


@pytest.mark.parametrize(
    "name",
    [
        "临江市精神病医院",
        "省传染病医院",
        "市肿瘤医院",
        "县结核病防治所",
        "州戒毒康复医院",
        "皮肤病性病防治院",
        "市第三医院艾滋病诊疗中心",
        "县疾病预防控制中心",
        "市安定医院",
        "省胸科医院",
        "市心理卫生中心",
    ],
)
def test_names_that_tell_the_illness(name: str) -> None:
    assert one(name, tells_illness(pl.col("text"))) is True


@pytest.mark.parametrize(
    "name",
    ["示例县人民医院", "示例县妇幼保健院", "白土中心卫生院", "示例县中医院", "县第三人民医院"],
)
def test_names_that_tell_nothing(name: str) -> None:
    assert one(name, tells_illness(pl.col("text"))) is False


def test_a_telling_hospital_is_printed_by_its_level_and_has_no_page() -> None:
    notices = notices_of(run_of(stay(1), stay(2, hospital="临江市精神病医院", level="city")))
    assert [board.hospital for board in notices.boards if board.hospital] == ["示例县人民医院"]
    shown = the(notices.boards, "village").rows["hospital"]
    assert sorted(shown) == ["市级定点医疗机构", "示例县人民医院"]
    summary = notices.boards[0].parts[1].table["label"].to_list()
    assert summary == ["示例县人民医院", "市级定点医疗机构"]


def test_a_category_that_tells_the_illness_is_not_printed() -> None:
    shown = [one(text, harmless_category(pl.col("text"))) for text in ("艾滋病患者", "因病致贫")]
    assert shown == ["救助对象", "因病致贫"]


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


# What stands around a list


@pytest.mark.parametrize(
    ("first", "days", "holidays", "last"),
    [
        (date(2011, 1, 6), 1, [], date(2011, 1, 6)),
        (date(2011, 1, 6), 2, [], date(2011, 1, 7)),
        (date(2011, 1, 6), 3, [], date(2011, 1, 10)),
        (date(2011, 1, 6), 7, [], date(2011, 1, 14)),
        (date(2011, 1, 8), 1, [], date(2011, 1, 10)),
        (date(2011, 1, 6), 2, [date(2011, 1, 7)], date(2011, 1, 10)),
        (date(2011, 1, 6), 1, [date(2011, 1, 6), date(2011, 1, 7)], date(2011, 1, 10)),
    ],
)
def test_working_days(first: date, days: int, holidays: list[date], last: date) -> None:
    assert last_working_day(first, days, holidays) == last


def test_a_posting_period_without_days_cannot_be() -> None:
    with pytest.raises(CannotRun, match="公示期 0 天"):
        posting_of(run_of(), Wall(days=0))


def test_the_posting_period_in_words() -> None:
    span = posting_of(run_of(), Wall(first=date(2011, 1, 6))).span
    assert span == "2011年1月6日至2011年1月14日，共 7 个工作日"


def test_a_period_nobody_knows_yet_leaves_room_to_write() -> None:
    span = posting_of(run_of(), Wall()).span
    assert span.count("年") == 2
    assert not any(digit in span.split("，")[0] for digit in "0123456789")


def test_hotlines_are_the_countys_and_the_townships_own() -> None:
    posting = posting_of(run_of(), Wall())
    phones = {line.office: line.phone for line in posting.hotlines_of("白土乡")}
    assert phones == {
        "县合管办": "0971-2230001",
        "县民政局": "0971-2230002",
        "乡镇监督电话": "0971-2230003",
    }
    assert len(posting.hotlines_of(None)) == 2


def test_a_county_without_phones_gets_blanks_for_both_offices() -> None:
    posting = posting_of(run_of(county={"name": "示例县"}), Wall())
    assert [(line.office, line.phone) for line in posting.hotlines] == [
        ("县合管办", ""),
        ("县民政局", ""),
    ]


def test_standards_and_basis_come_from_the_rules_of_the_run() -> None:
    rules = [
        {"id": "r", "document": "救助办法", "number": "示政发〔2009〕1号", "assumed": ["from"]}
    ]
    posting = posting_of(run_of(rules=rules), Wall(basis="《社会救助暂行办法》"))
    assert posting.basis == (
        "《救助办法》（示政发〔2009〕1号）（施行日期系推定）",
        "《社会救助暂行办法》",
    )
    assert posting.standards[0].terms == STANDARDS[0]["terms"]


def test_standards_that_differ_by_level_only_share_a_line() -> None:
    lines = [
        ("乡级 · 救助对象", "80%"),
        ("县级 · 救助对象", "70%"),
        ("全部对象", "最高 35,000.00 元"),
    ]
    known = [
        {"layer_name": "新农合补偿", "who": who, "terms": terms, "document": "办法"}
        for who, terms in lines
    ]
    found = [
        (line.who, line.terms) for line in posting_of(run_of(standards=known), Wall()).standards
    ]
    assert found == [("救助对象", "乡级 80%；县级 70%"), ("全部对象", "最高 35,000.00 元")]


def test_the_balance_of_a_fund_is_what_is_left() -> None:
    assert FundLine("新农合基金", opening_fen=100, income_fen=50, outlay_fen=30).balance_fen == 120


# Numbers that must not be there


@pytest.mark.parametrize(
    "text",
    [
        id_of(1),
        f"王强{id_of(1)}",
        id_of(1).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        " ".join(id_of(1)),
        "639900-19600101-001X",
        "639900600101001",
        "6217001234567890123",
        "639900.19600101.0015",
        "639900 600101 001",
    ],
)
def test_numbers_like_an_id_or_an_account_are_found(text: str) -> None:
    (tail,) = numbers_in(text)
    assert len(tail) == 4
    assert not list(numbers_in(without_numbers(text)))


@pytest.mark.parametrize(
    "text",
    [
        "0971-2230001、0971-2230002",
        "0971-2230001 2230002",
        "13900000000 13900000001",
        "2011年1月6日至2011年1月14日",
        "12,345,678,901,234.56",
        "639900196001010"[:14],
        "<td>2010</td><td>11111111</td><td>2222222</td>",
    ],
)
def test_phones_days_and_amounts_are_not(text: str) -> None:
    assert not list(numbers_in(text))
