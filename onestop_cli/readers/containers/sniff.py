"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence

from onestop_cli.readers.containers import biff, ooxml
from onestop_cli.readers.containers.compound import MAGIC, CompoundFile
from onestop_cli.readers.containers.dbf import is_dbf, read_dbf
from onestop_cli.readers.containers.delimited import decode, read_delimited
from onestop_cli.readers.containers.grid import Grid, NoTable, Unreadable
from onestop_cli.readers.containers.limits import (
    broken,
    check_size,
    open_package,
    unpack,
    unpack_archive,
)
from onestop_cli.readers.containers.locked import unlocked

ZIP = b"PK\x03\x04"
OUR_MARK = "<cp:category>onestop 结果</cp:category>".encode()
_EMPTY_ZIP = b"PK\x05\x06"
_NO_TABLES = {
    b"%PDF": "PDF 文件",
    b"\xff\xd8\xff": "图片",
    b"\x89PNG": "图片",
    b"GIF8": "图片",
    b"{\\rtf": "Word 文件",
    b"SQLite": "数据库文件",
    b"\x00\x01\x00\x00Standard": "Access 数据库",
    b"MZ\x90\x00": "程序文件",
    b"II*\x00": "图片",
    b"MM\x00*": "图片",
}
_SHORTCUT = b"L\x00\x00\x00\x01\x14\x02\x00"
_OTHER_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_BARE_BIFF = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
"""How an .xls begins that is in no compound file: those of Excel 4.0 and older never are."""

_OTHER_DOCUMENTS = {"word/document.xml", "ppt/presentation.xml", "visio/document.xml", "OFD.xml"}
_OPENDOCUMENT = b"application/vnd.oasis.opendocument."
_MHTML = re.compile(r"\s*(?:[A-Z-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){0,20}?MIME-Version:", re.IGNORECASE)
_MARKUP = re.compile(r"\s*<(\?xml|!--|!doctype|[a-z][a-z0-9]*[\s>/])", re.IGNORECASE)


def open_grids(source: str, data: bytes, passwords: Sequence[str] = ()) -> tuple[str, list[Grid]]:
    """The kind of container and the sheets in it; raises `Unreadable`.

    A zip archive of files is not for here: see `archived`.
    """
    check_size(data)
    if not data.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise Unreadable("文件是空的", "请让报送单位重新导出；确实没有数据的，请移出文件夹")
    if data.startswith(ZIP):
        return _open_zip(source, data)
    if data.startswith(MAGIC):
        return _open_compound(source, data, passwords)
    _refuse_others(data)
    if data.startswith(_BARE_BIFF):
        return "xls", _xls(source, data)
    if is_dbf(data):
        return "dbf", [read_dbf(source, data)]
    return _open_text(source, data)


def _open_zip(source: str, data: bytes) -> tuple[str, list[Grid]]:
    package = open_package(data)
    names = set(package.namelist())
    if ooxml.is_workbook(package):
        from onestop_cli.readers.containers.excel import read_xlsx

        return "xlsx", read_xlsx(source, data, package)
    if ooxml.is_binary(package):
        from onestop_cli.readers.containers.excel import read_xlsb

        return "xlsb", read_xlsb(source, data, package)
    if "mimetype" in names and unpack(package, "mimetype").startswith(_OPENDOCUMENT):
        return _open_opendocument(source, package)
    if names & _OTHER_DOCUMENTS:
        raise NoTable(" Word、PPT 或版式文件")
    raise broken()


def _open_opendocument(source: str, package: zipfile.ZipFile) -> tuple[str, list[Grid]]:
    from onestop_cli.readers.containers.opendocument import MIME, read_opendocument

    if not unpack(package, "mimetype").startswith(MIME):
        raise NoTable(" ODF 文字或演示文件")
    return "ods", read_opendocument(source, package)


def _open_compound(source: str, data: bytes, passwords: Sequence[str]) -> tuple[str, list[Grid]]:
    book = CompoundFile(data)
    if book.has("EncryptedPackage"):
        return open_grids(source, _opened(data, passwords), ())
    name = next((name for name in ("Workbook", "Book") if book.has(name)), None)
    if name is None:
        if book.has("WordDocument") or book.has("PowerPoint Document"):
            raise NoTable(" Word 或 PPT 文件")
        raise broken()
    stream = book.stream(name)
    if biff.is_locked(stream):
        return open_grids(source, _opened(data, passwords), ())
    return "xls", _xls(source, stream)


def _xls(source: str, stream: bytes) -> list[Grid]:
    from onestop_cli.readers.containers.xls import read_xls

    return read_xls(source, stream)


def _opened(data: bytes, passwords: Sequence[str]) -> bytes:
    """The unlocked workbook, which is certainly another than the locked one."""
    plain = unlocked(data, passwords)
    if plain == data:
        raise broken()
    return plain


def _refuse_others(data: bytes) -> None:
    """Files that hold no table, and archives we do not open."""
    for magic, what in _NO_TABLES.items():
        if data.startswith(magic):
            raise NoTable(what)
    if data.startswith(_SHORTCUT):
        raise Unreadable("是快捷方式，不是文件本身", "请把它指向的文件放进来")
    if data.startswith(_OTHER_ARCHIVES):
        raise Unreadable("这种压缩包打不开（只支持 zip）", "请先解压，再把里面的文件放进来")


def _open_text(source: str, data: bytes) -> tuple[str, list[Grid]]:
    head = decode(data)[:3000]
    if _MHTML.match(head):
        from onestop_cli.readers.containers.markup import read_mhtml

        return "mhtml", read_mhtml(source, data)
    if not _MARKUP.match(head):
        return "text", [read_delimited(source, data)]
    if "urn:schemas-microsoft-com:office:spreadsheet" in head and "<html" not in head.lower():
        from onestop_cli.readers.containers.spreadsheetml import read_spreadsheetml

        return "spreadsheetml", read_spreadsheetml(source, data)
    if re.search(r"<office:document\b", head):
        from onestop_cli.readers.containers.opendocument import read_flat

        return "fods", read_flat(source, data)
    if re.search(r"<(html|table|body|tr|td)\b", decode(data), re.IGNORECASE):
        from onestop_cli.readers.containers.markup import read_html

        return "html", read_html(source, data)
    raise Unreadable("是一份看不懂的 XML 文件", "请让报送单位导出为 xlsx")


def is_our_own(data: bytes) -> bool:
    """Whether a workbook is a paper that onestop wrote, and no list that somebody reports."""
    if not data.startswith(ZIP):
        return False
    try:
        package = open_package(data)
        named = "docProps/core.xml" in package.namelist()
        return named and OUR_MARK in unpack(package, "docProps/core.xml")
    except Unreadable:
        return False


def is_archive(data: bytes) -> bool:
    """Whether a file is a zip of files rather than a document that is packed as one."""
    if data.startswith(_EMPTY_ZIP):
        return True
    if not data.startswith(ZIP):
        return False
    try:
        names = set(open_package(data).namelist())
    except Unreadable:
        return False
    return not names & {"[Content_Types].xml", "mimetype", "xl/workbook.xml", "content.xml"}


def archived(
    data: bytes, passwords: Sequence[str] = ()
) -> Iterator[tuple[str, bytes | Unreadable]]:
    """Name and content of every file in a zip archive, members of one name told apart by their number; what cannot be
    unpacked comes as its `Unreadable`."""
    package = open_package(data)
    unpack_archive(package.infolist())
    seen: dict[str, int] = {}
    for part in package.infolist():
        if part.is_dir():
            continue
        name = _name(part)
        number = seen[name] = seen.get(name, 0) + 1
        told = name if number == 1 else f"{name}（同名第 {number} 个）"
        yield told, _content(package, part, passwords)


def _name(part: zipfile.ZipInfo) -> str:
    """A member's path; without the UTF-8 flag Chinese systems write names in GBK."""
    if part.flag_bits & 0x800:
        return part.filename
    raw = part.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return part.filename


def _content(
    package: zipfile.ZipFile, part: zipfile.ZipInfo, passwords: Sequence[str]
) -> bytes | Unreadable:
    locked = bool(part.flag_bits & 1)
    for password in passwords if locked else (None,):
        try:
            return unpack(package, part, password)
        except Unreadable as error:
            if not locked:
                return error
    return Unreadable("压缩包有密码，打不开", "请解压后再放进来，或用 --password-file 给出密码")
