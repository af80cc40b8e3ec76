"""A hospital beside its peers: indicators, causes of errors, months. Tables only; writers print them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from onestop_cli.money import FULL

KEY = ("hospital", "level")


@dataclass(frozen=True)
class Indicator:
    """A quotient per hospital: `part` ÷ `whole`, both sums over its stays; `each` is what a single stay has of it.

    `kind`: `yuan` (fen per stay or day), `days` (hundredths of a day per stay) or `percent` (ten-thousandths).
    `least`: a smaller difference, in the same units, is never worth a word. `high`: more than the peers have is
    worth a look; the other indicators are shown only.
    """

    id: str
    title: str
    kind: str
    part: pl.Expr
    whole: pl.Expr
    each: pl.Expr
    least: int
    high: bool = True

    @property
    def scale(self) -> int:
        """Units of the value in one of the quotient."""
        return {"yuan": 1, "days": 100, "percent": FULL}[self.kind]


def indicators(readmission_days: int, short_stay_days: int) -> tuple[Indicator, ...]:
    """All indicators of a hospital's stays, which are a table by `leads.frame.cases_of`."""
    here = pl.col("admitted_on").shift(-1).over("hospital", "id_no", order_by="admitted_on")
    gap = (here - pl.col("discharged_on")).dt.total_days()
    again = gap.is_between(0, readmission_days) & pl.col("id_no").is_not_null()
    total, days, cases = pl.col("total_fen"), pl.col("days"), pl.len()
    differs = pl.col("codes").list.set_intersection(_MONEY_CODES).list.len() > 0
    known = pl.col("codes").is_not_null().sum()
    short, own = days <= short_stay_days, total - pl.col("amount")
    paid = pl.col("amount").sum()
    bed = days.clip(1).sum()
    return (
        Indicator("mean_total", "次均费用", "yuan", total.sum(), cases, total, 10_000),
        Indicator("mean_days", "平均住院日", "days", days.sum(), cases, days * 100, 100),
        Indicator("day_cost", "日均费用", "yuan", total.sum(), bed, pl.col("per_day"), 5_000),
        _of_bill("out_share", "目录外占比", _outside()),
        Indicator("paid_share", "实际补偿比", "percent", paid, total.sum(), paid, 500, high=False),
        _of_bill("own_share", "个人负担比", own),
        Indicator("short_share", "一日住院占比", "percent", short.sum(), cases, short * FULL, 500),
        Indicator(
            "again_share", "短期再入院占比", "percent", again.sum(), cases, again * FULL, 500
        ),
        Indicator(
            "error_share", "金额差错率", "percent", differs.sum(), known, differs * FULL, 500
        ),
    )


def _of_bill(name: str, title: str, part: pl.Expr) -> Indicator:
    """A part of the bill."""
    total = pl.col("total_fen")
    return Indicator(name, title, "percent", part.sum(), total.sum(), part * FULL // total, 500)


_MONEY_CODES = ["AM01", "AM07", "CA01", "RO01", "RO02", "RO03", "RO04"]


def _outside() -> pl.Expr:
    """Cost out of scope; 0 where the file does not say what is in scope."""
    return pl.col("total_fen") - pl.col("eligible_fen").fill_null(pl.col("total_fen"))


def profile(stays: pl.DataFrame, wanted: tuple[Indicator, ...]) -> pl.DataFrame:
    """Long table: hospital, level, indicator, stays, value, peers, peer_median (hospitals of its level, itself
    left out), past (value of its closed stays); `value` in the indicator's units, half up.

    A hospital is one, also where its level was changed, or only some of its stays have one: its last level stands.
    """
    known = pl.col("level").sort_by("discharged_on", "level", nulls_last=True).drop_nulls()
    usable = stays.filter("counted", "dated", pl.col("total_fen") > 0).with_columns(
        level=known.last().over("hospital")
    )
    now = _values(usable.filter("current"), wanted)
    past = _values(usable.filter(~pl.col("current")), wanted).select(
        "hospital", "indicator", past="value", past_stays="stays"
    )
    return _beside_peers(now).join(
        past,
        on=["hospital", "indicator"],
        how="left",
        validate="1:1",
        maintain_order="left",
    )


def _values(stays: pl.DataFrame, wanted: tuple[Indicator, ...]) -> pl.DataFrame:
    """hospital, level, stays, indicator, value."""
    quotients = [_quotient(item).alias(item.id) for item in wanted]
    return (
        stays.group_by(*KEY)
        .agg(pl.len().cast(pl.Int64).alias("stays"), *quotients)
        .unpivot(index=[*KEY, "stays"], variable_name="indicator", value_name="value")
        .sort("hospital", pl.col("indicator").replace_strict(_order(wanted)))
    )


def _order(wanted: tuple[Indicator, ...]) -> dict[str, int]:
    return {item.id: number for number, item in enumerate(wanted)}


def _quotient(item: Indicator) -> pl.Expr:
    part, whole = item.part.cast(pl.Int64) * item.scale, item.whole.cast(pl.Int64)
    return pl.when(whole > 0).then((2 * part + whole) // (2 * whole))


def _beside_peers(values: pl.DataFrame) -> pl.DataFrame:
    """Add the number of other hospitals of the level and the median of their values."""
    pairs = values.join(values, on=["level", "indicator"], suffix="_peer").filter(
        pl.col("hospital") != pl.col("hospital_peer"), pl.col("value_peer").is_not_null()
    )
    peers = pairs.group_by("hospital", "indicator").agg(
        peers=pl.len().cast(pl.Int64), peer_median=pl.col("value_peer").median().cast(pl.Int64)
    )
    return values.join(
        peers, on=["hospital", "indicator"], how="left", validate="1:1", maintain_order="left"
    ).with_columns(pl.col("peers").fill_null(0))


def causes(findings: pl.DataFrame) -> pl.DataFrame:
    """Per hospital, code and cause: how many, and the fen they differ by; most money first."""
    return (
        findings.filter(pl.col("hospital").is_not_null())
        .group_by("hospital", "code", pl.col("cause").fill_null(""))
        .agg(number=pl.len().cast(pl.Int64), diff_fen=pl.col("diff_fen").abs().sum())
        .sort("hospital", "diff_fen", "number", "code", descending=[False, True, True, False])
    )


def months(stays: pl.DataFrame) -> pl.DataFrame:
    """Per hospital and month of discharge: stays, mean total (fen), what the layers claimed (fen)."""
    usable = stays.filter("counted", "dated", pl.col("total_fen") > 0)
    total, rows = pl.col("total_fen").sum(), pl.len().cast(pl.Int64)
    return (
        usable.group_by("hospital", month=pl.col("discharged_on").dt.to_string("%Y-%m"))
        .agg(
            stays=rows,
            mean_total_fen=(2 * total + rows) // (2 * rows),
            amount=pl.col("amount").sum(),
        )
        .sort("hospital", "month")
    )
