"""What stands around a public list: kinds and standards of benefit, basis, notice period, hotlines, who answers for it.

All of it comes from onestop.toml as it is when publishing; only what was paid by which rule comes from the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from onestop_cli.county.deadlines import chinese_day, day_after
from onestop_cli.county.settings import County, Publish, TownshipOffice
from onestop_cli.notices.notice_period import NoticePeriod, check_notice_period
from onestop_cli.run import Run
from onestop_cli.statements.remarks import document_of
from onestop_cli.tables.run_info import RunInfo, StandardInfo

TOWNSHIP = "乡镇监督电话"
"""The hotline that a township writes in itself unless onestop.toml knows it."""

_AND = " · "


@dataclass(frozen=True)
class Standard:
    """A line of the table of standards: what a group of people gets of which costs, and from which document."""

    kind: str
    who: str
    terms: str
    base: str
    document: str


@dataclass(frozen=True)
class Hotline:
    """Who takes complaints. A `phone` of "" leaves a blank to write on."""

    office: str
    phone: str
    address: str = ""


@dataclass(frozen=True)
class FundLine:
    """One fund over the period, in fen."""

    fund: str
    opening_fen: int
    income_fen: int
    outlay_fen: int

    @property
    def balance_fen(self) -> int:
        """What is left at the end; computed, so that the line always adds up."""
        return self.opening_fen + self.income_fen - self.outlay_fen


@dataclass(frozen=True)
class Around:
    """What a county says around its lists: its own data, how it publishes, its townships' offices, how long lists hang.

    `fund_day`: the day of the next month by which the fund notice must hang (望城县: the 5th), None where nobody says.
    """

    county: County = field(default_factory=County)
    publish: Publish = field(default_factory=Publish)
    townships: tuple[TownshipOffice, ...] = ()
    notice: NoticePeriod = field(default_factory=NoticePeriod)
    fund_day: int | None = None


@dataclass(frozen=True)
class Texts:
    """What every list of one publication says beside its rows.

    `kinds`: layer id → name; `waived`: those of them that hospitals give themselves. `classes`: class → its categories.
    `funds_by`: the day by which the fund notice must hang.
    """

    county: str
    code: str
    period: str
    period_id: str
    kinds: Mapping[str, str]
    classes: Mapping[str, tuple[str, ...]]
    standards: tuple[Standard, ...]
    basis: tuple[str, ...]
    around: Around
    hotlines: tuple[Hotline, ...]
    funds: tuple[FundLine, ...] = ()
    funds_by: date | None = None
    offices: Mapping[str, TownshipOffice] = field(default_factory=dict)
    waived: frozenset[str] = frozenset()

    @property
    def notice(self) -> NoticePeriod:
        """How long the lists hang."""
        return self.around.notice

    @property
    def funds_due(self) -> str:
        """By which day the fund notice must hang, in words."""
        return f"应在{chinese_day(self.funds_by)}前公示" if self.funds_by else ""

    def hotlines_of(self, township: str | None) -> tuple[Hotline, ...]:
        """The hotlines of a list: the county's, and for a place in a township that township's."""
        if not township:
            return self.hotlines
        office = self.offices.get(township, TownshipOffice(name=township))
        phone = office.phone or self.around.county.township_phones.get(township, "")
        return (*self.hotlines, Hotline(TOWNSHIP, phone, office.address))

    def signers_of(self, township: str | None) -> tuple[str, str, str]:
        """Who made a list, who checked it, and whose seal goes on it."""
        whole, own = self.around.publish, self.offices.get(township or "")
        return (
            own.made_by if own and own.made_by else whole.made_by,
            own.checked_by if own and own.checked_by else whole.checked_by,
            own.seal if own and own.seal else whole.seal,
        )


def texts_of(run: Run, around: Around, funds: Sequence[FundLine] = ()) -> Texts:
    """The texts of a run's lists; raises `CannotRun` for a notice period that cannot be meant."""
    check_notice_period(around.notice, run.period)
    county = around.county
    basis = [around.publish.basis] if around.publish.basis else map(document_of, run.info.rules)
    return Texts(
        county=county.name or run.county,
        code=county.code or run.info.county.code,
        period=run.period.chinese,
        period_id=run.period.id,
        kinds={layer.id: layer.name for layer in run.layers},
        classes=_classes(run.classes),
        standards=tuple(_standards(run.info.standards)),
        basis=tuple(basis),
        around=around,
        hotlines=_hotlines(county, run.info),
        funds=tuple(funds),
        funds_by=day_after(run.period, around.fund_day) if funds and around.fund_day else None,
        offices={office.name: office for office in around.townships},
        waived=frozenset(layer.id for layer in run.layers if layer.kind == "waiver"),
    )


def _classes(classes: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Class → its categories, without those that only stand for themselves."""
    groups: dict[str, list[str]] = {}
    for category, group in classes.items():
        groups.setdefault(group, []).append(category)
    return {group: tuple(names) for group, names in groups.items() if names != [group]}


def _standards(lines: Iterable[StandardInfo]) -> Iterator[Standard]:
    """The lines of the rules; neighbours that differ in their first condition only share one."""
    for (kind, document, base, rest), group in groupby(lines, _alike):
        if rest:
            terms = (f"{line.who.partition(_AND)[0]} {line.terms}" for line in group)
            yield Standard(kind, rest, "；".join(terms), base, document)
        else:
            yield from (Standard(kind, line.who, line.terms, base, document) for line in group)


def _alike(line: StandardInfo) -> tuple[str, str, str, str]:
    """Kind, document, base, and who it is for after the first condition: 乡级 · 救助对象 → 救助对象."""
    return line.layer_name, line.document, line.base, line.who.partition(_AND)[2]


def _hotlines(county: County, info: RunInfo) -> tuple[Hotline, ...]:
    """Every office with a phone, else the two that settle, with blanks."""
    office, civil_affairs = info.offices
    two = (county.office or office, county.civil_affairs or civil_affairs)
    phones = county.phones or dict.fromkeys(two, "")
    return tuple(
        Hotline(office, phone, county.addresses.get(office, "")) for office, phone in phones.items()
    )
