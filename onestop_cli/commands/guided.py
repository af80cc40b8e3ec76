"""The task shortcuts of a bundle: a few questions in Chinese, then the command a clerk could have typed.

    onestop --task TASK HOME [DROPPED]…        python -m onestop_cli.commands.guided TASK HOME [DROPPED]…

`HOME` is the bundle's folder; it keeps the name of the county folder used last, so that nobody types it twice.
`DROPPED` are files and folders that were dragged onto the shortcut.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from onestop_cli.commands.desktop import open_result
from onestop_cli.commands.guided_tasks import QUESTIONS, GuidedWork, ask
from onestop_cli.commands.streams import prepare_streams
from onestop_cli.writers.toolkit.text import write_text

TASKS = {
    "init": "建立县文件夹",
    "status": "看进度",
    "inspect": "检查一份报表",
    "precheck": "医院自查",
    "reconcile": "核对本期",
    "decisions": "处理意见",
    "publish": "公示",
    "audit": "联合检查抽样",
    "advance": "预拨",
    "close": "关账",
    "report": "决算",
    "doctor": "体检",
    "window": "打开命令窗口",
}
"""Task → the name of its shortcut, in the order of a quarter."""

_LAST = "上次的县文件夹.txt"
_SETTINGS = "onestop.toml"


def run(task: str, home: Path, dropped: Sequence[str] = ()) -> int:
    """Do one task; returns the exit code of its last command."""
    if task == "init":
        return _init(home)
    paths = [Path(text).absolute() for text in dropped]
    if task == "precheck":
        return _precheck(home, paths)
    folders = [path for path in paths if (path / _SETTINGS).is_file()]
    county = _county(home, folders[0] if folders else None)
    if county is None:
        return 2
    if task == "window":
        return _window(home, county)
    return _do(QUESTIONS[task](county, [path for path in paths if path not in folders]), county)


def _do(work: GuidedWork, county: Path) -> int:
    """The commands of a task, up to one that fails; then what came out is opened."""
    for words in work.commands:
        if code := _onestop(words, county):
            return code
    if result := work.result():
        open_result(county / result)
    return 0


def _init(home: Path) -> int:
    folder = Path(ask("县文件夹建在哪里", str(Path.home() / "一站式结算"))).expanduser().absolute()
    code = _onestop(["init", str(folder)], home)
    if code == 0:
        _remember(home, folder)
        open_result(folder)
    return code


def _precheck(home: Path, dropped: Sequence[Path]) -> int:
    """A hospital's list, beside which the lines to mend are put; a hospital has no county folder."""
    given = dropped[0] if dropped else Path(ask("把要报送的表拖到这里，然后按回车"))
    file = given.absolute()
    rules = ask("县里适用的政策文件编号，如 huangzhong-2009（不知道就直接回车）")
    level = ask("本院级别，如 乡级（表里已有一列的直接回车）")
    out = file.with_name(f"{file.stem}自查清单.xlsx")
    options = [*(["--rules", rules] if rules else []), *(["--level", level] if level else [])]
    code = _onestop(["precheck", str(file), *options, "--out", str(out)], home)
    open_result(out)
    return code


def _county(home: Path, given: Path | None) -> Path | None:
    """The county folder: the one dragged onto the shortcut, else the last one, else asked for."""
    note = home / _LAST
    last = note.read_text("utf-8").strip() if note.is_file() else ""
    folder = given or Path(last or ask("县文件夹在哪里（可以把文件夹拖到这里）"))
    if not (folder / _SETTINGS).is_file():
        print(f"{folder} 不是县文件夹：里面没有 {_SETTINGS}。")
        print("请先用“建立县文件夹”，或把县文件夹拖到这个快捷方式的图标上。")
        return None
    _remember(home, folder)
    print(f"县文件夹：{folder}")
    return folder


def _remember(home: Path, folder: Path) -> None:
    """Next time nobody need say where; a bundle that cannot be written to just asks again."""
    with suppress(OSError):
        write_text(home / _LAST, str(folder.absolute()))


def _onestop(arguments: Sequence[str], folder: Path) -> int:
    """Run the command where the county's settings are, after showing what it is."""
    shown = " ".join(f'"{part}"' if " " in part else part for part in ("onestop", *arguments))
    print(f"\n> {shown}\n", flush=True)
    frozen = getattr(sys, "frozen", False)
    program = [sys.executable] if frozen else [sys.executable, "-m", "onestop_cli"]
    return subprocess.call([*program, *arguments], cwd=folder)


def _window(home: Path, county: Path) -> int:
    """A command window in the county folder that knows `onestop`."""
    path = os.pathsep.join([str(home / "app" / "bin"), os.environ["PATH"]])
    windows = os.name == "nt"
    shell = ["cmd", "/k"] if windows else [os.environ.get("SHELL", "/bin/sh")]
    print("可以输入 onestop 命令了，例如 onestop --help；输入 exit 退出。", flush=True)
    return subprocess.call(shell, cwd=county, env={**os.environ, "PATH": path})


def main(words: Sequence[str]) -> int:
    """Run the task that `words` name; Ctrl-C, the end of input and a no just stop."""
    prepare_streams()
    task, home, *dropped = words
    from onestop_cli.errors import CannotRun

    try:
        # Not `resolve`: it makes a share of a drive's letter, and a command window cannot stand in a share.
        return run(task, Path(os.path.abspath(home)), dropped)  # noqa: PTH100
    except (KeyboardInterrupt, EOFError):
        print("\n没有做。")
        return 1
    except CannotRun as error:
        print(f"{error}\n请用“看进度”或“体检”看看。")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
