"""Every mistake of the list is made, and the answer leads on."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from onestop_cli.cli import run
from tests.made.mistakes import CLOSE, RECONCILE, SHEET, Mistake, Stage, county, every, locked, page

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


def test_there_are_at_least_sixty() -> None:
    assert len({mistake.what for mistake in MISTAKES}) == len(MISTAKES) >= 60


def test_every_answer_is_more_than_one_letter() -> None:
    assert min(len(sentence) for mistake in MISTAKES for sentence in mistake.said) > 1


def test_the_page_is_the_list() -> None:
    """`make manual` brings it up to date."""
    assert Path("docs/常见错误.md").read_text("utf-8") == page()
