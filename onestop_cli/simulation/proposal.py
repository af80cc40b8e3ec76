"""Rules somebody proposes: documents with some values changed, nobody's paper yet and never saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from onestop_cli.county import platform
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.change import file_with, knows, with_changes
from onestop_cli.rulebook.changes import Change, changes
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule, read_toml
from onestop_cli.rulebook.named import Spot, find_spot, spots
from onestop_cli.rulebook.usable import unusable
from onestop_cli.simulation.compare import Governs, Variant

_NOT_TERMS = ("标题", "施行日期", "终止日期")
"""What is no term: it changes nothing for a stay that is tried on."""

Typed = tuple[str, str]
"""A change as typed: key and value."""


@dataclass(frozen=True)
class Proposal:
    """`name`: what the documents go by; `loaded`: as issued; `typed`: what is changed where a document has it."""

    name: str
    loaded: tuple[LoadedRule, ...]
    governs: Governs
    typed: tuple[Typed, ...] = ()

    def changed(self, *more: Typed) -> Proposal:
        """The same with further changes, in place of earlier ones of the same name."""
        kept = (typed for typed in self.typed if typed[0] not in dict(more))
        return replace(self, typed=(*kept, *more))

    def variant(self, today: Sequence[RuleFile]) -> Variant:
        """The rules to try, proved usable like files, and what they change of today's; raises `CannotRun`."""
        loaded = tuple(
            with_changes(one, self._for(one)) if self._for(one) else one for one in self.loaded
        )
        if self.governs != "as-before" and (problems := list(self._unusable(loaded))):
            raise CannotRun(problems)
        files = tuple(one.file for one in loaded)
        name = " + ".join([self.name, *(f"{key}={value}" for key, value in self.typed)])
        return Variant(name, Rulebook(files), self.governs, self._said(today, files))

    def draft(self) -> Variant:
        """The same, only read: for a search over many values."""
        files = (file_with(one, self._for(one)) for one in self.loaded)
        return Variant(self.name, Rulebook(tuple(files)), self.governs)

    def spot(self, key: str) -> tuple[RuleFile, Spot, list[Spot]]:
        """The document and the value in it that `key` names, and all its values; raises `CannotRun`."""
        loaded = next(iter(self._knowing(key)))
        _, table = read_toml(loaded.path, loaded.data)
        return loaded.file, find_spot(loaded.file, table, key), spots(loaded.file, table)

    def _for(self, loaded: LoadedRule) -> list[Typed]:
        """The changes that are for one of the documents."""
        return [typed for typed in self.typed if loaded in self._knowing(typed[0])]

    def _knowing(self, key: str) -> list[LoadedRule]:
        """The documents that have a place for `key`; raises `CannotRun` when there is none."""
        if found := [loaded for loaded in self.loaded if knows(loaded, key)]:
            return found
        problems: list[Problem] = []
        for loaded in self.loaded:
            try:
                find_spot(loaded.file, read_toml(loaded.path, loaded.data)[1], key)
            except CannotRun as error:
                problems += error.problems
        raise CannotRun(problems)

    def _unusable(self, loaded: Sequence[LoadedRule]) -> Iterator[Problem]:
        """What keeps documents from being tried: as for a run, and that two would be for one stay."""
        if self.governs == "by-date":
            yield from unusable(loaded)
            return
        for one in loaded:
            yield from unusable([one])
        if any(_rivals(one.file, other.file) for one, other in combinations(loaded, 2)):
            ids = "、".join(one.file.id for one in loaded)
            yield Problem(
                f"“{self.name}”有 {len(loaded)} 份文件，不知道按哪一份测算：{ids}",
                "请写其中一份的编号；要让各份按自己的施行日期适用，请加 --by-date",
            )

    def _said(self, today: Sequence[RuleFile], files: Sequence[RuleFile]) -> tuple[Change, ...]:
        """What changes, document by document; against today's single one when others are proposed."""
        if self.governs == "as-before":
            pairs = [(one.file, file) for one, file in zip(self.loaded, files, strict=True)]
        else:
            pairs = [(today[0], files[0])] if len(today) == len(files) == 1 else []
        found = (change for old, new in pairs for change in changes(old, new))
        return tuple(change for change in found if change.what not in _NOT_TERMS)


def _rivals(one: RuleFile, other: RuleFile) -> bool:
    """Whether a stay could be governed by both, whatever the day."""
    schemes = platform.schemes(one.scope.schemes), platform.schemes(other.scope.schemes)
    return not all(schemes) or bool(schemes[0] & schemes[1])
