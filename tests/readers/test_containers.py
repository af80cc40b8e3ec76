"""Files are known by their content, and a table reads the same from every container."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.county.settings import Settings
from onestop_cli.readers.containers.delimited import read_delimited
from onestop_cli.readers.containers.inbox import open_files, open_together
from onestop_cli.readers.stays import read_stays
from tests.made.biff_file import biff, compound
from tests.made.reader_files import (
    CONTAINERS,
    HOSPITALS,
    QUARTER,
    Rows,
    csv_bytes,
    html_bytes,
    read,
    stay,
    table,
    without_place,
    written,
    xlsx_bytes,
    zip_bytes,
)

REAL = Path(__file__).parents[1] / "fixtures" / "real"
"""The same quarter as LibreOffice and others wrote it."""


@pytest.mark.parametrize("name", CONTAINERS)
def test_one_quarter_reads_the_same_from_every_container(name: str, tmp_path: Path) -> None:
    expected = read(tmp_path / "a", {"plain.csv": csv_bytes(QUARTER)})
    reading = read(tmp_path / "b", {name: CONTAINERS[name](QUARTER)})
    assert not reading.problems
    assert without_place(reading.rows).equals(without_place(expected.rows), null_equal=True)
    assert reading.rows["row"].to_list() == [2, 3, 4, 5]


@pytest.mark.parametrize("path", sorted(REAL.iterdir()), ids=lambda path: path.name)
def test_one_quarter_reads_the_same_from_what_programs_write(path: Path, tmp_path: Path) -> None:
    expected = read(tmp_path, {"plain.csv": csv_bytes(QUARTER)})
    reading = read_stays([path], Settings(), HOSPITALS)
    assert not reading.problems
    assert without_place(reading.rows).equals(without_place(expected.rows), null_equal=True)


def test_files_that_are_opened_together_stay_with_their_own_group(tmp_path: Path) -> None:
    """In the order of their names, though the largest is opened first."""
    small, large = csv_bytes(QUARTER[:2]), csv_bytes([*QUARTER] * 9)
    first = written(
        tmp_path / "住院", {"a.csv": small, "b.csv": large, "c.csv": csv_bytes(QUARTER)}
    )
    second = written(tmp_path / "花名册", {"d.csv": csv_bytes(QUARTER[:3])})
    stays, roster = open_together([[first], [second]], Settings())
    assert [one.file.path for one in stays.opened] == ["a.csv", "b.csv", "c.csv"]
    assert [len(one.grids[0].rows) for one in stays.opened] == [2, 9 * len(QUARTER), len(QUARTER)]
    assert [one.file.path for one in roster.opened] == ["d.csv"]
    assert len(roster.opened[0].grids[0].rows) == 3


def test_text_files_have_no_sheet_and_workbooks_have(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.csv": csv_bytes(QUARTER), "b.xls": biff({"住院": QUARTER})})
    assert reading.rows["sheet"].unique(maintain_order=True).to_list() == [None, "住院"]


def test_folders_and_archives_are_searched_through(tmp_path: Path) -> None:
    inner = zip_bytes({"下层/b.xlsx": xlsx_bytes(QUARTER)})
    written(
        tmp_path,
        {
            "一/二/a.csv": csv_bytes(QUARTER),
            "报送.zip": zip_bytes({"c.csv": csv_bytes(QUARTER, mark=";"), "再.zip": inner}),
            "~$a.xlsx": b"lock",
            ".hidden.csv": b"no",
            "Thumbs.db": b"no",
        },
    )
    reading = read_stays([tmp_path], Settings(), HOSPITALS)
    assert not reading.problems
    assert reading.rows["source"].unique(maintain_order=True).to_list() == [
        "一/二/a.csv",
        "报送.zip/c.csv",
        "报送.zip/再.zip/下层/b.xlsx",
    ]
    assert [file.kind for file in reading.inputs] == ["text", "text", "xlsx"]


def test_names_in_an_archive_may_be_gbk(tmp_path: Path) -> None:
    data = zip_bytes({"XXXX.csv": csv_bytes(QUARTER)}).replace(b"XXXX", "云谷".encode("gb18030"))
    reading = read(tmp_path, {"a.zip": data})
    assert reading.rows["source"][0] == "a.zip/云谷.csv"


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": csv_bytes(QUARTER)})
    reading = read_stays([tmp_path, tmp_path / "a.csv"], Settings(), HOSPITALS)
    assert reading.rows.height == 4


def test_files_of_one_name_in_two_folders_keep_apart(tmp_path: Path) -> None:
    for folder, mark in (("十月", ","), ("十一月", ";")):
        written(tmp_path / folder, {"a.csv": csv_bytes(QUARTER, mark=mark)})
    reading = read_stays([tmp_path / "十月", tmp_path / "十一月"], Settings(), HOSPITALS)
    assert set(reading.rows["source"]) == {"十月/a.csv", "十一月/a.csv"}


def bomb() -> bytes:
    """An xlsx with a sheet of 200 MB of blanks."""
    package = xlsx_bytes(QUARTER)
    stream = io.BytesIO(package)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(200 << 20))
    return stream.getvalue()


def far_cell() -> bytes:
    """An xlsx of two cells at opposite corners."""
    package = xlsx_bytes([["a"]])
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )
    return zip_bytes(parts)


REFUSED = {
    "empty.csv": (b"", "文件是空的"),
    "blank.txt": (b"\r\n \r\n", "文件是空的"),
    "scan.pdf": (b"%PDF-1.4 ...", "PDF"),
    "photo.jpg": (b"\xff\xd8\xff\xe0 ...", "图片"),
    "letter.doc": (compound({"WordDocument": b"x"}), "Word"),
    "packed.rar": (b"Rar!\x1a\x07\x00", "只支持 zip"),
    "nothing.zip": (zip_bytes({}), "压缩包里没有文件"),
    "old.xls": (b"\x09\x00\x04\x00\x02\x00\x10\x00", "已损坏"),
    "locked.xls": (biff({"Sheet1": QUARTER}, locked=True), "密码"),
    "binary.csv": (bytes(range(256)) * 4, "编码无法识别"),
    "torn.xlsx": (xlsx_bytes(QUARTER)[:2000], "已损坏"),
    "torn.xls": (biff({"Sheet1": QUARTER})[:3000], "已损坏"),
    "quotes.csv": (csv_bytes(QUARTER) + b'\r\n"1,2\r\n3', "引号"),
    "far.xlsx": (far_cell(), "范围异常"),
    "bomb.xlsx": (bomb(), "异常庞大"),
    "strange.xml": (b"<?xml version='1.0'?><data/>", "XML"),
    "entities.xls": (
        b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>"
        b"<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>",
        "已损坏",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_in_words(name: str, tmp_path: Path) -> None:
    data, words = REFUSED[name]
    reading = read(tmp_path, {name: data})
    assert len(reading.problems) == 1
    problem = reading.problems[0]
    assert words in problem.what
    assert problem.remedy
    assert problem.file == name


def test_every_broken_file_is_named_and_the_good_are_still_looked_at(tmp_path: Path) -> None:
    files = {name: data for name, (data, _) in REFUSED.items()} | {"good.csv": csv_bytes(QUARTER)}
    reading = read(tmp_path, files)
    assert {problem.file for problem in reading.problems} == set(REFUSED)
    assert reading.rows.height == 4


def test_an_archive_with_a_password_says_so(tmp_path: Path) -> None:
    data = bytearray(zip_bytes({"a.csv": csv_bytes(QUARTER)}))
    for signature, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flag] |= 1
    reading = read(tmp_path, {"a.zip": bytes(data)})
    assert "密码" in reading.problems[0].what


def test_a_missing_path_is_a_problem(tmp_path: Path) -> None:
    reading = read_stays([tmp_path / "nowhere"], Settings(), HOSPITALS)
    assert "找不到" in reading.problems[0].what


def test_a_locked_workbook_opens_with_its_password(tmp_path: Path) -> None:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain, locked = io.BytesIO(xlsx_bytes(QUARTER)), io.BytesIO()
    OOXMLFile(plain).encrypt("示例123", locked)
    written(tmp_path, {"a.xlsx": locked.getvalue()})
    refused = read_stays([tmp_path], Settings(), HOSPITALS)
    assert "密码" in refused.problems[0].what
    wrong = read_stays([tmp_path], Settings(), HOSPITALS, passwords=["猜的"])
    assert "都打不开" in wrong.problems[0].what
    opened = read_stays([tmp_path], Settings(), HOSPITALS, passwords=["猜的", "示例123"])
    assert opened.rows.height == 4
    assert opened.inputs[0].kind == "xlsx"


def test_errors_and_unknown_results_are_not_blanks_nor_zeros(tmp_path: Path) -> None:
    rows = table(stay(1, 总费用="=1+1"), stay(2), stay(3, 医疗救助="#N/A"))
    reading = read(tmp_path, {"a.xlsx": xlsx_bytes(rows)})
    faults = reading.rows["amount_fault"].to_list()
    assert "公式未计算" in faults[0]
    assert "J2" in faults[0]
    assert faults[1] is None
    assert "#N/A" in faults[2]
    assert "M4" in faults[2]
    assert reading.rows["total_fen"].to_list() == [None, 100000, 100000]


def test_html_may_have_titles_spans_and_broken_tags(tmp_path: Path) -> None:
    page = "<h3>云谷卫生院2010年第4季度明细表</h3><table><tr><th colspan=2>患者"
    page += "<th>身份证号<th>入院日期<th>出院日期<th>总费用<th>补偿</tr><tr><td rowspan=2>姓名"
    page += f"<td><td><td><td><td><td></tr><tr><td></tr><tr><td>张三<td>&nbsp;<td>{stay()[3]}"
    page += "<td>2010-10-1<td>2010-10-2<td>1,000.00<td>5"
    reading = read(tmp_path, {"a.xls": page.encode("gb18030")})
    row = reading.rows.row(0, named=True)
    assert (row["hospital_raw"], row["name"], row["total_fen"]) == ("云谷卫生院", "张三", 100000)


def test_a_number_in_html_is_a_number(tmp_path: Path) -> None:
    page = html_bytes(table(stay())).replace(
        b"<td>" + str(stay()[3]).encode(), b"<td x:num>6.39901198001011E17"
    )
    assert read(tmp_path, {"a.xls": page}).rows["id_numeric"].to_list() == [True]


def test_a_web_page_archive_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    import email.mime.multipart
    import email.mime.text

    whole = email.mime.multipart.MIMEMultipart("related")
    for name, page in (
        ("sheet001.htm", html_bytes(QUARTER, "utf-8")),
        ("tabs.htm", b"<html>x</html>"),
    ):
        part = email.mime.text.MIMEText(page.decode(), "html", "utf-8")
        part["Content-Location"] = f"file:///C:/a_files/{name}"
        whole.attach(part)
    reading = read(tmp_path, {"a.xls": whole.as_bytes()})
    assert reading.rows.height == 4
    assert reading.rows["sheet"][0] == "sheet001.htm"
    assert reading.inputs[0].kind == "mhtml"


def test_a_text_that_breaks_off_in_a_line_is_told() -> None:
    whole = "甲,乙,丙,丁\r\n" + "1,2,3,4\r\n" * 6
    grid = read_delimited("a.csv", whole.encode("utf-8")[:-4])
    assert grid.notes == ("第 7 行没有写完，文件像是没有传完：请重新拷贝或导出，核对笔数",)


@pytest.mark.parametrize("end", ["", "1,2,3,4", "制表人：甲,复核：乙", "1,2\r\n"])
def test_a_text_that_ends_with_a_line_is_not(end: str) -> None:
    text = "甲,乙,丙,丁\r\n" + "1,2,3,4\r\n" * 6 + end
    assert read_delimited("a.csv", text.encode("utf-8")).notes == ()


def test_a_first_line_that_names_the_separator_is_no_row(tmp_path: Path) -> None:
    data = b"sep=;\r\n" + csv_bytes(QUARTER, "utf-8", ";")
    assert read(tmp_path, {"a.csv": data}).rows["row"].to_list() == [2, 3, 4, 5]


def test_stray_quotes_between_tabs_are_plain_characters(tmp_path: Path) -> None:
    rows = table(stay(1, 救助对象类别="@"), stay(2))
    data = csv_bytes(rows, "gb18030", "\t").replace(b"@", b'"5')
    reading = read(tmp_path, {"a.xls": data})
    assert reading.rows["category_raw"].to_list() == ['"5', None]


def test_a_quote_that_swallows_rows_is_noticed(tmp_path: Path) -> None:
    rows = table(stay(1, 姓名="@"), stay(2, 姓名="@"), stay(3))
    data = csv_bytes(rows, "utf-8").replace(b"@", b'"', 1).replace(b"@", b'x"')
    assert "引号" in read(tmp_path, {"a.csv": data}).problems[0].what


def test_a_line_break_typed_within_a_cell_swallows_no_rows(tmp_path: Path) -> None:
    """At the end of an ID, or between a name and an ID: cells of one row, however many lines they take."""
    rows = table(stay(1, 姓名="@"), stay(2))
    number = "639901195003070011"
    for typed in (f'"{number}\n"', f'"\n{number}"', f'"赵强\r\n{number}"'):
        data = csv_bytes(rows, "utf-8").replace(b"@", typed.encode("utf-8"))
        reading = read(tmp_path, {"a.csv": data})
        assert (len(reading.problems), reading.rows.height) == (0, 2), typed


def test_macros_and_links_are_left_alone(tmp_path: Path) -> None:
    data = parts_with(
        xlsx_bytes(QUARTER),
        {"xl/vbaProject.bin": b"macro", "xl/externalLinks/externalLink1.xml": b"<x/>"},
    )
    assert read(tmp_path, {"a.xlsm": data}).rows.height == 4


def parts_with(package: bytes, more: dict[str, bytes]) -> bytes:
    """A zip package with parts added or put in another's place."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zip_bytes(parts | more)


SHEET = "xl/worksheets/sheet1.xml"


def test_rows_out_of_order_are_read_in_their_places(tmp_path: Path) -> None:
    sheet = sheet_of(QUARTER)
    begin, end = sheet.index(b'<row r="2"'), sheet.index(b'<row r="3"')
    moved = sheet[:begin] + sheet[end:].replace(b"</sheetData>", sheet[begin:end] + b"</sheetData>")
    reading = read(tmp_path, {"a.xlsx": parts_with(xlsx_bytes(QUARTER), {SHEET: moved})})
    assert not reading.problems
    assert reading.rows.select("row", "name").rows() == [
        (2, "祁英"),
        (3, "全占·才生"),
        (4, "冶花"),
        (5, "韦清"),
    ]


def sheet_of(rows: Rows) -> bytes:
    """The XML of a workbook's only sheet."""
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(rows))) as archive:
        return archive.read(SHEET)


TWICE = {
    "one row twice": lambda sheet: re.sub(rb'r="([A-Z]?)3"', rb'r="\g<1>2"', sheet),
    "a second table of rows": lambda sheet: sheet.replace(
        b'<row r="3"', b'</sheetData><sheetData><row r="3"'
    ),
    "a cell that says another row": lambda sheet: sheet.replace(b'r="C3"', b'r="C4"'),
    "one cell twice": lambda sheet: sheet.replace(b'r="D3"', b'r="C3"'),
}


@pytest.mark.parametrize("how", TWICE)
def test_rows_and_cells_written_twice_are_refused_because_one_would_be_lost(
    how: str, tmp_path: Path
) -> None:
    changed = TWICE[how](sheet_of(QUARTER))
    reading = read(tmp_path, {"a.xlsx": parts_with(xlsx_bytes(QUARTER), {SHEET: changed})})
    assert "同一行写了两次" in reading.problems[0].what


TEXT, NUMBER = rb't="s"><v>(\d+)</v>', rb"><v>(\d)(\d*)</v>"
MISREAD = {
    "a blank in the number of a shared text": (TEXT, rb't="s"><v>\1 </v>'),
    "a shared text that says a fraction": (TEXT, rb't="s"><v>\1.0</v>'),
    "a comment in a number": (NUMBER, rb"><v>\1<!-- -->\2</v>"),
    "a digit as a reference": (NUMBER, rb"><v>\1&#50;</v>"),
    "a number marked as text of its own": (NUMBER, rb"><v><![CDATA[\1]]></v>"),
    "two values": (NUMBER, rb"><v>\1</v><v>1</v>"),
    "a text and a value": (TEXT, rb't="inlineStr"><is><t>x</t></is><v>\1</v>'),
}


@pytest.mark.parametrize("how", MISREAD)
def test_values_that_would_be_misread_are_refused(how: str, tmp_path: Path) -> None:
    package = with_shared_texts(QUARTER)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        sheet = archive.read(SHEET)
    changed = re.sub(*MISREAD[how], sheet, count=1)
    assert read(tmp_path, {"a.xlsx": package}).rows.height == 4
    reading = read(tmp_path, {"b.xlsx": parts_with(package, {SHEET: changed})})
    assert [p.what for p in reading.problems] == ["工作表里有的单元格写法不规范，照读会读错"]


def with_shared_texts(rows: Rows) -> bytes:
    """A workbook whose texts stand in a part of their own, as Excel writes them."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("Sheet1")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def test_a_wrong_dimension_does_no_harm(tmp_path: Path) -> None:
    package = xlsx_bytes(QUARTER)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        sheet = archive.read(SHEET)
    assert b'<dimension ref="A1:N5"' in sheet
    absurd = sheet.replace(b'<dimension ref="A1:N5"', b'<dimension ref="A1:XFD1048576"')
    assert read(tmp_path, {"a.xlsx": parts_with(package, {SHEET: absurd})}).rows.height == 4


def test_styled_blanks_far_away_do_no_harm(tmp_path: Path) -> None:
    package = xlsx_bytes(QUARTER)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        sheet = archive.read(SHEET)
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    data = parts_with(package, {SHEET: sheet.replace(b"</sheetData>", far)})
    assert read(tmp_path, {"a.xlsx": data}).rows.height == 4


def test_a_dos_end_of_file_mark_is_no_row(tmp_path: Path) -> None:
    reading = read(tmp_path, {"a.txt": csv_bytes(QUARTER, "gb18030", "\t") + b"\r\n\x1a"})
    assert reading.rows.height == 4
    assert reading.quarantine.is_empty()


FOUR = ("tab-gbk.xls", "html.xls", "true.xls", "xlsx.xlsx")


def test_a_quarter_settles_the_same_from_four_containers(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "register.csv": "机构名称,机构级别\n云谷卫生院,乡级\n".encode(),
            "五保户花名册.csv": csv_bytes([["姓名", "身份证号"], [QUARTER[3][2], QUARTER[3][3]]]),
        },
    )
    settled = []
    for name in FOUR:
        folder = written(tmp_path / name, {name: CONTAINERS[name](QUARTER)})
        request = Request(
            "2010Q4",
            [folder],
            [tmp_path / "五保户花名册.csv"],
            tmp_path / "register.csv",
            ["huangzhong-2009"],
            Settings(),
        )
        settled.append(without_place(reconcile(request).stays))
    assert settled[0].height == 4
    for stays in settled[1:]:
        assert stays.equals(settled[0], null_equal=True)


def _elsewhere(folder: str, data: bytes) -> bytes:
    """An xlsx whose workbook and sheets lie in `folder` instead of xl/, as some export programs write them."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(made, "w") as moved:
        for name in package.namelist():
            part = package.read(name).replace(b"/xl/", f"/{folder}".encode())
            part = part.replace(b'"xl/workbook.xml', f'"{folder}workbook.xml'.encode())
            moved.writestr(folder + name[3:] if name.startswith("xl/") else name, part)
    return made.getvalue()


@pytest.mark.parametrize("folder", ["", "book/", "a/b/"])
def test_a_workbook_may_lie_anywhere_in_its_package(folder: str, tmp_path: Path) -> None:
    rows = [["姓名", "金额"], ["张三", 12.5]]
    written(tmp_path, {"a.xlsx": _elsewhere(folder, xlsx_bytes({"甲": rows}))})
    (file,) = open_files([tmp_path / "a.xlsx"], Settings()).opened
    assert [(grid.sheet, grid.rows) for grid in file.grids] == [("甲", rows)]


def test_the_workbook_is_the_one_that_the_package_names(tmp_path: Path) -> None:
    """As office programs open it; another one beside it is left alone."""
    moved = _elsewhere("book/", xlsx_bytes({"甲": [["真"]]}))
    decoy = io.BytesIO(moved)
    with (
        zipfile.ZipFile(decoy, "a") as package,
        zipfile.ZipFile(io.BytesIO(xlsx_bytes({"乙": [["假"]]}))) as other,
    ):
        for name in other.namelist():
            if name.startswith("xl/"):
                package.writestr(name, other.read(name))
    written(tmp_path, {"a.xlsx": decoy.getvalue()})
    (file,) = open_files([tmp_path / "a.xlsx"], Settings()).opened
    assert [(grid.sheet, grid.rows) for grid in file.grids] == [("甲", [["真"]])]


def test_parts_without_a_date_are_read(tmp_path: Path) -> None:
    """1980-00-00 is what writers put that have no clock."""
    data = bytearray(xlsx_bytes({"甲": [["张三"]]}))
    for mark, place in ((b"PK\x03\x04", 10), (b"PK\x01\x02", 12)):
        at = data.find(mark)
        while at >= 0:
            data[at + place : at + place + 4] = bytes(4)
            at = data.find(mark, at + 4)
    written(tmp_path, {"a.xlsx": bytes(data)})
    (file,) = open_files([tmp_path / "a.xlsx"], Settings()).opened
    assert [grid.rows for grid in file.grids] == [[["张三"]]]
