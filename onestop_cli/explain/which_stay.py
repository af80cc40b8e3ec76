"""Which stay somebody means: by 住院号, by the end of an ID number, or by file and row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.privacy import NEVER_PUBLIC, without_numbers
from onestop_cli.rulebook.dimensions import plain

_PLACE = re.compile(r"(?P<file>.+?)(?:[:：](?P<sheet>[^:：]+))?[:：](?P<row>\d+)")
_SHORTEST = 4
"""Characters of an ID number that are enough to look for it."""


_OF_PERIOD = re.compile(r"(?P<period>\d{4}(?:Q[1-4]|H[12]|-\d{2})?)[:：](?P<stay>.+)")


def of_period(text: str) -> tuple[str | None, str]:
    """`2010Q3:ZY9` is a closed stay of that period: the period, if any, and the rest."""
    found = _OF_PERIOD.fullmatch(text.strip())
    return (found["period"], found["stay"]) if found else (None, text)


def the_stay(stays: pl.DataFrame, text: str) -> dict[str, Any]:
    """The one stay that `text` means; raises `CannotRun` listing all of them when there is not exactly one."""
    found = stays_meant(stays, text)
    if found.is_empty():
        raise stop(
            f"没有找到“{shown(text)}”这笔住院",
            "请写住院号、证号末尾（四位以上）或 文件:行号，例如 县医院.xlsx:12；"
            "已关账各期的住院在前面写上所属期，例如 2010Q3:12345，并用 --ledger 给出台账",
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
        places = (row.get("period"), row["source"], row["sheet"], row["row"])
        place = ":".join(str(part) for part in places if part)
        closed = f"{row['period']} 已关账，" if row.get("period") else ""
        yield Problem(
            f"“{shown(text)}”对应 {found.height} 笔住院，这是其中一笔："
            f"{closed}{row['hospital'] or '（空）'}，住院号 {row['stay_no'] or '（空）'}，"
            f"{row['name'] or '（空）'}，出院 {row['discharged_on'] or '（空）'}",
            f'选这一笔请写："{place}"',
            row["source"],
            row["sheet"],
            row["row"],
        )


def shown(text: str) -> str:
    """What was asked for, without more of an ID number than its last four characters."""
    return without_numbers(text, NEVER_PUBLIC)
