"""对象公示: who came onto the rosters and who left them since an earlier run, village by village."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from onestop_cli.notices.names import harmless_category, plain, short, shown_names, with_names
from onestop_cli.notices.notices import OTHER, place
from onestop_cli.run import Run

KINDS = {"new": "新增对象", "left": "退出对象"}

COLUMNS = ("number", "name", "mark", "category")
"""All the columns a row of a roll has."""

_ENTRY = ("person", "category")


@dataclass(frozen=True)
class Roll:
    """The changes in one village: by kind of `KINDS`, the people as rows of `COLUMNS`."""

    township: str
    village: str
    masked: bool
    people: dict[str, pl.DataFrame]

    @property
    def place(self) -> str:
        """白土乡上湾村."""
        return place(self.township, self.village)


def rolls_of(before: Run, after: Run, *, full: bool) -> tuple[Roll, ...]:
    """Entries valid at the end of one run's period and not of the other's; `full` names or masked ones."""
    old, new = _valid(before), _valid(after)
    changed = pl.concat(
        [
            new.join(old, on=_ENTRY, how="anti").with_columns(kind=pl.lit("new")),
            old.join(new, on=_ENTRY, how="anti").with_columns(kind=pl.lit("left")),
        ]
    )
    homes = ("township", "village")
    shown = (
        with_names(changed, pl.lit(after.period.last))
        .with_columns(
            *(plain(pl.col(home)).fill_null(OTHER) for home in homes),
            category=short(harmless_category(plain(pl.col("category")))),
        )
        .pipe(shown_names, homes, full=full)
        .sort(*(key for home in homes for key in (pl.col(home) == OTHER, home)), "category", "name")
    )
    villages = shown.partition_by(homes, maintain_order=True, as_dict=True)
    return tuple(
        Roll(str(township), str(village), not full, {kind: _rows(people, kind) for kind in KINDS})
        for (township, village), people in villages.items()
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


def _rows(people: pl.DataFrame, kind: str) -> pl.DataFrame:
    """The people of one kind, numbered."""
    rows = people.filter(kind=kind).with_row_index("number", 1)
    return rows.with_columns(pl.col("number").cast(pl.Int64)).select(COLUMNS)
