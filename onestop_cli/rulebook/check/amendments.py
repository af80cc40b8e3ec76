"""Documents that change an earlier one in part: what they do not mention stands as it stood, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onestop_cli.errors import Problem
from onestop_cli.rulebook import words
from onestop_cli.rulebook.check.parts import Finding, clause_name, parts
from onestop_cli.rulebook.clauses import Cited, Clause
from onestop_cli.rulebook.faults import Key, key_name, row_of
from onestop_cli.rulebook.language import Layer, RuleFile
from onestop_cli.rulebook.library import LoadedRule, load_rule
from onestop_cli.rulebook.terms import Axis, Cell, Terms

_NOT_COMPARED = {"when", "inherited", "reading", "cite"}
_REMEDY = "沿用的要与原文件一样；改了的写自己的引文"


def amendments(loaded: Sequence[LoadedRule]) -> Iterator[Problem]:
    """Whatever an amending document says it has from an earlier one, and that one does not say so."""
    for one in loaded:
        for key, what, remedy in _findings(one, loaded):
            place = key_name(key, one.file.model_dump(by_alias=True))
            yield Problem(f"{place}：{what}", remedy, str(one.path), row=row_of(one.text, key))


def _findings(one: LoadedRule, loaded: Sequence[LoadedRule]) -> Iterator[Finding]:
    rule = one.file
    if not rule.amends:
        for key, part in parts(rule):
            if part.inherited:
                what = "写了沿用（inherited），但文件没有写修改哪一份（amends）"
                yield (*key, "inherited"), what, "请写 amends，或删去 inherited"
        return
    before = _amended(one, loaded)
    if before is None:
        remedy = "请写前一份文件的编号，两份文件放在同一个文件夹"
        yield ("amends",), f"找不到被修改的文件“{rule.amends}”", remedy
    elif before.effective.from_ >= rule.effective.from_:
        yield ("amends",), f"{before.id} 的起日不早于本文件", "只能修改更早的文件"
    else:
        yield from _plain(rule, before)
        for number, layer in enumerate(rule.layer):
            yield from _layer(rule, before, number, layer)


def _amended(one: LoadedRule, loaded: Sequence[LoadedRule]) -> RuleFile | None:
    """The amended document: among those at hand, else the file beside this one."""
    for other in loaded:
        if other.file.id == one.file.amends:
            return other.file
    path = one.path.with_name(f"{one.file.amends}.toml")
    return load_rule(path).file if path.is_file() else None


def _plain(rule: RuleFile, before: RuleFile) -> Iterator[Finding]:
    """Inherited parts that are no clauses: basis, categories, the base of a layer."""
    earlier = {key: part for key, part in parts(before) if not isinstance(part, Clause)}
    for key, part in parts(rule):
        kept = part.inherited and not isinstance(part, Clause)
        if kept and not _same(part, earlier.get(key), before):
            yield key, f"与 {before.id} 的不同", _REMEDY


def _layer(rule: RuleFile, before: RuleFile, number: int, layer: Layer) -> Iterator[Finding]:
    """A layer's terms of the earlier document: none is lost, and those that are inherited give what they gave, wherever
    the earlier one had such stays (it may have known no village clinics)."""
    was = next((other for other in before.layer if other.id == layer.id), None)
    for aspect in (
        aspect for aspect in (was.aspects if was else ()) if aspect not in layer.aspects
    ):
        what = f"{layer.name}漏了 {before.id} 的{words.ASPECTS[aspect]}"
        yield ("layer", number, "also"), what, "没有提到的条款仍然有效，请沿用，或写明取消"
    terms, earlier = Terms(rule), Terms(before)
    for aspect in layer.aspects:
        for place, clause in enumerate(getattr(layer, aspect)):
            fits = [c for c in terms.cells if terms.fits(clause, c) and terms.entitled(layer, c)]
            known = [c for c in fits if _projected(c, earlier.axes) is not None]
            for cell in (known or fits) if clause.inherited else ():
                if not _same(clause, _clause(earlier, was, aspect, cell), before):
                    where = "；".join(words.cells(terms.axes, [cell]))
                    key: Key = ("layer", number, aspect, place)
                    what = f"{clause_name(rule, key, clause)}与 {before.id} 的不同：{where}"
                    yield key, what, _REMEDY
                    break


def _clause(terms: Terms, layer: Layer | None, aspect: str, cell: Cell) -> Clause | None:
    """The clause of the earlier document that a stay of `cell` had there."""
    there = _projected(cell, terms.axes)
    if layer is None or there is None or not terms.entitled(layer, there):
        return None
    clauses: Sequence[Clause] = getattr(layer, aspect)
    return next((clauses[n] for n in terms.fitting(clauses, there)), None)


def _projected(cell: Cell, axes: Sequence[Axis]) -> Cell | None:
    """The cell of the earlier document in which a stay of `cell` was; None where it had none."""
    found = {}
    for axis in axes:
        value = cell.get(axis.name, "")
        fits = [v for v in axis.values if v == value or _within(value, v)]
        if not fits:
            return None
        found[axis.name] = fits[0]
    return found


def _within(value: str, other: str) -> bool:
    """Whether an age span lies in another one."""
    spans = [text.split("-") for text in (value, other)]
    if not all(len(span) == 2 and all(end.isdigit() for end in span) for span in spans):
        return False
    (first, last), (low, high) = ([int(end) for end in span] for span in spans)
    return low <= first and last <= high


def _same(part: Cited, old: Cited | None, before: RuleFile) -> bool:
    """The same numbers and the same sentence, and the document that first said it."""
    if old is None or part.inherited != (old.inherited or before.id):
        return False
    return part.model_dump(exclude=_NOT_COMPARED) == old.model_dump(exclude=_NOT_COMPARED)
