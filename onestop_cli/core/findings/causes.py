"""What the tokens of a diagnosis mean, in words a hospital understands.

A cause is a list of assumptions joined by `;`, likeliest first; `+` joins two that hold together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from onestop_cli.tables.run_info import RunInfo
from onestop_cli.tables.schema import EXPENSES, LEVELS

CAUSES: Mapping[str, str] = {
    "bands:whole": "整额套用最高一档比例，没有分段累进",
    "bands:progressive": "按分段累进计算",
    "rounding:fen": "只算到分，没有按文件的单位取整",
    "rounding:base": "基数没有按文件的单位取整",
    "rounding:truncate": "舍去分以下的尾数",
    "rounding:jiao": "四舍五入到角",
    "rounding:yuan": "四舍五入到元",
    "rounding:jiao-truncate": "舍去角以下的尾数",
    "rounding:yuan-truncate": "舍去元以下的尾数",
    "deductible": "起付线扣得不对（应扣未扣，或不应扣而扣）",
    "bonus": "提高的百分点多加或少加",
    "base:total": "以总费用为基数",
    "base:eligible": "以可补偿费用为基数",
    "deductible-after": "先乘比例，再从得数中扣起付线",
    "ordinary": "按没有救助身份的普通人计算",
    "omitted": "这一层没有申报",
    "swapped": "与另一栏的金额填反了",
    "lumped": "几层的金额合填在一栏",
    "shift": "错行，填了相邻一行的金额",
    "shift:decimal": "小数点错了位",
    "floor": "按保底比例计算",
    "upstream": "前一层金额有误，本层照着算",
    "cap-ignored": "没有执行年度封顶",
    "unknown": "原因不明",
}
"""Tokens that stand for themselves."""

_NAMED = {
    "level": "按{}比例{}计算",
    "category": "按“{}”类别计算",
    "condition": "按“{}”计算",
    "rule": "按另一份文件“{}”计算",
    "omitted": "基数没有减去{}",
}

Rates = Mapping[str, Mapping[str, str]]
"""Layer → level → the rate of that level in words, where there is only one."""


@dataclass(frozen=True)
class Glossary:
    """Words for causes. `rates` as `run.json` has them; `titles`: document id → title; `layers`: id → name."""

    rates: Rates = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, str] = field(default_factory=dict)

    def words(self, cause: str | None, layer: str | None = None) -> str:
        """All causes in words, joined by ；或; empty when there is none."""
        return "；或".join(self._one(tokens, layer) for tokens in _alike(cause))

    def first(self, cause: str | None, layer: str | None = None) -> str:
        """The likeliest cause in words."""
        return "".join(self._one(tokens, layer) for tokens in _alike(cause)[:1])

    def _one(self, tokens: list[str], layer: str | None) -> str:
        """One cause: assumptions that hold together, or categories that come to the same."""
        if len(tokens) > 1:
            return f"按{'、'.join(f'“{_value(token)}”' for token in tokens)}中的一类计算"
        return "，同时".join(self._single(part, layer) for part in tokens[0].split("+"))

    def _single(self, token: str, layer: str | None) -> str:
        kind, _, value = token.partition(":")
        if kind not in _NAMED or not value:
            return CAUSES.get(token, token)
        named = {"level": LEVELS, "rule": self.titles, "omitted": {**self.layers, **EXPENSES}}
        name = named.get(kind, {}).get(value, value)
        rate = self.rates.get(layer or "", {}).get(value, "") if kind == "level" else ""
        return _NAMED[kind].format(name, f"（{rate}）" if rate else "")


def _alike(cause: str | None) -> list[list[str]]:
    """The causes in order; categories that cannot be told apart are one."""
    found: list[list[str]] = []
    for token in filter(None, (cause or "").split(";")):
        lone = token.startswith("category:") and "+" not in token
        if lone and (same := [t for t in found if t[0].startswith("category:")]):
            same[0].append(token)
        else:
            found.append([token])
    return found


def _value(token: str) -> str:
    return token.partition(":")[2]


def explained_tokens() -> Iterator[tuple[str, str]]:
    """Every token and what it means, for `onestop findings`; those that name something with a place for it."""
    for kind, words in _NAMED.items():
        yield f"{kind}:…", words.format("…", "")
    yield from CAUSES.items()


def glossary_of(info: RunInfo) -> Glossary:
    """The words for the causes of a run, from its `run.json`."""
    return Glossary(
        info.level_rates,
        {rule.id: rule.title for rule in info.rules},
        {layer.id: layer.name for layer in info.layers},
    )
