"""What stands in the books: the beginning, and the closings that were not taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from onestop_cli.core.adjustments import POSTED, WHOLE
from onestop_cli.county.periods import Period, parse_period
from onestop_cli.ledger.chain import CLOSING, OPENING, REOPENING, Entry, entries, kept
from onestop_cli.ledger.pack import columns_of, unpack
from onestop_cli.run import Run
from onestop_cli.statements.funds import layers_together, rules_together
from onestop_cli.tables.by_hand import by_hand
from onestop_cli.tables.run_info import LayerInfo, RuleInfo, RunInfo
from onestop_cli.tables.schema import BROUGHT, empty

RUN, STAYS, CHANGES, BEFORE = "run.json", "stays", "changes", "before"
"""What postings keep: the run as it was finished, its stays, what it changed about closed ones, and 期初."""


OF_SCHEME = "@"
"""Stands between a layer and the scheme in the totals of a layer that several funds pay."""

PERSON = "person"
"""The kind of total for what of payable and offset goes to the person (零星报销), not to a hospital."""


@dataclass(frozen=True)
class Beginning:
    """Where the books begin: stays settled before `first_day` are none of theirs. `balances`: fund → fen."""

    first_day: date
    balances: Mapping[str, int]


@dataclass(frozen=True)
class Total:
    """All amounts of one layer and kind that a closing posted for stays of `belongs_to`, in fen. `own`: for the stays
    it brought, else for closed ones; amounts of no layer have layer "". Of a layer that several funds pay, `layer` has
    the scheme behind it (`OF_SCHEME`)."""

    own: bool
    layer: str
    what: str
    belongs_to: str
    fen: int


@dataclass(frozen=True)
class Closing:
    """A closed period. Its stays have the numbers from `first_stay`; `changes`: lines about closed stays."""

    entry: Entry
    period: Period
    first_stay: int
    stays: int
    changes: int
    totals: tuple[Total, ...]

    @property
    def sha256(self) -> str:
        """Of the `run.json` that was closed."""
        return str(self.entry.content.get("sha256") or self.entry.parts[RUN])

    @property
    def reason(self) -> str:
        """Why it was closed in spite of a guard; "" usually."""
        return str(self.entry.content.get("reason", ""))


def beginning(ledger: sqlite3.Connection) -> Beginning:
    """The first posting of the books."""
    content = entries(ledger, OPENING)[0].content
    return Beginning(date.fromisoformat(content["first_day"]), content["balances"])


def brought(ledger: sqlite3.Connection) -> pl.DataFrame:
    """期初 (`BROUGHT`): what years had brought people before the books began."""
    (opening,) = entries(ledger, OPENING)
    data = kept(ledger, opening.number, BEFORE)
    return empty(BROUGHT) if data is None else unpack(data)


def closings(ledger: sqlite3.Connection) -> tuple[Closing, ...]:
    """The closed periods in the order of their closing, without those that were taken back."""
    return tuple(map(_closing, standing_entries(entries(ledger))))


def standing_entries(postings: Sequence[Entry]) -> Iterator[Entry]:
    """Of `postings` the closings that no later one takes back."""
    undone = {entry.content["entry"] for entry in postings if entry.kind == REOPENING}
    return (entry for entry in postings if entry.kind == CLOSING and entry.number not in undone)


def _closing(entry: Entry) -> Closing:
    content = entry.content
    totals = tuple(Total(*total) for total in content["totals"])
    first_stay, stays, changes = (content[name] for name in ("first_stay", "stays", "changes"))
    return Closing(entry, parse_period(content["period"]), first_stay, stays, changes, totals)


def closed_periods(ledger: sqlite3.Connection) -> tuple[Period, ...]:
    """The closed periods, in the order of their closing."""
    return tuple(closing.period for closing in closings(ledger))


def run_of(ledger: sqlite3.Connection, closing: Closing) -> RunInfo:
    """What the run that was closed said of itself."""
    return RunInfo.model_validate_json(kept(ledger, closing.entry.number, RUN) or b"")


def layers_of(ledger: sqlite3.Connection) -> dict[str, LayerInfo]:
    """Every layer of any closed run; it goes by what the last of them calls it, and has the funds of all of them."""
    return layers_together(run_of(ledger, closing) for closing in closings(ledger))


def rules_of(ledger: sqlite3.Connection) -> dict[str, RuleInfo]:
    """Every document of any closed run."""
    return rules_together(run_of(ledger, closing) for closing in closings(ledger))


def stays_of(
    ledger: sqlite3.Connection, closing: Closing, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """The stays a closing brought, with all columns or with those of `columns` that it has."""
    return _table(ledger, closing, STAYS, columns)


def changes_of(
    ledger: sqlite3.Connection, closing: Closing, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """The lines about closed stays: as `core.adjustments.adjustments`, with the `number` and `person` of the stay."""
    return _table(ledger, closing, CHANGES, columns)


def _table(
    ledger: sqlite3.Connection, closing: Closing, name: str, columns: Sequence[str] | None
) -> pl.DataFrame:
    data = kept(ledger, closing.entry.number, name) or b""
    if columns is None:
        return unpack(data)
    there = columns_of(data)
    return unpack(data, [column for column in columns if column in there])


def totals_of(
    stays: pl.DataFrame, run: RunInfo | Run, period: str
) -> dict[tuple[str, str, str], int]:
    """(layer, what, the period it belongs to) → fen, of stays or lines that a closing of `period` posts; without 0."""
    layers = [layer.id for layer in run.layers]
    names = {f"{layer}_{what}_fen": (layer, what) for layer in layers for what in POSTED}
    names |= {name: ("", what) for what, name in WHOLE.items()}
    own = pl.col("belongs_to").fill_null(period).alias("_period")
    person = {f"_{layer}_person": (layer, PERSON) for layer in layers}
    sums = (
        stays.with_columns(_to_person(stays, layers))
        .group_by(own, _scheme(run).alias("_scheme"))
        .agg(pl.col(name).fill_null(0).sum() for name in (*names, *person))
    )
    names |= person
    several = {layer.id: layer.funds for layer in run.layers if layer.funds}
    found: dict[tuple[str, str, str], int] = {}
    for row in sums.sort("_period", "_scheme").iter_rows(named=True):
        for name, (layer, what) in names.items():
            scheme = row["_scheme"] if row["_scheme"] in several.get(layer, {}) else None
            key = (layer + (OF_SCHEME + scheme if scheme is not None else ""), what, row["_period"])
            found[key] = found.get(key, 0) + row[name]
    return {key: fen for key, fen in found.items() if fen}


def _scheme(run: RunInfo | Run) -> pl.Expr:
    """The scheme of each stay's document, where a layer is paid by several funds; else null."""
    rules = run.info.rules if isinstance(run, Run) else run.rules
    if not any(layer.funds for layer in run.layers):
        return pl.lit(None, pl.String)
    schemes = {rule.id: rule.scheme for rule in rules}
    return pl.col("rule_id").replace_strict(schemes, default=None, return_dtype=pl.String)


def _to_person(stays: pl.DataFrame, layers: Sequence[str]) -> list[pl.Expr]:
    """`_<layer>_person`: payable and offset of what no hospital advanced."""
    return [
        pl.when(by_hand(stays))
        .then(
            pl.col(f"{layer}_payable_fen").fill_null(0) + pl.col(f"{layer}_offset_fen").fill_null(0)
        )
        .otherwise(0)
        .alias(f"_{layer}_person")
        for layer in layers
    ]


def together(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Tables of several closings under each other; what one does not have is null there."""
    return pl.concat(tables, how="diagonal_relaxed") if tables else pl.DataFrame()
