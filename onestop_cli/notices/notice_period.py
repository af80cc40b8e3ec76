"""What stands around a public list: kinds and standards of benefit, basis, posting period, hotlines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from onestop_cli.county.deadlines import chinese_day, day_after
from onestop_cli.errors import stop
from onestop_cli.run import Run
from onestop_cli.tables.run_info import CountyInfo, RuleInfo, StandardInfo

DAYS = 7
"""Working days a list stays up unless the county says otherwise."""

TOWNSHIP = "乡镇监督电话"
"""The hotline that a township writes in itself unless onestop.toml knows it."""

_SATURDAY = 5
_AND = " · "


@dataclass(frozen=True)
class Standard:
    """A line of the table of standards: what a group of people gets, and from which document."""

    kind: str
    who: str
    terms: str
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
class Wall:
    """How a county posts: from which day, for how many working days, on whose responsibility.

    `first`: the first day on the wall, None while nobody knows it. `basis`: a further legal basis. `fund_day`: the
    day of the next month by which the fund notice must hang (望城县: the 5th), None where nobody says.
    """

    first: date | None = None
    days: int = DAYS
    holidays: frozenset[date] = frozenset()
    basis: str = ""
    made_by: str = ""
    checked_by: str = ""
    fund_day: int | None = None


@dataclass(frozen=True)
class Posting:
    """What every list of one publication says beside its rows.

    `kinds`: layer id → name. `last` is the last day of the posting period, inclusive; None leaves room to write it.
    `funds_by`: the day by which the fund notice must hang.
    """

    county: str
    period: str
    kinds: Mapping[str, str]
    standards: tuple[Standard, ...]
    basis: tuple[str, ...]
    wall: Wall
    last: date | None
    hotlines: tuple[Hotline, ...]
    email: str = ""
    township_phones: Mapping[str, str] = field(default_factory=dict)
    funds: tuple[FundLine, ...] = ()
    funds_by: date | None = None

    @property
    def funds_due(self) -> str:
        """By which day the fund notice must hang, in words."""
        return f"应在{chinese_day(self.funds_by)}前公示" if self.funds_by else ""

    @property
    def span(self) -> str:
        """公示期 in words, with blanks for a hand to fill when no day was given."""
        blank = "　　　　年　　月　　日"
        first, last = (chinese_day(day) if day else blank for day in (self.wall.first, self.last))
        return f"{first}至{last}，共 {self.wall.days} 个工作日"

    def hotlines_of(self, township: str | None) -> tuple[Hotline, ...]:
        """The hotlines of a list: the county's, and for a place in a township that township's."""
        if not township:
            return self.hotlines
        return (*self.hotlines, Hotline(TOWNSHIP, self.township_phones.get(township, "")))


def last_working_day(first: date, days: int, holidays: Collection[date] = ()) -> date:
    """The day on which `days` working days have been counted, `first` included when it is one."""
    day, left = first, days
    while True:
        if day.weekday() < _SATURDAY and day not in holidays:
            left -= 1
        if left <= 0:
            return day
        day += timedelta(days=1)


def posting_of(run: Run, wall: Wall, funds: Sequence[FundLine] = ()) -> Posting:
    """The posting of a run; raises `CannotRun` for a posting period of no days."""
    if wall.days < 1:
        raise stop(f"公示期 {wall.days} 天不成立", "--days 请写 1 或更大的整数，通常为 7 个工作日")
    county = run.info.county
    basis = [_basis(rule) for rule in run.info.rules]
    return Posting(
        county=run.county,
        period=run.period.chinese,
        kinds={layer.id: layer.name for layer in run.layers},
        standards=tuple(_standards(run.info.standards)),
        basis=tuple(text for text in (*basis, wall.basis) if text),
        wall=wall,
        last=last_working_day(wall.first, wall.days, wall.holidays) if wall.first else None,
        hotlines=_hotlines(county),
        email=county.email,
        township_phones=county.township_phones,
        funds=tuple(funds),
        funds_by=day_after(run.period, wall.fund_day) if funds and wall.fund_day else None,
    )


def _standards(lines: Iterable[StandardInfo]) -> Iterator[Standard]:
    """The lines of the rules; neighbours that differ in their first condition only share one."""
    for (kind, document, rest), group in groupby(lines, _alike):
        if rest:
            terms = (f"{line.who.partition(_AND)[0]} {line.terms}" for line in group)
            yield Standard(kind, rest, "；".join(terms), document)
        else:
            yield from (Standard(kind, line.who, line.terms, document) for line in group)


def _alike(line: StandardInfo) -> tuple[str, str, str]:
    """Kind, document, and who it is for after the first condition: 乡级 · 救助对象 → 救助对象."""
    return line.layer_name, line.document, line.who.partition(_AND)[2]


def _basis(rule: RuleInfo) -> str:
    """《title》（number）, and a word when the days of effect are assumed."""
    name = rule.document or rule.title or rule.id
    name = name if name.startswith("《") else f"《{name}》"
    number = f"（{rule.number}）" if rule.number else ""
    assumed = "（施行日期系推定）" if rule.assumed else ""
    return name + number + assumed


def _hotlines(county: CountyInfo) -> tuple[Hotline, ...]:
    """Every office with a phone, else the two that settle, with blanks."""
    phones = county.phones or dict.fromkeys(county.offices, "")
    return tuple(
        Hotline(office, phones[office], county.addresses.get(office, "")) for office in phones
    )
