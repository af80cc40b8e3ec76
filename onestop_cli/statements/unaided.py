"""未救助名单: who bore much of a period's bills and got no medical assistance at all, by township.

A person is on it for whose settled stays of the period no assistance was claimed by a hospital or paid out since, and
whose own part (总费用 less what hospitals advanced and bear) reaches the county's threshold: `listed` for people
with a valid category on some admission day, `unlisted` for all others. Held stays and closed periods do not count.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from onestop_cli.statements.statement import NO_CATEGORY, NOWHERE, Statement, numbered

_AID = ("claimed", "supplement")
"""What assistance may have reached a person by; 层间调整 only moves between funds what the hospital gave."""


def unaided(statement: Statement) -> pl.DataFrame:
    """A row per person, by township, village and name: `stays`, `total_fen`, `own_fen`, `due_fen` (what the rules
    would have given), `situation`; no rows while the county sets no threshold."""
    limits = statement.run.info.settings.unaided
    settled = statement.stays.filter("settled").with_columns(**_burden(statement))
    if not limits or not statement.aid_layers:
        settled = settled.clear()
    people = (
        settled.sort(pl.col("category") == NO_CATEGORY, "admitted_on", maintain_order=True)
        .group_by("who", maintain_order=True)
        .agg(
            pl.col("name", "id_shown", "township", "village", "category", "lapse").first(),
            stays=pl.len().cast(pl.Int64),
            total_fen=pl.col("total_fen").sum(),
            own_fen=pl.col("own_fen").sum(),
            aid_fen=pl.col("aid_fen").sum(),
            due_fen=pl.col("aid_due_fen").sum(),
        )
    )
    found = people.filter(pl.col("aid_fen") == 0, _reached(limits))
    by_place = found.with_columns(situation=_situation()).sort(
        pl.col("township") == NOWHERE, "township", "village", "name", "who"
    )
    return numbered(by_place)


def unaided_by_township(people: pl.DataFrame) -> pl.DataFrame:
    """How many `people` and how much of their own, per township."""
    sums = people.group_by("township", maintain_order=True).agg(
        people=pl.len().cast(pl.Int64), **{n: pl.col(n).sum() for n in ("stays", "total_fen", "own_fen", "due_fen")}
    )  # fmt: skip
    return numbered(sums)


def _burden(statement: Statement) -> Mapping[str, pl.Expr]:
    """Of a stay: the patient's own part, assistance of any kind, and what was due of it."""
    there = statement.stays.columns
    claimed = [pl.col(f"{layer.id}_claimed_fen").fill_null(0) for layer in statement.layers]
    borne = "hospital_borne_fen"
    borne_by_hospital = pl.col(borne).fill_null(0) if borne in there else pl.lit(0, pl.Int64)
    aid = [
        pl.col(f"{layer}_{what}_fen").fill_null(0)
        for layer in statement.aid_layers
        for what in _AID
        if f"{layer}_{what}_fen" in there
    ]
    due = [pl.col(f"{layer}_due_fen").fill_null(0) for layer in statement.aid_layers]
    nothing = pl.lit(0, pl.Int64)
    own = pl.col("total_fen").fill_null(0) - pl.sum_horizontal(*claimed) - borne_by_hospital
    return {
        "own_fen": own.clip(lower_bound=0),
        "aid_fen": pl.sum_horizontal(nothing, *(part.abs() for part in aid)),
        "aid_due_fen": pl.sum_horizontal(nothing, *due),
        "lapse": pl.col("lapse") if "lapse" in there else pl.lit(None, pl.String),
    }


def _reached(limits: Mapping[str, int]) -> pl.Expr:
    """Whether the own part reaches the threshold of people with a category, or of those without."""
    never = pl.lit(value=False)
    listed, unlisted = (
        pl.col("own_fen") >= limits[key] if key in limits else never
        for key in ("listed", "unlisted")
    )
    return pl.when(pl.col("category") != NO_CATEGORY).then(listed).otherwise(unlisted)


def _situation() -> pl.Expr:
    """Why there was no assistance, as far as the run knows."""
    return (
        pl.when((pl.col("category") != NO_CATEGORY) & (pl.col("due_fen") > 0))
        .then(pl.lit("按政策应得救助，医院没有申报（列入应补未补）"))
        .when(pl.col("category") != NO_CATEGORY)
        .then(pl.lit("有救助身份，按政策本期没有可救助的金额"))
        .when(pl.col("lapse").is_not_null())
        .then(pl.format("在册，入院日没有有效的救助身份：{}", "lapse"))
        .otherwise(pl.lit("不在册，请民政排查是否符合条件"))
    )
