"""Programs of Windows on this computer: where they live, how they are started, how paths are called there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

LOCALES = {"936": "zh_CN.UTF-8", "UTF-8": "hi_IN.UTF-8"}
"""Code page → the locale that makes Wine give it to programs, and see Chinese names on the disk. Hindi has none of its
own, so that programs get 65001, as Windows set to UTF-8 gives."""

NEEDED = {
    "wine": "wine wine64",
    "x86_64-w64-mingw32-gcc": "gcc-mingw-w64-x86-64",
    "localedef": "locales",
}
"""Program → Debian packages that bring it."""


@dataclass(frozen=True)
class Wine:
    """A prefix (`C:` and the registry) in `home/prefix`, a Windows Python in `home/python` when one was assembled."""

    home: Path
    page: str = "936"

    @property
    def python(self) -> Path:
        return self.home / "python" / "python.exe"

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a program: this prefix, this code page, nothing of Python's own settings here.

        Bytecode has a place of its own: a suite starts thousands of processes, and each would compile all libraries.
        """
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_", "LC_"))}
        own = {
            "WINEPREFIX": str(self.home / "prefix"),
            "WINEDEBUG": "-all",
            "LC_ALL": LOCALES[self.page],
            "PYTHONPYCACHEPREFIX": windows_path(self.home / "bytecode"),
        }
        return {**kept, **own}

    def run(
        self,
        *words: str | PurePath,
        cwd: Path | None = None,
        typed: str = "",
        more: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a Windows program to its end with `typed` as its input; output and errors together.

        All three streams are pipes: a program of Windows cannot use a plain file of this system for one.
        """
        encoding = "gbk" if self.page == "936" else "utf-8"
        done = subprocess.run(
            ["wine", *map(str, words)],
            cwd=cwd,
            env={**self.settings, **(more or {})},
            input=typed.encode(encoding),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = done.stdout.decode(encoding, "replace").replace("\r\n", "\n")
        return subprocess.CompletedProcess(done.args, done.returncode, said)


def windows_path(path: Path) -> str:
    """A path of this system as programs under Wine call it."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


def lacking() -> list[str]:
    """What this computer lacks, as Debian packages and locales; empty when all is there."""
    found = [packages for program, packages in NEEDED.items() if shutil.which(program) is None]
    if found:
        return found
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout
    known = {name.lower().replace("-", "") for name in listed.split()}
    return [name for name in LOCALES.values() if name.lower().replace("-", "") not in known]


def add_locales(names: Sequence[str]) -> None:
    """Make the locales `names`; needs the rights to."""
    for name in names:
        language, _, charset = name.partition(".")
        subprocess.run(["localedef", "-i", language, "-f", charset, name], check=True)
