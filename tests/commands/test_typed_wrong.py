"""Every command with nothing, too much and the wrong things typed behind it: Chinese, exit code 2, no traceback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from onestop_cli.batch.typed_days import looks_like_a_day, typed_day
from onestop_cli.cli import run
from onestop_cli.commands import COMMANDS, GROUPS
from onestop_cli.commands.help import EXAMPLES
from onestop_cli.errors import CannotRun


def every_command() -> Iterator[str]:
    """All commands, those of groups with the group's name before them."""
    yield from COMMANDS
    for group, app in GROUPS.items():
        for info in app.registered_commands:
            name = info.name or (info.callback.__name__ if info.callback else "")
            yield f"{group} {name}"


EVERY = sorted(every_command())
DO_NOTHING = {"doctor", "findings", "rules list", "rules check", "rules test"}
"""Commands that may be typed with nothing behind them and do their work."""

WRONG = {
    "nothing": [],
    "too much": ["没有一", "没有二", "没有三", "没有四", "--", "没有五"],
    "an option that is none": ["--nope"],
    "an option without its value": ["--out"],
    "full-width hyphens": ["——out", "x"],
    "no number": ["--seed", "x", "--days", "x", "--year", "x", "--size", "x"],
    "a number out of range": ["--days", "99999999999999999999", "--nth", "0", "--year", "1"],
    "a day that is none": ["--on", "2011-11-31", "--day", "2011-11-31", "--from", "2011-11-31"],
    "a period that is none": ["--period", "2010Q5"],
    "a choice that is none": ["--method", "x", "--paper", "A9", "--engine", "x", "--as", "x"],
}
SAID = re.compile(r"[一-鿿]")
ENGLISH = re.compile(
    r"Traceback|Error\b|[Ii]nvalid|Missing|Got |Input should|[Vv]alue|Usage|required|unexpected|None"
)


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("command", EVERY)
def test_whatever_is_typed_wrong_is_said_in_chinese(
    command: str,
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if what == "nothing" and command in DO_NOTHING:
        return
    monkeypatch.chdir(tmp_path)
    assert run([*command.split(), *WRONG[what]]) == 2
    said = capsys.readouterr().err
    assert SAID.search(said)
    assert not ENGLISH.search(said)
    assert "。。" not in said
    assert "？。" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_alone_shows_its_commands(group: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([group]) == 2
    said = capsys.readouterr().err
    assert "命令：" in said
    assert not said.rstrip().endswith("。。")


@pytest.mark.parametrize("command", EVERY)
def test_every_command_has_an_example_and_help_without_english_types(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"例：\n  onestop {command}" in shown
    assert not re.search(r"int range|%Y|x[<>]=|\{[A-Z]|\[\[|\.{6}", shown)
    assert any(key in (command, command.split()[-1]) for key in EXAMPLES)


def test_a_missing_argument_is_named_with_its_meaning_and_an_example(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["close"]) == 2
    said = capsys.readouterr().err
    assert "缺少结算结果文件夹（RUN）。\n例：onestop close " in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["letters", "r", "--out", "x", "--days", "99"], "--days 的值不对：最多是 60。"),
        (["letters", "r", "--out", "x", "--days", "0"], "--days 的值不对：至少是 1。"),
        (["audit", "r", "--method", "x"], "--method 的值不对：只能是 mus、random、stratified。"),
        (["publish", "r", "--names=1"], "选项 --names 后面不用写值。"),
        (["publish", "r", "--out"], "选项 --out 后面缺少值。"),
        (["close", "r", "—ledger", "x"], "“—ledger”的横线是全角的，请改成半角：--ledger。"),
        (["close", "r", "--ledgr", "x"], "没有选项 --ledgr，是不是 --ledger？\n"),
        (["explain", "没有", "1"], "没有“没有”这个结果文件夹"),
        (["rules", "show", "2011-02-29"], "日期“2011-02-29”不存在：2011 年 2 月只有 28 天"),
    ],
)
def test_a_mistake_is_named_with_what_is_right(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    assert said in capsys.readouterr().err


def test_a_folder_that_is_no_run_names_the_runs_that_lie_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "2010Q4").mkdir()
    (tmp_path / "2010Q4/run.json").touch()
    assert run(["explain", str(tmp_path / "2010Q3"), "1"]) == 2
    assert "这里有：" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["2011-1-6", "2011年1月6日", "20110106", "２０１１．１．６", "2011/01/06"]
)
def test_days_are_typed_as_people_write_them(text: str) -> None:
    assert looks_like_a_day(text)
    assert typed_day(text, "--on") == date(2011, 1, 6)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2011-11-31", "2011 年 11 月只有 30 天，没有 31 日"),
        ("2011年13月1日", "没有 13 月"),
        ("明天", "看不懂"),
        ("2011-11", "看不懂"),
    ],
)
def test_a_day_that_is_none_says_why(text: str, why: str) -> None:
    with pytest.raises(CannotRun) as error:
        typed_day(text, "--on")
    (problem,) = error.value.problems
    assert why in problem.what
    assert "--on 2010-12-31" in problem.remedy
