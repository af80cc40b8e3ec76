"""对象公示: who came onto the rosters and who left them since an earlier run, village by village."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from onestop_cli.notices.categories import category_labels, shown_category
from onestop_cli.notices.lines import HOMES, OTHER
from onestop_cli.notices.names import mark, plain, short, shown_name, with_names
from onestop_cli.notices.notices import place
from onestop_cli.notices.profile import Profile
from onestop_cli.run import Run

KINDS = {"new": "新增对象", "left": "退出对象"}

COLUMNS = ("number", "name", "mark", "category")
"""All the columns a row of a roll has."""

_ENTRY = ("person", "category")


@dataclass(frozen=True)
class Roll:
    """The changes in one village, or in a township where the profile names no villages (`village` is then None).

    `people`: by kind of `KINDS`, rows of `COLUMNS`. `counts`: how many changes of each kind there are, shown or not.
    """

    township: str
    village: str | None
    profile: Profile
    people: Mapping[str, pl.DataFrame]
    counts: Mapping[str, int]

    @property
    def place(self) -> str:
        """白土乡上湾村."""
        return place(self.township, self.village)


def rolls_of(before: Run, after: Run, profile: Profile) -> tuple[Roll, ...]:
    """Entries valid at the end of one run's period and not of the other's, as `profile` shows them."""
    homes = list(HOMES if profile.place == "village" else HOMES[:1])
    shown = (
        _changed(before, after)
        .pipe(with_names, pl.lit(after.period.last))
        .with_columns(mark=mark(homes, profile.names), name=shown_name(profile.names))
    )
    in_order = shown.sort(
        *(key for home in homes for key in (pl.col(home) == OTHER, home)), "category", "name"
    )
    places = in_order.partition_by(homes, maintain_order=True, as_dict=True)
    return tuple(_roll(keys, people, profile) for keys, people in places.items())


def _changed(before: Run, after: Run) -> pl.DataFrame:
    """The entries that only one of two runs has, with their `kind`, home and category as lists say them."""
    old, new = _valid(before), _valid(after)
    changed = pl.concat(
        [
            new.join(old, on=_ENTRY, how="anti").with_columns(kind=pl.lit("new")),
            old.join(new, on=_ENTRY, how="anti").with_columns(kind=pl.lit("left")),
        ]
    )
    seen = changed["category"].unique().to_list()
    labels = category_labels(seen, {**before.classes, **after.classes})
    return changed.with_columns(
        *(plain(pl.col(home)).fill_null(OTHER) for home in HOMES),
        category=short(plain(shown_category(pl.col("category"), labels))),
    )


def _valid(run: Run) -> pl.DataFrame:
    """The roster entries that entitle on the last day of the run's period, each person and category once."""
    day = pl.lit(run.period.last)
    begun = pl.col("from_on").is_null() | (pl.col("from_on") <= day)
    lasting = pl.col("to_on").is_null() | (pl.col("to_on") >= day)
    living = pl.col("deceased_on").is_null() | (pl.col("deceased_on") > day)
    doubtful = ("from_earliest", "to_earliest", "deceased_earliest")
    sure = [pl.col(name).is_null() for name in doubtful if name in run.roster.columns]
    return (
        run.roster.drop_nulls("category")
        .filter(begun, lasting, living, ~pl.col("ended"), *sure)
        .select(*_ENTRY, "id_no", "name", "township", "village")
        .unique(_ENTRY, keep="first", maintain_order=True)
    )


def _roll(keys: tuple[object, ...], people: pl.DataFrame, profile: Profile) -> Roll:
    """One roll; without names it has counts only."""
    township, village = str(keys[0]), str(keys[1]) if len(keys) > 1 else None
    kinds = {kind: people.filter(kind=kind) for kind in KINDS}
    rows = {
        kind: _numbered(some.clear() if profile.names == "none" else some)
        for kind, some in kinds.items()
    }
    return Roll(township, village, profile, rows, {k: some.height for k, some in kinds.items()})


def _numbered(people: pl.DataFrame) -> pl.DataFrame:
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return people.with_columns(number=number).select(COLUMNS)
