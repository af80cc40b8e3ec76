"""Documents of one area, one after another: no day without a document, no day with two."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from onestop_cli.errors import Problem
from onestop_cli.rulebook.faults import row_of
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule

DAY = timedelta(days=1)


def chains(loaded: Sequence[LoadedRule]) -> Iterator[Problem]:
    """Neighbouring documents of one area and scheme that overlap or leave days between them."""
    told = set()
    for chain in _chains(loaded):
        for before, after in itertools.pairwise(chain):
            pair = (before.file.id, after.file.id)
            what = _between(before.file, after.file)
            if what and pair not in told:
                told.add(pair)
                row = row_of(after.text, ("effective", "from"))
                remedy = "前一份的止日应是后一份起日的前一天"
                yield Problem(f"effective · from：{what}", remedy, str(after.path), row=row)


def _chains(loaded: Sequence[LoadedRule]) -> Iterator[list[LoadedRule]]:
    """The documents of each area and scheme by first day; without schemes a document is for all of them."""
    for area in dict.fromkeys(one.file.area for one in loaded):
        here = [one for one in loaded if one.file.area == area]
        schemes = {scheme for one in here for scheme in one.file.scope.schemes}
        for scheme in sorted(schemes) or [""]:
            fits = [o for o in here if not o.file.scope.schemes or scheme in o.file.scope.schemes]
            yield sorted(fits, key=lambda one: (one.file.effective.from_, one.file.id))


def _between(before: RuleFile, after: RuleFile) -> str:
    """What is wrong between two neighbours, or nothing."""
    last, first = before.effective.to or date.max, after.effective.from_
    if last >= first:
        until = min(last, after.effective.to or date.max)
        end = f"至 {until}" if until < date.max else "起"
        return f"与 {before.id} 重叠：{first} {end}两份文件都有效"
    if last + DAY < first:
        return f"与 {before.id} 之间有空档：{last + DAY} 至 {first - DAY} 没有文件"
    return ""
