"""三级公示: which people and sums stand on which public list, and nothing else about them.

A list has no column for an ID number, a birth date, a diagnosis, a phone or an account, so no list can show one. How
people are named, and where and when they were treated, is for the profile of its level to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.notices.categories import NOBODY as NO_CATEGORY
from onestop_cli.notices.categories import categories_of
from onestop_cli.notices.exposure import NOBODY, Exposure, exposure, fitting, on_rosters
from onestop_cli.notices.lines import ELIGIBLE, HOMES, OTHER, amounts, posted
from onestop_cli.notices.names import LONGEST, mark, short, shown_name
from onestop_cli.notices.profile import Profile, PublicityProfile, has_lists
from onestop_cli.run import Run
from onestop_cli.statements.care import OUTPATIENT
from onestop_cli.statements.hospital_labels import Labels, labels_of
from onestop_cli.tables.schema import Schema

TITLE = "医疗费用补偿公示"

_HEAD: Schema = {
    "number": pl.Int64,
    "name": pl.String,
    "mark": pl.String,
    "place": pl.String,
    "category": pl.String,
    "hospital": pl.String,
    "month": pl.String,
    "note": pl.String,
}
_KEYS: Mapping[str, tuple[str, ...]] = {
    "county": (),
    "township": ("township",),
    "village": ("township", "village"),
    "hospital": ("hospital",),
}


FEW = "其他类别（合并）"
"""Categories of too few people, in one line."""


@dataclass(frozen=True)
class NoticePart:
    """A summary table of a list: a line for each place, hospital or category in it.

    `table` has `label`, then `visits`, `people` and the columns of `amounts`. `level`: of the lists that the lines are
    about.
    """

    title: str
    heading: str
    level: str
    table: pl.DataFrame


@dataclass(frozen=True)
class Notice:
    """One public list.

    `level`: county, township, village or hospital. `rows`: the columns of `row_columns`, amounts in fen. `sums`: `rows`
    (all lines), `visits` (the period's own stays), `people` and all totals; eligible costs are None where no file has
    them. `rest`: the same of the lines that the profile puts into one sum line, None when there are none. `exposed`: of
    the people whose rows are shown.
    """

    level: str
    township: str | None
    village: str | None
    hospital: str | None
    profile: Profile
    rows: pl.DataFrame
    sums: Mapping[str, int]
    rest: Mapping[str, int] | None = None
    exposed: Exposure = NOBODY
    parts: tuple[NoticePart, ...] = ()

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
    """Everything to be published of a run: `boards` for the walls, `site` for the web.

    `labels`: what the hospitals are called.
    """

    layers: tuple[str, ...]
    boards: tuple[Notice, ...]
    site: tuple[Notice, ...]
    labels: Labels

    @property
    def county(self) -> Notice:
        """The county's own board."""
        return self.boards[0]


def place(township: str | None, village: str | None) -> str:
    """A place below the county as a title says it: 白土乡上湾村; "" for the county itself."""
    if township == OTHER:
        return "（未登记到乡镇）"
    below = "（未登记到村）" if village == OTHER else (village or "")[:LONGEST]
    return (township or "")[:LONGEST] + below


def row_columns(layers: Sequence[str]) -> tuple[str, ...]:
    """All the columns a row of a public list has."""
    return (*_HEAD, *amounts(layers))


def notices_of(run: Run, publicity: PublicityProfile | None = None) -> Notices:
    """The lists of a run."""
    publicity = publicity or PublicityProfile.usual()
    layers = tuple(layer.id for layer in run.layers)
    labels = labels_of(run)
    categories = categories_of(run)
    lines = posted(run, labels, categories)
    people = on_rosters(run.roster, categories, run.period)
    press = _Press(layers, lines, people)
    return Notices(
        layers,
        boards=tuple(
            notice
            for level, profile in publicity.boards.items()
            for notice in press.lists(level, profile)
        ),
        site=tuple(notice for level in _KEYS for notice in press.lists(level, publicity.site)),
        labels=labels,
    )


@dataclass(frozen=True)
class _Press:
    """What all lists are made of: the posted lines, and the people on the rosters."""

    layers: tuple[str, ...]
    lines: pl.DataFrame
    people: pl.DataFrame

    def lists(self, level: str, profile: Profile) -> list[Notice]:
        """All the lists of one level, in order."""
        if not has_lists(profile, level):
            return []
        keys = list(_KEYS[level])
        lines = self._prepared(level, profile)
        if not keys:
            return [self._list(lines, level, {}, profile)]
        groups = lines.partition_by(keys, maintain_order=True, as_dict=True)
        return [
            self._list(rows, level, dict(zip(keys, values, strict=True)), profile)
            for values, rows in groups.items()
        ]

    def _prepared(self, level: str, profile: Profile) -> pl.DataFrame:
        """The lines as the lists of a level show them, whose person is `listed` and `alone`, which rows are `kept`."""
        homes = HOMES if level == "village" or profile.place == "village" else HOMES[:1]
        everybody = pl.concat([self.people, self.lines.select(self.people.columns)])
        found = fitting(self.lines, self.people, profile.names, homes)
        lines = self.lines.with_columns(
            found["listed"],
            found["alone"],
            shown=shown_name(profile.names),
            mark=mark(_KEYS[level], profile.names),
            place=pl.lit("") if level == "village" else _home(level, profile),
            month=pl.col("month") if profile.month else pl.lit(""),
        )
        among = fitting(self.lines, everybody, profile.names, homes)["fitting"]
        return lines.with_columns(kept=(among >= profile.k) & (profile.names != "none"))

    def _list(
        self, lines: pl.DataFrame, level: str, keys: Mapping[str, str], profile: Profile
    ) -> Notice:
        """One list, from the lines that stand on it."""
        kept = lines.filter("kept")
        merged = lines.filter(~pl.col("kept")) if profile.names != "none" else lines.clear()
        rows = kept.with_columns(
            number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
            name="shown",
            hospital=short(pl.col("hospital")),
        )
        return Notice(
            level=level,
            township=keys.get("township"),
            village=keys.get("village"),
            hospital=keys.get("hospital"),
            profile=profile,
            rows=rows.select(row_columns(self.layers)),
            sums=self._sum(lines),
            rest=self._sum(merged) if len(merged) else None,
            exposed=exposure(kept),
            parts=tuple(self._parts(lines, level, profile)),
        )

    def _parts(self, lines: pl.DataFrame, level: str, profile: Profile) -> list[NoticePart]:
        """The summaries of a list: of a township by village, of the county by township and hospital; 门诊 and 住院
        where there are both; by category where there are no rows."""
        parts = []
        if level == "county":
            parts.append(("各乡镇汇总", "乡镇", "township", "township"))
            if profile.hospital:
                parts.append(("各医疗机构汇总", "医疗机构", "hospital", "hospital"))
        if level == "township" and profile.place == "village":
            parts.append(("各村汇总", "村", "village", "village"))
        if _both_kinds(lines, profile.k):
            parts.append(("门诊和住院", "就诊方式", "care", "care"))
        if profile.names == "none":
            parts.append(("各类人员汇总", "人员类别", "category", "category"))
        return [
            NoticePart(title, heading, of, self._summary(lines, key, profile))
            for title, heading, of, key in parts
        ]

    def _summary(self, lines: pl.DataFrame, key: str, profile: Profile) -> pl.DataFrame:
        """Sums by `key`: places in the order of the list, hospitals by level and name, small categories together."""
        if key == "hospital":
            lines = lines.sort("rank", "hospital", nulls_last=True)
        if key == "care":
            lines = lines.sort(pl.col("care") != OUTPATIENT, maintain_order=True)
        if key == "category" and profile.k:
            few = _few(lines, profile.k)
            lines = lines.with_columns(pl.col("category").replace(dict.fromkeys(few, FEW)))
        if key == "category":
            lines = lines.with_columns(pl.col("category").replace(NO_CATEGORY, "无救助类别"))
        return lines.group_by(pl.col(key).alias("label"), maintain_order=True).agg(self._sums())

    def _sum(self, lines: pl.DataFrame) -> dict[str, int]:
        return lines.select(self._sums()).row(0, named=True)

    def _sums(self) -> list[pl.Expr]:
        """How many lines, visits and people, and the total of every amount."""
        return [
            pl.len().cast(pl.Int64).alias("rows"),
            (~pl.col("adjusted")).sum().cast(pl.Int64).alias("visits"),
            pl.col("person").n_unique().cast(pl.Int64).alias("people"),
            *(pl.col(amount).sum() for amount in amounts(self.layers) if amount != ELIGIBLE),
            pl.when(pl.col(ELIGIBLE).count() > 0).then(pl.col(ELIGIBLE).sum()).alias(ELIGIBLE),
        ]


def _home(level: str, profile: Profile) -> pl.Expr:
    """Where somebody lives, as a list above the village's says it: within its township the village alone."""
    township, village = pl.col(HOMES[0]), pl.col(HOMES[1])
    if level == "township":
        return short(village) if profile.place == "village" else pl.lit("")
    if profile.place == "township":
        return short(township)
    return short(pl.when(village == OTHER).then(township).otherwise(township + village))


def _both_kinds(lines: pl.DataFrame, k: int) -> bool:
    """Whether there are 门诊 and 住院, of `k` people at least each."""
    people = lines.group_by("care").agg(pl.col("person").n_unique())["person"]
    return len(people) > 1 and bool((people >= k).all())


def _few(lines: pl.DataFrame, k: int) -> list[str]:
    """The categories with fewer than `k` people, and more of them until together they have as many."""
    people = lines.group_by("category").agg(pl.col("person").n_unique()).sort("person", "category")
    before = people["person"].cum_sum() - people["person"]
    few = (people["person"] < k) | ((before > 0) & (before < k))
    return people.filter(few)["category"].to_list()
