"""The national insurance platform's fields and codes, as data: what a title means, and what a coded value says."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("platform.toml").read_text("utf-8"))


def word(text: str) -> str:
    """What of a title or value is compared: half width, no blanks, quotes or underscores, any case."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\"'“”‘’_*·]+", "", plain).casefold()


@cache
def fields() -> Mapping[str, str]:
    """Title or code, as `word` → our field of the table of stays."""
    return {
        word(name): entry["field"]
        for code, entry in _table()["field"].items()
        if "field" in entry
        for name in (code, *entry["names"])
    }


@cache
def unneeded() -> Mapping[str, str]:
    """Title or code, as `word` → why nothing is lost when the column is not read."""
    return {
        word(name): entry["unneeded"]
        for code, entry in _table()["field"].items()
        if "unneeded" in entry
        for name in (code, *entry["names"])
    }


@cache
def _titles() -> Mapping[str, frozenset[str]]:
    """Title or code, as `word` → every title and code of the same field of the platform, as `word`."""
    found: dict[str, frozenset[str]] = {}
    for code, entry in _table()["field"].items():
        same = frozenset(word(name) for name in (code, *entry["names"]))
        found |= {name: found.get(name, frozenset()) | same for name in same}
    return found


def titles(named: Iterable[str]) -> frozenset[str]:
    """Every way to head a column of one of the titles in `named`, as `word`."""
    plain = {word(title) for title in named}
    return frozenset().union(plain, *(_titles().get(title, ()) for title in plain))


@cache
def _codes(kind: str) -> Mapping[str, str]:
    """Code or word, as `word` → code of one table of values."""
    values = _table()["values"][kind]
    return {word(name): code for code, names in values.items() for name in (code, *names)}


def code(kind: str, text: str | None) -> str | None:
    """The code of a value of `kind` (insutype, psn_type …), written as the code or in words; None when unknown."""
    if not text:
        return None
    known, plain = _codes(kind), word(text)
    bare = re.sub(r"^0+(?=\d)", "", plain)
    return known.get(plain) or known.get(bare)


def first_word(kind: str, text: str | None) -> str | None:
    """The first word for a value of `kind`; a text that is none of its codes as it is."""
    found = code(kind, text)
    return _table()["values"][kind][found][0] if found else text


def spellings(kind: str, text: str) -> frozenset[str]:
    """Everything that says the same as `text`, itself included."""
    found = code(kind, text)
    return frozenset({text, *(_table()["values"][kind][found] if found else ()), found or text})


def schemes(named: Iterable[str]) -> frozenset[str]:
    """Every way to say one of the insurances in `named`: words and codes (390, 居民医保, 城乡居民基本医疗保险 …)."""
    return frozenset().union(*(spellings("insutype", text) for text in named))


def insured_kind(text: str | None) -> str | None:
    """The insutype code that a 人员类别 (在职, 居民成年, 1403 …) stands under; None for any other text."""
    said = {code("psn_type", text), word(text or "")}
    return next((kind for kind, types in _table()["insured"].items() if said & {*types}), None)


def inpatient(text: str | None) -> bool | None:
    """Whether a 医疗类别 or 就诊类型 is a stay in hospital; None when its text does not say."""
    if not text:
        return None
    table, plain = _table()["inpatient"], word(text)
    if plain.isdecimal():
        return _by_code(plain, table)
    if any(phrase in plain for phrase in table["but"]):
        return True
    if any(phrase in plain for phrase in table["not_words"]):
        return False
    return True if any(phrase in plain for phrase in table["words"]) else None


def _by_code(number: str, table: Mapping[str, Any]) -> bool | None:
    found = [(len(head), True) for head in table["codes"] if number.startswith(head)]
    found += [(len(head), False) for head in table["not_codes"] if number.startswith(head)]
    return max(found)[1] if found else None
