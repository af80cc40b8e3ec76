"""Names that mean the same: categories, hospital levels, hospitals. Near names are offered, never assumed."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.county.radicals import without_radicals
from onestop_cli.county.settings import Settings


def key(text: str) -> str:
    """What of a name is compared: half width, no blanks, no quotes, no trailing code such as -7131."""
    half = without_radicals(unicodedata.normalize("NFKC", text))
    plain = re.sub(r"[\s\"'“”‘’·*]+", "", half)
    return re.sub(r"[-_—](\d{3,6})$", "", plain).strip(",.;:、。").casefold()


@cache
def _shipped() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("synonyms.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Names:
    """The synonym tables of a run: shipped ones, with the county's own before them."""

    category: Mapping[str, str]
    level: Mapping[str, str]
    hospital: Mapping[str, str]
    county: str = ""
    township: Mapping[str, str] = field(default_factory=dict)
    village: Mapping[str, str] = field(default_factory=dict)

    def kinds(self, text: str, known: Sequence[str], no_right: Sequence[str] = ()) -> list[str]:
        """The categories of `known` that a cell names, each once; a kind that nobody knows as it is written.

        A cell may name several (特困,低保). Words for none and kinds without a right (`no_right`, the county's and the
        shipped ones) name nothing.
        """
        whole = self._kind(text, known, no_right)
        if whole is not None:
            return [whole] if whole else []
        parts = [part for part in re.split(_AND, text) if part]
        found = [self._kind(part, known, no_right) for part in parts]
        if len(parts) < 2 or all(one is None for one in found):
            return [text.strip()]
        named = (part if one is None else one for part, one in zip(parts, found, strict=True))
        return list(dict.fromkeys(name for name in named if name))

    def _kind(self, text: str, known: Sequence[str], no_right: Sequence[str]) -> str | None:
        """The one category that a text names, "" when it names nothing, None when nobody knows it."""
        if self.says_none(text):
            return ""
        for plain in _plainer(text):
            if found := self.canonical_category(plain, known):
                return found
        nothing = {key(name) for name in (*no_right, *_without_right())}
        said = {key(plain) for plain in _plainer(text)}
        meant = {self.category.get(one) for one in said}
        if said & nothing or key(NO_RIGHT) in meant or _gone().search(key(text)):
            return ""
        return None

    def canonical_category(self, text: str | None, known: Sequence[str]) -> str | None:
        """The one of `known` that `text` means: itself, another name for it, or the only wider or
        narrower class; else None."""
        found = _one_of(text, known, self.category)
        meant = self.category.get(key(text)) if text else None
        if found or not meant:
            return found
        wider = _wider()
        akin = [
            name
            for name in known
            if (other := self.category.get(key(name)))
            and (
                wider.get(meant) == other or (wider.get(other) == meant and meant in _either_way())
            )
        ]
        return akin[0] if len(akin) == 1 else None

    def township_named(self, text: str) -> str:
        """The county's name for a township, else `text` as it is."""
        return self.township.get(key(text), text)

    def village_named(self, text: str, township: str | None) -> str:
        """The county's name for a village of `township`, else `text` as it is."""
        within = f"{key(township)}/{key(text)}" if township else ""
        return self.village.get(within) or self.village.get(key(text), text)

    def with_places(
        self, rows: pl.DataFrame, township: str = "township", village: str = "village"
    ) -> pl.DataFrame:
        """`rows` with the county's names in its columns of places."""
        if not self.township and not self.village:
            return rows
        homes = rows.select(township, village).unique()
        known = {home: self._home(*home) for home in homes.rows()}
        found = [known[home] for home in rows.select(township, village).rows()]
        towns, villages = ([home[n] for home in found] for n in (0, 1))
        return rows.with_columns(
            pl.Series(township, towns, dtype=pl.String),
            pl.Series(village, villages, dtype=pl.String),
        )

    def _home(self, township: str | None, village: str | None) -> tuple[str | None, str | None]:
        town = self.township_named(township) if township else township
        return town, self.village_named(village, town) if village else village

    def says_none(self, text: str | None) -> bool:
        """Whether `text` only says that the person is in no category."""
        return not text or key(text) in _none_words()

    def canonical_level(self, text: str | None) -> str | None:
        """The level id (an id of `LEVELS`) that `text` means, else None."""
        return self.level.get(key(text)) if text else None

    def canonical_hospital(self, text: str | None, known: Sequence[str]) -> str | None:
        """The register name that `text` is: equal, a synonym, or equal after the county's name."""
        found = _one_of(text, known, self.hospital)
        county = key(self.county)
        if found or not text or not county or not key(text).startswith(county):
            return found
        return _one_of(key(text).removeprefix(county), known, self.hospital)


_AND = r"[,，、;；/／+＋|｜\s]+"
"""Between the kinds of one cell."""

NO_RIGHT = "不享受救助"
"""The county's name for kinds that give nothing."""


def _plainer(text: str) -> Iterator[str]:
    """A category as it is written, then without what does not make another kind of it (A类, 分散, a code …)."""
    yield text
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if said := re.fullmatch(r"(.+)\((农村|城市|城镇|城乡)\)", plain):
        yield said[2] + said[1]
    for _ in range(2):
        bare = _asides().sub("", plain)
        if bare == plain or not bare:
            return
        yield bare
        plain = bare


@cache
def _asides() -> re.Pattern[str]:
    words = _shipped()["category"]["asides"]
    ahead = r"^(?:[ABCabc]类?|[一二三甲乙丙][类档]|分散供养|集中供养|分散|集中|新增)(?=..)"
    return re.compile(rf"{ahead}|[(\[【<](?:{words})[)\]】>]|[-_—:,]?(?:{words})$")


@cache
def _gone() -> re.Pattern[str]:
    return re.compile(_shipped()["category"]["gone"])


@cache
def _without_right() -> tuple[str, ...]:
    return tuple(_shipped()["category"]["no_right"])


@cache
def _either_way() -> frozenset[str]:
    return frozenset(key(name) for name in _shipped()["category"]["either_way"]["names"])


def _one_of(text: str | None, known: Sequence[str], table: Mapping[str, str]) -> str | None:
    """The single name in `known` that equals `text`, or has the same canonical name."""
    if not text:
        return None
    wanted = key(text)
    for name in known:
        if key(name) == wanted:
            return name
    meant = table.get(wanted)
    same = [name for name in known if meant and table.get(key(name), key(name)) == meant]
    return same[0] if len(same) == 1 else None


@cache
def _none_words() -> frozenset[str]:
    return frozenset(key(word) for word in _shipped()["category"]["none"])


@cache
def _wider() -> Mapping[str, str]:
    """Comparable canonical name → the wider one it falls under."""
    return {key(n): key(w) for n, w in _shipped()["category"]["wider"].items()}


def names(settings: Settings) -> Names:
    """The synonym tables under `settings`."""
    own = settings.synonyms
    category, level = _shipped_tables()
    return Names(
        category=_joined(category, _table(own.category)),
        level=_joined(level, _table(own.level)),
        hospital=_table(own.hospital),
        county=settings.county.name,
        township=_heads(own.township),
        village=_heads(own.village),
    )


@cache
def _shipped_tables() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Categories and levels as they are shipped; a run asks several times."""
    shipped = _shipped()
    return _table(shipped["category"]["same"]), _table(shipped["level"])


def _table(groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Comparable name → comparable canonical name."""
    return {key(name): key(head) for head, others in groups.items() for name in (head, *others)}


def _heads(groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Comparable name → the name to keep; of `乡镇/村` the names hold within that township."""
    found: dict[str, str] = {}
    for head, others in groups.items():
        town, mark, name = head.rpartition("/")
        within = f"{key(town)}/" if mark else ""
        found |= {within + key(other): name for other in (name, *others)}
    return found


def _joined(shipped: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Both tables; the county's own names come under the shipped canonical name, where there is one."""
    return {**shipped, **{name: shipped.get(head, head) for name, head in own.items()}}


def near(text: str, known: Sequence[str], most: int = 3) -> list[str]:
    """Names of `known` that look like `text`, likeliest first: a suggestion, never an answer."""
    wanted = key(text)
    inside = [name for name in known if wanted and (key(name) in wanted or wanted in key(name))]
    close = get_close_matches(wanted, [key(name) for name in known], most, 0.5)
    return list(dict.fromkeys(inside + [n for k in close for n in known if key(n) == k]))[:most]
