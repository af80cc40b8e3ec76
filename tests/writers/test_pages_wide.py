"""Wide tables on paper: as many pages side by side as keep the print at 8 points, each naming its rows."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from onestop_cli.statements.patterns import shown_findings
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.statements.county_book import write_county_book
from onestop_cli.writers.statements.findings_book import write_findings_book
from onestop_cli.writers.toolkit.columns import Column, text_width
from onestop_cli.writers.toolkit.pages_wide import SMALLEST, WHOLE, PagesWide
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book
from tests.made.run import made_run, with_ledger

NAMED = [Column("n", "序号", "int", 5), Column("h", "医疗机构", width=20)]


def amounts(count: int, group: str = "") -> list[Column]:
    return [Column(f"y{n}", "金额", "yuan", group=group) for n in range(count)]


def test_a_table_that_fits_is_one_page() -> None:
    assert PagesWide.of([*NAMED, *amounts(7)], 2, "A4") is None


def test_a_wider_one_is_cut_in_halves() -> None:
    assert PagesWide.of([*NAMED, *amounts(10)], 2, "A4") == PagesWide(2, (7,), SMALLEST)


def test_the_larger_paper_takes_it_whole() -> None:
    assert PagesWide.of([*NAMED, *amounts(10)], 2, "A3") is None


def test_columns_under_one_heading_stay_together() -> None:
    columns = [*NAMED, *amounts(4), *amounts(4, "救助"), *amounts(2)]
    cut = PagesWide.of(columns, 2, "A4")
    assert cut is not None
    assert cut.breaks == (6,)


def test_only_a_column_wider_than_a_page_is_printed_smaller() -> None:
    cut = PagesWide.of([*NAMED, Column("t", "说明", width=200), *amounts(1)], 2, "A4")
    assert cut is not None
    assert cut.scale < SMALLEST


def test_the_line_to_sign_ends_on_the_first_page(tmp_path: Path) -> None:
    """表二之1 of a county: the day was cut off at the edge of the page."""
    with Book(tmp_path / "t.xlsx") as book:
        columns = [*NAMED, *amounts(10)]
        book.table_sheet("宽", "宽", columns, [{"n": 1, "h": "甲"}], signers=SIGNERS)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert isinstance(sheet, Worksheet)
    cells = [cell for row in sheet.iter_rows() for cell in row]
    signed, dated = (
        next(cell for cell in cells if word in str(cell.value)) for word in ("负责人", "日期：")
    )
    cut = sheet.col_breaks.brk[0].id
    room = sum(
        sheet.column_dimensions[get_column_letter(at)].width for at in range(signed.column, cut + 1)
    )
    assert max(text_width(str(cell.value)) for cell in (signed, dated)) <= room


def test_an_optional_table_without_rows_is_only_named(tmp_path: Path) -> None:
    with Book(tmp_path / "t.xlsx") as book:
        book.table_sheet("有", "有", NAMED, [{"n": 1, "h": "甲"}], optional=True)
        book.table_sheet("没有", "没有", NAMED, [], optional=True)
    assert book.left_out == ["没有"]
    assert openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames == ["有"]


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> list[Worksheet]:
    """The county's book and the list of findings of a run beside a ledger, four layers wide."""
    folder, statement = tmp_path_factory.mktemp("books"), Statement(with_ledger(made_run()))
    write_county_book(statement, folder / "county.xlsx")
    write_findings_book(statement, shown_findings(statement.run), folder / "findings.xlsx")
    books = [openpyxl.load_workbook(folder / f"{name}.xlsx") for name in ("county", "findings")]
    return [sheet for book in books for sheet in book]


def test_no_sheet_of_a_run_is_printed_under_8_points(sheets: list[Worksheet]) -> None:
    assert [sheet.title for sheet in sheets if _percent(sheet) < SMALLEST] == []


def test_every_further_page_names_its_rows(sheets: list[Worksheet]) -> None:
    cut = [sheet for sheet in sheets if sheet.col_breaks.brk]
    assert cut
    assert [sheet.title for sheet in cut if not sheet.print_title_cols] == []


def test_titles_stand_on_the_first_page_alone(sheets: list[Worksheet]) -> None:
    """A merged title that goes on over the next page would be cut in two."""
    for sheet in (sheet for sheet in sheets if sheet.col_breaks.brk):
        title = min(sheet.merged_cells.ranges, key=lambda cells: cells.min_row)
        assert title.max_col <= sheet.col_breaks.brk[0].id


def _percent(sheet: Worksheet) -> float:
    """What a sheet is printed at: as told, or whatever makes all of its columns one page wide."""
    if sheet.page_setup.scale:
        return float(sheet.page_setup.scale)
    upright = sheet.page_setup.orientation == "portrait"
    area = str(sheet.print_area).replace("$", "").rpartition("!")[2] or sheet.dimensions
    last = openpyxl.utils.cell.range_boundaries(area)[2]
    whole = WHOLE["A4"] * (0.68 if upright else 1)
    return whole * 100 / sum(_width(sheet, column) for column in range(1, last + 1))


def _width(sheet: Worksheet, column: int) -> float:
    """openpyxl keeps neighbours of one width together."""
    for kept in sheet.column_dimensions.values():
        if kept.min and kept.min <= column <= kept.max:
            return float(kept.width)
    return 0.0
