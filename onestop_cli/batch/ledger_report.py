"""`onestop ledger report`: the table of a month, a quarter, a half or a year out of the closed books."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from onestop_cli.batch.books import hospital_now, the_ledger
from onestop_cli.batch.start import county_settings
from onestop_cli.county.deadlines import table_due
from onestop_cli.county.periods import parse_period
from onestop_cli.county.sections import Counts
from onestop_cli.county.settings import Settings
from onestop_cli.errors import stop
from onestop_cli.ledger.accounts import advances, meets
from onestop_cli.ledger.books import closed_periods
from onestop_cli.ledger.final_account import FinalAccount, report
from onestop_cli.ledger.income import NO_SOURCE, incomes
from onestop_cli.ledger.second import paid_again
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.statements.indicators import aided_line, of_figures
from onestop_cli.statements.year_account import YearFigures, raised_of, year_indicators
from onestop_cli.writers.ledger.final_book import PeriodPaper, write_period_book
from onestop_cli.writers.ledger.final_screen import show_period
from onestop_cli.writers.ledger.income_sheets import IncomePaper
from onestop_cli.writers.toolkit.folder import refuse_existing, staged_file


def income_paper(
    ledger: sqlite3.Connection, found: FinalAccount, settings: Settings
) -> IncomePaper:
    """What the funds got during a report's periods, and what was raised for its year."""
    year, runs = found.period.first.year, {run.id for run in found.runs}
    settled = closed_periods(ledger)
    lines = [*((line, NO_SOURCE) for line in advances(ledger))]
    lines += [(line, line.source) for line in incomes(ledger).values()]
    came: dict[str, dict[str, int]] = {}
    for line, source in lines:
        if meets(line.period, settled).id in runs:
            part = came.setdefault(line.fund, {})
            part[source] = part.get(source, 0) + line.fen
    raised: dict[tuple[str, str], int] = {}
    for one in incomes(ledger).values():
        if one.year == year:
            key = one.fund, one.source
            raised[key] = raised.get(key, 0) + one.fen
    due = {
        fund: {source: int(yuan * 100) for source, yuan in sources.items()}
        for fund, sources in settings.income.get(year, {}).items()
    }
    counts = settings.counts.get(year, Counts())
    total = found.total
    figures = YearFigures(
        year, counts.insurable, counts.insured, raised_of(due, raised),
        sum(found.used(fund.name)[0] for fund in found.funds), total["visits"],
    )  # fmt: skip
    return IncomePaper(came, figures, tuple(year_indicators(figures)))


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
        money = income_paper(books, found, settings)
        second = paid_again(books, wanted)
    counts = settings.counts.get(wanted.first.year, Counts()).model_dump()
    due = table_due(wanted, settings.deadlines.model_dump(), settings.calendar)
    made = found.figures(counts)
    county, told = settings.county, tuple(of_figures(made))
    paper = PeriodPaper(county.name, found, told, aided_line(made), money, due, county.code, second)
    show_period(paper)
    if out is not None:
        with staged_file(out) as stage:
            write_period_book(paper, stage)
        print(f"\n已写到 {out}")
