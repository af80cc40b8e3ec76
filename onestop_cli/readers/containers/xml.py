"""XML from outside: decoded here, and refused when it declares a document type, as bombs do and spreadsheets never."""

from __future__ import annotations

import re
from xml.parsers import expat

from onestop_cli.readers.containers.limits import broken

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)["']""")
_DECLARATION = re.compile(r"\s*<\?xml.*?\?>", re.DOTALL)
_ASCII_LIKE = re.compile(rb"utf-?8|us-ascii|ascii", re.IGNORECASE)
_CHINESE = re.compile(rb"gb.*|x-gbk|cp936|windows-936|hz-gb.*", re.IGNORECASE)
_OTHERS = re.compile(
    rb"iso-?8859-\d+|latin-?1|windows-125\d|cp125\d|big5|shift_jis|euc-(jp|kr)", re.IGNORECASE
)


class _Enough(Exception):
    """The root element has begun."""


def safe_xml(data: bytes) -> bytes:
    """`data` as UTF-8 without a document type; raises `Unreadable`."""
    xml = _utf8(data)
    parser = expat.ParserCreate()
    parser.StartElementHandler = _stop
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(xml, True)
    except _Enough:
        return xml
    except expat.ExpatError as error:
        raise broken() from error
    raise broken()


def _stop(name: str, attributes: dict[str, str]) -> None:
    raise _Enough


def _refuse(*doctype: object) -> None:
    raise broken()


def _utf8(data: bytes) -> bytes:
    """The text in UTF-8, whatever its own encoding; encodings that no spreadsheet program writes are refused."""
    head = data[:400]
    if head.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _recoded(data, "utf-16")
    if head.count(0) > len(head) // 10:
        return _recoded(data, "utf-16-be" if head[:1] == b"\0" else "utf-16-le")
    declared = _DECLARED.match(head.lstrip())
    if declared is None or _ASCII_LIKE.fullmatch(declared[1]):
        return _as_said(data.lstrip())
    if _CHINESE.fullmatch(declared[1]):
        return _recoded(data, "gb18030")
    if _OTHERS.fullmatch(declared[1]):
        return _recoded(data, declared[1].decode("ascii"))
    raise broken()


def _as_said(data: bytes) -> bytes:
    """`data`, which should be UTF-8; Chinese systems write GB18030 and say UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _recoded(data, "gb18030")
    return data


def _recoded(data: bytes, encoding: str) -> bytes:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise broken() from error
    return _DECLARATION.sub("", text, count=1).encode()
