"""`onestop ledger report`: the table of a month, a quarter, a half or a year out of the closed books."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.batch.books import hospital_now, the_ledger
from onestop_cli.batch.start import county_settings
from onestop_cli.county.deadlines import table_due
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import Counts
from onestop_cli.errors import stop
from onestop_cli.ledger.final_account import report
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.statements.indicators import aided_line, of_figures
from onestop_cli.writers.ledger.final_book import PeriodPaper, write_period_book
from onestop_cli.writers.ledger.final_screen import show_period
from onestop_cli.writers.toolkit.folder import refuse_existing, staged_file


def report_period(ledger: Path | None, period: str, out: Path | None) -> None:
    """Show the report of `period`, and write it to `out`.

    Raises `CannotRun` when nothing of the period is closed, or only together with more.
    """
    settings = county_settings()
    if out is not None:
        if out.suffix.lower() != ".xlsx":
            raise stop("只能写成 .xlsx 文件", "请把 --out 写成以 .xlsx 结尾的文件名", str(out))
        refuse_existing(out)
    wanted = parse_period(period)
    with opened(the_ledger(ledger)) as books, snapshot(books):
        found = report(books, wanted, hospital_now(settings))
    counts = settings.counts.get(wanted.first.year, Counts()).model_dump()
    due = table_due(wanted, settings.deadlines.model_dump(), settings.calendar)
    made = found.figures(counts)
    county, told = settings.county, tuple(of_figures(made))
    paper = PeriodPaper(county.name, found, told, aided_line(made), due, county.code)
    show_period(paper)
    if out is not None:
        with staged_file(out) as stage:
            write_period_book(paper, stage)
        print(f"\n已写到 {out}")
