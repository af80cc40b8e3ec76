"""Help and mistakes on the command line, as a clerk reads them."""

from __future__ import annotations

import re

import pytest

from onestop_cli.cli import run
from onestop_cli.commands import COMMANDS, GROUPS
from onestop_cli.commands.help import EXAMPLES

ENGLISH = r"\b(Usage|Options|Commands|Arguments|Show this|required|default|Error)\b"


@pytest.mark.parametrize("command", [[], *([name] for name in [*COMMANDS, *GROUPS])])
def test_help_has_no_english_words(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*command, "--help"]) == 0
    assert not re.search(ENGLISH, capsys.readouterr().out)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_how_it_is_typed(command: str) -> None:
    assert f"onestop {command}" in EXAMPLES[command]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["reconcile", "--foo"], "没有选项 --foo"),
        (["reconcile"], "缺少 --period"),
        (["reconci"], "没有命令“reconci”"),
        (["findings", "ID03", "x"], "多出了不认识的内容"),
        (["audit", "run", "--seed", "x"], "--seed 的值不对：应为整数"),
        (["findings", "XX99"], "没有差错代码“XX99”"),
    ],
)
def test_a_mistake_is_exit_code_two_and_said_in_chinese(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 2
    assert said in capsys.readouterr().err


def test_an_unforeseen_error_is_exit_code_three_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("onestop_cli.cli.app", lambda *args, **more: 1 // 0)
    assert run(["findings"]) == 3
    assert "Traceback" not in capsys.readouterr().err
