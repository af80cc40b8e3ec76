"""Which row of the register is a stay's hospital: by name, else by code, and the one that holds on the day."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.options import NameLookup, named
from onestop_cli.core.scatter import spread
from onestop_cli.tables.schema import REGISTER, empty


def register_row(rows: pl.DataFrame, register: pl.DataFrame, names: NameLookup) -> pl.Series:
    """The number of each stay's row in the register: of its hospital by name, else by code, the row that holds on the
    day of admission; null where there is none. A stay without that day has its hospital's first row."""
    register = pl.concat([empty(REGISTER), register], how="diagonal")
    site = _sites(register)
    first = dict(zip(reversed(register["hospital"]), reversed(site), strict=True))
    codes = dict(zip(reversed(register["hospital_code"]), reversed(site), strict=True))
    by_name = named(rows["hospital_raw"], names.hospital).replace_strict(
        first, default=None, return_dtype=pl.Int64
    )
    by_code = rows["hospital_code"].replace_strict(
        {code: number for code, number in codes.items() if code},
        default=None,
        return_dtype=pl.Int64,
    )
    asked = pl.DataFrame({"site": by_name, "code": by_code, "day": rows["admitted_on"]})
    asked = asked.select(pl.coalesce("site", "code"), "day", at=pl.int_range(pl.len()))
    held = register.select("from_on", "to_on", site=site, row=pl.int_range(pl.len()))
    begun = pl.col("from_on").is_null() | (pl.col("from_on") <= pl.col("day"))
    lasting = pl.col("to_on").is_null() | (pl.col("to_on") >= pl.col("day"))
    met = asked.join(held, on="site").filter((begun & lasting) | pl.col("day").is_null())
    one = met.sort("at", "row").unique("at", keep="first", maintain_order=True)
    return spread(one.select("row"), one["at"], len(rows)).to_series()


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
