"""A quarter by shortcuts alone: the zip unpacked on a computer without Python, answers typed, files dragged onto icons.

    python -m windows.desk ZIP [HOME]

HOME is where the Windows Python is assembled; only the part that Wine lacks is taken from there. Prints each shortcut
with its exit code; exits 1 when one fails, or a table differs from what Linux writes.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from onestop_cli.commands.guided import TASKS
from windows.assemble import home_of_cache, new_prefix
from windows.chain import PERIOD, RESULT, chain, decide, of_command, tables
from windows.check import compared, good
from windows.wine import Wine, windows_path

PAPERS = (
    f"{RESULT}-2/结算/县级结算汇总.xlsx",
    f"公示/{PERIOD}-2/张贴/县级.html",
    f"检查/{PERIOD}-2/检查工作底稿.xlsx",
    f"决算/{PERIOD}.xlsx",
    "台账.sqlite",
)
"""What is there when all is done."""

OWN_LIST = "本院报表.xlsx"
"""What a hospital checks before it hands it in."""

_NO_PYTHON = "C:\\windows\\system32;C:\\windows"


def quarter_by_hand(wine: Wine, home: Path, county: Path, samples: Path) -> Iterator[str]:
    """A line per shortcut of the unpacked zip `home`, up to one that fails."""
    for task, answers, dropped in _clicks(county):
        _before(task, county, samples)
        started = time.monotonic()
        code, said = click(wine, home, task, answers, dropped)
        seconds = time.monotonic() - started
        yield f"{'ok' if code == 0 else f'EXIT {code}'} {seconds:6.1f} s  {TASKS[task]}"
        if code:
            yield said
            return
    missing = [paper for paper in PAPERS if not (county / paper).is_file()]
    yield (
        f"EXIT: not written: {missing}"
        if missing
        else f"papers: {len(PAPERS)} looked for, all there"
    )


def click(
    wine: Wine, home: Path, task: str, answers: Sequence[str], dropped: Sequence[Path] = ()
) -> tuple[int, str]:
    """Start a shortcut with files on it and type the answers; exit code and what stood in the window."""
    (shortcut,) = (home / "任务").glob(f"* {TASKS[task]}.bat")
    files = [windows_path(path) for path in dropped]
    done = wine.run(
        "cmd", "/c", "call", shortcut.name, *files,
        cwd=shortcut.parent,
        typed="".join(f"{answer}\r\n" for answer in answers),
        more={"WINEPATH": _NO_PYTHON},
    )  # fmt: skip
    return done.returncode, done.stdout


def _clicks(county: Path) -> Iterator[tuple[str, Sequence[str], Sequence[Path]]]:
    """Shortcut, answers and what is dragged onto it, in the order of a quarter."""
    yield "init", [windows_path(county)], []
    yield "status", [], []
    yield "inspect", [], [county / "收件箱" / "住院"]
    yield "precheck", ["huangzhong-2009", "乡级"], [county.parent / OWN_LIST]
    yield "advance", ["2010-10-01", "", PERIOD, "1000000", "2010-10-08", ""], []
    yield "reconcile", [""], []
    yield "decisions", [""], []
    yield "reconcile", [""], [county]
    yield "publish", ["", "2011-01-10", ""], []
    yield "audit", ["", "8", "9", ""], []
    yield "close", [], [county / f"{RESULT}-2"]
    yield "report", [PERIOD], []
    yield "doctor", [], []


def _before(task: str, county: Path, samples: Path) -> None:
    """What is done between the clicks: files into the inbox, decisions filled in."""
    if task == "status":
        fill_inbox(county, samples)
    if task == "precheck":
        shutil.copyfile(next((samples / "hospitals").glob("*.xlsx")), county.parent / OWN_LIST)
    if task == "reconcile" and (county / "处理意见.xlsx").is_file():
        decide(county / "处理意见.xlsx", county / "处理意见.xlsx")


def fill_inbox(county: Path, samples: Path) -> None:
    """What the hospitals and the civil affairs office handed in, and the register of hospitals."""
    shutil.copytree(samples / "hospitals", county / "收件箱/住院", dirs_exist_ok=True)
    shutil.copytree(samples / "roster", county / "收件箱/花名册", dirs_exist_ok=True)
    shutil.copyfile(samples / "register.csv", county / "定点机构名册.csv")


def results(county: Path) -> dict[str, bytes]:
    """The tables of the results below `county`, by their path there."""
    return {f"{RESULT}/{name}": table for name, table in tables(county / "结果").items()}


def main() -> int:
    """Unpack, click through a quarter, and print how it went."""
    home = Path(sys.argv[2]).absolute() if len(sys.argv) > 2 else home_of_cache()
    samples = Path("samples/county").absolute()
    fine = True
    with TemporaryDirectory() as scratch:
        work = Path(scratch)
        linux = of_command([sys.executable, "-m", "onestop_cli"])
        failed = [
            step.said for step in chain(linux, work / "linux" / "结 算", samples) if step.code
        ]
        wine = new_prefix(Wine(work / "computer"), home / "compiled")
        with ZipFile(sys.argv[1]) as archive:
            archive.extractall(work / "U 盘 (1)")
        (folder,) = (work / "U 盘 (1)").iterdir()
        county = work / "合管办 电脑" / "结 算"
        lines = [*failed, *quarter_by_hand(wine, folder, county, samples)]
        for line in [*lines, compared(results(work / "linux" / "结 算"), results(county))]:
            print(line, flush=True)
            fine = fine and good(line) and line not in failed
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
