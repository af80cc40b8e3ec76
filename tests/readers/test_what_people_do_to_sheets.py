"""What people and export programs do to a sheet: nothing of it loses a row, or makes two of one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from onestop_cli.county.settings import FileLayout, Settings
from onestop_cli.errors import CannotRun
from onestop_cli.readers.containers.sniff import open_grids
from onestop_cli.readers.decisions import read_decisions
from onestop_cli.readers.guard import through_the_door
from onestop_cli.readers.layout import sheets
from onestop_cli.readers.roster import read_rosters
from tests.made.reader_files import (
    HEADER,
    csv_bytes,
    flat_ods_bytes,
    html_bytes,
    ods_bytes,
    only,
    person,
    read,
    spreadsheetml_bytes,
    stay,
    table,
    written,
    xlsx_bytes,
)


@pytest.mark.parametrize("merge", ["A1:AZ1", "P1:S1", "A1:N1"])
def test_a_title_merged_beyond_the_table_is_clipped_once(merge: str, tmp_path: Path) -> None:
    rows = [["云谷卫生院明细表"], *table(stay(1))]
    data = xlsx_bytes({"Sheet1": rows}, merges={"Sheet1": [merge]})
    assert only(read(tmp_path, {"a.xlsx": data}))["row"] == 3


def under(*cells: object) -> list[object]:
    """A row with `cells` at its end."""
    return [*[""] * (len(HEADER) - len(cells)), *cells]


MERGED_DOWN = [f"{letter}2:{letter}4" for letter in "ABCDEFGHIJKLMN"]


def test_items_under_a_merged_stay_are_no_stays(tmp_path: Path) -> None:
    """As export libraries write one stay with its three items."""
    header = [*HEADER, "收费项目"]
    rows = table([*stay(1), "床位"], [*under(), "药品"], [*under(), "检查"], header=header)
    data = xlsx_bytes({"Sheet1": rows}, merges={"Sheet1": MERGED_DOWN})
    reading = read(tmp_path, {"a.xlsx": data})
    assert reading.rows["row"].to_list() == [2]
    assert reading.quarantine.is_empty()


def test_values_left_under_a_merge_are_no_second_stay(tmp_path: Path) -> None:
    """A page written by another program keeps the values that a merge covers."""
    rows = table(stay(1), stay(1), stay(2))
    merges = "".join(f'<mergeCell ref="{letter}2:{letter}3"/>' for letter in "ABCDEFGHIJKLMN")
    plain = xlsx_bytes({"Sheet1": rows})
    data = changed(
        plain, b"</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>".encode()
    )
    assert read(tmp_path, {"a.xlsx": data}).rows["row"].to_list() == [2, 4]


def test_an_amount_of_its_own_under_a_merged_name_is_not_passed_over(tmp_path: Path) -> None:
    rows = table(stay(1), under("500", "400", "300", "0", "200"))
    data = xlsx_bytes({"Sheet1": rows}, merges={"Sheet1": ["C2:C3", "D2:D3"]})
    reading = read(tmp_path, {"a.xlsx": data})
    assert reading.rows.height + reading.quarantine.height == 2


def changed(package: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with its sheet's XML changed."""
    import io
    import zipfile

    from tests.made.reader_files import zip_bytes

    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert old in parts[sheet]
    return zip_bytes(parts | {sheet: parts[sheet].replace(old, new)})


def test_a_lost_line_break_sets_the_row_aside(tmp_path: Path) -> None:
    rows = [*stay(1), *stay(2)], stay(3), stay(4)
    reading = read(tmp_path, {"a.csv": csv_bytes(table(*rows))})
    assert reading.rows["stay_no"].to_list() == ["ZY003", "ZY004"]
    assert reading.quarantine["row"].to_list() == [2]
    assert "丢了换行" in reading.quarantine["reason"][0]


def test_a_comma_too_many_sets_the_row_aside(tmp_path: Path) -> None:
    shifted = stay(1)
    shifted.insert(4, "五保")
    reading = read(tmp_path, {"a.csv": csv_bytes(table(shifted, stay(2), stay(3)))})
    assert reading.rows["stay_no"].to_list() == ["ZY002", "ZY003"]


def test_a_remark_without_a_head_on_every_row_is_a_remark(tmp_path: Path) -> None:
    rows = table(*([*stay(n), "已核"] for n in (1, 2, 3)))
    assert read(tmp_path, {"a.csv": csv_bytes(rows)}).rows.height == 3
    rows = table([*stay(1), "已核"], stay(2), stay(3))
    assert read(tmp_path, {"a.xlsx": xlsx_bytes(rows)}).rows.height == 3


@pytest.mark.parametrize(
    "words",
    [
        ("过次页", "承前页"),
        ("转下页", "接上页"),
        ("过 次 页", "承上页"),
        ("接下页", "承上页"),
        ("续下页", "续上页"),
        ("结转下页", "上页结转"),
    ],
)
def test_carried_forward_lines_are_totals(words: tuple[str, str], tmp_path: Path) -> None:
    over, from_ = ([word, *[""] * 8, "1000", *[""] * 4] for word in words)
    rows = table(stay(1), over, from_, stay(2), ["合计", *[""] * 8, "2000", *[""] * 4])
    reading = read(tmp_path, {"a.csv": csv_bytes(rows)})
    assert reading.rows["stay_no"].to_list() == ["ZY001", "ZY002"]
    assert reading.totals.is_empty()


def test_a_carried_forward_line_that_does_not_add_up_is_told(tmp_path: Path) -> None:
    over = ["过次页", *[""] * 8, "999", *[""] * 4]
    reading = read(tmp_path, {"a.csv": csv_bytes(table(stay(1), over, stay(2)))})
    assert reading.totals["stated_fen"].to_list() == [99900]


@pytest.mark.parametrize("word", ["", "无", "本月无", "本月无住院", "零报告"])
def test_an_empty_month_among_others_is_no_problem(word: str, tmp_path: Path) -> None:
    empty = [[word]] if word else []
    book = {"10月": table(stay(1)), "11月": [HEADER, *empty]}
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(book)})
    assert not reading.problems
    assert reading.rows.height == 1
    assert reading.quarantine.is_empty()


def roster(rows: Sequence[Sequence[object]], tmp_path: Path, name: str = "五保户.xlsx"):
    data = xlsx_bytes({"Sheet1": rows}) if name.endswith("xlsx") else csv_bytes(rows)
    written(tmp_path, {name: data})
    return read_rosters([tmp_path / name], Settings())


@pytest.mark.parametrize("name", ["五保户.xlsx", "五保户.csv"])
def test_two_lists_beside_each_other_are_both_read(name: str, tmp_path: Path) -> None:
    head = ["序号", "姓名", "身份证号", "村"]
    rows = [
        ["示例县五保户花名册"],
        [*head, "", *head],
        [1, "张三", person(1), "甲村", "", 2, "李四", person(2), "乙村"],
        [3, "王五", person(3), "甲村"],
    ]
    reading = roster(rows, tmp_path, name)
    assert not reading.problems
    assert reading.rows.select("row", "name", "village").rows() == [
        (3, "张三", "甲村"),
        (4, "王五", "甲村"),
        (3, "李四", "乙村"),
    ]
    assert reading.rows["sheet"].str.ends_with("（右半）").to_list() == [False, False, True]


def test_two_columns_that_look_alike_are_not_two_lists(tmp_path: Path) -> None:
    rows = [["姓名", "身份证号", "村", "姓名"], ["张三", person(1), "甲村", "李四"]]
    assert "姓名有 2 列都像" in roster(rows, tmp_path).problems[0].what


def test_a_day_in_three_columns_under_one_head_is_a_day(tmp_path: Path) -> None:
    place = HEADER.index("入院日期")
    top = [*HEADER[:place], "入院日期", "", "", *HEADER[place + 1 :]]
    below = [*[""] * place, "年", "月", "日", *[""] * (len(HEADER) - place - 1)]
    split = stay(1)
    split[place : place + 1] = ["2010", "10", "3"]
    bad = stay(2)
    bad[place : place + 1] = ["2010", "13", "3"]
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes([top, below, split, bad])})
    assert not reading.problems
    assert reading.rows["admitted_on"].to_list() == [date(2010, 10, 3), None]
    assert "（G4）" in reading.rows["date_fault"][1]


def test_a_day_number_of_birth_without_a_format_is_a_day(tmp_path: Path) -> None:
    header = [*HEADER, "出生日期"]
    rows = table([*stay(1), 19986], header=header)
    assert only(read(tmp_path, {"a.xlsx": xlsx_bytes(rows)}))["birth_on"] == date(1954, 9, 19)


HIDDEN = {
    "a.xlsx": lambda: changed(
        xlsx_bytes(table(stay(1), stay(2))), b'<row r="3"', b'<row hidden="1" r="3"'
    ),
    "a.ods": lambda: ods_with(b"<table:table-row>", b'<table:table-row table:visibility="filter">'),
    "xml.xls": lambda: replaced_last(
        spreadsheetml_bytes({"S": table(stay(1), stay(2))}), b"<Row>", b'<Row ss:Hidden="1">'
    ),
    "html.xls": lambda: replaced_last(
        html_bytes(table(stay(1), stay(2))), b"<tr>", b'<tr style="display: none">'
    ),
}


def replaced_last(data: bytes, old: bytes, new: bytes) -> bytes:
    before, found, after = data.rpartition(old)
    assert found
    return before + new + after


def ods_with(old: bytes, new: bytes) -> bytes:
    import io
    import zipfile

    from tests.made.reader_files import zip_bytes

    package = ods_bytes({"S": table(stay(1), stay(2))})
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zip_bytes(parts | {"content.xml": replaced_last(parts["content.xml"], old, new)})


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_and_filtered_rows_are_read_counted_and_said(name: str, tmp_path: Path) -> None:
    reading = read(tmp_path, {name: HIDDEN[name]()})
    assert reading.rows.height == 2
    assert any("有 1 行是隐藏或被筛选掉的，照样读入" in note for note in reading.warnings)


def test_a_hidden_sheet_with_people_on_it_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    """It may be another month; one without people (a list of choices) is nothing to say."""
    sheets = {"一月": table(stay(1)), "二月": table(stay(2), stay(3)), "选项": [["五保"], ["低保"]]}
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(sheets, hidden=["二月", "选项"])})
    assert reading.rows.height == 1
    assert reading.warnings == (
        "a.xlsx（工作表“二月”）：隐藏的工作表里有 2 行有身份证号，没有读取；要读的请取消隐藏",
    )


def page(inside: str) -> bytes:
    return f"<html><body>{inside}</body></html>".encode()


def cells(*texts: object) -> str:
    return "<tr>" + "".join(f"<td>{text}</td>" for text in texts) + "</tr>"


def test_a_list_inside_a_layout_table_is_the_list(tmp_path: Path) -> None:
    inner = "<table>" + cells(*HEADER) + cells(*stay(1)) + "</table>"
    whole = f"<table><tr><td>云谷卫生院明细</td></tr><tr><td>{inner}</td></tr><tr><td>完</td></tr></table>"
    _, (grid,) = open_grids("a", page(whole))
    assert [row[0] for row in grid.rows] == ["云谷卫生院明细", "序号", "1", "完"]
    assert only(read(tmp_path, {"a.xls": page(whole)}))["row"] == 3


def test_a_small_table_inside_a_cell_is_its_text() -> None:
    inner = "<table><tr><td>乡</td><td>镇</td></tr></table>"
    _, (grid,) = open_grids("a", page(f"<table><tr><td>{inner}</td><td>b</td></tr></table>"))
    assert len(grid.rows) == 1
    assert grid.rows[0][1] == "b"


def test_a_comment_that_never_ends_hides_no_rows(tmp_path: Path) -> None:
    data = page("<table>" + cells(*HEADER) + "<!--" + cells(*stay(1)) + "</table>")
    assert "已损坏" in read(tmp_path, {"a.xls": data}).problems[0].what


def test_a_page_of_open_comments_takes_no_time(tmp_path: Path) -> None:
    data = page("<table>" + cells(*HEADER) + cells(*stay(1)) + "</table>" + "<!--" * 100_000)
    assert read(tmp_path, {"a.xls": data}).rows.height == 1


def test_a_flat_open_document_is_read(tmp_path: Path) -> None:
    content = flat_ods_bytes({"住院": table(stay(1))})
    reading = read(tmp_path, {"a.fods": content})
    assert only(reading)["sheet"] == "住院"
    assert reading.inputs[0].kind == "fods"


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gbk", "utf-16"])
def test_xml_in_every_encoding_of_the_country_is_read(encoding: str, tmp_path: Path) -> None:
    plain = spreadsheetml_bytes({"住院": table(stay(1))}).decode()
    text = plain.replace('version="1.0"', f'version="1.0" encoding="{encoding}"', 1)
    reading = read(tmp_path, {"a.xls": text.encode(encoding)})
    assert only(reading)["name"] == "张三"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_document_type_is_refused_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    text = (
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>"
        "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>&a;</Workbook>"
    )
    assert "已损坏" in read(tmp_path, {"a.xls": text.encode(encoding)}).problems[0].what


def test_what_nobody_foresaw_names_the_file_and_the_others_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sheets.understand

    def stumbles(grid, aliases, layout):
        if grid.source == "a.csv":
            raise IndexError("no such row")
        return real(grid, aliases, layout)

    monkeypatch.setattr(sheets, "understand", stumbles)
    reading = read(
        tmp_path, {"a.csv": csv_bytes(table(stay(1))), "b.csv": csv_bytes(table(stay(2)))}
    )
    assert [(p.file, "没有料到" in p.what) for p in reading.problems] == [("a.csv", True)]
    assert reading.rows["stay_no"].to_list() == ["ZY002"]


@pytest.mark.parametrize("seed", range(30))
def test_a_damaged_book_of_decisions_is_refused_in_words(seed: int, tmp_path: Path) -> None:
    import random

    chance = random.Random(seed)
    data = bytearray(xlsx_bytes([["处理决定", "医疗机构", "住院号"], ["放行", "云谷卫生院", "1"]]))
    for _ in range(chance.randint(1, 40)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path = tmp_path / "处理意见.xlsx"
    path.write_bytes(data)
    try:
        read_decisions(path, {}, [])
    except CannotRun as stopped:
        assert stopped.problems[0].remedy


def test_a_file_that_is_read_by_itself_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "处理意见.xlsx"
    path.write_bytes(os.urandom(2000))
    with pytest.raises(CannotRun, match="处理意见"):
        through_the_door(path)


def test_a_layout_that_names_columns_is_not_taken_for_two_lists(tmp_path: Path) -> None:
    layout = FileLayout(
        file="*", columns={"姓名": "姓名", "身份证号": "身份证号"}, category="五保户"
    )
    written(tmp_path, {"a.csv": csv_bytes([["姓名", "身份证号"], ["张三", person(1)]])})
    assert read_rosters([tmp_path], Settings(layout=(layout,))).rows.height == 1
