"""Which rows stand on the inspection's papers, and in which order; no file formats, no full ID numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.audit.leads import BY_ID
from onestop_cli.audit.leads.model import LeadInput
from onestop_cli.audit.profiles import Indicator
from onestop_cli.audit.sampling import REASONS, STRATA
from onestop_cli.tables.schema import LEVELS, PLACE

OUTCOMES = ("属实", "部分属实", "不属实", "无法核查")
"""What an inspector may find about a stay. 无法核查 counts as an error in the upper limit and is never deducted."""

CAUSES = (
    "冒名顶替",
    "挂床住院",
    "分解住院",
    "门诊当住院",
    "天数不符",
    "费用不符",
    "身份或类别不符",
    "金额计算有误",
    "资料缺失",
    "其他",
)
"""Causes to choose from; 其他 needs a note."""

IDENTITY_CAUSE = CAUSES[6]
"""The cause for which assistance gives way first."""

SATISFACTION = ("很满意", "满意", "一般", "不满意")
YES_NO = ("是", "否")

_SHOWN = (
    "hospital",
    "stay_no",
    "name",
    "id_tail",
    "category",
    "township",
    "village",
    "admitted_on",
    "discharged_on",
    "total_fen",
)


def layer_key(layer: str) -> str:
    """The column in which inspectors write what a layer should have paid."""
    return f"confirmed_{layer}"


def confirmed(layer: str) -> str:
    """What they wrote, fen."""
    return f"{layer}_confirmed_fen"


def booked(layer: str) -> str:
    """What a layer's fund pays for the stay: payable and offset; of a held stay what it claimed."""
    return f"{layer}_booked_fen"


def payable(layer: str) -> str:
    return f"{layer}_payable_fen"


def claimed(layer: str) -> str:
    return f"{layer}_claimed_fen"


@dataclass(frozen=True)
class Papers:
    """The rows of all papers. `layers`: id → Chinese name.

    `sample`: number, patient (number of the page), reason_name, stratum_name, amount, lead_titles and what identifies
    the stay. `leads`: number, title, score, explained, hospital, village, amount, why, cases, basis, fetch.
    `evidence`: number (of the lead), title and the stay. `profile`, `causes`, `months`: tables of `profiles`.
    """

    county: str
    period: str
    layers: Mapping[str, str]
    plan: Mapping[str, Any]
    sample: pl.DataFrame
    leads: pl.DataFrame
    evidence: pl.DataFrame
    indicators: tuple[Indicator, ...]
    profile: pl.DataFrame
    causes: pl.DataFrame
    months: pl.DataFrame
    thresholds: Mapping[str, tuple[str, int, str]]


def sample_rows(sample: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    """The sampled stays in order of travel (township, village, patient), numbered, one page number a patient.

    `<layer>_booked_fen`: what the fund pays; of a stay that is held, what it claimed. `died_on`: as the roster says.
    """
    titles = {rule.id: rule.title for rule in BY_ID.values()}
    patient = pl.coalesce("id_no", pl.concat_str("name", "hospital", "stay_no", ignore_nulls=True))
    died = pl.col("died_on") if "died_on" in sample.columns else pl.lit(None, pl.Date)
    ordered = sample.with_columns(
        id_tail=pl.col("id_no").str.tail(4),
        patient=patient,
        died_on=died,
        lead_titles=pl.col("leads")
        .list.eval(pl.element().replace_strict(titles, return_dtype=pl.String))
        .list.join("、")
        .fill_null(""),
        reason_name=pl.col("reason").replace_strict(REASONS, return_dtype=pl.String),
        stratum_name=pl.col("stratum").replace_strict(STRATA, return_dtype=pl.String),
        **{booked(layer): _booked(layer) for layer in layers},
    ).sort(
        pl.col("township").is_null(),
        "township",
        pl.col("village").is_null(),
        "village",
        "name",
        "patient",
        "admitted_on",
        *PLACE,
    )
    amounts = [name(layer) for name in (booked, claimed, payable) for layer in layers]
    return ordered.with_columns(
        number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        patient=pl.col("patient").rle_id().cast(pl.Int64) + 1,
    ).select(
        "number", "patient", "reason", "reason_name", "stratum", "stratum_name", "status", "died_on",
        *_SHOWN, "amount", *amounts, "self_claimed_fen", "leads", "lead_titles", *PLACE,
    )  # fmt: skip


def _booked(layer: str) -> pl.Expr:
    parts = [pl.col(f"{layer}_{what}_fen").fill_null(0) for what in ("payable", "offset", "held")]
    return pl.sum_horizontal(parts).cast(pl.Int64)


def lead_rows(leads: pl.DataFrame) -> pl.DataFrame:
    """The leads as printed, numbered, the highest score first."""
    words = {
        name: {rule.id: getattr(rule, name) for rule in BY_ID.values()}
        for name in ("title", "basis", "fetch")
    }
    return leads.with_columns(
        pl.col("rule").replace_strict(texts, return_dtype=pl.String).alias(name)
        for name, texts in words.items()
    ).select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("number"), "title", "score", "explained",
        "hospital", "village", "amount", "why", pl.col("stays").list.len().cast(pl.Int64).alias("cases"),
        "basis", "fetch", "stays",
    )  # fmt: skip


def evidence_rows(leads: pl.DataFrame, cases: LeadInput) -> pl.DataFrame:
    """The stays of each lead of `lead_rows`, in order of admission."""
    shown = cases.stays.select(
        *PLACE, "stay_no", "hospital", "name", "category", "township", "village", "admitted_on",
        "discharged_on", "days", "disease", "total_fen", "amount", "paid_fen", "status", "current",
        id_tail="tail",
    )  # fmt: skip
    keys = [*PLACE, "hospital", "stay_no"]
    return (
        leads.select("number", "title", stay="stays")
        .explode("stay")
        .drop_nulls("stay")
        .unnest("stay")
        .join(shown, on=keys, how="left", nulls_equal=True)
        .with_columns(
            status_name=pl.col("status").replace_strict(
                {"settled": "已结算", "held": "待核", "rejected": "拒付"}, return_dtype=pl.String
            ),
            when=pl.when("current").then(pl.lit("本期")).otherwise(pl.lit("往期")),
        )
        .sort("number", "admitted_on", *PLACE)
    )


def level_name(level: str | None) -> str:
    """The Chinese name of a level; a hospital outside the register has none."""
    return LEVELS.get(level or "", "级别不明")
