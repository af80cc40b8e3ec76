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


_OUR_LICENCE = Path(__file__).parents[2] / "LICENSE"


def licences(wheel: Wheel) -> Iterator[tuple[str, bytes]]:
    """File name and text of each licence file in the wheel's metadata, or the text of the licence it only names.

    Raises `LookupError` when it has no file and names none that is known here.
    """
    with ZipFile(wheel.path) as archive:
        found = [
            PurePosixPath(name)
            for name in archive.namelist()
            if _LICENCE.search(name.partition(".dist-info/")[2]) and not name.endswith("/")
        ]
        if not found:
            yield "LICENSE.txt", _said_only(wheel)
        for name in found:
            inside = PurePosixPath(*name.parts[1:]).as_posix().removeprefix("licenses/")
            yield inside.replace("/", "_"), archive.read(str(name))


def _said_only(wheel: Wheel) -> bytes:
    """The MIT licence, whose text is that of our own, with the author whom the wheel's metadata name."""
    author, classifiers = wheel.metadata.get("Author"), wheel.metadata.get_all("Classifier") or []
    if not author or not any(line.endswith(":: MIT License") for line in classifiers):
        raise LookupError(f"no licence file in {wheel.path.name}")
    own = _OUR_LICENCE.read_text("utf-8")
    return re.sub(r"(?m)^Copyright .*$", f"Copyright (c) {author}", own).encode()


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
