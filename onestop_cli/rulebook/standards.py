"""补偿标准 of a run's documents as plain rows of text, for statements and notices."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.money import rate_text, yuan
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.language import Clause, Layer, RateClause, RuleFile
from onestop_cli.schema import LEVELS


def standards(book: Rulebook) -> list[dict[str, str]]:
    """One row per clause that people are told: layer, layer_name, who, terms, document, quote."""
    return [row for rule in book.rules for layer in rule.computed for row in _rows(rule, layer)]


def _rows(rule: RuleFile, layer: Layer) -> Iterator[dict[str, str]]:
    said = [(clause, _rate(clause)) for clause in layer.rate]
    said += [
        (clause, f"每人每年最高 {yuan(clause.amount)} 元")
        for clause in layer.cap
        if isinstance(clause.amount, int)
    ]
    for clause, terms in said:
        yield {
            "layer": layer.part_of or layer.id,
            "layer_name": layer.name,
            "who": who(clause),
            "terms": terms,
            "document": book_title(rule),
            "quote": clause.quote,
        }


def book_title(rule: RuleFile) -> str:
    """A document's title and number."""
    return rule.title + (f"（{rule.source.number}）" if rule.source.number else "")


def who(clause: Clause) -> str:
    """For whom a clause is, in words: `乡级 · 一类`; everyone is 全部对象."""
    words = {**LEVELS, "any": "救助对象", "none": "其他参保人员"}
    parts = []
    for wanted in clause.when.values():
        if isinstance(wanted, list):
            parts.append("、".join(words.get(value, value) for value in wanted))
        else:
            parts.append(f"{wanted.from_}—{wanted.to} 周岁")
    return " · ".join(parts) or "全部对象"


def _rate(clause: RateClause) -> str:
    if not clause.bands:
        return "来源未载比例" if isinstance(clause.rate, str) else rate_text(clause.rate or 0)
    low, words = 0, []
    for band in clause.bands:
        span = f"{yuan(low)}—{yuan(band.to)} 元" if band.to else f"{yuan(low)} 元以上"
        words.append(f"{span} {rate_text(band.rate)}")
        low = band.to or low
    return "；".join(words)
