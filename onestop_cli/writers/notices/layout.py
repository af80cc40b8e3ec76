"""How the tables of a list fit a page: every column as wide as it must be, and no number broken.

A table that is too wide for the upright page turns it; one that is still too wide stacks its columns, two or three
under each other, instead of squeezing texts into columns one character wide. Widths are in em, the size of the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from onestop_cli.writers.notices.columns import TextTable, wraps
from onestop_cli.writers.notices.words import ListPage
from onestop_cli.writers.toolkit.columns import Column, text_width

PAPERS = {"A4": (210, 297), "A3": (297, 420)}
"""Width and height in millimetres, upright."""
MARGIN = 10
"""Left and right, in millimetres."""

_MILLIMETRES = 25.4 / 72
_NARROW = 0.57
"""A digit or a Latin letter, in em; a Chinese character is 1."""
_PADDING = 0.9
_TOTALS = 0.8
"""The size of totals, which are longer than what they add up."""

_LINE = 4.0
"""A title up to this wide stays on one line; a longer one may go into two."""

_ROOM = {"number": (2.0, 3.5), "name": (3.4, 8.0), "place": (4.0, 9.0), "category": (6.0, 11.0),
         "hospital": (8.0, 13.0), "note": (6.0, 12.0), "kind": (4.0, 8.0), "who": (5.0, 14.0),
         "terms": (14.0, 60.0), "base": (6.0, 16.0), "document": (8.0, 24.0), "label": (6.0, 16.0)}  # fmt: skip
_USUAL_ROOM = (5.0, 14.0)
"""The least and the most width of a column of texts by its key; a number always has what it needs."""

_DEPTHS = (1, 2, 3)
_TIRING = 1.3
"""Columns under each other are harder to read than beside each other: they must save so much paper."""
_LEADING, _BETWEEN = 1.3, 0.2
"""Height of a line in em, and what is between rows, in lines."""
_SAMPLE = 300
"""Rows that are looked at to find out how a table lies best."""


@dataclass(frozen=True)
class Look:
    """How the boards are printed: on A4 or A3, in usual or large print."""

    paper: str = "A4"
    large: bool = False

    @property
    def points(self) -> float:
        """The size of the text: larger on larger paper, since it is read from further away."""
        size = 10.5 * {"A4": 1.0, "A3": 1.4}[self.paper]
        return round(size * (1.3 if self.large else 1), 1)

    def room(self, *, landscape: bool) -> float:
        """How many em a line has."""
        width = PAPERS[self.paper][landscape] - 2 * MARGIN
        return width / (self.points * _MILLIMETRES)

    def lines(self, *, landscape: bool) -> float:
        """How many lines a page has."""
        height = PAPERS[self.paper][not landscape] - 2 * MARGIN
        return height / (self.points * _MILLIMETRES * _LEADING)


@dataclass(frozen=True)
class Slot:
    """What stands side by side: one column of a table, or several under each other (their places), `width` em wide."""

    columns: tuple[int, ...]
    width: float


@dataclass(frozen=True)
class TableSlots:
    """The slots of a table."""

    slots: tuple[Slot, ...]

    @property
    def depth(self) -> int:
        """How many lines a row has at least."""
        return max(len(slot.columns) for slot in self.slots)

    @property
    def width(self) -> float:
        """The width of the whole table, in em."""
        return sum(slot.width for slot in self.slots)


@dataclass(frozen=True)
class PaperLayout:
    """How a list lies on its paper: the page turned or not, and the tables in their order."""

    landscape: bool
    layouts: tuple[TableSlots, ...]


@dataclass(frozen=True)
class OnPaper:
    """A list as it is printed; page, PDF and workbook are made of the same."""

    page: ListPage
    look: Look
    layout: PaperLayout

    @property
    def tables(self) -> list[tuple[TextTable, TableSlots]]:
        """The list's tables, and how each lies."""
        return list(zip(self.page.grids, self.layout.layouts, strict=True))


def on_paper(page: ListPage, look: Look) -> OnPaper:
    """`page` laid out."""
    return OnPaper(page, look, lay_out(page.grids, look))


def lay_out(grids: Sequence[TextTable], look: Look) -> PaperLayout:
    """The page for all tables of a list: what takes the least paper, upright where that makes no difference."""
    found = []
    for landscape in (False, True):
        fits = [_fit(grid, look, landscape=landscape) for grid in grids]
        layouts = tuple(layout for layout, _ in fits)
        found.append((sum(paper for _, paper in fits), landscape, PaperLayout(landscape, layouts)))
    return min(found, key=lambda one: one[:2])[-1]


def _fit(grid: TextTable, look: Look, *, landscape: bool) -> tuple[TableSlots, float]:
    """How a table lies best, and how many pages it takes there."""
    room, sample = look.room(landscape=landscape), _widths(grid)
    fits = []
    for depth in _DEPTHS:
        needs = [_needs(grid, index, depth) for index in range(len(grid.columns))]
        groups = _groups(grid.columns, depth)
        least = [max(needs[column][0] for column in group) for group in groups]
        most = [max(needs[column][1] for column in group) for group in groups]
        widths = _spread(least, most, room)
        slots = (Slot(group, width) for group, width in zip(groups, widths, strict=True))
        layout = TableSlots(tuple(slots))
        pages = _lines(grid, sample, layout) / look.lines(landscape=landscape)
        too_wide = max(sum(least) / room, 1.0)
        fits.append((pages * _TIRING ** (depth - 1) * too_wide**9, layout))
    paper, layout = min(fits, key=lambda fit: fit[0])
    return layout, paper


def _widths(grid: TextTable) -> list[list[float]]:
    """The width of every cell of a table's first rows, in em."""
    return [list(map(_em, row)) for row in grid.rows[:_SAMPLE]]


def _lines(grid: TextTable, sample: Sequence[Sequence[float]], layout: TableSlots) -> float:
    """How many lines of text a table takes on paper, by the widths of its first rows."""
    rooms = [(slot.width - _PADDING, slot.columns) for slot in layout.slots]
    high = 0.0
    for cells in sample:
        high += max(sum([-(-cells[at] // room) or 1 for at in columns]) for room, columns in rooms)
    return (high + len(sample) * _BETWEEN) * len(grid.rows) / max(len(sample), 1)


def _groups(columns: Sequence[Column], depth: int) -> list[tuple[int, ...]]:
    """Neighbours under each other, `depth` of them: words with words, amounts with amounts, the first column alone."""
    words = [i for i, column in enumerate(columns) if i and column.kind == "text"]
    numbers = [i for i, column in enumerate(columns) if i and column.kind != "text"]
    return [(0,), *_cut(words, depth), *_cut(numbers, depth)]


def _cut(places: Sequence[int], depth: int) -> list[tuple[int, ...]]:
    return [tuple(places[at : at + depth]) for at in range(0, len(places), depth)]


def _needs(grid: TextTable, index: int, depth: int) -> tuple[float, float]:
    """The least width a column can do with, and the most it can use; titles under each other have a line each."""
    column = grid.columns[index]
    texts = {row[index] for row in grid.rows}
    whole = max(map(_em, texts), default=0.0)
    ends = [row[index] for row in (grid.totals, grid.rest) if row]
    if wraps(column):
        low, high = _ROOM.get(column.key, _USUAL_ROOM)
        least, most = min(max(whole, 2.0), low), min(whole, high)
    else:
        whole = max([whole, *(_em(text) * _TOTALS for text in ends)])
        least = most = whole
    title = _em(column.title)
    half = title if title <= _LINE or depth > 1 else title / 2 + 0.5
    return max(least, half) + _PADDING, max(most, half) + _PADDING


@cache
def _em(text: str) -> float:
    wide = text_width(text) - len(text)
    return wide + (len(text) - wide) * _NARROW


def _spread(least: Sequence[float], most: Sequence[float], room: float) -> list[float]:
    """Widths that fill `room`: what is needed, then what can be used, and the rest in proportion."""
    wanted = [high - low for low, high in zip(least, most, strict=True)]
    left = max(room - sum(least), 0.0)
    share = min(left / sum(wanted), 1.0) if sum(wanted) else 0.0
    widths = [low + want * share for low, want in zip(least, wanted, strict=True)]
    return [width * room / sum(widths) for width in widths]
