"""What pyproject.toml allows is what the gate tries."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

HOUSE = Path(__file__).parents[2]
NEEDED = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]


def test_the_oldest_libraries_tried_are_the_oldest_allowed() -> None:
    allowed = {need.split(",")[0].replace(">=", "==") for need in NEEDED}
    lines = (HOUSE / ".ci" / "oldest.txt").read_text("utf-8").splitlines()
    assert {line for line in lines if not line.startswith("#")} == allowed


def test_libraries_whose_private_parts_are_used_are_bounded_above() -> None:
    """A new minor of them is tried before it is allowed."""
    bounded = {re.split(r"[<>=]", need)[0] for need in NEEDED if "<" in need}
    assert {"typer", "xlsxwriter"} <= bounded


def test_every_library_is_pinned_for_development_to_one_that_is_allowed() -> None:
    pinned = (HOUSE / "constraints.txt").read_text("utf-8").lower()
    for need in NEEDED:
        name, oldest = re.split(r">=", need.split(",")[0].lower())
        (version,) = re.findall(rf"^{re.escape(name)}==([\d.]+)$", pinned, re.MULTILINE)
        assert _numbers(version) >= _numbers(oldest), name
        for limit in re.findall(r"<([\d.]+)", need):
            assert _numbers(version) < _numbers(limit), name


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]
