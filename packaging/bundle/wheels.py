"""Wheels for every target: ours built, the others fetched at the pinned versions, and a lock of their hashes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from functools import cached_property
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from bundle.targets import Target

ROOT = "onestop-cli[crypt,pdf]"
"""What is installed from a bundle."""


@dataclass(frozen=True)
class Wheel:
    """A wheel file; name, version and tags are those of its file name."""

    path: Path

    @cached_property
    def name(self) -> str:
        return str(parse_wheel_filename(self.path.name)[0])

    @cached_property
    def version(self) -> str:
        return str(parse_wheel_filename(self.path.name)[1])

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @cached_property
    def metadata(self) -> Message:
        """The project's METADATA."""
        with ZipFile(self.path) as archive:
            member = next(
                name for name in archive.namelist() if name.endswith(".dist-info/METADATA")
            )
            return message_from_string(archive.read(member).decode("utf-8"))

    def fits(self, target: Target) -> bool:
        """Whether `target` can install it."""
        return not target.tags.isdisjoint(parse_wheel_filename(self.path.name)[3])


def build_wheel(checkout: Path, folder: Path, epoch: int) -> Wheel:
    """Our own wheel, the same bytes each time: every file in it is dated `epoch` (seconds)."""
    _pip(
        "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(checkout),
        env={"SOURCE_DATE_EPOCH": str(epoch)},
    )  # fmt: skip
    return next(wheel for wheel in wheels_in(folder) if wheel.name == "onestop-cli")


def wheels_in(folder: Path) -> list[Wheel]:
    """The wheels of a folder, by file name."""
    return [Wheel(path) for path in sorted(folder.glob("*.whl"))]


def gather(
    folder: Path,
    computers: Iterable[Target],
    pins: Mapping[str, str],
    roots: Collection[str] = (ROOT,),
) -> None:
    """Fetch into `folder` what `roots` need on each computer; raises `LookupError` for one that has no wheel.

    Each round reads the wheels that came and fetches what they need, until nothing is missing.
    """
    for target in computers:
        tried: set[str] = set()
        while missing := _missing(folder, target, roots):
            if missing <= tried:
                raise LookupError(f"{target.name}, Python {target.python}: {sorted(missing)}")
            tried |= missing
            fetch(folder, target, [f"{name}=={pins[name]}" for name in sorted(missing)])


def needed(target: Target, wheels: Collection[Wheel], roots: Collection[str] = (ROOT,)) -> set[str]:
    """Names of all projects that `roots` need on `target`, as far as the wheels at hand tell."""
    waiting = [
        (canonicalize_name(root.name), extra)
        for root in map(Requirement, roots)
        for extra in ("", *root.extras)
    ]
    found: set[tuple[str, str]] = set()
    fitting = {wheel.name: wheel for wheel in wheels if wheel.fits(target)}
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        metadata = fitting[name].metadata if name in fitting else Message()
        for line in metadata.get_all("Requires-Dist") or []:
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({**target.markers, "extra": extra}):
                further = canonicalize_name(wanted.name)
                waiting += [(further, more) for more in ("", *wanted.extras)]
    return {name for name, _ in found}


def lock(wheels: Collection[Wheel], computers: Collection[Target]) -> str:
    """A requirements file for `pip install --require-hashes`; a project only one system needs says so."""
    use = {target: needed(target, wheels) for target in computers}
    lines = []
    for name in sorted({wheel.name for wheel in wheels}):
        files = [wheel for wheel in wheels if wheel.name == name]
        systems = {target.system for target in computers if name in use[target]}
        everywhere = systems == {target.system for target in computers}
        marker = "" if everywhere else f' ; platform_system == "{min(systems)}"'
        shown = ROOT if Requirement(ROOT).name == name else name
        hashes = "".join(f" \\\n    --hash=sha256:{file.sha256}" for file in files)
        lines.append(f"{shown}=={files[0].version}{marker}{hashes}\n")
    return "".join(lines)


def pinned(constraints: Path) -> dict[str, str]:
    """Project → version of a constraints file."""
    lines = (line.strip() for line in constraints.read_text("utf-8").splitlines())
    pairs = (line.split("==", 1) for line in lines if "==" in line)
    return {canonicalize_name(name): version for name, version in pairs}


def _missing(folder: Path, target: Target, roots: Collection[str]) -> set[str]:
    wheels = wheels_in(folder)
    return needed(target, wheels, roots) - {wheel.name for wheel in wheels if wheel.fits(target)}


def fetch(folder: Path, target: Target, requirements: Collection[str]) -> None:
    """Download wheels for `target` into `folder`; raises `CalledProcessError` when one is not there."""
    platforms = [f"--platform={platform}" for platform in target.platforms]
    _pip(
        "download", "--no-deps", "--only-binary=:all:", "--dest", str(folder), *platforms,
        f"--python-version={target.python}", "--implementation=cp", *requirements,
    )  # fmt: skip


def _pip(*arguments: str, env: Mapping[str, str] | None = None) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, env={**os.environ, **(env or {})})
