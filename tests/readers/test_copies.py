"""The same file or sheet twice is read once (FI04)."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.county.settings import Settings
from onestop_cli.readers.roster import read_rosters
from onestop_cli.readers.stays import read_stays
from tests.made.reader_files import (
    HOSPITALS,
    csv_bytes,
    person,
    read,
    stay,
    table,
    written,
    xlsx_bytes,
    zip_bytes,
)

DATA = csv_bytes(table(stay(1), stay(2)))


def test_the_same_bytes_are_read_once_wherever_they_lie(tmp_path: Path) -> None:
    files = {
        "表 - 副本.csv": DATA,
        "表.csv": DATA,
        "旧/更早的表.csv": DATA,
        "a.zip": zip_bytes({"x/里面.csv": DATA}),
    }
    reading = read_stays([written(tmp_path, files)], Settings(), HOSPITALS)
    assert reading.rows["source"].to_list() == ["表.csv", "表.csv"]
    told = reading.findings.select("code", "source", "row", "message").rows()
    assert [line[:3] for line in sorted(told)] == [
        ("FI04", "a.zip/x/里面.csv", None),
        ("FI04", "旧/更早的表.csv", None),
        ("FI04", "表 - 副本.csv", None),
    ]
    assert "与 表.csv 内容完全相同，只读一次" in told[0][3]


def test_every_row_of_a_copy_is_accounted_for_and_its_file_is_named(tmp_path: Path) -> None:
    reading = read_stays(
        [written(tmp_path, {"a.csv": DATA, "bb.csv": DATA})], Settings(), HOSPITALS
    )
    left = {account.source: dict(account.left) for account in reading.sheets}
    assert left["bb.csv"] == {"copy": 3}
    assert [file.path for file in reading.inputs] == ["a.csv", "bb.csv"]


def test_the_same_sheet_twice_in_a_workbook_is_read_once(tmp_path: Path) -> None:
    rows = table(stay(1), stay(2))
    sheets = {"10月": rows, "10月 (2)": rows, "11月": table(stay(3)), "空": []}
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(sheets)})
    assert reading.rows["sheet"].to_list() == ["10月", "10月", "11月"]
    assert reading.findings.select("code", "sheet").rows() == [("FI04", "10月 (2)")]


def test_a_hidden_sheet_is_no_original(tmp_path: Path) -> None:
    rows = table(stay(1))
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes({"旧": rows, "新": rows}, hidden=["旧"])})
    assert reading.rows["sheet"].to_list() == ["新"]
    assert reading.findings.is_empty()


def test_files_that_differ_in_a_byte_are_two(tmp_path: Path) -> None:
    files = {"a.csv": DATA, "b.csv": DATA + b"\r\n"}
    reading = read_stays([written(tmp_path, files)], Settings(), HOSPITALS)
    assert reading.rows.height == 4
    assert reading.findings.is_empty()


def test_a_roster_twice_is_read_once(tmp_path: Path) -> None:
    data = csv_bytes([["姓名", "身份证号", "救助类别"], ["张三", person(1), "五保户"]])
    reading = read_rosters([written(tmp_path, {"a.csv": data, "b.csv": data})], Settings())
    assert reading.rows.height == 1
    assert reading.findings["code"].to_list() == ["FI04"]
