"""The platform's clearing statements (3202, 3201) beside the stays that were read: what agrees, and what does not.

A refund stands on both sides as plus and minus, so that amounts are added up by 结算ID.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.county import platform
from onestop_cli.tables.schema import CLAIMS, Schema

DETAILS: Schema = {
    "source": pl.String,
    "settlement_no": pl.String,
    "total_fen": pl.Int64,
    "fund_fen": pl.Int64,
    "result": pl.String,
}
"""A line of a 3202 detail or result: `result` is the platform's 对账结果 (000000 agrees), null in a detail."""

SUMS: Schema = {
    "source": pl.String,
    "row": pl.Int64,
    "insutype": pl.String,
    "clr_type": pl.String,
    "first": pl.Date,
    "last": pl.Date,
    "with_refunds": pl.Boolean,
    "count": pl.Int64,
    "total_fen": pl.Int64,
    "fund_fen": pl.Int64,
    "result": pl.String,
}
"""A line of a 3201: what was settled of one insurance and kind of clearing from `first` to `last`."""

AGREES, MISSING, EXTRA, OTHER = "相符", "住院表里没有", "对账文件没有", "金额不同"
VERDICTS = (AGREES, MISSING, EXTRA, OTHER)

_EQUAL = "000000"
_FUNDS = [pl.col(name) for name in CLAIMS if name != "waiver_claimed_fen"]


def fund_of() -> pl.Expr:
    """What all funds paid on a row: 基金支付总额, else the sum of what each is said to have paid."""
    some = pl.any_horizontal(claim.is_not_null() for claim in _FUNDS)
    return pl.coalesce("fund_total_fen", pl.when(some).then(pl.sum_horizontal(_FUNDS)))


def beside_details(stays: pl.DataFrame, details: pl.DataFrame) -> pl.DataFrame:
    """One line per 结算ID of either side: `settlement_no`, `verdict`, `ours_fen`, `theirs_fen` (cost), `ours_fund_fen`,
    `theirs_fund_fen`, `source` and `row` of the stay, `told` (sources of the statement), `result`.

    A number that comes to nothing on one side (refunded) and is not on the other agrees.
    """
    theirs = details.group_by("settlement_no").agg(
        theirs_fen=pl.col("total_fen").sum(),
        theirs_fund_fen=_sum("fund_fen"),
        told=pl.col("source").unique(maintain_order=True).str.join("、"),
        result=pl.col("result").filter(pl.col("result") != _EQUAL).first(),
    )
    ours = (
        stays.drop_nulls("settlement_no")
        .with_columns(fund=fund_of())
        .group_by("settlement_no", maintain_order=True)
        .agg(
            pl.col("source", "row").first(),
            ours_fen=pl.col("total_fen").sum(),
            ours_fund_fen=_sum("fund"),
        )
    )
    both = ours.join(theirs, on="settlement_no", how="full", coalesce=True)
    here, there = pl.col("ours_fen").is_not_null(), pl.col("told").is_not_null()
    nothing = pl.coalesce("ours_fen", "theirs_fen") == 0
    unlike = (pl.col("ours_fen") != pl.col("theirs_fen")) | (
        pl.col("ours_fund_fen") != pl.col("theirs_fund_fen")
    )
    verdict = (
        pl.when(here & there & unlike.fill_null(value=False)).then(pl.lit(OTHER))
        .when((here & there) | nothing).then(pl.lit(AGREES))
        .when(there).then(pl.lit(MISSING))
        .otherwise(pl.lit(EXTRA))
    )  # fmt: skip
    return both.with_columns(verdict=verdict).sort("settlement_no")


def beside_sums(stays: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Each line of `SUMS` with `ours_count`, `ours_fen`, `ours_fund_fen` and `verdict` (AGREES or OTHER): what the
    stays of its insurance, kind of clearing and days of settlement come to.

    A blank insurance or kind is any. Without refunds the rows that are marked as refunded are left out.
    """
    rows = stays.with_columns(
        fund=fund_of().fill_null(0),
        day=pl.coalesce("settled_on", "discharged_on"),
        kind=_clearing_kind(),
        scheme=_coded("insutype", stays["scheme_raw"]),
    )
    found = []
    for line in sums.iter_rows(named=True):
        own = rows.filter(pl.col("day").is_between(line["first"], line["last"]))
        for column, said in (("scheme", line["insutype"]), ("kind", line["clr_type"])):
            own = own.filter(pl.col(column) == said) if said else own
        if not line["with_refunds"]:
            own = own.filter(~pl.col("refund_flag").fill_null(value=False))
        ours = (own.height, own["total_fen"].sum(), own["fund"].sum())
        same = ours == (line["count"], line["total_fen"], line["fund_fen"])
        found.append((*ours, AGREES if same else OTHER))
    names = {"ours_count": pl.Int64, "ours_fen": pl.Int64, "ours_fund_fen": pl.Int64}
    return sums.hstack(pl.DataFrame(found, {**names, "verdict": pl.String}, orient="row"))


def _sum(name: str) -> pl.Expr:
    """The sum of what is there; null where nothing is."""
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum())


def _clearing_kind() -> pl.Expr:
    """清算类别 of a stay: 41 a pharmacy (P…), 11 a visit, else 21."""
    pharmacy = pl.col("hospital_code").str.to_uppercase().str.starts_with("P")
    visit = ~pl.col("inpatient").fill_null(value=True)
    return (
        pl.when(pharmacy.fill_null(value=False)).then(pl.lit("41"))
        .when(visit).then(pl.lit("11"))
        .otherwise(pl.lit("21"))
    )  # fmt: skip


def _coded(kind: str, texts: pl.Series) -> pl.Series:
    found = {text: platform.code(kind, text) for text in texts.unique().drop_nulls()}
    return texts.replace_strict(found, default=None, return_dtype=pl.String)
