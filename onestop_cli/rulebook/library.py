"""The rule files of the house and of the county: found by name, read, checked key by key."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from onestop_cli import resources as places
from onestop_cli.county.toml_words import toml_problem
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.rulebook.faults import key_problems
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.lists import beside, wanted_lists, with_lists

CASES = ".cases.toml"
"""What the name of a cases file ends with, beside the document it tests."""


@dataclass(frozen=True)
class LoadedRule:
    """A document as read, with the file it stands in, and its bytes, lists included, with their sha256."""

    file: RuleFile
    path: Path
    sha256: str
    data: bytes

    @property
    def text(self) -> str:
        """The file as its author sees it."""
        return self.data.decode("utf-8-sig")


def find_rules(names: Sequence[str], county: Path | None = None) -> list[Path]:
    """The documents that `names` stand for, each once, in that order.

    A name is a document's id, a file, a folder, or the name of an area (all its documents). The
    county folder's `rules/` (default: below the working directory) is looked through before the
    shipped packs, so a county's own document wins over a shipped one of the same id. Raises
    `CannotRun` for names that are none.
    """
    found: dict[Path, Path] = {}
    problems = []
    for name in names:
        paths = _matches(name, _roots(county))
        for path in paths:
            found.setdefault(path.resolve(), path)
        if not paths:
            problems.append(_unknown(name, known_rules(county)))
    if problems:
        raise CannotRun(problems)
    return list(found.values())


def known_rules(county: Path | None = None) -> dict[str, Path]:
    """Every document at hand, id → file, the county's own before the shipped ones."""
    known: dict[str, Path] = {}
    for root in _roots(county):
        for path in _documents(root):
            known.setdefault(path.stem, path)
    return known


def all_documents(county: Path | None = None) -> list[Path]:
    """Every file at hand, two of one name in a folder tree both; a shipped one only where the county has none of it."""
    found: list[Path] = []
    for root in _roots(county):
        before = {path.stem for path in found}
        found += [path for path in _documents(root) if path.stem not in before]
    return found


def load_rules(names: Sequence[str], county: Path | None = None) -> tuple[LoadedRule, ...]:
    """The documents that `names` stand for; raises `CannotRun` with the problems of all of them."""
    loaded: list[LoadedRule] = []
    problems: list[Problem] = []
    for path in find_rules(names, county):
        try:
            loaded.append(load_rule(path))
        except CannotRun as error:
            problems += error.problems
    if problems:
        raise CannotRun(problems)
    return tuple(loaded)


def load_rule(path: Path, data: bytes | None = None) -> LoadedRule:
    """One document, from the bytes of `path` or those given; raises `CannotRun` with every key that does not fit the
    language."""
    data = whole(path) if data is None else data
    text, table = read_toml(path, data)
    try:
        rule = RuleFile.model_validate(table)
    except ValidationError as error:
        raise CannotRun(key_problems(path, text, table, error)) from error
    return LoadedRule(rule, path, hashlib.sha256(data).hexdigest(), data)


def whole(path: Path) -> bytes:
    """A document's bytes with the lists beside it that it names: all that a run keeps of it."""
    data = path.read_bytes()
    _, table = read_toml(path, data)
    names = wanted_lists(table)
    return with_lists(path, data, names) if names else data


def lists_of(path: Path) -> list[Path]:
    """The lists beside a document that it names."""
    _, table = read_toml(path)
    return [beside(path, name) for name in wanted_lists(table)]


def read_toml(path: Path, data: bytes | None = None) -> tuple[str, dict[str, Any]]:
    """A TOML file's text and table, decimals exact; raises `CannotRun` when it is none."""
    try:
        text = (path.read_bytes() if data is None else data).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem("文件不是 UTF-8 编码", "请在编辑器中另存为 UTF-8", str(path))
        raise CannotRun([problem]) from error
    try:
        return text, tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise CannotRun([toml_problem(path, text, error)]) from error


def _roots(county: Path | None) -> list[Path]:
    own = (county or Path()) / "rules"
    return [root for root in (own, places.rules_folder()) if root.is_dir()]


def _documents(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*.toml") if not p.name.endswith(CASES))


def _matches(name: str, roots: Sequence[Path]) -> list[Path]:
    path = Path(name)
    if path.is_file():
        return [path]
    if path.is_dir():
        return _documents(path)
    for root in roots:
        documents = _documents(root)
        if hits := [p for p in documents if p.stem == name]:
            return hits
        if hits := [p for p in documents if name in p.relative_to(root).parts[:-1]]:
            return hits
    return []


def _unknown(name: str, known: Mapping[str, Path]) -> Problem:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.7)
    hint = f"是不是 {'、'.join(near)}？" if near else ""
    listing = f"现有：{'、'.join(sorted(known))}" if known else "现在没有任何规则文件"
    return Problem(f"找不到规则“{name}”", f"{hint}请写规则编号、文件或地区名；{listing}")
