"""FoxPro and dBASE tables: fixed records under field names of at most ten characters."""

from __future__ import annotations

import struct
from codecs import getincrementaldecoder
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from onestop_cli.readers.containers.grid import Cell, Grid, Unreadable
from onestop_cli.readers.containers.limits import broken, check_extent, made_grid

VERSIONS = (0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x83, 0x8B, 0x8C, 0xCB, 0xE5, 0xF5, 0xFB)
_HEAD, _FIELD = 32, 32
_DELETED = 0x2A
_FIELDS_END = (0x0D, 0x00)
_MEMOS = {"M": "备注", "G": "通用", "P": "图片", "W": "大对象"}
_JULIAN = 1_721_425
"""The Julian day before 0001-01-01."""

_CODE_PAGES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x64: "cp852", 0x65: "cp866",
    0x78: "big5", 0x4F: "big5", 0x79: "cp949", 0x7B: "cp932", 0xC8: "cp1250", 0xC9: "cp1251",
}  # fmt: skip
_CHINESE = "gb18030"


@dataclass(frozen=True)
class _Field:
    name: bytes
    kind: str
    start: int
    length: int


def is_dbf(data: bytes) -> bool:
    """Whether the head is that of a table: a known version, a day, a header that ends where it says."""
    if len(data) < _HEAD + 1 or data[0] not in VERSIONS:
        return False
    month, day = data[2], data[3]
    size, record = struct.unpack_from("<HH", data, 8)
    return month <= 12 and day <= 31 and _HEAD < size <= len(data) and 1 < record <= 65_500


def read_dbf(source: str, data: bytes) -> Grid:
    """The table as one sheet without a name, its field names in row 1; raises `Unreadable`.

    A record marked as deleted is an empty row: programs show it no more, but it is there and is counted.
    """
    count, size, width = struct.unpack_from("<IHH", data, 4)
    fields = _fields(data[_HEAD:size], width)
    if count > (len(data) - size) // width:
        raise broken()
    check_extent(count + 1, len(fields))
    records = [data[size + n * width : size + (n + 1) * width] for n in range(count)]
    _refuse_memos(fields, records)
    encoding = _encoding(data[29], [field.name for field in fields] + _texts(fields, records))
    header: list[Cell] = [field.name.decode(encoding) for field in fields]
    rows = [_row(record, fields, encoding) for record in records]
    deleted = sum(record[0] == _DELETED for record in records)
    notes = (f"有 {deleted} 条记录带删除标记，没有读取",) if deleted else ()
    return made_grid(source, None, [header, *rows], notes=notes)


def _fields(head: bytes, width: int) -> list[_Field]:
    """The fields; the decimals of a text are the high byte of its length where records are as long as that gives."""
    fitting = [
        fields
        for long_texts in (False, True)
        if (fields := _placed(head, long_texts)) and fields[-1].start + fields[-1].length <= width
    ]
    if not fitting:
        raise broken()
    closest = max(fitting, key=lambda fields: fields[-1].start + fields[-1].length)
    return [field for field in closest if field.kind != "0"]


def _placed(head: bytes, long_texts: bool) -> list[_Field]:
    found: list[_Field] = []
    start = 1
    for offset in range(0, len(head) - _FIELD + 1, _FIELD):
        part = head[offset : offset + _FIELD]
        if part[0] in _FIELDS_END:
            break
        kind, length = chr(part[11]).upper(), part[16]
        if kind == "C" and long_texts:
            length += 256 * part[17]
        found.append(_Field(part[:11].split(b"\0")[0], kind, start, length))
        start += length
    return found


def _refuse_memos(fields: list[_Field], records: list[bytes]) -> None:
    """A memo lies in another file, which nobody hands in: what it says cannot be read."""
    for field in fields:
        if field.kind in _MEMOS and any(_filled(record, field) for record in records):
            name = field.name.decode(_CHINESE, "replace")
            raise Unreadable(
                f"字段 {name} 是{_MEMOS[field.kind]}型（memo），内容在另一个文件里，读不到",
                "请导出时去掉这个字段或改成字符型，或导出为 xlsx",
            )


def _filled(record: bytes, field: _Field) -> bool:
    return bool(record[field.start : field.start + field.length].strip(b"\0 0"))


def _texts(fields: list[_Field], records: list[bytes]) -> list[bytes]:
    return [r[f.start : f.start + f.length] for f in fields if f.kind == "C" for r in records]


def _encoding(mark: int, texts: list[bytes]) -> str:
    """GB18030 where the texts are, else what the code page byte says: Chinese programs often leave it at another.

    A field may end in the middle of a character that had no room.
    """
    tried = [_CHINESE, *([_CODE_PAGES[mark]] if mark in _CODE_PAGES else [])]
    for encoding in tried:
        try:
            for text in texts:
                getincrementaldecoder(encoding)().decode(text)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable(
        "文字编码无法识别（不是 GBK），或文件已损坏", "请用 FoxPro、Excel 或 WPS 打开后另存为 xlsx"
    )


def _row(record: bytes, fields: list[_Field], encoding: str) -> list[Cell]:
    if record[0] == _DELETED:
        return [""] * len(fields)
    return [
        _READ.get(field.kind, _text)(
            record[field.start : field.start + field.length], field, encoding
        )
        for field in fields
    ]


def _text(raw: bytes, field: _Field, encoding: str) -> Cell:
    text = raw.rstrip(b"\0 ").decode(encoding, "replace")
    if "\0" in text:
        raise broken()
    return text


def _number(raw: bytes, field: _Field, encoding: str) -> Cell:
    """A number as its digits say, so that a number stays exact; stars are an overflow."""
    text = raw.strip(b"\0 ").decode("ascii", "replace")
    try:
        return float(text) if text and Decimal(text).is_finite() else text
    except InvalidOperation:
        return text


def _day(raw: bytes, field: _Field, encoding: str) -> Cell:
    text = raw.strip(b"\0 ").decode("ascii", "replace")
    try:
        return datetime.strptime(text, "%Y%m%d").date() if text.strip("0") else ""  # noqa: DTZ007
    except ValueError:
        return text


def _moment(raw: bytes, field: _Field, encoding: str) -> Cell:
    """A Julian day and milliseconds."""
    if len(raw) < 8 or not raw.strip(b"\0 "):
        return ""
    days, milliseconds = struct.unpack_from("<II", raw)
    try:
        moment = datetime.fromordinal(days - _JULIAN) + timedelta(milliseconds=milliseconds)
    except (ValueError, OverflowError):
        raise broken() from None
    return moment if milliseconds else date(moment.year, moment.month, moment.day)


def _truth(raw: bytes, field: _Field, encoding: str) -> Cell:
    known = {b"T": True, b"Y": True, b"F": False, b"N": False}
    return known.get(raw.strip(b"\0 ?").upper(), "")


def _whole(raw: bytes, field: _Field, encoding: str) -> Cell:
    return int(struct.unpack("<i", raw)[0]) if len(raw) == 4 else _number(raw, field, encoding)


def _currency(raw: bytes, field: _Field, encoding: str) -> Cell:
    """Ten-thousandths."""
    if len(raw) != 8:
        return _number(raw, field, encoding)
    return str(Decimal(struct.unpack("<q", raw)[0]) / 10_000)


def _double(raw: bytes, field: _Field, encoding: str) -> Cell:
    return float(struct.unpack("<d", raw)[0]) if len(raw) == 8 else _number(raw, field, encoding)


_READ: Mapping[str, Callable[[bytes, _Field, str], Cell]] = {
    "N": _number,
    "F": _number,
    "D": _day,
    "T": _moment,
    "@": _moment,
    "L": _truth,
    "I": _whole,
    "+": _whole,
    "Y": _currency,
    "B": _double,
    "O": _double,
}
