"""The same in DuckDB SQL, as a person who knows it well would write it."""

from __future__ import annotations

import duckdb
import polars as pl

from benchmarks.data import County
from benchmarks.peers.terms import (
    AID_CAP,
    ALL_PAID,
    BANDS,
    BASIC_CAP,
    FLAT,
    FLAT_RATE,
    LESS,
    NEAR,
    ROSTER_RATE,
)

_RATE = "case level " + " ".join(f"when '{k}' then {v}" for k, v in ROSTER_RATE.items()) + " end"
_UPPER = [edge for edge, _ in BANDS[1:]] + [10**15]
_BANDED = " + ".join(
    f"greatest(least(rest, {high}) - {low}, 0) * {percent}"
    for (low, percent), high in zip(BANDS, _UPPER, strict=True)
)
_TURN = "settled_on, discharged_on, admitted_on, hospital_raw, stay_no, source, sheet, row"


def _window(claimed: str) -> str:
    return (
        f"partition by id_raw, year(discharged_on), capped "
        f"order by ({claimed} > 0) desc, {_TURN} rows unbounded preceding"
    )


_SQL = f"""
with linked as (
    select s.*, r.category_raw as category, r.category_raw is not null as listed,
           ({_RATE}) - (case when r.category_raw is null then {LESS} else 0 end) as rate
    from read_parquet($stays) s
    join read_parquet($register) h on h.hospital = s.hospital_raw
    left join read_parquet($roster) r
      on r.id_raw = s.id_raw and r.name = s.name
     and (r.from_on is null or r.from_on <= s.admitted_on)
     and (r.to_on is null or r.to_on >= s.admitted_on)
), basic_alone as (
    select *, listed as capped, (eligible_fen * rate + 50) // 100 as basic_alone from linked
), basic_year as (
    select *, sum(basic_alone) over ({_window("basic_claimed_fen")}) as basic_to from basic_alone
), basic as (
    select * exclude (capped),
           least(basic_to, {BASIC_CAP}) - least(basic_to - basic_alone, {BASIC_CAP}) as basic_due,
           least(basic_to - basic_alone, {BASIC_CAP}) as basic_before,
           least(basic_alone, {BASIC_CAP}) as basic_bound
    from basic_year
), rest as (
    select *, total_fen - (case when listed then basic_due
                           else least(basic_bound, basic_claimed_fen) end) as rest,
           listed and category not in ('{ALL_PAID}', '{FLAT}') as capped
    from basic
), aid_alone as (
    select *, case when not listed then 0
                   when category = '{ALL_PAID}' then rest
                   when category = '{FLAT}' then (rest * {FLAT_RATE} + 50) // 100
                   else ({_BANDED} + 50) // 100 end as aid_alone
    from rest
), aid_year as (
    select *, sum(aid_alone) over ({_window("assistance_claimed_fen")}) as aid_to from aid_alone
), aid as (
    select *, case when capped then least(aid_to, {AID_CAP}) - least(aid_to - aid_alone, {AID_CAP})
                   else aid_alone end as aid_due,
           least(aid_to - aid_alone, {AID_CAP}) as aid_before
    from aid_year
), beside as (
    select *, basic_claimed_fen as bc, assistance_claimed_fen as ac,
           bc - basic_due as bd, ac - aid_due as ad,
           listed and abs(bd) > 1 as b_differs, abs(ad) > 1 as a_differs
    from aid
), split as (
    select *,
        case when listed then (case when b_differs then least(bc, basic_due) else bc end)
             else (case when bc - basic_bound <= 1 then bc else basic_bound end) end as basic_payable,
        bc - basic_payable as basic_deducted,
        case when b_differs then greatest(-bd, 0) else 0 end as basic_shortfall,
        case when a_differs then least(ac, aid_due) else ac end as aid_payable,
        ac - aid_payable as aid_deducted,
        case when a_differs then greatest(-ad, 0) else 0 end as aid_shortfall,
        b_differs and bc > basic_due and basic_alone > basic_due
            and (abs(bc - basic_alone) <= 1 or abs(bc - least(basic_alone, {BASIC_CAP})) <= 1)
            as b_over,
        a_differs and listed and ac > 0 and ac > aid_due and aid_alone > aid_due
            and (abs(ac - aid_alone) <= 1
                 or (capped and abs(ac - least(aid_alone, {AID_CAP})) <= 1)) as a_over
    from beside
)
select row,
    case when listed then basic_due else -1 end as basic_due,
    basic_payable, basic_deducted, basic_shortfall, aid_due, aid_payable, aid_deducted, aid_shortfall,
    case when listed then least(basic_deducted + aid_deducted, basic_shortfall + aid_shortfall)
         else 0 end as "offset",
    basic_shortfall + aid_shortfall - "offset" as owed,
    (b_differs and not b_over)::bigint * 1 + b_over::bigint * 2
    + (not listed and bc - basic_bound > 1)::bigint * 4
    + (listed and not b_over and (basic_before + basic_due) * 10000 >= {BASIC_CAP * NEAR}
       and basic_before * 10000 < {BASIC_CAP * NEAR})::bigint * 8
    + (a_differs and listed and ac > 0 and not a_over)::bigint * 16 + a_over::bigint * 32
    + (capped and not a_over and (aid_before + aid_due) * 10000 >= {AID_CAP * NEAR}
       and aid_before * 10000 < {AID_CAP * NEAR})::bigint * 64
    + (a_differs and not listed and ac > 0)::bigint * 128
    + (a_differs and listed and ac = 0)::bigint * 256
    + (listed and bd <> 0 and not b_differs)::bigint * 512
    + (ad <> 0 and not a_differs)::bigint * 1024 as codes
from split order by row
"""


def run(home: County) -> pl.DataFrame:
    """The result frame."""
    files = {name: str(getattr(home, name)) for name in ("stays", "roster", "register")}
    table = duckdb.connect().sql(_SQL, params=files).to_arrow_table()
    return pl.DataFrame(table).cast(pl.Int64)
