"""The data of the benchmarks: made once per size into build/bench/, as parquet with the readers' columns."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from onestop_cli.tables.schema import READ_ROSTER, READ_STAYS, Schema
from samples.fabricate.many import many_stays

HOME = Path("build/bench")
PEOPLE = 500_000


@dataclass(frozen=True)
class County:
    """The files of one size."""

    folder: Path

    @property
    def stays(self) -> Path:
        return self.folder / "stays.parquet"

    @property
    def roster(self) -> Path:
        return self.folder / "roster.parquet"

    @property
    def register(self) -> Path:
        return self.folder / "register.parquet"


def county(stays: int) -> County:
    """`stays` stays of 500,000 people (half as many people as stays where that is fewer), made if not there yet."""
    home = County(HOME / str(stays))
    if not home.register.exists():
        home.folder.mkdir(parents=True, exist_ok=True)
        many = many_stays(stays, people=min(PEOPLE, -(-stays // 2)))
        many.stays.write_parquet(home.stays)
        many.roster.write_parquet(home.roster)
        many.register.write_parquet(home.register)
    return home


def in_a_child(stays: int) -> County:
    """The same, made by a process of its own: a process hands its greatest memory on to those it starts."""
    subprocess.run([sys.executable, "-m", "benchmarks.data", str(stays)], check=True)
    return County(HOME / str(stays))


def read_rows(home: County) -> pl.DataFrame:
    """The stays in all columns of READ_STAYS."""
    return filled(pl.read_parquet(home.stays), READ_STAYS)


def read_roster(home: County) -> pl.DataFrame:
    """The roster in all columns of READ_ROSTER."""
    return filled(pl.read_parquet(home.roster), READ_ROSTER)


def filled(table: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """`table` in all columns of `schema`; those the data does not have are blank."""
    absent = (name for name in schema if name not in table.columns)
    blank = [pl.lit(None, schema[name]).alias(name) for name in absent]
    return table.with_columns(blank).select(*schema)


if __name__ == "__main__":
    county(int(sys.argv[1]))
