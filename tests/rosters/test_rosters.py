"""A roster is checked and compared with the last one; nothing is changed, every row is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from rich.console import Console
from typer.testing import CliRunner

from onestop_cli.commands.roster import roster as command
from onestop_cli.core.identify import make_id
from onestop_cli.core.roster import understand_roster
from onestop_cli.errors import CannotRun
from onestop_cli.rosters.changes import KINDS as CHANGE_KINDS
from onestop_cli.rosters.changes import diff_rosters
from onestop_cli.rosters.quality import KINDS, RosterCheck, check_roster
from onestop_cli.tables.schema import QUARANTINE, READ_ROSTER, empty
from onestop_cli.writers.rosters.screen import show_changes, show_check

WANG = make_id("63990119800101123")
LI = make_id("63990219520315000")
DAY = date(2010, 12, 31)


def entry(**changes: Any) -> dict[str, Any]:
    home = {"township": "石湾镇", "village": "石上庄村"}
    return {"name": "王强", "id_raw": WANG, "category_raw": "农村低保户", **home, **changes}


LI_MEI = entry(name="李梅", id_raw=LI, category_raw="五保户", village="东沟村")


def roster(*entries: dict[str, Any]) -> pl.DataFrame:
    rows = [
        {"source": "低保.csv", "row": row, "id_numeric": False, **one}
        for row, one in enumerate(entries, start=2)
    ]
    return understand_roster(pl.DataFrame(rows, schema=dict(READ_ROSTER)), str)


def checked(*entries: dict[str, Any]) -> RosterCheck:
    return check_roster(roster(*entries), empty(QUARANTINE), DAY)


def issues(*entries: dict[str, Any]) -> list[tuple[str, int]]:
    """Kind and row of every issue."""
    return checked(*entries).issues.select("kind", "row").rows()


# The check


def test_a_sound_roster_has_no_issues() -> None:
    assert issues(entry(), LI_MEI) == []


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([entry(id_raw=WANG[:17])], [("id", 2)]),
        ([entry(id_raw=None)], [("id", 2)]),
        ([entry(), entry()], [("doubled", 3)]),
        ([entry(), entry(category_raw="五保户")], [("several", 2), ("several", 3)]),
        ([entry(), entry(category_raw="五保户", from_on=date(2011, 1, 1))], []),
        ([entry(died_on=date(2010, 10, 5))], [("dead", 2)]),
        ([entry(died_on=DAY, to_on=DAY)], []),
        ([entry(to_on=date(2010, 12, 30))], [("ended", 2)]),
        ([entry(to_on=DAY)], []),
        ([entry(status_raw="停保")], [("ended", 2)]),
        ([entry(), entry(id_raw=make_id("63990919800101777"))], [("akin", 2), ("akin", 3)]),
        ([entry(), entry(id_raw=None, birth_on=date(1980, 1, 1))], [("id", 3), ("akin", 2), ("akin", 3)]),
        ([entry(name=None)], [("content", 2)]),
        ([entry(status_raw="死亡")], [("content", 2)]),
    ],
)  # fmt: skip
def test_every_kind_of_issue_is_found(
    entries: list[dict[str, Any]], found: list[tuple[str, int]]
) -> None:
    assert issues(*entries) == found


def test_one_id_under_two_names_is_found_on_both_rows() -> None:
    ended = entry(name="王墙", to_on=DAY)
    later = entry(from_on=date(2011, 1, 1))
    assert issues(ended, later) == [("names", 2), ("names", 3)]


def test_namesakes_with_the_same_birthday_name_each_other() -> None:
    other = entry(id_raw=make_id("63990919800101777"))
    messages = checked(entry(), other).issues["message"].to_list()
    assert messages == [
        "与 低保.csv · 第3行 同名同生日，证号不同",
        "与 低保.csv · 第2行 同名同生日，证号不同",
    ]


def test_rows_that_could_not_be_read_are_issues_too() -> None:
    lost = pl.DataFrame(
        [
            {
                "source": "低保.csv",
                "row": 9,
                "kind": "roster",
                "text": "x",
                "reason": "没有姓名和证号",
            }
        ],
        schema=dict(QUARANTINE),
    )
    found = check_roster(roster(entry()), lost, DAY)
    assert found.issues.select("kind", "row", "message").rows() == [("unread", 9, "没有姓名和证号")]


def test_people_are_counted_once_and_in_force_on_the_day() -> None:
    found = checked(entry(), entry(category_raw="五保户"), LI_MEI | {"died_on": date(2010, 12, 30)})
    assert (found.entries, found.people, found.in_force) == (3, 2, 1)
    assert found.categories.rows() == [("五保户", 2, 2, 1), ("农村低保户", 1, 1, 1)]
    assert found.townships.rows() == [("石湾镇", 3, 2, 1)]


def test_every_kind_is_listed_with_its_number() -> None:
    kinds = checked(entry(), entry()).kinds
    assert kinds["kind"].to_list() == list(KINDS)
    assert dict(kinds.select("kind", "entries").rows())["doubled"] == 1
    assert kinds["entries"].sum() == 1


# The changes


def changes(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Kind, name, before and after of every change."""
    found = diff_rosters(roster(*old), roster(*new))
    return found.changes.select("kind", "name", "before", "after").rows()


TERM = "农村低保户：长期"


@pytest.mark.parametrize(
    ("new", "found"),
    [
        ([entry()], []),
        ([entry(name="王 强", id_raw=f"'{WANG}")], []),
        ([entry(), LI_MEI], [("new", "李梅", None, "五保户：长期")]),
        ([], [("left", "王强", TERM, None)]),
        ([entry(category_raw="五保户")], [("category", "王强", TERM, "五保户：长期")]),
        (
            [entry(), entry(category_raw="五保户")],
            [("category", "王强", TERM, f"五保户：长期；{TERM}")],
        ),
        (
            [entry(from_on=date(2010, 1, 1), to_on=DAY)],
            [("validity", "王强", TERM, "农村低保户：2010-01-01 起，2010-12-31 止")],
        ),
        ([entry(status_raw="停保")], [("validity", "王强", TERM, "农村低保户：停保")]),
        (
            [entry(died_on=DAY)],
            [("validity", "王强", TERM, "农村低保户：2010-12-31 死亡")],
        ),
        ([entry(name="王墙")], [("name", "王墙", "王强", "王墙")]),
        (
            [entry(name="王墙", category_raw="五保户")],
            [("category", "王墙", TERM, "五保户：长期"), ("name", "王墙", "王强", "王墙")],
        ),
    ],
)
def test_what_changed_is_said_person_by_person(
    new: list[dict[str, Any]], found: list[tuple[Any, ...]]
) -> None:
    assert changes([entry()], new) == found


def test_a_corrected_number_is_remarked_on() -> None:
    found = diff_rosters(roster(entry()), roster(entry(id_raw=LI)))
    assert found.changes.select("kind", "remark").rows() == [
        ("new", "同村同名的人以另一证号退出，可能是更正证号"),
        ("left", "同村同名的人以另一证号新增，可能是更正证号"),
    ]


def test_a_namesake_of_another_village_is_not_remarked_on() -> None:
    found = diff_rosters(roster(entry()), roster(entry(id_raw=LI, village="东沟村")))
    assert found.changes["remark"].to_list() == [None, None]


def test_changes_are_counted_by_township_and_village() -> None:
    found = diff_rosters(roster(entry()), roster(LI_MEI))
    assert found.places.rows() == [
        ("石湾镇", "东沟村", 0, 1, 1, 0, 0, 0, 0),
        ("石湾镇", "石上庄村", 1, 0, 0, 1, 0, 0, 0),
    ]
    assert (found.people_before, found.people_after, found.count("left")) == (1, 1, 1)


ENTRIES = st.lists(
    st.builds(
        entry,
        id_raw=st.sampled_from([WANG, LI, make_id("63990919800101777"), "x", None]),
        name=st.sampled_from(["王强", "李梅", None]),
        category_raw=st.sampled_from(["农村低保户", "五保户", None]),
        to_on=st.sampled_from([None, DAY]),
        village=st.sampled_from(["石上庄村", None]),
    ),
    max_size=6,
)


@given(ENTRIES)
@settings(max_examples=20, deadline=None)
def test_a_roster_does_not_differ_from_itself(entries: list[dict[str, Any]]) -> None:
    people = roster(*entries)
    assert diff_rosters(people, people[::-1]).changes.is_empty()


@given(ENTRIES, ENTRIES)
@settings(max_examples=20, deadline=None)
def test_the_numbers_of_a_comparison_add_up(
    old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> None:
    """Before + new − left = after; and who came this way left the other way round."""
    there = diff_rosters(roster(*old), roster(*new))
    back = diff_rosters(roster(*new), roster(*old))
    assert there.people_before + there.count("new") - there.count("left") == there.people_after
    for kind, mirror in (("new", "left"), ("category", "category"), ("name", "name")):
        assert there.count(kind) == back.count(mirror)
    assert there.places["before"].sum() == there.people_before
    assert sum(there.places[kind].sum() for kind in CHANGE_KINDS) == there.changes.height


# Screen, workbook, command

HEAD = "姓名,身份证号,救助类别,乡镇,村,停止日期"


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with last and this quarter's roster."""
    monkeypatch.chdir(tmp_path)
    old = [f"王强,{WANG},农村低保户,石湾镇,石上庄村,", f"李梅,{LI},五保户,石湾镇,东沟村,"]
    new = [f"王强,{WANG},五保户,石湾镇,石上庄村,", f"=1+1,{LI[:17]},五保户,石湾镇,东沟村,"]
    for name, rows in (("旧", old), ("新", new)):
        (tmp_path / f"{name}.csv").write_text("\n".join([HEAD, *rows]) + "\n", "utf-8")
    yield tmp_path


def cells(path: Path) -> list[str]:
    """Every text of a workbook."""
    book = CalamineWorkbook.from_path(path)
    rows = (row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())
    return [value for row in rows for value in row if isinstance(value, str)]


def test_the_check_is_shown_and_written(county: Path) -> None:
    out = county / "检查" / "新.xlsx"
    done = CliRunner().invoke(
        command, ["check", "新.csv", "--day", "2010-12-31", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "证号缺失或无效" in done.output
    texts = cells(out)
    assert "证号是 17 位，应为 18 位（旧证 15 位）" in texts
    assert "=1+1" in texts
    assert not [text for text in texts if LI[:14] in text or WANG[:14] in text]
    assert WANG[:14] not in done.output
    assert sorted(path.name for path in out.parent.iterdir()) == ["新.xlsx"]


def test_the_changes_are_shown_and_written(county: Path) -> None:
    out = county / "变动.xlsx"
    done = CliRunner().invoke(command, ["diff", "旧.csv", "新.csv", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert "类别变化" in done.output
    texts = cells(out)
    assert {"新增", "退出", "类别变化", "=1+1"} <= set(texts)
    assert not [text for text in texts if LI[:14] in text or WANG[:14] in text]


def test_without_paths_the_countys_own_rosters_are_checked(county: Path) -> None:
    (county / "onestop.toml").write_text('[reconcile]\nroster = ["旧.csv"]\n', "utf-8")
    done = CliRunner().invoke(command, ["check", "--day", "2010-12-31"])
    assert done.output == "花名册共 2 行、2 人；2010-12-31 有效 2 人\n没有查出问题\n"


def test_places_written_in_two_ways_are_offered_and_saved_on_request(county: Path) -> None:
    rows = [HEAD, f"王强,{WANG},农村低保户,石湾镇,东沟村,", f"李梅,{LI},五保户,石湾,东沟村委会,"]
    (county / "册.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (county / "onestop.toml").write_text('[reconcile]\nroster = ["册.csv"]\n', "utf-8")
    asked = ["check", "--day", "2010-12-31"]
    shown = CliRunner().invoke(command, asked)
    assert '"东沟村" = ["东沟村委会"]' in shown.output
    saved = CliRunner().invoke(command, [*asked, "--save"])
    assert "已写入 onestop.toml：2 种写法" in saved.output
    again = CliRunner().invoke(command, [*asked, "--save"])
    assert "没有查出问题" in again.output
    assert "没有要写进 onestop.toml 的写法" in again.output


def test_without_a_settings_file_nothing_is_saved(county: Path) -> None:
    done = CliRunner().invoke(command, ["check", "旧.csv", "--day", "2010-12-31", "--save"])
    assert isinstance(done.exception, CannotRun)
    assert "没有地方保存" in str(done.exception)


def test_a_kind_that_the_countys_documents_do_not_name_is_a_question(county: Path) -> None:
    rows = [HEAD, f"王强,{WANG},残疾人,石湾镇,东沟村,", f"李梅,{LI},五保户,石湾镇,东沟村,"]
    (county / "册.csv").write_text("\n".join(rows) + "\n", "utf-8")
    settings = '[reconcile]\nroster = ["册.csv"]\nrules = ["huangzhong-2009"]\n'
    (county / "onestop.toml").write_text(settings, "utf-8")
    shown = CliRunner().invoke(command, ["check", "--day", "2010-12-31"]).output
    assert "政策没有提到花名册类别“残疾人”（1 人）" in shown
    assert "五保户”（" not in shown


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["check"], "没有给出花名册"),
        (["check", "新.csv", "--out", "清单.csv"], "清单只能写成 .xlsx 文件"),
        (["check", "新.csv", "--out", "有了.xlsx"], "输出位置已经存在，不会覆盖"),
        (["diff", "没有.csv", "新.csv"], "没有.csv"),
    ],
)
def test_what_cannot_be_done_is_said(county: Path, arguments: list[str], what: str) -> None:
    (county / "有了.xlsx").write_bytes(b"")
    done = CliRunner().invoke(command, arguments)
    assert isinstance(done.exception, CannotRun)
    assert what in str(done.exception)


def test_a_day_that_is_none_is_refused(county: Path) -> None:
    done = CliRunner().invoke(command, ["check", "新.csv", "--day", "2010-13-01"])
    assert isinstance(done.exception, CannotRun)
    assert "没有 13 月" in str(done.exception)


def test_the_screen_keeps_to_eighty_columns_and_says_what_it_leaves_out() -> None:
    many = [
        entry(id_raw=f"6399{n}", name="[bold]王强", township="很长很长的乡镇名字街道办事处")
        for n in range(12)
    ]
    screen = StringIO()
    console = Console(file=screen, width=80, highlight=False)
    show_check(checked(*many), console)
    show_changes(diff_rosters(roster(), roster(*many)), console)
    text = screen.getvalue()
    assert text.count("……还有 7 条，用 --out 写出完整清单") == 2
    assert "[bold]王强" in text
    assert max(sum(2 if ord(c) > 0x2E80 else 1 for c in line) for line in text.splitlines()) <= 80
