"""A quarter from an empty folder to closed books, by commands: what is run on both systems and then compared.

    python -m windows.chain FOLDER COMMAND…

Makes FOLDER with the sample county and prints each command's exit code.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

Onestop = Callable[[Sequence[str], Path], tuple[int, str]]
"""Runs `onestop` with words in a folder; its exit code and what it said."""

PERIOD = "2010Q4"
RESULT, SECOND = f"结果/{PERIOD}", f"结果/{PERIOD}-2"
_DECIDED = {
    "处理决定": "放行",
    "理由": "经查属实",
    "依据": "住院病历",
    "经办人": "甲某",
    "复核人": "乙某",
    "日期": "2011-01-08",
}
_RELEASED = "ID01"


@dataclass(frozen=True)
class Step:
    """One command: its words, exit code, seconds and what it said."""

    words: Sequence[str]
    code: int
    seconds: float
    said: str


def chain(onestop: Onestop, county: Path, samples: Path) -> Iterator[Step]:
    """Every command of a quarter in the new folder `county`, with the files of `samples`, up to one that fails."""
    county.parent.mkdir(parents=True, exist_ok=True)
    init = ["init", county.name, "--name", "示例县", "--code", "6399", "--rules", "huangzhong-2009"]
    for where, words in [(county.parent, init), *((county, words) for words in _commands())]:
        _before(words[0] if words else "", county, samples)
        started = time.monotonic()
        code, said = onestop(words, where)
        yield Step(words, code, time.monotonic() - started, said)
        if code != 0:
            return


def _commands() -> Iterator[list[str]]:
    """After `init`, in the county folder."""
    yield ["inspect", "收件箱/住院", "--save"]
    yield ["ledger", "open", "--from", "2010-10-01", "--ledger", "台账.sqlite"]
    yield [
        "ledger", "advance", "--fund", "医疗救助资金", "--period", PERIOD, "--amount", "1000000",
        "--date", "2010-10-08", "--ledger", "台账.sqlite",
    ]  # fmt: skip
    yield ["reconcile", "--period", PERIOD, "--ledger", "台账.sqlite"]
    yield [
        "reconcile", "--period", PERIOD, "--ledger", "台账.sqlite", "--decisions", "处理意见.xlsx",
    ]  # fmt: skip
    yield ["explain", SECOND, "示例县中医院2010年第4季度.xlsx:明细:74"]
    yield ["letters", SECOND, "--out", "信函"]
    yield ["close", SECOND, "--ledger", "台账.sqlite"]
    yield ["publish", SECOND, "--out", "公示", "--from", "2011-01-10"]
    yield ["audit", SECOND, "--out", "检查", "--seed", "8", "--seed", "9", "--size", "60", "--pdf"]
    yield ["audit", SECOND, "--verify", "检查/plan.json"]
    yield ["ledger", "verify", SECOND, "--ledger", "台账.sqlite"]
    yield ["ledger", "report", "--period", PERIOD, "--out", "季报.xlsx", "--ledger", "台账.sqlite"]
    yield ["ledger", "export", "--out", "台账导出", "--ledger", "台账.sqlite"]
    yield ["doctor"]
    yield []
    yield ["publish", SECOND, "--out", "公示打印", "--from", "2011-01-10", "--pdf"]


def _before(word: str, county: Path, samples: Path) -> None:
    """What a clerk does by hand before the first command of that name: files into the inbox; decisions filled in."""
    if word == "inspect":
        shutil.copytree(samples / "hospitals", county / "收件箱/住院", dirs_exist_ok=True)
        shutil.copytree(samples / "roster", county / "收件箱/花名册", dirs_exist_ok=True)
        shutil.copyfile(samples / "register.csv", county / "定点机构名册.csv")
    if word == "reconcile" and (county / RESULT).is_dir():
        decide(county / RESULT / "差错清单.xlsx", county / "处理意见.xlsx")


def decide(findings: Path, decisions: Path) -> None:
    """Release the first held stay of `findings`, as a clerk fills in the list, and save it as `decisions`."""
    book = load_workbook(findings)
    for sheet in book:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            titles = [str(cell) for cell in cells]
            if "处理决定" in titles and "代码" in titles:
                _release(sheet, titles, number)
                book.save(decisions)
                return
    raise LookupError(f"no list to fill in {findings}")


def _release(sheet, titles: list[str], header: int) -> None:  # type: ignore[no-untyped-def]
    for row in sheet.iter_rows(min_row=header + 1):
        if row[titles.index("代码")].value == _RELEASED:
            for title, said in _DECIDED.items():
                row[titles.index(title)].value = said
            return


def tables(county: Path) -> dict[str, bytes]:
    """Every table for programs below `county`, by its path there."""
    found = sorted(county.rglob("*.parquet"))
    return {path.relative_to(county).as_posix(): path.read_bytes() for path in found}


def of_command(command: Sequence[str]) -> Onestop:
    """`onestop` as a command of this system."""

    def onestop(words: Sequence[str], where: Path) -> tuple[int, str]:
        done = subprocess.run(
            [*command, *words],
            cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    return onestop


def main() -> int:
    """Run the chain here."""
    code = 0
    for step in chain(of_command(sys.argv[2:]), Path(sys.argv[1]), Path("samples/county")):
        print(step.code, f"{step.seconds:6.1f} s", " ".join(step.words), flush=True)
        code = step.code
        if code:
            print(step.said)
    return code


if __name__ == "__main__":
    sys.exit(main())
