"""`onestop rules list|show|check|diff|test` on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from onestop_cli.cli import app
from onestop_cli.errors import CannotRun
from onestop_cli.resources import rules_folder
from onestop_cli.rulebook.library import find_rules, load_rules
from tests.made.small_rule import SMALL

IDS = sorted(path.stem for path in find_rules([str(rules_folder())]))


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["rules", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_check_says_what_is_proved_and_what_is_left() -> None:
    """Over everything that ships."""
    output = run("check")
    assert f"检查了 {len(IDS)} 份文件：无空档、无重叠，数字都有出处" in output
    assert "national-2021.toml 待填：" in output


def test_check_of_a_damaged_file_cannot_run(tmp_path: Path) -> None:
    """All problems travel in one exception, which the command line prints and ends with 2."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL.replace('quote = "全年三万元"\n', ""), "utf-8")
    result = CliRunner().invoke(app, ["rules", "check", str(path)])
    assert isinstance(result.exception, CannotRun)
    assert "没有引文" in str(result.exception)


def test_check_tells_of_a_file_that_cannot_be_read_and_of_one_that_can(tmp_path: Path) -> None:
    """A misspelt key in one file does not hide the gap in another."""
    (tmp_path / "one.toml").write_text(SMALL.replace("title", "titel"), "utf-8")
    damaged = SMALL.replace('quote = "全年三万元"\n', "").replace('"small"', '"two"')
    (tmp_path / "two.toml").write_text(damaged, "utf-8")
    result = CliRunner().invoke(app, ["rules", "check", str(tmp_path)])
    assert isinstance(result.exception, CannotRun)
    told = " ".join(problem.what for problem in result.exception.problems)
    assert "titel：不认识这个键" in told
    assert "没有引文" in told


@pytest.mark.parametrize("name", IDS)
def test_show_fits_80_columns_and_cuts_nothing_off(name: str) -> None:
    """Every document."""
    output = run("show", name)
    assert max(cell_len(line.rstrip()) for line in output.splitlines()) <= 80
    quoted = "…" in load_rules([name])[0].text
    assert quoted or "…" not in output


def test_show_has_every_number_and_its_sentence_in_80_columns() -> None:
    """Terms, quotes and readings; no line is cut off or too wide."""
    output = run("show", "huangzhong-2009")
    for text in ("500 元及以下 60%", "5,000 元以上 85%", "6,000 元", "取消起付线", "假定"):
        assert text in output
    assert "…" not in output
    assert max(cell_len(line.rstrip()) for line in output.splitlines()) <= 80


def test_show_on_a_day_names_what_was_in_force() -> None:
    """The auditor's question: which document governed this bill?"""
    output = run("show", "2008-12-31", "--rules", "dafang")
    assert "dafang-2008" in output
    assert "dafang-2009" not in output


CASE = """
[[case]]
name = "住院七成"
article = "住院七成"
given = { level = "LEVEL", category = "KIND", eligible = 1100 }
expect = { basic = 700 }
"""


@pytest.mark.parametrize(
    ("level", "kind", "said"),
    [
        ("县级", "五保户", ()),
        ("县里", "五保户", ("given 里的级别“县里”不认识，可用：乡级、县级、市级、省级",)),
        ("县级", "五保", ("given 里的类别“五保”文件没有列出，可用：五保户、农村低保户",)),
        (
            "县里",
            "五保户",
            ("新农合补偿应为 700.00，算得 没有（政策文件没有适用于该机构级别或条件的条款）",),
        ),
        ("市级", "五保户", ("住院七成：新农合补偿应为 700.00，算得 560.00",)),
    ],
)
def test_a_case_that_fails_says_what_failed(
    level: str, kind: str, said: Sequence[str], tmp_path: Path
) -> None:
    """The case, the amount expected and found, and why there is none."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, "utf-8")
    cases = CASE.replace("LEVEL", level).replace("KIND", kind)
    path.with_name("small.cases.toml").write_text(cases, "utf-8")
    result = CliRunner().invoke(app, ["rules", "test", str(path)])
    told = result.exception.problems if isinstance(result.exception, CannotRun) else []
    whole = " ".join(problem.what for problem in told)
    assert [sentence in whole for sentence in said] == [True] * len(said)
    assert bool(told) == bool(said)


def test_a_document_with_a_gap_is_not_tried(tmp_path: Path) -> None:
    """Its gap is told instead; nothing can be worked out in it."""
    path = tmp_path / "small.toml"
    path.write_text(
        SMALL.replace('when = { visit = "住院" }', 'when = { visit = "门诊" }'), "utf-8"
    )
    path.with_name("small.cases.toml").write_text(CASE.replace("LEVEL", "县级"), "utf-8")
    result = CliRunner().invoke(app, ["rules", "test", str(path)])
    assert isinstance(result.exception, CannotRun)
    assert any("没有条款适用于" in problem.what for problem in result.exception.problems)


def test_check_sees_two_files_of_one_id_in_the_county(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without names every file of the county is looked at, not the first of each name."""
    for folder in ("rules", "rules/旧"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "small.toml").write_text(SMALL, "utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["rules", "check"])
    assert isinstance(result.exception, CannotRun)
    assert any("编号“small”与" in problem.what for problem in result.exception.problems)


def test_diff_says_it_in_words() -> None:
    """`县级补偿比例 …`, for whom and from what to what."""
    output = run("diff", "tongchuan-2025", "nanchang-2025")
    assert "县级补偿比例 75% → 80%" in output
    assert "市级、省级起付线 1,200 元 → 600 元" in output


def test_diff_of_a_document_with_itself_is_nothing() -> None:
    """No invented differences."""
    for name in IDS:
        assert "两份文件没有差别" in run("diff", name, name)


def test_test_tells_a_case_that_came_out_otherwise(tmp_path: Path) -> None:
    """The case, the layer, what it should be and what it is."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, "utf-8")
    case = '[[case]]\nname = "一例"\narticle = "住院七成"\ngiven = { level = "县级", eligible = 1100 }\n'
    (tmp_path / "small.cases.toml").write_text(case + "expect = { basic = 700.01 }\n", "utf-8")
    result = CliRunner().invoke(app, ["rules", "test", str(path)])
    assert "一例：新农合补偿应为 700.01，算得 700.00" in str(result.exception)


def test_list_names_every_document() -> None:
    """Id, life and state."""
    output = run("list")
    assert all(name in output for name in IDS)
