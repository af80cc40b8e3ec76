"""What a county should know of a publication before it posts it: how far it gives people away, and what to see to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.notices.exposure import NOBODY, Exposure
from onestop_cli.notices.notice_period import known_until
from onestop_cli.notices.notices import Notice, Notices
from onestop_cli.notices.profile import Names
from onestop_cli.notices.texts import Texts
from onestop_cli.run import NO_NAME
from onestop_cli.statements.hospital_labels import MARK
from onestop_cli.writers.notices.manifest import SITE


@dataclass(frozen=True)
class ListExposure:
    """How far the lists of one level, or the site, give people away."""

    where: str
    names: Names
    exposed: Exposure


def shown_of(notices: Notices) -> Iterator[ListExposure]:
    """How far each level of boards gives people away, and the site's pages of places."""
    where = {"county": "县级", "township": "乡级", "village": "村级", "hospital": "医疗机构"}
    for level, name in where.items():
        yield from _together(f"张贴·{name}", [n for n in notices.boards if n.level == level])
    levels = {notice.level for notice in notices.site}
    finest = "village" if "village" in levels else "township"
    yield from _together(SITE, [n for n in notices.site if n.level == finest])


def _together(where: str, lists: Sequence[Notice]) -> Iterator[ListExposure]:
    if lists:
        exposed = sum((notice.exposed for notice in lists), NOBODY)
        yield ListExposure(where, lists[0].profile.names, exposed)


def hints_of(notices: Notices, texts: Texts, roster: pl.DataFrame) -> Iterator[str]:
    """What the county should still see to before it posts."""
    notice = texts.notice
    if texts.county == NO_NAME:
        yield "县名未填：请在 onestop.toml 的 [county] 填写 name"
    if not notices.county.sums["rows"]:
        yield "本期没有已结算且有补偿的住院，名单是空的"
    if not all(line.phone for line in texts.hotlines):
        yield "监督电话留了空白：请在 onestop.toml 的 [county] 填写 phones，或手写"
    if not notice.first:
        yield "公示起止日期留了空白：请加 --from 日期，或张贴时手写"
    if notice.unknown:
        years = "、".join(map(str, notice.unknown))
        yield (
            f"{years}年的放假安排程序里没有（只有 {known_until()}），公示期只扣除了周末；"
            "请在 onestop.toml 的 holidays 和 workdays 写明"
        )
    if notice.first and texts.funds_by and notice.first > texts.funds_by:
        yield f"基金收支{texts.funds_due}，公示第一天 {notice.first} 已经晚了"
    if any(notice.profile.names == "full" for notice in notices.site):
        yield "网站用全名：谁都能看到、能转存，请确认有公开的依据"
    if not texts.standards:
        yield "结算结果里没有补偿标准，名单上没有标准表"
    if strange := _strange_townships(notices, texts, roster):
        yield f"onestop.toml 里写了、名单和花名册上没有的乡镇：{'、'.join(strange)}；请核对写法"
    if suggested := notices.labels.suggested:
        names = "、".join(suggested)
        yield f"名称像是显示病种，同级机构都只写级别：{names}；请在机构名册加一列“{MARK}”，写 是 或 否"


def _strange_townships(notices: Notices, texts: Texts, roster: pl.DataFrame) -> list[str]:
    """Townships with an office or a phone in onestop.toml that are on no list and no roster."""
    known = {notice.township for notice in notices.boards}
    known |= set(roster["township"]) if "township" in roster.columns else set()
    named = [*texts.offices, *texts.around.county.township_phones]
    return [name for name in dict.fromkeys(named) if name not in known]


def absent_from_pdf(absent: Mapping[str, str]) -> Iterator[str]:
    """Characters that no PDF can print."""
    for char, place in absent.items():
        yield f"字体里没有“{char}”（U+{ord(char):04X}）这个字，{place}的 PDF 里印作 □；网页版不受影响"
