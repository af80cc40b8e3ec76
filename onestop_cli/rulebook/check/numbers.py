"""Numbers without a sentence, numbers that cannot be, numbers still to fill."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.money import FULL
from onestop_cli.rulebook.check.parts import Finding, clause_name, parts
from onestop_cli.rulebook.clauses import (
    NONE,
    TO_FILL,
    UNKNOWN,
    Cited,
    Clause,
    Deductible,
    PointsClause,
    Quota,
    RateClause,
)
from onestop_cli.rulebook.faults import Key
from onestop_cli.rulebook.language import Categories, Effective, Layer, Rounding, RuleFile
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
        yield from _counted(("layer", number), layer)
        yield from _windows(("layer", number), layer)
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
    if isinstance(rate, RateClause) and isinstance(points, PointsClause) and points.later_points:
        yield from _by_number(("points", place["points"][0]), rate, points)
    if known.get("cap") == 0:
        yield ("cap", place["cap"][0]), "封顶线为 0"


def _uneven(rate: RateClause, points: Clause | None, factor: Clause | None) -> bool:
    """Whether a rate times the factor is not a whole number of ten-thousandths: which of them would be paid?"""
    share = getattr(factor, "share", FULL)
    each = [getattr(points, "points", 0), *getattr(points, "later_points", [])]
    rates = [rate.rate, *(band.rate for band in rate.bands), *rate.later_rate]
    return isinstance(share, int) and any(
        max(0, min(FULL, r + more)) * share % FULL
        for r in rates
        for more in each
        if isinstance(r, int) and isinstance(more, int)
    )


def _by_number(key: Key, rate: RateClause, points: PointsClause) -> Iterator[tuple[Key, str]]:
    """Points by the number of the stay beside rates that cannot be of one stay alone, or count it otherwise."""
    if rate.later_rate and rate.counted != points.counted:
        yield key, "比例和百分点数第几次住院的办法不同（counted）"
    if rate.mode == "whole" and rate.per == "year":
        yield key, "按年累计、全额套档的比例不能随第几次住院变（later_points）"


def _windows(key: Key, layer: Layer) -> Iterator[Finding]:
    """Limits of a window are counted by themselves: not beside those of a year, a month, or a ceiling."""
    months = {cap.months for cap in layer.cap if cap.amount != NONE}
    if len(months) > 1:
        what = "同一层的限额有的按年、有的按几个月累计，或者月数不同"
        yield (*key, "cap"), what, "请改成一样的，或分成两份文件"
    if any(months) and layer.month_cap:
        yield (*key, "month_cap"), "按几个月累计的限额不能再加每月限额", "请删去一个"
    if any(months) and layer.bonus:
        yield (*key, "bonus"), "名单提高的是年度封顶，不能提高按几个月累计的限额", "请删去一个"
    if any(term.months for term in layer.deductible) and (layer.ceiling or layer.transfer):
        what = "按几个月累计的起付线不能再写全年起付线上限、转院补差"
        yield (*key, "deductible"), what, "请删去 ceiling、transfer"


def _counted(key: Key, layer: Layer) -> Iterator[Finding]:
    """A way to number stays that no rate hangs on."""
    clauses = [("rate", n, c.later_rate, c.counted) for n, c in enumerate(layer.rate)]
    clauses += [("points", n, c.later_points, c.counted) for n, c in enumerate(layer.points)]
    for aspect, place, later, counted in clauses:
        if counted == "level" and not later:
            what = "没有写第二次住院的比例，按级别数次数（counted）没有用"
            remedy = "请写 later_rate 或 later_points，或删去 counted"
            yield (*key, aspect, place, "counted"), what, remedy


def _steps(key: Key, term: Deductible) -> Iterator[Finding]:
    if term.later and term.later_rate:
        yield key, "later 与 later_rate 只能写一个", "请删去一个"
    if (term.later or term.later_rate) and term.per in ("year", "window"):
        yield key, "每年一次的起付线没有第二次", "请删去 later、later_rate，或改为按次"
    if term.counted == "level" and not (term.later or term.later_rate):
        what = "没有写第二次的起付线，按级别数次数（counted）没有用"
        yield (*key, "counted"), what, "请写 later 或 later_rate，或删去 counted"
    if isinstance(term.amount, int) and term.minimum > term.amount:
        yield key, "最低起付线高于起付线", "请核对两个数字"


def _shares(key: Key, quota: Quota) -> Iterator[Finding]:
    if sum(quota.shares.values()) > 10_000:
        yield (*key, "shares"), "各层份额合计超过 100%", "请核对份额"
    if isinstance(quota.amount, int):
        shared = sum(quota.amount * share for share in quota.shares.values())
        if sum(quota.pays.values()) * FULL + shared > quota.amount * FULL and quota.pays:
            yield (*key, "pays"), "各层所付合计超过定额", "请核对金额"
    if quota.amount == 0:
        yield (*key, "amount"), "定额或限价为 0", "请核对金额"
