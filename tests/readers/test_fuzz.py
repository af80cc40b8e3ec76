"""Whatever a file holds: no traceback, and every row read is accounted for."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onestop_cli.county.settings import Settings
from onestop_cli.readers.roster import read_rosters
from onestop_cli.readers.stays import read_stays
from onestop_cli.tables.reading import Reading
from tests.made.biff_file import Error, Never, biff
from tests.made.dbf_file import FIELDS, RECORD, dbf_bytes
from tests.made.reader_files import (
    CONTAINERS,
    HEADER,
    HOSPITALS,
    QUARTER,
    csv_bytes,
    flat_ods_bytes,
    ods_bytes,
    person,
    stay,
    xlsx_bytes,
    zip_bytes,
)
from tests.made.xlsb_file import xlsb_bytes

REAL = Path(__file__).parents[1] / "fixtures" / "real"
RUNS = 120

WORDS = st.sampled_from(
    ["合计", "小计", "合", "计", "制表人：", "单位：万元", "单位：元", "备注", "姓名", "身份证号",
     "总费用", "补偿", "—", "/", "#REF!", "云谷卫生院", "示例县人民医院明细表", "五保户", "第1页",
     "2010-10-01", "2010.3.5", "3/5/2010", "1,234.5",
     "（12）", "１２", "1e5",
     person(1), person(2)[:15], "6.39E+17", "　", "\u200b", "'", "=1", "\n", "注：", "甲", "1", "2", "3"]
)  # fmt: skip
CELLS = st.one_of(
    st.just(""),
    WORDS,
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.integers(-(10**9), 10**18),
    st.dates(date(1905, 1, 1), date(2099, 1, 1)),
)
ROWS = st.lists(st.lists(CELLS, max_size=16), max_size=12)
TAMPERED = st.lists(
    st.one_of(
        st.just(list(HEADER)),
        st.integers(1, 5).map(stay),
        st.tuples(st.integers(1, 5), st.integers(0, 13), CELLS).map(
            lambda change: [
                *stay(change[0])[: change[1]],
                change[2],
                *stay(change[0])[change[1] + 1 :],
            ]
        ),
        st.lists(CELLS, max_size=16),
    ),
    max_size=14,
)


def lawful(folder: Path, name: str, data: bytes) -> None:
    """Read a file as stays and as a roster, and hold the laws of reading."""
    path = folder / name
    path.write_bytes(data)
    for reading in (read_stays([path], Settings(), HOSPITALS), read_rosters([path], Settings())):
        account_holds(reading)


def account_holds(reading: Reading, empty: bool = False) -> None:
    """Every row is accounted for and no number is told; `empty`: no row at all is right, too."""
    taken = sum(account.taken for account in reading.sheets)
    aside = sum(account.quarantined for account in reading.sheets)
    left = sum(sum(account.left.values()) for account in reading.sheets)
    assert taken == reading.rows.height
    assert aside == reading.quarantine.height
    assert taken + aside + left == sum(account.rows_read for account in reading.sheets)
    assert reading.problems or taken or empty
    for problem in reading.problems:
        assert problem.what
        assert "没有料到" not in problem.what
        assert problem.remedy
        assert person(1) not in problem.what + problem.remedy
    for fault in ("amount_fault", "date_fault"):
        if fault in reading.rows.columns:
            assert not reading.rows[fault].str.contains(person(1)).any()
    assert not reading.quarantine["text"].str.contains(person(1)).any()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("云谷卫生院")


QUICKLY = settings(
    max_examples=RUNS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUICKLY
@given(rows=ROWS | TAMPERED)
def test_any_text_table_is_read_or_refused(rows: list[list[object]], folder: Path) -> None:
    lawful(folder, "云谷卫生院.csv", csv_bytes(rows))


@settings(QUICKLY, max_examples=RUNS // 2)
@given(rows=TAMPERED)
def test_any_workbook_is_read_or_refused(rows: list[list[object]], folder: Path) -> None:
    cells = [[f"'{c}" if str(c).startswith("=") else c for c in row] for row in rows]
    lawful(folder, "云谷卫生院.xlsx", xlsx_bytes(cells))
    lawful(folder, "云谷卫生院.xls", biff({"Sheet1": cells}))
    lawful(folder, "云谷卫生院.ods", ods_bytes({"Sheet1": cells}))


@settings(QUICKLY, max_examples=RUNS // 2)
@given(
    text=st.text(max_size=400),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-16-be"]),
)
def test_any_text_is_read_or_refused(text: str, encoding: str, folder: Path) -> None:
    lawful(folder, "a.txt", text.encode(encoding, "replace"))


@QUICKLY
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes, folder: Path) -> None:
    for head in (
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"<html><table>",
        b"<?xml ?>",
    ):
        lawful(folder, "a.bin", head + data)


MADE: dict[str, Callable[[], bytes]] = {
    **{name: lambda make=make: make(QUARTER) for name, make in CONTAINERS.items()},
    "faulty.xls": lambda: biff({"a": [*QUARTER, [Error("#N/A"), Never()]]}),
    "table.dbf": lambda: dbf_bytes(FIELDS, [RECORD, RECORD], deleted=[1]),
    "binary.xlsb": lambda: xlsb_bytes(
        [[c if isinstance(c, int | float) else str(c) for c in row] for row in QUARTER], hidden=[2]
    ),
    "flat.fods": lambda: flat_ods_bytes({"Sheet1": QUARTER}),
    "archive.zip": lambda: zip_bytes({"a.csv": csv_bytes(QUARTER), "b.xlsx": xlsx_bytes(QUARTER)}),
}


@pytest.mark.parametrize("name", [*MADE, *(path.name for path in sorted(REAL.iterdir()))])
def test_damaged_files_are_read_or_refused(name: str, folder: Path) -> None:
    whole = MADE[name]() if name in MADE else (REAL / name).read_bytes()
    chance = random.Random(name)
    for _ in range(12):
        lawful(folder, name, damaged(whole, chance))


@pytest.mark.parametrize(
    "name", ["xlsx.xlsx", "open.ods", "binary.xlsb", "libreoffice.xlsx", "libreoffice.ods"]
)
def test_packages_with_damaged_parts_are_read_or_refused(name: str, folder: Path) -> None:
    whole = MADE[name]() if name in MADE else (REAL / name).read_bytes()
    chance = random.Random(name)
    for _ in range(12):
        lawful(folder, name, repacked(whole, chance))


def repacked(whole: bytes, chance: random.Random) -> bytes:
    """A zip package with one of its parts damaged and everything else in order."""
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = chance.choice([name for name in parts if parts[name]])
    return zip_bytes(parts | {name: damaged(parts[name], chance)})


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """`whole` with bytes changed, a piece cut out, doubled or blanked, or its end torn off."""
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 3, 30))):
        place = chance.randrange(len(data) or 1)
        match chance.randrange(5):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[place : place + chance.randrange(1, 200)]
            case 2:
                data[place:place] = data[place : place + chance.randrange(1, 200)]
            case 3:
                data[place : place + 8] = bytes(8)
            case 4:
                data = data[: max(place, 1)]
        data = data or bytearray(b"x")
    return bytes(data)
