"""The cited parts of a document with the key each stands under."""

from __future__ import annotations

from collections.abc import Iterator

from onestop_cli.rulebook import words
from onestop_cli.rulebook.clauses import Cited, Clause, Quota
from onestop_cli.rulebook.faults import Key
from onestop_cli.rulebook.language import ASPECTS, OPTIONAL, Layer, RuleFile

Finding = tuple[Key, str, str]
"""Where in the file, what is wrong, what to do."""


def parts(rule: RuleFile) -> Iterator[tuple[Key, Cited]]:
    """Every cited part of a document with its key, clauses of layers, pools, expenses and quotas included; dimensions
    only where they cite something."""
    yield from ((("effective",), rule.effective), (("basis",), rule.basis))
    yield from ((("categories",), rule.categories), (("rounding",), rule.rounding))
    for number, dimension in enumerate(rule.dimension):
        if dimension.sentence:
            yield ("dimension", number), dimension
    for name in ("layer", "expense", "pool"):
        for number, whole in enumerate(getattr(rule, name)):
            if isinstance(whole, Layer) and whole.base:
                yield (name, number, "base"), whole.base
            if isinstance(whole, Layer) and whole.base and whole.base.rounding:
                yield (name, number, "base", "rounding"), whole.base.rounding
            if isinstance(whole, Layer) and whole.rounding:
                yield (name, number, "rounding"), whole.rounding
            for aspect in (*ASPECTS, *OPTIONAL, "share"):
                for place, clause in enumerate(getattr(whole, aspect, ())):
                    yield (name, number, aspect, place), clause
    for number, quota in enumerate(rule.quota):
        yield ("quota", number), quota


def clause_name(rule: RuleFile, key: Key, part: Cited) -> str:
    """`新农合补偿起付线（乡级）`"""
    if not isinstance(part, Clause):
        return ""
    if isinstance(part, Quota):
        return f"{words.quota_name(part)} {words.diseases(part)}（{words.who(part)}）"
    whole = getattr(rule, str(key[0]))[key[1]]
    return f"{whole.name} · {words.ASPECTS[str(key[2])]}（{words.who(part)}）"
