"""The boards as pages to print: one self-contained HTML file per list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from onestop_cli.money import yuan
from onestop_cli.notices import TITLE, Notice, Part
from onestop_cli.places import template_folder
from onestop_cli.posting import Posting
from onestop_cli.writers.columns import Column
from onestop_cli.writers.notice_columns import (
    cells,
    list_columns,
    part_columns,
    shown_rows,
    total_cells,
)

PAPERS = {"A4": 1.0, "A3": 1.4}
"""Paper sizes, and how much larger the print is than on A4."""

_POINTS, _LARGE = 10.5, 1.4


@dataclass(frozen=True)
class Look:
    """How the boards are printed: on A4 or A3, in usual or large print."""

    paper: str = "A4"
    large: bool = False

    @property
    def points(self) -> float:
        """The size of the text."""
        return round(_POINTS * PAPERS[self.paper] * (_LARGE if self.large else 1), 1)


@dataclass(frozen=True)
class Grid:
    """A table ready for a page: cells as text, the column that heads a row, links by its text."""

    title: str
    columns: list[Column]
    rows: list[tuple[str, ...]]
    totals: tuple[str, ...]
    head: str
    links: Mapping[str, str] = field(default_factory=dict)
    apart: bool = False

    def zip(self, row: tuple[str, ...]) -> Iterable[tuple[Column, str]]:
        """The cells of a row beside their columns."""
        return zip(self.columns, row, strict=True)


@dataclass(frozen=True)
class Page:
    """What a board or a page of the site says at its head, and its tables.

    The title is `whose` and `what`, with a line break between them where it is needed.
    """

    whose: str
    what: str
    subtitle: str
    lead: str
    township: str | None
    county: bool
    grids: tuple[Grid, ...]

    @property
    def title(self) -> str:
        """`whose` and `what` in one."""
        return self.whose + self.what


@cache
def templates() -> Environment:
    """The page templates; every text is escaped unless a template says otherwise."""
    made = Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["yuan"] = yuan
    made.filters["css_string"] = css_string
    return made


def css_string(text: str) -> Markup:
    """`text` as a CSS string that can end neither itself nor the style element."""
    safe = "".join(char if char.isalnum() else f"\\{ord(char):x} " for char in text)
    return Markup(f'"{safe}"')


def board(notice: Notice, layers: Sequence[str], posting: Posting, look: Look) -> str:
    """The HTML of one board."""
    page = page_of(notice, layers, posting, {})
    return (
        templates()
        .get_template("notice.html.j2")
        .render(page=page, posting=posting, paper=look.paper, points=look.points)
    )


def page_of(
    notice: Notice, layers: Sequence[str], posting: Posting, links: Mapping[str, Mapping[str, str]]
) -> Page:
    """Head and tables of a list. `links`: by level of the lists linked to, name → address."""
    summaries = [
        _summary(notice, part, layers, posting.kinds, links.get(part.level, {}))
        for part in notice.parts
    ]
    return Page(
        whose=whose(notice, posting),
        what=TITLE,
        subtitle=f"{posting.county}　{posting.period}" if notice.hospital else posting.period,
        lead=lead(notice, layers, posting),
        township=notice.township,
        county=notice.level == "county",
        grids=(*summaries, _names(notice, layers, posting.kinds)),
    )


def whose(notice: Notice, posting: Posting) -> str:
    """The place or hospital that a list is about, as its title says it."""
    return notice.place if notice.hospital else posting.county + notice.place


def lead(notice: Notice, layers: Sequence[str], posting: Posting) -> str:
    """The opening sentences of a list: whose, how many, how much."""
    sums = notice.sums
    paid = sum(sums[f"{layer}_fen"] for layer in layers)
    hidden = "为保护个人隐私，姓名作隐名处理。" if notice.masked else "未成年人姓名作隐名处理。"
    return (
        f"现将{whose(notice, posting)}{posting.period}已结算的医疗费用补偿情况予以公示：共 {sums['rows']:,} 人次、"
        f"{sums['people']:,} 人，总费用 {yuan(sums['total_fen'])} 元，"
        f"各项补偿合计 {yuan(paid)} 元。{hidden}"
    )


def _summary(
    notice: Notice,
    part: Part,
    layers: Sequence[str],
    kinds: Sequence[str],
    links: Mapping[str, str],
) -> Grid:
    columns = part_columns(notice, part, layers, kinds)
    rows, totals = cells(columns, part.table), total_cells(columns, notice.sums)
    return Grid(part.title, columns, rows, totals, "label", links)


def _names(notice: Notice, layers: Sequence[str], kinds: Sequence[str]) -> Grid:
    columns = list_columns(notice, layers, kinds)
    rows, totals = cells(columns, shown_rows(notice)), total_cells(columns, notice.sums)
    return Grid("补偿名单", columns, rows, totals, "name", apart=bool(notice.parts))
