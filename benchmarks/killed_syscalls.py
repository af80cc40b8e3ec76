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
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.made.book_commands import scene, state
from tests.made.killed import COMMANDS

WRITING = (
    "write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "rename", "renameat", "renameat2", "link",
    "linkat", "unlink", "unlinkat", "mkdir", "mkdirat",
)  # fmt: skip


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
