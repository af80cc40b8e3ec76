"""What an inspection came to: evaluation, errors, suggested deductions per hospital, households by township."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.audit import deductions as money
from onestop_cli.audit.evaluate import Error, Evaluation, evaluate_errors, within
from onestop_cli.audit.leads import BY_ID
from onestop_cli.audit.papers import OUTCOMES
from onestop_cli.audit.plan import Drawing, PlanChoices, percent
from onestop_cli.audit.questionnaire import Household, tally
from onestop_cli.tables.schema import PLACE


@dataclass(frozen=True)
class AuditReport:
    """`rows`: every sampled stay with what was found, `over_fen` and `under_fen` (null when nothing could be found out
    or nobody has looked). `evaluation` is None while stays of the draw wait to be looked at (`pending`: their numbers).
    `outcomes`: reason → outcome → stays. `lines`: what to decide on, a line a stay and fund; `hospitals`: its sums.
    `owed`: rows where more is due than is paid. `unpaid`: rows that are held or rejected: nothing is paid for them, so
    nothing is deducted. `lead_outcomes`: rule title → stays looked at, with an error."""

    county: str
    period: str
    layers: Mapping[str, str]
    plan: Mapping[str, Any]
    evaluation: Evaluation | None
    pending: tuple[int, ...]
    rows: pl.DataFrame
    outcomes: pl.DataFrame
    lines: tuple[Mapping[str, Any], ...]
    hospitals: pl.DataFrame
    owed: pl.DataFrame
    unpaid: pl.DataFrame
    lead_outcomes: pl.DataFrame
    households: pl.DataFrame
    slips: pl.DataFrame

    @property
    def over(self) -> pl.DataFrame:
        """Settled stays that were paid too much."""
        return self.rows.filter(pl.col("over_fen") > 0)

    @property
    def over_fen(self) -> int:
        """What was found to be too much: the one figure of screen, page and workbook."""
        return int(self.over["over_fen"].sum())

    @property
    def owed_fen(self) -> int:
        return int(self.owed["under_fen"].sum())


def report_of(
    run: tuple[str, str, Mapping[str, str]],
    plan: Mapping[str, Any],
    drawing: Drawing,
    sample: pl.DataFrame,
    confirmed: pl.DataFrame,
    answers: Sequence[Household],
) -> AuditReport:
    """Put what was found (`CONFIRMED`) beside the printed `sample` rows and project it onto the frame.

    `run`: county, period and layers (id → Chinese name) of the run.
    """
    county, period, layers = run
    found = sample.join(confirmed, on="number", how="left", validate="1:1", maintain_order="left")
    settled = pl.col("status") == "settled"
    rows = money.with_differences(found, list(layers)).with_columns(
        pl.when(settled).then(name) for name in ("over_fen", "under_fen")
    )
    pending = rows.filter(pl.col("outcome").is_null())
    drawn = pending.filter(pl.col("reason") != "lead")
    looked = rows.filter(pl.col("outcome").is_not_null())
    lines = tuple(money.lines(rows.filter(pl.col("over_fen") > 0), layers))
    return AuditReport(
        county=county,
        period=period,
        layers=layers,
        plan=plan,
        evaluation=_evaluation(drawing, rows, plan) if drawn.is_empty() else None,
        pending=tuple(pending["number"].to_list()),
        rows=rows,
        outcomes=_outcomes(looked),
        lines=lines,
        hospitals=_hospitals(looked, lines),
        owed=looked.filter(pl.col("under_fen") > 0),
        unpaid=looked.filter(~settled),
        lead_outcomes=_lead_outcomes(looked),
        households=tally(answers),
        slips=slips(answers, sample),
    )


def _evaluation(drawing: Drawing, rows: pl.DataFrame, plan: Mapping[str, Any]) -> Evaluation:
    """The drawn stays projected; where nothing could be found out, all of it counts as too much."""
    picks = sorted(at for stratum in drawing.strata for at in stratum.picks)
    positions = drawing.sample.select(*PLACE).with_columns(
        position=pl.Series(picks, dtype=pl.Int64)
    )
    found = rows.join(positions, on=[*PLACE], how="inner", nulls_equal=True, validate="1:1")
    unclear = pl.col("confirmed_fen").is_null()
    over = pl.when(unclear).then("amount").otherwise("over_fen")
    under = pl.when(unclear).then(0).otherwise("under_fen")
    errors = {
        at: Error(too_much, too_little)
        for at, too_much, too_little in found.select("position", over, under.alias("_")).iter_rows()
    }
    risk = PlanChoices(confidence=plan["confidence"]).risk
    return evaluate_errors(drawing.frame["amount"].to_list(), drawing.strata, errors, risk)


def _outcomes(looked: pl.DataFrame) -> pl.DataFrame:
    """Per reason: stays looked at, and how many of each outcome."""
    counts = {outcome: (pl.col("outcome") == outcome).sum().cast(pl.Int64) for outcome in OUTCOMES}
    return looked.group_by("reason_name", maintain_order=True).agg(
        stays=pl.len().cast(pl.Int64), **counts
    )


def _hospitals(looked: pl.DataFrame, lines: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Per hospital: stays looked at, stays with too much, fen to deduct; all hospitals that were looked at."""
    settled = looked.filter(pl.col("status") == "settled")
    each = settled.group_by("hospital").agg(
        looked=pl.len().cast(pl.Int64),
        looked_fen=pl.col("amount").sum(),
        wrong=(pl.col("over_fen") > 0).sum().cast(pl.Int64),
    )
    sums = pl.DataFrame(
        [(line["hospital"], line["amount_fen"]) for line in lines],
        schema={"hospital": pl.String, "deduct_fen": pl.Int64},
        orient="row",
    )
    return (
        each.join(sums.group_by("hospital").sum(), on="hospital", how="left", validate="1:1")
        .with_columns(pl.col("deduct_fen").fill_null(0))
        .sort("deduct_fen", "hospital", descending=[True, False])
    )


def _lead_outcomes(looked: pl.DataFrame) -> pl.DataFrame:
    """Per rule that met a sampled stay: stays looked at and stays with an error, so that rules can be weighed."""
    titles = {rule.id: rule.title for rule in BY_ID.values()}
    wrong = (pl.col("over_fen").fill_null(0) > 0) | (pl.col("under_fen").fill_null(0) > 0)
    return (
        looked.explode("leads")
        .drop_nulls("leads")
        .group_by(title=pl.col("leads").replace_strict(titles, return_dtype=pl.String))
        .agg(
            looked=pl.len().cast(pl.Int64),
            wrong=wrong.sum().cast(pl.Int64),
            unclear=pl.col("confirmed_fen").is_null().sum().cast(pl.Int64),
        )
        .sort("wrong", "looked", "title", descending=[True, True, False])
    )


def slips(answers: Sequence[Household], sample: pl.DataFrame) -> pl.DataFrame:
    """Households whose paper says another self-pay than the hospital claims for the sampled stays: patient, name,
    township, village, claimed and paper fen, and the difference."""
    said = pl.DataFrame(
        [(answer.number, answer.own_paid) for answer in answers if answer.own_paid is not None],
        schema={"patient": pl.Int64, "paper_fen": pl.Int64},
        orient="row",
    )
    claims = sample.group_by("patient").agg(
        pl.col("name", "township", "village", "hospital").first(),
        claimed_fen=pl.col("self_claimed_fen").sum(),
    )
    return (
        claims.join(said, on="patient", validate="1:1")
        .with_columns(more_fen=pl.col("paper_fen") - pl.col("claimed_fen"))
        .filter(pl.col("more_fen") != 0)
        .sort("patient")
    )


def tolerated(evaluation: Evaluation, plan: Mapping[str, Any]) -> bool:
    """Whether the upper limit stays within what the plan tolerates."""
    return within(evaluation.total, plan["method"], percent(plan["tolerable"]))
