"""Which row of the register is a stay's hospital: by name, else by code, and the one that holds on the day."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.options import NameLookup, named, numbered
from onestop_cli.tables.schema import REGISTER, empty


def register_row(
    rows: pl.DataFrame, register: pl.DataFrame, names: NameLookup
) -> tuple[pl.Series, pl.Series]:
    """The number of each stay's row in the register: of its hospital by name, else by code, the row that holds on the
    day of admission; null where there is none. A stay without that day has its hospital's first row. And the name of
    the hospital by what the file says, null where it says none that is known."""
    register = pl.concat([empty(REGISTER), register], how="diagonal")
    site = _sites(register)
    first = dict(zip(reversed(register["hospital"]), reversed(site), strict=True))
    codes = dict(zip(reversed(register["hospital_code"]), reversed(site), strict=True))
    texts, number = numbered(rows["hospital_raw"])
    known = named(texts, names.hospital)
    of_text = known.replace_strict(first, default=None, return_dtype=pl.Int64)
    by_name, name = of_text.gather(number), known.gather(number)
    by_code = rows["hospital_code"].replace_strict(
        {code: number for code, number in codes.items() if code},
        default=None,
        return_dtype=pl.Int64,
    )
    asked = pl.DataFrame({"site": by_name, "code": by_code, "day": rows["admitted_on"]})
    asked = asked.select("day", site=pl.coalesce("site", "code"))
    chosen = pl.lit(None, pl.Int64)
    for of_site in reversed(_rows_of(site)):
        row = pl.lit(of_site).gather(pl.col("site"))
        chosen = pl.when(_holds(register, row)).then(row).otherwise(chosen)
    return asked.with_columns(row=chosen)["row"], name  # as many as the stays, with no hospital too


def _rows_of(site: pl.Series) -> list[pl.Series]:
    """The first row of every site by its number, the second one, and so on: null where there is none."""
    rows = pl.DataFrame({"site": site, "row": pl.int_range(len(site), eager=True)})
    rows = rows.with_columns(nth=pl.int_range(pl.len()).over("site"))
    return [
        _blank(len(site)).scatter(part["site"], part["row"])
        for part in rows.partition_by("nth", maintain_order=True)
    ]


def _blank(height: int) -> pl.Series:
    return pl.Series([None], dtype=pl.Int64).new_from_index(0, height)


def _holds(register: pl.DataFrame, row: pl.Expr) -> pl.Expr:
    """Whether the row holds on the day; without a day any does."""
    holds = row.is_not_null()
    for name, before in (("from_on", True), ("to_on", False)):
        if register[name].count():
            end, day = pl.lit(register[name]).gather(row), pl.col("day")
            fits = end <= day if before else end >= day
            holds &= end.is_null() | fits | day.is_null()
    return holds


def _sites(register: pl.DataFrame) -> pl.Series:
    """A number per row of the register that its rows of one name or one code share."""
    rows = register.select("hospital", "hospital_code", site=pl.int_range(pl.len()))
    while True:
        lowest = rows.with_columns(pl.col("site").min().over("hospital")).with_columns(
            site=pl.when(pl.col("hospital_code").is_null())
            .then("site")
            .otherwise(pl.col("site").min().over("hospital_code"))
        )
        if lowest["site"].equals(rows["site"]):
            return rows["site"]
        rows = lowest
