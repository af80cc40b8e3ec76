"""资助参合: every row of both lists has one fate, one person is paid for once, and no amount is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from onestop_cli.cli import run
from onestop_cli.core.identify import make_id
from onestop_cli.county.settings import Settings, load_settings
from onestop_cli.errors import CannotRun
from onestop_cli.readers.enrolment import read_enrolment
from onestop_cli.rosters.premium import OF_LIST, OF_ROSTER, Amounts, PremiumLists, premium
from onestop_cli.tables.schema import READ_ENROLMENT
from tests.made.reader_files import csv_bytes, written, xlsx_bytes
from tests.rosters.test_rosters import LI, LI_MEI, WANG, entry, roster

NEW_YEAR = date(2011, 1, 1)
AMOUNTS = Amounts({"五保户": 3_000, "农村低保户": 2_000}, 3_000)


def row(**changes: Any) -> dict[str, Any]:
    home = {"township": "石湾镇", "village": "石上庄村"}
    return {"name": "王强", "id_raw": WANG, **home, **changes}


def enrolled(*rows: dict[str, Any]) -> pl.DataFrame:
    fixed = {"source": "参合.csv", "id_numeric": False}
    lines = [{**fixed, "row": number, **one} for number, one in enumerate(rows, start=2)]
    return pl.DataFrame(lines, schema=dict(READ_ENROLMENT))


def beside(
    entries: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]], amounts: Amounts = AMOUNTS
) -> PremiumLists:
    return premium(
        roster(*entries), enrolled(*rows), amounts, 2011, NEW_YEAR, lambda word: word == "低保"
    )


def fates(found: PremiumLists) -> tuple[list[str], list[str]]:
    """Of the roster's entries and of the list's rows, in their order."""
    return tuple(  # type: ignore[return-value]
        side.sort("row")["fate"].to_list() for side in (found.roster, found.enrolled)
    )


@pytest.mark.parametrize(
    ("entries", "rows", "expected"),
    [
        ([entry()], [row()], (["paid"], ["paid"])),
        ([entry()], [], (["absent"], [])),
        ([entry(), LI_MEI], [row()], (["paid", "absent"], ["paid"])),
        ([entry()], [row(name="王 强")], (["paid"], ["paid"])),
        ([entry()], [row(id_raw=WANG.lower() + " ")], (["paid"], ["paid"])),
        ([entry()], [row(name="王刚")], (["name"], ["name"])),
        ([entry()], [row(), row()], (["paid"], ["paid", "again"])),
        ([entry()], [row(name="王刚"), row()], (["paid"], ["again", "paid"])),
        ([entry(), entry(category_raw="五保户")], [row()], (["again", "paid"], ["paid"])),
        ([entry(id_raw="123")], [row()], (["invalid"], ["others"])),
        ([entry()], [row(id_raw="123")], (["absent"], ["invalid"])),
        ([entry(to_on=date(2010, 12, 31))], [row()], (["lapsed"], ["others"])),
        ([entry(to_on=NEW_YEAR)], [row()], (["paid"], ["paid"])),
        ([entry(from_on=date(2011, 1, 2))], [row()], (["lapsed"], ["others"])),
        ([entry(died_on=date(2010, 5, 1))], [row(marked_raw="民政资助")], (["lapsed"], ["unlisted"])),
        ([], [row(marked_raw="民政资助"), row(marked_raw="民政资助")], ([], ["unlisted", "again"])),
        ([], [row(subsidy_fen=3_000)], ([], ["unlisted"])),
        ([], [row(marked_raw="低保")], ([], ["unlisted"])),
        ([], [row(marked_raw="个人缴费")], ([], ["others"])),
        ([], [row()], ([], ["others"])),
        ([entry()], [row(marked_raw="个人缴费")], (["own"], ["own"])),
        ([entry()], [row(marked_raw="否")], (["own"], ["own"])),
        ([entry()], [row(marked_raw="未资助")], (["own"], ["own"])),
        ([entry()], [row(marked_raw="民政资助，个人缴余额")], (["paid"], ["paid"])),
        ([entry()], [row(marked_raw="自缴"), row(marked_raw="民政")], (["paid"], ["again", "paid"])),
    ],
)  # fmt: skip
def test_every_row_has_its_fate(
    entries: list[dict[str, Any]], rows: list[dict[str, Any]], expected: tuple[list[str], list[str]]
) -> None:
    assert fates(beside(entries, rows)) == expected


@pytest.mark.parametrize(("own", "fate"), [(999, "paid"), (1_000, "paid"), (1_001, "own")])
def test_who_pays_what_a_fixed_subsidy_leaves_has_not_paid_himself(own: int, fate: str) -> None:
    """30 yuan, of which 20 are paid for him: up to 10 are his own."""
    assert beside([entry()], [row(own_fen=own)]).roster["fate"].to_list() == [fate]


@pytest.mark.parametrize(("own", "fate"), [(0, "paid"), (1, "own")])
def test_who_is_paid_for_in_full_pays_nothing(own: int, fate: str) -> None:
    found = beside([LI_MEI], [row(name="李梅", id_raw=LI, own_fen=own)])
    assert found.roster["fate"].to_list() == [fate]


def test_a_person_of_several_categories_goes_by_the_first_the_county_names() -> None:
    found = beside([entry(), entry(category_raw="五保户")], [row()])
    paid = found.of("paid").row(0, named=True)
    assert (paid["category"], paid["amount_fen"]) == ("五保户", 3_000)
    assert paid["remark"] == "一人多类：五保户、农村低保户"


def test_without_a_stated_amount_people_are_counted_and_nothing_is_guessed() -> None:
    found = beside(
        [entry(), LI_MEI], [row(), row(name="李梅", id_raw=LI)], Amounts({"五保户": 3_000})
    )
    assert found.by("category").select("category", "paid", "unknown", "amount_fen").rows() == [
        ("五保户", 1, 0, 3_000),
        ("农村低保户", 1, 1, None),
    ]


def test_a_namesake_of_the_village_under_another_number_is_pointed_out() -> None:
    found = beside([entry()], [row(id_raw=make_id("63990919800101777"))])
    assert found.of("absent")["remark"].to_list() == [
        "参合名册 参合.csv · 第2行 同村同名，证号不同，请核对"
    ]


def test_whether_the_list_tells_who_paid() -> None:
    assert not beside([entry()], [row()]).tells
    assert beside([entry()], [row(own_fen=0)]).tells


_PERSON = st.integers(0, 5)
_ENTRY = st.builds(
    lambda who, category, over: entry(
        name=f"人{who % 5}", id_raw=make_id(f"639901{1950 + who}0101123") if who else "9",
        category_raw=category, to_on=date(2010, 6, 30) if over else None,
    ),
    _PERSON, st.sampled_from(["五保户", "农村低保户", "其他"]), st.booleans(),
)  # fmt: skip
_ROW = st.builds(
    lambda who, name, mark, own: row(
        name=f"人{name % 5}", id_raw=make_id(f"639901{1950 + who}0101123") if who else "8",
        marked_raw=mark, own_fen=own,
    ),
    _PERSON, _PERSON, st.sampled_from([None, "民政资助", "个人缴费", "其他"]),
    st.sampled_from([None, 0, 3_000]),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(_ENTRY, max_size=8), st.lists(_ROW, max_size=8), st.randoms())
def test_nothing_is_lost_nobody_is_paid_for_twice_and_order_does_not_matter(
    entries: list[dict[str, Any]], rows: list[dict[str, Any]], rng: Any
) -> None:
    found = beside(entries, rows)
    assert sum(found.count("roster", fate) for fate in OF_ROSTER) == len(entries)
    assert sum(found.count("enrolled", fate) for fate in OF_LIST) == len(rows)
    paid = found.of("paid")
    assert paid["id_no"].n_unique() == paid.height
    places = found.by("township", "village")
    assert places["amount_fen"].sum() == paid["amount_fen"].sum()
    numbered = [{**one, "row": number} for number, one in enumerate(rows, 2)]
    rng.shuffle(numbered)
    again = beside(entries, numbered)
    assert again.of("paid").equals(paid)
    assert fates(again) == fates(found)


HEADER: list[object] = ["乡镇", "村", "姓名", "身份证号码", "缴费方式", "个人缴费金额"]


def test_an_enrolment_list_is_read_under_its_own_headers(tmp_path: Path) -> None:
    line = ["石湾镇", "石上庄村", "王强", WANG, "个人缴费", 30]
    table: list[list[object]] = [
        ["示例县2011年度新农合参合人员名册"],
        HEADER,
        line,
        ["合计", "", "", "", "", 30],
    ]
    reading = read_enrolment([written(tmp_path, {"参合.xlsx": xlsx_bytes(table)})], Settings())
    assert reading.problems == ()
    assert reading.rows.drop("source", "sheet").rows() == [
        (3, "王强", WANG, False, "石湾镇", "石上庄村", "个人缴费", 3_000, None, None)
    ]


def test_a_number_that_lost_digits_is_never_repaired(tmp_path: Path) -> None:
    table: list[list[object]] = [HEADER[:4], ["石湾镇", "石上庄村", "王强", float(WANG[:17] + "0")]]
    reading = read_enrolment([written(tmp_path, {"参合.xlsx": xlsx_bytes(table)})], Settings())
    found = premium(roster(entry()), reading.rows, AMOUNTS, 2011, NEW_YEAR, lambda word: False)
    assert fates(found) == (["absent"], ["invalid"])


def test_an_amount_that_is_none_is_told(tmp_path: Path) -> None:
    table: list[Sequence[object]] = [HEADER, ["石湾镇", "石上庄村", "王强", WANG, "", "三十"]]
    rows = read_enrolment([written(tmp_path, {"参合.csv": csv_bytes(table)})], Settings()).rows
    assert rows["amount_fault"].to_list() == ["个人缴费金额“三十”（F2）不是金额"]


def test_a_list_without_id_numbers_cannot_be_read(tmp_path: Path) -> None:
    table = [["乡镇", "村", "姓名", "缴费方式"], ["石湾镇", "石上庄村", "王强", "自缴"]]
    problems = read_enrolment(
        [written(tmp_path, {"参合.csv": csv_bytes(table)})], Settings()
    ).problems
    assert [problem.what for problem in problems] == [
        "缺少身份证号列；表头（第 1 行）有：乡镇、村、姓名、缴费方式"
    ]


def test_a_column_of_amounts_that_nobody_reads_is_told(tmp_path: Path) -> None:
    rows = [[*HEADER, "乡镇另拨"], ["石湾镇", "石上庄村", "王强", WANG, "自费", 30, 12.5]]
    written(tmp_path, {"a.csv": csv_bytes(rows)})
    (told,) = read_enrolment([tmp_path / "a.csv"], Settings()).warnings
    assert told.startswith("a.csv：“乡镇另拨”（G 列）1 行有金额，合计 12.50 元，没有读入")


def test_what_of_the_files_was_not_read_is_said_first(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = (county / "参合.csv").read_bytes()
    written(county, {"参合/甲.csv": data, "参合/甲 - 副本.csv": data})
    assert run(["roster", "premium", "参合", "--year", "2011"]) == 0
    shown = capsys.readouterr().out
    assert "甲 - 副本.csv：与 甲.csv 内容完全相同，只读一次" in shown.replace("\n", "")


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county folder with a roster of two people and an enrolment list."""
    people = [["姓名", "身份证号", "救助类别", "乡镇", "村"]]
    people += [
        ["王强", WANG, "农村低保户", "石湾镇", "石上庄村"],
        ["李梅", LI, "五保户", "石湾镇", "东沟村"],
    ]
    list_: list[list[object]] = [HEADER, ["石湾镇", "石上庄村", "王强", WANG, "民政资助", 0]]
    stranger: list[object] = [
        "石湾镇",
        "东沟村",
        "=1+1",
        make_id("63990919800101777"),
        "民政资助",
        0,
    ]
    (tmp_path / "花名册.csv").write_bytes(csv_bytes(people))
    (tmp_path / "参合.csv").write_bytes(csv_bytes([*list_, stranger]))
    (tmp_path / "onestop.toml").write_text(
        '[county]\nname = "示例县"\n[reconcile]\nroster = ["花名册.csv"]\n'
        '[premium.2011]\nstandard = 30\nfull = ["五保户"]\nfixed = { "低保" = 20 }\n',
        "utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cells(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_command_writes_the_working_list_and_the_board(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "roster",
        "premium",
        "参合.csv",
        "--year",
        "2011",
        "--out",
        "清单.xlsx",
        "--board",
        "公示.xlsx",
    ]
    assert run(words) == 0
    screen = capsys.readouterr().out
    assert WANG not in screen
    assert ["农村低保户", "1", "1", "20.00", "0", "0", "0"] in [
        line.split() for line in screen.splitlines()
    ]
    book = cells(county / "清单.xlsx")
    assert list(book) == [
        "汇总", "按乡镇和村", "资助名单", "在册未参合", "在册而个人已缴", "标为资助而不在册", "需要核对的行",
    ]  # fmt: skip
    assert book["资助名单"][3][:7] == [1, "石湾镇", "石上庄村", "王强", WANG, "农村低保户", 20]
    assert book["在册未参合"][3][3:6] == ["李梅", LI, "五保户"]
    assert book["标为资助而不在册"][3][3] == "=1+1"


def test_no_id_number_and_no_full_name_goes_on_the_board(county: Path) -> None:
    assert run(["roster", "premium", "参合.csv", "--year", "2011", "--board", "公示.xlsx"]) == 0
    text = str(cells(county / "公示.xlsx"))
    assert "王*" in text
    assert not [part for part in (WANG, WANG[-4:], "王强") if part in text]


def test_townships_that_would_share_a_sheet_name_have_each_their_own(county: Path) -> None:
    """What Excel takes for the same name would stop the writer."""
    people: list[list[object]] = [["姓名", "身份证号", "救助类别", "乡镇", "村"]]
    people += [["王强", WANG, "五保户", "石/湾", "东"], ["李梅", LI, "五保户", "石?湾", "东"]]
    rows: list[list[object]] = [["姓名", "身份证号"], ["王强", WANG], ["李梅", LI]]
    (county / "册.csv").write_bytes(csv_bytes(people))
    (county / "合.csv").write_bytes(csv_bytes(rows))
    words = ["roster", "premium", "合.csv", "--year", "2011", "--roster", "册.csv"]
    assert run([*words, "--board", "公示.xlsx"]) == 0
    assert len(cells(county / "公示.xlsx")) == 2


def test_a_board_without_people_says_so(county: Path) -> None:
    (county / "空.csv").write_bytes(csv_bytes([HEADER]))
    assert run(["roster", "premium", "空.csv", "--year", "2011", "--board", "公示.xlsx"]) == 0
    assert "没有列入资助的人" in str(cells(county / "公示.xlsx"))


def test_since_the_bureaus_the_list_speaks_of_the_insured_in_their_words(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["roster", "premium", "参合.csv", "--year", "2024", "--out", "清单.xlsx"]) == 0
    assert "参合" not in capsys.readouterr().out.replace("参合.csv", "")
    book = cells(county / "清单.xlsx")
    assert "在册未参保" in book
    texts = [str(cell) for rows in book.values() for row in rows for cell in row if cell]
    assert [text for text in texts if "参合" in text.replace("参合.csv", "")] == []
    assert any("2024年度资助参保" in text for text in texts)
    assert any("医保经办机构审核" in text for text in texts)


def test_another_year_has_no_amounts(county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["roster", "premium", "参合.csv", "--year", "2012"]) == 0
    screen = capsys.readouterr().out
    assert "无法计算" in screen
    assert "1 人的金额无法计算，不在合计内：[premium.2012] 没有写资助标准" in screen


def test_all_that_is_wrong_is_said_at_once(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (county / "onestop.toml").write_text(
        '[premium.2011]\nstandard = 30\nfull = ["低保"]\nfixed = { "农村低保户" = 40 }\n', "utf-8"
    )
    (county / "空.csv").write_bytes(b"")
    assert run(["roster", "premium", "空.csv", "--year", "2011", "--roster", "花名册.csv"]) == 2
    said = capsys.readouterr().err
    assert "发现 3 个问题" in said
    assert "既写了全额又写了定额" in said
    assert "定额高于个人缴费标准" in said


def test_a_paper_that_is_there_is_never_written_over(county: Path) -> None:
    (county / "清单.xlsx").write_bytes(b"x")
    assert run(["roster", "premium", "参合.csv", "--year", "2011", "--out", "清单.xlsx"]) == 2
    assert (county / "清单.xlsx").read_bytes() == b"x"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[premium.明年]\nstandard = 30", "premium.明年"),
        ("[premium.2011]\nstandard = 0", "premium.2011.standard"),
        ("[premium.2011]\nstandard = 30.001", "premium.2011.standard"),
        ("[premium.2011]\nfixed = { 五保户 = -1 }", "premium.2011.fixed.五保户"),
        ("[premium.2011]\nyuan = 30", "premium.2011.yuan"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "onestop.toml"
    path.write_text(text.replace("五保户", '"五保户"').replace("明年", '"明年"'), "utf-8")
    with pytest.raises(CannotRun) as told:
        load_settings(path)
    assert key in told.value.problems[0].what
