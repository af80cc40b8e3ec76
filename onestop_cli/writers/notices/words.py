"""What a public list says above and below its tables, the same on paper, on screen and in the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onestop_cli.money import yuan
from onestop_cli.notices.notice_period import Hotline, Posting
from onestop_cli.notices.notices import TITLE, Notice
from onestop_cli.notices.rolls import KINDS, Roll
from onestop_cli.writers.notices.columns import Grid, list_grid, part_grid, posting_grids, roll_grid

ROLL_TITLE = "救助对象变动公示"

PAPERS = {"A4": 1.0, "A3": 1.4}
"""Paper sizes, and how much larger the print is than on A4."""

_POINTS, _LARGE = 10.5, 1.3
_BLANK = "＿" * 10


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
class Page:
    """A list in words: its head, its tables, and what stands below them as pairs of label and text.

    The title is `whose` and `what`, with a line break between them where one is needed.
    """

    whose: str
    what: str
    subtitle: str
    lead: str = ""
    grids: tuple[Grid, ...] = ()
    about: tuple[tuple[str, str], ...] = ()

    @property
    def title(self) -> str:
        """`whose` and `what` in one."""
        return self.whose + self.what


Links = Mapping[str, Mapping[str, str]]
"""By level of the lists linked to: from name to address."""


def page_of(notice: Notice, posting: Posting, links: Links | None = None) -> Page:
    """A list in words; without `links` it is a board, with them a page of the site."""
    addresses = links or {}
    parts = (
        part_grid(notice, part, posting, addresses.get(part.level, {})) for part in notice.parts
    )
    rest = posting_grids(posting, county=notice.level == "county")
    return Page(
        whose=whose(notice, posting),
        what=TITLE,
        subtitle=f"{posting.county}　{posting.period}" if notice.hospital else posting.period,
        lead=lead(notice, posting),
        grids=(*parts, list_grid(notice, posting), *rest),
        about=tuple(about(posting, notice.township, blanks=links is None)),
    )


def roll_page(roll: Roll, posting: Posting, *, board: bool) -> Page:
    """The changes of a village's rosters in words."""
    count = "，".join(f"{KINDS[kind]} {people.height} 人次" for kind, people in roll.people.items())
    home = posting.county + roll.place
    return Page(
        whose=home,
        what=ROLL_TITLE,
        subtitle=posting.period,
        lead=f"现将{home}{posting.period}救助对象的变动予以公示：{count}。{_hidden(roll.masked)}",
        grids=tuple(roll_grid(kind, people) for kind, people in roll.people.items() if len(people)),
        about=tuple(about(posting, roll.township, blanks=board, kinds=False)),
    )


def _hidden(masked: bool) -> str:
    """What was done to the names."""
    return "为保护个人隐私，姓名作隐名处理。" if masked else "未成年人姓名作隐名处理。"


def whose(notice: Notice, posting: Posting) -> str:
    """The place or hospital that a list is about, as its title says it."""
    return notice.place if notice.hospital else posting.county + notice.place


def lead(notice: Notice, posting: Posting) -> str:
    """The opening sentences of a list: whose, how many, how much."""
    sums = notice.sums
    paid = sum(sums[f"{layer}_fen"] for layer in posting.kinds)
    return (
        f"现将{whose(notice, posting)}{posting.period}已结算的医疗费用补偿情况予以公示："
        f"共 {sums['rows']:,} 人次、{sums['people']:,} 人，总费用 {yuan(sums['total_fen'])} 元，"
        f"各项补偿合计 {yuan(paid)} 元。{_hidden(notice.masked)}"
    )


def about(
    posting: Posting, township: str | None, *, blanks: bool, kinds: bool = True
) -> list[tuple[str, str]]:
    """Kinds of benefit (where `kinds`), basis, posting period and whom to call.

    `blanks`: leave room for a phone that is not known.
    """
    lines = [line for line in posting.hotlines_of(township) if blanks or line.phone]
    calls = [_call(line) for line in lines]
    calls += [f"电子信箱 {posting.email}"] if posting.email else []
    objection = "对名单或金额有异议的，请在公示期内来电、来信或当面反映，反映人信息予以保密。"
    pairs = [
        ("补偿种类", "、".join(posting.kinds.values()) if kinds else ""),
        ("政策依据", "；".join(posting.basis)),
        ("公示期", posting.span),
        ("异议反映", objection),
        ("监督电话", "　　".join(calls)),
    ]
    return [(label, text) for label, text in pairs if text]


def signing(posting: Posting) -> tuple[str, ...]:
    """The line people sign."""
    wall = posting.wall
    made, checked = f"制表：{wall.made_by}", f"审核：{wall.checked_by}"
    return made, checked, "公示单位（盖章）：", "　　　年　　月　　日"


def _call(line: Hotline) -> str:
    address = f"（{line.address}）" if line.address else ""
    return f"{line.office} {line.phone or _BLANK}{address}"
