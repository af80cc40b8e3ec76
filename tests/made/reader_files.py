"""Files for the readers' tests, made by code: one table in every container."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path

import openpyxl
import polars as pl

from onestop_cli.core.identify import make_id
from onestop_cli.county.settings import Settings
from onestop_cli.readers.stays import read_stays
from onestop_cli.tables.reading import Reading
from tests.made.biff_file import biff

Rows = Sequence[Sequence[object]]

HOSPITALS = ["云谷卫生院", "上河中心卫生院", "示例县人民医院", "省立医院"]


def person(number: int) -> str:
    """A made-up, valid ID number."""
    return make_id(f"639901{1930 + number % 60}0{1 + number % 9}1{number % 9}{number % 1000:03d}")


HEADER = (
    "序号", "住院号", "姓名", "身份证号", "救助对象类别", "医疗机构", "入院日期", "出院日期", "结算日期",
    "总费用", "可补偿费用", "新农合补偿", "医疗救助", "个人自付",
)  # fmt: skip


def _row(
    number: int, name: str, category: str, days: str, amounts: Sequence[float]
) -> tuple[object, ...]:
    """A stay with three days, written as 1003 for the third of October 2010."""
    dates = [date(2010, int(day[:2]), int(day[2:])) for day in days.split()]
    stay_no = f"ZY{number:03d}"
    return (number, stay_no, name, person(number), category, HOSPITALS[0], *dates, *amounts)


QUARTER: Rows = [
    HEADER,
    _row(1, "祁英", "农村低保户", "1003 1009 1009", (1844.32, 1515.05, 1212.04, 379.37, 252.91)),
    _row(2, "全占·才生", "", "1005 1015 1016", (3245.23, 1963.56, 1472.67, 0, 1772.56)),
    _row(3, "冶花", "五保户", "1102 1103 1103", (1367.01, 1286.47, 1029.18, 337.83, 0)),
    _row(
        4, "韦清", "重点优抚对象", "1201 1220 1221", (20071.36, 17165.6, 13732.48, 5071.1, 1267.78)
    ),
]
"""A hospital's quarter: header and four stays, cells as a program holds them."""


def table(*rows: Sequence[object], header: Sequence[str] = HEADER) -> Rows:
    """A header and rows."""
    return [header, *rows]


def stay(number: int = 1, **cells: object) -> list[object]:
    """One valid row under `HEADER`, with cells replaced by header."""
    row: dict[str, object] = dict(
        zip(
            HEADER,
            (number, f"ZY{number:03d}", "张三", person(number), "", "云谷卫生院", "2010-10-03", "2010-10-09",
             "2010-10-09", "1000.00", "800.00", "600.00", "0.00", "400.00"),
            strict=True,
        )
    )  # fmt: skip
    unknown = cells.keys() - row.keys()
    assert not unknown, unknown
    return list((row | cells).values())


def text(cell: object) -> str:
    """A cell as a text file has it."""
    return (
        "" if cell is None else cell.strftime("%Y-%m-%d") if isinstance(cell, date) else str(cell)
    )


def csv_bytes(rows: Rows, encoding: str = "utf-8-sig", mark: str = ",") -> bytes:
    def quoted(cell: object) -> str:
        plain = text(cell)
        return (
            '"' + plain.replace('"', '""') + '"'
            if any(c in plain for c in '",\n' + mark)
            else plain
        )

    return "\r\n".join(mark.join(map(quoted, row)) for row in rows).encode(encoding)


def xlsx_bytes(
    sheets: Mapping[str, Rows] | Rows,
    merges: Mapping[str, Sequence[str]] | None = None,
    hidden: Sequence[str] = (),
    epoch_1904: bool = False,
) -> bytes:
    """A workbook through openpyxl; strings that start with `=` are formulas without a result."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    if epoch_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for name, rows in (sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}).items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
        for merge in (merges or {}).get(name, ()):
            sheet.merge_cells(merge)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def html_bytes(rows: Rows, encoding: str = "gb18030", title: str = "") -> bytes:
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(text(cell))}</td>" for cell in row) + "</tr>\n"
        for row in rows
    )
    head = (
        f'<html><head><meta http-equiv=Content-Type content="text/html; charset={encoding}"></head>'
    )
    return f"{head}<body>{title}<table border=1>{body}</table></body></html>".encode(encoding)


def spreadsheetml_bytes(sheets: Mapping[str, Rows]) -> bytes:
    def cell(value: object) -> str:
        if isinstance(value, date):
            kind, shown = "DateTime", f"{value.isoformat()}T00:00:00.000"
        elif isinstance(value, int | float):
            kind, shown = "Number", repr(value)
        else:
            kind, shown = "Error" if str(value).startswith("#") else "String", escape(str(value))
        return f'<Cell><Data ss:Type="{kind}">{shown}</Data></Cell>'

    pages = "".join(
        f'<Worksheet ss:Name="{name}"><Table>'
        + "".join(f"<Row>{''.join(map(cell, row))}</Row>" for row in rows)
        + "</Table></Worksheet>"
        for name, rows in sheets.items()
    )
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        f'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">{pages}</Workbook>'
    ).encode()


def flat_ods_bytes(sheets: Mapping[str, Rows]) -> bytes:
    """The same as a single XML file."""
    with zipfile.ZipFile(io.BytesIO(ods_bytes(sheets))) as package:
        return package.read("content.xml").replace(b"document-content", b"document")


def ods_bytes(sheets: Mapping[str, Rows]) -> bytes:
    def cell(value: object) -> str:
        if value == "" or value is None:
            return "<table:table-cell/>"
        if isinstance(value, date):
            kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        elif isinstance(value, int | float):
            kind = f'office:value-type="float" office:value="{value!r}"'
        else:
            kind = 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"

    pages = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, r))}</table:table-row>" for r in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    content = (
        f"<?xml version='1.0'?><office:document-content {spaces}><office:body><office:spreadsheet>"
    )
    content += pages + "</office:spreadsheet></office:body></office:document-content>"
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    return zip_bytes({"mimetype": mime.encode(), "content.xml": content.encode()})


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


CONTAINERS: Mapping[str, Callable[[Rows], bytes]] = {
    "utf-8.csv": lambda rows: csv_bytes(rows, "utf-8"),
    "utf-8-bom.csv": lambda rows: csv_bytes(rows, "utf-8-sig"),
    "gb18030.csv": lambda rows: csv_bytes(rows, "gb18030"),
    "utf-16.txt": lambda rows: csv_bytes(rows, "utf-16", "\t"),
    "utf-16-bare.txt": lambda rows: csv_bytes(rows, "utf-16-le", "\t"),
    "tab-gbk.xls": lambda rows: csv_bytes(rows, "gb18030", "\t"),
    "semicolon.txt": lambda rows: csv_bytes(rows, "utf-8", ";"),
    "html.xls": html_bytes,
    "html-utf-8.htm": lambda rows: html_bytes(rows, "utf-8"),
    "xlsx.xlsx": xlsx_bytes,
    "xlsx-as.xls": xlsx_bytes,
    "true.xls": lambda rows: biff({"Sheet1": rows}),
    "xml-2003.xls": lambda rows: spreadsheetml_bytes({"Sheet1": rows}),
    "open.ods": lambda rows: ods_bytes({"Sheet1": rows}),
}
"""File name → how to write a table as one."""


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    """`folder` with `files` in it."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def read(folder: Path, files: Mapping[str, bytes], settings: Settings | None = None) -> Reading:
    """The stays of `files`, written into `folder`."""
    paths = [written(folder, files) / name for name in files]
    return read_stays(paths, settings or Settings(), HOSPITALS)


def only(reading: Reading) -> dict[str, object]:
    """The single row of a reading without problems."""
    assert not reading.problems, reading.problems
    return reading.rows.row(0, named=True)


def without_place(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.drop("source", "sheet", "row")
