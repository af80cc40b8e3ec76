"""What changed between two documents, in words: `县级补偿比例 55% → 60%`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from onestop_cli.rulebook import words
from onestop_cli.rulebook.clauses import NONE, Clause
from onestop_cli.rulebook.language import Layer, RuleFile
from onestop_cli.rulebook.terms import Axis, Cell, Terms

NOTHING = "无"
NO_SUCH = "没有这一类"
_NEUTRAL = ("不限", "不减", "不提高")


@dataclass(frozen=True)
class Change:
    """`what` (for whom, which term) was `before` in the one document and is `after` in the other; `group`: the
    layer, or the part of the document."""

    group: str
    what: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """One line for people."""
        return f"{self.what} {self.before} → {self.after}"


def changes(old: RuleFile, new: RuleFile) -> list[Change]:
    """Every difference that a stay can feel, and those of the documents themselves."""
    both = _Both(Terms(old), Terms(new))
    return [*_heads(old, new), *_layers(both), *_expenses(both), *_pools(both), *_quotas(both)]


@dataclass(frozen=True)
class _Both:
    """Two documents over all cells that either of them knows."""

    old: Terms
    new: Terms

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        names = dict.fromkeys(axis.name for terms in (self.old, self.new) for axis in terms.axes)
        return tuple(Axis(name, self._values(name)) for name in names)

    def _values(self, name: str) -> tuple[str, ...]:
        found = [a.values for t in (self.old, self.new) for a in t.axes if a.name == name]
        dims = (*self.old.rule.dimension, *self.new.rule.dimension)
        if any(dim.id == name and dim.in_years for dim in dims):
            starts = sorted({int(value.split("-")[0]) for values in found for value in values})
            return tuple(f"{a}-{b - 1}" for a, b in itertools.pairwise([*starts, 151]))
        every = dict.fromkeys(value for values in found for value in values)
        return tuple(sorted(every, key=lambda value: name == "category" and value == NONE))

    @cached_property
    def cells(self) -> list[Cell]:
        names = [axis.name for axis in self.axes]
        grid = itertools.product(*(axis.values for axis in self.axes))
        return [dict(zip(names, values, strict=True)) for values in grid]

    def compare(
        self, group: str, name: str, old: Sequence[Clause], new: Sequence[Clause], *layers: Layer
    ) -> Iterator[Change]:
        """Where the clauses of one term say something else; `layers`: whose entitlement counts."""
        found: dict[tuple[str, str], list[Cell]] = {}
        for cell in self.cells:
            pair = (_said(self.old, old, cell, layers), _said(self.new, new, cell, layers))
            if pair[0] != pair[1]:
                found.setdefault(pair, []).append(cell)
        for (before, after), cells in found.items():
            for who in words.cells(self.axes, cells):
                yield Change(group, _what(who, name), before, after)


def _what(who: str, name: str) -> str:
    if who == words.EVERYONE:
        return name
    return f"{who}：{name}" if "·" in who or len(who) > 6 else f"{who}{name}"


def _said(terms: Terms, clauses: Sequence[Clause], cell: Cell, layers: Sequence[Layer]) -> str:
    """What a document says of one term on a cell, which may have values that it does not know."""
    own = {}
    for axis in terms.axes:
        value = cell[axis.name]
        if axis.name == "category" and axis.values == (NONE,):
            value = NONE
        years = any(d.id == axis.name and d.in_years for d in terms.rule.dimension)
        if value not in axis.values and not years:
            return NO_SUCH
        own[axis.name] = value
    here = [layer for layer in terms.rule.layer if layer.id in {one.id for one in layers}]
    if any(not terms.entitled(layer, own) for layer in here):
        return NOTHING
    fitting = terms.fitting(clauses, own)
    said = words.term(clauses[fitting[0]]) if fitting else NOTHING
    return NOTHING if said in _NEUTRAL else said


def _layers(both: _Both) -> Iterator[Change]:
    old = {layer.id: layer for layer in both.old.rule.layer}
    new = {layer.id: layer for layer in both.new.rule.layer}
    for id_ in dict.fromkeys((*old, *new)):
        before, after = old.get(id_), new.get(id_)
        if before is None or after is None:
            one = before or after
            assert one is not None
            yield Change(one.name, "这一层", *(("有", "取消") if before else ("没有", "新增")))
        else:
            yield from _layer(both, before, after)


def _layer(both: _Both, old: Layer, new: Layer) -> Iterator[Change]:
    said = [
        ("名称", old.name, new.name),
        ("计法", words.kind(old), words.kind(new)),
        ("对象", words.WHO[old.who], words.WHO[new.who]),
    ]
    if old.base and new.base:
        bases = words.base(both.old.rule, old.base), words.base(both.new.rule, new.base)
        said.append(("基数", *bases))
    if old.rounding or new.rounding:
        said.append(("舍入", _rounding(both.old.rule, old), _rounding(both.new.rule, new)))
    yield from (Change(new.name, what, a, b) for what, a, b in said if a != b)
    if old.kind == new.kind and old.regulated and new.regulated:
        for aspect in dict.fromkeys((*old.aspects, *new.aspects)):
            clauses = getattr(old, aspect), getattr(new, aspect)
            yield from both.compare(new.name, words.ASPECTS[aspect], *clauses, old, new)


def _rounding(rule: RuleFile, layer: Layer) -> str:
    return words.rounding(layer.rounding or rule.rounding)


def _expenses(both: _Both) -> Iterator[Change]:
    old = {expense.id: expense for expense in both.old.rule.expense}
    new = {expense.id: expense for expense in both.new.rule.expense}
    for id_ in dict.fromkeys((*old, *new)):
        before, after = (one[id_].share if id_ in one else [] for one in (old, new))
        name = (new.get(id_) or old[id_]).name
        yield from both.compare(name, words.ASPECTS["share"], before, after)


def _pools(both: _Both) -> Iterator[Change]:
    old = {pool.id: pool for pool in both.old.rule.pool}
    new = {pool.id: pool for pool in both.new.rule.pool}
    for id_ in dict.fromkeys((*old, *new)):
        before, after = (one[id_].cap if id_ in one else [] for one in (old, new))
        name = (new.get(id_) or old[id_]).name
        yield from both.compare(name, words.ASPECTS["pool"], before, after)


def _quotas(both: _Both) -> Iterator[Change]:
    rules = both.old.rule, both.new.rule
    named = (d for rule in rules for q in rule.quota for d in q.diseases or [words.diseases(q)])
    for disease in dict.fromkeys(named):
        before, after = (
            [q for q in rule.quota if disease in (q.diseases or [words.diseases(q)])]
            for rule in rules
        )
        yield from both.compare("单病种", disease, before, after)


def _heads(old: RuleFile, new: RuleFile) -> Iterator[Change]:
    for what, before, after in zip(_HEADS, _head(old), _head(new), strict=True):
        if before != after:
            yield Change("文件", what, before, after)


_HEADS = ("标题", "施行日期", "终止日期", "适用政策的日期", "归入年度的日期", "核对身份的日期",
          "机构级别", "险种", "对象类别", "没有待遇的类别", "一人多类", "舍入")  # fmt: skip


def _head(rule: RuleFile) -> tuple[str, ...]:
    basis, scope = rule.basis, rule.scope
    return (
        rule.title,
        str(rule.effective.from_),
        str(rule.effective.to or "不限"),
        words.DAYS[basis.governing_date],
        words.DAYS[basis.benefit_year],
        words.DAYS[basis.roster_day],
        "、".join(words.value("level", level) for level in scope.levels),
        "、".join(scope.schemes) or "不限",
        "、".join(rule.categories.priority) or NOTHING,
        "、".join(rule.categories.no_right) or NOTHING,
        words.OVERLAPS[rule.categories.overlap],
        words.rounding(rule.rounding),
    )
