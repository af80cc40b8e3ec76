"""卷内目录.xlsx as somebody went through the files: which papers are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.readers.own_sheets import OwnForm
from onestop_cli.readers.own_table import read_own
from onestop_cli.statements.archive import MARKS


def read_marks(
    path: Path, files: pl.DataFrame, papers: Sequence[str], notes: list[str]
) -> dict[tuple[str, int], dict[str, str]]:
    """(案卷号, number in the file) → paper → mark; what was not read is told in `notes`.

    Raises `CannotRun` naming every mark nobody knows, and every row that is not in the files of this run.
    """
    titles = {
        "案卷号": "file",
        "卷内序号": "item",
        "姓名": "name",
        **{p: f"paper {p}" for p in papers},
    }
    form = OwnForm(
        "卷内目录",
        titles,
        ("案卷号", "卷内序号", *papers),
        "请用 onestop archive --out 写出的“卷内目录.xlsx”",
        beside=("案卷目录",),
    )
    known = {(row["file"], row["item"]): row["name"] for row in files.iter_rows(named=True)}
    problems, found = list[Problem](), dict[tuple[str, int], dict[str, str]]()
    for line in read_own(path, form, notes):
        texts = line.texts
        number = texts.get("item", "")
        if len(texts) == 1:
            continue  # a note under the table
        key = texts.get("file", ""), int(number) if number.isdecimal() else 0
        if key not in known or (known[key] or "") != texts.get("name", ""):
            what = f"案卷 {key[0]} 第 {number} 件不是本期的，或姓名不符"
            problems.append(line.problem(what, "请用本期的卷内目录，不要改前几列"))
            continue
        marks = {p: texts[f"paper {p}"] for p in papers if f"paper {p}" in texts}
        problems += [
            line.problem(f"{paper}“{mark}”不认识", f"可写：{'、'.join(MARKS)}；没有查的留空")
            for paper, mark in marks.items()
            if mark not in MARKS
        ]
        if key in found:
            problems.append(line.problem(f"案卷 {key[0]} 第 {number} 件不止一行", "请删去多余的"))
        found[key] = marks
    if problems:
        raise CannotRun(problems)
    return found
