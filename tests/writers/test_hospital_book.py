"""The book of one hospital: what it claims month by month, and what stands on its first sheet."""

from __future__ import annotations

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook

from onestop_cli.statements.patterns import shown_findings, with_reasons
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.statements.hospital_book import HospitalAccount, write_hospital_book
from tests.made.run import made_run


@pytest.fixture(scope="module")
def statement() -> Statement:
    return Statement(made_run())


@pytest.fixture(scope="module")
def line(statement: Statement) -> dict[str, object]:
    return next(row for row in statement.hospitals.iter_rows(named=True) if row["claims"] > 1)


@pytest.fixture(scope="module")
def book(statement: Statement, line: dict[str, object], tmp_path_factory) -> Workbook:
    path = tmp_path_factory.mktemp("book") / "hospital.xlsx"
    findings = shown_findings(statement.run)
    stays = with_reasons(statement.stays, findings).filter(hospital=line["hospital"])
    own = findings.filter(hospital=line["hospital"])
    write_hospital_book(statement, HospitalAccount(line, stays, own, 1), path)
    return openpyxl.load_workbook(path, data_only=True)


def total(book: Workbook) -> list[object]:
    rows = [[cell.value for cell in row] for row in book["结算申报表"].iter_rows()]
    return next(row for row in rows if row[0] == "合计")


def test_the_hospital_signs_for_every_row_it_claims(book: Workbook, line) -> None:
    assert total(book)[1] == line["claims"]


def test_what_it_signs_for_is_what_the_notice_says_it_claims(book: Workbook, line) -> None:
    claimed = [value for value in total(book)[4:-1] if value is not None]
    assert round(sum(claimed) * 100) == line["all_claimed_fen"]


def test_its_files_are_named_with_their_rows(book: Workbook, statement: Statement, line) -> None:
    texts = [cell.value for row in book["结算申报表"].iter_rows() for cell in row if cell.value]
    live = statement.stays.filter(pl.col("status") != "reversed", hospital=line["hospital"])
    source, rows = live["source"].value_counts(sort=True).row(0)
    assert any(f"{source}（{rows} 行）" in str(text) for text in texts)


def test_tables_with_nothing_in_them_are_named_on_the_notice(book: Workbook) -> None:
    said = [cell.value for row in book["拨付通知单"].iter_rows() for cell in row if cell.value]
    absent = {"扣减明细", "待核", "应补与调整", "主要原因"} - set(book.sheetnames)
    named = next((str(text) for text in said if "不附的表" in str(text)), "")
    assert {name for name in absent if name in named} == absent
