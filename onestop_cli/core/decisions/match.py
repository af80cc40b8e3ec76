"""Which stay a decision means, and what it must say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.tables.decisions import (
    CATEGORY,
    DECISIONS,
    DEDUCT,
    KINDS,
    PAY,
    REFUSE,
    RELEASE,
    Decisions,
)
from onestop_cli.tables.schema import PLACE


def match(
    decisions: Decisions,
    stays: pl.DataFrame,
    categories: Collection[str],
    canonical: Callable[[str], str | None],
) -> pl.DataFrame:
    """The decisions with `stay` (row number in `stays`, which has closed ones with their `period`).

    Raises `CannotRun` naming every line that is unknown, was carried out before, contradicts another, or says too
    little. `categories`: those that the documents of the run know; `canonical`: how a text becomes one.
    """
    again = _carried_out(decisions)
    fresh = decisions.lines.join(again, on="line", how="anti", maintain_order="left")
    fresh = fresh.with_columns(
        category=pl.Series([t and (canonical(t) or t) for t in fresh["category"]], dtype=pl.String)
    )
    found = _candidates(fresh, stays)
    matched = fresh.join(found.select("line", "stay"), on="line", how="left", maintain_order="left")
    problems = [
        *_repeated(again, decisions.file),
        *_unknown(matched, decisions.file),
        *_incomplete(fresh, decisions.file, categories),
        *_contradictions(matched, decisions.file),
    ]
    if problems:
        raise CannotRun(sorted(problems, key=lambda problem: problem.row or 0))
    return matched


def _candidates(lines: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """(line, stay) of every stay a line can mean: those of this run before closed ones."""
    rows = stays.select(
        *PLACE, "hospital", "stay_no", "period", stay=pl.int_range(pl.len(), dtype=pl.Int64)
    ).filter(~stays["reversed"])
    placed = lines.filter(pl.col("row").is_not_null())
    numbered = lines.filter(pl.col("row").is_null())
    pairs = pl.concat(
        [
            placed.join(rows, on=[*PLACE], nulls_equal=True, suffix="_there")
            .filter(_same("stay_no"), _same("hospital"))
            .select(_PAIR),
            numbered.join(rows, on=["hospital", "stay_no"], suffix="_there").select(_PAIR),
        ]
    )
    asked = pl.col("period").is_null() | (pl.col("period") == pl.col("period_there"))
    here = pl.col("period_there").is_null()
    return pairs.filter(asked.fill_null(False)).filter(here | ~here.any().over("line"))


_PAIR = ("line", "stay", "period", "period_there")


def _same(column: str) -> pl.Expr:
    """What both sides say is the same; a blank says nothing."""
    return (pl.col(column) == pl.col(f"{column}_there")).fill_null(True)


def _carried_out(decisions: Decisions) -> pl.DataFrame:
    """(line, carried_out) of decisions that a closed run has carried out."""
    words = [name for name in DECISIONS if name != "line"]
    earlier = decisions.earlier.select(*words, "carried_out").unique(words, keep="first")
    return decisions.lines.join(earlier, on=words, nulls_equal=True).select("line", "carried_out")


def _repeated(again: pl.DataFrame, file: str) -> Iterator[Problem]:
    for line, period in again.select("line", "carried_out").iter_rows():
        yield Problem(
            f"这条处理意见已在 {period} 执行过",
            "每条处理意见只执行一次，请删去这一行",
            file,
            row=line,
        )


def _unknown(matched: pl.DataFrame, file: str) -> Iterator[Problem]:
    for line, hospital, stay_no in (
        matched.filter(pl.col("stay").is_null()).select("line", "hospital", "stay_no").iter_rows()
    ):
        yield Problem(
            f"处理意见说的住院在本期和台账中都找不到，或已冲销：{hospital or ''} {stay_no or ''}",
            "请核对医疗机构和住院号，或照差错清单原样保留文件、工作表和行三列；前期的写明所属期",
            file, row=line,
        )  # fmt: skip
    several = matched.group_by("line").len().filter(pl.col("len") > 1)["line"].sort()
    for line in several:
        yield Problem(
            "这个住院号对应不止一笔住院",
            "请照差错清单原样保留文件、工作表和行三列；前期的写明所属期",
            file,
            row=line,
        )


def _incomplete(lines: pl.DataFrame, file: str, categories: Collection[str]) -> Iterator[Problem]:
    """Lines that lack what their kind of decision needs, or anybody who answers for it."""
    for row in lines.iter_rows(named=True):
        lacking = [
            title
            for title, missing in (
                ("处理决定（放行、拒付、认定类别、扣款、补发之一）", row["decision"] not in KINDS),
                ("代码", row["decision"] == RELEASE and row["code"] not in CATALOGUE),
                ("认定类别为", row["decision"] == CATEGORY and not row["category"]),
                ("金额", row["decision"] in (DEDUCT, PAY) and not (row["amount_fen"] or 0) > 0),
                ("补偿种类", row["decision"] in (DEDUCT, PAY) and not row["layer"]),
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
        if row["category"] and row["category"] not in categories:
            yield Problem(
                f"政策文件没有“{row['category']}”这一类",
                f"认定类别为 可写：{'、'.join(categories)}",
                file,
                row=row["line"],
            )


def _two(made_by: str | None, checked_by: str | None) -> bool:
    return bool(made_by and checked_by and made_by != checked_by)


def _contradictions(matched: pl.DataFrame, file: str) -> Iterator[Problem]:
    """Two decisions of one kind about one thing, two categories, or refused and anything else at once."""
    known = matched.filter(pl.col("stay").is_not_null())
    same = known.filter(pl.len().over("stay", "code", "decision", "layer") > 1)
    category = pl.col("category").filter(pl.col("decision") == CATEGORY)
    torn = known.filter(category.n_unique().over("stay") > 1)
    refused = (pl.col("decision") == REFUSE).any().over("stay")
    opposed = known.filter(refused & (pl.col("decision") != REFUSE).any().over("stay"))
    for line in sorted({*same["line"], *torn["line"], *opposed["line"]}):
        yield Problem("与另一行处理意见重复或矛盾", "同一笔住院请只留一种决定", file, row=line)
