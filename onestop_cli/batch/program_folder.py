"""The folder of a bundle that the program runs from: whether it is whole, and the county's work lies apart from it."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from onestop_cli.batch.checks import BAD, FINE, NOTE, HealthCheck

MANIFEST = Path("app") / "manifest.json"
SHOWN = 3
"""How many damaged files are named."""


def frozen() -> bool:
    """Whether this is `onestop.exe`, with no Python beside it."""
    return bool(getattr(sys, "frozen", False))


def program_folder() -> Path | None:
    """The unpacked bundle: above `app/onestop/onestop.exe`, or above the `.venv` of an installed one; else None."""
    home = Path(sys.executable).parents[2] if frozen() else Path(sys.prefix).parent
    return home if (home / MANIFEST).is_file() else None


def again() -> str:
    """How to bring back a part that is missing."""
    return "请重新解压安装包" if frozen() else "请重新运行离线安装包里的安装"


def look_at_program(here: Path) -> Iterator[HealthCheck]:
    """Checks of the bundle, with a county at work in `here`; none in a checkout."""
    home = program_folder()
    if home is None:
        return
    listed = json.loads((home / MANIFEST).read_text("utf-8"))["files"]
    ours = [entry for entry in listed if entry["path"].startswith("app/")]
    bad = [entry["path"] for entry in ours if _digest(home / entry["path"]) != entry["sha256"]]
    if bad:
        said = f"{len(bad)} 个文件不见了或被改动：{'、'.join(bad[:SHOWN])}"
        remedy = f"{again()}；杀毒软件隔离了的，请信息科放行后再解压"
        yield HealthCheck("程序文件夹", BAD, said, remedy)
    else:
        said = f"{home}，{len(ours)} 个文件和清单一致；没有写注册表，删掉这个文件夹就是卸载"
        yield HealthCheck("程序文件夹", FINE, said)
    if home in here.parents and "示例县" not in here.parts:
        said = "县文件夹放在程序文件夹里，升级或卸载时容易一起删掉"
        yield HealthCheck(
            "县文件夹的位置", NOTE, said, "请移到程序文件夹外面，再拖到任意一个快捷方式上"
        )


def _digest(path: Path) -> str | None:
    """SHA-256 of a file; None when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
