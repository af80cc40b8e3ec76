"""What a terminal shows of long work: its stage, and of many steps how many are done; elsewhere a line a stage."""

from __future__ import annotations

import io
import re
import sys

import pytest

from onestop_cli import workers
from onestop_cli.writers.toolkit.console import progress


class Screen(io.StringIO):
    """A terminal that keeps what was drawn on it."""

    def isatty(self) -> bool:
        return True


def drawn(monkeypatch: pytest.MonkeyPatch, steps: int, done: int) -> list[str]:
    """The pictures of a stage of `steps` steps, `done` of which end."""
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with progress() as tell:
        tell("读取文件")
        step = workers.counted(steps)
        for _ in range(done):
            step()
    return re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue()))


def test_many_steps_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = drawn(monkeypatch, 58, 12)
    assert any("读取文件…" in one and "12/58 剩余" in one for one in pictures)


def test_few_steps_are_not_worth_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = drawn(monkeypatch, 4, 3)
    assert any("读取文件…" in one for one in pictures)
    assert not any("/4" in one for one in pictures)


def test_when_all_steps_are_done_the_stage_goes_on_without_a_bar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    last = [one for one in drawn(monkeypatch, 9, 9) if "读取文件" in one][-1]
    assert "9/9" not in last


def test_elsewhere_a_stage_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as tell:
        tell("读取文件")
        workers.counted(58)()
    assert capsys.readouterr().err == "读取文件…\n"


def test_nothing_is_told_of_calls_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=True) as tell:
        tell("读取文件")
        workers.call_all("builtins:int", [("1",)] * 6)
    assert capsys.readouterr().err == ""


def test_every_call_of_a_round_is_a_step() -> None:
    seen: list[tuple[int, int]] = []
    with workers.watched(lambda done, total: seen.append((done, total))):
        workers.call_all("builtins:int", [("1",), ("x",), ("3",)])
    assert seen == [(1, 3), (2, 3), (3, 3)]
