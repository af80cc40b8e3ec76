"""The table all rules look at: a run's stays, with closed stays of the ledger beside them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from onestop_cli.audit.leads import illness
from onestop_cli.audit.leads.calendar import is_holiday
from onestop_cli.audit.leads.model import LeadInput
from onestop_cli.core.identify import id_birth, id_sex
from onestop_cli.county.workdays import Calendar
from onestop_cli.run import Run
from onestop_cli.tables.schema import PLACE, Schema

_OPTIONAL: Schema = {
    "disease": pl.String,
    "died_on": pl.Date,
    "address_raw": pl.String,
    "sex_raw": pl.String,
    "visit_raw": pl.String,
    "visit_no": pl.String,
    "inpatient": pl.Boolean,
}
"""Columns a run may have beyond the contract's; all null where it has not."""

_VISIT = "门诊|门急|急诊|门特|门慢|药店"
"""Kinds of visit that are no stay."""

_DOOR = r"\d+\s*[号室]|[一二三四五六七八九十]+号"
"""An address that names a door."""

STATE_COUNCIL = Calendar()

_KEPT = (
    *PLACE,
    "hospital",
    "level",
    "stay_no",
    "name",
    "id_no",
    "category",
    "township",
    "village",
    "admitted_on",
    "discharged_on",
    "total_fen",
    "self_claimed_fen",
    "status",
    *_OPTIONAL,
)


def cases_of(
    run: Run, closed: pl.DataFrame | None = None, calendar: Calendar = STATE_COUNCIL
) -> LeadInput:
    """All stays of `run` that are not reversed, and those of `closed` (columns as `run.stays`).

    Adds to the contract's columns: `current` (of this run), `counted` (a stay, neither a rejected duplicate nor a
    further settlement of one visit), `visit` (no stay), `dated` (both days are there, in order), `days`, `per_day` (fen
    of a day), `tail` (last four of the ID), `one` (the ID, else the name: who it is when people are counted), `sex`,
    `birth` and `age` (as the ID says), `illness` (group of near-synonyms), `household` (as the roster says), `weekend`
    and `holiday` (days of admission), `amount` and `paid_fen` (what the layers claimed, what the funds pay),
    `eligible_fen` (null where it is no part of the bill),
    `<layer>_claimed_fen`, `<layer>_due_fen`, `codes` (finding codes).
    """
    layers = {layer.id: layer.name for layer in run.layers}
    tables = [_plain(run.stays, layers).with_columns(current=pl.lit(value=True))]
    if closed is not None:
        tables.append(_plain(closed, layers).with_columns(current=pl.lit(value=False)))
    stays = pl.concat(tables).filter(pl.col("status") != "reversed")
    stays = _with_household(_with_days_off(stays, calendar), run.roster)
    return LeadInput(
        _with_codes(stays, run.findings), run.findings, run.period.first, run.period.last, layers
    )


def _plain(stays: pl.DataFrame, layers: Mapping[str, str]) -> pl.DataFrame:
    """The columns rules use, whatever else a table has."""
    missing = {name: kind for name, kind in _OPTIONAL.items() if name not in stays.columns}
    claimed = [f"{layer}_claimed_fen" for layer in layers]
    paid = [f"{layer}_{what}_fen" for layer in layers for what in ("payable", "offset")]
    days = (pl.col("discharged_on") - pl.col("admitted_on")).dt.total_days()
    visit = pl.coalesce(~pl.col("inpatient"), pl.col("visit_raw").str.contains(_VISIT))
    visit, in_scope = visit.fill_null(value=False), pl.col("eligible_fen")
    return (
        stays.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in missing.items())
        .select(
            *_KEPT,
            *claimed,
            *(f"{layer}_due_fen" for layer in layers),
            days=days,
            dated=(days >= 0).fill_null(value=False),
            counted=pl.col("status").is_in(["settled", "held"]) & ~visit & ~_later_part(),
            visit=visit,
            tail=pl.col("id_no").str.tail(4),
            one=pl.coalesce("id_no", "name"),
            sex=pl.coalesce(id_sex(pl.col("id_no")), pl.col("sex_raw").str.extract("([男女])")),
            birth=id_birth(pl.col("id_no")),
            illness=illness.group(pl.col("disease")),
            eligible_fen=pl.when(in_scope.is_between(0, pl.col("total_fen"))).then(in_scope),
            amount=pl.sum_horizontal(pl.col(claimed).fill_null(0)).cast(pl.Int64),
            paid_fen=pl.sum_horizontal(pl.col(paid).fill_null(0)).cast(pl.Int64),
        )
        .with_columns(
            per_day=pl.col("total_fen") // pl.max_horizontal(pl.col("days"), pl.lit(1)),
            age=_age(pl.col("birth"), pl.col("admitted_on")),
        )
    )


def _later_part() -> pl.Expr:
    """Whether another settlement of the same visit (就诊ID) stands before: they are parts of one stay."""
    visit = ("hospital", "id_no", "visit_no")
    order = ("discharged_on", "admitted_on", *PLACE)
    first = pl.int_range(pl.len()).over(visit, order_by=order) == 0
    return pl.col("visit_no").is_not_null() & pl.col("id_no").is_not_null() & ~first


def _age(birth: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Whole years on `day`."""
    numbers = [part.dt.month().cast(pl.Int64) * 100 + part.dt.day() for part in (day, birth)]
    years = day.dt.year().cast(pl.Int64) - birth.dt.year().cast(pl.Int64)
    return years - (numbers[0] < numbers[1]).cast(pl.Int64)


def _with_days_off(stays: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """`weekend` and `holiday`: whether the day of admission is off, as a Saturday or Sunday, or as a public holiday."""
    days = stays["admitted_on"].unique().drop_nulls().to_list()
    off = [day for day in days if not calendar.works_on(day)]
    holidays = [day for day in days if is_holiday(calendar, day)]
    came = pl.col("admitted_on")
    return stays.with_columns(
        weekend=came.is_in(pl.lit(off, pl.List(pl.Date))) & (came.dt.weekday() > _FRIDAY),
        holiday=came.is_in(pl.lit(holidays, pl.List(pl.Date))),
    )


_FRIDAY = 5


def _with_household(stays: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """Which family of the roster the person belongs to: its number, else its head, in its village; the same on all
    rosters, else none. People on no roster belong to the door of their address, where it names one."""
    door = pl.when(pl.col("address_raw").str.contains(_DOOR)).then("address_raw")
    if "id_no" not in roster.columns:
        return stays.with_columns(household=door)
    names = ("family_no", "head", "township", "village")
    blank = {name: pl.lit(None, pl.String) for name in names if name not in roster.columns}
    family = pl.coalesce("family_no", "head")
    place = pl.concat_str("township", "village", separator=" ", ignore_nulls=True)
    families = (
        roster.with_columns(**blank)
        .filter(pl.col("id_no").is_not_null() & family.is_not_null())
        .group_by("id_no")
        .agg(household=pl.concat_str(family, place, separator=" ").unique())
        .filter(pl.col("household").list.len() == 1)
        .with_columns(pl.col("household").list.first())
    )
    joined = stays.join(families, on="id_no", how="left", validate="m:1", maintain_order="left")
    return joined.with_columns(household=pl.coalesce("household", door))


def _with_codes(stays: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """The finding codes of each stay of this run; null, not known any more, for closed ones."""
    codes = findings.group_by(*PLACE).agg(pl.col("code").unique().sort().alias("codes"))
    return stays.join(
        codes.with_columns(current=pl.lit(value=True)),
        on=[*PLACE, "current"],
        how="left",
        nulls_equal=True,
        validate="m:1",
        maintain_order="left",
    ).with_columns(pl.when("current").then(pl.col("codes").fill_null([])))
