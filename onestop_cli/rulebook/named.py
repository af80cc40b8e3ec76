"""Names for the numbers of a document: which term, and for whom: `assistance.rate[category=一类].bands[2].rate`.

A name is `layer.aspect`, in brackets for whom the clause is, as its `when` has it, or which clause it is from 1; then
the part of the clause. The part that gives the term its size may be left out (a cap's `amount`, a `rate`), and so may
the brackets where only one clause has a number there. Chinese names do as well: `医疗救助.年度封顶`, `[level=县级]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.rulebook import words
from onestop_cli.rulebook.faults import Key
from onestop_cli.rulebook.language import ASPECTS, OPTIONAL, Expense, Layer, Pool, RuleFile
from onestop_cli.tables.schema import LEVELS

MAIN = {
    "deductible": "amount",
    "relief": "share",
    "ceiling": "amount",
    "transfer": "days",
    "rate": "rate",
    "points": "points",
    "factor": "share",
    "cap": "amount",
    "stay_cap": "amount",
    "month_cap": "amount",
    "cost_cap": "amount",
    "floor": "rate",
    "share": "share",
    "quota": "amount",
}
"""Which part of a clause gives the term its size."""

_ASIDE = (
    "when", "quote", "summary", "inherited", "cite", "reading", "assumed", "diseases",
)  # fmt: skip
_NAME = re.compile(r"([^.\[\]]+)(?:\[([^\]]*)\])?")
_TOLD = 12


class UnknownName(CannotRun):
    """A name that a document has nothing for."""


@dataclass(frozen=True)
class Spot:
    """One value that can be named. `key`: the steps to it in the file's table; `group`: layer, pool or expense (or
    `quota`); `part`: steps within the clause; `value`: as the file has it."""

    key: Key
    group: str
    aspect: str
    number: int
    when: Mapping[str, tuple[str, ...]]
    part: Key
    value: Any

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int | Decimal) and not isinstance(self.value, bool)

    @property
    def is_main(self) -> bool:
        """Whether this is the part that may be left out of a name."""
        return self.part == (MAIN[self.aspect],)

    @property
    def unit(self) -> str:
        """What one is of: `rate`, `points`, `days`, or `yuan`."""
        last = next(step for step in reversed(self.part) if isinstance(step, str))
        kinds = {"rate": "rate", "share": "rate", "later_rate": "rate", "shares": "rate"}
        kinds |= {"later_points": "points", "months": "months"}
        inside = str(self.part[0])
        return (
            kinds.get(last) or kinds.get(inside) or (last if last in ("points", "days") else "yuan")
        )

    @property
    def head(self) -> str:
        """`assistance.cap`"""
        return self.group if self.group == self.aspect else f"{self.group}.{self.aspect}"


def spots(rule: RuleFile, table: Mapping[str, Any]) -> list[Spot]:
    """Every value of a document's clauses that is there; `table` is the TOML that `rule` was read from."""
    found: list[Spot] = []
    groups: dict[str, Sequence[Layer | Pool | Expense]] = {
        "layer": rule.layer,
        "pool": rule.pool,
        "expense": rule.expense,
    }
    for kind, group in groups.items():
        for number, whole in enumerate(group):
            for aspect in (*ASPECTS, *OPTIONAL, "share"):
                if getattr(whole, aspect, None):
                    key = (kind, number, aspect)
                    found += _clauses(key, whole.id, aspect, table[kind][number][aspect])
    return [*found, *_clauses(("quota",), "quota", "quota", table.get("quota", []))]


def _clauses(
    key: Key, group: str, aspect: str, clauses: Sequence[Mapping[str, Any]]
) -> Iterator[Spot]:
    for number, clause in enumerate(clauses):
        when = {name: _texts(wanted) for name, wanted in clause.get("when", {}).items()}
        if diseases := clause.get("diseases"):
            when["disease"] = _texts(diseases)
        for name, value in clause.items():
            if name not in _ASIDE:
                for part, leaf in _leaves((name,), value):
                    yield Spot((*key, number, *part), group, aspect, number, when, part, leaf)


def _texts(wanted: Any) -> tuple[str, ...]:
    """The values of a condition; ages as `60-150`."""
    if isinstance(wanted, Mapping):
        return (f"{wanted.get('from', 0)}-{wanted.get('to', 150)}",)
    return tuple(wanted) if isinstance(wanted, list) else (str(wanted),)


def _leaves(part: Key, value: Any) -> Iterator[tuple[Key, Any]]:
    """Single values below `value`, with the steps to them."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves((*part, name), inner)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves((*part, place), inner)
    else:
        yield part, value


def names_of(found: Sequence[Spot]) -> dict[Key, str]:
    """The shortest full name of each value, by its key."""
    return {spot.key: _name(spot, [s for s in found if s.head == spot.head]) for spot in found}


def _name(spot: Spot, alike: Sequence[Spot]) -> str:
    rivals = {s.number: s.when for s in alike if s.part == spot.part}
    who = ",".join(f"{name}={'+'.join(texts)}" for name, texts in spot.when.items())
    if len(rivals) > 1:
        unique = bool(who) and list(rivals.values()).count(spot.when) == 1
        who = f"[{who if unique else spot.number + 1}]"
    else:
        who = ""
    part = "" if spot.is_main else "." + _dotted(spot.part)
    return f"{spot.head}{who}{part}"


def _dotted(part: Key) -> str:
    """`("bands", 1, "rate")` → `bands[2].rate`"""
    text = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in part)
    return text.removeprefix(".")


def find_spot(rule: RuleFile, table: Mapping[str, Any], key: str) -> Spot:
    """The one value that `key` names; raises `CannotRun` naming what it could be."""
    every = spots(rule, table)
    asked = _asked(rule, key)
    if asked is None:
        raise _unknown(rule, key, every, every)
    head, selector, part = asked
    near = [spot for spot in every if spot.head == head]
    wanted = [spot for spot in near if spot.part == part or (not part and spot.is_main)]
    fitting = [spot for spot in wanted if _fits(spot, selector)]
    numbers = [spot for spot in fitting if spot.is_number]
    if len(fitting) == 1 or len(numbers) == 1:
        return (numbers or fitting)[0]
    if not fitting:
        raise _unknown(rule, key, every, near)
    told = _told(every, fitting)
    raise CannotRun(
        [
            Problem(
                f"“{key}”在 {rule.id} 里有 {len(fitting)} 处，不知道指哪一处",
                f"请写其中一处：{told}",
            )
        ]
    )


def _asked(rule: RuleFile, key: str) -> tuple[str, Mapping[str, Any] | int | None, Key] | None:
    """A name taken apart: its head, for whom or which clause, and the part of the clause; None when it is no name."""
    if not re.fullmatch(rf"{_NAME.pattern}(\.{_NAME.pattern})*", key):
        return None
    steps = [(name.strip(), inside) for name, inside in _NAME.findall(key)]
    if len(steps) > 2 and steps[0] in (("layer", ""), ("pool", ""), ("expense", "")):
        steps = steps[1:]
    (group, inside), *rest = steps
    if group == "quota":
        return group, _selector(inside), _part(rest)
    if inside or not rest:
        return None
    (aspect, inside), *rest = rest
    known = {name: part.id for part in _groups(rule) for name in (part.id, part.name)}
    aspects = {title: name for name, title in words.ASPECTS.items()}
    head = f"{known.get(group, group)}.{aspects.get(aspect, aspect)}"
    return head, _selector(inside), _part(rest)


def _selector(inside: str) -> Mapping[str, Any] | int | None:
    """`2` → the second clause; `level=county,category=any` → for whom; nothing → any."""
    if not inside.strip():
        return None
    if inside.strip().isdigit():
        return int(inside)
    asked = {}
    for condition in re.split("[,，]", inside):
        name, _, texts = condition.partition("=")
        name = {"机构级别": "level", "对象类别": "category"}.get(name.strip(), name.strip())
        asked[name] = {_value(name, text.strip()) for text in re.split("[+、]", texts)}
    return asked


def _value(name: str, text: str) -> str:
    """A value of a dimension by its Chinese name."""
    known: dict[str, str] = {}
    if name == "level":
        known = {title: id_ for id_, title in LEVELS.items()}
    elif name == "category":
        known = {words.value("category", id_): id_ for id_ in ("any", "none")}
    return known.get(text, text)


def _part(steps: Sequence[tuple[str, str]]) -> Key:
    part: list[str | int] = []
    for name, inside in steps:
        part.append(name)
        if inside.isdigit():
            part.append(int(inside) - 1)
    return tuple(part)


def _fits(spot: Spot, selector: Mapping[str, Any] | int | None) -> bool:
    """Whether a clause is the asked one: its number, or every asked condition to the letter."""
    if selector is None:
        return True
    if isinstance(selector, int):
        return spot.number == selector - 1
    return all(set(spot.when.get(name, ())) == wanted for name, wanted in selector.items())


def _unknown(rule: RuleFile, key: str, every: Sequence[Spot], near: Sequence[Spot]) -> UnknownName:
    """What could be meant: the values of the same term, else all terms."""
    told = _told(every, near) if near and len(near) < len(every) else "、".join(_heads(rule, every))
    return UnknownName([Problem(f"{rule.id} 里没有“{key}”这一项", f"可以写：{told}")])


def _heads(rule: RuleFile, every: Sequence[Spot]) -> list[str]:
    """Every term once, with its Chinese name."""
    parts = {part.id: part for part in _groups(rule)}
    return list(dict.fromkeys(f"{s.head}（{_title(parts.get(s.group), s)}）" for s in every))


def _groups(rule: RuleFile) -> list[Layer | Pool | Expense]:
    return [*rule.layer, *rule.pool, *rule.expense]


def _title(part: Layer | Pool | Expense | None, spot: Spot) -> str:
    if part is None:
        return "单病种"
    aspect = "pool" if isinstance(part, Pool) else spot.aspect
    return f"{part.name} · {words.ASPECTS[aspect]}"


def in_words(rule: RuleFile, spot: Spot) -> str:
    """`医疗救助 · 年度封顶（一类）`, for a band with which one."""
    part = next((part for part in _groups(rule) if part.id == spot.group), None)
    pairs = [words.value(name, text) for name, texts in spot.when.items() for text in texts]
    who = f"（{'、'.join(pairs)}）" if pairs else ""
    band = ""
    if spot.part[0] == "bands":
        band = f"第 {int(spot.part[1]) + 1} 段" + ("上限" if spot.part[-1] == "to" else "比例")
    elif str(spot.part[0]).startswith("later") and isinstance(spot.part[-1], int):
        band = f"第 {spot.part[-1] + 2} 次"
    elif spot.part[-1] == "months":
        band = "累计的月数"
    return f"{_title(part, spot)}{who}{band}"


def _told(every: Sequence[Spot], some: Sequence[Spot]) -> str:
    """Values by name with what they are now; words only where there is no number."""
    names = names_of(every)
    listed = [spot for spot in some if spot.is_number] or list(some)
    shown = [f"{names[spot.key]}（现为 {_shown(spot)}）" for spot in listed[:_TOLD]]
    more = f"等 {len(listed)} 处" if len(listed) > _TOLD else ""
    return "、".join(shown) + more


def _shown(spot: Spot) -> str:
    """A value as people say it."""
    if not spot.is_number:
        text = str(spot.value)
        return {"none": "不设", "unknown": "来源未载", "to-fill": "待填"}.get(text, text)
    if spot.unit == "rate":
        return f"{(Decimal(spot.value) * 100).normalize():f}%"
    return (
        f"{spot.value} "
        + {"yuan": "元", "points": "个百分点", "days": "日", "months": "个月"}[spot.unit]
    )
