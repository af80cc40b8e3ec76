"""Where a stay took place: name and level of the hospital on the day of admission."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from onestop_cli.core.options import NameLookup
from onestop_cli.core.place import place
from onestop_cli.county.periods import parse_period
from onestop_cli.statements.payees import payees
from onestop_cli.tables.schema import READ_STAYS, REGISTER, empty

OCTOBER, NOVEMBER = date(2010, 10, 31), date(2010, 11, 1)
ROWS = [
    {"hospital": "甲院", "level": "township", "to_on": OCTOBER},
    {"hospital": "甲院", "level": "county", "from_on": NOVEMBER},
    {"hospital": "老乙院", "level": "county", "hospital_code": "H2", "to_on": OCTOBER},
    {"hospital": "新乙院", "level": "city", "hospital_code": "H2", "from_on": NOVEMBER},
    {"hospital": "丙院", "level": "county", "from_on": date(2010, 10, 1), "to_on": OCTOBER},
    {"hospital": "丁院", "level": "province", "hospital_code": "H4"},
]


def register(rows: list[dict[str, object]]) -> pl.DataFrame:
    return pl.concat([empty(REGISTER), pl.DataFrame(rows)], how="diagonal_relaxed")


def placed(name: str | None, day: date | None, code: str | None = None) -> dict[str, object]:
    """A stay of a hospital, beside its row of the register."""
    listed = register(ROWS)
    names = NameLookup(
        hospital=lambda text: text if text in set(listed["hospital"]) else None,
        level=lambda text: None,
        category=lambda text: None,
    )
    said = {"hospital_raw": name, "admitted_on": day, "hospital_code": code}
    row = pl.concat([empty(READ_STAYS), pl.DataFrame([said])], how="diagonal_relaxed")
    return place(row, listed, names, parse_period("2010Q4")).row(0, named=True)


@pytest.mark.parametrize(
    ("day", "level"),
    [
        (date(2009, 1, 1), "township"),
        (OCTOBER, "township"),
        (NOVEMBER, "county"),
        (None, "township"),
    ],
)
def test_the_level_on_the_day_of_admission_counts(day: date | None, level: str) -> None:
    found = placed("甲院", day)
    assert (found["level"], found["in_register"]) == (level, True)


@pytest.mark.parametrize("written", ["老乙院", "新乙院"])
@pytest.mark.parametrize(("day", "name"), [(OCTOBER, "老乙院"), (NOVEMBER, "新乙院")])
def test_a_renamed_hospital_has_the_name_of_the_day(written: str, day: date, name: str) -> None:
    """Rows of one code are one hospital, whatever the export still calls it."""
    assert placed(written, day)["hospital"] == name


@pytest.mark.parametrize("day", [date(2010, 9, 30), NOVEMBER])
def test_a_day_outside_all_rows_is_a_gap(day: date) -> None:
    found = placed("丙院", day)
    assert (found["hospital"], found["in_register"], found["register_gap"]) == ("丙院", False, True)


def test_a_code_finds_the_hospital_whose_name_nobody_knows() -> None:
    found = placed("丁医院住院部", OCTOBER, "H4")
    assert (found["hospital"], found["level"]) == ("丁院", "province")


def test_a_name_that_is_known_comes_before_the_code() -> None:
    assert placed("甲院", OCTOBER, "H4")["hospital"] == "甲院"


def test_neither_name_nor_code_is_no_hospital_of_the_register() -> None:
    found = placed("戊院", OCTOBER, "H9")
    assert (found["hospital"], found["in_register"], found["register_gap"]) == (
        "戊院",
        False,
        False,
    )


def test_money_goes_where_the_last_row_of_a_hospital_says() -> None:
    rows = [{**ROWS[1], "账号": "新"}, {**ROWS[0], "账号": "旧"}]
    assert payees(register(rows)).select("hospital", "account").rows() == [("甲院", "新")]
