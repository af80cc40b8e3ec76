"""Every paper of a run, and the run folder as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.batch import hospital_books
from onestop_cli.batch.compare import with_the_one_before
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.run import Run
from onestop_cli.statements.comparison import RunComparison
from onestop_cli.statements.form_fields import (
    Fields,
    county_fields,
    hospital_fields,
    hospital_rows,
    stay_rows,
)
from onestop_cli.statements.numbers import hospital_numbers
from onestop_cli.statements.patterns import shown_findings, with_reasons
from onestop_cli.statements.pending import reported_again, still_waiting
from onestop_cli.statements.statement import Statement, numbered
from onestop_cli.tables.by_hand import PAYEE
from onestop_cli.writers.statements.county_book import write_county_book
from onestop_cli.writers.statements.earlier_sheets import earlier_of
from onestop_cli.writers.statements.findings_book import write_findings_book
from onestop_cli.writers.statements.hospital_book import HospitalAccount
from onestop_cli.writers.statements.person_book import write_person_book
from onestop_cli.writers.statements.report import write_report
from onestop_cli.writers.toolkit.folder import safe_name, safe_names, staged
from onestop_cli.writers.toolkit.run_folder import (
    COUNTY_BOOK,
    FINDINGS_BOOK,
    HOSPITALS,
    PERSON_BOOK,
    REPORT,
    STATEMENTS,
    seal,
    write_data,
)

Tell = Callable[[str], None]
"""Told the Chinese name of each stage as it begins."""

FORMS = {"county": "县级结算表样，重复行为医疗机构", "hospital": "机构对账单表样，重复行为住院"}
"""Forms a county may bring, by their key in `[templates]` of onestop.toml."""


def write_run(run: Run, out: Path, settings: Settings, tell: Tell = lambda stage: None) -> None:
    """The run folder `out`: data and papers, whole or not at all; raises `CannotRun`.

    Where another run of the period lies beside it, the report says what changed since.
    """
    since = with_the_one_before(run, out)
    with staged(out) as stage:
        write_data(run, stage)
        write_papers(run, stage, settings, tell, since)
        seal(run.info, stage)


def write_papers(
    run: Run,
    folder: Path,
    settings: Settings,
    tell: Tell = lambda stage: None,
    since: tuple[RunComparison, str] | None = None,
) -> None:
    """Statements, findings and report of `run` below `folder`, which exists.

    Raises `CannotRun` when a form of the county cannot be filled.
    """
    forms = _forms(settings)
    statement = Statement(run)
    findings = shown_findings(run)
    hospitals = folder / STATEMENTS / HOSPITALS
    hospitals.mkdir(parents=True)
    explained = with_reasons(statement.stays, findings)
    books = list(_accounts(statement, explained, findings, hospitals))
    with hospital_books.writing(statement, books) as finish:
        tell("写县级结算表")
        write_county_book(statement, folder / STATEMENTS / COUNTY_BOOK)
        write_findings_book(statement, findings, folder / FINDINGS_BOOK)
        write_report(statement, findings, folder / REPORT, since)
        if PAYEE in statement.hospitals["hospital"]:
            people = explained.filter(hospital=PAYEE)
            write_person_book(statement, people, folder / STATEMENTS / PERSON_BOOK)
        if form := forms.get("county"):
            out = folder / STATEMENTS / f"{safe_name(form.stem)}.xlsx"
            _fill(form, county_fields(statement), hospital_rows(statement), out)
        tell("写机构对账单")
        finish()
    if form := forms.get("hospital"):
        for account, path in books:
            rows = stay_rows(statement, account.stays)
            out = path.with_name(f"{path.stem}（{safe_name(form.stem)}）.xlsx")
            _fill(form, hospital_fields(statement, account.line), rows, out)


def _accounts(
    statement: Statement, explained: pl.DataFrame, findings: pl.DataFrame, folder: Path
) -> Iterator[tuple[HospitalAccount, Path]]:
    """Every hospital's account, of its stays with their reasons, and the workbook it goes into."""
    stays, nobody = explained.partition_by("hospital", as_dict=True), explained.clear()
    found = findings.partition_by("hospital", as_dict=True)
    lines = list(statement.hospitals.iter_rows(named=True))
    names = safe_names(line["hospital"] for line in lines)
    numbers, beside = hospital_numbers(statement.run), _beside_books(statement)
    for line in lines:
        if line["hospital"] == PAYEE:
            continue
        hospital = line["hospital"]
        key, name = (hospital,), names[hospital]
        own = stays.get(key, nobody), found.get(key, findings.clear()), numbers[hospital]
        yield HospitalAccount(line, *own, **beside(hospital)), folder / f"{name}.xlsx"


def _beside_books(statement: Statement) -> Callable[[str], dict[str, Any]]:
    """What a hospital's account has beside a ledger."""
    if statement.run.info.ledger is None:
        return lambda hospital: {}
    waiting, again = still_waiting(statement.run), reported_again(statement.run)
    return lambda hospital: {
        "earlier": earlier_of(statement, hospital),
        "waiting": numbered(waiting.filter(hospital=hospital)),
        "again": len(again.filter(hospital=hospital)),
    }


def _fill(form: Path, fields: Fields, rows: Sequence[Fields], out: Path) -> None:
    """Fill the county's own form; what can open one is only loaded where there is one."""
    from onestop_cli.writers.toolkit.form import fill_form

    fill_form(form, fields, rows, out)


def _forms(settings: Settings) -> dict[str, Path]:
    """The county's forms; raises `CannotRun` naming every key we know no paper for."""
    known = "；".join(f"{key}（{what}）" for key, what in FORMS.items())
    problems = [
        Problem(f"不认识表样“{key}”", f"onestop.toml 的 [templates] 可写：{known}")
        for key in settings.templates
        if key not in FORMS
    ]
    if problems:
        raise CannotRun(problems)
    return {key: settings.folder / path for key, path in settings.templates.items()}
