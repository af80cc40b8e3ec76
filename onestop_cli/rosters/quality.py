"""What is wrong with a roster: entries that cannot be right (RO08), and what a county should look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from onestop_cli.core.identify import id_birth
from onestop_cli.core.link import holds
from onestop_cli.county.spelling import places
from onestop_cli.privacy import mask_id
from onestop_cli.tables.inspection import Spelling
from onestop_cli.tables.schema import PLACE, Schema, row_place

FAULTS: Schema = {**PLACE, "name": pl.String, "id_no": pl.String, "message": pl.String}
ISSUES: Schema = {
    "kind": pl.String,
    **PLACE,
    "name": pl.String,
    "id_shown": pl.String,
    "category": pl.String,
    "township": pl.String,
    "village": pl.String,
    "message": pl.String,
}
KINDS = {
    "id": ("证号缺失或无效", "向本人或村里核对身份证，补正后再导出。"),
    "doubled": ("重复登记", "同一人同一类别只留一行，待遇期前后相接。"),
    "names": ("同证异名", "核对是谁的证号；住院时姓名对不上，该笔会暂停结算。"),
    "several": ("一人多类", "允许；住院按政策写明的先后或高者计算，请确认各类都应保留。"),
    "dead": ("死亡未停保", "补写停止日期；死亡之后的住院会暂停结算。"),
    "ended": ("待遇已止仍在册", "允许（据此判断待遇期）；确已退出多时的可以移出。"),
    "akin": ("同名同生日", "核对是否一人两证、录错证号。"),
    "content": ("内容缺失或矛盾", "补齐姓名、类别，改正日期。"),
    "spelling": (
        "地名写法不一",
        "核对是否同一处；是的，写进 onestop.toml 的 synonyms，或统一写法。",
    ),
    "unread": ("无法识别的行", "按所说原因改正原表。"),
}
"""What a check looks for: title and what to do about it, worst first as a clerk would take them up."""
_FOREVER = 4_000_000
"""More days than any calendar has: where an open entitlement begins and ends."""
_NAMED = 3


@dataclass(frozen=True)
class RosterCheck:
    """A roster looked at on `day`.

    `issues`: a row of `ISSUES` per entry and reason. `kinds`: kind, title, entries, remedy, in the
    order of `KINDS`. `spellings`: places that are likely one. `categories` and `townships`: entries,
    people and people in force on the day, as `entries`, `people` and `in_force` are for the whole
    roster.
    """

    day: date
    issues: pl.DataFrame
    kinds: pl.DataFrame
    categories: pl.DataFrame
    townships: pl.DataFrame
    entries: int
    people: int
    in_force: int
    spellings: Sequence[Spelling] = ()


def roster_faults(roster: pl.DataFrame) -> pl.DataFrame:
    """RO08: what cannot be right in an understood roster, a row of `FAULTS` per entry and reason."""
    return (
        _faults(roster).select(*FAULTS).sort("source", "sheet", "row", "message", nulls_last=True)
    )


def check_roster(roster: pl.DataFrame, quarantine: pl.DataFrame, day: date) -> RosterCheck:
    """Everything a county should look at in an understood roster, as it stands on `day`.

    `quarantine` are the rows of its files that could not be read.
    """
    rows = roster.with_columns(in_force=in_force(day))
    unread = quarantine.select(*PLACE, kind=pl.lit("unread"), message="reason")
    spellings = place_spellings(rows)
    parts = [
        *(_faults(rows), _several(rows), _dead(rows), _ended(rows, day), _akin(rows)),
        _spelled(rows, spellings),
        unread,
    ]
    issues = (
        pl.concat(parts, how="diagonal")
        .with_columns(id_shown=mask_id(pl.coalesce("id_no", "id_raw")))
        .sort(
            pl.col("kind").replace_strict(list(KINDS), range(len(KINDS)), return_dtype=pl.Int64),
            "group", "source", "sheet", "row", "message", nulls_last=True,
        )
        .select(*ISSUES)
    )  # fmt: skip
    return RosterCheck(
        day,
        issues,
        _by_kind(issues),
        _counts(rows, "category"),
        _counts(rows, "township"),
        rows.height,
        rows["person"].n_unique(),
        rows.filter("in_force")["person"].n_unique(),
        spellings,
    )


def place_spellings(roster: pl.DataFrame) -> list[Spelling]:
    """Townships and villages of a roster that are likely one place."""
    homes = roster.group_by(pl.col("township", "village").fill_null("")).len()
    return places({(town, village): count for town, village, count in homes.iter_rows()})


def _spelled(rows: pl.DataFrame, spellings: Sequence[Spelling]) -> pl.DataFrame:
    """Entries whose place is likely another one's other spelling."""
    parts = [rows.clear().with_columns(kind=pl.lit("spelling"), message=pl.lit("", pl.String))]
    for one in spellings:
        name = one.name.rpartition("/")[2]
        parts.append(
            rows.filter(pl.col(one.kind).is_in(one.others)).with_columns(
                kind=pl.lit("spelling"),
                message=pl.format("“{}”像是“{}”的另一种写法", one.kind, pl.lit(name)),
            )
        )
    return pl.concat(parts)


def _by_kind(issues: pl.DataFrame) -> pl.DataFrame:
    """Every kind with its number of issues, none left out."""
    kinds = pl.DataFrame(
        [(kind, title, remedy) for kind, (title, remedy) in KINDS.items()],
        schema=["kind", "title", "remedy"],
        orient="row",
    )
    found = issues.group_by("kind").agg(entries=pl.len().cast(pl.Int64))
    return kinds.join(found, on="kind", how="left", maintain_order="left").with_columns(
        pl.col("entries").fill_null(0)
    )


def _counts(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Entries, people, and people in force, per value of `column`."""
    return (
        rows.group_by(pl.col(column).fill_null("（空）"))
        .agg(
            entries=pl.len().cast(pl.Int64),
            people=pl.col("person").n_unique().cast(pl.Int64),
            in_force=pl.col("person").filter("in_force").n_unique().cast(pl.Int64),
        )
        .sort(column)
    )


def in_force(day: date) -> pl.Expr:
    """Whether an entry entitles a living person on `day`, by every reading of its days."""
    died = pl.coalesce("deceased_on", "deceased_earliest")
    alive = died.is_null() | (died >= day)
    return holds(pl.lit(day), surely=True) & alive


def _faults(roster: pl.DataFrame) -> pl.DataFrame:
    """The entries that cannot be right, with kind, message, and `group` to keep partners together.

    Entries are held against each other only where an ID has several: nearly all have one.
    """
    rows = roster.with_columns(group=pl.col("id_no"))
    shared = rows.filter(pl.col("id_no").is_not_null() & pl.col("id_no").is_duplicated())
    shared = shared.with_columns(
        names=pl.col("name").drop_nulls().unique().sort().str.join("、").over("id_no"),
        several=pl.col("name_key").drop_nulls().n_unique().over("id_no") > 1,
        deaths=pl.col("deceased_on").drop_nulls().n_unique().over("id_no"),
    )
    told = [
        among.filter(holds.fill_null(False)).with_columns(kind=pl.lit(kind), message=message)
        for among, faults in ((rows, _of_one_entry()), (shared, _of_several()))
        for kind, holds, message in faults
    ]
    return pl.concat([*told, _doubled(shared)], how="diagonal")


def _of_several() -> list[tuple[str, pl.Expr, pl.Expr]]:
    """What can be seen in the entries of one ID: kind, where it holds, and why."""
    return [
        ("names", pl.col("several"), pl.format("同一证号在花名册上有不同姓名：{}", "names")),
        ("content", pl.col("deaths") > 1, pl.lit("同一证号的死亡日期不一致")),
    ]


def _of_one_entry() -> list[tuple[str, pl.Expr, pl.Expr]]:
    """What can be seen in one entry: kind, where it holds, and why."""
    died = pl.col("deceased_on")
    return [
        ("id", pl.col("id_fault").is_not_null(), pl.col("id_why")),
        ("content", pl.col("name_key").is_null(), pl.lit("姓名为空")),
        (
            "content",
            pl.col("category").is_null() & pl.col("category_raw").is_null(),
            pl.lit("没有写明救助类别"),
        ),
        ("content", pl.col("date_fault").is_not_null(), pl.col("date_fault")),
        (
            "content",
            pl.col("to_on") < pl.col("from_on"),
            pl.format("停止日期 {} 早于起始日期 {}", _iso("to_on"), _iso("from_on")),
        ),
        (
            "content",
            pl.max_horizontal("from_on", "to_on") > died,
            pl.format("已于 {} 死亡，之后仍有待遇期", _iso("deceased_on")),
        ),
        (
            "content",
            pl.col("dead") & died.is_null(),
            pl.format("写明“{}”，没有写明日期", "dead_said"),
        ),
    ]


def _doubled(rows: pl.DataFrame) -> pl.DataFrame:
    """Entries of one ID and category whose entitlement begins before that of an earlier one ends."""
    group = ["id_no", "category"]
    entries = (
        rows.drop_nulls(group)
        .with_columns(
            begin=pl.col("from_on").to_physical().cast(pl.Int64).fill_null(-_FOREVER) + _FOREVER,
            end=pl.col("to_on").to_physical().cast(pl.Int64).fill_null(_FOREVER) + _FOREVER,
        )
        .filter(pl.col("begin") <= pl.col("end"))
        .sort(*group, "begin", "source", "sheet", "row", nulls_last=True)
        .with_columns(last=pl.col("end") * pl.len() + pl.int_range(pl.len()))
        .with_columns(pl.col("last").cum_max().shift(1).over(group))
        .with_columns(other=row_place().gather(pl.col("last") % pl.len()))
    )
    return entries.filter(pl.col("last") // pl.len() >= pl.col("begin")).with_columns(
        kind=pl.lit("doubled"),
        message=pl.format("与 {} 重复：同一证号、同一类别，待遇期重叠", "other"),
    )


def _several(rows: pl.DataFrame) -> pl.DataFrame:
    """Entries of people who are in force in several categories."""
    live = rows.filter("in_force").drop_nulls(["id_no", "category"])
    categories = pl.col("category").unique().sort()
    return live.with_columns(
        kind=pl.lit("several"),
        group=pl.col("id_no"),
        message=pl.format("同时有效的类别：{}", categories.str.join("、").over("id_no")),
    ).filter(pl.col("category").n_unique().over("id_no") > 1)


def _dead(rows: pl.DataFrame) -> pl.DataFrame:
    """Entries of the dead without a last day."""
    return rows.filter(
        pl.col("deceased_on").is_not_null() & pl.col("to_on").is_null()
    ).with_columns(
        kind=pl.lit("dead"), message=pl.format("已于 {} 死亡，没有停止日期", _iso("deceased_on"))
    )


def _ended(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """Entries whose entitlement is over."""
    state = pl.coalesce("status_raw", "reason_raw")
    over = pl.when("ended").then(pl.format("状态为“{}”", state))
    past = pl.when(pl.col("to_on") < day).then(pl.format("待遇已于 {} 终止", _iso("to_on")))
    return rows.with_columns(kind=pl.lit("ended"), message=pl.coalesce(over, past)).drop_nulls(
        "message"
    )


def _akin(rows: pl.DataFrame) -> pl.DataFrame:
    """Entries of different people with one name and one day of birth."""
    key = ["name_key", "birth"]
    people = (
        rows.with_columns(
            birth=pl.coalesce(id_birth(pl.col("id_no")), "birth_on"), place=row_place()
        )
        .drop_nulls(key)
        .filter(pl.col("person").n_unique().over(key) > 1)
        .sort("source", "sheet", "row", nulls_last=True)
    )
    others = (
        people.select(*key, "person", "place")
        .join(people.select(*key, other="person", there="place"), on=key)
        .filter(pl.col("person") != pl.col("other"))
        .group_by("place", maintain_order=True)
        .agg(message=pl.col("there").head(_NAMED).str.join("、"))
    )
    return people.join(others, on="place").with_columns(
        kind=pl.lit("akin"),
        group=pl.format("{} {}", *key),
        message=pl.format("与 {} 同名同生日，证号不同", "message"),
    )


def _iso(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string("%Y-%m-%d")
