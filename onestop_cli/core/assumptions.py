"""What is tried where an amount differs: the ways in which hospitals reckon wrongly, likeliest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from onestop_cli.core.settle.formula import Parameters
from onestop_cli.core.stated import INSURANCE
from onestop_cli.core.whatif import Assumption
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.checkable import lessened
from onestop_cli.rulebook.terms import NO_LIMIT

HABITUAL_DEDUCTIBLES = tuple(yuan * 100 for yuan in (50, 100, 150, 200, 250, 300, 400, 500, 600))
"""起付线 that hospitals go on charging where a document has done away with them, in fen."""

CUSTOMARY_POINTS = (500, 1000)
"""百分点 that documents of the kind add for groups and institutions, or take off."""

UNREFERRED_POINTS = (1500, 2000)
"""百分点 that insurances take off for going elsewhere unreferred; in aid they are another category's rate."""

ROUNDINGS: Mapping[str, Mapping[str, int]] = {
    "truncate": {"round_cut": 1},
    "jiao": {"round_unit": 10},
    "yuan": {"round_unit": 100},
    "jiao-truncate": {"round_unit": 10, "round_cut": 1},
    "yuan-truncate": {"round_unit": 100, "round_cut": 1},
}

PLAIN = ("upstream", "cap-ignored")
"""What needs no other stay to be believed beside another cause: there is no number in it to choose."""

_MOST_STATED = 50
"""More different deductibles than any document has are typing slips, and not tried."""


def singles(book: Rulebook, step: Step, rows: pl.DataFrame) -> list[Assumption]:
    """Everything that is tried alone; `rows` are the stays that differ, whose lists may state deductibles."""
    return [*assumptions(book, step), *_stated(rows, step)]


def assumptions(book: Rulebook, step: Step) -> Iterator[Assumption]:
    """What the documents and the trade's habits suggest. Plain habits come before rare kinds of people."""
    yield from upstream(book, step)
    yield from roundings()
    params = Parameters.of_book(book, step.id)
    yield from _no_steps(params)
    if params.bands > 1:
        yield Assumption("bands:whole", instead={"whole": 1})
        yield Assumption("bands:progressive", instead={"whole": 0})
    yield from _levels(book, params)
    yield from _conditions(book, step)
    yield Assumption("base:total", instead={"from_total": 1})
    yield Assumption("base:eligible", instead={"from_total": 0})
    yield Assumption("deductible-after", after=True)
    yield from _omissions(book, step)
    for points in _points(book, step):
        yield Assumption("bonus", shift=points)
    yield Assumption("ordinary", book.as_ordinary())
    for category, terms in book.elsewhere("category").items():
        yield Assumption(f"category:{category}", terms)
    for rule, terms in book.other_documents().items():
        yield Assumption(f"rule:{rule}", terms)
    yield Assumption("floor", instead={"floor_rate": params.greatest("floor_stated")})
    yield from _deductibles(params, () if step.layer in book.waived else HABITUAL_DEDUCTIBLES)
    for level, terms in book.elsewhere("level").items():
        yield Assumption(f"level:{level}+deductible", terms, instead=_charging(params, 0))
    yield Assumption("cap-ignored", instead={"cap": NO_LIMIT})


def upstream(book: Rulebook, step: Step) -> Iterator[Assumption]:
    """The hospital's own amounts of earlier layers, where there are any."""
    if book.steps.index(step):
        yield Assumption("upstream", upstream=True)


def roundings() -> Iterator[Assumption]:
    """Other units and modes than the document's."""
    for mode, instead in ROUNDINGS.items():
        yield Assumption(f"rounding:{mode}", instead=instead)


def _no_steps(params: Parameters) -> Iterator[Assumption]:
    """To the fen where the document says whole units, and a base that is not taken in whole units."""
    if params.has("round_unit", 1):
        yield Assumption("rounding:fen", instead={"round_unit": 1, "round_cut": 0})
    if params.has("base_round_unit", 1):
        yield Assumption("rounding:base", instead={"base_round_unit": 1})


def _levels(book: Rulebook, params: Parameters) -> Iterator[Assumption]:
    """Another level's rate: with its deductible, and with the stay's own."""
    for level, terms in book.elsewhere("level").items():
        yield Assumption(f"level:{level}", terms)
        yield Assumption(f"level:{level}", terms, own=True)


def _conditions(book: Rulebook, step: Step) -> Iterator[Assumption]:
    """A stay taken for one of another kind (未备案 …), where rates are folded or raised by it."""
    layers = [layer for rule in book.rules for layer in rule.layer if layer.id == step.id]
    clauses = (clause for layer in layers for clause in (*layer.factor, *layer.points))
    kinds = {dim.id for rule in book.rules for dim in rule.dimension if not dim.in_years}
    for name in dict.fromkeys(name for clause in clauses for name in clause.when if name in kinds):
        for value, terms in book.elsewhere(name).items():
            yield Assumption(f"condition:{value}", terms)


def _omissions(book: Rulebook, step: Step) -> Iterator[Assumption]:
    """What the base should be lessened by, left on it: an earlier layer's payment, or an expense."""
    for less in lessened(book, step):
        if less in book.layers:
            yield Assumption(f"omitted:{less}", without=less)
        else:
            yield Assumption(f"omitted:{less}", instead={f"less_{less}": 0})


def _points(book: Rulebook, step: Step) -> list[int]:
    """Points to add or leave out, the smallest first: those of the documents, and customary ones."""
    written = {int(p) for p in book.table[f"{step.id}.points"].unique() if p}
    written |= _of_later_stays(book, step)
    unreferred = UNREFERRED_POINTS if book.layer(step.id).who == "all" else ()
    customary = written.union(CUSTOMARY_POINTS, unreferred)
    both = {sign * points for points in customary for sign in (-1, 1)}
    return sorted(both, key=lambda points: (abs(points), points))


def _of_later_stays(book: Rulebook, step: Step) -> set[int]:
    """How much the rate of a second, third … stay is above or below that of the first, where documents have such."""
    head = f"{step.id}.rate_"
    later = [name for name in book.table.columns if name.startswith(head) and "_at_" in name]
    apart = (book.table[name] - book.table[name.partition("_at_")[0]] for name in later)
    return {abs(int(points)) for series in apart for points in series.unique() if points}


def _charging(params: Parameters, amount: int) -> dict[str, int]:
    """The same deductible for every stay of the year."""
    return {f"deductible_{n}": amount for n in range(1, params.deductible_steps + 1)}


def _deductibles(params: Parameters, habitual: Sequence[int]) -> Iterator[Assumption]:
    """Another deductible, none, or that of the year once more."""
    for amount in [*_written(params), *habitual]:
        yield Assumption("deductible", instead=_charging(params, amount))
    if params.has("deductible_year", 0):
        yield Assumption("deductible", instead={"deductible_year": 0})


def _written(params: Parameters) -> list[int]:
    """None, and every deductible that a document has for this step."""
    columns = [f"{params.step}.deductible_{n}" for n in range(1, params.deductible_steps + 1)]
    written = {int(amount) for column in columns for amount in params.table[column].unique()}
    return sorted({0} | written)


def _stated(rows: pl.DataFrame, step: Step) -> Iterator[Assumption]:
    """The deductibles that the exports themselves state."""
    if step.id == INSURANCE:
        for amount in rows["deductible_stated_fen"].drop_nulls().unique().sort().head(_MOST_STATED):
            yield Assumption("deductible", instead={"deductible_1": amount})


def pairs(alone: Sequence[Assumption]) -> Iterator[Assumption]:
    """Two changes at once; the second is one that goes with any first, or a deductible with another rate."""
    second = [a for a in alone if a.token in {*PLAIN, "bands:whole", "deductible-after"}]
    second += [a for a in alone if a.token.startswith(("rounding:", "base:"))]
    for number, other in enumerate(second):
        for first in alone:
            if first.token not in {a.token for a in second[: number + 1]}:
                yield first + other
    rates = [a for a in alone if a.token == "ordinary" or a.token.startswith("level:")]
    charged = [a for a in alone if a.token == "deductible"]
    for rate in rates:
        if "+" not in rate.token and not rate.own:
            yield from (rate + other for other in charged)
