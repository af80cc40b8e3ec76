"""Which stay somebody means: by 住院号, by the end of an ID number, or by file and row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.privacy import NEVER_PUBLIC, without_numbers
from onestop_cli.rulebook.govern import plain

_PLACE = re.compile(r"(?P<file>.+?)(?:[:：](?P<sheet>[^:：]+))?[:：](?P<row>\d+)")
_SHORTEST = 4
"""Characters of an ID number that are enough to look for it."""


def the_stay(stays: pl.DataFrame, text: str) -> dict[str, Any]:
    """The one stay that `text` means; raises `CannotRun` listing all of them when there is not exactly one."""
    found = stays_meant(stays, text)
    if found.is_empty():
        raise stop(
            f"没有找到“{shown(text)}”这笔住院",
            "请写住院号、证号末尾（四位以上）或 文件:行号，例如 县医院.xlsx:12",
        )
    if found.height > 1:
        raise CannotRun(_which_one(found, text))
    return found.row(0, named=True)


def stays_meant(stays: pl.DataFrame, text: str) -> pl.DataFrame:
    """Every stay that `text` can mean."""
    wanted = plain(text).upper()
    number = pl.col("stay_no").str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
    means = number == wanted
    if len(wanted) >= _SHORTEST and re.fullmatch(r"\d+X?", wanted):
        means |= pl.coalesce("id_no", "id_raw").str.to_uppercase().str.ends_with(wanted)
    if place := _PLACE.fullmatch(text.strip()):
        means |= _at(place["file"], place["sheet"], int(place["row"])).fill_null(False)
    return stays.filter(means.fill_null(False))


def _at(file: str, sheet: str | None, row: int) -> pl.Expr:
    """The row of a file, which may go by its bare name."""
    name = file.replace("\\", "/")
    same = (pl.col("source") == name) | pl.col("source").str.ends_with(
        "/" + PurePosixPath(name).name
    )
    here = same & (pl.col("row") == row)
    return here & (pl.col("sheet") == sheet) if sheet else here


def _which_one(found: pl.DataFrame, text: str) -> Iterator[Problem]:
    """Each stay that is meant, with what to write to choose it."""
    for row in found.iter_rows(named=True):
        place = ":".join(str(row[part]) for part in ("source", "sheet", "row") if row[part])
        yield Problem(
            f"“{shown(text)}”对应 {found.height} 笔住院，这是其中一笔："
            f"{row['hospital'] or '（空）'}，住院号 {row['stay_no'] or '（空）'}，"
            f"{row['name'] or '（空）'}，出院 {row['discharged_on'] or '（空）'}",
            f'选这一笔请写："{place}"',
            row["source"],
            row["sheet"],
            row["row"],
        )


def shown(text: str) -> str:
    """What was asked for, without more of an ID number than its last four characters."""
    return without_numbers(text, NEVER_PUBLIC)
