"""The purses that pay, and what each pays of a layer.

Documents of several schemes may have a layer in common and pay it out of a fund each: residents' and employees' basic
insurance. Which fund a stay's amount belongs to is then told by its document; what no document governs stands with the
first fund.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from onestop_cli.tables.run_info import LayerInfo, RuleInfo, RunInfo


@dataclass(frozen=True)
class Fund:
    """A purse that pays hospitals: its name, its column prefix and the layers it pays. Of a layer that several funds
    pay: `only` the stays of these documents, or all `but` those of the other funds' documents."""

    name: str
    key: str
    layers: tuple[str, ...]
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    but: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def amount(self, layer: str, what: str) -> pl.Expr:
        """What of `<layer>_<what>_fen` is this fund's, by `rule_id` where several funds pay the layer."""
        fen, rule = pl.col(f"{layer}_{what}_fen").fill_null(0), pl.col("rule_id")
        if layer in self.only:
            return pl.when(rule.is_in(sorted(self.only[layer]))).then(fen).otherwise(0)
        if layer in self.but:
            return pl.when(rule.is_in(sorted(self.but[layer]))).then(0).otherwise(fen)
        return fen

    def sum_of(self, *kinds: str) -> pl.Expr:
        """These amounts of all its layers, added up."""
        return pl.sum_horizontal(
            pl.lit(0, pl.Int64), *(self.amount(la, what) for la in self.layers for what in kinds)
        )


def funds_of(layers: Sequence[LayerInfo], rules: Sequence[RuleInfo] = ()) -> tuple[Fund, ...]:
    """The funds of a run in the order of payment; a hospital's own waiver is no fund."""
    paid: dict[str, list[str]] = {}
    only: dict[str, dict[str, frozenset[str]]] = {}
    but: dict[str, dict[str, frozenset[str]]] = {}
    for layer in (layer for layer in layers if layer.kind != "waiver"):
        names = list(dict.fromkeys(layer.funds.values())) or [layer.fund or layer.name]
        whose = {name: _documents(layer, name, rules) for name in names}
        for name in names:
            paid.setdefault(name, []).append(layer.id)
        if len(names) > 1:
            others = frozenset().union(*(whose[name] for name in names[1:]))
            but.setdefault(names[0], {})[layer.id] = others
            for name in names[1:]:
                only.setdefault(name, {})[layer.id] = whose[name]
    return tuple(
        Fund(name, f"fund{index}", tuple(ids), only.get(name, {}), but.get(name, {}))
        for index, (name, ids) in enumerate(paid.items())
    )


def whole_of(funds: Sequence[Fund]) -> Fund:
    """All funds as one, under the prefix `all`."""
    return Fund("", "all", tuple(dict.fromkeys(layer for fund in funds for layer in fund.layers)))


def _documents(layer: LayerInfo, fund: str, rules: Sequence[RuleInfo]) -> frozenset[str]:
    return frozenset(rule.id for rule in rules if layer.funds.get(rule.scheme) == fund)


def fund_of(layer: LayerInfo, scheme: str) -> str:
    """The fund that pays a layer to people of a scheme; the first one where the scheme is not known."""
    return layer.funds.get(scheme) or next(iter(layer.funds.values()), layer.fund or layer.name)


def fund_names(layers: Iterable[LayerInfo]) -> list[str]:
    """Every fund of these layers, each once, in their order."""
    named = (
        name for layer in layers for name in (layer.funds.values() or [layer.fund or layer.name])
    )
    return list(dict.fromkeys(named))


def layers_together(runs: Iterable[RunInfo]) -> dict[str, LayerInfo]:
    """Every layer of several runs: as the last of them has it, with the funds of all of their schemes."""
    found: dict[str, LayerInfo] = {}
    for layer in (layer for run in runs for layer in run.layers):
        before = found[layer.id].funds if layer.id in found else {}
        found[layer.id] = replace(layer, funds={**before, **layer.funds})
    return found


def rules_together(runs: Iterable[RunInfo]) -> dict[str, RuleInfo]:
    """Every document of several runs."""
    return {rule.id: rule for run in runs for rule in run.rules}
