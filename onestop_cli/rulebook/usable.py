"""Whether documents can settle a run: no number left to fill, no gap, no overlap, alone or with each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from onestop_cli.errors import Problem
from onestop_cli.rulebook.language import TO_FILL, RuleFile
from onestop_cli.rulebook.library import LoadedRule
from onestop_cli.rulebook.terms import Terms


def unusable(rules: Sequence[LoadedRule]) -> list[Problem]:
    """Everything for which a run with `rules` must not begin; `rules check` says each in full."""
    problems = [problem for rule in rules for problem in _alone(rule)]
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
    blanks = _to_fill(rule.file.model_dump())
    if blanks:
        yield Problem(
            f"政策文件还有 {blanks} 处待填（to-fill）",
            f"请按本县文件填好再用；运行 onestop rules check {rule.file.id} 看是哪几处",
            rule.path.name,
        )
    faults = list(Terms(rule.file).faults())
    if faults:
        first = faults[0]
        what = "没有适用的条款" if not first.clauses else "有不止一条适用"
        where = "、".join(str(value) for value in first.cell.values())
        yield Problem(
            f"政策文件有 {len(faults)} 处空缺或重叠，例如 {first.layer}.{first.aspect} 对“{where}”{what}",
            f"请运行 onestop rules check {rule.file.id}，照提示改正",
            rule.path.name,
        )


def _to_fill(part: Any) -> int:
    """How many values are left to fill."""
    if isinstance(part, dict):
        return sum(_to_fill(value) for value in part.values())
    if isinstance(part, list | tuple):
        return sum(_to_fill(value) for value in part)
    return int(part == TO_FILL)


def _meet(one: RuleFile, other: RuleFile) -> bool:
    """Whether a stay could be governed by both."""
    mine, theirs = one.effective, other.effective
    apart = (mine.to or date.max) < theirs.from_ or (theirs.to or date.max) < mine.from_
    schemes = set(one.scope.schemes), set(other.scope.schemes)
    return not apart and (not all(schemes) or bool(schemes[0] & schemes[1]))
