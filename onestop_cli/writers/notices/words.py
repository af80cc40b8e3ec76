"""What a public list says above and below its tables, the same on paper, on screen and in the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from onestop_cli.county.deadlines import chinese_day
from onestop_cli.money import MISSING, yuan
from onestop_cli.notices.lines import ELIGIBLE
from onestop_cli.notices.names import CHILD_SHOWN, NO_SHAPE
from onestop_cli.notices.notices import TITLE, Notice
from onestop_cli.notices.profile import Profile
from onestop_cli.notices.rolls import KINDS, Roll
from onestop_cli.notices.texts import Hotline, Texts
from onestop_cli.writers.notices.columns import (
    TextTable,
    list_grid,
    part_grid,
    roll_grid,
    text_grids,
)

ROLL_TITLE = "救助对象变动公示"

RESULT = (
    "公示结果（期满后填写）：□ 无异议　□ 有异议　　　件，处理情况：　　　　　　　　　　　　"
    "　负责人：　　　　　　　　　年　　月　　日"
)
"""The line that is filled in by hand when the notice period is over."""

_BLANK = "＿" * 10
_NO_DAY = "　　　年　　月　　日"
_HIDDEN = {
    "full": "未成年人姓名作隐名处理。",
    "masked": "为保护个人隐私，姓名作隐名处理。",
    "none": "为保护个人隐私，只公示合计，不列个人。",
}


@dataclass(frozen=True)
class ListPage:
    """A list in words: its head, its tables, what stands below them as pairs of label and text, and who signs.

    The title is `whose` and `what`, with a line break between them where one is needed. `number`: the 公示编号.
    """

    whose: str
    what: str
    subtitle: str
    number: str = ""
    lead: str = ""
    grids: tuple[TextTable, ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    signing: tuple[str, ...] = ()
    result: str = RESULT

    @property
    def title(self) -> str:
        """`whose` and `what` in one."""
        return self.whose + self.what


Links = Mapping[str, Mapping[str, str]]
"""By level of the lists linked to: from name to address."""


def page_of(notice: Notice, texts: Texts, number: str, links: Links | None = None) -> ListPage:
    """A list in words; without `links` it is a board, with them a page of the site."""
    addresses = links or {}
    parts = (part_grid(notice, part, texts, addresses.get(part.level, {})) for part in notice.parts)
    rows = (list_grid(notice, texts),) if notice.profile.names != "none" else ()
    grids = (*parts, *rows, *text_grids(texts, county=notice.level == "county"))
    return ListPage(
        whose=whose(notice, texts),
        what=TITLE,
        subtitle=f"{texts.county}　{texts.period}" if notice.hospital else texts.period,
        number=number,
        lead=lead(notice, texts),
        grids=grids,
        about=tuple(
            about(texts, notice.township, blanks=links is None)
            + remarks(grids, notice.profile, texts)
        ),
        signing=signing(texts, notice.township),
    )


def result_page(county: Notice, texts: Texts, number: str, result: str) -> ListPage:
    """What came of the notice when it is over: sums by place, nobody's name."""
    parts = tuple(
        part_grid(county, part, texts, {}) for part in county.parts if part.level == "township"
    )
    return ListPage(
        whose=texts.county,
        what=TITLE + "结果",
        subtitle=texts.period,
        number=number,
        lead=f"{texts.county}{texts.period}医疗费用补偿已在{texts.notice.span}内公示。{result}",
        grids=parts,
        about=tuple(about(texts, None, blanks=True)),
        signing=signing(texts, None),
        result="",
    )


def roll_page(roll: Roll, texts: Texts, number: str, *, board: bool) -> ListPage:
    """The changes of a place's rosters in words."""
    count = "，".join(f"{KINDS[kind]} {roll.counts[kind]} 人次" for kind in KINDS)
    home = texts.county + roll.place
    grids = tuple(roll_grid(kind, people) for kind, people in roll.people.items() if len(people))
    hidden = _HIDDEN[roll.profile.names]
    return ListPage(
        whose=home,
        what=ROLL_TITLE,
        subtitle=texts.period,
        number=number,
        lead=f"现将{home}{texts.period}救助对象的变动予以公示：{count}。{hidden}",
        grids=grids,
        about=tuple(
            about(texts, roll.township, blanks=board, kinds=False)
            + remarks(grids, roll.profile, texts)
        ),
        signing=signing(texts, roll.township),
    )


def whose(notice: Notice, texts: Texts) -> str:
    """The place or hospital that a list is about, as its title says it."""
    return notice.place if notice.hospital else texts.county + notice.place


def lead(notice: Notice, texts: Texts) -> str:
    """The opening sentences of a list: whose, how many, how much."""
    sums = notice.sums
    paid = sum(sums[f"{layer}_fen"] for layer in texts.kinds if layer not in texts.waived)
    given = [(texts.kinds[layer], sums[f"{layer}_fen"]) for layer in sorted(texts.waived)]
    waived = "".join(f"，另有{name} {yuan(fen)} 元（医疗机构承担）" for name, fen in given if fen)
    adjusted = sums["rows"] - sums["visits"]
    more = f"，含上期调整 {adjusted:,} 笔" if adjusted else ""
    rest = f"其中 {notice.rest['rows']:,} 笔只列合计。" if notice.rest else ""
    return (
        f"现将{whose(notice, texts)}{texts.period}已结算的医疗费用补偿情况予以公示："
        f"共 {sums['visits']:,} 人次、{sums['people']:,} 人{more}，总费用 {yuan(sums['total_fen'])} 元，"
        f"各项补偿合计 {yuan(paid)} 元{waived}。{_HIDDEN[notice.profile.names]}{rest}"
    )


def about(
    texts: Texts, township: str | None, *, blanks: bool, kinds: bool = True
) -> list[tuple[str, str]]:
    """Kinds of benefit (where `kinds`), basis, notice period and whom to call.

    `blanks`: leave room for a phone that is not known.
    """
    lines = [line for line in texts.hotlines_of(township) if blanks or line.phone]
    calls = [_call(line) for line in lines]
    email = texts.around.county.email
    calls += [f"电子信箱 {email}"] if email else []
    objection = "对名单或金额有异议的，请在公示期内来电、来信或当面反映，反映人信息予以保密。"
    pairs = [
        ("补偿种类", "、".join(texts.kinds.values()) if kinds else ""),
        ("对象分类", _classes(texts) if kinds else ""),
        ("政策依据", "；".join(texts.basis)),
        ("公示期", texts.notice.span),
        ("异议反映", objection),
        ("监督电话", "　　".join(calls)),
    ]
    return [(label, text) for label, text in pairs if text]


def remarks(grids: tuple[TextTable, ...], profile: Profile, texts: Texts) -> list[tuple[str, str]]:
    """What has to be said of the list itself: when it goes, what a sign in it stands for."""
    cells = {cell for grid in grids if grid.people for row in grid.rows for cell in row}
    unknown = any(MISSING in grid.column(ELIGIBLE) for grid in grids)
    said = []
    if until := _until(profile, texts):
        said.append(f"本名单公示到{chinese_day(until)}，到期撤下。")
    if any(NO_SHAPE in cell for cell in cells):
        said.append(f"“{NO_SHAPE}”是原表中无法显示的字，以原件为准。")
    if CHILD_SHOWN in cells:
        said.append("“（儿童）”未满 14 周岁，不具名。")
    if unknown:
        said.append(f"可补偿费用写“{MISSING}”的，是医院的报表里没有这一项，合计也不含。")
    if any("上期调整" in cell for cell in cells):
        said.append("“上期调整”是对以前各期已结算住院的更正，负数为收回的金额。")
    return [("说明", "".join(said))] if said else []


def _until(profile: Profile, texts: Texts) -> date | None:
    return profile.until or texts.notice.last


def _classes(texts: Texts) -> str:
    """What the classes of people are: 一类指农村低保户、……"""
    return "；".join(f"{group}指{'、'.join(names)}" for group, names in texts.classes.items())


def signing(texts: Texts, township: str | None) -> tuple[str, ...]:
    """The line people sign and seal."""
    made_by, checked_by, seal = texts.signers_of(township)
    return f"制表：{made_by}", f"审核：{checked_by}", f"公示单位（盖章）：{seal}", _NO_DAY


def _call(line: Hotline) -> str:
    address = f"（{line.address}）" if line.address else ""
    return f"{line.office} {line.phone or _BLANK}{address}"
