"""Plausible bugs, one at a time: does any test notice?

    python -m benchmarks.mutants [WORD]…

Each line of `mutant_table` is put into a copy of the house; the tests that should notice run until the first of them
fails. Prints every bug and what noticed it, and at the end the survivors; ends with 1 when there is one. With words,
only bugs whose file or reason has one of them are tried.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory

from benchmarks.mutant_table import MUTANTS, Mutant, tests_of

HOUSE = Path(__file__).parents[1]
AT_ONCE = 2
SECONDS = 900
"""How long the tests of one bug may take; an endless loop is noticed, too."""

_COPIED = ("onestop_cli", "tests", "samples", "benchmarks", "rules", "packaging", "docs")
_FILES = ("pyproject.toml", "constraints.txt", "README.md", "CHANGELOG.md")


def copied(to: Path) -> Path:
    """A copy of the house without what is made in it."""
    for name in _COPIED:
        shutil.copytree(HOUSE / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copy(HOUSE / name, to)
    return to


def noticed_by(copy: Path, tests: Sequence[str], seconds: int = SECONDS) -> str | None:
    """The first test of `tests` that fails in the copy, `""` when none does; None when the copy cannot be tested."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-rf", "--tb=no"]
    surroundings = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider", "-p", "no:xdist", *tests],
            cwd=copy, env=surroundings, capture_output=True, text=True, timeout=seconds,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"more than {seconds} seconds"
    if done.returncode == 0:
        return ""
    failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" - ")[0] if done.returncode == 1 and failed else None


def tried(mutant: Mutant, copy: Path) -> str | None:
    """What notices `mutant`, as `noticed_by`; the copy is as it was afterwards."""
    path = copy / "onestop_cli" / mutant.file
    sound = path.read_text("utf-8")
    path.write_text(mutant.put_into(sound), "utf-8")
    try:
        return noticed_by(copy, tests_of(mutant.file))
    finally:
        path.write_text(sound, "utf-8")


def each(mutants: Sequence[Mutant], folder: Path) -> Iterator[tuple[Mutant, str | None]]:
    """Every bug and what notices it, two at once, each in a copy of its own."""
    copies: Queue[Path] = Queue()
    for number in range(AT_ONCE):
        copies.put(copied(folder / str(number)))

    def one(mutant: Mutant) -> tuple[Mutant, str | None]:
        copy = copies.get()
        try:
            return mutant, tried(mutant, copy)
        finally:
            copies.put(copy)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(one, mutants)


def main(words: Sequence[str]) -> int:
    chosen = [m for m in MUTANTS if not words or any(w in f"{m.file} {m.why}" for w in words)]
    with TemporaryDirectory() as folder:
        whole = copied(Path(folder) / "sound")
        tests = sorted({test for mutant in chosen for test in tests_of(mutant.file)})
        if (failed := noticed_by(whole, tests, 4 * SECONDS)) != "":
            print(f"the tests fail without any bug: {failed}")
            return 2
        survivors, broken = [], []
        for mutant, noticed in each(chosen, Path(folder)):
            name = f"{mutant.file}: {mutant.why}"
            print(f"{name}\n    {'SURVIVED' if noticed == '' else noticed}", flush=True)
            survivors += [name] if noticed == "" else []
            broken += [name] if noticed is None else []
    print(f"{len(chosen)} bugs tried, {len(survivors)} survived, {len(broken)} could not be tried")
    for name in (*survivors, *broken):
        print(f"  {name}")
    return int(bool(survivors or broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
