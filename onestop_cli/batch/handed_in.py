"""What was handed in for a period, for the inbox check: from files just read, or from a run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import polars as pl

from onestop_cli.core.options import Mapper
from onestop_cli.county.inbox_check import Handed, HandedIn
from onestop_cli.ledger.books import closings, run_of
from onestop_cli.readers.insured_list import InsuredList
from onestop_cli.run import Run
from onestop_cli.tables.by_hand import by_hand
from onestop_cli.tables.reading import Reading, SheetAccount

Closed = dict[str, tuple[HandedIn, ...]]
"""Closed period → the files it was closed with."""

_WHO = ("id_raw", "category_raw")
_FEWEST = 10
"""People that two lists share by chance are fewer."""


def closed_files(ledger: sqlite3.Connection) -> Closed:
    """What the books know of the files of every closed period."""
    return {
        one.period.id: tuple(
            HandedIn(file.kind, file.path, file.sha256) for file in run_of(ledger, one).inputs
        )
        for one in closings(ledger)
    }


def of_reading(
    stays: Reading,
    roster: Reading,
    register: Sequence[str],
    hospital: Mapper,
    closed: Closed,
    insured: InsuredList = InsuredList(),  # noqa: B008
    rows: pl.LazyFrame | None = None,
) -> Handed:
    """From files just read; `register`: the names in it, `hospital`: how a text becomes one. `rows`: the stays, where
    they are too many for `stays` to hold."""
    counts = _by_hospital(stays.rows.lazy() if rows is None else rows)
    known = {text: hospital(text) for text in counts}
    return Handed(
        register,
        [name for name in known.values() if name is not None],
        {text: counts[text] for text, name in known.items() if name is None},
        [
            HandedIn(kind, file.path, file.sha256)
            for kind, reading in (("stays", stays), ("roster", roster))
            for file in reading.inputs
        ]
        + [HandedIn("insured", path, digest) for path, digest, _ in insured.files],
        closed,
        [*_issues(roster)],
    )


def _by_hospital(rows: pl.LazyFrame) -> dict[str, int]:
    """Name of a hospital as the lists have it → its rows, without those that are paid to the person."""
    about = rows.group_by("hospital_raw", "setl_type").len().collect(engine="streaming")
    advanced = about.filter(~by_hand(about)).drop_nulls("hospital_raw")
    return dict(advanced.group_by("hospital_raw").agg(pl.col("len").sum()).iter_rows())


def _issues(roster: Reading) -> Iterator[tuple[str, str, int]]:
    """Pairs of sheets with the same titles, and how many people of one kind stand in both: half of a list or more."""
    titles = [frozenset(one.columns.items()) for one in roster.sheets]
    numbers = {(one.source, one.sheet): number for number, one in enumerate(roster.sheets)}
    known = pl.DataFrame(
        [(*place, number) for place, number in numbers.items()],
        schema={"source": pl.String, "sheet": pl.String, "list": pl.Int64},
        orient="row",
    )
    people = roster.rows.drop_nulls("id_raw").join(known, on=["source", "sheet"], nulls_equal=True)
    people = people.select("list", *_WHO).unique()
    size = dict(people.group_by("list").len().iter_rows())
    twice = people.filter(pl.len().over(_WHO) > 1)
    both = twice.join(twice, on=_WHO, nulls_equal=True, suffix="_other")
    pairs = both.filter(pl.col("list") < pl.col("list_other")).group_by("list", "list_other").len()
    for one, other, count in pairs.sort("list", "list_other").iter_rows():
        fewer = min(size[one], size[other])
        if fewer >= _FEWEST and count * 2 >= fewer and titles[one] == titles[other]:
            yield _said(roster.sheets[one]), _said(roster.sheets[other]), count


def _said(sheet: SheetAccount) -> str:
    return f"{sheet.source}（{sheet.sheet}）" if sheet.sheet else sheet.source


def of_run(run: Run, closed: Closed) -> Handed:
    """From a run."""
    names = (
        run.register["hospital"].unique(maintain_order=True).to_list() if len(run.register) else []
    )
    advanced = run.stays.filter(~by_hand(run.stays))
    counts = advanced.group_by("hospital", "in_register").len().drop_nulls()
    return Handed(
        names,
        counts.filter("in_register")["hospital"].to_list(),
        dict(counts.filter(~pl.col("in_register")).select("hospital", "len").iter_rows()),
        [HandedIn(file.kind, file.path, file.sha256) for file in run.info.inputs],
        closed,
    )
