"""Millions of stays at once, as frames, for benchmarks: the same county, reckoned in whole columns.

Randomness is splitmix64 written out, so that a seed gives the same rows under every Polars. Claims follow the document
in integer fen (half up), apart from the tool; about one stay in twenty is claimed wrongly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from samples.fabricate.care import DISEASES, MEAN_COST, VISITS
from samples.fabricate.model import LEVEL_NAMES
from samples.fabricate.places import TOWNSHIPS
from samples.fabricate.pricing import AID_CAP, BANDS, BASIC_CAP, ROSTER_RATE

AID_CAP_FEN, BASIC_CAP_FEN = int(AID_CAP * 100), int(BASIC_CAP * 100)

FAULTS = ("level:township", "bands:whole", "base:total", "base:eligible", "bonus", "unknown")
"""The kinds that are laid in, in equal shares."""

_CATEGORIES = (
    ("农村低保户", 48), ("五保户", 9), ("重点优抚对象", 10), ("60年代精简退职人员", 3),
    ("定期定量救济人员", 5), (None, 25),
)  # fmt: skip
_SURNAMES = "李王张刘陈赵马郭韩贺温崔秦邓苗康"
_GIVEN = "秀兰桂英海军生财福寿春梅玉莲文明"
_BIRTHDAYS = 25_013
_AREAS = 90


@dataclass(frozen=True)
class Many:
    """Frames of a benchmark: `stays` and `roster` with the columns the readers give (fen, dates, strings),
    `register` as the register reader gives it, `why` with the injected fault of each stay (null = none)."""

    stays: pl.DataFrame
    roster: pl.DataFrame
    register: pl.DataFrame
    why: pl.Series


def many_stays(
    n: int, people: int = 500_000, seed: int = 2010, year: int = 2010, wrong: float = 0.05
) -> Many:
    """`n` stays of `people` persons (at most two million) discharged in `year`; `wrong` is the share of bad claims."""
    if not 0 < people <= _AREAS * _BIRTHDAYS:
        raise ValueError("people must be between 1 and two million")
    persons, register = _persons(people, seed), _register()
    stays = _visits(n, persons, register, seed, year)
    stays = stays.pipe(_due).pipe(_claims, seed, wrong)
    return Many(
        stays.select(
            pl.lit("many.parquet").alias("source"),
            pl.lit(None, pl.String).alias("sheet"),
            pl.int_range(2, n + 2, dtype=pl.Int64).alias("row"),
            pl.col("hospital").alias("hospital_raw"),
            pl.format("{}", pl.int_range(n) + 10_000_000).alias("stay_no"),
            "name",
            "id_raw",
            pl.lit(False).alias("id_numeric"),
            pl.col("category").alias("category_raw"),
            "admitted_on",
            "discharged_on",
            pl.col("discharged_on").alias("settled_on"),
            "disease",
            "total_fen",
            "eligible_fen",
            pl.lit(True).alias("has_eligible"),
            "basic_claimed_fen",
            "assistance_claimed_fen",
            (
                pl.col("total_fen") - pl.col("basic_claimed_fen") - pl.col("assistance_claimed_fen")
            ).alias("self_claimed_fen"),
        ),
        _roster(persons),
        register.select("hospital", "level", "ownership"),
        stays["why"],
    )


def _draw(seed: int, salt: int, below: int) -> pl.Expr:
    """A whole number in [0, `below`) for every row: splitmix64 of the row's number."""
    state = (seed * 1_000_003 + salt * 0x9E3779B97F4A7C15) % 2**64
    mixed = _u64(state) + pl.int_range(1, pl.len() + 1, dtype=pl.UInt64) * _u64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed // _u64(2**30))) * _u64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed // _u64(2**27))) * _u64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed // _u64(2**31))
    return (mixed // _u64(2**32) * _u64(below) // _u64(2**32)).cast(pl.Int64)


def _rows(count: int) -> pl.DataFrame:
    """A frame of `count` rows with their `number` from 0."""
    return pl.DataFrame({"number": pl.int_range(count, dtype=pl.Int64, eager=True)})


def _u64(number: int) -> pl.Expr:
    return pl.lit(number, pl.UInt64)


def _pick(words: list[str | None], index: pl.Expr) -> pl.Expr:
    """The word at `index`."""
    return pl.lit(pl.Series(words, dtype=pl.String)).gather(index)


def _persons(people: int, seed: int) -> pl.DataFrame:
    """One row per person: valid and unique `id_raw`, `name`, `category` (null for a quarter), `township`."""
    number = pl.col("number")
    born = pl.lit(date(1930, 1, 1)) + pl.duration(days=number * 7919 % _BIRTHDAYS)
    order = _draw(seed, 1, 999) + 1
    first17 = (
        (pl.lit(639_901) + number // _BIRTHDAYS) * 10**11
        + born.dt.strftime("%Y%m%d").cast(pl.Int64) * 1000
        + order
    )
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    digits = [pl.col("first17") // 10 ** (16 - place) % 10 for place in range(17)]
    total = pl.sum_horizontal(d * w for d, w in zip(digits, weights, strict=True))
    spread = [name for name, share in _CATEGORIES for _ in range(share)]
    return (
        _rows(people)
        .select(first17.alias("first17"))
        .select(
            (pl.col("first17").cast(pl.String) + _pick(list("10X98765432"), total % 11)).alias(
                "id_raw"
            ),
            (
                _pick(list(_SURNAMES), _draw(seed, 2, len(_SURNAMES)))
                + _pick(list(_GIVEN), _draw(seed, 3, len(_GIVEN)))
                + _pick(list(_GIVEN), _draw(seed, 4, len(_GIVEN)))
            ).alias("name"),
            _pick(spread, _draw(seed, 5, len(spread))).alias("category"),
            _pick(list(TOWNSHIPS), _draw(seed, 6, len(TOWNSHIPS))).alias("township"),
        )
    )


def _register() -> pl.DataFrame:
    """Sixty hospitals, as many of each level as its share of visits asks for."""
    names, levels = [], []
    for level, share in VISITS.items():
        for number in range(1, max(1, share * 60 // 100) + 1):
            names.append(f"{LEVEL_NAMES[level]}第{number}医院")
            levels.append(level)
    return pl.DataFrame({"hospital": names, "level": levels, "ownership": ["公立"] * len(names)})


def _visits(
    n: int, persons: pl.DataFrame, register: pl.DataFrame, seed: int, year: int
) -> pl.DataFrame:
    """Who was where, from when to when, at what cost; everybody's stays lie in slots of their own."""
    days = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    rates = pl.col("level").replace_strict(ROSTER_RATE, return_dtype=pl.Int64)
    costs = pl.col("level").replace_strict(MEAN_COST, return_dtype=pl.Int64)
    houses = register.select("hospital", "level", rates.alias("rate"), costs.alias("mean"))
    each = -(-n // persons.height)
    slot = days // each
    if slot < 3:
        raise ValueError("too many stays for so few people")
    number = pl.col("number")
    begin = pl.lit(date(year, 1, 1)) + pl.duration(days=number // persons.height * slot)
    visits = _rows(n).select(
        (number % persons.height).alias("person"),
        _draw(seed, 12, houses.height).alias("house"),
        (begin + pl.duration(days=_draw(seed, 13, max(slot - 12, 1)))).alias("admitted_on"),
        (_draw(seed, 14, min(slot - 2, 12)) + 1).alias("nights"),
        sum((_draw(seed, 15 + part, 1001) for part in range(3)), pl.lit(0)).alias("cost"),
        _draw(seed, 18, 100).alias("heavy"),
        (_draw(seed, 19, 3501) + 6300).alias("scope"),
        _pick(list(DISEASES), _draw(seed, 20, len(DISEASES))).alias("disease"),
    )
    return (
        visits.with_columns(persons[visits["person"]].drop("township"))
        .with_columns(houses[visits["house"]])
        .with_columns(
            (pl.col("admitted_on") + pl.duration(days="nights")).alias("discharged_on"),
            _cost().alias("total_fen"),
        )
        .with_columns((pl.col("total_fen") * pl.col("scope") // 10_000).alias("eligible_fen"))
    )


def _cost() -> pl.Expr:
    """Around the level's mean, skewed to the left; two stays in a hundred cost ten times as much."""
    part = pl.col("cost") ** 2 // 22_500 + 5
    heavy = pl.when(pl.col("heavy") < 2).then(10).otherwise(1)
    return pl.col("mean") * part * heavy + pl.col("cost") % 100


def _half_up(hundredths: pl.Expr) -> pl.Expr:
    """Fen from hundredths of a fen."""
    return (hundredths + 50) // 100


def _bands(rest: pl.Expr) -> pl.Expr:
    """Hundredths of a fen: each band's percent on its part of `rest` fen."""
    given, lower = pl.lit(0), 0
    for edge, percent in BANDS:
        upper = rest if edge is None else rest.clip(upper_bound=edge * 100)
        given = given + (upper - lower).clip(lower_bound=0) * percent
        lower = (edge or 0) * 100
    return given


def _whole(rest: pl.Expr) -> pl.Expr:
    """Hundredths of a fen: the percent of the band that `rest` falls into, on all of it."""
    percent = pl.lit(BANDS[-1][1])
    for edge, share in reversed(BANDS[:-1]):
        percent = pl.when(rest <= edge * 100).then(share).otherwise(percent)
    return rest * percent


def _aid(rest: pl.Expr, banded: pl.Expr | None = None) -> pl.Expr:
    """Assistance of one stay on `rest` fen, uncapped; `banded` replaces the first class's bands."""
    first = _bands(rest) if banded is None else banded
    return (
        pl.when(pl.col("category") == "五保户")
        .then(rest)
        .when(pl.col("category") == "重点优抚对象")
        .then(_half_up(rest * 80))
        .when(pl.col("category").is_not_null())
        .then(_half_up(first))
        .otherwise(0)
    )


def _capped(amount: str, cap: int, applies: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Growth of the capped running total within a person's year, and the room before the stay."""
    counted = pl.when(applies).then(amount).otherwise(0)
    before = (counted.cum_sum() - counted).over("person")
    room = (cap - before).clip(lower_bound=0)
    return pl.when(applies).then(pl.col(amount).clip(upper_bound=room)).otherwise(amount), room


def _due(stays: pl.DataFrame) -> pl.DataFrame:
    """`basic` and `assistance` due, in the order of the year."""
    listed = pl.col("category").is_not_null()
    first_class = listed & ~pl.col("category").is_in(["五保户", "重点优抚对象"])
    rate = pl.when(listed).then("rate").otherwise(pl.col("rate") - 5)
    stays = stays.sort("discharged_on", "admitted_on", "hospital", maintain_order=True)
    basic = _half_up(pl.col("eligible_fen") * rate).clip(upper_bound=BASIC_CAP_FEN)
    stays = stays.with_columns(basic.alias("full_basic"))
    due, _ = _capped("full_basic", BASIC_CAP_FEN, listed)
    stays = stays.with_columns(due.alias("basic"))
    stays = stays.with_columns(_aid(pl.col("total_fen") - pl.col("basic")).alias("full_aid"))
    aid, room = _capped("full_aid", AID_CAP_FEN, first_class)
    return stays.with_columns(
        aid.alias("aid"), pl.when(first_class).then(room).otherwise(10**12).alias("room")
    )


def _claims(stays: pl.DataFrame, seed: int, wrong: float) -> pl.DataFrame:
    """The due amounts, except where a fault was drawn; `why` names it where it changes a figure."""
    drawn = _draw(seed, 30, 1_000_000)
    fault = (
        pl.when(pl.col("category").is_not_null() & (drawn < round(wrong / 0.75 * 1_000_000)))
        .then(_pick(list(FAULTS), _draw(seed, 31, len(FAULTS))))
        .otherwise(None)
    )
    stays = stays.with_columns(fault.alias("why"))
    total, eligible, why = pl.col("total_fen"), pl.col("eligible_fen"), pl.col("why")
    wrong_basic = (
        pl.when(why == "level:township")
        .then(_half_up(eligible * ROSTER_RATE["township"]))
        .when(why == "base:total")
        .then(_half_up(total * pl.col("rate")))
        .when(why == "bonus")
        .then(_half_up(eligible * (pl.col("rate") - 5)))
        .when(why == "unknown")
        .then(pl.col("basic") + 1234)
    )
    stays = stays.with_columns(
        pl.coalesce(wrong_basic.clip(upper_bound=BASIC_CAP_FEN), "basic").alias("basic_claimed_fen")
    )
    base = pl.when(why == "base:eligible").then(eligible).otherwise(total)
    rest = (base - pl.col("basic_claimed_fen")).clip(lower_bound=0)
    banded = pl.when(why == "bands:whole").then(_whole(rest)).otherwise(_bands(rest))
    aid = (
        pl.when(why.is_null() | (why == "unknown"))
        .then("aid")
        .otherwise(_aid(rest, banded).clip(upper_bound=pl.col("room")))
    )
    stays = stays.with_columns(aid.alias("assistance_claimed_fen"))
    same = (pl.col("basic_claimed_fen") == pl.col("basic")) & (
        pl.col("assistance_claimed_fen") == pl.col("aid")
    )
    return stays.with_columns(pl.when(~same).then("why").alias("why"))


def _roster(persons: pl.DataFrame) -> pl.DataFrame:
    """Everybody with a category, entitled for years and open."""
    listed = persons.filter(pl.col("category").is_not_null())
    return listed.select(
        pl.lit("roster.parquet").alias("source"),
        pl.lit(None, pl.String).alias("sheet"),
        pl.int_range(2, listed.height + 2, dtype=pl.Int64).alias("row"),
        "name",
        "id_raw",
        pl.lit(False).alias("id_numeric"),
        pl.col("category").alias("category_raw"),
        "township",
        pl.lit(date(2007, 1, 1)).alias("from_on"),
        pl.lit(None, pl.Date).alias("to_on"),
    )
