"""How large a file may be: beyond it nobody exported a quarter's list, and memory stays bounded."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from onestop_cli.readers.containers.grid import Cell, Grid, Merge, Unreadable, clipped, rectangular

LARGEST_FILE = 512 << 20
LARGEST_UNPACKED = 700 << 20
"""Bytes of one file, and of all that is packed in it."""

SUSPECT_SIZE, SUSPECT_RATIO = 100 << 20, 150
"""A part larger than this and packed tighter than this is a zip bomb."""

MOST_FILES = 5_000

MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_576, 16_384, 32_767
"""What a spreadsheet program can hold: rows and columns of a sheet, characters of a cell."""

MOST_CELLS = 4_000_000
"""Cells that the files of a run may have together, when `[limits]` says nothing."""

_LOCAL_HEADER = 30
"""Bytes before the name of a zip member."""

_left: ContextVar[int | None] = ContextVar("cells left", default=None)
_unpacked: ContextVar[int] = ContextVar("bytes unpacked from archives", default=0)


@contextmanager
def allowed(cells: int) -> Iterator[None]:
    """Inside, files may have `cells` cells together."""
    before, bytes_before = _left.set(cells), _unpacked.set(0)
    try:
        yield
    finally:
        _left.reset(before)
        _unpacked.reset(bytes_before)


@contextmanager
def one_run(cells: int) -> Iterator[None]:
    """Inside, files may have `cells` cells together; a run inside a run is part of it."""
    if _left.get() is not None:
        yield
        return
    with allowed(cells):
        yield


def cells_left(otherwise: int = MOST_CELLS) -> int:
    """Cells that files may still have; `otherwise` outside of `allowed`."""
    left = _left.get()
    return otherwise if left is None else left


def spend(cells: int) -> None:
    """Count cells that were read."""
    left = _left.get()
    if left is not None:
        _left.set(left - cells)


def too_large(size: int) -> Unreadable:
    """A file that is too large to be an export."""
    return Unreadable(f"文件太大（{size >> 20} MB）", "请让报送单位按季度、按医院分开导出")


def check_size(data: bytes) -> None:
    """Refuse a file that is too large to be an export."""
    if len(data) > LARGEST_FILE:
        raise too_large(len(data))


def check_extent(rows: int, columns: int) -> None:
    """Refuse a sheet that spans an absurd area, however few of its cells are filled."""
    if rows > MOST_ROWS or columns > MOST_COLUMNS or rows * columns > cells_left():
        raise Unreadable(
            f"工作表范围异常（{rows} 行 × {columns} 列）",
            "多半是很远的地方有多余的单元格，请把数据复制到新的工作表后另存；"
            "数据确实这样多的，请在 onestop.toml 的 [limits] 里调大 cells",
        )


def made_grid(
    source: str,
    sheet: str | None,
    rows: Sequence[Sequence[Cell]],
    merges: Sequence[Merge] = (),
    *,
    epoch_1904: bool = False,
    hidden: bool = False,
    hidden_rows: int = 0,
    notes: tuple[str, ...] = (),
) -> Grid:
    """A sheet as every reader hands it on: rectangular, merges clipped, its cells counted against the run's limit."""
    width = max((len(row) for row in rows), default=0)
    check_extent(len(rows), width)
    spend(len(rows) * width)
    inside = clipped(merges, len(rows), width)
    whole = rectangular(rows)
    return Grid(source, sheet, whole, inside, epoch_1904, hidden, hidden_rows, notes)


def check_texts(rows: Sequence[Sequence[Cell]]) -> None:
    """Refuse texts longer than any spreadsheet holds, and texts with a NUL: they are garbage, never a name."""
    for row in rows:
        for cell in row:
            if cell.__class__ is str and cell and (len(cell) > LONGEST_TEXT or "\0" in cell):
                raise Unreadable(
                    "单元格里的文字已损坏：读出来是乱码，或长得不像话",
                    "请用 Excel 或 WPS 打开核对后另存为 xlsx",
                )


def open_package(data: bytes) -> zipfile.ZipFile:
    """A zip container whose parts are of sane number and size; raises `Unreadable`."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:  # a damaged directory speaks up in many ways
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
        raise _too_much()
    if _overlap(parts):
        raise broken()


def _too_much() -> Unreadable:
    return Unreadable(
        "压缩内容异常庞大，为安全起见没有打开", "请确认文件来源；确实很大的，请拆成几个文件"
    )


def unpack_archive(parts: Sequence[zipfile.ZipInfo]) -> None:
    """Count what an archive unpacks to, archives inside archives together."""
    _unpacked.set(_unpacked.get() + sum(part.file_size for part in parts))
    if _unpacked.get() > LARGEST_UNPACKED:
        raise _too_much()


def _overlap(parts: Sequence[zipfile.ZipInfo]) -> bool:
    """Whether two members share bytes: a small file that unpacks without end is made so."""
    end = 0
    for part in sorted(parts, key=lambda part: part.header_offset):
        if part.header_offset < end:
            return True
        end = part.header_offset + _LOCAL_HEADER + part.compress_size
    return False


def one_of_each(package: zipfile.ZipFile) -> None:
    """Refuse a document with two parts of one name: which one counts, programs do not agree on."""
    names = [name.casefold() for name in package.namelist()]
    if len(set(names)) < len(names):
        raise Unreadable(
            "文件内部有两份同名的内容，说不清以哪一份为准",
            "请用 Excel 或 WPS 打开核对后另存为 xlsx",
        )


def unpack(
    package: zipfile.ZipFile, part: str | zipfile.ZipInfo, password: str | None = None
) -> bytes:
    """One part of a package, never more of it than it declares; raises `Unreadable`."""
    try:
        return package.read(part, password.encode() if password else None)
    except MemoryError:
        raise
    except Exception as error:  # zlib, struct, zipfile and codecs all speak up in their own way
        raise broken() from error


def broken() -> Unreadable:
    return Unreadable("文件已损坏，打不开", "请用 Excel 或 WPS 打开检查，另存为 xlsx 后重新提交")


def disordered() -> Unreadable:
    """Rows out of order or written twice: every program makes something else of them."""
    return Unreadable(
        "工作表里各行的次序是乱的，或同一行写了两次，照读会丢行",
        "请用 Excel 或 WPS 打开后另存为 xlsx",
    )
