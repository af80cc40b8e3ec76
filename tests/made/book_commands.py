"""A made-up county for every command that writes to the books (`killed.COMMANDS`), and what is left of its books."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl

from onestop_cli.batch.ledger_pay import list_owed
from onestop_cli.county.periods import parse_period
from onestop_cli.ledger.accounts import Advance, book_advance
from onestop_cli.ledger.chain import entries
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from onestop_cli.writers.toolkit.run_folder import write_data
from tests.ledger.test_ledger import a_stay
from tests.ledger.test_recompute import RIGHT, SEPTEMBER, UNLISTED, closed_under
from tests.made.books import PEOPLE, post, run_period, stays
from tests.made.killed import LEDGER, LIST, NEW


def scene(folder: Path, *, closed: bool) -> Path:
    """September closed by a roster that did not know a person, and October with the correction: as a run, or closed,
    with an advance and a signed list of what is owed."""
    folder.mkdir()
    (folder / "onestop.toml").write_bytes(b"[hospital_money]\npayments = true\n")
    path = folder / LEDGER
    closed_under(path, UNLISTED)
    with opened(path) as books:
        rows = stays([a_stay(10, id_raw=PEOPLE[8], name="人8")])
        run = run_period(rows, "2010-10", books, None, RIGHT, [SEPTEMBER])
        if closed:
            post(books, run)
            line = Advance(
                "医疗救助资金", parse_period("2010-11"), 7, date(2010, 11, 2), "", "测试"
            )
            book_advance(books, line, datetime(2011, 1, 1, tzinfo=UTC))
    if closed:
        _signed(path, folder / LIST)
    else:
        write_data(replace(run, quarantine=run.findings), folder / "next")
    return folder


def _signed(ledger: Path, file: Path) -> None:
    list_owed(ledger, file)
    book = openpyxl.load_workbook(file)
    sheet = book.active
    assert sheet is not None
    heads = next(row for row in sheet.iter_rows() if "签收" in [cell.value for cell in row])
    titles = [cell.value for cell in heads]
    at = heads[0].row or 1
    for row in sheet.iter_rows(min_row=at + 1):
        if isinstance(row[titles.index("编号")].value, int):
            row[titles.index("签收")].value = "本人"
    book.save(file)


def state(folder: Path) -> list[tuple[str, list[str]]]:
    """The books that are there, each with the kinds of its postings; raises when one does not verify."""
    found = []
    for name in (LEDGER, NEW):
        if (folder / name).exists():
            with opened(folder / name) as books:
                wrong = verify(books)
                assert not wrong, wrong
                found.append((name, [entry.kind for entry in entries(books)]))
    return found
