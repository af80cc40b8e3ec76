"""Whether documents can settle a run: no number left to fill, no gap, no overlap, alone or with each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, permutations
from typing import Any

from onestop_cli.county import platform
from onestop_cli.errors import Problem
from onestop_cli.rulebook.check import broken, same_ids, to_fill
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule


def unusable(rules: Sequence[LoadedRule]) -> list[Problem]:
    """Everything for which a run with `rules` must not begin."""
    problems = [problem for rule in rules for problem in _alone(rule)]
    problems += same_ids(rules)
    problems += _read_differently(rules)
    problems += _shared_twice(rules)
    for one, other in combinations(rules, 2):
        if _meet(one.file, other.file):
            problems.append(
                Problem(
                    f"政策文件 {one.file.id} 与 {other.file.id} 的有效期重叠，同一笔住院会有两个标准",
                    "请只选其一，或在前一份文件中写上终止日期",
                    other.path.name,
                )
            )
    return problems


def _alone(rule: LoadedRule) -> Iterator[Problem]:
    if blanks := len(to_fill(rule)):
        yield Problem(
            f"政策文件还有 {blanks} 处待填（to-fill）",
            f"请按本县文件填好再用；运行 onestop rules check {rule.file.id} 看是哪几处",
            rule.path.name,
        )
    yield from broken(rule)


def _read_differently(rules: Sequence[LoadedRule]) -> Iterator[Problem]:
    """Conditions of one id that documents take from different tables: a stay has one value under it."""
    sources: dict[str, tuple[str, LoadedRule]] = {}
    for rule in rules:
        for dimension in rule.file.dimension:
            source, first = sources.setdefault(dimension.id, (dimension.source, rule))
            if source != dimension.source:
                what = f"维度“{dimension.id}”与 {first.file.id} 的取自不同的表"
                yield Problem(what, "请给其中一份的维度另取编号", rule.path.name)


def _shared_twice(rules: Sequence[LoadedRule]) -> Iterator[Problem]:
    """Layers that one document limits together with others and another by the household: a run has both for all."""
    for one, other in permutations(rules, 2):
        pooled = {layer: pool.id for pool in one.file.pool for layer in pool.layers}
        for layer in other.file.layer:
            pool = pooled.get(layer.part_of or layer.id)
            if pool and layer.household_cap:
                what = f"“{layer.name}”有全户年度限额，政策文件 {one.file.id} 又把它放进共用限额“{pool}”"
                yield Problem(what, "一次核对里两样不能都有，请分开核对", other.path.name)


def _meet(one: RuleFile, other: RuleFile) -> bool:
    """Whether a stay could be governed by both."""
    mine, theirs = one.effective, other.effective
    apart = (mine.to or date.max) < theirs.from_ or (theirs.to or date.max) < mine.from_
    schemes = platform.schemes(one.scope.schemes), platform.schemes(other.scope.schemes)
    return not apart and (not all(schemes) or bool(schemes[0] & schemes[1]))


def same_terms(one: RuleFile, other: RuleFile) -> bool:
    """Whether two documents say the same, apart from the last day, which may be written in later."""
    return bool(_without_end(one) == _without_end(other))


_WORDS = {"quote", "summary", "cite", "reading", "assumed", "inherited"}
"""Where a number comes from; a better quotation changes no amount."""


def _without_end(file: RuleFile) -> Any:
    said = file.model_dump(exclude={"effective": {"to", "assumed_ends"}})
    return _without_words(
        {k: v for k, v in said.items() if k not in ("status", "source", "amends")}
    )


def _without_words(said: Any) -> Any:
    if isinstance(said, list):
        return [_without_words(part) for part in said]
    if isinstance(said, dict):
        return {k: _without_words(v) for k, v in said.items() if k not in _WORDS}
    return said
