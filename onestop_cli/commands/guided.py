"""The task shortcuts of a bundle: a few questions in Chinese, then the command a clerk could have typed.

    python -m onestop_cli.commands.guided TASK HOME [COUNTY_FOLDER]

`HOME` is the bundle's folder; it keeps the name of the county folder used last, so that nobody types it twice.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from onestop_cli.commands.streams import prepare_streams

TASKS: Mapping[str, str] = {
    "init": "建立县文件夹",
    "status": "看进度",
    "inspect": "检查一份报表",
    "precheck": "医院自查",
    "reconcile": "核对本期",
    "publish": "公示",
    "audit": "联合检查抽样",
    "close": "关账",
    "doctor": "体检",
    "window": "打开命令窗口",
}
"""Task → the name of its shortcut, in the order of a quarter."""

_LAST = "上次的县文件夹.txt"
_SETTINGS = "onestop.toml"


def ask(question: str, default: str = "") -> str:
    """The clerk's answer, without the quotes that dragging a file in puts around it."""
    shown = f"{question}［{default}］：" if default else f"{question}："
    return input(shown).strip().strip("\"'") or default


def run(task: str, home: Path, folder: str = "") -> int:
    """Do one task; returns the exit code of its command."""
    if task == "init":
        return _init(home)
    if task == "precheck":
        return _precheck(home)
    county = _county(home, folder)
    if county is None:
        return 2
    if task == "window":
        return _window(home, county)
    return _onestop(_questions()[task](county), county)


def _questions() -> Mapping[str, Callable[[Path], list[str]]]:
    """Task → what it asks, giving the arguments of the command."""
    return {
        "status": lambda county: [],
        "doctor": lambda county: ["doctor"],
        "inspect": lambda county: ["inspect", ask("把要看的文件拖到这里，然后按回车")],
        "reconcile": lambda county: ["reconcile", "--period", ask("结算期", _period(county))],
        "publish": _publish,
        "audit": _audit,
        "close": _close,
    }


def _publish(county: Path) -> list[str]:
    result = ask("公示哪个结果", _latest(county))
    start = ask("公示第一天，如 2011-01-06（直接回车则留空手写）")
    arguments = ["publish", result, "--out", f"公示/{Path(result).name}"]
    return [*arguments, *(["--from", start] if start else [])]


def _audit(county: Path) -> list[str]:
    result = ask("检查哪个结果", _latest(county))
    seeds = [ask("卫生部门报一个数作种子"), ask("民政部门报一个数作种子（没有就直接回车）")]
    chosen = [part for seed in seeds if seed for part in ("--seed", seed)]
    size = ask("抽多少笔", "60")
    return ["audit", result, "--out", f"检查/{Path(result).name}", *chosen, "--size", size]


def _close(county: Path) -> list[str]:
    result = ask("把哪个结果记入台账", _latest(county))
    return ["close", result, "--ledger", ask("台账", "台账.sqlite")]


def _init(home: Path) -> int:
    folder = Path(ask("县文件夹建在哪里", str(Path.home() / "一站式结算"))).expanduser().absolute()
    code = _onestop(["init", str(folder)], home)
    if code == 0:
        _remember(home, folder)
    return code


def _precheck(home: Path) -> int:
    """A hospital's list, beside which the lines to mend are put; a hospital has no county folder."""
    file = Path(ask("把要报送的表拖到这里，然后按回车")).absolute()
    rules = ask("县里适用的政策文件编号，如 huangzhong-2009（不知道就直接回车）")
    level = ask("本院级别，如 乡级（表里已有一列的直接回车）")
    out = file.with_name(f"{file.stem}自查清单.xlsx")
    options = [*(["--rules", rules] if rules else []), *(["--level", level] if level else [])]
    return _onestop(["precheck", str(file), *options, "--out", str(out)], home)


def _county(home: Path, given: str) -> Path | None:
    """The county folder: the one dragged onto the shortcut, else the last one, else asked for."""
    note = home / _LAST
    last = note.read_text("utf-8").strip() if note.is_file() else ""
    folder = Path(given or last or ask("县文件夹在哪里（可以把文件夹拖到这里）"))
    if not (folder / _SETTINGS).is_file():
        print(f"{folder} 不是县文件夹：里面没有 {_SETTINGS}。")
        print("请先用“建立县文件夹”，或把县文件夹拖到这个快捷方式的图标上。")
        return None
    _remember(home, folder)
    print(f"县文件夹：{folder}")
    return folder


def _remember(home: Path, folder: Path) -> None:
    (home / _LAST).write_text(str(folder.absolute()), "utf-8")


def _latest(county: Path) -> str:
    """The newest result, relative to the county folder."""
    runs = (county / "结果").glob("*/run.json")
    newest = max(runs, key=lambda file: file.stat().st_mtime, default=None)
    return newest.parent.relative_to(county).as_posix() if newest else ""


def _period(county: Path) -> str:
    """The period most stays of the inbox belong to; blank when there are none yet."""
    from onestop_cli.batch.status import standing
    from onestop_cli.county.settings import load_settings

    period = standing(load_settings(county / _SETTINGS)).period
    return period.id if period else ""


def _onestop(arguments: Sequence[str], folder: Path) -> int:
    """Run the command where the county's settings are, after showing what it is."""
    shown = " ".join(f'"{part}"' if " " in part else part for part in ("onestop", *arguments))
    print(f"\n> {shown}\n", flush=True)
    return subprocess.call([sys.executable, "-m", "onestop_cli", *arguments], cwd=folder)


def _window(home: Path, county: Path) -> int:
    """A command window in the county folder that knows `onestop`."""
    path = os.pathsep.join([str(home / "app" / "bin"), os.environ["PATH"]])
    windows = os.name == "nt"
    shell = ["cmd", "/k"] if windows else [os.environ.get("SHELL", "/bin/sh")]
    print("可以输入 onestop 命令了，例如 onestop --help；输入 exit 退出。", flush=True)
    return subprocess.call(shell, cwd=county, env={**os.environ, "PATH": path})


def main() -> int:
    """Run the task named on the command line; Ctrl-C, the end of input and a no just stop."""
    prepare_streams()
    task, home, *rest = sys.argv[1:]
    from onestop_cli.errors import CannotRun

    try:
        return run(task, Path(home).resolve(), *rest[:1])
    except (KeyboardInterrupt, EOFError):
        print("\n没有做。")
        return 1
    except CannotRun as error:
        print(f"{error}\n请用“看进度”或“体检”看看。")
        return 2


if __name__ == "__main__":
    sys.exit(main())
