"""Findings counted: by code, by hospital, and the patterns behind them, largest amounts first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE, SEVERITIES
from onestop_cli.core.findings.causes import glossary_of
from onestop_cli.money import yuan
from onestop_cli.privacy import mask_id
from onestop_cli.run import Run
from onestop_cli.statements.statement import NO_HOSPITAL, SIDES, Statement
from onestop_cli.tables.by_hand import PAYEE, by_hand

_PLACE = ("source", "sheet", "row")


def shown_findings(run: Run) -> pl.DataFrame:
    """All findings as a paper shows them: titles, layer names and causes in Chinese, IDs masked.

    Adds `number`, `title`, `severity_name`, `remedy`, `layer_name`, `cause_name` (all that fit),
    `likeliest` (the first of them), `id_shown`, `waits_fen`, `month` (its first day; null for what is no stay) and
    `closing` (whether that is the last month of the period).
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
        .join(_of_stays(run), on=_PLACE, how="left", nulls_equal=True, validate="m:1")
        .with_columns(
            pl.when(pl.col("by_hand").fill_null(value=False))
            .then(pl.lit(PAYEE))
            .otherwise(pl.col("hospital").fill_null(NO_HOSPITAL))
            .alias("hospital"),
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


def _of_stays(run: Run) -> pl.DataFrame:
    """The month in which each stay counts, and what of it waits (`waits_fen`, null where nothing does)."""
    month = pl.coalesce("settled_on", "discharged_on").dt.truncate("1mo")
    held = pl.sum_horizontal(f"{layer.id}_held_fen" for layer in run.layers)
    stays = run.stays.select(
        *_PLACE,
        month=month,
        waits_fen=pl.when(status="held").then(held),
        by_hand=by_hand(run.stays),
    )
    return stays.with_columns(closing=pl.col("month") == run.period.last.replace(day=1))


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


_KEYS = ("layer_name", "way", "hospital", "code", "title", "likeliest")
"""What makes a pattern; `way` is 多付, 少付 or, of what the hospital itself gives, 少减免."""


def patterns(findings: pl.DataFrame) -> pl.DataFrame:
    """What happens again and again, largest amounts first: `_KEYS`, `when`, `cases`, `amount_fen`, `sentence`.

    `sentence`: 县医院 自10月起新农合补偿按乡级比例（80%）计算，31 例，多付 12,345.00 元.
    """
    found = _money(findings).group_by(_KEYS, maintain_order=True).agg(*_count(), when=_when())
    ordered = found.sort(
        "amount_fen", "cases", *_KEYS, descending=[True, True, *[False] * len(_KEYS)]
    )
    sentences = [_sentence(row) for row in ordered.iter_rows(named=True)]
    return ordered.with_columns(sentence=pl.Series(sentences, dtype=pl.String))


def patterns_by_month(findings: pl.DataFrame) -> pl.DataFrame:
    """The same month by month, in the order of `patterns`: `_KEYS`, `month`, `cases`, `amount_fen`."""
    order = patterns(findings).select(_KEYS).with_row_index("turn")
    months = _money(findings).group_by(*_KEYS, "month", maintain_order=True).agg(_count())
    return months.join(order, on=_KEYS, nulls_equal=True, validate="m:1").sort("turn", "month")


def _money(findings: pl.DataFrame) -> pl.DataFrame:
    """The findings that change money, and which way."""
    money = findings.filter((pl.col("severity") == "differs") & (pl.col("diff_fen") != 0))
    less = pl.when(layer="waiver").then(pl.lit("少减免")).otherwise(pl.lit("少付"))
    way = pl.when(pl.col("diff_fen") > 0).then(pl.lit("多付")).otherwise(less)
    return money.with_columns(way=way)


def _count() -> list[pl.Expr]:
    return [
        pl.len().cast(pl.Int64).alias("cases"),
        pl.col("diff_fen").abs().sum().alias("amount_fen"),
    ]


def _when() -> pl.Expr:
    """In which months: 12月, 10月至11月, 自10月起 when it goes on to the end of the period."""
    end = pl.col("month").max()
    first, last = _month(pl.col("month").min(), end), _month(end, end)
    return (
        pl.when(pl.col("month").n_unique() == 1)
        .then(first)
        .when(pl.col("closing").any())
        .then(pl.format("自{}起", first))
        .otherwise(pl.format("{}至{}", first, last))
    )


def _month(day: pl.Expr, end: pl.Expr) -> pl.Expr:
    """The month in words, with its year where that is not the year of `end`."""
    year = pl.when(day.dt.year() != end.dt.year()).then(pl.format("{}年", day.dt.year()))
    return pl.format("{}{}月", year.fill_null(""), day.dt.month())


def _sentence(row: Mapping[str, Any]) -> str:
    """A pattern in one sentence."""
    what = row["likeliest"] or row["title"]
    return (
        f"{row['hospital']} {row['when']}{row['layer_name']}{what}，"
        f"{row['cases']:,} 例，{row['way']} {yuan(row['amount_fen'])} 元"
    )


def pattern_lines(findings: pl.DataFrame, count: int) -> list[str]:
    """The first `count` patterns, a sentence each."""
    return patterns(findings)["sentence"].head(count).to_list()


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
