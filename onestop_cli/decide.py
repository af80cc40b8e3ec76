"""What people decided about single stays (处理意见), put beside them.

A released stay is settled as if the finding were not there; a refused one is rejected; a category that was recognised
applies; a deduction or a payment of what is owed is booked as said. Contract section 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.findings.catalogue import CATALOGUE
from onestop_cli.schema import PLACE, Schema

RELEASE, REFUSE, CATEGORY, DEDUCT, PAY = "放行", "拒付", "认定类别", "扣款", "补发"
KINDS = (RELEASE, REFUSE, CATEGORY, DEDUCT, PAY)
"""What can be decided."""

DECISIONS: Schema = {
    "line": pl.Int64,
    **PLACE,
    "hospital": pl.String,
    "stay_no": pl.String,
    "code": pl.String,
    "decision": pl.String,
    "layer": pl.String,
    "amount_fen": pl.Int64,
    "category": pl.String,
    "reason": pl.String,
    "evidence": pl.String,
    "made_by": pl.String,
    "checked_by": pl.String,
    "decided_on": pl.Date,
}
"""Decisions as read; `line` is the row of the file. A stay is named by its place, else by hospital and 住院号."""


def match(decisions: pl.DataFrame, stays: pl.DataFrame, file: str) -> pl.DataFrame:
    """`decisions` with `stay` (row number in `stays`); raises `CannotRun` naming every line that is unknown,
    contradicts another, or says too little."""
    rows = stays.select(*PLACE, "hospital", "stay_no", stay=pl.int_range(pl.len(), dtype=pl.Int64))
    placed = decisions.filter(pl.col("row").is_not_null()).join(
        rows.drop("hospital", "stay_no"), on=[*PLACE], how="left", nulls_equal=True
    )
    numbered = decisions.filter(pl.col("row").is_null()).join(
        rows.drop(*PLACE), on=["hospital", "stay_no"], how="left"
    )
    matched = pl.concat([placed, numbered.select(placed.columns)]).sort("line", "stay")
    problems = [
        *_unknown(matched, file),
        *_incomplete(decisions, file),
        *_contradictions(matched, file),
    ]
    if problems:
        raise CannotRun(problems)
    return matched


def _unknown(matched: pl.DataFrame, file: str) -> Iterator[Problem]:
    for line, hospital, stay_no in (
        matched.filter(pl.col("stay").is_null()).select("line", "hospital", "stay_no").iter_rows()
    ):
        yield Problem(
            f"处理意见说的住院在本期（或台账待核）中找不到：{hospital or ''} {stay_no or ''}",
            "请核对医疗机构和住院号，或照差错清单原样保留文件、工作表和行号三列",
            file, row=line,
        )  # fmt: skip
    several = matched.group_by("line").len().filter(pl.col("len") > 1)["line"].sort()
    for line in several:
        yield Problem(
            "这个住院号对应不止一笔住院", "请保留差错清单中的文件、工作表和行号三列", file, row=line
        )


def _incomplete(decisions: pl.DataFrame, file: str) -> Iterator[Problem]:
    """Lines that lack what their kind of decision needs, or anybody who answers for it."""
    for row in decisions.iter_rows(named=True):
        lacking = [
            title
            for title, missing in (
                ("处理决定（放行、拒付、认定类别、扣款、补发之一）", row["decision"] not in KINDS),
                ("代码", row["decision"] == RELEASE and row["code"] not in CATALOGUE),
                ("类别", row["decision"] == CATEGORY and not row["category"]),
                ("金额", row["decision"] in (DEDUCT, PAY) and not (row["amount_fen"] or 0) > 0),
                ("补偿层", row["decision"] in (DEDUCT, PAY) and not row["layer"]),
                ("理由", not row["reason"]),
                ("经办人和复核人（不同的两人）", not _two(row["made_by"], row["checked_by"])),
                ("日期", row["decided_on"] is None),
            )
            if missing
        ]
        if lacking:
            yield Problem(
                f"处理意见不完整，缺：{'、'.join(lacking)}",
                "请补齐后重新运行",
                file,
                row=row["line"],
            )


def _two(made_by: str | None, checked_by: str | None) -> bool:
    return bool(made_by and checked_by and made_by != checked_by)


def _contradictions(matched: pl.DataFrame, file: str) -> Iterator[Problem]:
    """Two decisions of one kind about one thing, or released and refused at once."""
    known = matched.filter(pl.col("stay").is_not_null())
    same = known.filter(pl.len().over("stay", "code", "decision", "layer") > 1)
    opposed = known.filter(
        (pl.col("decision") == REFUSE).any().over("stay")
        & pl.col("decision").is_in([RELEASE, CATEGORY, PAY])
    )
    for line in sorted({*same["line"], *opposed["line"]}):
        yield Problem("与另一行处理意见重复或矛盾", "同一笔住院请只留一种决定", file, row=line)


def apply(
    stays: pl.DataFrame, decisions: pl.DataFrame | None, layers: Sequence[str]
) -> pl.DataFrame:
    """`stays` with released (codes joined by `;`), refused, decided_category, and per layer `<layer>_docked_fen`,
    `<layer>_supplement_fen` (fen, null where nothing was decided)."""
    if decisions is None or decisions.is_empty():
        return stays.with_columns(
            pl.lit(None, pl.String).alias("released"),
            pl.lit(False).alias("refused"),
            pl.lit(None, pl.String).alias("decided_category"),
            *(
                pl.lit(None, pl.Int64).alias(f"{layer}_{what}_fen")
                for layer in layers
                for what in ("docked", "supplement")
            ),
        )
    kind = pl.col("decision")
    each = decisions.group_by("stay").agg(
        pl.col("code").filter(kind == RELEASE).str.join(";").alias("released"),
        (kind == REFUSE).any().alias("refused"),
        pl.col("category").filter(kind == CATEGORY).first().alias("decided_category"),
        *_sums(layers),
    )
    joined = stays.with_columns(stay=pl.int_range(pl.len(), dtype=pl.Int64)).join(
        each, on="stay", how="left", validate="1:1", maintain_order="left"
    )
    released = pl.col("released").replace("", None)
    return joined.with_columns(released, pl.col("refused").fill_null(False)).drop("stay")


def _sums(layers: Sequence[str]) -> Iterator[pl.Expr]:
    for layer in layers:
        for what, kind in (("docked", DEDUCT), ("supplement", PAY)):
            amount = pl.col("amount_fen").filter(
                (pl.col("decision") == kind) & (pl.col("layer") == layer)
            )
            yield pl.when(amount.len() > 0).then(amount.sum()).alias(f"{layer}_{what}_fen")


def released(code: str) -> pl.Expr:
    """Whether a stay was released from this code."""
    return pl.col("released").str.contains(code, literal=True).fill_null(False)
