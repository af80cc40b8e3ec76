"""Proof that documents can be settled by: no gap, no overlap, every number cited, none impossible.

Everything that is wrong comes back at once, as problems with the file, the line and the key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from onestop_cli.errors import Problem
from onestop_cli.rulebook.check import numbers
from onestop_cli.rulebook.check.amendments import amendments
from onestop_cli.rulebook.check.chains import chains
from onestop_cli.rulebook.check.coverage import coverage
from onestop_cli.rulebook.check.names import names
from onestop_cli.rulebook.check.parts import Finding
from onestop_cli.rulebook.check.quotations import unsaid
from onestop_cli.rulebook.faults import key_name, row_of
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule


def problems(loaded: Sequence[LoadedRule]) -> list[Problem]:
    """Everything that keeps these documents, alone and together, from being used."""
    found = [problem for one in loaded for problem in document(one)]
    return [*found, *same_ids(loaded), *chains(loaded), *amendments(loaded)]


def same_ids(loaded: Sequence[LoadedRule]) -> Iterator[Problem]:
    """Documents that share an id: what is settled by it could not be told apart afterwards."""
    first: dict[str, LoadedRule] = {}
    for one in loaded:
        other = first.setdefault(one.file.id, one)
        if other is not one:
            what = f"id：编号“{one.file.id}”与 {other.path} 相同"
            row = row_of(one.text, ("id",))
            yield Problem(what, "请给其中一份另取编号和文件名", str(one.path), row=row)


def document(loaded: LoadedRule) -> Iterator[Problem]:
    """What is wrong in one document. Only a template may have numbers to fill."""
    rule = loaded.file
    found: list[Finding] = []
    if loaded.path.stem != rule.id:
        what = f"编号“{rule.id}”与文件名“{loaded.path.stem}”不同"
        found.append((("id",), what, "请使两者一致"))
    found += _broken(rule) or numbers.impossible(rule)
    found += numbers.citations(rule)
    found += unsaid(rule)
    if rule.status != "template":
        found += numbers.to_fill(rule)
    for finding in found:
        yield _problem(loaded, finding)


def broken(loaded: LoadedRule) -> list[Problem]:
    """What makes it impossible to settle by a document: names that do not exist, gaps, overlaps."""
    return [_problem(loaded, finding) for finding in _broken(loaded.file)]


def contradictions(loaded: LoadedRule) -> list[Problem]:
    """What makes it impossible to settle by a document, else numbers of which one makes another pointless."""
    found = _broken(loaded.file) or list(numbers.impossible(loaded.file))
    return [_problem(loaded, finding) for finding in found]


def _broken(rule: RuleFile) -> list[Finding]:
    return list(names(rule)) or list(coverage(rule))


def to_fill(loaded: LoadedRule) -> list[Problem]:
    """What the county has still to write into the document before it can be used."""
    return [_problem(loaded, finding) for finding in numbers.to_fill(loaded.file)]


def _problem(loaded: LoadedRule, finding: Finding) -> Problem:
    key, what, remedy = finding
    place = key_name(key, loaded.file.model_dump(by_alias=True))
    return Problem(f"{place}：{what}", remedy, str(loaded.path), row=row_of(loaded.text, key))
