"""What a file is, told by its first bytes and never by its name."""

from __future__ import annotations

from onestop_cli.readers.delimited import read_delimited
from onestop_cli.readers.grid import Grid, Unreadable
from onestop_cli.readers.workbook import read_workbook


def open_grids(source: str, data: bytes) -> tuple[str, list[Grid]]:
    """The kind of container and the sheets in it; raises `Unreadable`."""
    if not data.strip():
        raise Unreadable("文件是空的", "请让报送单位重新导出；确实没有数据的，请把文件移出文件夹")
    if data.startswith(b"PK\x03\x04"):
        return "xlsx", read_workbook(source, data)
    return "text", [read_delimited(source, data)]
