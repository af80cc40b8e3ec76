"""What goes to a house and a ward: claims beside the patient's own paper, nobody dead is asked, little to carry."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from onestop_cli.money import yuan
from onestop_cli.run import Run
from onestop_cli.writers.audit.columns import HOUSEHOLD_SHEET, PLAN_SHEET, SAMPLE_SHEET
from tests.made.inspection import audited, rows_of, saved
from tests.made.run import made_run

DIED = date(2010, 12, 24)


@pytest.fixture(scope="module")
def made() -> Run:
    """Every fifth patient has died since."""
    run = made_run(200)
    died = pl.when(pl.int_range(pl.len()) % 5 == 0).then(pl.lit(DIED))
    return replace(run, stays=run.stays.with_columns(died_on=died))


@pytest.fixture(scope="module")
def out(made: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("papers")
    return audited(saved(made, home / "run"), home / "out", long_stay_days=5)


@pytest.fixture(scope="module")
def sampled(made: Run, out: Path) -> pl.DataFrame:
    sample = pl.read_parquet(out / "sample.parquet")
    return made.stays.join(sample, on=["source", "sheet", "row"], how="semi")


def pages(out: Path) -> list[str]:
    return (out / "入户核查表.html").read_text("utf-8").split('<section class="page">')[1:]


def test_a_page_has_what_the_hospital_claims_above_room_for_what_the_paper_says(
    out: Path, sampled: pl.DataFrame
) -> None:
    """Bill, each layer, and the patient's own share."""
    text = "".join(pages(out))
    assert text.count("医院所报") == text.count("单据所载</th>") == sampled.height
    for row in sampled.iter_rows(named=True):
        claims = (row["total_fen"], row["basic_claimed_fen"], row["assistance_claimed_fen"])
        cells = [yuan(fen) for fen in (*claims, row["self_claimed_fen"])]
        line = "".join(f'<td class="n">{cell}</td>' for cell in cells)
        assert f'<th scope="row">医院所报</th>{line}' in text


def test_the_dead_are_not_asked(out: Path, sampled: pl.DataFrame) -> None:
    """Their page goes to the family: no questionnaire, no satisfaction."""
    for page in pages(out):
        dead = "去世：向家属和村委会核对" in page
        assert ("很满意" in page) is not dead
        assert "五核查" in page and "检查人（民政）" in page
    died = sampled.filter(pl.col("died_on").is_not_null())["id_no"].n_unique()
    assert sum(f"{DIED} 去世" in page for page in pages(out)) == died > 0


def test_the_dead_have_no_row_among_the_households(out: Path, sampled: pl.DataFrame) -> None:
    sheet = openpyxl.load_workbook(out / "检查工作底稿.xlsx")[HOUSEHOLD_SHEET]
    alive = sampled.filter(pl.col("died_on").is_null())["id_no"].n_unique()
    assert len(list(rows_of(sheet, "满意度"))) == alive


def test_a_ward_paper_is_one_a_hospital_with_every_sampled_stay(
    out: Path, sampled: pl.DataFrame
) -> None:
    text = (out / "病房核查表.html").read_text("utf-8")
    assert text.count('<section class="page">') == sampled["hospital"].n_unique()
    assert text.count("情况说明：") == sampled.height
    assert all(row in text for row in sampled["stay_no"])


def on_paper(sheet: Worksheet) -> int:
    """Rows that would be printed: none where the print area is an empty cell."""
    if not sheet.print_area:
        return sheet.max_row
    corners = re.findall(r"\$([A-Z]+)\$(\d+)", sheet.print_area)
    empty = len(set(corners)) == 1 and sheet["".join(corners[0])].value is None
    return 0 if empty else int(corners[-1][1])


def test_only_what_two_people_need_goes_on_paper(out: Path) -> None:
    """Evidence, rules, plan and the hospitals' pages stay on the screen; of the leads the first forty are
    printed, and no table is cut into pages side by side."""
    book = openpyxl.load_workbook(out / "检查工作底稿.xlsx")
    printed = {sheet.title: on_paper(sheet) for sheet in book}
    carried = {title for title, rows in printed.items() if rows}
    assert carried == {"封面", SAMPLE_SHEET, "监管记录表", "线索", "机构一览"}
    assert printed["线索"] <= 43 < book["线索"].max_row
    assert book["线索证据"].max_row > 40 and PLAN_SHEET in book.sheetnames
    assert not [title for title in carried if book[title].col_breaks.brk]
