"""`onestop.exe`: PyInstaller, run by the Windows Python under Wine, puts the program and all it needs into one folder.

A folder and not one file: a single file unpacks 270 MB to a temporary folder at every start, which takes seconds and is
what virus scanners dislike.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from windows.wine import Wine

WHOLE = (
    "onestop_cli", "polars", "_polars_runtime_32", "python_calamine", "xlsxwriter", "openpyxl", "rich", "typst",
    "noto_cjk_sans_otc", "msoffcrypto", "chinese_calendar", "olefile", "xlrd",
)  # fmt: skip
"""Packages taken with every module, file and metadata: they load some of their parts by name."""

LEFT_OUT = ("pytest", "_pytest", "hypothesis", "setuptools", "tkinter", "PyInstaller", "IPython")
"""What testing and building needs and no county."""

OF_WINDOWS = re.compile(
    r"(api-ms-win-.*|kernel32|kernelbase|ntdll|user32|gdi32|advapi32|shell32|ole32|oleaut32|combase|ws2_32|crypt32"
    r"|bcrypt|bcryptprimitives|secur32|userenv|psapi|pdh|powrprof|rpcrt4|version|winmm|iphlpapi|cabinet|msi|comctl32"
    r"|msvcrt|ucrtbase|dbghelp|shlwapi|ncrypt|propsys|mpr|netapi32|wldap32|dnsapi|setupapi|cfgmgr32)\.dll",
    re.IGNORECASE,
)  # fmt: skip
"""Libraries that every 64-bit Windows 10 has."""

_FILES = Path(__file__).parent / "files"


def freeze(wine: Wine, work: Path, epoch: int) -> Path:
    """The folder with `onestop.exe`, made in `work`; raises `SystemExit` when it is not made or lacks a library."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    shutil.copyfile(_FILES / "launch.py", work / "launch.py")
    options = ["--noconfirm", "--onedir", "--console", "--noupx", "--name=onestop"]
    options += ["--recursive-copy-metadata=onestop-cli"]
    options += [f"--collect-all={name}" for name in WHOLE]
    options += [f"--exclude-module={name}" for name in LEFT_OUT]
    again = {"SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "1"}
    done = wine.run(wine.python, "-m", "PyInstaller", *options, "launch.py", cwd=work, more=again)
    made = work / "dist" / "onestop"
    if done.returncode != 0 or not (made / "onestop.exe").is_file():
        raise SystemExit(f"PyInstaller did not finish:\n{done.stdout[-3000:]}")
    if lacking := sorted(set(missing_libraries(made))):
        raise SystemExit(f"neither in the folder nor part of Windows: {', '.join(lacking)}")
    return made


def missing_libraries(folder: Path) -> Iterator[str]:
    """Libraries that a program or library below `folder` asks for and a new Windows computer would not find."""
    programs = [path for path in folder.rglob("*") if path.suffix in (".exe", ".dll", ".pyd")]
    here = {path.name.casefold() for path in programs}
    for path in programs:
        for name in imported(path):
            if name.casefold() not in here and not OF_WINDOWS.fullmatch(name):
                yield f"{name} ({path.name})"


def imported(path: Path) -> list[str]:
    """The libraries a program of Windows names in its table of imports."""
    listed = subprocess.run(
        ["x86_64-w64-mingw32-objdump", "--private-headers", path],
        capture_output=True, text=True, check=False, errors="replace",
    ).stdout  # fmt: skip
    return re.findall(r"DLL Name: (\S+)", listed)
