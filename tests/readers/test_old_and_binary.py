"""FoxPro tables, binary workbooks old and new, and what other writers put into them."""

from __future__ import annotations

import struct
from datetime import date
from pathlib import Path

import pytest

from onestop_cli.county.settings import Settings
from onestop_cli.readers.containers.grid import Grid, Unreadable
from onestop_cli.readers.containers.sniff import open_grids
from onestop_cli.readers.roster import read_rosters
from tests.made.biff_file import Error, biff, compound
from tests.made.dbf_file import FIELDS, RECORD, dbf_bytes
from tests.made.reader_files import (
    HEADER,
    QUARTER,
    csv_bytes,
    person,
    read,
    stay,
    table,
    without_place,
    written,
)
from tests.made.xlsb_file import xlsb_bytes


def only_grid(data: bytes) -> Grid:
    _, grids = open_grids("a", data)
    assert len(grids) == 1
    return grids[0]


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as error:
        open_grids("a", data)
    return error.value.what


def test_a_foxpro_table_with_pinyin_heads_is_a_list_of_stays(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.dbf": dbf_bytes(FIELDS, [RECORD])})
    row = reading.rows.row(0, named=True)
    assert not reading.problems
    assert (row["row"], row["name"], row["id_raw"]) == (2, "张三", person(1))
    assert (row["admitted_on"], row["total_fen"]) == (date(2010, 10, 3), 100000)
    assert (row["basic_claimed_fen"], row["assistance_claimed_fen"]) == (60000, 0)


def test_a_foxpro_roster_is_read(tmp_path: Path) -> None:
    fields = [("XM", "C", 8), ("SFZH", "C", 18), ("DXLB", "C", 12), ("QSRQ", "D", 8)]
    data = dbf_bytes(fields, [["张三", person(1), "五保户", "20100101"]])
    written(tmp_path, {"a.dbf": data})
    row = read_rosters([tmp_path], Settings()).rows.row(0, named=True)
    assert (row["name"], row["category_raw"], row["from_on"]) == (
        "张三",
        "五保户",
        date(2010, 1, 1),
    )


def test_a_record_marked_as_deleted_is_counted_and_said_not_read(tmp_path: Path) -> None:
    records = [RECORD, ["ZY002", *RECORD[1:]]]
    reading = read(tmp_path, {"a.dbf": dbf_bytes(FIELDS, records, deleted=[1])})
    assert reading.rows["stay_no"].to_list() == ["ZY001"]
    assert reading.sheets[0].left == {"header": 1, "blank": 1}
    assert reading.warnings == ("a.dbf：有 1 条记录带删除标记，没有读取",)


@pytest.mark.parametrize("code_page", [0, 0x03, 0x7A, 0x57])
def test_chinese_texts_are_read_whatever_the_code_page_byte_says(code_page: int) -> None:
    data = dbf_bytes([("XM", "C", 8)], [["张三"]], code_page=code_page)
    assert only_grid(data).rows[1] == ["张三"]


def test_another_code_page_is_read_where_the_texts_are_no_chinese() -> None:
    data = dbf_bytes([("NAME", "C", 8)], [["André"]], code_page=0xC8, encoding="cp1250")
    assert only_grid(data).rows[1] == ["André"]


def test_a_text_cut_in_the_middle_of_a_character_shows_it() -> None:
    assert only_grid(dbf_bytes([("XM", "C", 5)], [["张三丰"]])).rows[1] == ["张三\ufffd"]


def test_a_memo_with_content_is_refused_by_its_name_and_an_empty_one_is_blank() -> None:
    fields = [("XM", "C", 4), ("BZ", "M", 4)]
    assert "字段 BZ 是备注型" in refusal(dbf_bytes(fields, [["张三", b"\x08\0\0\0"]]))
    assert only_grid(dbf_bytes(fields, [["张三", bytes(4)]])).rows[1] == ["张三", ""]


def test_every_kind_of_field_has_its_value() -> None:
    fields = [
        ("L", "L", 1),
        ("I", "I", 4),
        ("Y", "Y", 8),
        ("B", "B", 8),
        ("T", "T", 8),
        ("N", "N", 5),
    ]
    day = date(2010, 10, 3).toordinal() + 1_721_425
    cells = [
        "T", struct.pack("<i", -7), struct.pack("<q", 123_4500), struct.pack("<d", 1.5),
        struct.pack("<II", day, 0), "*****",
    ]  # fmt: skip
    assert only_grid(dbf_bytes(fields, [cells])).rows[1] == [
        True, -7, "123.45", 1.5, date(2010, 10, 3), "*****",
    ]  # fmt: skip


def test_a_binary_workbook_reads_like_any_other(tmp_path: Path) -> None:
    expected = read(tmp_path / "a", {"plain.csv": csv_bytes(table(stay(1), stay(2)))})
    reading = read(tmp_path / "b", {"a.xlsb": xlsb_bytes(table(stay(1), stay(2)))})
    assert not reading.problems
    assert without_place(reading.rows).equals(without_place(expected.rows), null_equal=True)


def test_errors_hidden_rows_and_merges_of_a_binary_workbook_are_told() -> None:
    data = xlsb_bytes([["a", "b"], [Error("#REF!"), 1]], hidden=[1], merges=[(0, 0, 0, 9)])
    grid = only_grid(data)
    assert grid.rows[1] == ["#REF!", 1]
    assert grid.hidden_rows == 1
    assert grid.merges == (((0, 0), (0, 1)),)


def test_a_row_that_comes_twice_in_a_binary_workbook_is_refused() -> None:
    assert "同一行写了两次" in refusal(xlsb_bytes([["a"], ["b"]], numbers=[0, 0]))


def records(data: bytes) -> bytes:
    """The Workbook stream of an .xls that `biff` wrote."""
    begin = data.index(b"\x09\x08\x10\x00")
    return data[begin:]


def xls(*changes: tuple[bytes, bytes]) -> bytes:
    data = biff({"Sheet1": [["甲", "乙"], ["张三", 1]]})
    for old, new in changes:
        assert data.count(old) == 1
        data = data.replace(old, new)
    return data


def test_the_code_page_says_nothing_in_a_workbook_of_excel_97() -> None:
    utf_16, latin = struct.pack("<HHH", 0x42, 2, 1200), struct.pack("<HHH", 0x42, 2, 1252)
    assert only_grid(xls((utf_16, latin))).rows[1] == ["张三", 1]


def test_a_nul_in_a_text_is_refused_and_never_garbage() -> None:
    assert "乱码" in refusal(xls(("张三".encode("utf-16-le"), "张\0".encode("utf-16-le"))))


def test_a_cell_that_is_written_twice_is_refused() -> None:
    first, second = struct.pack("<HHH", 1, 0, 0), struct.pack("<HHH", 1, 1, 0)
    assert "同一行写了两次" in refusal(xls((second, first)))


def test_only_the_streams_of_the_root_count_and_their_names_have_no_case() -> None:
    stream = records(biff({"Sheet1": [["甲"]]}))[:4096]
    assert only_grid(compound({"WORKBOOK": stream})).rows == [["甲"]]
    assert "Word" in refusal(compound({"WordDocument": b"x"}))


def bof(kind: int) -> bytes:
    return struct.pack("<HHHHHHII", 0x809, 16, 0x600, kind, 0xDBB, 0x7CC, 0, 6)


def test_a_chart_inside_a_sheet_is_passed_over() -> None:
    """The chart's own cells come after the sheet's, in rows that begin again."""
    cell = struct.pack("<HHHHHd", 0x203, 14, 0, 0, 0, 99.0)
    chart = bof(0x20) + cell + struct.pack("<HH", 0x0A, 0)
    sheet_end = struct.pack("<HH", 0x0A, 0)
    data = biff({"Sheet1": [["甲"], ["乙"]]})
    stream = records(data)
    stream = stream[: stream.rindex(sheet_end)] + chart + sheet_end
    assert only_grid(compound({"Workbook": stream})).rows == [["甲"], ["乙"]]


def test_a_locked_workbook_is_known_before_anything_else_of_it_is_looked_at() -> None:
    assert "密码" in refusal(biff({"Sheet1": QUARTER}, locked=True))


def test_hidden_rows_of_an_old_workbook_are_counted() -> None:
    stream = records(biff({"Sheet1": [["甲"], ["乙"]]}))
    hidden = struct.pack("<HHHHHHHHHHH", 0x208, 16, 1, 0, 1, 255, 0, 0, 0x20, 0, 0)[:20]
    at = stream.rindex(struct.pack("<HH", 0x0A, 0))
    grid = only_grid(compound({"Workbook": stream[:at] + hidden + stream[at:]}))
    assert grid.hidden_rows == 1


def test_merges_reach_no_further_than_the_table() -> None:
    grid = only_grid(biff({"S": [["甲", "乙"], ["丙"]]}, merges={"S": [(0, 0, 60_000, 200)]}))
    assert grid.merges == (((0, 0), (1, 1)),)


def test_numbers_shown_as_days_that_are_none_stay_numbers() -> None:
    assert only_grid(biff({"S": [[date(1899, 12, 20)]]})).rows == [[-10.0]]


@pytest.mark.parametrize("head", HEADER[1:4])
def test_errors_of_an_old_workbook_are_texts(head: str, tmp_path: Path) -> None:
    rows = table([Error("#N/A") if h == head else c for h, c in zip(HEADER, stay(1), strict=True)])
    reading = read(tmp_path, {"a.xls": biff({"Sheet1": rows})})
    assert reading.rows.height == 1
