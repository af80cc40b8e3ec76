"""Licence texts of everything in the bundle, and the list of what is in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from bundle.targets import targets
from bundle.wheels import Wheel

_LICENCE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)


def licences(wheel: Wheel) -> Iterator[tuple[str, bytes]]:
    """File name and text of each licence file in the wheel's metadata; raises `LookupError` when it has none."""
    with ZipFile(wheel.path) as archive:
        found = [
            PurePosixPath(name)
            for name in archive.namelist()
            if _LICENCE.search(name.partition(".dist-info/")[2]) and not name.endswith("/")
        ]
        if not found:
            raise LookupError(f"no licence file in {wheel.path.name}")
        for name in found:
            inside = PurePosixPath(*name.parts[1:]).as_posix().removeprefix("licenses/")
            yield inside.replace("/", "_"), archive.read(str(name))


def sizes(wheels: Collection[Wheel]) -> list[tuple[str, int]]:
    """Bytes of the wheels each kind of computer can use, and of all of them."""
    use = {
        target.name: [wheel for wheel in wheels if any(wheel.fits(t) for t in targets() if t.name == target.name)]
        for target in targets()
    }  # fmt: skip
    lines = [(name, sum(w.path.stat().st_size for w in some)) for name, some in use.items()]
    return [*lines, ("全部组件", sum(wheel.path.stat().st_size for wheel in wheels))]


def entries(folder: Path) -> list[dict[str, str | int]]:
    """Path, bytes and SHA-256 of every file below `folder`, by path."""
    return [
        {
            "path": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
