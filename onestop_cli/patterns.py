"""Findings counted: by code, by hospital, and the patterns behind them, largest amounts first."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from onestop_cli.findings.catalogue import CATALOGUE, SEVERITIES
from onestop_cli.findings.causes import glossary_of
from onestop_cli.identify import mask_id
from onestop_cli.money import yuan
from onestop_cli.run import Run
from onestop_cli.statements import NO_HOSPITAL, SIDES, Statement

_PLACE = ("source", "sheet", "row")


def shown_findings(run: Run) -> pl.DataFrame:
    """All findings as a paper shows them: titles, layer names and causes in Chinese, IDs masked.

    Adds `number`, `title`, `severity_name`, `remedy`, `layer_name`, `cause_name` (all that fit),
    `likeliest` (the first of them), `id_shown`.
    Grave ones first, then by code, hospital and place.
    """
    found = run.findings
    names = {layer.id: layer.name for layer in run.layers}
    words = glossary_of(run.info)
    causes = found.select("cause", "layer").unique().filter(pl.col("cause").is_not_null())
    told = causes.with_columns(
        cause_name=pl.Series([words.words(*pair) for pair in causes.iter_rows()], dtype=pl.String),
        likeliest=pl.Series([words.first(*pair) for pair in causes.iter_rows()], dtype=pl.String),
    )
    return (
        found.join(told, on=["cause", "layer"], how="left", nulls_equal=True, validate="m:1")
        .with_columns(
            pl.col("hospital").fill_null(NO_HOSPITAL),
            title=_told({code: entry.title for code, entry in CATALOGUE.items()}),
            remedy=_told({code: entry.remedy for code, entry in CATALOGUE.items()}),
            severity_name=pl.col("severity").replace_strict(SEVERITIES, default=""),
            grave=pl.col("severity").replace_strict(_ranks(), default=len(SEVERITIES)),
            layer_name=pl.col("layer").replace(names),
            id_shown=mask_id(pl.col("id_no")),
        )
        .sort("grave", "code", "hospital", *_PLACE, nulls_last=True)
        .with_columns(number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    )


def _ranks() -> dict[str, int]:
    return {severity: rank for rank, severity in enumerate(SEVERITIES)}


def _told(texts: Mapping[str, str]) -> pl.Expr:
    return pl.col("code").replace_strict(texts, default="")


def _over_and_under() -> list[pl.Expr]:
    """多报 and 少报: the sums of the differences that are about money."""
    diff = pl.when(pl.col("severity") == "differs").then("diff_fen").otherwise(0).fill_null(0)
    return [
        diff.clip(lower_bound=0).sum().alias("over_fen"),
        (-diff).clip(lower_bound=0).sum().alias("under_fen"),
    ]


def by_code(statement: Statement, findings: pl.DataFrame) -> pl.DataFrame:
    """Per code of `shown_findings`: `cases`, `over_fen`, `under_fen`, and `held_fen` of its stays.

    A held stay with several codes counts for each of them.
    """
    stays = _placed(statement.stays).select("place", pl.col("all_held_fen").alias("held_fen"))
    blocking = _placed(findings.filter(pl.col("severity") == "blocks")).unique(["code", "place"])
    held = blocking.join(stays, on="place", how="left", validate="m:1")
    return (
        findings.group_by("code", "title", "severity", "severity_name", "remedy", "grave")
        .agg(pl.len().cast(pl.Int64).alias("cases"), *_over_and_under())
        .join(held.group_by("code").agg(pl.col("held_fen").sum()), on="code", how="left")
        .with_columns(pl.col("held_fen").fill_null(0))
        .sort("grave", "code")
    )


def by_hospital(statement: Statement, findings: pl.DataFrame) -> pl.DataFrame:
    """Per hospital: findings by severity, `over_fen`, `under_fen`, and the statement's sides."""
    counts = [
        (pl.col("severity") == severity).sum().cast(pl.Int64).alias(severity)
        for severity in SEVERITIES
    ]
    sides = [f"all_{side}_fen" for side in SIDES]
    found = findings.group_by("hospital").agg(*counts, *_over_and_under())
    known = statement.hospitals.select("number", "hospital", "claims", *sides, "patient_owed_fen")
    whole = known.join(found, on="hospital", how="full", coalesce=True, validate="m:m")
    return whole.with_columns(pl.exclude("hospital", "number").fill_null(0)).sort(
        "number", "hospital", nulls_last=True
    )


def patterns(findings: pl.DataFrame) -> pl.DataFrame:
    """What happens again and again: layer, direction, hospital, code and cause, with cases and fen."""
    money = findings.filter((pl.col("severity") == "differs") & (pl.col("diff_fen") != 0))
    way = pl.when(pl.col("diff_fen") > 0).then(pl.lit("多付")).otherwise(pl.lit("少付"))
    keys = ("layer_name", "way", "hospital", "code", "title", "likeliest")
    return (
        money.with_columns(way=way)
        .group_by(keys, maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("cases"),
            pl.col("diff_fen").abs().sum().alias("amount_fen"),
        )
        .sort("amount_fen", "cases", *keys, descending=[True, True, *[False] * len(keys)])
    )


def pattern_lines(findings: pl.DataFrame, count: int) -> list[str]:
    """The first `count` patterns: 医疗救助多付 · 县医院 · 31 例 · 12,345.00 元 · 年度封顶超支."""
    return [
        f"{row['layer_name']}{row['way']} · {row['hospital']} · {row['cases']:,} 例 · "
        f"{yuan(row['amount_fen'])} 元 · {row['likeliest'] or row['title']}"
        for row in patterns(findings).head(count).iter_rows(named=True)
    ]


def reasons(findings: pl.DataFrame) -> pl.DataFrame:
    """Per stay (`place`) everything found about it but mere notes, as one text `reason`."""
    grave = _placed(findings.filter(pl.col("severity") != "notes"))
    cause = pl.when(pl.col("cause_name") != "").then(pl.format("（{}）", "cause_name"))
    sentence = pl.format("{} {}：{}", "code", "title", "message") + cause.fill_null("")
    return grave.group_by("place", maintain_order=True).agg(reason=sentence.str.join("；"))


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with `place`, one text for source, sheet and row."""
    sheet = pl.col("sheet").fill_null("")
    return rows.with_columns(place=pl.concat_str("source", sheet, "row", separator="\x1f"))


def with_reasons(stays: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """The stays with the `reason` of each; null where nothing grave was found."""
    return _placed(stays).join(reasons(findings), on="place", how="left", validate="m:1")
