"""What a clerk should look at before the files of a period are trusted.

Who has not reported, who is not known, what was handed in before: one check for `onestop` alone, for `reconcile` and
for `close`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from onestop_cli.county.periods import Period

STAYS, ROSTER, INSURED = "stays", "roster", "insured"
_SHOWN = 8


@dataclass(frozen=True)
class HandedIn:
    """A file: its kind (stays, roster or insured: 参保激励名单), its path, its SHA-256."""

    kind: str
    path: str
    sha256: str


@dataclass(frozen=True)
class Handed:
    """What was handed in. `register`: the hospitals that are in the scheme; `heard`: those of them with a stay;
    `unknown`: other names → stays. `closed`: period → the files it was closed with, in the order of closing.
    `issues`: rosters of one form that list mostly the same people, and how many."""

    register: Sequence[str]
    heard: Sequence[str]
    unknown: Mapping[str, int]
    files: Sequence[HandedIn]
    closed: Mapping[str, Sequence[HandedIn]]
    issues: Sequence[tuple[str, str, int]] = ()


def inbox_notes(handed: Handed) -> list[str]:
    """Sentences, none when all is well."""
    return [
        *known_files(handed),
        *_silent(handed),
        *_unknown(handed),
        *_same_lists(handed),
        *_two_issues(handed),
    ]


def _two_issues(handed: Handed) -> Iterator[str]:
    """A roster of the period before lies beside this one's: who has left the list would still be entitled."""
    for one, other, people in handed.issues:
        yield (
            f"{one} 和 {other}：表头相同，{people:,} 人两份都有，像是同一本花名册的两期；"
            "上一期的请移走，否则已经退出的人仍按在册算"
        )


def skipped(period: Period, closed: Sequence[Period], begun: date) -> Iterator[str]:
    """What to know when days between the last closed period, or the day the books have `begun`, and this one were never
    closed."""
    after = (one.last + timedelta(days=1) for one in closed)
    first, last = max(after, default=begun), period.first - timedelta(days=1)
    if first <= last:
        yield (
            f"{first} 至 {last} 还没有关账；先关了{period.chinese}，这一段就不能再单独关账，其中的住院只能作补报"
        )


def _silent(handed: Handed) -> Iterator[str]:
    missing = [name for name in handed.register if name not in set(handed.heard)]
    if missing and handed.heard:
        yield f"名册上有 {len(missing)} 家机构没有报来住院：{_named(missing)}"


def _unknown(handed: Handed) -> Iterator[str]:
    if handed.unknown:
        most = sorted(handed.unknown.items(), key=lambda pair: (-pair[1], pair[0]))
        named = _named([f"{name}（{count:,} 笔）" for name, count in most])
        yield (
            f"有 {len(most)} 个机构名不在名册上：{named}；是名册上机构的另一种写法的，请在 onestop.toml 的"
            " [synonyms.hospital] 写明，新的定点机构请加进名册"
        )


def known_files(handed: Handed) -> Iterator[str]:
    """Lists of stays that a closed period has read already."""
    periods = {
        file.sha256: period
        for period, files in handed.closed.items()
        for file in files
        if file.kind == STAYS
    }
    met: dict[str, list[str]] = {}
    for file in handed.files:
        if file.kind == STAYS and file.sha256 in periods:
            met.setdefault(periods[file.sha256], []).append(file.path)
    for period, files in met.items():
        yield (
            f"{_named(files, '个')}：与 {period} 关账时读过的文件一个字节不差，"
            "请核对是不是放错了（FI04）"
        )


_UPDATED = {
    ROSTER: ("花名册", "本期有增减的，请换成新的花名册"),
    INSURED: ("参保激励名单", "有人断保、续保或用过激励额度的，请换成新的名单"),
}
"""Lists that change from period to period: their name, and when they should have."""


def _same_lists(handed: Handed) -> Iterator[str]:
    """The lists of a kind are those of the last closed period, all of them."""
    if not handed.closed:
        return
    last, files = list(handed.closed.items())[-1]
    for kind, (name, when) in _UPDATED.items():
        own = {file.sha256 for file in handed.files if file.kind == kind}
        if own and own == {file.sha256 for file in files if file.kind == kind}:
            yield f"{name}与 {last} 关账时的相同，没有更新；{when}"


def _named(names: Sequence[str], unit: str = "家") -> str:
    more = f" 等 {len(names)} {unit}" if len(names) > _SHOWN else ""
    return "、".join(names[:_SHOWN]) + more
