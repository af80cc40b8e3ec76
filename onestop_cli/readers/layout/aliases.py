"""What column headers mean: the alias tables of `aliases.toml`, and headers made comparable."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from onestop_cli.county import platform

Kind = Literal["text", "money", "day", "id"]
Ties = Literal["refuse", "first", "fill", "sum"]

_UNIT = re.compile(
    r"[(\[【<](?:单位:?)?(?:人民币)?(万元|千元|百元|元|角|分)[)\]】>]$|[/:¥]?(?:人民币)?(万元|千元|百元|元)$|¥$"
)
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_OF_WHICH = re.compile(r"^[(]?其中[)]?[:：]?(?=.)")
_ORDINAL = re.compile(
    r"^(?:[(（]?(?:[IVX]{1,4}|\d{1,2}|[一二三四五六七八九十]{1,3})[)）][、.:]?|(?:[IVX]{1,4}|\d{1,2}|[一二三四五六七八九十]{1,3})[、.:])(?=[^\d\W].)"
)
_DUTY = re.compile(r"\((必填|必填项|选填|可选|yyyy.*|格式.*|18位.*|文本.*)\)", re.IGNORECASE)


@dataclass(frozen=True)
class Field:
    """A column a table may have; see the head of `aliases.toml` for what the words mean."""

    id: str
    title: str
    kind: Kind
    ties: Ties
    needed: bool
    spread: bool
    strong: tuple[re.Pattern[str], ...]
    weak: tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Claim:
    """A header means `field`; the smallest `rank` is the surest (0 strong, 1 weak; then the pattern, of which −1 is a
    title of the national platform)."""

    field: str
    rank: tuple[int, int]


@dataclass(frozen=True)
class Aliases:
    """The fields of one table (stays, roster, register) and the headers that are never one of them.

    `exact`: titles and codes (as `platform.word`) that mean a field whatever the patterns say. `known`: headers of
    numbers that are not needed. `idle_days`: headers of days that change no right. `no_shares`: those of
    `known` that are no payer's share and no base of one.
    """

    fields: Mapping[str, Field]
    ignore: tuple[re.Pattern[str], ...]
    known: tuple[re.Pattern[str], ...] = ()
    exact: Mapping[str, str] = field(default_factory=dict)
    idle_days: tuple[re.Pattern[str], ...] = ()
    no_shares: tuple[re.Pattern[str], ...] = ()

    def claim(self, label: str) -> Claim | None:
        """What `label` (tidied) means; strong patterns of any field come before weak ones."""
        if sure := self.exact.get(platform.word(label)):
            return Claim(sure, (0, -1))
        for strength in (0, 1):
            for known in self.fields.values():
                patterns = known.weak if strength else known.strong
                for place, pattern in enumerate(patterns):
                    if pattern.fullmatch(label):
                        return Claim(known.id, (strength, place))
        return None

    def ignored(self, label: str) -> bool:
        return any(pattern.fullmatch(label) for pattern in self.ignore)

    def unneeded(self, label: str) -> bool:
        """Whether a column of numbers under `label` (tidied) is known and not needed: an item of cost, a count …"""
        return (
            self.ignored(label)
            or platform.word(label) in platform.unneeded()
            or self._is_no_money(label)
            or any(pattern.fullmatch(label) for pattern in self.known)
        )

    def counts(self, label: str) -> bool:
        """Whether a column of numbers under `label` (tidied) is a kind of cost, or is counted, dated or numbered."""
        return self._is_no_money(label) or any(p.fullmatch(label) for p in self.no_shares)

    def changes_no_right(self, label: str) -> bool:
        """Whether the days under `label` (tidied) are known to begin and end nothing."""
        return self.ignored(label) or any(days.fullmatch(label) for days in self.idle_days)

    def _is_no_money(self, label: str) -> bool:
        """Whether this is another title of a field that is no amount: area codes in a second column look like money."""
        known = self.fields.get(self.exact.get(platform.word(label), ""))
        return known is not None and known.kind != "money"

    def field_named(self, text: str) -> str | None:
        """The field id of an id or a Chinese title, as `[[layout]] columns` may write it."""
        wanted = text.removesuffix("_fen").removesuffix("_claimed")
        return next((f.id for f in self.fields.values() if wanted in (f.id, f.title)), None)


@cache
def aliases(table: str) -> Aliases:
    """The shipped aliases of `table`: stays, roster or register."""
    content = tomllib.loads(Path(__file__).with_name("aliases.toml").read_text("utf-8"))
    words = content["words"]
    fields = {name: _field(name, entry, words) for name, entry in content[table].items()}
    exact = {**_initials(table), **(platform.fields() if table == "stays" else {})}
    shares = [pattern for kind in ("items", "counts", "days") for pattern in content[kind]]
    known = [*shares, *content["bases"]]
    ignore, idle = (_patterns(content[kind], words) for kind in ("ignore", "days"))
    no_shares = _patterns(shares, words)
    return Aliases(fields, ignore, _patterns(known, words), exact, idle, no_shares)


def _initials(table: str) -> dict[str, str]:
    """Field names of old systems → field: the first letters of the Chinese title (XM is 姓名)."""
    content = tomllib.loads(Path(__file__).with_name("pinyin.toml").read_text("utf-8"))
    named = content.get(table, {}).items()
    return {platform.word(word): field for field, words in named for word in words.split("|")}


def _field(name: str, entry: Mapping[str, Any], words: Mapping[str, str]) -> Field:
    return Field(
        name,
        entry["title"],
        entry.get("kind", "text"),
        entry.get("ties", "refuse"),
        entry.get("needed", False),
        entry.get("spread", False),
        _patterns(entry.get("strong", ()), words),
        _patterns(entry.get("weak", ()), words),
    )


def _patterns(texts: Sequence[str], words: Mapping[str, str]) -> tuple[re.Pattern[str], ...]:
    """The patterns, with the lists of words put in where they are named."""
    return tuple(re.compile(re.sub("<(\\w+)>", lambda m: words[m[1]], text)) for text in texts)


@cache
def tidy(label: str) -> str:
    """A header in half width without blanks, `*`, 其中, what numbers it (1. 一、), unit and form-filling notes."""
    plain = re.sub(r"[\s*#'\"“”‘’_\u200b\ufeff]+", "", unicodedata.normalize("NFKC", label))
    plain = _OF_WHICH.sub("", _ORDINAL.sub("", _DUTY.sub("", plain).strip(":;,.、。-")))
    bare = _UNIT.sub("", plain)
    return bare if len(bare) > 1 else plain


@cache
def without_asides(label: str) -> str:
    """A tidied header without what stands in brackets."""
    return _ASIDE.sub("", label)


@cache
def unit_of(label: str) -> str | None:
    """The unit a header names, (万元) or (元), when it does."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", label))
    match = _UNIT.search(plain)
    return match[1] or match[2] if match else None
