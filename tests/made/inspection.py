"""An inspection of a made run: drawn, its papers filled in by script, evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from onestop_cli.audit.plan import PlanChoices
from onestop_cli.audit.report import AuditReport
from onestop_cli.batch.audit.draw import Extras, audit_folder
from onestop_cli.batch.audit.returned import evaluate_returned
from onestop_cli.run import Run
from onestop_cli.writers.audit.columns import HOUSEHOLD_SHEET, SAMPLE_SHEET
from onestop_cli.writers.toolkit.run_folder import write_data

NOW = datetime(2011, 1, 10, 9, 30, tzinfo=UTC)
TODAY = date(2011, 2, 1)
SEEDS = PlanChoices(seeds=(20101231, 8848), size=20)


def saved(run: Run, folder: Path) -> Path:
    """`run` as a folder that `load_run` reads."""
    folder.mkdir(parents=True)
    write_data(run, folder)
    return folder


def audited(
    run: Path,
    out: Path,
    choices: PlanChoices = SEEDS,
    extras: Extras | None = None,
    **thresholds: int,
) -> Path:
    audit_folder(run, out, choices, thresholds, extras or Extras(), NOW)
    return out


def reported(run: Path, filled: Path | list[Path], out: Path) -> tuple[AuditReport, Path]:
    files = filled if isinstance(filled, list) else [filled]
    return evaluate_returned(run, files, out, TODAY)


@dataclass
class Row:
    """A printed row of a working paper: its number, and its cells by title."""

    number: int
    cells: dict[str, Cell]

    def get(self, title: str) -> Any:
        return self.cells[title].value

    def put(self, title: str, value: Any) -> None:
        self.cells[title].value = value

    @property
    def amount(self) -> float:
        return float(self.get("应付金额"))

    @property
    def drawn(self) -> bool:
        return bool(self.get("来由") != "线索附加")


Fill = Callable[[Row], None]


def rows_of(sheet: Worksheet, known: str = "核查结果") -> Iterator[Row]:
    """The numbered rows below the header that has the title `known`."""
    titles: dict[str, int] = {}
    for row in sheet.iter_rows():
        if any(cell.value == known for cell in row):
            titles = {str(cell.value): at for at, cell in enumerate(row) if cell.value}
        elif titles and isinstance(row[0].value, int | float):
            yield Row(int(row[0].value), {title: row[at] for title, at in titles.items()})


def all_true(row: Row) -> None:
    """Found as booked, signed and dated."""
    row.put("核查结果", "属实")
    row.put("检查人（卫生）", "李卫")
    row.put("检查人（民政）", "赵民")
    row.put("核查日期", date(2011, 1, 20))


def fill(source: Path, target: Path, how: Fill, ask: Fill | None = None) -> Path:
    """Fill the sample of a working paper row by row, and the households with `ask`."""
    book = openpyxl.load_workbook(source)
    for row in rows_of(book[SAMPLE_SHEET]):
        how(row)
    for row in rows_of(book[HOUSEHOLD_SHEET], "满意度"):
        (ask or most_households)(row)
    book.save(target)
    return target


def most_households(row: Row) -> None:
    """Three of four were at home."""
    if row.number % 4:
        row.put("家庭人口", 4)
        row.put("参合人数", 3)
        row.put("上年家庭收入（元）", 8000 + row.number)
        row.put("满意度", "满意" if row.number % 2 else "不满意")


def wrong(row: Row, outcome: str, right: object, cause: str, note: str = "") -> None:
    """Not as booked."""
    row.put("核查结果", outcome)
    row.put("核实应付（元）", right)
    row.put("差错原因", cause)
    row.put("情况说明", note or None)


class RealInspection:
    """Of the drawn stays the second was paid a fifth too much, the fourth in vain, the sixth a yuan too little; nobody
    could be found for the eighth. `at`: these four numbers."""

    def __init__(self) -> None:
        self.at: list[int] = []
        self._drawn = 0

    def __call__(self, row: Row) -> None:
        all_true(row)
        self._drawn += row.drawn
        if not row.drawn or self._drawn % 2 or self._drawn > 8:
            return
        self.at.append(row.number)
        if self._drawn == 2:
            wrong(row, "部分属实", round(row.amount * 0.8, 2), "天数不符")
        elif self._drawn == 4:
            wrong(row, "不属实", "0", "其他", "本人说没有住过院")
        elif self._drawn == 6:
            wrong(row, "部分属实", f"{row.amount + 1:,.2f}", "金额计算有误")
            row.put("核查日期", "2011年1月21日")
        else:
            row.put("核查结果", "无法核查")
            row.put("情况说明", "外出务工")
