"""Numbers without a sentence, numbers that cannot be, numbers still to fill."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.money import FULL
from onestop_cli.rulebook.check.parts import Finding, clause_name, parts
from onestop_cli.rulebook.faults import Key
from onestop_cli.rulebook.language import (
    TO_FILL,
    UNKNOWN,
    Categories,
    Cited,
    Clause,
    Deductible,
    Effective,
    Layer,
    Quota,
    RateClause,
    Rounding,
    RuleFile,
)
from onestop_cli.rulebook.terms import Cell, Terms

AMOUNTS = ("amount", "rate", "share", "points")


def to_fill(rule: RuleFile) -> Iterator[Finding]:
    """Every number or name that the county has still to write into the document."""
    for key, part in parts(rule):
        for name, value in part:
            texts = value if isinstance(value, list) else [value]
            if any(isinstance(text, str) and TO_FILL in text for text in texts):
                remedy = "请按当地文件填写，并写上引文"
                yield (*key, name), f"{clause_name(rule, key, part)}待填", remedy


def citations(rule: RuleFile) -> Iterator[Finding]:
    """Every number beside its sentence, or marked as assumed with the reason."""
    for key, part in parts(rule):
        if not (_silent(part) or _cited(part)):
            remedy = "请写 quote（原文）或 summary（摘要）；文件没有的写 assumed = true 和 reading（理由）"
            yield key, f"{clause_name(rule, key, part)}没有引文", remedy


def _silent(part: Cited) -> bool:
    """A part without a number of its own."""
    if isinstance(part, Categories | Rounding):
        return part == type(part)()
    values = [value for name, value in part if name in AMOUNTS]
    return TO_FILL in values or (UNKNOWN in values and bool(part.reading))


def _cited(part: Cited) -> bool:
    if part.sentence:
        return True
    if isinstance(part, Effective):
        return {"from", "to"} <= set(part.assumed_ends) and bool(part.reading)
    return part.assumed and bool(part.reading)


def impossible(rule: RuleFile) -> Iterator[Finding]:
    """Numbers that contradict each other."""
    effective = rule.effective
    if effective.to and effective.to < effective.from_:
        yield ("effective", "to"), "止日早于起日", "请改正日期"
    terms = Terms(rule)
    for number, layer in enumerate(rule.layer):
        found: dict[tuple[Key, str], None] = {}
        for cell in terms.cells if layer.regulated else ():
            if terms.entitled(layer, cell):
                found |= dict.fromkeys(_at_odds(terms, layer, cell))
        for where, what in found:
            yield ("layer", number, *where), what, "请核对两个数字"
        for place, term in enumerate(layer.deductible):
            yield from _steps(("layer", number, "deductible", place), term)
    for number, quota in enumerate(rule.quota):
        yield from _shares(("quota", number), quota)


def _at_odds(terms: Terms, layer: Layer, cell: Cell) -> Iterator[tuple[Key, str]]:
    """Pairs of numbers of one cell of which one makes the other pointless."""
    place = {a: terms.fitting(getattr(layer, a), cell) for a in layer.aspects}
    first = {a: getattr(layer, a)[found[0]] for a, found in place.items() if found}
    known = {
        a: clause.amount
        for a, clause in first.items()
        if isinstance(getattr(clause, "amount", None), int)
    }
    pairs = (
        ("deductible", "cap", "起付线不低于年度封顶线"),
        ("deductible", "stay_cap", "起付线不低于每次封顶线"),
        ("deductible", "cost_cap", "起付线不低于费用限额"),
        ("stay_cap", "cap", "每次封顶线高于年度封顶线"),
        ("stay_cap", "month_cap", "每次封顶线高于每月限额"),
        ("month_cap", "cap", "每月限额高于年度封顶线"),
        ("stay_cap", "household_cap", "每次封顶线高于全户年度限额"),
        ("cap", "household_cap", "年度封顶线高于全户年度限额"),
    )
    for low, high, what in pairs:
        if low in known and high in known and known[low] >= known[high] + (low != "deductible"):
            yield (high, place[high][0]), what
    if known.get("ceiling", 10**15) < known.get("deductible", 0):
        yield ("ceiling", place["ceiling"][0]), "全年起付线上限低于一次的起付线"
    rate, points, factor = (first.get(name) for name in ("rate", "points", "factor"))
    if isinstance(rate, RateClause) and _uneven(rate, points, factor):
        yield ("factor", place["factor"][0]), "比例折算后不是整的万分之一"
    if known.get("cap") == 0:
        yield ("cap", place["cap"][0]), "封顶线为 0"


def _uneven(rate: RateClause, points: Clause | None, factor: Clause | None) -> bool:
    """Whether a rate times the factor is not a whole number of ten-thousandths: which of them would be paid?"""
    share = getattr(factor, "share", FULL)
    more = getattr(points, "points", 0)
    rates = [rate.rate, *(band.rate for band in rate.bands)]
    whole = [r for r in (share, more) if isinstance(r, int)]
    return len(whole) == 2 and any(
        max(0, min(FULL, r + more)) * share % FULL for r in rates if isinstance(r, int)
    )


def _steps(key: Key, term: Deductible) -> Iterator[Finding]:
    if term.later and term.later_rate:
        yield key, "later 与 later_rate 只能写一个", "请删去一个"
    if (term.later or term.later_rate) and term.per == "year":
        yield key, "每年一次的起付线没有第二次", "请删去 later、later_rate，或改为按次"
    if term.counted == "level" and not (term.later or term.later_rate):
        what = "没有写第二次的起付线，按级别数次数（counted）没有用"
        yield (*key, "counted"), what, "请写 later 或 later_rate，或删去 counted"
    if isinstance(term.amount, int) and term.minimum > term.amount:
        yield key, "最低起付线高于起付线", "请核对两个数字"


def _shares(key: Key, quota: Quota) -> Iterator[Finding]:
    if sum(quota.shares.values()) > 10_000:
        yield (*key, "shares"), "各层份额合计超过 100%", "请核对份额"
    if quota.amount == 0:
        yield (*key, "amount"), "定额或限价为 0", "请核对金额"
