"""The columns of a public list and its cells as text: the same on paper, on screen and in the workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from onestop_cli.money import yuan
from onestop_cli.notices import Notice, Part
from onestop_cli.writers.columns import Column

_PLACES = {"county": "乡镇", "township": "村", "hospital": "乡镇"}


def list_columns(notice: Notice, layers: Sequence[str], kinds: Sequence[str]) -> list[Column]:
    """The columns of a list: no place on a village's, no hospital on a hospital's own."""
    place = [Column("place", _PLACES[notice.level], width=14)] if notice.level in _PLACES else []
    hospital = [] if notice.hospital else [Column("hospital", "就诊医疗机构", width=22)]
    return [
        Column("number", "序号", "int"),
        Column("name", "姓名", width=14),
        *place,
        Column("category", "人员类别", width=17),
        *hospital,
        Column("month", "出院年月", width=11),
        *_amount_columns(notice, layers, kinds),
    ]


def part_columns(
    notice: Notice, part: Part, layers: Sequence[str], kinds: Sequence[str]
) -> list[Column]:
    """The columns of a summary."""
    return [
        Column("label", part.heading, width=26),
        Column("rows", "人次", "int", total=True),
        Column("people", "人数", "int"),
        *_amount_columns(notice, layers, kinds),
    ]


def _amount_columns(notice: Notice, layers: Sequence[str], kinds: Sequence[str]) -> list[Column]:
    """Total, what each layer paid, what is still owed (only where anything is), the own share."""
    owed = (
        [Column("owed_fen", "应补未补", "yuan", 11, total=True)] if notice.sums["owed_fen"] else []
    )
    return [
        Column("total_fen", "总费用", "yuan", 12, total=True),
        *(
            Column(f"{layer}_fen", kind, "yuan", 12, total=True)
            for layer, kind in zip(layers, kinds, strict=True)
        ),
        *owed,
        Column("self_fen", "个人自付", "yuan", 12, total=True),
    ]


def shown_rows(notice: Notice) -> pl.DataFrame:
    """The rows, with what tells people of one name apart written behind the name."""
    mark = pl.when(pl.col("mark") != "").then("（证号尾号" + pl.col("mark") + "）")
    return notice.rows.with_columns(name=pl.col("name") + mark.fill_null(""))


def cells(columns: Sequence[Column], table: pl.DataFrame) -> list[tuple[str, ...]]:
    """The rows of `table` as text, cell by cell."""
    texts = [[_text(value, column) for value in table[column.key]] for column in columns]
    return list(zip(*texts, strict=True))


def total_cells(columns: Sequence[Column], sums: Mapping[str, int]) -> tuple[str, ...]:
    """The totals row as text; the first cell says 合计."""
    summed = (column.total or column.key == "people" for column in columns)
    texts = [
        _text(sums[column.key], column) if known else ""
        for column, known in zip(columns, summed, strict=True)
    ]
    return ("合计", *texts[1:])


def _text(value: Any, column: Column) -> str:
    if column.kind == "yuan":
        return yuan(value)
    return "" if value is None else str(value)
