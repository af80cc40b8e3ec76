"""Parquet files joined by copying their row groups."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from onestop_cli.errors import Broken
from onestop_cli.writers.toolkit.row_groups import join


def _table(rows: int) -> pl.DataFrame:
    """Columns of every kind that tables have; nulls, negative numbers, long texts, lists."""
    number = pl.int_range(rows, dtype=pl.Int64, eager=True)
    return pl.DataFrame({"number": number}).with_columns(
        fen=pl.when(pl.col("number") % 3 > 0).then(1 - pl.col("number") * 10**9),
        name=pl.format("张{}" + "三" * 40, pl.col("number") % 7),
        day=pl.lit(date(2010, 1, 1)) + pl.duration(days=pl.col("number") % 365),
        held=pl.when(pl.col("number") % 5 > 0).then(pl.col("number") % 2 == 0),
        kinds=pl.concat_list(pl.format("类{}", "number"), pl.lit(None, pl.String)),
        blank=pl.lit(None, pl.String),
        hash=pl.col("number").hash(),
    )


def _written(tables: list[pl.DataFrame], folder: Path) -> list[Path]:
    """A file of each table, with more than one row group in the larger ones."""
    files = [folder / f"{number}.parquet" for number in range(len(tables))]
    for table, file in zip(tables, files, strict=True):
        table.write_parquet(file, row_group_size=700)
    return files


def test_rows_stand_behind_each_other(tmp_path: Path) -> None:
    """Of large, small and empty parts, and of a part alone."""
    tables = [_table(2_000), _table(3), _table(0), _table(900)]
    files = _written(tables, tmp_path)
    join(files, tmp_path / "whole.parquet")
    assert_frame_equal(pl.read_parquet(tmp_path / "whole.parquet"), pl.concat(tables))
    join(files[1:2], tmp_path / "one.parquet")
    assert_frame_equal(pl.read_parquet(tmp_path / "one.parquet"), tables[1])


def test_a_joined_file_is_asked_like_any_other(tmp_path: Path) -> None:
    """Row groups are passed over by what their footer says of them, and a joined file is joined again."""
    tables = [_table(2_000), _table(900)]
    files = _written(tables, tmp_path)
    join(files, tmp_path / "twice.parquet")
    join([tmp_path / "twice.parquet", files[0]], tmp_path / "whole.parquet")
    lazy = pl.scan_parquet(tmp_path / "whole.parquet").filter(pl.col("number") >= 1_990)
    assert lazy.select("number").collect()["number"].to_list() == [*range(1_990, 2_000)] * 2


def test_other_columns_are_no_part_of_it(tmp_path: Path) -> None:
    """Nor is what is no Parquet file."""
    files = _written([_table(3), _table(3).drop("fen")], tmp_path)
    with pytest.raises(Broken, match="different columns"):
        join(files, tmp_path / "whole.parquet")
    files[1].write_bytes(b"PK" + bytes(100))
    with pytest.raises(Broken, match="no Parquet file"):
        join(files, tmp_path / "whole.parquet")
