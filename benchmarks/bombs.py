"""Small files that take a machine: each is made here, read within the limits, and must end in words or in rows.

python -m benchmarks.bombs [NAME …]

Prints seconds and the MiB the worker had at most; fails where one takes more than the limits (30 s, 1 GiB), or escapes.
"""

from __future__ import annotations

import io
import re
import struct
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from onestop_cli import workers
from onestop_cli.county.settings import ReadingLimits
from tests.made.biff_file import biff, compound
from tests.made.reader_files import (
    QUARTER,
    csv_bytes,
    ods_bytes,
    spreadsheetml_bytes,
    xlsx_bytes,
    zip_bytes,
)

SHEET = "xl/worksheets/sheet1.xml"
LIMITS = ReadingLimits()
SLACK_SECONDS, SLACK_MIB = 3.0, 256
"""What the process itself needs, and a busy machine."""


def parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_parts(changes: Mapping[str, bytes], package: bytes | None = None) -> bytes:
    return zip_bytes(parts(package or xlsx_bytes(QUARTER)) | changes)


def sheet(old: bytes, new: bytes) -> bytes:
    """The quarter's workbook with its sheet's XML changed."""
    whole = parts(xlsx_bytes(QUARTER))
    assert old in whole[SHEET]
    return zip_bytes(whole | {SHEET: whole[SHEET].replace(old, new)})


def rows(xml: bytes) -> bytes:
    return sheet(b"</sheetData>", xml + b"</sheetData>")


def page(inside: str) -> bytes:
    return f"<html><body>{inside}</body></html>".encode()


def table(inside: str) -> bytes:
    head = "".join(f"<td>{cell}</td>" for cell in QUARTER[0])
    return page(f"<table><tr>{head}</tr>{inside}</table>")


def content(inside: str) -> bytes:
    """An ods whose only table has `inside`."""
    whole = parts(ods_bytes({"Sheet1": QUARTER}))
    xml = whole["content.xml"].replace(b"</table:table>", inside.encode() + b"</table:table>")
    return zip_bytes(whole | {"content.xml": xml})


def xml_sheet(inside: str) -> bytes:
    whole = spreadsheetml_bytes({"Sheet1": QUARTER})
    return whole.replace(b"</Table>", inside.encode() + b"</Table>")


def declared(encoding: str, text: str) -> bytes:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    return (head + text).encode("utf-16" if encoding == "UTF-16" else "ascii", "replace")


LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {b} '{f'&{a};' * 20}'>" for a, b in zip("abcdefg", "bcdefgh", strict=True))
    + "]><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>&h;</Workbook>"
)


def strings(count: str, inside: bytes = b"<si><t>a</t></si>") -> bytes:
    xml = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    xml += f'count="{count}" uniqueCount="{count}">'.encode() + inside + b"</sst>"
    return with_parts({"xl/sharedStrings.xml": xml})


def many_sheets(count: int) -> bytes:
    """Sheets that are all one part."""
    whole = parts(xlsx_bytes(QUARTER))
    one = re.search(rb"<sheet [^>]*/>", whole["xl/workbook.xml"])
    assert one
    more = b"".join(re.sub(rb'name="[^"]*"', b'name="S%d"' % n, one[0]) for n in range(count))
    book = whole["xl/workbook.xml"].replace(one[0], more)
    return zip_bytes(whole | {"xl/workbook.xml": book})


def overlapping() -> bytes:
    """Members that share the bytes of one: unpacked, each is a sheet of zeros."""
    kernel = zlib.compress(bytes(20 << 20), 9)[2:-4]
    crc, size = zlib.crc32(bytes(20 << 20)), 20 << 20
    name = b"0.csv"
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(kernel), size, 5, 0)
    body = local + name + kernel
    entries = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(kernel), size, 5, 0, 0, 0, 0, 0, 0,
        ) + b"%d.csv" % (n % 10)
        for n in range(1000)
    )  # fmt: skip
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1000, 1000, len(entries), len(body), 0)
    return body + entries + end


def nested_zip(depth: int) -> bytes:
    data = csv_bytes(QUARTER)
    for level in range(depth):
        data = zip_bytes({f"{level}.zip" if level else "a.csv": data})
    return data


def long_biff() -> bytes:
    """A workbook whose sheet begins again where it ends."""
    data = biff({"Sheet1": QUARTER})
    return data.replace(struct.pack("<HH", 0x0A, 0), struct.pack("<HH", 0x3C, 0))


def strings_in_biff() -> bytes:
    head = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0xDBB, 0x7CC, 0, 6)
    body = struct.pack("<HHII", 0xFC, 8, 0xFFFFFFFF, 0xFFFFFFFF)
    return compound({"Workbook": head + body + struct.pack("<HH", 0x0A, 0)})


def dbf(count: int, fields: int) -> bytes:
    size = 32 + 32 * fields + 1
    head = struct.pack("<BBBBIHH20x", 3, 110, 1, 1, count, size, 1 + fields)
    one = struct.pack("<11sc4xBB14x", b"A", b"C", 1, 0)
    return head + one * fields + b"\r"


MANY = 200_000
BOMBS: Mapping[str, Callable[[], bytes]] = {
    "far-cell.xlsx": lambda: rows(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "far-column.xlsx": lambda: rows(b'<row r="9"><c r="XFD9"><v>1</v></c></row>'),
    "far-cell-first.xlsx": lambda: rows(
        b'<row r="9"><c r="XFD9"/><c r="A9"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    ),
    "blank-far-cell-out-of-order.xlsx": lambda: sheet(
        b"<sheetData>", b'<sheetData><row r="1048576"><c r="XFD1048576"/></row>'
    ),
    "row-tag-with-blank.xlsx": lambda: rows(
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row >'
    ),
    "prefixed-far-cell.xlsx": lambda: rows(
        b'<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="1048576">'
        b'<x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'
    ),
    "row-number-of-20-digits.xlsx": lambda: rows(
        b'<row r="99999999999999999999"><c r="A99999999999999999999"><v>1</v></c></row>'
    ),
    "column-ZZZZZZ.xlsx": lambda: rows(b'<row r="9"><c r="ZZZZZZ9"><v>1</v></c></row>'),
    "unique-count.xlsx": lambda: strings("99999999999"),
    "unique-count-4-billion.xlsx": lambda: strings("4294967295"),
    "unique-count-300-million.xlsx": lambda: strings("300000000"),
    "line-feeds-5-million.xlsx": lambda: strings("1", b"<si><t>" + b"\n" * 5_000_000 + b"</t></si>"),
    "many-runs.xlsx": lambda: strings("1", b"<si>" + b"<r><t>a</t></r>" * 1_000_000 + b"</si>"),
    "many-strings.xlsx": lambda: strings("9", b"<si><t>a</t></si>" * 3_000_000),
    "deep-xml.xlsx": lambda: rows(b"<row>" * 200_000),
    "many-empty-rows.xlsx": lambda: rows(b"<row/>" * 3_000_000),
    "many-styled-blanks.xlsx": lambda: rows(
        b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(9, 900_000))
    ),
    "many-formulas.xlsx": lambda: rows(
        b"".join(b'<row r="%d"><c r="A%d"><f>1</f></c></row>' % (n, n) for n in range(9, 400_000))
    ),
    "merges-100-000.xlsx": lambda: sheet(
        b"</sheetData>",
        b'</sheetData><mergeCells count="100000">'
        + b"".join(b'<mergeCell ref="A%d:XFD%d"/>' % (n, n) for n in range(2, 100_002))
        + b"</mergeCells>",
    ),
    "one-huge-merge.xlsx": lambda: sheet(
        b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
    "sheets-3000.xlsx": lambda: many_sheets(3000),
    "part-of-zeros.xlsx": lambda: with_parts({"xl/media/a.bin": bytes(400 << 20)}),
    "sheet-of-blanks.xlsx": lambda: rows(b" " * (90 << 20)),
    "doctype.xlsx": lambda: sheet(b"<worksheet", b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet"),
    "doctype-in-book.xlsx": lambda: with_parts({"xl/workbook.xml": LAUGHS.encode()}),
    "two-sheet-data.xlsx": lambda: sheet(b"</sheetData>", b"</sheetData><sheetData/>"),
    "overlapping.zip": overlapping,
    "twenty-inner.zip": lambda: zip_bytes(
        {f"{n}.zip": zip_bytes({"a.csv": bytes(95 << 20)}) for n in range(20)}
    ),
    "twenty-full-inner.zip": lambda: zip_bytes(
        {f"{n}.zip": zip_bytes({"a.csv": b"a,b,c\n" * 1_000_000}) for n in range(20)}
    ),
    "nested-5-deep.zip": lambda: nested_zip(5),
    "members-100-000.zip": lambda: zip_bytes({f"{n}.csv": b"" for n in range(100_000)}),
    "members-4-000-books.zip": lambda: zip_bytes({f"{n}.xlsx": xlsx_bytes(QUARTER) for n in range(300)}),
    "quarter-twice-in.zip": lambda: zip_bytes({"a.csv": csv_bytes(QUARTER)}) * 2,
    "ods-rows-repeated.ods": lambda: content(
        '<table:table-row table:number-rows-repeated="2000000000"><table:table-cell><text:p>a</text:p>'
        "</table:table-cell></table:table-row>"
    ),
    "ods-columns-repeated.ods": lambda: content(
        '<table:table-row><table:table-cell table:number-columns-repeated="2000000000"><text:p>a</text:p>'
        "</table:table-cell></table:table-row>"
    ),
    "ods-blanks.ods": lambda: content(
        '<table:table-row><table:table-cell><text:p>a<text:s text:c="2000000000"/></text:p>'
        "</table:table-cell></table:table-row>"
    ),
    "ods-many-blanks.ods": lambda: content(
        "<table:table-row><table:table-cell><text:p>"
        + '<text:s text:c="30000"/>' * 50_000
        + "</text:p></table:table-cell></table:table-row>"
    ),
    "ods-spans.ods": lambda: content(
        '<table:table-row><table:table-cell table:number-columns-spanned="2000000000" '
        'table:number-rows-spanned="2000000000"><text:p>a</text:p></table:table-cell></table:table-row>'
    ),
    "ods-nested-paragraphs.ods": lambda: content(
        "<table:table-row><table:table-cell>" + "<text:p>" * 50_000 + "</text:p>" * 50_000
        + "</table:table-cell></table:table-row>"
    ),
    "ods-doctype.ods": lambda: zip_bytes(
        parts(ods_bytes({"S": QUARTER})) | {"content.xml": LAUGHS.encode()}
    ),
    "ods-number-too-long.ods": lambda: content(
        f'<table:table-row table:number-rows-repeated="{"9" * 5000}"/>'
    ),
    "xml-index.xls": lambda: xml_sheet('<Row ss:Index="39999999"><Cell><Data>a</Data></Cell></Row>'),
    "xml-cell-index.xls": lambda: xml_sheet('<Row><Cell ss:Index="39999999"><Data>a</Data></Cell></Row>'),
    "xml-merge.xls": lambda: xml_sheet(
        '<Row><Cell ss:MergeAcross="999999999" ss:MergeDown="999999999"><Data>a</Data></Cell></Row>'
    ),
    "xml-merge-then-cell.xls": lambda: xml_sheet(
        '<Row><Cell ss:MergeAcross="999999999"><Data>a</Data></Cell><Cell><Data>b</Data></Cell></Row>'
    ),
    "xml-laughs.xls": lambda: LAUGHS.encode(),
    "xml-laughs-utf-16.xls": lambda: declared("UTF-16", LAUGHS),
    "xml-unknown-encoding.xls": lambda: declared("cp037", LAUGHS),
    "xml-utf-7.xls": lambda: declared("utf-7", LAUGHS),
    "xml-deep.xls": lambda: xml_sheet("<Row>" * 100_000),
    "xml-many-rows.xls": lambda: xml_sheet("<Row/>" * 1_200_000),
    "html-comments.xls": lambda: table("<tr><td>a</td></tr>" + "<!--" * MANY),
    "html-declarations.xls": lambda: table("<!a" * MANY),
    "html-processing.xls": lambda: table("<?a" * MANY),
    "html-open-tags.xls": lambda: table("<a " * MANY),
    "html-attributes.xls": lambda: table("<td " + "a=b " * MANY + ">"),
    "html-entities.xls": lambda: table("<tr><td>" + "&amp" * MANY),
    "html-cdata.xls": lambda: table("<![CDATA[" * MANY),
    "html-script.xls": lambda: table("<script>" + "</" * MANY),
    "html-spans.xls": lambda: table(("<tr>" + "<td rowspan=1000 colspan=1000>a" * 20) * 100),
    "html-colspan.xls": lambda: table("<tr>" + "<td colspan=99999999>a" * 1000),
    "html-rowspan.xls": lambda: table("<tr><td rowspan=999999999>a</td></tr>" * 20_000),
    "html-nested-tables.xls": lambda: page("<table><tr><td>" * 20_000),
    "html-nested-spans.xls": lambda: table("<tr><td>" + "<span>" * MANY),
    "html-many-cells.xls": lambda: table("<tr>" + "<td>" * 2_000_000),
    "html-many-rows.xls": lambda: table("<tr><td>a" * 1_200_000),
    "html-nested-small-tables.xls": lambda: table(
        "<tr><td>" + "<table><tr><td>a<td>b<td>c<tr><td>a<td>b<td>c</table>" * 40_000
    ),
    "mhtml-parts.xls": lambda: (
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n"
        + b"--x\nContent-Type: text/html\n\n<table><tr><td>a<td>b</table>\n" * 20_000
    ),
    "mhtml-nested.xls": lambda: b"MIME-Version: 1.0\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(2_000)
    ),
    "commas-a-million.csv": lambda: b"," * 1_000_000,
    "commas-100-million.csv": lambda: b"," * 100_000_000,
    "line-feeds-50-million.csv": lambda: b"a" + b"\n" * 50_000_000,
    "open-quote.csv": lambda: csv_bytes(QUARTER) + b'\n"' + b"a\n" * 3_000_000,
    "quotes.csv": lambda: b'"' * 5_000_000,
    "cell-of-20-mb.csv": lambda: csv_bytes(QUARTER) + b"\n" + b"a" * 20_000_000,
    "wide-then-long.csv": lambda: b"," * 16_000 + b"\na" * 200_000,
    "utf-16-commas.csv": lambda: ("," * 2_000_000).encode("utf-16"),
    "nul.csv": lambda: b"a,b\n" + bytes(1000) + b"c" * 50_000,
    "mime-head.txt": lambda: b"A: b\n" * 2_000_000,
    "tags-no-end.txt": lambda: b"<" + b"a" * 5_000_000,
    "xls-no-end.xls": long_biff,
    "xls-strings.xls": strings_in_biff,
    "xls-records.xls": lambda: compound(
        {"Workbook": struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 6) + bytes(6 << 20)}
    ),
    "xls-bare.xls": lambda: struct.pack("<HHHH", 0x0009, 4, 2, 0x10) + b"\x04\0\x09\0" * 1_000_000,
    "xls-far.xls": lambda: biff({"Sheet1": [*QUARTER, *[[]] * 65_000, [*[""] * 255, "a"]]}),
    "ole-circle.xls": lambda: compound({"Workbook": bytes(9000)})[:512] + bytes(512) * 60,
    "ole-fat.xls": lambda: compound({"Workbook": bytes(9000)})[:44]
    + struct.pack("<I", 0xFFFFFF) + compound({"Workbook": bytes(9000)})[48:],
    "ole-directory.xls": lambda: compound({f"{n}": b"" for n in range(600)}),
    "dbf-count.dbf": lambda: dbf(0xFFFFFFFF, 100) + b" " * 10_000,
    "dbf-long.dbf": lambda: dbf(3_000_000, 1) + b" a" * 3_000_000,
    "dbf-wide.dbf": lambda: dbf(60_000, 255) + b" " * 256 * 60_000,
    "xlsb-empty.xlsb": lambda: zip_bytes({"[Content_Types].xml": b"", "xl/workbook.bin": b"\xff" * 9_000_000}),
    "pdf.xlsx": lambda: b"%PDF-1.4" + bytes(1000),
    "large-text.csv": lambda: b"a,b,c,d\n" * 20_000_000,
}  # fmt: skip


def peak_mib() -> float:
    """Run in the worker: the most memory it ever had."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read(path: Path) -> tuple[str, float, float]:
    """What came of a file, in a worker of its own: the sentence, seconds, MiB."""
    limits = workers.Limits(LIMITS.memory << 20, float(LIMITS.seconds))
    begin = time.perf_counter()
    try:
        found = workers.call("benchmarks.bombs:opened", str(path), LIMITS.cells, limits=limits)
    except workers.Stopped as stopped:
        return f"stopped: {stopped.why}", time.perf_counter() - begin, float(LIMITS.memory)
    said, peak = found
    return said, time.perf_counter() - begin, peak


def opened(path: str, cells: int) -> tuple[str, float]:
    """Run in the worker: read a file, and how much memory that took at most."""
    from onestop_cli.readers.containers.door import enter

    found = enter("bombe", path, (), cells)
    said = [
        f.trouble.what if f.trouble else f"{sum(len(g.rows) for g in f.grids)} rows" for f in found
    ]
    return "；".join(dict.fromkeys(said))[:60], peak_mib()


def main(names: list[str]) -> None:
    bad = 0
    print(
        f"{len(names or BOMBS)} bombs\n\n| bomb | bytes | s | MiB | what comes of it |\n|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in names or BOMBS:
            path = Path(folder) / name
            path.write_bytes(BOMBS[name]())
            try:
                said, seconds, mib = read(path)
            except workers.Failed as failed:
                said, seconds, mib = f"ESCAPED {str(failed)[-200:]}", 0.0, 0.0
            over = seconds > LIMITS.seconds + SLACK_SECONDS or mib > LIMITS.memory + SLACK_MIB
            bad += over or said.startswith("ESCAPED")
            print(
                f"| {name} | {path.stat().st_size:,} | {seconds:.1f} | {mib:.0f} | {said} |",
                flush=True,
            )
            path.unlink()
    if bad:
        sys.exit(f"{bad} over the limits")


if __name__ == "__main__":
    main(sys.argv[1:])
