"""A roster among the stays' files, and stays among the rosters."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.county.settings import FileLayout, Settings
from onestop_cli.readers.roster import read_rosters
from onestop_cli.readers.stays import read_stays

ID = "639900195203150023"
STAYS = (
    "医疗机构,住院号,姓名,身份证号,救助类别,入院日期,出院日期,总费用,可补偿费用,新农合补偿,医疗救助\n"
    f"云谷乡卫生院,1,王小明,{ID},五保户,2010-10-01,2010-10-05,1000.00,900.00,500.00,100.00\n"
)
ROSTER = f"姓名,身份证号,救助类别,批准时间\n王小明,{ID},五保户,2009-01-01\n"


def lying(folder: Path, text: str) -> list[Path]:
    (folder / "表.csv").write_text(text, "utf-8")
    return [folder / "表.csv"]


def test_stays_among_the_rosters_make_nobody_a_listed_person(tmp_path: Path) -> None:
    reading = read_rosters(lying(tmp_path, STAYS), Settings())
    assert len(reading.rows) == 0
    (problem,) = reading.problems
    assert problem.what == "这像是住院报表，却放在花名册的文件夹里"
    assert "收件箱/住院" in problem.remedy


def test_a_roster_among_the_stays_is_told_to_move(tmp_path: Path) -> None:
    (problem,) = read_stays(lying(tmp_path, ROSTER), Settings(), []).problems
    assert problem.what == "这像是花名册，却放在住院报表的文件夹里"
    assert "收件箱/花名册" in problem.remedy


def test_a_county_that_says_what_its_file_is_is_believed(tmp_path: Path) -> None:
    """Some lists of aided people carry their last stay beside them."""
    said = Settings(layout=(FileLayout(file="表.csv", columns={"姓名": "姓名"}),))
    assert len(read_rosters(lying(tmp_path, STAYS), said).rows) == 1


def test_stays_without_some_column_are_not_taken_for_a_roster(tmp_path: Path) -> None:
    (problem,) = read_stays(
        lying(tmp_path, STAYS.replace("总费用", "某列")), Settings(), []
    ).problems
    assert problem.what.startswith("缺少总费用")


def test_a_form_of_our_own_in_the_inbox_is_told_where_it_belongs(tmp_path: Path) -> None:
    """A list of insured people would put everybody on it on the roster."""
    rows = f"身份证号,姓名,连续参保年数,提高限额\n{ID},王小明,5,1000\n"
    for problems in (
        read_rosters(lying(tmp_path, rows), Settings()).problems,
        read_stays(lying(tmp_path, rows), Settings(), []).problems,
    ):
        (problem,) = problems
        assert problem.what == "这是参保激励名单，不是住院报表，也不是花名册"
        assert '在 onestop.toml 的 [reconcile] 写 insured = ["表.csv"]' in problem.remedy


def test_years_insured_beside_stays_or_kinds_make_no_list_of_insured_people(tmp_path: Path) -> None:
    for head, cell in (("救助类别", "五保户"), ("入院日期,总费用", "2010-10-01,5")):
        rows = f"姓名,身份证号,连续参保年数,{head}\n王小明,{ID},5,{cell}\n"
        problems = read_rosters(lying(tmp_path, rows), Settings()).problems
        assert not any("参保激励名单" in problem.what for problem in problems)
