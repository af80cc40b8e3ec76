"""Real files of others through the readers, compared cell by cell with other libraries.

python -m benchmarks.corpus FOLDER [--limit N] [--only ENDING] [--show N]

FOLDER holds public test workbooks (Apache POI's, SheetJS's, ClosedXML's …), fetched by hand; none of them is part of
this project. Every file goes through the door; what comes out is held against openpyxl (xlsx), xlrd and calamine (xls)
and calamine (xlsb, ods). A file may be refused in words; it may not be read otherwise than the others read it, and
nothing may escape the door. Prints every file that differs with its first cells, and counts per container.
"""

from __future__ import annotations

import argparse
import io
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any

import openpyxl
import xlrd
from python_calamine import CalamineWorkbook

from onestop_cli import workers
from onestop_cli.readers.containers.door import FoundFile
from onestop_cli.readers.containers.grid import UNCOMPUTED, Grid

LIMITS = workers.Limits(1 << 30, 30.0)
CELLS = 4_000_000
Cells = Mapping[tuple[int, int], Any]
"""(row, column) → value of the filled cells of a sheet."""


def filled(grid: Grid) -> dict[tuple[int, int], Any]:
    return {(r, c): v for r, row in enumerate(grid.rows) for c, v in enumerate(row) if v != ""}


def by_openpyxl(data: bytes) -> dict[str, Cells]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return {
        sheet.title: {
            (cell.row - 1, cell.column - 1): cell.value
            for row in sheet.iter_rows()
            for cell in row
            if cell.value not in (None, "")
        }
        for sheet in book.worksheets
    }


def by_xlrd(data: bytes) -> dict[str, Cells]:
    book = xlrd.open_workbook(file_contents=data, logfile=io.StringIO(), ragged_rows=True)
    return {sheet.name: dict(_xlrd_cells(book, sheet)) for sheet in book.sheets()}


def _xlrd_cells(book: Any, sheet: Any) -> Iterator[tuple[tuple[int, int], Any]]:
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            if cell.ctype == xlrd.XL_CELL_ERROR:
                yield (row, column), xlrd.error_text_from_code.get(cell.value, "#")
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                yield (row, column), bool(cell.value)
            elif cell.value != "":
                yield (row, column), cell.value


def by_calamine(data: bytes) -> dict[str, Cells]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = {}
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        cells = {(r, c): v for r, row in enumerate(rows) for c, v in enumerate(row) if v != ""}
        found[name] = cells
    return found


JUDGES = {
    "xlsx": ("by_openpyxl",),
    "xls": ("by_xlrd", "by_calamine"),
    "xlsb": ("by_calamine",),
    "ods": ("by_calamine",),
}
FOR_JUDGES = workers.Limits(3 << 30, 60.0)


def judged_by(name: str, data: bytes) -> dict[str, Cells] | None:
    """What another library makes of a file; None when it cannot read it either. It works within limits, too."""
    try:
        found: dict[str, Cells] = workers.call(f"benchmarks.corpus:{name}", data, limits=FOR_JUDGES)
    except (workers.Stopped, workers.Failed):
        return None
    return found or None


def read_by_others(data: bytes) -> list[str]:
    """Who finds cells in a file that we refuse."""
    names = ("by_openpyxl", "by_xlrd", "by_calamine")
    return [n for n in names if (cells := judged_by(n, data)) and any(cells.values())]


def same(ours: Any, theirs: Any) -> bool:
    """Whether two libraries mean the same by a cell."""
    if ours in (theirs, UNCOMPUTED) or any(str(value).startswith("#") for value in (ours, theirs)):
        return True
    if isinstance(theirs, datetime) and theirs.year < 1900:
        return True  # a negative number shown as a day: a moment to one, a number to another
    a, b = _number(ours), _number(theirs)
    if a is not None and b is not None:
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=2e-5)
    if isinstance(ours, str) and isinstance(theirs, str):
        return "".join(ours.split()) == "".join(theirs.split())
    return False


def _number(value: Any) -> float | None:
    """Numbers, truths and moments on one scale: days since 1899-12-30."""
    if isinstance(value, datetime):
        whole = value.date() - date(1899, 12, 30)
        return whole.days + (_number(value.time()) or 0.0)
    if isinstance(value, date):
        return float((value - date(1899, 12, 30)).days)
    if isinstance(value, clock):
        return (
            value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
        ) / 86400
    if isinstance(value, timedelta):
        return value / timedelta(days=1)
    return float(value) if isinstance(value, int | float) else None


def differences(grids: tuple[Grid, ...], judged: Mapping[str, Cells]) -> list[str]:
    """Where our sheets and a judge's are not the same."""
    told = []
    for grid in grids:
        theirs = judged.get(grid.sheet or "")
        if theirs is None:
            told.append(f"{grid.sheet}: not with the judge, who has {list(judged)[:5]}")
            continue
        ours = filled(grid)
        for place in sorted(ours.keys() | theirs.keys()):
            mine, other = ours.get(place, ""), theirs.get(place, "")
            if not same(mine, other) and (str(mine).strip() or str(other).strip()):
                told.append(f"{grid.sheet} {place}: ours {mine!r:.60} theirs {other!r:.60}")
    missing = judged.keys() - {grid.sheet for grid in grids}
    return told + [f"{name}: sheet missing" for name in missing if judged[name]]


def judge(file: FoundFile, data: bytes) -> tuple[str, list[str]]:
    """Of a file that was read: agreed, differs from all judges, or nobody can judge it."""
    told: list[str] = []
    able = 0
    for name in JUDGES.get(file.kind, ()):
        judged = judged_by(name, data)
        if judged is None:
            continue
        able += 1
        told = differences(file.grids, judged)
        if not told:
            return "agreed", []
    return ("differs", told) if able else ("read", [])


def main(folder: Path, limit: int | None, ending: str | None, show: int) -> None:
    files = sorted(
        f for f in folder.rglob("*") if f.is_file() and f.suffix not in (".list", ".sel")
    )
    files = [f for f in files if ending is None or f.suffix.lower() == ending][:limit]
    counts: dict[str, Counter[str]] = {}
    escaped, slowest = 0, (0.0, "")
    for path in files:
        begin = time.perf_counter()
        try:
            found = workers.call(
                "onestop_cli.readers.containers.door:enter",
                path.name,
                str(path),
                ("password",),
                CELLS,
                limits=LIMITS,
            )
        except workers.Stopped as stopped:
            found = []
            _count(counts, path.suffix.lower(), f"stopped: {stopped.why}")
            print(f"STOPPED {stopped.why} {path}")
        except workers.Failed as failed:
            found, escaped = [], escaped + 1
            print(f"ESCAPED {path}\n{failed}")
        slowest = max(slowest, (time.perf_counter() - begin, str(path)))
        for file in found:
            if file.trouble:
                _count(counts, path.suffix.lower(), f"refused: {file.trouble.what[:24]}")
                if len(found) == 1 and (able := read_by_others(path.read_bytes())):
                    print(f"REFUSED {path} {file.trouble.what} (read by {able})")
                continue
            verdict, told = judge(file, path.read_bytes()) if len(found) == 1 else ("read", [])
            _count(counts, file.kind, verdict)
            if told:
                print(f"DIFFERS {path} ({len(told)})", *told[:show], sep="\n    ")
    print(f"\n{len(files)} files, slowest {slowest[0]:.1f} s ({slowest[1]}), escaped {escaped}")
    for kind, counted in sorted(counts.items()):
        print(f"{kind:14}", ", ".join(f"{what} {n}" for what, n in counted.most_common()))
    if escaped:
        sys.exit(1)


def _count(counts: dict[str, Counter[str]], kind: str, what: str) -> None:
    counts.setdefault(kind, Counter())[what] += 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--only")
    parser.add_argument("--show", type=int, default=4)
    chosen = parser.parse_args()
    main(chosen.folder, chosen.limit, chosen.only, chosen.show)
