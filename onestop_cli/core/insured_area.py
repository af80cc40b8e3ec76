"""Where a patient is insured (参保地): the funds of this county pay for its own insured only."""

from __future__ import annotations

import polars as pl

_CODE = r"^(\d{6})"
_NAMED = 5


def areas_of(rows: pl.LazyFrame) -> pl.DataFrame:
    """(`area`, `rows`): the codes of areas that stays have, and on how many."""
    area = pl.col("insured_area").str.extract(_CODE).alias("area")
    found = rows.select(area).drop_nulls().group_by("area").agg(rows=pl.len())
    return found.sort("rows", "area", descending=[True, False]).collect(engine="streaming")


def own_area(areas: pl.DataFrame, code: str) -> str:
    """The head of the codes of areas that are the county's own; empty when it cannot be told. `areas`: of `areas_of`.

    `code` as `[county]` has it: 6399 and 639900 are all counties of a city. Without one it is the code that more
    than half of the rows have.
    """
    if code:
        return code.removesuffix("00")
    most = areas.head(1).filter(pl.col("rows") * 2 > areas["rows"].sum())
    return str(most["area"].item()) if len(most) else ""


def elsewhere(own: str) -> pl.Expr:
    """Whether a row's area is a code of another county. A city may insure for all its counties: its own is none."""
    area = pl.col("insured_area").str.extract(_CODE)
    city = own[:4] + "00"
    return (~area.str.starts_with(own) & (area != city)).fill_null(value=False) & pl.lit(bool(own))


def why_elsewhere(own: str) -> pl.Expr:
    """Why such a row waits."""
    return pl.format(
        "参保地 {} 不是本县（{}），不由本县的基金支付；不归本县结算的请从表中拿掉，归本县的放行，"
        "或在 onestop.toml 的 [county] 写 code，如本市都归本县的写前四位",
        "insured_area",
        pl.lit(own),
    )


def several_areas(areas: pl.DataFrame, own: str) -> list[str]:
    """The sentence for rows of several areas, none of which is known to be the county's own."""
    codes = areas["area"].sort().to_list()
    if own or len(codes) < 2:
        return []
    named = "、".join(codes[:_NAMED]) + (f" 等 {len(codes)} 处" if len(codes) > _NAMED else "")
    return [
        f"参保地有 {named}，认不出哪一处是本县，全部照样核对；请在 onestop.toml 的 [county] 写 code"
    ]


def mostly_elsewhere(areas: pl.DataFrame, own: str) -> list[str]:
    """The sentence for most rows being insured in one area that is not the county's own: its code is likely wrong."""
    most = areas.head(1).filter(pl.col("rows") * 2 > areas["rows"].sum())
    if not own or most.is_empty():
        return []
    area, rows = most.row(0)
    if area.startswith(own) or area == own[:4] + "00":
        return []
    return [
        f"{areas['rows'].sum():,} 行里有 {rows:,} 行的参保地是 {area}，不是本县（{own}）：请核对 onestop.toml 的"
        f' [county] code，是本县的写 code = "{area}"'
    ]
