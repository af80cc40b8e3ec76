"""Terminals of every code page: no command crashes for a character, none comes out as rubbish."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from onestop_cli.commands.streams import prepare_streams


def spoken(encoding: str, *command: str) -> tuple[int, bytes, bytes]:
    """Exit code, stdout and stderr of a command in a terminal of `encoding`."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "onestop_cli", *command], env=environment, capture_output=True
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_chinese_arrives_in_the_terminal_s_own_encoding(encoding):
    code, out, _ = spoken(encoding, "findings", "ID03")
    assert code == 0
    assert "身份证号精度丢失" in out.decode(encoding)


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_problems_are_told_and_not_a_traceback(encoding):
    """The remedy has marks (→ “ ”) that some pages lack."""
    code, _, errors = spoken(encoding, "reconcile", "--period", "明年")
    assert code == 2
    assert "Traceback" not in errors.decode(encoding)


def test_a_rare_name_becomes_a_question_mark_and_the_rest_stays():
    """䶮 is not in code page 936."""
    script = (
        "from onestop_cli.commands.streams import prepare_streams as p; p(); print('刘䶮：甲·乙')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode("gbk").strip() == "刘?：甲·乙"


def test_the_doctor_says_which_page_and_that_files_are_not_touched():
    code, out, _ = spoken("gbk", "doctor")
    assert code == 0
    assert "gbk" in out.decode("gbk")
    assert "不影响写出的文件" in out.decode("gbk")


def test_a_captured_stream_is_left_alone(capsys):
    """A stream that is no terminal stream, as in tests and editors, cannot be reconfigured."""
    prepare_streams()
    print("好")
    assert capsys.readouterr().out == "好\n"


def test_help_needs_no_heavy_import():
    """Streams are prepared without rich or polars."""
    script = (
        "import sys; from onestop_cli.cli import run; run(['--help']); "
        "sys.exit(any(name in sys.modules for name in ('polars', 'rich', 'openpyxl', 'typst')))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True).returncode == 0
