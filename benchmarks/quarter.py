"""A whole quarter end: 40,000 stays in 60 xlsx and csv files, 30,000 roster rows, to all statements.

python -m benchmarks.quarter [--times 3] — beside it the bare time of the fastest reader on the same files, and of two
writers on the cells of every workbook that came out.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import openpyxl
import polars as pl
import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks.data import HOME
from samples.fabricate.many import many_stays

STAYS = 40_000
"""And as many people, three quarters of whom are on the roster."""
_YUAN = {
    "总费用": "total_fen",
    "可补偿费用": "eligible_fen",
    "新农合补偿": "basic_claimed_fen",
    "医疗救助": "assistance_claimed_fen",
    "个人自付": "self_claimed_fen",
}
_TEXTS = {
    "住院号": "stay_no",
    "姓名": "name",
    "身份证号": "id_raw",
    "救助类别": "category_raw",
    "入院日期": "admitted_on",
    "出院日期": "discharged_on",
    "结算日期": "settled_on",
}
Sheets = list[list[list[Any]]]
"""The cells of a workbook, sheet by sheet, row by row."""


def made(stays: int = STAYS) -> Path:
    """The county's files, made if not there yet."""
    home = HOME / f"quarter{stays}"
    if home.exists():
        return home
    many = many_stays(stays, people=stays)
    (home / "stays").mkdir(parents=True)
    texts = [pl.col(column).cast(pl.String).alias(title) for title, column in _TEXTS.items()]
    yuan = [(pl.col(column) / 100).alias(title) for title, column in _YUAN.items()]
    for number, ((name,), part) in enumerate(
        many.stays.group_by("hospital_raw", maintain_order=True)
    ):
        table = part.select(*texts, *yuan, 医疗机构="hospital_raw")
        file = home / "stays" / str(name)
        _write_table(file, table) if number % 3 else table.write_csv(f"{file}.csv")
    roster = many.roster.select(
        姓名="name", 身份证号="id_raw", 类别="category_raw", 乡镇="township"
    )
    _write_table(home / "roster", roster)
    many.register.select(医疗机构="hospital", 级别="level").write_csv(home / "register.csv")
    return home


def _write_table(file: Path, table: pl.DataFrame) -> None:
    write_with_xlsxwriter(Path(f"{file}.xlsx"), [[table.columns, *map(list, table.iter_rows())]])


def read_bare(files: Iterable[Path]) -> list[Sheets]:
    """All cells, by calamine and by csv."""
    return [_cells(file) for file in files]


def _cells(file: Path) -> Sheets:
    if file.suffix == ".csv":
        return [list(csv.reader(file.read_text("utf-8").splitlines()))]
    book = CalamineWorkbook.from_path(str(file))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def write_with_xlsxwriter(file: Path, sheets: Sheets) -> None:
    book = xlsxwriter.Workbook(str(file), {"constant_memory": True})
    for rows in sheets:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()


def write_with_openpyxl(file: Path, sheets: Sheets) -> None:
    book = openpyxl.Workbook(write_only=True)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(file)


def reconcile(home: Path, out: Path) -> None:
    subprocess.run([*command(home, out), "--quiet"], check=True)


def command(home: Path, out: Path) -> list[str]:
    """The command as a clerk types it."""
    options = {
        "--period": "2010",
        "--stays": home / "stays",
        "--roster": home / "roster.xlsx",
        "--register": home / "register.csv",
        "--rules": "huangzhong-2009",
        "--out": out,
    }
    words = [str(word) for pair in options.items() for word in pair]
    return [sys.executable, "-m", "onestop_cli", "reconcile", *words]


def seconds(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def rewritten(write: Callable[[Path, Sheets], None], books: Sequence[Sheets], folder: Path) -> None:
    for number, sheets in enumerate(books):
        write(folder / f"{write.__name__}{number}.xlsx", sheets)


def beside_floor() -> tuple[float, float]:
    """Seconds of the command, and of the bare reader and the fastest writer in one process, one after the other."""
    home = made()
    with tempfile.TemporaryDirectory() as name:
        temp = Path(name)
        whole = seconds(lambda: reconcile(home, temp / "run"))
        books = read_bare(sorted((temp / "run").rglob("*.xlsx")))
        read = [*sorted((home / "stays").iterdir()), home / "roster.xlsx"]
        floor = seconds(lambda: read_bare(read))
        return whole, floor + seconds(lambda: rewritten(write_with_xlsxwriter, books, temp))


def main(times: int) -> None:
    home = made()
    read = [*sorted((home / "stays").iterdir()), home / "roster.xlsx"]
    with tempfile.TemporaryDirectory() as name:
        temp = Path(name)
        whole = [seconds(lambda n=n: reconcile(home, temp / f"run{n}")) for n in range(times)]
        books = read_bare(sorted((temp / "run0").rglob("*.xlsx")))
        bare = [seconds(lambda: read_bare(read)) for _ in range(times)]
        fast = [
            seconds(lambda: rewritten(write_with_xlsxwriter, books, temp)) for _ in range(times)
        ]
        slow = [seconds(lambda: rewritten(write_with_openpyxl, books, temp)) for _ in range(times)]
    floor = median(bare) + median(fast)
    cells = sum(len(row) for sheets in books for rows in sheets for row in rows)
    print(
        f"{STAYS:,} stays in {len(read) - 1} files; {len(books)} workbooks, {cells:,} cells out\n"
    )
    print("| a quarter | s | beside reader + writer |\n|---|---|---|")
    for what, taken in (
        ("calamine on the same files", median(bare)),
        ("xlsxwriter on the same cells", median(fast)),
        ("openpyxl (write-only) on the same cells", median(slow)),
        ("bare reader + fastest writer", floor),
        ("onestop reconcile, all of it", median(whole)),
    ):
        print(f"| {what} | {taken:.2f} | {taken / floor:.2f}× |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    main(parser.parse_args().times)
