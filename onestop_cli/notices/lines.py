"""What is posted: the settled stays with a payment, and what changes for stays of closed periods, made ready for lists.

Both stand on the same lists, so that a list's sum is what is really paid (应拨). Amounts are fen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from onestop_cli.county.periods import parse_period
from onestop_cli.notices.categories import shown_category
from onestop_cli.notices.names import plain, short, with_names
from onestop_cli.run import Run
from onestop_cli.statements.care import care_of
from onestop_cli.statements.hospital_labels import Labels
from onestop_cli.statements.lines import BORNE, paid
from onestop_cli.tables.by_hand import with_payee
from onestop_cli.tables.schema import LEVELS, PLACE

OTHER = "其他"
"""Where people without a known township or village stand."""

ELIGIBLE = "eligible_fen"
"""The one amount that a hospital's file may not have at all."""

HOMES = ("township", "village")
_ABOUT = (
    *PLACE, "hospital", "level", "stay_no", "name", "id_no", "category", *HOMES, "discharged_on", "settled_on",
)  # fmt: skip


def amounts(layers: Sequence[str]) -> tuple[str, ...]:
    """The amount columns of rows and sums: costs, one per layer, still owed to the patient, what the hospital bears of
    a 单病种 or of days in bed, own share."""
    return (
        "total_fen",
        ELIGIBLE,
        *(f"{layer}_fen" for layer in layers),
        "owed_fen",
        "borne_fen",
        "self_fen",
    )


def posted(run: Run, labels: Labels, categories: Mapping[str, str]) -> pl.DataFrame:
    """Every line of a run's lists: names, places, category and hospital as the public reads them, and `amounts`.

    `person` tells people apart, `adjusted` marks what changes for a closed stay and `note` says of which period;
    `rank` orders hospitals by level.
    """
    layers = [layer.id for layer in run.layers]
    lines = pl.concat([_settled(run, layers), _adjusted(run, layers)])
    return (
        lines.filter(pl.any_horizontal(pl.col(f"{layer}_fen") != 0 for layer in layers))
        .with_columns(self_fen=_own_share(layers), person=pl.coalesce("id_no", _place()))
        .pipe(with_names, _day())
        .pipe(_shown, labels, categories)
        .pipe(_in_order)
    )


def _settled(run: Run, layers: Sequence[str]) -> pl.DataFrame:
    return _line(run.stays.filter(status="settled"), layers, pl.lit(""))


def _adjusted(run: Run, layers: Sequence[str]) -> pl.DataFrame:
    """The adjustment lines, each with the period it belongs to."""
    lines = run.adjustments
    absent = [layer for layer in layers if f"{layer}_payable_fen" not in lines.columns]
    lines = lines.with_columns(
        pl.lit(0, pl.Int64).alias(f"{layer}_{what}_fen")
        for layer in absent
        for what in ("payable", "offset")
    )
    periods = {id_: parse_period(id_).chinese for id_ in lines["belongs_to"].unique().drop_nulls()}
    told = pl.col("belongs_to").replace_strict(periods, default=None, return_dtype=pl.String)
    return _line(lines, layers, pl.format("上期调整（{}）", told).fill_null("上期调整"))


def _line(rows: pl.DataFrame, layers: Sequence[str], note: pl.Expr) -> pl.DataFrame:
    """Stays and adjustment lines in the same columns; an adjustment's costs are what is added or taken away."""
    if "inpatient" not in rows.columns:
        rows = rows.with_columns(inpatient=pl.lit(None, pl.Boolean))
    return (
        rows.pipe(with_payee)
        .select(
            *_ABOUT,
            "total_fen",
            ELIGIBLE,
            note=note,
            care=care_of(),
            **{f"{layer}_fen": paid(layer).cast(pl.Int64) for layer in layers},
            owed_fen=pl.col("patient_owed_fen").fill_null(0),
            borne_fen=_borne(rows),
        )
        .with_columns(adjusted=pl.col("note") != "")
    )


def _borne(lines: pl.DataFrame) -> pl.Expr:
    there = pl.col(BORNE) if BORNE in lines.columns else pl.lit(0, pl.Int64)
    return there.fill_null(0).cast(pl.Int64)


def _own_share(layers: Sequence[str]) -> pl.Expr:
    """The patient's own share: what is left of the total after every payment, what is still owed and what the hospital
    bears."""
    paid_out = pl.sum_horizontal(f"{layer}_fen" for layer in layers)
    return pl.col("total_fen").fill_null(0) - paid_out - pl.col("owed_fen") - pl.col("borne_fen")


def _place() -> pl.Expr:
    return pl.concat_str("source", "sheet", "row", separator="\n", ignore_nulls=True)


def _day() -> pl.Expr:
    return pl.coalesce("discharged_on", "settled_on")


def _shown(lines: pl.DataFrame, labels: Labels, categories: Mapping[str, str]) -> pl.DataFrame:
    """Where they live and were treated, and as what, in the words of a list."""
    rank = pl.col("level").replace_strict(list(LEVELS), range(len(LEVELS)), default=None)
    return lines.with_columns(
        *(plain(pl.col(home)).fill_null(OTHER) for home in HOMES),
        category=short(plain(shown_category(pl.col("category"), categories))),
        hospital=plain(labels.of(pl.col("hospital"), pl.col("level"))).fill_null(OTHER),
        rank=rank,
        month=_day().dt.strftime("%Y年%-m月").fill_null("—"),
    )


def _in_order(lines: pl.DataFrame) -> pl.DataFrame:
    """By township and village, 其他 last, then by day and name; adjustments after the period's own stays."""
    places = [key for home in HOMES for key in (pl.col(home) == OTHER, home)]
    rest = ["adjusted", "discharged_on", "full", "hospital", "stay_no", *PLACE]
    return lines.sort(*places, *rest, nulls_last=True)
