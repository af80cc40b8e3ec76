"""Exactly one clause for every kind of stay: gaps, overlaps, clauses for nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onestop_cli.rulebook import words
from onestop_cli.rulebook.check.parts import Finding, clause_name, parts
from onestop_cli.rulebook.clauses import Clause
from onestop_cli.rulebook.faults import Key
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.terms import Cell, Fault, Terms


def coverage(rule: RuleFile) -> Iterator[Finding]:
    """Cells with no clause or several, and clauses for no cell, each once for all the cells it concerns."""
    terms = Terms(rule)
    together: dict[tuple[str, str, tuple[int, ...]], list[Cell]] = {}
    for fault in terms.faults():
        together.setdefault((fault.layer, fault.aspect, fault.clauses), []).append(fault.cell)
    for (layer, aspect, clauses), cells in together.items():
        fault = Fault(rule.id, layer, aspect, cells[0], clauses)
        yield from _gap_or_overlap(rule, terms, fault, cells)
    yield from _idle(rule, terms)
    yield from _quota_coverage(rule, terms)


def _gap_or_overlap(
    rule: RuleFile, terms: Terms, fault: Fault, cells: Sequence[Cell]
) -> Iterator[Finding]:
    key, name = _aspect_key(rule, fault)
    where = "；".join(words.cells(terms.axes, cells))
    if not fault.clauses:
        yield key, f"{name}没有条款适用于：{where}", "请补一条，或放宽一条的 when"
        return
    numbers = "、".join(f"第 {number + 1} 条" for number in fault.clauses)
    yield (*key, fault.clauses[-1]), f"{name}的{numbers}都适用于：{where}", "只能有一条适用"


def _aspect_key(rule: RuleFile, fault: Fault) -> tuple[Key, str]:
    """The list of clauses a fault is about, and its name in words."""
    kinds = {"pool": ("pool", "cap"), "share": ("expense", "share")}
    table, aspect = kinds.get(fault.aspect, ("layer", fault.aspect))
    for number, part in enumerate(getattr(rule, table)):
        if part.id == fault.layer:
            return (table, number, aspect), f"{part.name}{words.ASPECTS[fault.aspect]}"
    raise KeyError(fault.layer)


def _idle(rule: RuleFile, terms: Terms) -> Iterator[Finding]:
    """Clauses that fit no stay the layer is open to."""
    layers = dict(enumerate(rule.layer))
    for key, part in parts(rule):
        if not isinstance(part, Clause):
            continue
        layer = layers[int(key[1])] if key[0] == "layer" else None
        open_ = (c for c in terms.cells if layer is None or terms.entitled(layer, c))
        if not any(terms.fits(part, cell) for cell in open_):
            yield key, f"{clause_name(rule, key, part)}不适用于任何住院", "请改 when，或删去这一条"


def _quota_coverage(rule: RuleFile, terms: Terms) -> Iterator[Finding]:
    """Every disease of the 单病种 list has exactly one quota on every stay, and all others at most one."""
    others = [""] if any(not quota.diseases for quota in rule.quota) else []
    for disease in [*rule.quota_diseases, *others]:
        bare: list[Cell] = []
        double: dict[tuple[int, ...], list[Cell]] = {}
        for cell in terms.cells:
            found = tuple(
                number
                for number, quota in enumerate(rule.quota)
                if disease in (quota.diseases or [""]) and terms.fits(quota, cell)
            )
            if not found and disease:
                bare.append(cell)
            elif len(found) > 1:
                double.setdefault(found, []).append(cell)
        if bare:
            where = "；".join(words.cells(terms.axes, bare))
            yield ("quota_diseases",), f"“{disease}”没有单病种条款适用于：{where}", "请补一条"
        for numbers, cells in double.items():
            text = "、".join(f"第 {number + 1} 条" for number in numbers)
            where = "；".join(words.cells(terms.axes, cells))
            name = f"“{disease}”" if disease else "不论病种的"
            yield ("quota", numbers[-1]), f"{name}{text}都适用于：{where}", "只能有一条适用"
