"""Kill every command that writes to the books at each of its writing system calls, and look at what it leaves.

    python -m benchmarks.killed_syscalls [COMMAND]...

Needs strace. A command (`close` with a retroactive correction, `open`, `reopen`, `advance`, `undo`, `pay`, `hospital`)
runs once on a made-up county and its writing calls are counted; then it runs again on a fresh copy for each of them,
and the kernel kills it (SIGKILL) as it enters that call. What is left must verify, and hold either what was there
before or what a finished command leaves. Prints how often it was one or the other, and fails when it was neither.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from onestop_cli.batch.ledger_pay import list_owed
from onestop_cli.county.periods import parse_period
from onestop_cli.ledger.accounts import Advance, book_advance
from onestop_cli.ledger.chain import entries
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from onestop_cli.writers.toolkit.run_folder import write_data
from tests.ledger.test_ledger import a_stay
from tests.ledger.test_recompute import RIGHT, SEPTEMBER, UNLISTED, closed_under
from tests.made.books import PEOPLE, post, run_period, stays

LEDGER, NEW, LIST = "台账.sqlite", "新.sqlite", "应补名单.xlsx"
WRITING = (
    "write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "rename", "renameat", "renameat2", "link",
    "linkat", "unlink", "unlinkat", "mkdir", "mkdirat",
)  # fmt: skip
COMMANDS = {
    "close": ("close", "next", "--ledger", LEDGER),
    "open": ("ledger", "open", NEW, "--from", "2010-10-01", "--balance", "医疗救助资金=1000"),
    "reopen": ("ledger", "reopen", "--reason", "错"),
    "advance": ("ledger", "advance", "--fund", "医疗救助资金", "--period", "2010-11", "--amount", "500",
                "--date", "2010-11-03"),
    "undo": ("ledger", "advance", "--undo", "4", "--note", "错"),
    "pay": ("ledger", "pay", LEDGER, LIST, "--on", "2010-11-20"),
    "hospital": ("ledger", "hospital", "已付", "--period", "2010-10", "--on", "2010-11-20"),
}  # fmt: skip
"""What is run: `close` posts October with the correction of September, the others begin after that."""


def scene(folder: Path, *, closed: bool) -> Path:
    """September closed by a roster that did not know a person, and October with the correction: as a run, or closed,
    with an advance and a signed list of what is owed."""
    folder.mkdir()
    (folder / "onestop.toml").write_bytes(b"[hospital_money]\npayments = true\n")
    path = folder / LEDGER
    closed_under(path, UNLISTED)
    with opened(path) as books:
        rows = stays([a_stay(10, id_raw=PEOPLE[8], name="人8")])
        run = run_period(rows, "2010-10", books, None, RIGHT, [SEPTEMBER])
        if closed:
            post(books, run)
            line = Advance(
                "医疗救助资金", parse_period("2010-11"), 7, date(2010, 11, 2), "", "测试"
            )
            book_advance(books, line, datetime(2011, 1, 1, tzinfo=UTC))
    if closed:
        _signed(path, folder / LIST)
    else:
        write_data(replace(run, quarantine=run.findings), folder / "next")
    return folder


def _signed(ledger: Path, file: Path) -> None:
    list_owed(ledger, file)
    book = openpyxl.load_workbook(file)
    sheet = book.active
    assert sheet is not None
    heads = next(row for row in sheet.iter_rows() if "签收" in [cell.value for cell in row])
    titles = [cell.value for cell in heads]
    at = heads[0].row or 1
    for row in sheet.iter_rows(min_row=at + 1):
        if isinstance(row[titles.index("编号")].value, int):
            row[titles.index("签收")].value = "本人"
    book.save(file)


def strace(words: tuple[str, ...], folder: Path, *options: str) -> int:
    """Run onestop under strace in `folder`; its exit code, negative when it was killed."""
    command = ["strace", "-f", "-qq", *options, sys.executable, "-m", "onestop_cli", *words]
    root = str(Path(__file__).parents[1])
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": root, "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8",
             "POLARS_MAX_THREADS": "1"},
    )  # fmt: skip
    return done.returncode


def calls(words: tuple[str, ...], folder: Path) -> Counter[str]:
    """How often each writing call is made by the thread that makes it most."""
    log = folder.parent / "calls.txt"
    code = strace(words, folder, "-o", str(log), "-e", f"trace={','.join(WRITING)}")
    assert code == 0, f"{words}: exit {code}"
    of_thread: dict[str, Counter[str]] = {}
    for line in log.read_text("utf-8", "replace").splitlines():
        if found := re.match(r"(\d+)\s+(\w+)\(", line):
            of_thread.setdefault(found[1], Counter())[found[2]] += 1
    most = Counter[str]()
    for counts in of_thread.values():
        most |= counts
    return most


def state(folder: Path) -> list[tuple[str, list[str]]]:
    """The books that are there, each with the kinds of its postings; raises when one does not verify."""
    found = []
    for name in (LEDGER, NEW):
        if (folder / name).exists():
            with opened(folder / name) as books:
                wrong = verify(books)
                assert not wrong, wrong
                found.append((name, [entry.kind for entry in entries(books)]))
    return found


def killed(what: str, scratch: Path) -> Counter[str]:
    """`what` killed at each of its writing calls: `before`, `after`, else what is wrong."""
    words, copy = COMMANDS[what], scratch / "copy"
    stage = scene(scratch / f"scene-{what}", closed=what != "close")
    before = state(stage)
    shutil.copytree(stage, copy)
    counts = calls(words, copy)
    after = state(copy)
    assert before != after, f"{what} did nothing"
    shutil.rmtree(copy)
    found = Counter[str]()
    for call, times in sorted(counts.items()):
        for number in range(1, times + 1):
            shutil.copytree(stage, copy)
            kill = f"inject={call}:signal=SIGKILL:when={number}"
            strace(words, copy, "-o", "/dev/null", "-e", f"trace={call}", "-e", kill)
            try:
                now = state(copy)
                left = {str(before): "before", str(after): "after"}.get(str(now), f"neither: {now}")
            except Exception as error:
                left = f"broken: {error}"
            found[left] += 1
            if left not in ("before", "after"):
                print(f"{what} {call} {number}: {left}", flush=True)
            shutil.rmtree(copy)
    return found


def main(*commands: str) -> int:
    """How many kills left something else than before or after."""
    began, wrong = time.perf_counter(), 0
    with TemporaryDirectory() as scratch:
        for what in commands or COMMANDS:
            found = killed(what, Path(scratch))
            wrong += sum(times for left, times in found.items() if left not in ("before", "after"))
            print(f"{what}: {dict(found)}", flush=True)
    print(f"{time.perf_counter() - began:.0f} s")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main(*sys.argv[1:])))
