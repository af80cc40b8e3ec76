"""All documents of a run as one table of terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from onestop_cli.rulebook.clauses import NONE, Quota
from onestop_cli.rulebook.language import Expense, Layer, RuleFile
from onestop_cli.rulebook.terms import NO_LIMIT, Cell, Terms, defaults
from onestop_cli.tables.schema import LAYERS, LEVELS


@dataclass(frozen=True)
class Step:
    """One computation in order of payment: a layer, or a part that is added to a layer."""

    id: str
    layer: str
    name: str
    fund: str


@dataclass(frozen=True)
class Rulebook:
    """The documents a run may use. `table` has a row per cell of every document, `<step>.<term>` columns of Int64;
    a stay's `term` is its row number there."""

    rules: tuple[RuleFile, ...]

    @cached_property
    def terms(self) -> tuple[Terms, ...]:
        return tuple(Terms(rule) for rule in self.rules)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step of any document, in order of payment: as the documents have it, else as is usual.

        Where documents of several schemes run side by side, a step has the names of all of them.
        """
        homes: dict[str, str] = {}
        said: dict[str, dict[tuple[str, ...], Layer]] = {}
        before: dict[str, set[str]] = {}
        for rule in self.rules:
            for place, layer in enumerate(rule.layer):
                homes.setdefault(layer.id, layer.part_of or layer.id)
                said.setdefault(layer.id, {}).setdefault(tuple(rule.scope.schemes), layer)
                before.setdefault(layer.id, set()).update(la.id for la in rule.layer[:place])
        order = _in_order(before, list(homes.values()))
        return tuple(_step(id_, homes[id_], list(said[id_].values())) for id_ in order)

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """The layers of the run, in order of payment."""
        return tuple(dict.fromkeys(step.layer for step in self.steps))

    def layer(self, id_: str) -> Layer:
        """The first document's layer; where schemes stand side by side, under all their names and funds."""
        found: dict[tuple[str, ...], Layer] = {}
        for rule in self.rules:
            for layer in rule.layer:
                if layer.id == id_:
                    found.setdefault(tuple(rule.scope.schemes), layer)
        first, *_ = layers = list(found.values())
        return first.model_copy(update={what: _all(what, layers) for what in ("name", "fund")})

    def funds(self, layer: str) -> dict[str, str]:
        """Scheme (its names as one) → the fund that pays a layer by the first document of the scheme; empty where one
        fund pays it by all documents."""
        found: dict[str, str] = {}
        for rule in self.rules:
            for own in (la for la in rule.layer if la.id == layer and la.kind != "waiver"):
                found.setdefault("、".join(rule.scope.schemes), own.fund or own.name)
        return found if len(set(found.values())) > 1 else {}

    def on_roster(self, layer: str) -> bool:
        """Whether a layer is, in any document, for people on rosters only."""
        parts = (p for rule in self.rules for p in rule.layer if (p.part_of or p.id) == layer)
        return any(part.who == "roster" or part.only for part in parts)

    @cached_property
    def waived(self) -> frozenset[str]:
        """The layers that hospitals bear themselves (医院减免); no fund pays them."""
        layers = (layer for rule in self.rules for layer in rule.layer)
        return frozenset(layer.id for layer in layers if layer.kind == "waiver")

    @cached_property
    def asks_list(self) -> bool:
        """Whether some document's terms hang on a list of insured people (参保激励名单)."""
        listed = any(dim.from_list for rule in self.rules for dim in rule.dimension)
        return listed or any(layer.bonus for rule in self.rules for layer in rule.layer)

    @cached_property
    def no_right(self) -> tuple[str, ...]:
        """The kinds of people that some document names as having no right, and none as having one."""
        named = (name for rule in self.rules for name in rule.categories.no_right)
        return tuple(dict.fromkeys(name for name in named if name not in self.priority))

    @cached_property
    def priority(self) -> tuple[str, ...]:
        """The categories of all documents, those of the first in their order."""
        named = (name for rule in self.rules for name in rule.categories.priority)
        return tuple(dict.fromkeys(named))

    @cached_property
    def dividing(self) -> tuple[str, ...]:
        """The ids of documents that divide stays at New Year."""
        return tuple(rule.id for rule in self.rules if rule.basis.benefit_year == "split")

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """Names of the accounts that caps count in."""
        names = {c.account for r in self.rules for layer in r.layer for c in layer.cap}
        return tuple(sorted(names | {""}))

    @cached_property
    def pools(self) -> Mapping[str, tuple[str, ...]]:
        """Shared yearly limits and their layers."""
        return {pool.id: tuple(pool.layers) for rule in self.rules for pool in rule.pool}

    @cached_property
    def of_households(self) -> tuple[Step, ...]:
        """The steps that have, in some document, a limit that households share."""
        ids = {layer.id for rule in self.rules for layer in rule.layer if layer.household_cap}
        return tuple(step for step in self.steps if step.id in ids)

    def members(self, pool: str) -> list[Step]:
        """The steps that a shared limit holds together, in order of payment."""
        return [step for step in self.steps if step.layer in self.pools[pool]]

    def pools_of(self, step: Step) -> list[str]:
        """The shared limits that a step counts in."""
        return [pool for pool, layers in self.pools.items() if step.layer in layers]

    @cached_property
    def expenses(self) -> tuple[Expense, ...]:
        """First-pay expenses of any document."""
        found = {expense.id: expense for rule in self.rules for expense in rule.expense}
        return tuple(found.values())

    @cached_property
    def quotas(self) -> tuple[tuple[int, Quota], ...]:
        """Every 单病种 quota with the number of its document."""
        return tuple((n, quota) for n, rule in enumerate(self.rules) for quota in rule.quota)

    @cached_property
    def quota_table(self) -> pl.DataFrame:
        """A row per quota: `fixed`, `amount` (fen), `daily` (of a day in bed), `counts`, `patient` (bears the excess),
        and `<layer>.share` (−1: the ordinary terms) with `<layer>.pays` (fen besides it)."""
        rows = [
            {
                "fixed": int(quota.kind == "fixed"),
                "amount": quota.amount if isinstance(quota.amount, int) else NO_LIMIT,
                "daily": int(quota.per == "day"),
                "counts": int(quota.counts),
                "patient": int(quota.excess == "patient"),
                **{f"{s.id}.share": _share(quota, s.id) for s in self.steps},
                **{f"{s.id}.pays": quota.pays.get(s.id, 0) for s in self.steps},
            }
            for _, quota in self.quotas
        ]
        return pl.DataFrame(rows, schema_overrides={"fixed": pl.Int64})

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each document's cells begin in `table`."""
        sizes = [len(terms.cells) for terms in self.terms]
        return tuple(sum(sizes[:n]) for n in range(len(sizes)))

    @cached_property
    def table(self) -> pl.DataFrame:
        """Terms of every cell; `rule` and the cell's values stand beside them."""
        rows = [
            {"rule": number, **terms.numbers(cell, self.accounts)}
            for number, terms in enumerate(self.terms)
            for cell in terms.cells
        ]
        frame = pl.DataFrame(rows, infer_schema_length=None)
        return frame.with_columns(self._filled(frame.columns)).with_columns(self._levels(frame))

    @cached_property
    def values(self) -> Mapping[str, Sequence[int]]:
        """The different values of every column of `table`, the smallest first."""
        return {column.name: sorted(set(column)) for column in self.table}

    def _filled(self, present: Sequence[str]) -> Iterable[pl.Expr]:
        """Every column of every step, with the neutral value where a document is silent."""
        neutral = defaults()
        for step in self.steps:
            own = {c for c in present if c.startswith(f"{step.id}.")}
            for name in {f"{step.id}.{term}" for term in neutral} | own:
                term = name.split(".")[1]
                value = pl.col(term) if term in _OF_DOCUMENT else neutral.get(term, _beyond(term))
                column = pl.col(name) if name in own else pl.lit(None, pl.Int64)
                yield column.fill_null(value).cast(pl.Int64).alias(name)
        yield from (pl.col(f"pool.{pool}").fill_null(NO_LIMIT) for pool in self.pools)
        for expense in self.expenses:
            yield pl.col(f"expense.{expense.id}", f"expense_of.{expense.id}").fill_null(0)

    def _levels(self, frame: pl.DataFrame) -> Iterator[pl.Series]:
        """`<step>.nth_level`: the number of each cell's hospital level, for steps of which some document counts the
        n-th stay by level."""
        levels = pl.Series([[*LEVELS].index(cell["level"]) for _, cell in self.cells])
        for step in self.steps:
            names = (f"{step.id}.nth_by_level", f"{step.id}.nth_rate_by_level")
            if any((frame[name] == 1).any() for name in names if name in frame.columns):
                yield levels.alias(f"{step.id}.nth_level")

    @cached_property
    def cells(self) -> list[tuple[int, Cell]]:
        """Every row of the table as its document's number and its cell."""
        return [(n, cell) for n, terms in enumerate(self.terms) for cell in terms.cells]

    def elsewhere(self, axis: str) -> Mapping[str, pl.Series]:
        """Per value of an axis (but `none`), the terms a stay would have with that value."""
        values = (v for t in self.terms for a in t.axes if a.name == axis for v in a.values)
        return {
            value: self._moved([(n, {**cell, axis: value}) for n, cell in self.cells])
            for value in dict.fromkeys(values)
            if value != NONE
        }

    def as_ordinary(self) -> pl.Series:
        """The terms a stay would have as that of a person without a category."""
        return self._moved([(n, {**cell, "category": NONE}) for n, cell in self.cells])

    def other_documents(self) -> Mapping[str, pl.Series]:
        """Per document, the terms a stay of another document would have in it."""
        return {
            rule.id: self._moved([(other, cell) for _, cell in self.cells])
            for other, rule in enumerate(self.rules)
        }

    def _moved(self, cells: Iterable[tuple[int, Cell]]) -> pl.Series:
        """For each row of the table the row of the changed cell; null where it is the same or there is none."""
        row = {(n, *sorted(cell.items())): place for place, (n, cell) in enumerate(self.cells)}
        targets = (row.get((n, *sorted(cell.items()))) for n, cell in cells)
        found = [None if target == place else target for place, target in enumerate(targets)]
        return pl.Series(found, dtype=pl.Int64)


_OF_DOCUMENT = ("round_unit", "round_cut")
"""Terms that a step has from its document, unless it has them of its own."""


def _share(quota: Quota, step: str) -> int:
    """What a quota gives a step of its price; nothing where it gives an amount, −1 where the ordinary terms hold."""
    return quota.shares.get(step, 0 if step in quota.pays else -1)


def _step(id_: str, home: str, layers: Sequence[Layer]) -> Step:
    return Step(id_, home, _all("name", layers), _all("fund", layers))


def _all(what: str, layers: Sequence[Layer]) -> str:
    """Every name or fund that documents give a layer, each once."""
    return "、".join(dict.fromkeys(filter(None, (getattr(layer, what) for layer in layers))))


def _in_order(before: Mapping[str, set[str]], homes: Sequence[str]) -> Iterator[str]:
    """Steps so that each comes after those `before` it; where that leaves a choice, in the usual order of layers.

    Where two documents want it both ways round, the usual order decides.
    """
    rank = {
        id_: LAYERS.index(home) if home in LAYERS else -1
        for id_, home in zip(before, homes, strict=True)
    }
    left = list(before)
    while left:
        free = [id_ for id_ in left if not before[id_] & set(left)] or left
        chosen = min(free, key=lambda id_: rank[id_])
        left.remove(chosen)
        yield chosen


def _beyond(term: str) -> int:
    """Neutral value of a numbered term: no upper edge, rate and deductible 0, clause unknown."""
    if term.startswith("edge_"):
        return NO_LIMIT
    return -1 if term.endswith("_clause") else 0
