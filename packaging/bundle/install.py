"""Installs onestop from the folder this file came in: every file checked, nothing fetched, nothing else touched.

Copied into a bundle as `app/install.py` and run by the Python the computer already has: standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

SHOWN = 8
"""How many damaged files or lines of a failure are shown."""


class Refused(Exception):
    """Why onestop cannot be installed here and what to do, in Chinese."""


def main() -> int:
    """Install beside this file; 0 when the new environment answers, else 1 with the reason said."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        install(Path(__file__).resolve().parent.parent)
    except Refused as reason:
        print(f"\n没有装好：{reason}")
        return 1
    print("\n装好了。接下来：打开“任务”文件夹，先用“01 建立县文件夹”；不清楚的地方看“手册.pdf”。")
    return 0


def install(home: Path) -> None:
    """Check this computer and the files of the bundle `home`, then make its `.venv`; raises `Refused`."""
    manifest = json.loads((home / "app" / "manifest.json").read_text("utf-8"))
    print(f"onestop {manifest['version']} 离线安装，用 Python {sys.version.split()[0]}", flush=True)
    check_computer(manifest["pythons"], manifest["platforms"])
    print(f"1/4 核对 {len(manifest['files'])} 个文件", flush=True)
    check_files(home, manifest["files"])
    print("2/4 建立运行环境", flush=True)
    python = make_environment(home / ".venv")
    print("3/4 安装程序和组件（约一分钟）", flush=True)
    install_wheels(python, home / "app")
    print("4/4 自检", flush=True)
    if subprocess.call([python, "-m", "onestop_cli", "doctor"], cwd=home) != 0:
        raise Refused("自检发现问题，请按上面的提示处理后重新安装")


def check_computer(pythons: Sequence[str], platforms: Sequence[str]) -> None:
    """Refuse a Python or a computer that the bundle has no wheels for."""
    span = f"{pythons[0]} 至 {pythons[-1]}"
    here = ".".join(str(part) for part in sys.version_info[:2])
    if here not in pythons:
        raise Refused(f"这台电脑的 Python 是 {here}，需要 {span}（64 位）")
    if sysconfig.get_platform() not in platforms:
        known = "、".join(platforms)
        raise Refused(
            f"这个 Python 是 {sysconfig.get_platform()} 版，安装包只有 {known}；"
            f"请另装 64 位的 Python {span}"
        )


def check_files(home: Path, files: Sequence[Mapping[str, str]]) -> None:
    """Refuse a damaged or incomplete copy, naming the files."""
    bad = [entry["path"] for entry in files if sha256(home / entry["path"]) != entry["sha256"]]
    if bad:
        more = f"\n  …… 共 {len(bad)} 个" if len(bad) > SHOWN else ""
        names = "\n  ".join(bad[:SHOWN])
        raise Refused(f"安装包不完整或有损坏，请重新复制、重新解压整个文件夹：\n  {names}{more}")


def sha256(path: Path) -> str | None:
    """The hash of a file; None when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def make_environment(folder: Path) -> Path:
    """A fresh environment in `folder`; returns its Python."""
    shutil.rmtree(folder, ignore_errors=True)
    run(
        [sys.executable, "-I", "-m", "venv", str(folder)],
        "建不了运行环境。Windows：请确认这个文件夹可以写入，路径不要太长；"
        "Linux：请先安装 Python 的 venv 组件（如 python3-venv）",
    )
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install_wheels(python: Path, app: Path) -> None:
    """Install what is locked; pip compares every hash once more."""
    command = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-cache-dir", "--only-binary=:all:", "--require-hashes"]
    files = ["--find-links", str(app / "wheels"), "--requirement", str(app / "requirements.txt")]
    run([*command, *offline, *files], "组件安装失败，请把上面的文字拍照发给维护者")


def run(command: Sequence[str], advice: str) -> None:
    """Run a command free of the user's own pip and Python settings; when it fails, its last lines are shown."""
    settings = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))
    }
    settings |= {"PIP_CONFIG_FILE": os.devnull, "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    except OSError as error:
        raise Refused(f"{advice}（{error.strerror}）") from error
    if done.returncode != 0:
        print("\n".join(done.stdout.decode("utf-8", "replace").splitlines()[-SHOWN:]))
        raise Refused(advice)


if __name__ == "__main__":
    sys.exit(main())
