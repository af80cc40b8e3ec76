"""`onestop ledger month`: the papers of a month, out of books that may be closed by the quarter."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import polars as pl

from onestop_cli.batch.books import hospital_now, the_ledger
from onestop_cli.batch.runs import runs_in
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_days import typed_day
from onestop_cli.county.deadlines import dues
from onestop_cli.county.periods import Period, parse_period
from onestop_cli.county.settings import Settings
from onestop_cli.errors import stop
from onestop_cli.ledger.books import closed_periods
from onestop_cli.ledger.months import MonthReport, month_report
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.readers.register import read_register
from onestop_cli.run import Run, load_run
from onestop_cli.writers.ledger.month_book import MonthPaper, write_month_book
from onestop_cli.writers.ledger.month_screen import show_month
from onestop_cli.writers.toolkit.folder import refuse_existing, staged_file


def show_of_month(
    ledger: Path | None, run: Path | None, typed: str, out: Path | None, on: str | None, today: date
) -> None:
    """Show the papers of a month, and write them to `out`.

    Raises `CannotRun` when the period is no month, or neither books nor a run have it.
    """
    settings, month = county_settings(), parse_period(typed)
    if month.first.month != month.last.month:
        raise stop(
            f"{month.chinese}不是单月",
            "请写成 --period 2010-11；季报、年报用 onestop ledger report",
        )
    if out is not None:
        if out.suffix.lower() != ".xlsx":
            raise stop("只能写成 .xlsx 文件", "请把 --out 写成以 .xlsx 结尾的文件名", str(out))
        refuse_existing(out)
    day = today if on is None else typed_day(on, "--on")
    with opened(the_ledger(ledger)) as books, snapshot(books):
        holder = _closed_with(books, month)
        if run is not None and holder is not None:
            raise stop(
                f"{month.chinese}已在 {holder.id} 关账",
                "数以台账为准，请去掉结算结果文件夹",
                str(run),
            )
        folder = run or (None if holder else _newest(settings, month))
        loaded = load_run(folder) if folder else None
        found = month_report(books, month, loaded, hospital_now(settings))
    paper = MonthPaper(
        settings.county.name,
        found,
        "" if folder is None else str(folder),
        dues(month, settings.deadlines.model_dump(), settings.calendar),
        day,
        _silent(settings, loaded, found, month),
    )
    show_month(paper)
    if out is not None:
        with staged_file(out) as stage:
            write_month_book(paper, stage)
        print(f"\n已写到 {out}")


def _closed_with(books: sqlite3.Connection, month: Period) -> Period | None:
    """The closed period that has the month."""
    closed = closed_periods(books)
    return next((p for p in closed if p.first <= month.first and month.last <= p.last), None)


def _newest(settings: Settings, month: Period) -> Path | None:
    """The newest run of the county folder that has the month."""
    if settings.reconcile.out is None:
        return None
    for folder, info in runs_in([settings.folder / settings.reconcile.out]):
        period = parse_period(info.period)
        if period.first <= month.first and month.last <= period.last:
            return folder
    return None


def _silent(
    settings: Settings, run: Run | None, found: MonthReport, month: Period
) -> tuple[str, ...]:
    """Hospitals that were in the scheme in the month and have no stay in it; none where no register is known."""
    register = run.register if run is not None and not found.closed else None
    if register is None or register.is_empty():
        file = settings.reconcile.register_file
        if file is None or not (settings.folder / file).is_file():
            return ()
        register = read_register(settings.folder / file, settings)
    began = pl.col("from_on").is_null() | (pl.col("from_on") <= month.last)
    goes_on = pl.col("to_on").is_null() | (pl.col("to_on") >= month.first)
    inside = register.filter(began & goes_on) if "from_on" in register.columns else register
    names = inside["hospital"].unique(maintain_order=True)
    return tuple(name for name in names if name not in found.heard)
