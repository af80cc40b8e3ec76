"""门诊 and 住院: the two kinds of care of a settlement, and the table that counties hand in of them by level.

What no file names as a visit is a stay in hospital. 特殊病、慢性病 are visits that counties report in a line of their
own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.county import platform
from onestop_cli.tables.schema import LEVELS, Schema

OUTPATIENT, INPATIENT = "门诊", "住院"
CARES = (OUTPATIENT, INPATIENT)

SPECIAL = "特殊病、慢性病"
"""Visits for illnesses that are treated without a bed, and paid by rules of their own."""
_SPECIAL_CODE = "14"

_PLACES = {
    LEVELS["village"]: "村卫生室",
    LEVELS["township"]: "乡镇卫生院",
    LEVELS["county"]: "县级医疗机构",
    LEVELS["city"]: "县以上医疗机构",
    LEVELS["province"]: "县以上医疗机构",
}
_PLACE_ORDER = tuple(dict.fromkeys(_PLACES.values()))

SECOND = "大病二次补偿"

COUNTED: Schema = {
    "kind": pl.String,
    "level_name": pl.String,
    "person": pl.String,
    "visits": pl.Int64,
    "total_fen": pl.Int64,
    "paid_fen": pl.Int64,
    "capped": pl.Boolean,
}
"""What the table by level counts, a row per stay or change of one: `kind` is one of `CARES` or `SPECIAL`."""


def care_of() -> pl.Expr:
    """门诊 or 住院, by `inpatient`."""
    stays = pl.col("inpatient").fill_null(value=True)
    return pl.when(stays).then(pl.lit(INPATIENT)).otherwise(pl.lit(OUTPATIENT))


def kind_of(table: pl.DataFrame) -> pl.Series:
    """门诊, 特殊病、慢性病 or 住院 of every row, by `inpatient` and `visit_raw`."""
    texts = table["visit_raw"].unique().drop_nulls()
    special = [
        text for text in texts if (platform.code("med_type", text) or text)[:2] == _SPECIAL_CODE
    ]
    visit = ~pl.col("inpatient").fill_null(value=True)
    apart = visit & pl.col("visit_raw").is_in(special)
    return table.select(pl.when(apart).then(pl.lit(SPECIAL)).otherwise(care_of())).to_series()


def bill_of(has_outpatients: bool) -> str:
    """What the costs of stays are called; with visits among them, of both."""
    return "总费用" if has_outpatients else "住院总费用"


class NamedByCare(ABC):
    """A paper's stays, and what their costs and what is paid for are called with and without visits among them."""

    @property
    @abstractmethod
    def has_outpatients(self) -> bool:
        """Whether anybody was treated without a bed (门诊)."""

    @property
    def bill(self) -> str:
        """总费用, of stays alone 住院总费用."""
        return bill_of(self.has_outpatients)

    @property
    def benefits(self) -> str:
        """医疗费用补偿, of stays alone 住院补偿."""
        return "医疗费用补偿" if self.has_outpatients else "住院补偿"


@dataclass(frozen=True)
class LevelLine:
    """A line of the table by level: amounts fen; `people` and `capped` (who used a year's limit up) count each person
    once. `kind`: of care, "" of the whole. `depth`: 0 the whole, 1 a kind of care, 2 a part of it."""

    kind: str
    item: str
    depth: int
    visits: int
    people: int
    cost: int
    paid: int
    capped: int

    @property
    def key(self) -> tuple[str, str]:
        """What sets it apart from every other line of its table."""
        return self.kind, self.item

    @property
    def title(self) -> str:
        """The item as it stands in the table."""
        return "　" * self.depth + self.item


def level_lines(counted: pl.DataFrame, second: tuple[int, int] = (0, 0)) -> list[LevelLine]:
    """The table by level of `counted` (`COUNTED`): all, then 门诊 and 住院 by place, and 特殊病、慢性病.

    `second`: people and fen of 大病二次补偿, which is part of 住院, as counties report it.
    """
    lines: list[LevelLine] = []
    for kind in (OUTPATIENT, SPECIAL, INPATIENT):
        rows = counted.filter(pl.col("kind") == kind)
        extra = second if kind == INPATIENT else (0, 0)
        if rows.is_empty() and not any(extra):
            continue
        lines.append(_line(kind, kind, 1, rows, extra[1]))
        if kind != SPECIAL:
            lines += _places(kind, rows)
        if any(extra):
            lines.append(LevelLine(kind, SECOND, 2, 0, extra[0], 0, extra[1], 0))
    return [_line("", "合计", 0, counted, second[1]), *lines]


def _places(kind: str, rows: pl.DataFrame) -> Iterator[LevelLine]:
    """The lines of a kind of care, from the village upwards; places that are none of a level come last."""
    placed = rows.with_columns(place=pl.col("level_name").replace(_PLACES))
    named = dict.fromkeys([*_PLACE_ORDER, *placed["place"].unique().sort()])
    for place in named:
        part = placed.filter(pl.col("place") == place)
        if len(part):
            yield _line(kind, place, 2, part, 0)


def _line(kind: str, item: str, depth: int, rows: pl.DataFrame, more: int) -> LevelLine:
    there = rows.group_by("person").agg(pl.col("visits").sum(), pl.col("capped").any())
    there = there.filter(pl.col("visits") > 0)
    sums: dict[str, Any] = rows.select(pl.col("visits", "total_fen", "paid_fen").sum()).row(
        0, named=True
    )
    capped = int(there["capped"].sum() or 0)
    paid = sums["paid_fen"] + more
    return LevelLine(kind, item, depth, sums["visits"], len(there), sums["total_fen"], paid, capped)


def line_rows(lines: Sequence[LevelLine]) -> list[dict[str, Any]]:
    """The lines with the names of the table's columns."""
    return [
        {
            "item": line.title,
            "visits": line.visits,
            "people": line.people,
            "total_fen": line.cost,
            "paid_fen": line.paid,
            "capped": line.capped,
        }
        for line in lines
    ]
