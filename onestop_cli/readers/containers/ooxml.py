"""What calamine does not tell about an xlsx: cells in error, formulas never computed, hidden rows, the epoch; and how
many cells the file has, so that none is lost on the way."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree
from xml.parsers import expat

from onestop_cli.readers.containers.grid import UNCOMPUTED, Merge, Unreadable
from onestop_cli.readers.containers.limits import (
    MOST_ROWS,
    broken,
    check_extent,
    disordered,
    unpack,
)
from onestop_cli.readers.containers.xml import safe_xml

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_ROW = re.compile(rb"<row\b([^>]*)>\s*(?:<c\b([^>]*)>)?")
_PLACE = re.compile(rb"""\br=["']([A-Z]{0,3})(\d{1,7})["']""")
_LAST_CELL = re.compile(rb"""<c\b[^>]*?\br=["']([A-Z]{1,3})\d{1,7}["']""")
_SHARED = re.compile(rb"<(?:\w+:)?si[\s/>]")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_ODD = (
    re.compile(rb"<v>(?![-+.\w]*</v>)"),
    re.compile(rb"""t=["']s["'][^>]*><v>(?!\d+</v>)"""),
    re.compile(rb"</(?:v|is)>\s*<(?:v|is)>"),
)
"""A value that is no bare number or word; of a shared text, no whole number; two values of one cell."""
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^>/])?>(.*?)</(?:\w+:)?c>", re.DOTALL)
_TYPE = re.compile(rb"""\st=["'](\w*)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>/]*>(.*?)</(?:\w+:)?v>", re.DOTALL)
_IN_PLACE = re.compile(rb"</(?:\w+:)?is>")
_PLAIN_TAGS = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:worksheet|\?xml)\b")

Faulty = Mapping[tuple[int, int], str]
"""(row, column), 0-based → what stands in a cell that has no value."""


@dataclass(frozen=True)
class OoxmlFacts:
    """What a sheet says beside its values; `filled`: cells that have one. `merges`: none where calamine has them."""

    filled: int
    hidden_rows: int
    faulty: Faulty
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True)
class BookFacts:
    """Whether a workbook counts days from 1904, and the part of each sheet in order (null: no worksheet)."""

    epoch_1904: bool
    parts: tuple[str | None, ...]


def look_into(package: zipfile.ZipFile) -> BookFacts:
    """The facts of an xlsx package; raises `Unreadable` when it is damaged or absurd."""
    part = workbook_of(package) or USUAL
    book = _xml(package, part)
    properties = next((node for node in book.iter() if _local(node.tag) == "workbookPr"), None)
    epoch = properties is not None and properties.get("date1904") in ("1", "true")
    folder, name = posixpath.split(part)
    targets = targets_of(package, posixpath.join(folder, "_rels", f"{name}.rels"))
    listed = [node for node in book.iter() if _local(node.tag) == "sheet"]
    keys = [next((v for k, v in n.attrib.items() if k.endswith("}id")), "") for n in listed]
    parts = tuple(targets.get(key) for key in keys)
    one_part_each(parts)
    return BookFacts(epoch, parts)


def one_part_each(parts: Sequence[str | None]) -> None:
    """Refuse a workbook two of whose sheets are one: its rows would count twice."""
    there = [part for part in parts if part]
    if len(set(there)) < len(there):
        raise Unreadable("两个工作表指着同一份数据", "请用 Excel 或 WPS 打开核对后另存为 xlsx")


def targets_of(package: zipfile.ZipFile, rels: str) -> dict[str, str]:
    """Relation id → part, of the worksheets that are there; `rels` lies beside the part whose relations they are."""
    folder = posixpath.dirname(posixpath.dirname(rels))
    known = {_plain(name): name for name in package.namelist()}
    found = {}
    for node in _xml(package, rels):
        if node.get("Type", "").endswith("/worksheet"):
            target = posixpath.join("/", folder, node.get("Target", "").replace("\\", "/"))
            part = known.get(_plain(posixpath.normpath(target).lstrip("/")))
            if part:
                found[node.get("Id", "")] = part
    return found


def _xml(package: zipfile.ZipFile, part: str) -> ElementTree.Element:
    known = {_plain(name): name for name in package.namelist()}
    if part not in known:
        raise broken()
    try:
        return ElementTree.fromstring(safe_xml(unpack(package, known[part])))
    except ElementTree.ParseError as error:
        raise broken() from error


def _plain(part: str) -> str:
    """A part's name as it is meant: some writers use backslashes or capitals."""
    return part.replace("\\", "/").casefold().lstrip("/")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


@dataclass(frozen=True)
class SheetXml:
    """A worksheet's XML, looked at by bytes where its writer spells it as nearly all do, else cell by cell."""

    package: zipfile.ZipFile
    part: str

    @cached_property
    def xml(self) -> bytes:
        return unpack(self.package, self.part)

    def check(self) -> OoxmlFacts:
        """The facts; raises `Unreadable` when rows come twice or out of order, or the sheet spans too much."""
        quick = self._quick()
        if quick is not None:
            return quick
        check_extent(self.walk.height, self.walk.width)
        self._plain_values()
        return OoxmlFacts(len(self.walk.places), self.walk.hidden_rows, self.walk.faulty)

    @cached_property
    def walk(self) -> Walk:
        """Every cell, one by one."""
        walk = Walk()
        walk.over(safe_xml(self.xml))
        return walk

    def _plain_values(self) -> None:
        """Refuse a value that calamine reads otherwise than it is meant.

        Of `1&#50;` it takes 1, of two values the last; where the number of a shared text has a blank in it, the first
        text of the book.
        """
        for head, inside in _CELL.findall(self.xml):
            kind = _TYPE.search(head)
            if not _is_plain(
                _VALUE.findall(inside),
                kind[1] if kind else b"n",
                _IN_PLACE.search(inside) is not None,
            ):
                raise Unreadable(
                    "工作表里有的单元格写法不规范，照读会读错",
                    "请用 Excel 或 WPS 打开，另存为 xlsx 后重新提交",
                )

    @property
    def lacks_strings(self) -> bool:
        """Whether a cell says a shared string that is not there."""
        known = {_plain(name): name for name in self.package.namelist()}
        folder = posixpath.dirname(workbook_of(self.package) or USUAL)
        part = known.get(posixpath.join(folder, "sharedstrings.xml"))
        there = len(_SHARED.findall(unpack(self.package, part))) if part else 0
        return self.walk.last_shared >= there

    def _quick(self) -> OoxmlFacts | None:
        """The facts by counting bytes; None where that cannot be trusted, or a cell without a value is possible."""
        xml = self.xml
        plain = _PLAIN_TAGS.match(xml) and xml.count(b"<sheetData") == 1
        if not plain or any(mark in xml for mark in _UNUSUAL):
            return None
        if any(odd.search(xml) for odd in _ODD):
            return None
        last = width = height = hidden = 0
        for match in _ROW.finditer(xml):
            head, cell = _PLACE.search(match[1]), _PLACE.search(match[2] or b"")
            if head is None or int(head[2]) <= last or (cell and cell[2] != head[2]):
                return None
            last = int(head[2])
            if match[1].endswith(b"/"):
                continue
            end = xml.find(b"</row>", match.end())
            value = max(xml.rfind(mark, match.start(), end) for mark in _VALUES)
            if end < 0:
                return None
            if value < 0:
                continue
            cell = _LAST_CELL.match(xml, max(0, xml.rfind(b"<c ", match.start(), value)))
            if cell is None:
                return None
            height, width = last, max(width, _column_index(cell[1].decode()) + 1)
            hidden += bool(_HIDDEN.search(match[1]))
        check_extent(height, width)
        return OoxmlFacts(sum(map(xml.count, _VALUES)), hidden, {})


def _is_plain(values: Sequence[bytes], kind: bytes, in_place: bool) -> bool:
    """Whether a cell has one value at most (`in_place`: a text of its own is one), written as its kind is."""
    if len(values) + in_place > 1:
        return False
    if kind in (b"str", b"inlineStr", b"e"):
        return True
    return not any(
        b"<" in value or b"&" in value or (kind == b"s" and not value.isdigit()) for value in values
    )


_VALUES = (b"<v>", b"<is>")
"""How a value in a cell begins: a number, a truth or a shared string; a text in the sheet itself."""

_UNUSUAL = (b"<f", b'"e"', b"'e'", b"<!", b"<v ", b"<v/>", b"<v></v>", b"<is ", b"<is/>")
"""Formulas, errors, comments, values that are none or not spelled as usual."""


class Walk:
    """One pass over a sheet's cells with expat.

    `places`: cells with a value → whether it is a text (which may be empty). `faulty`: cells without a value.
    `last_shared`: the highest number of a shared string.
    """

    def __init__(self) -> None:
        self.faulty: dict[tuple[int, int], str] = {}
        self.places: dict[tuple[int, int], bool] = {}
        self.height = self.width = 0
        self._row = self._column = -1
        self._rows: set[int] = set()
        self._tables = 0
        self._type = ""
        self._formula = self._in_value = False
        self.last_shared = -1
        self._hidden: set[int] = set()
        self._value = ""

    @property
    def hidden_rows(self) -> int:
        """Hidden rows that have a value."""
        return len(self._hidden & {row for row, _ in self.places}) if self._hidden else 0

    def over(self, xml: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as error:
            raise broken() from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._place(attributes.get("r", ""))
            self._type = attributes.get("t", "n")
            self._formula, self._value = False, ""
        elif name == "row":
            self._begin_row(attributes)
        elif name == "f":
            self._formula = True
        elif name == "sheetData":
            self._tables += 1
            if self._tables > 1:
                raise disordered()
        self._in_value = name in ("v", "t")

    def _begin_row(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r", "")
        self._row = int(said) - 1 if said.isdecimal() else self._row + 1
        if self._row >= MOST_ROWS:
            check_extent(self._row + 1, 1)
        if self._row in self._rows:
            raise disordered()
        self._rows.add(self._row)
        self._column = -1
        if attributes.get("hidden") in ("1", "true"):
            self._hidden.add(self._row)

    def _place(self, reference: str) -> None:
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            self._column += 1
            return
        self._column = _column_index(match[1])
        if int(match[2]) - 1 != self._row:
            raise disordered()

    def _text(self, text: str) -> None:
        if self._in_value:
            self._value += text

    def _end(self, tag: str) -> None:
        self._in_value = False
        if tag.rpartition(":")[2] != "c":
            return
        place = self._row, self._column
        value = self._value.strip()
        if self._type == "e":
            self.faulty[place] = value or "#ERROR!"
        elif self._formula and not value and self._type != "str":
            self.faulty[place] = UNCOMPUTED
        if value or self._formula:
            if place in self.places:
                raise disordered()
            self.places[place] = self._type == "s" or not value
            if self._type == "s":
                self.last_shared = max(self.last_shared, int(value) if value.isdecimal() else -1)
            self.height = max(self.height, self._row + 1)
            self.width = max(self.width, self._column + 1)


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


USUAL = "xl/workbook.xml"
"""Where nearly all writers put the workbook."""


def workbook_of(package: zipfile.ZipFile) -> str | None:
    """The part that the package says is the workbook, as office programs find it, else the usual one; plainly spelled,
    None where there is none."""
    known = {_plain(name) for name in package.namelist()}
    said = _office_document(package) if "_rels/.rels" in known else None
    if said and said != USUAL and said in known and said.endswith(".xml"):
        return said if _local(_xml(package, said).tag) == "workbook" else None
    return USUAL if USUAL in known else None


def _office_document(package: zipfile.ZipFile) -> str | None:
    """What the relations of a package name as its document."""
    for node in _xml(package, "_rels/.rels"):
        if node.get("Type", "").endswith("/officeDocument"):
            return _plain(posixpath.normpath(posixpath.join("/", node.get("Target", ""))))
    return None


def is_workbook(package: zipfile.ZipFile) -> bool:
    """Whether a zip is an xlsx or xlsm."""
    return workbook_of(package) is not None


def is_binary(package: zipfile.ZipFile) -> bool:
    """Whether a zip is an xlsb."""
    return any(_plain(name) == "xl/workbook.bin" for name in package.namelist())
