"""A document damaged clause by clause, and whether `rules check` tells."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from onestop_cli.rulebook import check
from onestop_cli.rulebook.check.parts import parts
from onestop_cli.rulebook.clauses import Clause
from onestop_cli.rulebook.faults import Key
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule, read_toml


def told_without(whole: LoadedRule) -> Iterator[tuple[Key, bool]]:
    """For every clause: its key, and whether its absence is told."""
    for key, table, clauses in _each_clause(whole):
        del clauses[int(key[-1])]
        yield key, _told(whole, table)


def told_doubled(whole: LoadedRule) -> Iterator[tuple[Key, bool]]:
    """For every clause: its key, and whether it is told when it stands there twice."""
    for key, table, clauses in _each_clause(whole):
        clauses.append(clauses[int(key[-1])])
        yield key, _told(whole, table)


def _each_clause(whole: LoadedRule) -> Iterator[tuple[Key, dict[str, Any], list[Any]]]:
    """The key of every clause, a fresh table of the document, and in it the list that holds the clause."""
    original = read_toml(whole.path, whole.data)[1]
    for key, part in parts(whole.file):
        if isinstance(part, Clause):
            table = copy.deepcopy(original)
            yield key, table, _at(table, key[:-1])


def _at(table: Any, key: Key) -> list[Any]:
    for step in key:
        table = table[step]
    assert isinstance(table, list)
    return table


def _told(whole: LoadedRule, table: dict[str, Any]) -> bool:
    """A table that is no document any more is told as well."""
    try:
        rule = RuleFile.model_validate(table)
    except ValidationError:
        return True
    return bool(check.problems([LoadedRule(rule, whole.path, whole.sha256, whole.data)]))
