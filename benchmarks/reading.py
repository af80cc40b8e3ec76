"""How much the readers take beside calamine's bare time, on 100,000 rows × 20 columns of xlsx.

python -m benchmarks.reading [ROWS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from onestop_cli.county.settings import Settings
from onestop_cli.readers.stays import read_stays
from tests.made.reader_files import HEADER, HOSPITALS, person

MORE = ("性别", "家庭住址", "病种", "乡镇", "村", "机构级别")
ALLOWED_RATIO = 2.0
TIMES = 5


def write(path: Path, rows: int) -> None:
    """A hospital's export of `rows` stays, amounts as numbers and days as text."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("住院")
    sheet.write_row(0, 0, (*HEADER, *MORE))
    for i in range(rows):
        month, day, total = 1 + i % 12, 1 + i % 27, (i * 7919 % 900_000) / 100
        days = (f"2010-{month:02d}-{day:02d}", f"2010-{month:02d}-{day + 1:02d}")
        money = [round(total * share, 2) for share in (1, 0.8, 0.6, 0.1, 0.3)]
        row = (
            i + 1,
            f"ZY{i:08d}",
            f"祁{i % 97}英",
            person(i),
            "五保户" if i % 3 else "",
            "云谷卫生院",
        )
        home = ("男", f"云谷乡{i % 60}村{i % 9}组", "肺炎", "云谷乡", "云东沟村", "乡级")
        sheet.write_row(i + 1, 0, (*row, *days, days[1], *money, *home))
    book.close()


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        write(path, rows)
        bare = min(_seconds(lambda: _bare(path)) for _ in range(TIMES))
        full = min(_seconds(lambda: _full(path, rows)) for _ in range(TIMES))
    print(f"{rows} × 20: calamine {bare:.2f} s, read_stays {full:.2f} s, ratio {full / bare:.2f}")
    if full > ALLOWED_RATIO * bare:
        sys.exit(1)


def _bare(path: Path) -> None:
    CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def _full(path: Path, rows: int) -> None:
    reading = read_stays([path], Settings(), HOSPITALS)
    assert reading.rows.height == rows and not reading.problems


def _seconds(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
