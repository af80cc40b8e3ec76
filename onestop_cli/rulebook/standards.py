"""补偿标准 of a run's documents as plain rows of text, for statements and notices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onestop_cli.rulebook import words
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.clauses import Cap, Clause, HouseholdCap, LayerCap, MonthCap
from onestop_cli.rulebook.language import Layer, RuleFile


def standards(book: Rulebook) -> list[dict[str, str]]:
    """One row per clause that people are told: layer, layer_name, who, terms, base, document, quote.

    `base`: the costs that a rate applies to; "" for a limit.
    """
    return [row for rule in book.rules for layer in rule.computed for row in _rows(rule, layer)]


def _rows(rule: RuleFile, layer: Layer) -> Iterator[dict[str, str]]:
    base = words.base(rule, layer.base) if layer.base else ""
    said: list[tuple[Clause, str, str]] = [
        (clause, "；".join(words.bands(clause)) or words.term(clause), base)
        for clause in layer.rate
    ]
    said += [(clause, terms, "") for clause, terms in _limits(layer)]
    for clause, terms, base in said:
        yield {
            "layer": layer.part_of or layer.id,
            "layer_name": layer.name,
            "who": _who(layer, clause),
            "terms": terms,
            "base": base,
            "document": book_title(rule),
            "quote": clause.quote,
        }


def _limits(layer: Layer) -> Iterator[tuple[Clause, str]]:
    """The most that a layer pays: in a year or a window, at once, in a month, for a household."""
    spans: list[tuple[str, Sequence[Cap | MonthCap | HouseholdCap]]] = [
        *((f"每人{_span(cap)}", [cap]) for cap in layer.cap),
        ("每次", layer.stay_cap),
        ("每人每月", layer.month_cap),
        ("每户每年", layer.household_cap),
    ]
    for span, clauses in spans:
        for clause in clauses:
            if isinstance(clause.amount, int):
                yield clause, f"{span}最高 {words.limit(clause.amount)}"


def _who(layer: Layer, clause: Clause) -> str:
    """For whom a clause is; one of a layer that only people on the roster have is nobody else's."""
    said = words.who(clause)
    if layer.who != "roster" or "category" in clause.when:
        return said
    return LISTED if said == words.EVERYONE else f"{said} · {LISTED}"


LISTED = "救助对象"
"""The people on a roster."""


def _span(cap: LayerCap) -> str:
    return f"连续 {cap.months} 个月" if cap.months else "每年"


def book_title(rule: RuleFile) -> str:
    """A document's own name and number; its title here is ours."""
    name = rule.source.document or rule.title
    return name + (f"（{rule.source.number}）" if rule.source.number else "")
