"""Tables wider than a page: on how many pages side by side they are printed, so that nothing is under 8 points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onestop_cli.writers.toolkit.columns import Column

WHOLE: Mapping[str, int] = {"A4": 104, "A3": 150}
"""Half-width characters of 10 points across a page on its side. LibreOffice fits so many, Excel some more."""
SMALLEST = 80
"""Percent: 10 points become 8."""
_EDGE = 0.7
"""What the edges of a column take, in characters."""


@dataclass(frozen=True)
class PagesWide:
    """How a wide table is cut: `breaks` are the first columns of all pages but the first, `lead` columns stand on
    every page, `scale` is the percentage they are all printed at."""

    lead: int
    breaks: tuple[int, ...]
    scale: int

    @classmethod
    def of(cls, columns: Sequence[Column], lead: int, paper: str) -> PagesWide | None:
        """None where one page is enough."""
        whole = WHOLE[paper]
        room = whole * 100 // SMALLEST
        if _width(columns) <= room:
            return None
        named = _width(columns[:lead])
        pages = list(_pages(columns, lead, room - named))
        widest = named + max(_width(page) for page in pages)
        starts, place = [], lead
        for page in pages[:-1]:
            place += len(page)
            starts.append(place)
        return cls(lead, tuple(starts), max(10, min(SMALLEST, int(whole * 100 / widest))))


def _pages(columns: Sequence[Column], lead: int, room: float) -> Iterator[list[Column]]:
    """The columns behind the lead, page by page: as few pages as hold them, filled alike, groups unbroken."""
    groups = list(_groups(columns[lead:]))
    total = sum(_width(group) for group in groups)
    many = -(-total // room)
    page: list[Column] = []
    done, made = 0.0, 1
    for group in groups:
        middle = done + _width(page) + _width(group) / 2
        full = _width(page) + _width(group) > room
        if page and (full or (made < many and middle > total * made / many)):
            yield page
            done, made, page = done + _width(page), made + 1, []
        page += group
    yield page


def _groups(columns: Sequence[Column]) -> Iterator[list[Column]]:
    """Columns that stand under one heading, together."""
    group: list[Column] = []
    for column in columns:
        if group and (not column.group or column.group != group[-1].group):
            yield group
            group = []
        group.append(column)
    yield group


def _width(columns: Sequence[Column]) -> float:
    return sum(column.chars + _EDGE for column in columns)
