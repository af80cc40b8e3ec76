"""How a command ends: the computer's refusals, interrupts, a screen that is gone, and what stands all the same."""

from __future__ import annotations

import errno
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from xlsxwriter.exceptions import FileCreateError

from onestop_cli import cli, errors, outcome
from onestop_cli.cli import run
from onestop_cli.commands import closed_window, endings
from onestop_cli.commands.endings import ENDED, STOPPED, Ended, refusal
from onestop_cli.county.toml_words import toml_problem
from onestop_cli.errors import Broken, refused


def ends(monkeypatch: pytest.MonkeyPatch, error: BaseException, done: str = "") -> int:
    """The exit code of a command that raises `error`, after something was done for good."""

    def command(*args: object, **options: object) -> None:
        if done:
            outcome.stands(done)
        raise error

    monkeypatch.setattr(cli, "app", command)
    return run([])


WRAPPED = OSError(f"No space left on device (os error {112 if os.name == 'nt' else 28})")
REFUSALS = {
    "a full disk": (OSError(errno.ENOSPC, "No space left"), "磁盘已满"),
    "a quota": (OSError(errno.EDQUOT, "Disk quota exceeded"), "配额"),
    "no permission": (PermissionError(errno.EACCES, "Permission denied", "x.xlsx"), "没有权限"),
    "a disk that is read-only": (OSError(errno.EROFS, "Read-only"), "只读"),
    "a name too long": (OSError(errno.ENAMETOOLONG, "File name too long"), "太长"),
    "a broken disk": (OSError(errno.EIO, "I/O error"), "磁盘读写出错"),
    "too many open files": (OSError(errno.EMFILE, "Too many"), "文件太多"),
    "another refusal": (OSError(errno.EXDEV, "Cross-device"), "电脑不让读写"),
    "no memory": (MemoryError(), "内存不够"),
    "a ledger on a full disk": (sqlite3.OperationalError("database or disk is full"), "磁盘已满"),
    "a ledger that is read-only": (
        sqlite3.OperationalError("attempt to write a readonly database"),
        "不能写入",
    ),
    "what Polars says of a full disk": (WRAPPED, "磁盘已满"),
    "what Polars says in an error of its own": (
        pl.exceptions.ComputeError(f"failed: denied (os error {5 if os.name == 'nt' else 13})"),
        "没有权限",
    ),
    "what xlsxwriter wraps": (FileCreateError(OSError(errno.ENOSPC, "No space")), "磁盘已满"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_the_computer_refuses_is_no_bug_of_ours(
    what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error, words = REFUSALS[what]
    assert ends(monkeypatch, error) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "→ 请" in said
    assert not set("abcdefghijklmnopqrstuvw").intersection(re.sub("x.xlsx|Excel|WPS", "", said))


def test_a_bug_stays_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(IndexError("x")) is None
    assert ends(monkeypatch, IndexError("x")) == 3
    assert ends(monkeypatch, Broken("x")) == 3


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), STOPPED), (Ended(), ENDED)])
def test_an_interrupt_says_that_nothing_was_written(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ends(monkeypatch, error) == code
    assert capsys.readouterr().err == "已中断。\n没有写出任何结果。\n"


def test_an_interrupt_after_the_closing_says_that_the_period_is_closed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ends(monkeypatch, KeyboardInterrupt(), "2010年第四季度已关账")
    assert capsys.readouterr().err == "已中断。\n2010年第四季度已关账（有效）。\n"
    ends(monkeypatch, KeyboardInterrupt())
    assert "关账" not in capsys.readouterr().err


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, ""), IndexError("x")])
def test_what_stands_is_said_beside_a_refusal_or_a_bug(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ends(monkeypatch, error, "结果已写入 结果/2010Q4")
    said = capsys.readouterr().err
    assert "结果已写入 结果/2010Q4（有效）" in said
    assert "没有写出" not in said


@pytest.mark.parametrize("error", [BrokenPipeError(errno.EPIPE, ""), SystemExit(1)])
def test_a_screen_that_is_gone_is_no_failure(
    error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "screen_is_gone", lambda: 0)
    assert ends(monkeypatch, error, "已关账") == 0


def test_a_reader_who_goes_away_ends_the_output_quietly() -> None:
    command = [sys.executable, "-m", "onestop_cli", "findings"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


INVALID = OSError(errno.EINVAL, "")


@pytest.mark.parametrize(
    ("error", "system", "broken", "gone"),
    [
        (BrokenPipeError(errno.EPIPE, ""), "posix", False, True),
        (INVALID, "nt", True, True),
        (INVALID, "nt", False, False),
        (OSError(errno.EINVAL, "", "甲.xlsx"), "nt", True, False),
        (INVALID, "posix", True, False),
    ],
)
def test_windows_says_of_a_reader_who_went_away_that_an_argument_is_invalid(
    error: OSError, system: str, broken: bool, gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share that is lost while a paper is written is an invalid argument, too: only a broken screen tells."""

    def write(text: str) -> None:
        if broken:
            raise INVALID

    monkeypatch.setattr(endings, "os", SimpleNamespace(name=system))
    stdout = SimpleNamespace(write=write, flush=lambda: None)
    monkeypatch.setattr(endings.sys, "stdout", stdout)
    assert endings.nobody_reads(error) is gone


@pytest.mark.parametrize(("event", "dealt_with"), [(0, 0), (1, 0), (2, 1), (5, 1), (6, 1)])
def test_a_closed_window_waits_for_the_end_and_leaves_ctrl_c_to_python(
    event: int, dealt_with: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2, 5, 6: window closed, user logs off, computer shuts down."""
    told: list[int] = []
    monkeypatch.setattr(closed_window, "_thread", SimpleNamespace(interrupt_main=told.append))
    assert closed_window.on_event(event, left=0) == dealt_with
    assert len(told) == dealt_with


ENDS = (
    {"Ctrl-Break": 1}
    if os.name == "nt"
    else {"an end": signal.SIGTERM, "Ctrl-C": signal.SIGINT, "a closed window": signal.SIGHUP}
)
"""How a command is told to end; Windows sends another process only Ctrl-Break (CTRL_BREAK_EVENT)."""


@pytest.mark.parametrize("number", ENDS.values(), ids=list(ENDS))
def test_a_command_that_is_told_to_end_tidies_up(number: int, tmp_path: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom onestop_cli import cli\n"
        "from onestop_cli.writers.toolkit.folder import staged\n"
        "def app(*a, **k):\n"
        "    with staged(Path('out')):\n"
        "        print('ready', flush=True)\n"
        "        time.sleep(60)\n"
        "cli.app = app\ncli.main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    ) as process:
        assert process.stdout and process.stdout.readline() == "ready\n"
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == (STOPPED if number == signal.SIGINT else ENDED)
    assert "已中断" in said
    assert list(tmp_path.iterdir()) == []


def test_a_killed_command_leaves_what_the_next_one_sweeps_and_the_doctor_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = (
        "import os\nfrom pathlib import Path\n"
        "from onestop_cli.writers.toolkit.folder import staged\n"
        "with staged(Path('out')):\n    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False)
    assert len(list(tmp_path.iterdir())) == 2
    monkeypatch.chdir(tmp_path)
    run(["doctor"])
    assert "中断留下的临时文件" in capsys.readouterr().out.replace("\n", "")


@pytest.mark.parametrize(
    ("number", "words"),
    [(32, "占用"), (33, "占用"), (39, "磁盘已满"), (21, "读写出错"), (64, "断开"), (206, "太长"), (1295, "配额")],
)  # fmt: skip
def test_a_refusal_of_windows_is_told_apart_by_its_own_number(number: int, words: str) -> None:
    error = OSError(errno.EINVAL, "")
    error.winerror = number  # type: ignore[attr-defined,unused-ignore]
    assert words in refused(error)[0]


def test_a_path_too_long_for_windows_is_not_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(errors, "os", SimpleNamespace(name="nt"))
    assert refused(OSError(errno.ENOENT, "", "C:\\" + "长" * 260))[0] == "路径或文件名太长"
    assert refused(OSError(errno.ENOENT, "", "C:\\短"))[0] == "找不到这个文件或文件夹"


def test_every_refusal_of_the_system_has_words() -> None:
    for code in errno.errorcode:
        what, remedy = refused(OSError(code, os.strerror(code)))
        assert what
        assert remedy.startswith("请")


TOML = {
    "name = “示例县”": "全角的““”",
    "name ＝ 1": "全角的“＝”",
    "a = [1，2]": "全角的“，”",
    "a = 示例县": "文字要加引号",
    "a": "要有等号",
    "a = 1 2": "一行只能写一项",
    "a = 1\na = 2": "同一个键写了两次",
    "[a]\n[a]": "同一个表写了两次",
    'a = "x': "引号没有成对",
    "a = [1": "方括号没有写完",
    "a = {b = 1": "花括号没有写完",
    "[a": "方括号没有写完",
    'a = "C:\\data"': "反斜杠",
    "a = 2010-02-30": "日期的写法不对",
    "a = True": "true",
}


@pytest.mark.parametrize("text", TOML)
def test_what_is_wrong_in_a_toml_file_is_said_with_its_line(text: str) -> None:
    import tomllib

    whole = f"b = 1\n{text}"
    with pytest.raises(tomllib.TOMLDecodeError) as error:
        tomllib.loads(whole)
    problem = toml_problem(Path("onestop.toml"), whole, error.value)
    assert TOML[text] in problem.what + problem.remedy
    assert problem.row == whole.count("\n") + 1
