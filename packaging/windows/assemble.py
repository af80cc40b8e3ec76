"""A Windows Python, put together from public packages, with every wheel of `constraints.txt` that the suite needs.

    python -m windows.assemble [HOME]

The interpreter and its extension modules are the unchanged builds for Windows of the Python Software Foundation, as a
wheel of panda3d carries them for the games it packs; the standard library, which is the same for every system, is
that of the Python 3.11 that runs this. What is left are three small files, compiled here: `python.exe`, `python3.dll`
(the stable interface, every name handed on) and a part that Wine lacks. Kept in HOME outside the checkout (400 MB),
and made again only when something it is made of has changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from bundle.targets import Target
from bundle.wheels import ROOT, Wheel, build_wheel, fetch, gather, needed, pinned, wheels_in

from windows.wine import Wine, add_locales, lacking

CARRIER = "panda3d==1.10.16"
"""Whose wheel for CPython 3.11 on Windows has the interpreter inside, in `deploy_libs/`."""

RUNTIME = "msvc-runtime==14.44.35112"
"""Whose wheel has Microsoft's C runtime for redistribution; Polars needs a part of it that the carrier lacks and that a
new Windows does not have."""

TARGET = Target("Windows x86-64", "Windows", "AMD64", "3.11")
TOOLS = ("pytest", "pytest-xdist", "hypothesis", "pyinstaller")
LIBRARIES = ("libffi-8.dll", "libcrypto-3.dll", "libssl-3.dll", "sqlite3.dll")
"""What extension modules load, beside them."""

_FILES = Path(__file__).parent / "files"
_GCC = "x86_64-w64-mingw32-gcc"
_NOT_COPIED = shutil.ignore_patterns(
    "site-packages", "lib-dynload", "__pycache__", "config-3*", "test", "idlelib", "tkinter", "turtledemo"
)  # fmt: skip


def home_of_cache() -> Path:
    """Where the assembly is kept unless a folder is named."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "onestop-windows"


def assemble(home: Path, checkout: Path) -> Wine:
    """The Windows Python of `checkout` in `home`, made when it is missing or out of date, with onestop as it now is."""
    _prepare()
    wine = Wine(home)
    recipe = _recipe(checkout)
    stamp = home / "recipe"
    if not stamp.is_file() or stamp.read_text("utf-8") != recipe:
        for made in ("python", "prefix", "carrier", "compiled"):
            shutil.rmtree(home / made, ignore_errors=True)
        (home / "python" / "DLLs").mkdir(parents=True)
        _interpreter(home)
        _library(home)
        _compiled(home)
        new_prefix(wine, home / "compiled")
        _wheels(home, checkout)
        stamp.write_text(recipe, "utf-8", newline="\n")
    _ours(home, checkout)
    return wine


def site_packages(home: Path) -> Path:
    return home / "python" / "Lib" / "site-packages"


def _prepare() -> None:
    """Raise `SystemExit` with the line to type when something is missing."""
    if sys.version_info[:2] != (3, 11):
        raise SystemExit("the standard library is taken from the Python that runs this: use 3.11")
    missing = lacking()
    if any("." not in name for name in missing):
        raise SystemExit(f"apt-get install --no-install-recommends {' '.join(missing)}")
    add_locales(missing)


def _recipe(checkout: Path) -> str:
    """A digest over what an assembly is made of."""
    parts = [checkout / "constraints.txt", *sorted(_FILES.glob("*.c")), Path(__file__)]
    joined = b"\0".join(part.read_bytes() for part in parts) + sys.version.encode()
    return hashlib.sha256(joined).hexdigest()


def _interpreter(home: Path) -> None:
    """python311.dll and the extension modules out of the carrier's wheel, the C runtime beside them."""
    python = home / "python"
    for name, content in _members(home, CARRIER, "deploy_libs"):
        if name == "python311.dll":
            (python / name).write_bytes(content)
        elif name in LIBRARIES or (name.endswith(".pyd") and name != "_tkinter.pyd"):
            (python / "DLLs" / name).write_bytes(content)
    for name, content in _members(home, RUNTIME, "Scripts"):
        if name in ("vcruntime140.dll", "vcruntime140_1.dll"):
            (python / name).write_bytes(content)


def _members(home: Path, requirement: str, folder: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of the files in every `folder` of a wheel."""
    store = home / "carrier"
    shutil.rmtree(store, ignore_errors=True)
    store.mkdir()
    fetch(store, TARGET, [requirement])
    (wheel,) = wheels_in(store)
    with ZipFile(wheel.path) as archive:
        for member in archive.namelist():
            path = PurePosixPath(member)
            if path.parent.name == folder:
                yield path.name, archive.read(member)


def _library(home: Path) -> None:
    """The standard library, without what belongs to this system."""
    shutil.copytree(Path(os.__file__).parent, home / "python" / "Lib", ignore=_NOT_COPIED)
    site_packages(home).mkdir()


def _compiled(home: Path) -> None:
    python, work = home / "python", home / "compiled"
    work.mkdir()
    _run(_GCC, "-O1", "-municode", _FILES / "python.c", "-o", python / "python.exe")
    names = _exported(python / "python311.dll")
    lines = ["LIBRARY python3.dll", "EXPORTS", *(f"{name} = python311.{name}" for name in names)]
    stable = work / "python3.def"
    stable.write_text("\n".join(lines) + "\n", "ascii", newline="\n")
    empty = work / "empty.c"
    empty.write_text("int nothing;\n", "ascii", newline="\n")
    _run(_GCC, "-shared", "-nostartfiles", "-Wl,-e,0", empty, stable, "-o", python / "python3.dll")
    source = _FILES / "bcryptprimitives.c"
    _run(_GCC, "-O1", "-shared", source, "-ladvapi32", "-o", work / "bcryptprimitives.dll")


def _exported(library: Path) -> list[str]:
    """The public names of a Windows library that begin as Python's do."""
    listed = subprocess.run(
        ["x86_64-w64-mingw32-objdump", "--private-headers", library],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    table = listed.partition("[Ordinal/Name Pointer] Table")[2].partition("\n\n")[0]
    return re.findall(r"\s(_?Py\w+)$", table, re.MULTILINE)


def new_prefix(wine: Wine, compiled: Path) -> Wine:
    """A new `C:` with the part that Wine lacks, out of the folder `compiled`."""
    wine.home.mkdir(parents=True, exist_ok=True)
    wine.run("wineboot", "--init")
    part = wine.home / "prefix" / "drive_c" / "windows" / "system32" / "bcryptprimitives.dll"
    shutil.copyfile(compiled / part.name, part)
    part.chmod(0o755)
    return wine


def _wheels(home: Path, checkout: Path) -> None:
    """Everything onestop and its suite need, at the pinned versions."""
    store = home / "wheels"
    store.mkdir(exist_ok=True)
    _ours_into(store, checkout)
    gather(store, [TARGET], pinned(checkout / "constraints.txt"), roots=(ROOT, *TOOLS))
    wanted = needed(TARGET, wheels_in(store), roots=(ROOT, *TOOLS))
    for wheel in wheels_in(store):
        if wheel.name in wanted:
            unpack(wheel, site_packages(home))


def _ours(home: Path, checkout: Path) -> None:
    """onestop as the checkout has it, in place of what was there."""
    for old in site_packages(home).glob("onestop_cli*"):
        shutil.rmtree(old)
    unpack(_ours_into(home / "wheels", checkout), site_packages(home))


def _ours_into(store: Path, checkout: Path) -> Wheel:
    for old in store.glob("onestop_cli-*.whl"):
        old.unlink()
    return build_wheel(checkout, store, epoch=10**9)


def unpack(wheel: Wheel, folder: Path) -> None:
    """The modules of a wheel, as pip lays them; its scripts are not needed."""
    with ZipFile(wheel.path) as archive:
        for member in archive.infolist():
            top, _, rest = member.filename.partition("/")
            if top.endswith(".data"):
                kind, _, rest = rest.partition("/")
                if kind not in ("purelib", "platlib") or member.is_dir():
                    continue
                member.filename = rest
            archive.extract(member, folder)


def _run(*words: str | Path) -> None:
    subprocess.run([str(word) for word in words], check=True)


def main() -> None:
    """Assemble into the folder named, else the cache, and say what came out."""
    home = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else home_of_cache()
    wine = assemble(home, Path.cwd())
    print(wine.run(wine.python, "-c", "import sys; print(sys.version)").stdout.strip())


if __name__ == "__main__":
    main()
