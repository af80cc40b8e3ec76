"""A folder of parquet with the contract's columns: ordinary stays, and some that hang together across people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from onestop_cli.batch.request import Request
from onestop_cli.county.settings import Settings
from onestop_cli.tables.schema import PLACE
from samples.fabricate.many import Many, many_stays

CONTRACT = {"hospital_raw": "hospital", "category_raw": "category"}
STAYS, PEOPLE = 1_200, 400


def tangled() -> Many:
    """Stays of `many`, and rows more: one sent twice, one taken back, one stay number of two people, one without an
    ID, one beside another."""
    many = many_stays(STAYS, people=PEOPLE)
    stays = many.stays
    number = pl.col("stay_no")
    other = stays.slice(700, 1)["id_raw"].item()
    more = [
        stays.slice(3, 5),
        stays.slice(20, 4).with_columns(pl.col("^.*_fen$") * -1),
        stays.slice(40, 30).with_columns(id_raw=pl.lit(other)),
        stays.slice(80, 3).with_columns(id_raw=pl.lit(None, pl.String)),
        stays.slice(90, 6).with_columns(stay_no=number + "x", hospital_raw=pl.lit("乡镇卫生院")),
    ]
    rows = pl.concat([stays, *more]).with_columns(row=pl.int_range(2, pl.len() + 2))
    return Many(rows, many.roster, many.register, many.why)


def written(many: Many, folder: Path, ending: str = "parquet") -> Request:
    """`many` on disk in three files of the contract's columns, and the request to reconcile it."""
    stays = many.stays.rename(CONTRACT)
    third = -(-len(stays) // 3)
    (folder / "stays").mkdir(parents=True)
    for number in range(3):
        part = stays.slice(number * third, third)
        file = folder / "stays" / f"part{number}.{ending}"
        part.write_parquet(file) if ending == "parquet" else part.write_csv(file)
    many.roster.rename({"category_raw": "category"}).write_parquet(folder / "roster.parquet")
    many.register.select(医疗机构="hospital", 级别="level").write_csv(folder / "register.csv")
    return Request(
        "2010",
        [folder / "stays"],
        [folder / "roster.parquet"],
        folder / "register.csv",
        ["huangzhong-2009"],
        Settings(),
    )


def tables(run: Path) -> Mapping[str, pl.DataFrame]:
    """The stays and findings of a run folder, in the order of their places."""
    data = {
        name: pl.read_parquet(run / "data" / f"{name}.parquet") for name in ("stays", "findings")
    }
    return {
        "stays": data["stays"].sort(*PLACE),
        "findings": data["findings"].sort(*PLACE, "code", "layer", "message"),
    }
