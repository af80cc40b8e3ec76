"""Decisions of people about single stays (处理意见), as they are read and kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from onestop_cli.tables.schema import PLACE, Schema, empty

RELEASE, REFUSE, CATEGORY, DEDUCT, PAY = "放行", "拒付", "认定类别", "扣款", "补发"
IDENTIFY, ACCEPT = "认定证号", "受理冲红"
KINDS = (RELEASE, REFUSE, CATEGORY, DEDUCT, PAY, IDENTIFY, ACCEPT)
"""What can be decided."""

DECISIONS: Schema = {
    "line": pl.Int64,
    "period": pl.String,
    **PLACE,
    "hospital": pl.String,
    "stay_no": pl.String,
    "name": pl.String,
    "code": pl.String,
    "decision": pl.String,
    "layer": pl.String,
    "amount_fen": pl.Int64,
    "category": pl.String,
    "id_no": pl.String,
    "reason": pl.String,
    "evidence": pl.String,
    "made_by": pl.String,
    "checked_by": pl.String,
    "decided_on": pl.Date,
}
"""Decisions as read; `line` is the row of the file. A stay is named by its place, else by hospital, 住院号, name
and code; `period` is that of a closed stay. `id_no`: the number that was recognised (认定证号为)."""

CARRIED_OUT: Schema = {**DECISIONS, "carried_out": pl.String}
"""Decisions that a closed run has carried out, and its period."""


@dataclass(frozen=True)
class Decisions:
    """The decisions handed in with a run (`DECISIONS`), the name of their file, and those that closed runs have carried
    out already (`CARRIED_OUT`)."""

    lines: pl.DataFrame
    file: str
    earlier: pl.DataFrame = field(default_factory=lambda: empty(CARRIED_OUT))
