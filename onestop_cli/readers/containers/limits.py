"""How large a file may be: beyond it nobody exported a quarter's list, and memory stays bounded."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from onestop_cli.readers.containers.grid import Unreadable

LARGEST_FILE = 512 << 20
LARGEST_UNPACKED = 700 << 20
"""Bytes of one file, and of all that is packed in it."""

SUSPECT_SIZE, SUSPECT_RATIO = 100 << 20, 150
"""A part larger than this and packed tighter than this is a zip bomb."""

MOST_CELLS = 40_000_000
MOST_FILES = 5_000


def check_size(data: bytes) -> None:
    """Refuse a file that is too large to be an export."""
    if len(data) > LARGEST_FILE:
        raise Unreadable(f"文件太大（{len(data) >> 20} MB）", "请让报送单位按季度、按医院分开导出")


def check_extent(rows: int, columns: int) -> None:
    """Refuse a sheet that spans an absurd area, however few of its cells are filled."""
    if rows * columns > MOST_CELLS:
        raise Unreadable(
            f"工作表范围异常（{rows} 行 × {columns} 列）",
            "多半是很远的地方有多余的单元格；请把数据复制到新的工作表后另存",
        )


def open_package(data: bytes) -> zipfile.ZipFile:
    """A zip container whose parts are of sane number and size; raises `Unreadable`."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise broken() from error
    _check_parts(package.infolist())
    return package


def _check_parts(parts: Sequence[zipfile.ZipInfo]) -> None:
    tight = any(
        part.file_size > SUSPECT_SIZE
        and part.file_size > SUSPECT_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if tight or len(parts) > MOST_FILES or sum(p.file_size for p in parts) > LARGEST_UNPACKED:
        raise Unreadable(
            "压缩内容异常庞大，为安全起见没有打开", "请确认文件来源；确实很大的，请拆成几个文件"
        )


def unpack(package: zipfile.ZipFile, name: str, password: str | None = None) -> bytes:
    """One part of a package, never more of it than it declares; raises `Unreadable`."""
    try:
        return package.read(name, password.encode() if password else None)
    except Exception as error:  # zlib, struct, zipfile and codecs all speak up in their own way
        raise broken() from error


def safe_xml(xml: bytes) -> bytes:
    """`xml`, unless it declares entities, which no spreadsheet does and bombs do."""
    if b"<!ENTITY" in xml:
        raise broken()
    return xml


def broken() -> Unreadable:
    return Unreadable("文件已损坏，打不开", "请用 Excel 或 WPS 打开检查，另存为 xlsx 后重新提交")


def disordered() -> Unreadable:
    """Rows out of order: calamine would drop or misplace them."""
    return Unreadable("工作表里各行的次序是乱的", "请用 Excel 或 WPS 打开后另存为 xlsx")
