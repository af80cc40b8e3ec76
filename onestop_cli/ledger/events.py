"""What closed runs booked, a row per stay and run: what every report of the books is a sum of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from onestop_cli.core.adjustments import COSTS, POSTED, WHOLE
from onestop_cli.core.options import Mapper
from onestop_cli.ledger.books import together
from onestop_cli.ledger.load import named_now
from onestop_cli.statements.capped import CAPPED
from onestop_cli.statements.care import kind_of
from onestop_cli.statements.funds import Fund, funds_of, layers_together, rules_together, whole_of
from onestop_cli.statements.statement import NO_CATEGORY, NO_HOSPITAL, NOWHERE
from onestop_cli.tables.by_hand import LEVEL, PAYEE, with_payee
from onestop_cli.tables.run_info import LayerInfo, RuleInfo, RunInfo
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

NOT_LISTED = "非定点"
"""The level of hospitals that the register does not name."""

PAID = ("payable", "offset")
"""What a fund pays to hospitals."""

_TEXTS = (
    "hospital",
    "level",
    "category",
    "township",
    "person",
    "setl_type",
    "visit_raw",
    "rule_id",
)
_DECIDED = ("decided_category", "decided_id_no")
_DAYS = ("settled_on", "discharged_on")
_MARKS = ("inpatient", CAPPED)

PeriodTables = tuple[str, pl.DataFrame, pl.DataFrame]
"""What the run of a period posts: its id, its own stays, and its lines about closed ones."""


def of_books(runs: Sequence[RunInfo]) -> tuple[tuple[LayerInfo, ...], tuple[RuleInfo, ...]]:
    """The layers of these runs, as the last of them calls them, and their documents."""
    return tuple(layers_together(runs).values()), tuple(rules_together(runs).values())


def columns_needed(layers: Sequence[LayerInfo]) -> list[str]:
    """The columns of posted tables that a report reads."""
    names = [*_TEXTS, *_DAYS, "number", "belongs_to", *COSTS, *_posted(layers), *WHOLE.values()]
    return [*names, *_DECIDED, *_MARKS]


def events_of(
    tables: Iterable[PeriodTables],
    layers: Sequence[LayerInfo],
    rules: Sequence[RuleInfo],
    hospital: Mapper = str,
) -> pl.DataFrame:
    """A row per stay and run that booked it or changed it, with what becomes of its visit, its costs, and amounts."""
    parts = []
    for period, stays, changes in tables:
        own = with_payee(stays).with_columns(
            pl.coalesce("decided_category", "category").alias("category"),
            visits=(pl.col("status") == "settled").cast(pl.Int64),
            own=pl.lit(value=True),
        )
        own = own.with_columns(pl.col(cost).fill_null(0) * pl.col("visits") for cost in COSTS)
        later = with_payee(changes).with_columns(
            pl.coalesce("decided_category", "category").alias("category"),
            own=pl.lit(value=False),
        )
        parts += [part.with_columns(period=pl.lit(period)) for part in (own, later)]
    return _whole(parts).pipe(named_now, hospital).pipe(_with_amounts, layers, rules)


def _whole(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    whole = together(parts)
    kinds = {"inpatient": pl.Boolean, "visit_raw": pl.String, CAPPED: pl.Boolean}
    absent = [pl.lit(None, kind).alias(name) for name, kind in kinds.items() if name not in whole]
    return (
        whole.with_columns(absent)
        .pipe(_with_kind)
        .with_columns(
            pl.col("hospital").fill_null(NO_HOSPITAL),
            pl.col("category").fill_null(NO_CATEGORY),
            pl.col("township").fill_null(NOWHERE),
            level_name=pl.when(pl.col("hospital") == PAYEE)
            .then(pl.lit(LEVEL))
            .otherwise(pl.col("level").replace_strict(LEVELS, default=NOT_LISTED)),
            person=pl.coalesce(_known_last(), "person", pl.format("?{}", "number")),
        )
    )


def _with_kind(events: pl.DataFrame) -> pl.DataFrame:
    """`kind` of care; a change of a stay whose own line is at hand is of its kind."""
    if not events["own"].all():
        events = events.with_columns(
            pl.coalesce(name, pl.col(name).drop_nulls().first().over("number"))
            for name in ("inpatient", "visit_raw")
        )
    return events.with_columns(kind_of(events).alias("kind"))


def _known_last() -> pl.Expr:
    """Whose stay it is by the last decision, also where an earlier run booked it; null without any."""
    return pl.col("decided_id_no").drop_nulls().last().over("number")


def _posted(layers: Sequence[LayerInfo]) -> list[str]:
    return [f"{layer.id}_{what}_fen" for layer in layers for what in POSTED]


def _with_amounts(
    events: pl.DataFrame, layers: Sequence[LayerInfo], rules: Sequence[RuleInfo]
) -> pl.DataFrame:
    """Every event with its sums: per layer `paid`, per fund and for all the `SIDES`, and `own_fen`."""
    absent = [name for name in _posted(layers) if name not in events.columns]
    events = events.with_columns(pl.lit(0, pl.Int64).alias(name) for name in absent)
    funds = funds_of(layers, rules)
    purses = [*funds, whole_of(funds)]
    whole = events.with_columns(
        *(
            Fund("", "", (layer.id,)).sum_of(*PAID).alias(f"{layer.id}_paid_fen")
            for layer in layers
        ),
        *(
            purse.sum_of(*(PAID if side == "payment" else (side,))).alias(f"{purse.key}_{side}_fen")
            for purse in purses
            for side in SIDES
            if side != "adjusted"
        ),
        pl.col("self_fen").fill_null(0).alias("own_fen"),
    )
    own = pl.col("own")
    return whole.with_columns(
        pl.when(own).then(0).otherwise(f"{one.key}_payment_fen").alias(f"{one.key}_adjusted_fen")
        for one in purses
    )
