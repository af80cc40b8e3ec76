"""What calamine does not tell about an xlsx: cells in error, formulas never computed, the epoch, its true extent."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.parsers import expat

from onestop_cli.readers.containers.grid import UNCOMPUTED, Unreadable
from onestop_cli.readers.containers.limits import (
    MOST_CELLS,
    broken,
    check_extent,
    disordered,
    safe_xml,
    unpack,
)

_LAST_CELL = re.compile(rb"""r=["']([A-Z]{1,3})(\d{1,7})["']""")
_HEAD = 20_000
"""Bytes of a sheet that show how its writer spells things."""

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


Faulty = Mapping[tuple[int, int], str]
"""(row, column), 0-based → what stands in a cell that has no value."""


@dataclass(frozen=True)
class BookFacts:
    """Whether a workbook counts days from 1904, and the faulty cells of its sheets by name."""

    epoch_1904: bool
    faulty: Mapping[str, Faulty]


def look_into(package: zipfile.ZipFile) -> BookFacts:
    """The facts of an xlsx package; raises `Unreadable` when it is damaged or absurd."""
    book = _xml(package, "xl/workbook.xml")
    properties = next((node for node in book.iter() if _local(node.tag) == "workbookPr"), None)
    epoch = properties is not None and properties.get("date1904") in ("1", "true")
    faulty = {name: _faulty(unpack(package, part)) for name, part in _parts(package, book)}
    return BookFacts(epoch, faulty)


def _parts(package: zipfile.ZipFile, book: ElementTree.Element) -> list[tuple[str, str]]:
    """Name and part of every worksheet."""
    targets = {
        node.get("Id"): node.get("Target", "")
        for node in _xml(package, "xl/_rels/workbook.xml.rels")
        if node.get("Type", "").endswith("/worksheet")
    }
    known = {_plain(name): name for name in package.namelist()}
    found = []
    for sheet in (node for node in book.iter() if _local(node.tag) == "sheet"):
        key = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
        target = targets.get(key)
        part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/") if target else None
        if part and _plain(part) in known:
            found.append((sheet.get("name", ""), known[_plain(part)]))
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
    return part.replace("\\", "/").casefold()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _faulty(xml: bytes) -> Faulty:
    """Cells without a value, looked for only where the sheet can have some."""
    if not _may_be_absurd(xml) and not _may_be_faulty(xml):
        return {}
    walk = _Walk()
    walk.over(xml)
    check_extent(walk.height, walk.width)
    return walk.faulty


def _may_be_faulty(xml: bytes) -> bool:
    """Whether an error or a formula stands in the sheet, as this writer spells its tags."""
    head = xml[:_HEAD]
    error = b"t='e'" if b" r='" in head else b't="e"'
    formula = b":f" if b":c " in head else b"<f"
    return formula in xml or error in xml


def _may_be_absurd(xml: bytes) -> bool:
    """Whether the last cells of the rows span too much, styled blanks included, or cannot be told."""
    row = width = begin = end = 0
    while (end := xml.find(b"row>", begin)) >= 0:
        place = xml.rfind(b"r=", begin, end)
        if place >= 0:
            match = _LAST_CELL.match(xml, place)
            if match is None:
                return True
            if int(match[2]) < row:
                raise disordered()
            row = int(match[2])
            width = max(width, _column_index(match[1].decode()) + 1)
        begin = end + 4
    return row * width > MOST_CELLS


class _Walk:
    """One pass over a sheet's cells with expat."""

    def __init__(self) -> None:
        self.faulty: dict[tuple[int, int], str] = {}
        self.height = self.width = 0
        self._row = self._column = -1
        self._type = ""
        self._formula = self._in_value = False
        self._value = ""

    def over(self, xml: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(safe_xml(xml), True)
        except expat.ExpatError as error:
            raise broken() from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            self._row = (
                int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self._row + 1
            )
            self._column = -1
        elif name == "c":
            self._place(attributes.get("r", ""))
            self._type = attributes.get("t", "n")
            self._formula, self._value = False, ""
        elif name == "f":
            self._formula = True
        self._in_value = name in ("v", "t")

    def _place(self, reference: str) -> None:
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            self._column += 1
            return
        self._column = _column_index(match[1])
        if int(match[2]) - 1 < self._row:
            raise disordered()
        self._row = int(match[2]) - 1

    def _text(self, text: str) -> None:
        if self._in_value:
            self._value += text

    def _end(self, tag: str) -> None:
        self._in_value = False
        if tag.rpartition(":")[2] != "c":
            return
        value = self._value.strip()
        if self._type == "e":
            self.faulty[self._row, self._column] = value or "#ERROR!"
        elif self._formula and not value and self._type != "str":
            self.faulty[self._row, self._column] = UNCOMPUTED
        if value or self._formula:
            self.height, self.width = (
                max(self.height, self._row + 1),
                max(self.width, self._column + 1),
            )


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def is_workbook(package: zipfile.ZipFile) -> bool:
    """Whether a zip is an xlsx or xlsm; refuses its binary sister, whose errors nobody can see."""
    names = {_plain(name) for name in package.namelist()}
    if "xl/workbook.bin" in names:
        raise Unreadable("xlsb（二进制工作簿）不能读", "请另存为 xlsx")
    return "xl/workbook.xml" in names
