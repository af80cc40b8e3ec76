"""What a decision must say, and which decisions cannot stand together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.core.identify import usable_ids
from onestop_cli.errors import Problem
from onestop_cli.tables.decisions import (
    ACCEPT,
    CATEGORY,
    DEDUCT,
    IDENTIFY,
    KINDS,
    PAY,
    REFUSE,
    RELEASE,
)

WRONG_IDS = ("ID01", "ID03", "ID04", "RO06", "RO10")
"""Findings after which another number may be recognised."""


def incomplete(lines: pl.DataFrame, file: str, categories: Collection[str]) -> Iterator[Problem]:
    """Lines that lack what their kind of decision needs, or anybody who answers for it."""
    usable = dict(zip(lines["line"], usable_ids(lines["id_no"]), strict=True))
    for row in lines.iter_rows(named=True):
        yield from lacking(row, file)
        if row["code"] and row["code"] not in CATALOGUE:
            what = f"没有差错代码“{row['code']}”"
            yield Problem(what, "请照差错清单原样填写代码", file, row=row["line"])
        if row["category"] and row["category"] not in categories:
            what = f"政策文件没有“{row['category']}”这一类"
            remedy = f"认定类别为 可写：{'、'.join(categories)}"
            yield Problem(what, remedy, file, row=row["line"])
        if row["id_no"] and usable[row["line"]] != row["id_no"]:
            what = "认定证号为 不是有效的 18 位身份证号"
            yield Problem(what, "请照身份证原件核对后重写", file, row=row["line"])
        if row["decision"] == IDENTIFY and row["code"] not in WRONG_IDS:
            what, remedy = "认定证号只用于证号有疑问的差错", f"代码可写：{'、'.join(WRONG_IDS)}"
            yield Problem(what, remedy, file, row=row["line"])
        if row["decision"] == ACCEPT and row["code"] != "ST06":
            what = "受理冲红只用于 ST06（红冲未配对）"
            yield Problem(what, "请写在退费那一行上", file, row=row["line"])


def lacking(row: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """What a line must have and has not, in one sentence."""
    if absent := [title for title, missing in _needed(row) if missing]:
        what = f"处理意见不完整，缺：{'、'.join(absent)}"
        yield Problem(what, "请补齐后重新运行", file, row=row["line"])


def _needed(row: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """What a line must have, and whether it lacks it."""
    kind, amounts = row["decision"], (DEDUCT, PAY)
    yield f"处理决定（{'、'.join(KINDS)}之一）", kind not in KINDS
    yield "代码", kind == RELEASE and not row["code"]
    yield "认定类别为", kind == CATEGORY and not row["category"]
    yield "认定证号为", kind == IDENTIFY and not row["id_no"]
    yield "金额", kind in amounts and not (row["amount_fen"] or 0) > 0
    yield "补偿种类", kind in amounts and not row["layer"]
    yield "理由", not row["reason"]
    yield "依据", not row["evidence"]
    yield "经办人和复核人（不同的两人）", not _two(row["made_by"], row["checked_by"])
    yield "日期", row["decided_on"] is None


def _two(made_by: str | None, checked_by: str | None) -> bool:
    return bool(made_by and checked_by and made_by != checked_by)


def contradictions(lines: pl.DataFrame, file: str) -> Iterator[Problem]:
    """Two decisions of one kind about one thing, two categories or numbers, or refused and anything else at once."""
    known = lines.filter(pl.col("stay").is_not_null())
    same = known.filter(pl.len().over("stay", "code", "decision", "layer") > 1)
    torn = [
        known.filter(pl.col(said).filter(decision=kind).n_unique().over("stay") > 1)
        for kind, said in ((CATEGORY, "category"), (IDENTIFY, "id_no"))
    ]
    refused = (pl.col("decision") == REFUSE).any().over("stay")
    opposed = known.filter(refused & (pl.col("decision") != REFUSE).any().over("stay"))
    for line in sorted({line for table in (same, *torn, opposed) for line in table["line"]}):
        yield Problem("与另一行处理意见重复或矛盾", "同一笔住院请只留一种决定", file, row=line)
