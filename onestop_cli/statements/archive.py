"""立卷归档: the files of assisted stays, numbered by category and period, and what is missing in them.

A file (案卷) is one person's stays of one category in a period; the same run gives the same numbers. The number stands
on the 审批表 of its stays, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from onestop_cli.statements.statement import Statement

HERE, MISSING, NOT_NEEDED = "有", "缺", "不需要"
MARKS = (HERE, MISSING, NOT_NEEDED)
"""What somebody who goes through a file writes beside a paper."""


def archive_files(statement: Statement) -> pl.DataFrame:
    """Every settled stay with assistance in the order of its file: `file` (案卷号), `item` (its number in the file),
    category, name, id_shown, township, village, hospital, stay_no, discharged_on, aid_fen."""
    aid = pl.sum_horizontal(pl.lit(0, pl.Int64), *map(_granted, statement.aid_layers))
    order = {name: rank for rank, name in enumerate(statement.run.classes, 1)}
    rank = pl.col("category").replace_strict(order, default=len(order) + 1, return_dtype=pl.Int64)
    rows = (
        statement.stays.filter(pl.col("settled"))
        .with_columns(aid_fen=aid, _rank=rank)
        .filter(pl.col("aid_fen") > 0)
        .sort(
            "_rank",
            "township",
            "village",
            "name",
            "who",
            "discharged_on",
            "hospital",
            "stay_no",
            nulls_last=True,
        )
    )
    first = pl.struct("category", "who").is_first_distinct()
    number = first.cast(pl.Int64).cum_sum().over("_rank")
    period = pl.lit(statement.run.period.id)
    name = pl.format("{}-{}-{}", period, _digits("_rank", 2), _digits("_file", 4))
    return (
        rows.with_columns(_file=number)
        .with_columns(
            file=name, item=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("_rank", "_file")
        )
        .select(
            "file", "item", "category", "name", "id_shown", "township", "village", "hospital",
            "stay_no", "discharged_on", "aid_fen", "source", "sheet", "row",
        )
    )  # fmt: skip


def _granted(layer: str) -> pl.Expr:
    """What a layer comes to, as the 审批表 has it."""
    paid = pl.col(f"{layer}_payable_fen") + pl.col(f"{layer}_offset_fen")
    return pl.coalesce(f"{layer}_due_fen", paid).fill_null(0)


def _digits(name: str, width: int) -> pl.Expr:
    return pl.col(name).cast(pl.String).str.zfill(width)


def missing_papers(
    files: pl.DataFrame, marks: Mapping[tuple[str, int], Mapping[str, str]], papers: Sequence[str]
) -> pl.DataFrame:
    """What is not there: hospital, file, item, name, stay_no, `missing` (titles; a paper nobody marked is one)."""
    rows = []
    for row in files.iter_rows(named=True):
        said = marks.get((row["file"], row["item"]), {})
        gone = [title for title in papers if said.get(title) not in (HERE, NOT_NEEDED)]
        if gone:
            keys = ("hospital", "file", "item", "name", "id_shown", "stay_no")
            rows.append(
                {**{key: row[key] for key in keys}, "missing": "、".join(gone), "count": len(gone)}
            )
    texts = ("hospital", "file", "name", "id_shown", "stay_no", "missing")
    schema = {**dict.fromkeys(texts, pl.String), "item": pl.Int64, "count": pl.Int64}
    return pl.DataFrame(rows, schema=schema).sort("hospital", "file", "item", nulls_last=True)
