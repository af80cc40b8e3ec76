"""补偿标准 of a run's documents as plain rows of text, for statements and notices."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.rulebook import words
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.clauses import Clause, LayerCap
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
    said += [
        (clause, f"每人{_span(clause)}最高 {words.limit(clause.amount)}", "")
        for clause in layer.cap
        if isinstance(clause.amount, int)
    ]
    for clause, terms, base in said:
        yield {
            "layer": layer.part_of or layer.id,
            "layer_name": layer.name,
            "who": words.who(clause),
            "terms": terms,
            "base": base,
            "document": book_title(rule),
            "quote": clause.quote,
        }


def _span(cap: LayerCap) -> str:
    return f"连续 {cap.months} 个月" if cap.months else "每年"


def book_title(rule: RuleFile) -> str:
    """A document's own name and number; its title here is ours."""
    name = rule.source.document or rule.title
    return name + (f"（{rule.source.number}）" if rule.source.number else "")
