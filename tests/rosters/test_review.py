"""三榜公示 of people who are to be listed, and who on a roster is to be taken off or looked at again."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from onestop_cli.cli import run as onestop
from onestop_cli.core.identify import make_id
from tests.made.spoken import flat

HEADS = "姓名,身份证号,救助类别,乡镇,村,起始日期,停止日期,死亡日期"
OLD, SICK, CHILD = (make_id(f"639900{year}0101001") for year in (1940, 1960, 2005))


def roster(folder: Path, *rows: str) -> str:
    file = folder / "名单.csv"
    file.write_text("\n".join([HEADS, *rows]) + "\n", "utf-8")
    return str(file)


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "onestop.toml").write_text(
        '[county]\nname = "示例县"\n[county.phones]\n"县民政局" = "0000-1"\n'
        '[publicity]\nbox = "乡政府门口"\n[review]\n"农村低保户" = 12\n',
        "utf-8",
    )
    return tmp_path


PEOPLE = (
    f"张老大,{OLD},农村低保户,甲乡,一村,2010-01-01,,",
    f"李二,{SICK},五保户,甲乡,二村,2010-09-01,,",
    f"王小小,{CHILD},农村低保户,甲乡,二村,2010-09-01,,",
)


def boards(file: str, stage: str = "评议", day: str = "2011-03-01", out: str = "榜") -> int:
    return onestop(["roster", "boards", file, "--stage", stage, "--from", day, "--out", out])


def cells(file: Path) -> str:
    return str([list(sheet.values) for sheet in load_workbook(file)])


@pytest.mark.parametrize(
    ("stage", "board", "files"),
    [
        ("评议", "第一榜", ["甲乡一村.xlsx", "甲乡二村.xlsx"]),
        ("审核", "第二榜", ["甲乡.xlsx"]),
        ("审批", "第三榜", ["甲乡.xlsx"]),
    ],
)
def test_each_stage_has_its_boards_with_period_box_and_phones(
    county: Path, stage: str, board: str, files: list[str]
) -> None:
    """Seven working days from Tuesday 1 March 2011: to Wednesday 9 March."""
    assert boards(roster(county, *PEOPLE), stage) == 0
    assert sorted(file.name for file in (county / "榜").iterdir()) == sorted(files)
    for name in files:
        text = cells(county / "榜" / name)
        assert board in text
        assert "2011-03-01 至 2011-03-09" in text
        assert "举报箱：乡政府门口" in text
        assert "县民政局 0000-1" in text


def test_a_board_has_no_number_and_no_name_of_a_child(county: Path) -> None:
    assert boards(roster(county, *PEOPLE), "审核") == 0
    text = cells(county / "榜" / "甲乡.xlsx")
    assert "张老大" in text
    assert "王小小" not in text
    assert not any(number in text or number[-4:] in text for number in (OLD, SICK, CHILD))


@pytest.mark.parametrize(
    ("rows", "stage", "day", "told"),
    [
        (PEOPLE, "终审", "2011-03-01", "没有“终审”这一榜"),
        (PEOPLE, "评议", "某日", "--from的日期“某日”看不懂"),
        ((f"张老大,{OLD},农村低保户,甲乡,,,,",), "评议", "2011-03-01", "不知道张贴在哪里"),
        (
            (f"张老大,{OLD},农村低保户,甲乡,一村,,,", "王某,,,,,,,"),
            "评议",
            "2011-03-01",
            "这一行看不懂：",
        ),
        ((), "评议", "2011-03-01", "没有一行有可用的身份证号"),
    ],
)
def test_what_cannot_be_posted_is_refused(
    county: Path,
    rows: tuple[str, ...],
    stage: str,
    day: str,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert boards(roster(county, *rows), stage, day) == 2
    assert told in flat(capsys.readouterr().err)
    assert not (county / "榜").exists()


def test_the_dead_and_the_ended_are_to_go_and_the_others_to_be_looked_at_in_time(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = (
        f"赵死,{make_id('63990019500101002')},五保户,甲乡,一村,2010-01-01,,2010-12-01",
        f"钱停,{make_id('63990019500101003')},五保户,甲乡,一村,2010-01-01,2010-12-31,",
        f"孙将,{make_id('63990019500101004')},五保户,甲乡,一村,2010-01-01,2011-01-20,",
    )
    file = roster(county, *PEOPLE, *more)
    words = ["roster", "due", file, "--out", "清退.xlsx", "--day"]
    assert onestop([*words, "2011-01-01"]) == 0
    shown = flat(capsys.readouterr().out)
    for line in (
        "清退死亡，还在册1",
        "清退待遇期已过，还在册1",
        "复核批准满12个月1",
        "即将到期待遇期将满1",
    ):
        assert line in shown
    rows = [
        row
        for row in load_workbook("清退.xlsx").active.values
        if row[0] in ("清退", "复核", "即将到期")
    ]  # type: ignore[union-attr]
    assert [row[3] for row in rows if row[0] == "复核"] == ["张老大"]
    assert not any(OLD in str(row) for row in rows)
    assert onestop(["roster", "due", file, "--day", "2010-12-31", "--within", "0"]) == 0
    assert "复核" not in capsys.readouterr().out


def test_without_terms_of_review_the_line_to_add_is_shown(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (county / "onestop.toml").write_text("", "utf-8")
    assert onestop(["roster", "due", roster(county, PEOPLE[0]), "--day", "2011-01-01"]) == 0
    shown = flat(capsys.readouterr().out)
    assert "没有要清退、复核或即将到期的" in shown
    assert '"农村低保户"=12' in shown
