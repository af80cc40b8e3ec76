"""What an export says of deductible and rate itself, beside what the documents say: it names the cause at once."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.findings.checks import yuan
from onestop_cli.core.settle.formula import Parameters, beside, rate
from onestop_cli.core.settle.one_step import column
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.checkable import term_column

INSURANCE = "basic"
"""The layer whose deductible and rate exports state."""


def with_stated(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """`stays` with `other_deductible` and `other_rate`, whether the export states another one than the document gives
    (null where either is not known), and `stated_why`, the same in words."""
    step = next((step for step in book.steps if step.id == INSURANCE), None)
    charged = f"{INSURANCE}_deductible_fen"
    if step is None or charged not in stays.columns:
        none = {"other_deductible": pl.Boolean, "other_rate": pl.Boolean, "stated_why": pl.String}
        return stays.with_columns(pl.lit(None, kind).alias(name) for name, kind in none.items())
    stays = stays.with_columns(_rate=_flat_rates(stays, book, step)).with_columns(
        other_deductible=pl.col("deductible_stated_fen") != pl.col(charged),
        other_rate=pl.col("rate_stated") != pl.col("_rate"),
    )
    both = pl.concat_str(
        pl.when("other_deductible").then(
            pl.format(
                "表中起付线 {}，按政策 {}",
                yuan(pl.col("deductible_stated_fen")),
                yuan(pl.col(charged)),
            )
        ),
        pl.when("other_rate").then(
            pl.format("表中支付比例 {}%，按政策 {}%", _percent("rate_stated"), _percent("_rate"))
        ),
        separator="；",
        ignore_nulls=True,
    )
    return stays.with_columns(stated_why=pl.when(both != "").then(both)).drop("_rate")


def _flat_rates(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Series:
    """The rate of each stay's term in ten-thousandths, where it is one for the whole base; of its number in the year,
    where the rate hangs on that."""
    params = Parameters.of_book(book, step.id)
    frame = beside(stays, params, stays[term_column(stays, step.id)])
    return column(frame, pl.when(params["bands"] == 1).then(rate(params, 1)))


def _percent(column: str) -> pl.Expr:
    whole, rest = pl.col(column) // 100, pl.col(column) % 100
    return (
        pl.when(rest == 0)
        .then(pl.format("{}", whole))
        .otherwise(
            pl.format("{}.{}", whole, rest.cast(pl.String).str.zfill(2).str.strip_chars_end("0"))
        )
    )


def hinted(token: pl.Expr) -> pl.Expr:
    """Whether what the export states speaks for a cause: another deductible, or another rate."""
    deductible = token.str.starts_with("deductible") & pl.col("other_deductible")
    rate = token.str.contains("^(level|category|ordinary|bonus|rule)") & pl.col("other_rate")
    return (deductible | rate).fill_null(False)
