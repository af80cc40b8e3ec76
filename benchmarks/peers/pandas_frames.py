"""The same in pandas, with groupby and cumsum, as its users write it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl

from benchmarks.data import County
from benchmarks.peers import RESULT
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

_TURN = [
    "settled_on",
    "discharged_on",
    "admitted_on",
    "hospital_raw",
    "stay_no",
    "source",
    "sheet",
    "row",
]


def run(home: County) -> pl.DataFrame:
    """The result frame."""
    stays = _linked(home)
    listed = stays["category_raw_r"].notna()
    rate = stays["level"].map(ROSTER_RATE) - np.where(listed, 0, LESS)
    stays["basic_alone"] = (stays["eligible_fen"] * rate + 50) // 100
    before, basic = _capped(stays, "basic_alone", "basic_claimed_fen", listed, BASIC_CAP)
    bound = stays["basic_alone"].clip(upper=BASIC_CAP)
    paid = basic.where(listed, np.minimum(bound, stays["basic_claimed_fen"]))
    rest = stays["total_fen"] - paid
    stays["aid_alone"] = _aid(rest, stays["category_raw_r"])
    first = listed & ~stays["category_raw_r"].isin([ALL_PAID, FLAT])
    aid_before, aid = _capped(stays, "aid_alone", "assistance_claimed_fen", first, AID_CAP)
    aid = aid.where(first, stays["aid_alone"])
    return _beside(stays, listed, first, (basic, before, bound), (aid, aid_before))


def _linked(home: County) -> pd.DataFrame:
    stays, roster = pd.read_parquet(home.stays), pd.read_parquet(home.roster)
    level = pd.read_parquet(home.register).set_index("hospital")["level"]
    stays["level"] = stays["hospital_raw"].map(level)
    entries = roster[["id_raw", "name", "category_raw", "from_on", "to_on"]]
    met = stays.merge(
        entries, on=["id_raw", "name"], how="left", suffixes=("", "_r"), validate="m:1"
    )
    day = met["admitted_on"]
    valid = (met["from_on"].isna() | (met["from_on"] <= day)) & (
        met["to_on"].isna() | (met["to_on"] >= day)
    )
    met["category_raw_r"] = met["category_raw_r"].where(valid)
    return met


def _capped(
    stays: pd.DataFrame, amount: str, claimed: str, where: pd.Series, cap: int
) -> tuple[pd.Series, pd.Series]:
    """(before, due) under a yearly cap, for the stays in `where`; 0 elsewhere."""
    part = stays.loc[where, ["id_raw", amount, claimed, *_TURN]].copy()
    part["year"] = pd.to_datetime(part["discharged_on"]).dt.year
    part["free"] = part[claimed] <= 0
    part = part.sort_values(["id_raw", "year", "free", *_TURN])
    to_date = part.groupby(["id_raw", "year"], sort=False)[amount].cumsum()
    before = (to_date - part[amount]).clip(upper=cap)
    due = to_date.clip(upper=cap) - before
    return tuple(s.reindex(stays.index, fill_value=0) for s in (before, due))  # type: ignore[return-value]


def _aid(rest: pd.Series, category: pd.Series) -> pd.Series:
    upper = [edge for edge, _ in BANDS[1:]] + [10**15]
    hundredths = sum(
        (rest.clip(upper=high) - low).clip(lower=0) * percent
        for (low, percent), high in zip(BANDS, upper, strict=True)
    )
    flat = (rest * FLAT_RATE + 50) // 100
    chosen = np.select(
        [category.isna(), category == ALL_PAID, category == FLAT],
        [0, rest, flat],
        (hundredths + 50) // 100,
    )
    return pd.Series(chosen, rest.index)


def _beside(
    stays: pd.DataFrame,
    listed: pd.Series,
    first: pd.Series,
    of_basic: tuple[pd.Series, pd.Series, pd.Series],
    of_aid: tuple[pd.Series, pd.Series],
) -> pl.DataFrame:
    (basic, basic_before, bound), (aid, aid_before) = of_basic, of_aid
    bc, ac = stays["basic_claimed_fen"], stays["assistance_claimed_fen"]
    bd, ad = bc - basic, ac - aid
    b_differs, a_differs = listed & (bd.abs() > 1), ad.abs() > 1
    most = np.where(bc - bound <= 1, bc, bound)
    alone, aid_alone = stays["basic_alone"], stays["aid_alone"]
    out = pd.DataFrame({"row": stays["row"]})
    out["basic_due"] = basic.where(listed, -1)
    exact = np.where(b_differs, np.minimum(bc, basic), bc)
    out["basic_payable"] = np.where(listed, exact, most)
    out["basic_deducted"] = bc - out["basic_payable"]
    out["basic_shortfall"] = np.where(b_differs, (-bd).clip(lower=0), 0)
    out["aid_due"] = aid
    out["aid_payable"] = np.where(a_differs, np.minimum(ac, aid), ac)
    out["aid_deducted"] = ac - out["aid_payable"]
    out["aid_shortfall"] = np.where(a_differs, (-ad).clip(lower=0), 0)
    short = out["basic_shortfall"] + out["aid_shortfall"]
    out["offset"] = np.where(
        listed, np.minimum(out["basic_deducted"] + out["aid_deducted"], short), 0
    )
    out["owed"] = short - out["offset"]
    b_near = (bc - alone).abs().le(1) | (bc - bound).abs().le(1)
    b_over = b_differs & (bc > basic) & (alone > basic) & b_near
    a_near = (ac - aid_alone).abs().le(1) | (
        first & (ac - aid_alone.clip(upper=AID_CAP)).abs().le(1)
    )
    a_over = a_differs & listed & (ac > 0) & (ac > aid) & (aid_alone > aid) & a_near
    flags = [
        b_differs & ~b_over,
        b_over,
        ~listed & (bc - bound > 1),
        listed & ~b_over & _nearing(basic_before, basic, BASIC_CAP),
        a_differs & listed & (ac > 0) & ~a_over,
        a_over,
        first & ~a_over & _nearing(aid_before, aid, AID_CAP),
        a_differs & ~listed & (ac > 0),
        a_differs & listed & (ac == 0),
        listed & (bd != 0) & ~b_differs,
        (ad != 0) & ~a_differs,
    ]
    out["codes"] = sum(flag.astype("int64") * (1 << place) for place, flag in enumerate(flags))
    return pl.DataFrame({name: out[name].to_numpy() for name in RESULT}).cast(pl.Int64)


def _nearing(before: pd.Series, due: pd.Series, cap: int) -> pd.Series:
    edge = cap * NEAR
    return ((before + due) * 10_000 >= edge) & (before * 10_000 < edge)
