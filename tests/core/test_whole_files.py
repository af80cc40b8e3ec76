"""What is wrong with a file or a roster as a whole."""

from __future__ import annotations

import polars as pl
import pytest

from onestop_cli.core.findings.whole_files import UNCOMPUTED, whole_files
from onestop_cli.readers.containers import grid

LAYERS = ("basic", "assistance")


def said(rows: int, found: int, code: str, message: str = "") -> list[str]:
    """The sentences for a file of `rows` stays, `found` of which have `code`, found with `message`."""
    live = pl.DataFrame(
        {
            "source": ["甲.csv"] * rows, "sheet": pl.Series([None] * rows, dtype=pl.String), "row": range(rows),
            "status": ["settled"] * rows, "category_raw": ["农村低保户"] * rows,
            "basic_claimed_fen": [100] * rows, "assistance_claimed_fen": [100] * rows,
        }
    )  # fmt: skip
    findings = live.head(found).select(
        "source",
        "sheet",
        "row",
        code=pl.lit(code),
        layer=pl.lit("assistance"),
        message=pl.lit(message),
    )
    return [*whole_files(live, findings, LAYERS)]


@pytest.mark.parametrize(
    "code", ["ID01", "ID04", "ST01", "ST03", "ST04", "ST07", "AM03", "AM04", "AM05", "RU01"]
)
def test_two_fifths_of_a_file_are_the_file(code: str) -> None:
    (sentence,) = said(25, 10, code)
    assert "甲.csv：25 笔里有 10 笔" in sentence
    assert f"（{code}），像是整份的问题：" in sentence


def test_formulas_that_nobody_worked_out_are_said_to_be_that() -> None:
    (sentence,) = said(12, 12, "AM04", f"总费用“{grid.UNCOMPUTED}”（K3）不是金额")
    assert "请让医院用 Excel 或 WPS 打开、保存一次再交来" in sentence
    assert UNCOMPUTED == grid.UNCOMPUTED


@pytest.mark.parametrize(("rows", "found"), [(25, 9), (26, 10), (9, 9)])
def test_fewer_are_single_rows(rows: int, found: int) -> None:
    assert said(rows, found, "ST03") == []


def test_a_fifth_of_the_assisted_on_no_roster_is_the_roster() -> None:
    (sentence,) = said(50, 10, "RO01")
    assert sentence.startswith(
        "申报了救助的 50 笔里，有 10 笔的患者不在任何花名册上（RO01），多半写着“农村低保户”"
    )


@pytest.mark.parametrize(("rows", "found"), [(51, 10), (9, 9)])
def test_fewer_are_single_people(rows: int, found: int) -> None:
    assert said(rows, found, "RO01") == []
