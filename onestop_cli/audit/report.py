"""What an inspection came to: evaluation, errors, suggested deductions per hospital, households by township."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.audit.evaluate import Evaluation, evaluate, within
from onestop_cli.audit.leads import BY_ID
from onestop_cli.audit.papers import OUTCOMES
from onestop_cli.audit.plan import Choices, Drawing, percent
from onestop_cli.audit.questionnaire import Household, tally
from onestop_cli.tables.schema import PLACE


@dataclass(frozen=True)
class Report:
    """`rows`: every sampled stay with what was found, and `diff_fen` (amount less what was confirmed, null when
    nothing could be found out). `outcomes`: reason → outcome → stays. `deductions`: rows to deduct; `hospitals`: their
    sums. `owed`: rows where more is due than is paid. `lead_outcomes`: rule title → stays looked at, with an error."""

    county: str
    period: str
    plan: Mapping[str, Any]
    evaluation: Evaluation
    rows: pl.DataFrame
    outcomes: pl.DataFrame
    deductions: pl.DataFrame
    hospitals: pl.DataFrame
    owed: pl.DataFrame
    lead_outcomes: pl.DataFrame
    households: pl.DataFrame


def report_of(
    county: str,
    period: str,
    plan: Mapping[str, Any],
    drawing: Drawing,
    sample: pl.DataFrame,
    confirmed: pl.DataFrame,
    answers: Sequence[Household],
) -> Report:
    """Put what was found (`CONFIRMED`) beside the printed `sample` rows and project it onto the frame."""
    rows = sample.join(
        confirmed, on="number", how="left", validate="1:1", maintain_order="left"
    ).with_columns(diff_fen=pl.col("amount") - pl.col("confirmed_fen"))
    deductions = rows.filter(pl.col("diff_fen") > 0)
    return Report(
        county=county,
        period=period,
        plan=plan,
        evaluation=_evaluation(drawing, rows, plan),
        rows=rows,
        outcomes=_outcomes(rows),
        deductions=deductions,
        hospitals=_hospitals(rows, deductions),
        owed=rows.filter(pl.col("diff_fen") < 0),
        lead_outcomes=_lead_outcomes(rows),
        households=tally(answers),
    )


def _evaluation(drawing: Drawing, rows: pl.DataFrame, plan: Mapping[str, Any]) -> Evaluation:
    """The drawn stays projected; where nothing could be found out, nothing is confirmed."""
    picks = sorted(at for stratum in drawing.strata for at in stratum.picks)
    positions = drawing.sample.select(*PLACE).with_columns(
        position=pl.Series(picks, dtype=pl.Int64)
    )
    found = rows.join(positions, on=[*PLACE], how="inner", nulls_equal=True, validate="1:1")
    confirmed = dict(found.select("position", pl.col("confirmed_fen").fill_null(0)).iter_rows())
    risk = Choices(confidence=plan["confidence"]).risk
    return evaluate(drawing.frame["amount"].to_list(), drawing.strata, confirmed, risk)


def _outcomes(rows: pl.DataFrame) -> pl.DataFrame:
    """Per reason: stays, and how many of each outcome."""
    counts = {outcome: (pl.col("outcome") == outcome).sum().cast(pl.Int64) for outcome in OUTCOMES}
    return rows.group_by("reason_name", maintain_order=True).agg(
        stays=pl.len().cast(pl.Int64), **counts
    )


def _hospitals(rows: pl.DataFrame, deductions: pl.DataFrame) -> pl.DataFrame:
    """Per hospital: stays looked at, stays with an error, fen to deduct; all hospitals that were looked at."""
    looked = rows.group_by("hospital").agg(
        looked=pl.len().cast(pl.Int64), looked_fen=pl.col("amount").sum()
    )
    wrong = deductions.group_by("hospital").agg(
        wrong=pl.len().cast(pl.Int64), deduct_fen=pl.col("diff_fen").sum()
    )
    return (
        looked.join(wrong, on="hospital", how="left", validate="1:1")
        .with_columns(pl.col("wrong", "deduct_fen").fill_null(0))
        .sort("deduct_fen", "hospital", descending=[True, False])
    )


def _lead_outcomes(rows: pl.DataFrame) -> pl.DataFrame:
    """Per rule that met a sampled stay: stays looked at and stays with an error, so that rules can be weighed."""
    titles = {rule.id: rule.title for rule in BY_ID.values()}
    return (
        rows.explode("leads")
        .drop_nulls("leads")
        .group_by(title=pl.col("leads").replace_strict(titles, return_dtype=pl.String))
        .agg(
            looked=pl.len().cast(pl.Int64),
            wrong=(pl.col("diff_fen").fill_null(0) != 0).sum().cast(pl.Int64),
            unclear=pl.col("confirmed_fen").is_null().sum().cast(pl.Int64),
        )
        .sort("wrong", "looked", "title", descending=[True, True, False])
    )


def suggested(
    report: Report, stays: pl.DataFrame, layers: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Lines for 处理意见: each deduction spread over the layers as they pay for the stay, to the fen.

    `layers`: id → Chinese name. A held stay is paid nothing and has no line.
    """
    paid = {
        layer: pl.col(f"{layer}_payable_fen") + pl.col(f"{layer}_offset_fen") for layer in layers
    }
    rows = report.deductions.join(
        stays.select(*PLACE, **paid), on=[*PLACE], how="left", nulls_equal=True, validate="m:1"
    ).sort("hospital", "number")
    lines = []
    for row in rows.iter_rows(named=True):
        shares = _spread(row["diff_fen"], [row[layer] for layer in layers])
        for name, fen in zip(layers.values(), shares, strict=True):
            if fen:
                lines.append({**row, "layer_name": name, "amount_fen": fen})
    return lines


def _spread(fen: int, paid: Sequence[int]) -> list[int]:
    """`fen` in proportion to `paid`, whole, adding up; nothing where nothing is paid."""
    total, given, below = sum(paid), [], 0
    for amount in paid if total else ():
        edge = fen * (below + amount) // total - fen * below // total
        given.append(edge)
        below += amount
    return given or [0] * len(paid)


def tolerated(evaluation: Evaluation, plan: Mapping[str, Any]) -> bool:
    """Whether the upper limit stays within what the plan tolerates."""
    return within(evaluation.total, plan["method"], percent(plan["tolerable"]))
