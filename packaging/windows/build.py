"""`onestop-<version>-windows.zip`: a folder to unpack and use, on a computer without Python.

    python -m windows.build [OUT_FOLDER [HOME]]

Run in a checkout; HOME is where the Windows Python is assembled.
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bundle.build import (
    batch,
    contents,
    pack,
    released,
    template,
    windows_text,
    write_json,
    write_reading,
)
from bundle.licences import entries, licences
from bundle.sbom import sbom
from bundle.wheels import Wheel, needed, wheels_in

from onestop_cli import __version__
from onestop_cli.commands.guided import TASKS
from windows.assemble import CARRIER, RUNTIME, TARGET, assemble, home_of_cache
from windows.freeze import freeze

BOOT = "pyinstaller"
"""Its start program is part of `onestop.exe`."""

NATIVE = {
    "openssl": ("Apache-2.0", "libssl3"),
    "libffi": ("MIT", "libffi8"),
    "sqlite": ("blessing", "libsqlite3-0"),
    "zlib": ("Zlib", "zlib1g"),
    "bzip2": ("bzip2-1.0.6", "libbz2-1.0"),
    "xz": ("0BSD", "liblzma5"),
    "expat": ("MIT", "libexpat1"),
    "mpdecimal": ("BSD-2-Clause", "libpython3.11-minimal"),
}
"""Libraries inside the interpreter's Windows build → licence and the Debian package whose text says it."""


def build(checkout: Path, out: Path, home: Path) -> Path:
    """Write the zip into `out`; returns it."""
    day = released(checkout)
    wine = assemble(home, checkout)
    made = freeze(wine, home / "freeze", int(day.timestamp()))
    wheels = _wheels(home)
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(made, folder / "app" / "onestop")
        write_shortcuts(folder)
        _write_licences(folder / "app" / "licences", wheels)
        write_json(folder / "app" / "sbom.cdx.json", bill(wheels, day))
        write_reading(folder, checkout, day)
        listed = entries(folder)
        write_json(folder / "app" / "manifest.json", {"version": __version__, "files": listed})
        whole = [("全部文件", sum(int(entry["bytes"]) for entry in listed))]
        windows_text(folder / "清单.txt", contents(listed, whole), "utf-8-sig")
        target = out / f"onestop-{__version__}-windows.zip"
        out.mkdir(parents=True, exist_ok=True)
        pack(folder, target, f"onestop-{__version__}", day)
    return target


def write_shortcuts(folder: Path) -> None:
    """A shortcut per task, `onestop` for a command window, and what to read first."""
    for number, (task, title) in enumerate(TASKS.items(), 1):
        batch(folder / "任务" / f"{number:02} {title}.bat", "task-exe.bat", TASK=task)
    batch(folder / "app" / "bin" / "onestop.bat", "onestop-exe.bat")
    windows_text(folder / "先看这里.txt", template("readme-windows.txt"), "utf-8-sig")


def bill(wheels: list[Wheel], day: datetime) -> dict[str, Any]:
    """The bill of materials: every wheel, the interpreter and the libraries inside its build."""
    ours = next(wheel for wheel in wheels if wheel.name == "onestop-cli")
    found = sbom(ours, [wheel for wheel in wheels if wheel is not ours], day)
    found["components"] += list(_not_wheels())
    return found


def _not_wheels() -> Iterator[dict[str, Any]]:
    runtime, _, version = RUNTIME.partition("==")
    yield _part("cpython", "3.11.9", "PSF-2.0", f"unchanged build for Windows, from {CARRIER}")
    yield _part(runtime, version, "Microsoft Visual C++ Redistributable", "vcruntime140*.dll")
    for name, (licence, _) in NATIVE.items():
        yield _part(name, "", licence, "inside the interpreter's build for Windows")


def _part(name: str, version: str, licence: str, description: str) -> dict[str, Any]:
    part = {"type": "library", "bom-ref": name, "name": name, "version": version}
    return {**part, "description": description, "licenses": [{"license": {"name": licence}}]}


def _wheels(home: Path) -> list[Wheel]:
    """The wheels whose code is in the program, and the one that starts it."""
    wheels = wheels_in(home / "wheels")
    wanted = needed(TARGET, wheels) | {BOOT}
    return [wheel for wheel in wheels if wheel.name in wanted]


def _write_licences(folder: Path, wheels: list[Wheel]) -> None:
    for wheel in wheels:
        for name, text in licences(wheel):
            _keep(folder / wheel.name / name, text)
    python = Path(platform.__file__).with_name("LICENSE.txt")
    _keep(folder / "python" / "LICENSE.txt", python.read_bytes())
    for name, (_, package) in NATIVE.items():
        said = Path("/usr/share/doc") / package / "copyright"
        if not said.is_file():
            raise SystemExit(f"apt-get install {package}: its copyright file is put into the zip")
        _keep(folder / name / "copyright.txt", said.read_bytes())


def _keep(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


def main() -> None:
    """Build into the folder named on the command line, else `dist`, and say what came out."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "dist")
    home = Path(sys.argv[2]).absolute() if len(sys.argv) > 2 else home_of_cache()
    target = build(Path.cwd(), out, home)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
