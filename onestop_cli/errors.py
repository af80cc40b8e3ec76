"""What stops a run: problems a clerk can act on, always all of them at once."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_Given = TypeVar("_Given")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with what we were given, and what to do about it.

    `what` and `remedy` are Chinese sentences. `file`, `sheet` and `row` say where, as far as that is
    known; `row` is 1-based as the spreadsheet shows it. No ID number may stand in any of them
    beyond its last four characters.
    """

    what: str
    remedy: str
    file: str | None = None
    sheet: str | None = None
    row: int | None = None

    @property
    def place(self) -> str:
        """Where it is, as a clerk would say it: 文件 · 工作表 · 第 n 行."""
        parts = [
            self.file,
            self.sheet and f"工作表“{self.sheet}”",
            self.row and f"第 {self.row} 行",
        ]
        return " · ".join(part for part in parts if part)


def place_of(source: str, sheet: str | None) -> str:
    """A file and one of its sheets, for a sentence; a text file has none."""
    return f"{source}（工作表“{sheet}”）" if sheet else source


class CannotRun(Exception):
    """The run cannot be done; exit code 2. Carries every problem found, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(f"{p.place}：{p.what}" for p in self.problems))


def stop(what: str, remedy: str, file: str | None = None) -> CannotRun:
    """A `CannotRun` of a single problem, for `raise`."""
    return CannotRun([Problem(what, remedy, file)])


def gathered(problems: list[Problem], step: Callable[[], _Given]) -> _Given | None:
    """What `step` gives; None where it cannot, its problems added to `problems`."""
    try:
        return step()
    except CannotRun as error:
        problems += error.problems
        return None


_REFUSALS = {
    "ENOSPC": ("磁盘已满", "请腾出空间后重新运行"),
    "EDQUOT": ("已超过允许使用的磁盘空间（配额）", "请腾出空间，或请管理员放宽配额后重新运行"),
    "EFBIG": ("文件超过这块磁盘允许的大小", "请换到别的磁盘后重新运行"),
    "EACCES": ("没有权限", "请检查文件夹权限，以及文件是否正在 Excel 或 WPS 中打开"),
    "EPERM": ("没有权限", "请检查文件夹权限，以及文件是否正在 Excel 或 WPS 中打开"),
    "EROFS": ("这块磁盘是只读的", "请换到可以写入的文件夹"),
    "ENOENT": ("找不到这个文件或文件夹", "请检查路径是否写对"),
    "ENOTDIR": ("路径中间有一段不是文件夹", "请检查路径是否写对"),
    "EISDIR": ("这是文件夹，不是文件", "请检查路径是否写对"),
    "EEXIST": ("已经有同名的文件或文件夹", "请换一个名字"),
    "ENAMETOOLONG": ("路径或文件名太长", "请把县文件夹移到短一些的位置，如 D:\\结算"),
    "ELOOP": ("链接指来指去，没有尽头", "请移走这个链接"),
    "EBUSY": ("正被别的程序占用", "请关闭正在使用它的程序后重新运行"),
    "ETXTBSY": ("正被别的程序占用", "请关闭正在使用它的程序后重新运行"),
    "EMFILE": ("同时打开的文件太多", "请关闭别的程序后重新运行"),
    "ENFILE": ("同时打开的文件太多", "请关闭别的程序后重新运行"),
    "EIO": ("磁盘读写出错", "请检查磁盘，换一块磁盘后重新运行"),
    "ENOMEM": ("内存不够", "请关闭别的程序后重新运行"),
    "ESTALE": ("网络文件夹断开了", "请检查网络，或移到本机后重新运行"),
    "ETIMEDOUT": ("网络文件夹没有回应", "请检查网络，或移到本机后重新运行"),
    "EHOSTDOWN": ("网络文件夹断开了", "请检查网络，或移到本机后重新运行"),
}
"""Why the system refuses a file: what it means, and what to do."""


_WINDOWS = {
    19: "EROFS",
    21: "EIO",
    23: "EIO",
    31: "EIO",
    32: "EBUSY",
    33: "EBUSY",
    39: "ENOSPC",
    53: "EHOSTDOWN",
    59: "EHOSTDOWN",
    64: "ESTALE",
    67: "EHOSTDOWN",
    121: "ETIMEDOUT",
    206: "ENAMETOOLONG",
    1117: "EIO",
    1295: "EDQUOT",
}
"""Refusals that Python tells too coarsely on Windows: a pulled stick is "no permission", a lost share "invalid"."""

_LONGEST_PATH = 259
"""Characters; Windows says of a longer path that it is not there."""


def refused(error: OSError) -> tuple[str, str]:
    """What the system's refusal means, and what to do about it, in Chinese."""
    otherwise = "电脑不让读写", "请检查路径、权限和磁盘后重新运行"
    code = _WINDOWS.get(getattr(error, "winerror", None) or 0)
    code = code or errno.errorcode.get(error.errno or 0, "").removeprefix("WSA")
    too_long = os.name == "nt" and len(str(error.filename or "")) > _LONGEST_PATH
    return _REFUSALS.get("ENAMETOOLONG" if code == "ENOENT" and too_long else code, otherwise)


def make_folders(folder: Path) -> None:
    """`folder` and those above it, where they are not there. A file in the way is no folder, as every system may say;
    some say that there is one already."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        no_folder = errno.ENOTDIR
        raise NotADirectoryError(no_folder, os.strerror(no_folder), error.filename) from error


class Broken(Exception):
    """A law of the house does not hold (control totals, lost rows): a bug of ours, exit code 3."""
