"""决算: what the closed runs of a stretch of time booked, by period, hospital, level, category and township.

Everything is a sum of differences: a stay counts in the run that settled it, and what a later run changes about it
counts there, with its visit and its cost where it becomes settled or is no longer. So any stretch is the sum of its
runs, and closed months together are the quarter.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from onestop_cli.core.closed import COSTS
from onestop_cli.county.periods import Period
from onestop_cli.errors import stop
from onestop_cli.ledger.accounts import Line, accounts
from onestop_cli.ledger.load import closed_periods
from onestop_cli.statements.indicators import Figures
from onestop_cli.statements.statement import (
    NO_CATEGORY,
    NO_HOSPITAL,
    NOWHERE,
    Fund,
    funds_of,
    numbered,
    ratio,
)
from onestop_cli.tables.run_info import LayerInfo
from onestop_cli.tables.schema import LEVELS

SIDES = {
    "claimed": "申报垫付额",
    "deducted": "审核扣减",
    "held": "待核",
    "offset": "层间调整",
    "payment": "核定应拨",
    "adjusted": "其中：上期调整",
    "supplement": "补发患者",
}
"""What is summed of every fund and of all, as `<fund key>_<side>_fen`; `payment` is payable + offset."""

_NOT_LISTED = "非定点"


@dataclass(frozen=True)
class Report:
    """The closed runs within `period`: `events` has a row per stay and run that booked something about it.

    `runs`: their periods in order of time; `accounts`: each fund's lines of these runs.
    """

    period: Period
    runs: tuple[Period, ...]
    layers: tuple[LayerInfo, ...]
    events: pl.DataFrame
    accounts: tuple[Line, ...]

    @cached_property
    def funds(self) -> tuple[Fund, ...]:
        """The funds of all these runs, in the order of payment."""
        return funds_of(self.layers)

    @property
    def complete(self) -> bool:
        """Whether the whole period is closed."""
        days = sum((run.last - run.first).days + 1 for run in self.runs)
        return days == (self.period.last - self.period.first).days + 1

    @property
    def keys(self) -> tuple[str, ...]:
        """The prefixes of amounts: of every fund, and of all."""
        return (*(fund.key for fund in self.funds), "all")

    def by(self, *keys: str) -> pl.DataFrame:
        """Sums per group; one row without keys. `visits`, costs and `own_fen` are of settled stays, net; `changed`
        are the visits that later runs added or took away; `people` have a stay that is settled in the end."""
        # One group without keys is a group, too: of a column that is the same in every row.
        events = self.events.with_columns(_all=pl.lit(value=True))
        groups = [*keys, "_all"]
        stays = pl.col("visits").sum()
        people = events.group_by(*groups, "person").agg(stays).filter(pl.col("visits") > 0)
        counted = people.group_by(groups).agg(people=pl.len().cast(pl.Int64))
        sums = events.group_by(groups, maintain_order=True).agg(self._sums())
        found = sums.join(counted, on=groups, how="left", validate="1:1", maintain_order="left")
        return found.drop("_all").with_columns(
            pl.col("people").fill_null(0), rate=ratio("all_payment_fen", "total_fen")
        )

    def _sums(self) -> Iterator[pl.Expr]:
        yield pl.col("visits").sum()
        yield pl.col("visits").filter(~pl.col("own")).sum().alias("changed")
        yield pl.col(*COSTS, "own_fen").sum()
        yield pl.col(*(f"{layer.id}_paid_fen" for layer in self.layers)).sum()
        for key in self.keys:
            yield pl.col(*(f"{key}_{side}_fen" for side in SIDES)).sum()

    @cached_property
    def total(self) -> dict[str, int]:
        """All sums, by the same names as the columns of `by`."""
        return self.by().row(0, named=True)

    @cached_property
    def periods(self) -> pl.DataFrame:
        """By closed period, in order of time."""
        return self._ordered("period", [run.id for run in self.runs])

    @cached_property
    def levels(self) -> pl.DataFrame:
        """By hospital level, lowest first."""
        return self._ordered("level_name", [*LEVELS.values(), _NOT_LISTED])

    @cached_property
    def hospitals(self) -> pl.DataFrame:
        """By hospital, lowest level first."""
        order = {name: rank for rank, name in enumerate(LEVELS.values())}
        rank = pl.col("level_name").replace_strict(order, default=len(order))
        return numbered(self.by("hospital", "level_name").sort(rank, "hospital"))

    @cached_property
    def categories(self) -> pl.DataFrame:
        """By category that applied; people without one last."""
        return numbered(self.by("category").sort(pl.col("category") == NO_CATEGORY, "category"))

    @cached_property
    def townships(self) -> pl.DataFrame:
        """By township; people without a known one last."""
        return numbered(self.by("township").sort(pl.col("township") == NOWHERE, "township"))

    def _ordered(self, key: str, names: Sequence[str]) -> pl.DataFrame:
        rank = pl.col(key).replace_strict(list(names), range(len(names)), return_dtype=pl.Int64)
        return numbered(self.by(key).sort(rank))

    def figures(self, counts: Mapping[str, int | None]) -> Figures:
        """What the indicators are made of; `counts` are those of the year."""
        total = self.total
        assisted = self.events.filter(pl.col("category") != NO_CATEGORY)["visits"].sum()
        return Figures(
            year=self.period.first.year,
            whole_year=self.period.is_year and self.complete,
            stays=total["visits"],
            assisted=int(assisted),
            cost=total["total_fen"],
            eligible=total["eligible_fen"],
            own=total["own_fen"],
            paid=total["all_payment_fen"],
            layers={layer.name: total[f"{layer.id}_paid_fen"] for layer in self.layers},
            funds={fund.name: self.used(fund.name) for fund in self.funds},
            counts=counts,
            adjusted=not self.events["own"].all(),
        )

    def used(self, fund: str) -> tuple[int, int]:
        """What was approved of a fund, and what there was: the opening balance and all advances, fen."""
        lines = [line for line in self.accounts if line.fund == fund]
        opening = lines[0].opening if lines else 0
        return sum(line.approved for line in lines), opening + sum(line.advanced for line in lines)


def report(ledger: sqlite3.Connection, period: Period) -> Report:
    """The closed runs within `period`; raises `CannotRun` when there is none, or one that reaches beyond it."""
    closed = sorted(closed_periods(ledger), key=lambda other: other.first)
    inside = [p for p in closed if period.first <= p.first and p.last <= period.last]
    across = [
        p for p in closed if p not in inside and p.first <= period.last and period.first <= p.last
    ]
    if across:
        names = "、".join(other.id for other in across)
        raise stop(
            f"台账按 {names} 关账，比{period.chinese}长，分不出{period.chinese}的数",
            "请把 --period 写成台账里的结算期，或包含它们的更长的一段",
        )
    if not inside:
        have = f"已关账的有：{'、'.join(p.id for p in closed)}" if closed else "还没有关过账"
        raise stop(f"台账里{period.chinese}没有已关账的结算期", f"{have}；关账用 onestop close")
    runs = tuple(other.id for other in inside)
    layers = _layers(ledger, runs)
    lines = tuple(line for line in accounts(ledger) if line.period in runs)
    events = _events(ledger, runs).pipe(_with_amounts, _amounts(ledger, runs), layers)
    return Report(period, tuple(inside), layers, events, lines)


def _layers(ledger: sqlite3.Connection, runs: Sequence[str]) -> tuple[LayerInfo, ...]:
    """The layers of these runs; a layer goes by what the last of them calls it."""
    found: dict[str, LayerInfo] = {}
    for period, layers in ledger.execute(
        "SELECT period, json_extract(info, '$.layers') FROM run ORDER BY first"
    ):
        if period in runs:
            found |= {layer["id"]: LayerInfo(**layer) for layer in json.loads(layers)}
    return tuple(found.values())


_EVENT: dict[str, Any] = {
    "period": pl.String,
    "stay": pl.Int64,
    "own": pl.Boolean,
    **dict.fromkeys(("person", "hospital", "level", "category", "township"), pl.String),
    **dict.fromkeys(("now", "before"), pl.Int64),
    **dict.fromkeys(COSTS, pl.Int64),
}


def _events(ledger: sqlite3.Connection, runs: Sequence[str]) -> pl.DataFrame:
    """A row per stay and run that booked it or changed it, with what becomes of its visit and its costs."""
    marks = ",".join("?" * len(runs))
    rows = ledger.execute(
        "SELECT r.period, s.number, s.run = t.run, s.person, s.hospital, s.facts ->> 'level', "
        "coalesce(t.choices ->> 'category', s.facts ->> 'category'), s.facts ->> 'township', "
        "t.status = 'settled', coalesce((SELECT b.status = 'settled' FROM state b WHERE b.stay = t.stay "
        "AND b.number < t.number ORDER BY b.number DESC LIMIT 1), 0), "
        "s.facts ->> 'total_fen', s.facts ->> 'eligible_fen' "
        f"FROM state t JOIN run r ON r.number = t.run JOIN stay s ON s.number = t.stay WHERE r.period IN ({marks})",
        runs,
    ).fetchall()
    visits = pl.col("now") - pl.col("before")
    return (
        pl.DataFrame(rows, schema={**_EVENT, "own": pl.Int64}, orient="row")
        .with_columns(
            pl.col("own") == 1,
            pl.col("hospital").fill_null(NO_HOSPITAL),
            pl.col("category").fill_null(NO_CATEGORY),
            pl.col("township").fill_null(NOWHERE),
            *(pl.col(cost).fill_null(0) * visits for cost in COSTS),
            level_name=pl.col("level").replace_strict(LEVELS, default=_NOT_LISTED),
            person=pl.coalesce("person", pl.format("?{}", "stay")),
            visits=visits,
        )
        .drop("level", "now", "before")
    )


def _amounts(ledger: sqlite3.Connection, runs: Sequence[str]) -> pl.DataFrame:
    """What these runs posted: period, stay, layer, what, fen."""
    marks = ",".join("?" * len(runs))
    rows = ledger.execute(
        "SELECT r.period, p.stay, p.layer, p.what, p.fen FROM posting p JOIN run r ON r.number = p.run "
        f"WHERE r.period IN ({marks})",
        runs,
    ).fetchall()
    texts = dict.fromkeys(("layer", "what"), pl.String)
    schema = {"period": pl.String, "stay": pl.Int64, **texts, "fen": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _with_amounts(
    events: pl.DataFrame, posted: pl.DataFrame, layers: Sequence[LayerInfo]
) -> pl.DataFrame:
    """Every event with its amounts: per layer `paid`, per fund and for all the `SIDES`, and `own_fen`."""
    funds = funds_of(layers)
    purses = [*((fund.key, fund.layers) for fund in funds)]
    purses.append(("all", tuple(layer for _, ids in purses for layer in ids)))
    sums = [
        *(_sum((layer.id,), ("payable", "offset"), f"{layer.id}_paid_fen") for layer in layers),
        *(
            _sum(ids, ("payable", "offset") if side == "payment" else (side,), f"{key}_{side}_fen")
            for key, ids in purses
            for side in SIDES
            if side != "adjusted"
        ),
        _sum(("",), ("own",), "own_fen"),
    ]
    keys = ["period", "stay"]
    whole = events.join(posted.group_by(keys).agg(sums), on=keys, how="left", validate="1:1")
    filled = whole.with_columns(pl.selectors.ends_with("_fen").fill_null(0))
    own = pl.col("own")
    return filled.with_columns(
        pl.when(own).then(0).otherwise(pl.col(f"{key}_payment_fen")).alias(f"{key}_adjusted_fen")
        for key, _ in purses
    )


def _sum(layers: Sequence[str], kinds: Sequence[str], name: str) -> pl.Expr:
    inside = pl.col("layer").is_in(layers) & pl.col("what").is_in(kinds)
    return pl.col("fen").filter(inside).sum().alias(name)
