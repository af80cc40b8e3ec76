"""三级公示: which people and sums stand on which public list, and nothing else about them.

A list has no column for an ID number, a birth date, a diagnosis, a phone or an account, so no list
can show one. Names are full on the boards of villages and townships, masked everywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.notices.names import (
    LONGEST,
    harmless_category,
    plain,
    short,
    shown_names,
    tells_illness,
    with_names,
)
from onestop_cli.run import Run
from onestop_cli.tables.schema import LEVELS, Schema

OTHER = "其他"
"""Where people without a known township or village stand."""

TITLE = "医疗费用补偿公示"

_HEAD: Schema = {
    "number": pl.Int64,
    "name": pl.String,
    "mark": pl.String,
    "place": pl.String,
    "category": pl.String,
    "hospital": pl.String,
    "month": pl.String,
}
_KEYS: Mapping[str, tuple[str, ...]] = {
    "county": (),
    "township": ("township",),
    "village": ("township", "village"),
    "hospital": ("page",),
}
_FULL_NAMES = frozenset({"township", "village"})


@dataclass(frozen=True)
class Part:
    """A summary table of a list: a line for each place or hospital in it.

    `table` has `label`, then the columns of `amounts`. `level`: of the lists that the lines are about.
    """

    title: str
    heading: str
    level: str
    table: pl.DataFrame


@dataclass(frozen=True)
class Notice:
    """One public list.

    `level`: county, township, village or hospital. `masked`: every name is, not only those of minors.
    `rows`: the columns of `row_columns`, amounts in fen. `sums`: `rows`, `people` and all totals.
    """

    level: str
    township: str | None
    village: str | None
    hospital: str | None
    masked: bool
    rows: pl.DataFrame
    sums: Mapping[str, int]
    parts: tuple[Part, ...] = ()

    @property
    def key(self) -> tuple[str, str | None, str | None, str | None]:
        """What sets this list apart from every other of the same publication."""
        return self.level, self.township, self.village, self.hospital

    @property
    def place(self) -> str:
        """Whose list it is, below the county: 白土乡上湾村, a hospital, or "" for the county's own."""
        return self.hospital[:LONGEST] if self.hospital else place(self.township, self.village)


@dataclass(frozen=True)
class Notices:
    """Everything to be published of a run: `boards` for the walls, `site` with every name masked."""

    layers: tuple[str, ...]
    boards: tuple[Notice, ...]
    site: tuple[Notice, ...]


def place(township: str | None, village: str | None) -> str:
    """A place below the county as a title says it: 白土乡上湾村; "" for the county itself."""
    if township == OTHER:
        return "（未登记到乡镇）"
    below = "（未登记到村）" if village == OTHER else (village or "")[:LONGEST]
    return (township or "")[:LONGEST] + below


def amounts(layers: Sequence[str]) -> tuple[str, ...]:
    """The amount columns of rows and sums: total, one per layer, still owed to the patient, own share."""
    return ("total_fen", *(f"{layer}_fen" for layer in layers), "owed_fen", "self_fen")


def row_columns(layers: Sequence[str]) -> tuple[str, ...]:
    """All the columns a row of a public list has."""
    return (*_HEAD, *amounts(layers))


def notices_of(run: Run, *, names: bool = False) -> Notices:
    """The lists of a run. `names`: full names on the boards of the county and the hospitals, too."""
    layers = tuple(layer.id for layer in run.layers)
    stays = posted(run)
    full = _KEYS.keys() if names else _FULL_NAMES
    boards = [
        notice for level in _KEYS for notice in _level(stays, layers, level, full=level in full)
    ]
    site = [notice for level in _KEYS for notice in _level(stays, layers, level, full=False)]
    return Notices(layers, tuple(boards), tuple(site))


def posted(run: Run) -> pl.DataFrame:
    """The settled stays with a payment, made ready for lists: names, places, hospitals, amounts in fen."""
    layers = [layer.id for layer in run.layers]
    paid = [
        (pl.col(f"{layer}_payable_fen").fill_null(0) + pl.col(f"{layer}_offset_fen").fill_null(0))
        .cast(pl.Int64)
        .alias(f"{layer}_fen")
        for layer in layers
    ]
    columns = [f"{layer}_fen" for layer in layers]
    return (
        run.stays.filter(status="settled")
        .with_columns(paid)
        .filter(pl.any_horizontal(pl.col(columns) > 0))
        .pipe(_amounts, columns)
        .pipe(_people)
        .pipe(_places)
        .pipe(_in_order)
    )


def _amounts(stays: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """What is still owed, and the patient's own share: what is left of the total after both."""
    owed = pl.col("patient_owed_fen").fill_null(0)
    rest = pl.col("total_fen") - pl.sum_horizontal(columns) - owed
    return stays.with_columns(owed_fen=owed, self_fen=rest)


def _people(stays: pl.DataFrame) -> pl.DataFrame:
    """Who it is (`person`, which no list has), and under what names."""
    place = pl.concat_str("source", "sheet", "row", separator="\n", ignore_nulls=True)
    day = pl.coalesce("discharged_on", "settled_on")
    return stays.with_columns(person=pl.coalesce("id_no", place)).pipe(with_names, day)


def _places(stays: pl.DataFrame) -> pl.DataFrame:
    """Where they live and where they were treated; a telling hospital has no page and no name."""
    hospital = plain(pl.col("hospital")).fill_null(OTHER)
    telling = tells_illness(hospital)
    by_level = pl.col("level").replace_strict(LEVELS, default="") + "定点医疗机构"
    day = pl.coalesce("discharged_on", "settled_on")
    return stays.with_columns(
        township=plain(pl.col("township")).fill_null(OTHER),
        village=plain(pl.col("village")).fill_null(OTHER),
        category=short(harmless_category(plain(pl.col("category")))),
        page=pl.when(~telling).then(hospital),
        hospital=pl.when(telling).then(by_level.fill_null("定点医疗机构")).otherwise(hospital),
        rank=pl.col("level").replace_strict(list(LEVELS), range(len(LEVELS)), default=None),
        month=day.dt.strftime("%Y年%-m月").fill_null("—"),
    )


def _in_order(stays: pl.DataFrame) -> pl.DataFrame:
    """By township and village, 其他 last, then by day and name."""
    places = [key for place in ("township", "village") for key in (pl.col(place) == OTHER, place)]
    rest = ["discharged_on", "name", "page", "stay_no", "source", "sheet", "row"]
    return stays.sort(*places, *rest, nulls_last=True)


def _level(stays: pl.DataFrame, layers: Sequence[str], level: str, *, full: bool) -> list[Notice]:
    """All the lists of one level, in order."""
    keys = list(_KEYS[level])
    named = stays.pipe(shown_names, keys, full=full)
    if not keys:
        return [_notice(named, layers, level, {}, full=full)]
    groups = named.drop_nulls(keys).partition_by(keys, maintain_order=True, as_dict=True)
    return [
        _notice(rows, layers, level, dict(zip(keys, values, strict=True)), full=full)
        for values, rows in groups.items()
    ]


def _notice(
    stays: pl.DataFrame, layers: Sequence[str], level: str, keys: Mapping[str, str], *, full: bool
) -> Notice:
    """One list, from the stays that stand on it."""
    below = "village" if level == "township" else "township"
    rows = stays.with_row_index("number", 1).with_columns(
        pl.col("number").cast(pl.Int64),
        pl.lit("").alias("place") if level == "village" else short(pl.col(below)).alias("place"),
        short(pl.col("hospital")),
    )
    return Notice(
        level=level,
        township=keys.get("township"),
        village=keys.get("village"),
        hospital=keys.get("page"),
        masked=not full,
        rows=rows.select(row_columns(layers)),
        sums=stays.select(_sums(layers)).row(0, named=True),
        parts=tuple(_parts(stays, layers, level)),
    )


def _parts(stays: pl.DataFrame, layers: Sequence[str], level: str) -> list[Part]:
    """The summaries of a list: of a township by village, of the county by township and hospital."""
    tables = {
        "county": (
            ("各乡镇汇总", "乡镇", "township", "township"),
            ("各医疗机构汇总", "医疗机构", "hospital", "hospital"),
        ),
        "township": (("各村汇总", "村", "village", "village"),),
    }
    return [
        Part(title, heading, of, _summary(stays, layers, key))
        for title, heading, of, key in tables.get(level, ())
    ]


def _summary(stays: pl.DataFrame, layers: Sequence[str], key: str) -> pl.DataFrame:
    """Sums by `key`: places in the order of the list, hospitals by level and name."""
    if key == "hospital":
        stays = stays.sort("rank", "hospital", nulls_last=True)
    return stays.group_by(pl.col(key).alias("label"), maintain_order=True).agg(_sums(layers))


def _sums(layers: Sequence[str]) -> list[pl.Expr]:
    """How many stays and people, and the total of every amount."""
    return [
        pl.len().cast(pl.Int64).alias("rows"),
        pl.col("person").n_unique().cast(pl.Int64).alias("people"),
        *(pl.col(amount).sum() for amount in amounts(layers)),
    ]
