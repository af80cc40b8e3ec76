"""Plausible bugs, one at a time: does any test notice?

    python -m benchmarks.mutants [WORD]…

Each line of `mutant_table` is put into a copy of the house; the tests that should notice run until the first of them
fails. Prints every bug and what noticed it, and at the end the survivors; ends with 1 when there is one. With words,
only bugs whose file or reason has one of them are tried.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory

import pytest

from benchmarks.mutant_table import MUTANTS, Mutant, tests_of

HOUSE = Path(__file__).parents[1]
AT_ONCE = 2
SECONDS = 600
"""How long the tests of one bug may take; one that takes longer has not been noticed, it could not be tried."""

_COPIED = ("onestop_cli", "tests", "samples", "benchmarks", "rules", "packaging", "docs", ".ci")
_FILES = ("pyproject.toml", "constraints.txt", "README.md", "CHANGELOG.md", "Makefile")
_HEAVY = ("polars", "pytest", "pydantic", "jinja2", "rich", "typer", "openpyxl")

_processes = get_context("forkserver")
"""Tests run in processes that have the libraries imported already, which is most of a short test's time."""

_moments = count(1_000_000_000)
"""A file's time of change tells Python whether it knows its bytecode; every bug has one of its own."""


def copied(to: Path) -> Path:
    """A copy of the house, with the bytecode that is there."""
    for name in _COPIED:
        shutil.copytree(HOUSE / name, to / name)
    for name in _FILES:
        shutil.copy2(HOUSE / name, to)
    return to


def noticed_by(copy: Path, tests: Sequence[str], seconds: float) -> str | None:
    """The first test of `tests` that fails in the copy, `""` when none does; None when the copy cannot be tested.

    Tests that try many examples are dear, and only asked when no other notices anything.
    """
    plain = _noticed(copy, [*tests, "-m", "not hypothesis"], seconds)
    return plain if plain != "" else _noticed(copy, [*tests, "-m", "hypothesis"], seconds)


def _noticed(copy: Path, arguments: Sequence[str], seconds: float) -> str | None:
    told = copy / "told.txt"
    process = _processes.Process(target=_run_tests, args=(copy, told, [*arguments]))
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        return None
    if process.exitcode in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        return ""
    lines = told.read_text("utf-8", "replace").splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return failed[0].split(" - ")[0] if process.exitcode == 1 and failed else None


def _run_tests(copy: Path, told: Path, arguments: list[str]) -> None:
    with told.open("wb") as file:
        for screen in (1, 2):
            os.dup2(file.fileno(), screen)
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    os.environ["PYTHONPATH"] = str(copy)
    options = ["-x", "-q", "--no-header", "-rfE", "--tb=no"]
    sys.exit(pytest.main([*options, "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]))


def tried(mutant: Mutant, copy: Path) -> str | None:
    """What notices `mutant`, as `noticed_by`; the copy is as it was afterwards."""
    path = copy / "onestop_cli" / mutant.file
    sound = path.read_text("utf-8")
    changed = path.stat().st_mtime_ns
    _write(path, mutant.put_into(sound), next(_moments) * 10**9)
    try:
        return noticed_by(copy, tests_of(mutant.file), SECONDS)
    finally:
        _write(path, sound, changed)


def _write(path: Path, text: str, changed: int) -> None:
    path.write_text(text, "utf-8", newline="\n")
    os.utime(path, ns=(changed, changed))


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
    os.environ["POLARS_MAX_THREADS"] = "1"
    _processes.set_forkserver_preload([*_HEAVY])
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
