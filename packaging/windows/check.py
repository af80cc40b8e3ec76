"""`make windows-check`: the suite and a whole quarter under a Windows Python, in two code pages, as a table.

    python -m windows.check [--quarter] [HOME]

Run in a checkout, before every release; `--quarter` leaves out the suite (a quarter of an hour). Prints per code page
what passed, failed and was skipped, every command of a quarter from `init` to `ledger export` in a folder with blanks
and Chinese, and whether every table for programs has the bytes of Linux. Exits 1 when anything is not as it should be.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from windows.assemble import assemble, home_of_cache
from windows.chain import Onestop, chain, of_command, tables
from windows.wine import LOCALES, Wine, windows_path

_BUNDLE, _NAMES = "tests/packaging/test_bundle.py", "tests/packaging/test_windows_names.py"
_DOOR = "tests/readers/test_door.py"

NOT_HERE: Mapping[str, Sequence[str]] = {
    "needs a shell and file modes of Linux": (
        f"{_BUNDLE}::test_the_zip_is_the_same_each_time_and_keeps_chinese_names_and_scripts",
        f"{_BUNDLE}::test_shell_scripts_are_valid_and_executable",
        f"{_BUNDLE}::test_the_shell_installer_says_what_is_missing_when_there_is_no_python",
        "tests/writers/test_writers.py::TestRunFolder::test_a_private_folder_is_for_its_user_alone",
    ),
    "needs pip, which the assembled Python has not": (
        f"{_BUNDLE}::test_our_wheel_is_the_same_each_time_and_carries_rules_and_templates",
        f"{_BUNDLE}::test_pip_refuses_a_wheel_whose_bytes_are_not_the_locked_ones",
    ),
    "needs a console of its own, which a pipe under Wine has not": (
        "tests/commands/test_endings.py::test_a_command_that_is_told_to_end_tidies_up[Ctrl-Break]",
    ),
    "needs links and pipes in a folder, which Wine's disks have not": (
        f"{_DOOR}::test_linked_folders_are_followed_once",
        f"{_DOOR}::test_a_dangling_link_is_a_problem",
        f"{_DOOR}::test_a_pipe_is_a_problem_and_nobody_waits_for_it[False]",
        f"{_DOOR}::test_a_pipe_is_a_problem_and_nobody_waits_for_it[True]",
    ),
    "needs a limit on a program's memory, which Windows holds and Wine does not": (
        "tests/workers/test_workers.py::test_too_much_memory_ends_the_call",
    ),
    "needs forks": ("tests/ledger/test_killed.py",),
    "compares workbooks with committed ones to the byte, and a package made on Windows says where it was made": (
        "tests/samples/test_samples.py::test_the_committed_county_is_what_the_generator_makes",
        "tests/samples/test_county_of_today.py::test_the_committed_county_is_what_the_generator_makes",
        "tests/samples/test_finding_cases.py::test_the_committed_cases_are_what_the_generator_makes",
    ),
    "compares outputs with pages that show them as they are here, with other paths": (
        "tests/docs/test_manual.py::test_every_output_is_what_comes_out_now",
    ),
    "asks git which files there are": (
        f"{_NAMES}::test_every_file_of_the_checkout_has_a_name_windows_takes",
        f"{_NAMES}::test_no_two_files_differ_only_in_case",
        f"{_NAMES}::test_no_file_of_the_checkout_is_a_link",
    ),
}
"""Why a test has nothing to say about Windows, or Wine nothing to say about the test → the tests."""

COUNTY = Path("合管办 电脑 (1)") / "结 算"
_SUITE = ("-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "--tb=short", "tests")


@dataclass(frozen=True)
class Counted:
    """The suite's outcome; `failed` names tests."""

    passed: int
    failed: Sequence[str]
    skipped: Sequence[str]
    minutes: float

    @property
    def said(self) -> str:
        named = [*self.failed, *(f"{name} (skipped)" for name in self.skipped)]
        told = f"{self.passed:,} passed, {len(self.failed)} failed, {len(self.skipped)} skipped"
        return "\n    ".join([f"suite: {told}, {self.minutes:.0f} min", *named])


def suite(wine: Wine, checkout: Path, report: Path) -> Counted:
    """Run all tests of `checkout` except those named in `NOT_HERE`."""
    started = time.monotonic()
    left_out = [f"--deselect={name}" for names in NOT_HERE.values() for name in names]
    done = wine.run(
        wine.python, *_SUITE, f"--junitxml={windows_path(report)}", *left_out, cwd=checkout
    )
    if not report.is_file():
        raise SystemExit(f"the suite did not run to its end:\n{done.stdout[-3000:]}")
    return counted(report, (time.monotonic() - started) / 60)


def counted(report: Path, minutes: float) -> Counted:
    """What a report in JUnit's form says."""
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = [
        _name(c) for c in cases if c.find("failure") is not None or c.find("error") is not None
    ]
    skipped = [_name(case) for case in cases if case.find("skipped") is not None]
    return Counted(len(cases) - len(failed) - len(skipped), failed, skipped, minutes)


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"


def quarter(onestop: Onestop, folder: Path) -> Iterator[str]:
    """A line per command of the chain in `folder`; one that failed ends it, with what it said."""
    for step in chain(onestop, folder / COUNTY, Path("samples/county").absolute()):
        done = "ok" if step.code == 0 else f"EXIT {step.code}"
        yield f"{done} {step.seconds:6.1f} s  onestop {' '.join(step.words)}"
        if step.code:
            yield step.said


def compared(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> str:
    """Whether tables of Linux and of Windows are the same files with the same bytes."""
    names = ours.keys() | theirs.keys()
    other = sorted(name for name in names if ours.get(name) != theirs.get(name))
    if other or not names:
        return f"tables: DIFFERENT {', '.join(other) or 'none written'}"
    return f"tables: {len(names)} .parquet files, the same bytes as Linux"


def of_windows(wine: Wine) -> Onestop:
    """`onestop` by the Windows Python."""

    def onestop(words: Sequence[str], where: Path) -> tuple[int, str]:
        done = wine.run(wine.python, "-m", "onestop_cli", *words, cwd=where)
        return done.returncode, done.stdout

    return onestop


def check(home: Path, *, suites: bool) -> Iterator[str]:
    """The lines of the table, as they come."""
    assemble(home, Path.cwd())
    with TemporaryDirectory() as scratch:
        work = Path(scratch)
        linux = of_command([sys.executable, "-m", "onestop_cli"])
        yield "Linux"
        yield from quarter(linux, work / "linux")
        expected = tables(work / "linux")
        for page in LOCALES:
            one = Wine(home, page)
            yield f"Windows Python, code page {page}"
            if suites:
                yield suite(one, Path.cwd(), work / f"suite-{page}.xml").said
            yield from quarter(of_windows(one), work / page)
            yield compared(expected, tables(work / page))
    for reason, names in NOT_HERE.items():
        yield f"not run, {reason}:"
        yield from (f"    {name}" for name in names)


def good(line: str) -> bool:
    """Whether a line of the table is as it should be."""
    return not line.startswith(("EXIT", "tables: DIFFERENT")) and (
        not line.startswith("suite:") or " 0 failed, 0 skipped" in line
    )


def main() -> int:
    """Print the table; 1 when a line of it is not as it should be."""
    words = [word for word in sys.argv[1:] if word != "--quarter"]
    home = Path(words[0]).absolute() if words else home_of_cache()
    fine = True
    for line in check(home, suites="--quarter" not in sys.argv):
        print(line, flush=True)
        fine = fine and good(line)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
