"""Every number looked for in its quotation: a slip of the keyboard is a number that no sentence says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from onestop_cli.money import FULL, rate_text, yuan
from onestop_cli.rulebook.check.parts import Finding, clause_name, parts
from onestop_cli.rulebook.check.spoken import Said, names_day, said
from onestop_cli.rulebook.clauses import TO_FILL, AgeSpan, Band, Cited, Clause
from onestop_cli.rulebook.faults import Key
from onestop_cli.rulebook.language import Dimension, Effective, Rounding, RuleFile

_MONEY = ("amount", "later", "minimum", "to", "pays", "per_year", "unlisted")
_SHARES = ("rate", "share", "later_rate", "shares", "most")
_COUNTS = {"days": "日", "months": "个月", "after": "年"}
_REMEDY = "请核对数字和引文；原文没有直接写出的，在 reading 里写明这个数是怎样来的"

_NEUTRAL = (
    ("per_year", 0), ("after", 0), ("points", 0), ("later_points", 0), ("share", FULL), ("minimum", 0),
)  # fmt: skip

Number = tuple[Key, str, bool]
"""Steps to a number within its part, the number in words, and whether the text at hand says it."""


def unsaid(rule: RuleFile) -> Iterator[Finding]:
    """Every number that neither its quotation nor its `reading` says; assumed ones have no sentence."""
    for key, part in parts(rule):
        if not part.sentence or any(value == TO_FILL for _, value in part):
            continue
        spoken = said(f"{part.sentence}；{part.reading}")
        for steps, number, found in _numbers(part, spoken):
            if not found:
                what = f"{clause_name(rule, key, part)}引文里没有 {number}"
                yield (*key, *steps), what, _REMEDY


def _numbers(part: Cited, spoken: Said) -> Iterator[Number]:
    if isinstance(part, Effective):
        yield from _days(part)
    if isinstance(part, Dimension):
        for value, count in part.listed.items():
            yield ("listed", value), f"{value} {count} 种", spoken.count(Decimal(count))
    if isinstance(part, Rounding) and isinstance(part.unit, int):
        yield from _leaves(("unit",), "amount", part.unit, spoken)
    if isinstance(part, Clause):
        yield from _ages(part, spoken)
        for name, value in part:
            yield from _leaves((name,), name, value, spoken)


def _leaves(steps: Key, name: str, value: object, spoken: Said) -> Iterator[Number]:
    """The numbers of one key of a clause. What changes nothing needs no word of its own: a share of nothing, no points
    more, the whole deductible."""
    if isinstance(value, bool) or (name, value) in _NEUTRAL:
        return
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves((*steps, place), name, inner, spoken)
    elif isinstance(value, Band):
        for inside, inner in value:
            yield from _leaves((*steps, inside), inside, inner, spoken)
    elif isinstance(value, Mapping) and name in ("shares", "pays"):
        for layer, share in value.items():
            if share:
                yield from _leaves((*steps, layer), name, share, spoken)
    elif isinstance(value, int):
        if name in _MONEY:
            yield (
                steps,
                f"{yuan(value).removesuffix('.00')} 元",
                spoken.amount(Decimal(value) / 100),
            )
        elif name in _SHARES:
            yield steps, rate_text(value), spoken.share(Decimal(value) / 100)
        elif name in ("points", "later_points"):
            yield steps, rate_text(abs(value)), spoken.count(abs(Decimal(value)) / 100)
        elif name in _COUNTS:
            yield steps, f"{value} {_COUNTS[name]}", spoken.count(Decimal(value))


def _ages(clause: Clause, spoken: Said) -> Iterator[Number]:
    """An edge of an age may be said from either side: 60 岁以上 also ends the others at 59."""
    for name, span in clause.when.items():
        if not isinstance(span, AgeSpan):
            continue
        for end, age, beside in (("from", span.from_, -1), ("to", span.to, 1)):
            if 0 < age < 150:
                found = any(spoken.count(Decimal(n)) for n in (age, age + beside))
                yield ("when", name, end), f"{age} {'年' if name == 'years' else '岁'}", found


def _days(effective: Effective) -> Iterator[Number]:
    """First and last day; a last day may follow from the first day of the next document (`reading`)."""
    text = f"{effective.sentence}；{effective.reading}"
    if "from" not in effective.assumed_ends:
        yield ("from",), str(effective.from_), names_day(text, effective.from_, last=False)
    if effective.to and "to" not in effective.assumed_ends and not effective.reading.strip():
        until = names_day(text, effective.to, last=True) or "有效期" in text
        yield ("to",), str(effective.to), until
