"""Commands that are killed while they write leave what was there before, or what a finished one leaves.

A sample of `benchmarks.killed_syscalls`, which kills at every system call and needs strace.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.made.book_commands import scene, state
from tests.made.killed import COMMANDS, LENGTHS


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder per command, and in it one per moment at which it was killed."""
    home = tmp_path_factory.mktemp("killed")
    (home / "scenes").mkdir()
    for name, closed in (("open", False), ("closed", True)):
        scene(home / "scenes" / name, closed=closed)
    words = [sys.executable, "-m", "tests.made.killed", str(home / "scenes"), str(home / "left")]
    root = str(Path(__file__).parents[2])
    subprocess.run(words, check=True, env={**os.environ, "PYTHONPATH": root})
    return home


@pytest.mark.parametrize("what", COMMANDS)
def test_a_killed_command_has_done_all_of_it_or_nothing(left: Path, what: str) -> None:
    before = state(left / "scenes" / ("open" if what == "close" else "closed"))
    after = state(left / "left" / what / "done")
    assert before != after
    found = {
        folder.name: "before" if now == before else "after" if now == after else str(now)
        for folder in (left / "left" / what).iterdir()
        if (now := state(folder)) is not None and folder.name != "done"
    }
    assert set(found.values()) <= {"before", "after"}
    assert found["step 1"] == "before"
    assert found[f"length {LENGTHS[0]}"] == "before"
