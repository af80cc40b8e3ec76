"""`simulate.json` and `stays.parquet`: the machine-readable half of a simulation."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from onestop_cli.simulation.compare import VariantComparison
from onestop_cli.simulation.study import Study
from onestop_cli.tables.schema import PLACE
from onestop_cli.writers.toolkit.text import write_text

_HEAD = (
    "period",
    *PLACE,
    "hospital",
    "stay_no",
    "level",
    "category",
    "township",
    "discharged_on",
    "benefit_year",
    "total_fen",
)


def write_simulate_data(study: Study, folder: Path) -> None:
    """Both files in `folder`; `stays.parquet` has a row per variant and stay, without anything that names a person."""
    variants = [tried.summary for tried in study.tried]
    text = json.dumps({"variants": variants}, ensure_ascii=False, indent=2)
    write_text(folder / "simulate.json", text + "\n")
    frames = [_stays(tried.comparison).lazy() for tried in study.tried]
    none = study.year.stays.lazy().select(pl.lit("").alias("variant"), *_HEAD).clear()
    pl.concat([none, *frames], how="diagonal").sink_parquet(folder / "stays.parquet")


def _stays(comparison: VariantComparison) -> pl.DataFrame:
    """Per stay and layer before, after, and how they can be compared (see `VariantComparison.stays`)."""
    columns = [
        f"{layer}_{what}"
        for layer in comparison.layers
        for what in ("before_fen", "after_fen", "before_bound_fen", "after_bound_fen", "compared")
    ]
    return comparison.stays.select(
        pl.lit(comparison.variant.name).alias("variant"),
        *_HEAD,
        *columns,
        "self_before_fen",
        "self_after_fen",
        "change_fen",
    )
