"""Every mistake of the list is made, and the answer leads on."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from onestop_cli.cli import run
from tests.made.mistakes import (
    AGAIN,
    CLOSE,
    RECONCILE,
    SHEET,
    Mistake,
    Stage,
    county,
    every,
    locked,
    next_but_one,
    page,
)

MISTAKES = list(every())


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> Mapping[Stage, Path]:
    """A county at each stage of a quarter."""
    home = tmp_path_factory.mktemp("desk")
    stages: dict[Stage, Path] = {stage: home / stage for stage in ("files", "run", "closed")}
    stages["files"].mkdir()
    county(stages["files"])
    with pytest.MonkeyPatch.context() as there:
        for before, stage, commands in (
            ("files", "run", ["ledger open --from 2010-10-01 --ledger 台账.sqlite", RECONCILE]),
            ("run", "closed", [CLOSE]),
        ):
            shutil.copytree(home / before, home / stage)
            there.chdir(home / stage)
            assert [run(command.split()) for command in commands] == [0] * len(commands)
    return stages


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.what)
def test_a_mistake_gets_an_answer_that_leads_on(
    mistake: Mistake,
    counties: Mapping[Stage, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "县"
    shutil.copytree(counties[mistake.stage], folder)
    mistake.done(folder)
    monkeypatch.chdir(folder)
    assert run(mistake.typed.split()) == mistake.code
    heard = "".join("".join(capsys.readouterr()).split())
    for sentence in mistake.said:
        assert "".join(sentence.split()) in heard


def test_passwords_beside_the_settings_are_tried_without_being_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    county(tmp_path)
    (tmp_path / SHEET).unlink()
    locked(tmp_path)
    (tmp_path / "密码.txt").write_text("示例123\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run([]) == 0
    assert "1个文件，2笔" in "".join(capsys.readouterr().out.split())
    assert run(RECONCILE.split()) == 0


def test_a_period_left_out_is_said_at_the_closing_too(
    counties: Mapping[Stage, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = shutil.copytree(counties["closed"], tmp_path / "县")
    next_but_one(folder)
    monkeypatch.chdir(folder)
    assert run(["reconcile", "--period", "2011Q2", "--out", "结算/2011Q2"]) == 0
    capsys.readouterr()
    assert run(["close", "结算/2011Q2"]) == 0
    heard = "".join(capsys.readouterr().out.split())
    assert "2011-01-01至2011-03-31还没有关账；先关了2011年第2季度" in heard


def test_a_run_that_another_took_the_place_of_is_not_published_in_silence(
    counties: Mapping[Stage, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = shutil.copytree(counties["run"], tmp_path / "县")
    monkeypatch.chdir(folder)
    assert run(AGAIN.split()) == 0
    # Runs say when they were made to the second, and these two were made in one.
    monkeypatch.setattr("onestop_cli.batch.guards.moment", lambda folder, info: folder.name)
    assert run(["publish", "结算/2010Q4", "--out", "公示"]) == 0
    heard = "".join(capsys.readouterr().out.split())
    assert "提示：2010Q4-2是同一期更晚的核对结果，这一份已经过时" in heard


def test_there_are_at_least_sixty() -> None:
    assert len({mistake.what for mistake in MISTAKES}) == len(MISTAKES) >= 60


def test_every_answer_is_more_than_one_letter() -> None:
    assert min(len(sentence) for mistake in MISTAKES for sentence in mistake.said) > 1


def test_the_page_is_the_list() -> None:
    """`make manual` brings it up to date."""
    assert Path("docs/常见错误.md").read_text("utf-8") == page()
