"""Patterns in the bills of one hospital: equal, nearly equal, round, or reckoned back from a percentage."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from onestop_cli.audit.leads import chance
from onestop_cli.audit.leads.model import (
    FOUND,
    STAY_REF,
    LeadInput,
    LeadRule,
    Thresholds,
    found,
    money,
    stay_ref,
    strength,
)
from onestop_cli.tables.schema import Schema

_LEAST_BITS = 4
_AROUND = (2, 3)
"""Bills between two thirds and three halves of a bill are its surroundings."""
_MOST = 24
"""People in a bunch of bills, at most."""
_OF_A_HOSPITAL = 3
"""Bunches of one hospital, at most."""


def same_total(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Different people with the same total to the fen; a price per disease is fine: what at least half of the
    hospital's stays for this one illness cost."""
    hits = (
        _billed(cases)
        .sort("admitted_on", "stay_no")
        .group_by("hospital", "total_fen", maintain_order=True)
        .agg(
            people=pl.col("one").n_unique().cast(pl.Int64),
            priced=_priced(),
            amount=pl.col("paid_fen").sum(),
            stays=stay_ref(),
        )
        .filter(~pl.col("priced") & (pl.col("people") >= thresholds.same_total_people))
    )
    why = pl.format(
        "{}有 {} 人的总费用同为 {} 元，分毫不差", "hospital", "people", money("total_fen")
    )
    limit = thresholds.same_total_people
    odd = 4 * (pl.col("total_fen") % 1_000 != 0).cast(pl.Int64)
    points = strength(pl.col("people"), limit - 2, limit + 4) + odd
    return found(hits, village=pl.lit(None), why=why, strength=points.clip(0, 20))


def _billed(cases: LeadInput) -> pl.DataFrame:
    """The stays with a bill; `like`: stays of the hospital for the same illness."""
    stays = cases.current.filter(pl.col("total_fen") > 0)
    return stays.with_columns(like=pl.len().over("hospital", "illness").cast(pl.Int64))


def _priced() -> pl.Expr:
    """Whether the stays of a group are of one known illness, and at least half of the hospital's stays for it."""
    one_illness = (pl.col("illness").n_unique() == 1) & pl.col("illness").is_not_null().all()
    return one_illness & (2 * pl.len() >= pl.col("like").first())


_BUNCH: Schema = {
    "hospital": pl.String,
    "low": pl.Int64,
    "high": pl.Int64,
    "people": pl.Int64,
    "bits": pl.Int64,
    "amount": pl.Int64,
    "stays": pl.List(STAY_REF),
}


def near_equal(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Bills of different people bunched within `near_equal_share`, closer than the hospital's bills of that size lie;
    also among stays of the same length. An illness may have a price, and equal totals are `same_total`."""
    stays = _billed(cases).sort("hospital", "total_fen", "stay_no").with_columns(ref=stay_ref())
    looked = chance.tries(stays["hospital"].n_unique())
    bunches: list[dict[str, Any]] = []
    for key in (("hospital",), ("hospital", "days")):
        for part in stays.partition_by(*key, maintain_order=True):
            if part.height >= thresholds.near_equal_people:
                bunches += _bunches(part, thresholds, looked)
    best = sorted(bunches, key=lambda bunch: (-bunch["bits"], bunch["hospital"], bunch["low"]))
    hits = pl.DataFrame(list(_apart(best)), schema=dict(_BUNCH))
    why = pl.format(
        "{}有 {} 人的总费用都在 {} 至 {} 元之间，密集得不像巧合",
        "hospital",
        "people",
        money("low"),
        money("high"),
    )
    return found(hits, village=pl.lit(None), why=why, strength=pl.col("bits").clip(0, 20))


def _bunches(part: pl.DataFrame, thresholds: Thresholds, looked: int) -> Iterator[dict[str, Any]]:
    """Every bunch of consecutive bills that is far from chance."""
    totals = part["total_fen"].to_list()
    for at, low in enumerate(totals):
        around = bisect_right(totals, low * _AROUND[1] // _AROUND[0]) - bisect_left(
            totals, low * _AROUND[0] // _AROUND[1]
        )
        room = low * _AROUND[1] // _AROUND[0] - low * _AROUND[0] // _AROUND[1]
        end = bisect_right(totals, low + low * thresholds.near_equal_share // 1_000)
        for last in range(at + thresholds.near_equal_people - 1, min(end, at + _MOST)):
            count, width = last - at + 1, max(totals[last] - low, 100)
            # Twice as many as expected at least: the cheap look before the dear one.
            if (count - 1) * room < 2 * (around - 1) * width:
                continue
            far = chance.bits(count - 1, around - 1, width, room) - chance.tries(len(totals))
            if far - looked >= _LEAST_BITS and _telling(part[at : last + 1], thresholds):
                yield _bunch(part[at : last + 1], far - looked)


def _telling(rows: pl.DataFrame, thresholds: Thresholds) -> bool:
    """Whether it is so many people, not one illness with a price, and not mostly one total."""
    people = rows["one"].n_unique()
    return (
        people >= thresholds.near_equal_people
        and not rows.select(_priced()).item()
        and rows["total_fen"].n_unique() * 2 > rows.height
    )


def _bunch(rows: pl.DataFrame, far: int) -> dict[str, Any]:
    return {
        "hospital": rows["hospital"][0],
        "low": rows["total_fen"][0],
        "high": rows["total_fen"][-1],
        "people": rows["one"].n_unique(),
        "bits": far,
        "amount": int(rows["paid_fen"].sum()),
        "stays": rows["ref"].to_list(),
    }


def _apart(bunches: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The farthest from chance, and those that share no bills with one before."""
    taken: list[tuple[str, int, int]] = []
    given: Counter[str] = Counter()
    for bunch in bunches:
        place = (bunch["hospital"], bunch["low"], bunch["high"])
        if not any(
            place[0] == other[0] and place[1] <= other[2] and other[1] <= place[2]
            for other in taken
        ):
            taken.append(place)
            given[bunch["hospital"]] += 1
            if given[bunch["hospital"]] <= _OF_A_HOSPITAL:
                yield bunch


def round_totals(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Many totals of a hospital are whole tens of yuan; by chance one in a thousand would be."""
    is_round = pl.col("total_fen") % 1_000 == 0
    hits = (
        cases.current.filter(pl.col("total_fen") > 0)
        .group_by("hospital", maintain_order=True)
        .agg(
            all=pl.len().cast(pl.Int64),
            round=is_round.sum().cast(pl.Int64),
            hundreds=(pl.col("total_fen") % 10_000 == 0).sum().cast(pl.Int64),
            amount=pl.col("paid_fen").filter(is_round).sum(),
            stays=stay_ref().filter(is_round),
        )
        .filter(
            pl.col("round") >= thresholds.pattern_stays,
            pl.col("round") * 100 >= thresholds.round_share * pl.col("all"),
        )
    )
    why = pl.format(
        "{} {} 例住院中有 {} 例总费用是整十元，其中 {} 例是整百元",
        "hospital",
        "all",
        "round",
        "hundreds",
    )
    points = strength(pl.col("round") * 100 // pl.col("all"), 0, 30) + 10 * pl.col(
        "hundreds"
    ) // pl.col("round")
    return found(hits, village=pl.lit(None), why=why, strength=points.clip(0, 20))


def round_percent(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """A layer's claims are one whole percentage of the totals, and not what the rules give.

    Amounts made from a percentage rather than from bills. A flat rate on a bill that is wholly in scope gives
    whole percentages too: there the claim is what is due, and the stay does not count.
    """
    layers = pl.concat(_round_percent(cases, thresholds, layer) for layer in cases.layers)
    return (
        layers.sort("amount", "why", descending=[True, False])
        .group_by("hospital", maintain_order=True)
        .agg(
            pl.col("village", "strength").first(),
            why=pl.col("why").str.join("；"),
            amount=pl.col("amount").max(),
            stays=pl.col("stays").explode().unique(maintain_order=True),
        )
        .select(*FOUND)
    )


def _round_percent(cases: LeadInput, thresholds: Thresholds, layer: str) -> pl.DataFrame:
    claimed, due, total = f"{layer}_claimed_fen", f"{layer}_due_fen", pl.col("total_fen")
    percent = (pl.col(claimed) * 200 + total) // (2 * total)
    exact = (pl.col(claimed) * 100 - total * percent).abs() <= 100
    expected = (pl.col(claimed) - pl.col(due)).abs() <= 1
    whole_bill = pl.col(due).is_null() & (pl.col("eligible_fen") == total).fill_null(value=True)
    stays = cases.current.filter(total > 10_000, pl.col(claimed) > 0)
    counts = (
        stays.with_columns(percent=percent, exact=exact)
        .with_columns(odd=pl.col("exact") & ~expected.fill_null(value=False) & ~whole_bill)
        .with_columns(all=pl.len().over("hospital"))
        .filter("odd")
        .group_by("hospital", "percent", maintain_order=True)
        .agg(
            pl.col("all").first(),
            odd=pl.len(),
            amount=pl.col("paid_fen").sum(),
            stays=stay_ref(),
        )
    )
    hits = counts.filter(
        pl.col("odd") >= thresholds.pattern_stays,
        pl.col("odd") * 100 >= thresholds.percent_share * pl.col("all"),
    )
    why = pl.format(
        "{} {} 例中有 {} 例的{}恰为总费用的 {}%，又与政策计算不符，像是按比例倒算",
        "hospital",
        "all",
        "odd",
        pl.lit(cases.layers[layer]),
        "percent",
    )
    return found(hits, village=pl.lit(None), why=why, strength=pl.lit(20))


RULES = (
    LeadRule(
        "same_total",
        "总费用相同",
        "几位患者的总费用一分不差，可能是套用一份费用清单；同病种定额除外",
        "条例第四十条第二、三项（伪造资料、虚构服务）；十不准：未开展项目制假",
        "各人费用清单、处方和检查报告是否雷同",
        30,
        same_total,
        ("same_total_people",),
    ),
    LeadRule(
        "near_equal",
        "总费用近乎相同",
        "几位患者的总费用只差几元，比这家机构的账单平时密集得多，可能是套用一份费用清单略加改动",
        "条例第四十条第二、三项（伪造资料、虚构服务）；十不准：未开展项目制假",
        "各人费用清单、处方和检查报告是否雷同",
        25,
        near_equal,
        ("near_equal_people", "near_equal_share"),
    ),
    LeadRule(
        "round_totals",
        "总费用多为整数",
        "机构的总费用有不少是整十元，逐项计费的账单很少这样",
        "条例第四十条第二项；十不准：物品变通药品、生活费列住院费",
        "费用清单与收费系统流水核对",
        20,
        round_totals,
        ("round_share", "pattern_stays"),
    ),
    LeadRule(
        "round_percent",
        "补偿恰为整百分比",
        "补偿金额恰为总费用的整百分比而不是按政策计算，像是按比例倒算填报",
        "条例第十五条（如实报送）、第四十条第二项",
        "结算系统原始记录、补偿计算单、发票存根",
        30,
        round_percent,
        ("percent_share", "pattern_stays"),
    ),
)
