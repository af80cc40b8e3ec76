"""Which stay a decision means: by its place, and when rows have moved since, by hospital, number, name and code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from onestop_cli.core.decisions.complete import contradictions, incomplete
from onestop_cli.core.identify import name_key, usable_ids
from onestop_cli.core.options import NameLookup, named
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.tables.decisions import DECISIONS, Decisions
from onestop_cli.tables.schema import PLACE

Told = Callable[[pl.Series], pl.DataFrame]
"""What would become of the stays of some people without any decision: PLACE, status and codes."""


@dataclass(frozen=True)
class MatchedDecisions:
    """The decisions of a run with `stay`, the `_at` of theirs. `passed`: lines that closed runs have carried out
    already, by period."""

    lines: pl.DataFrame
    passed: dict[str, int]


def matched(
    decisions: Decisions,
    rows: pl.DataFrame,
    categories: tuple[str, ...],
    names: NameLookup,
    told: Told,
) -> MatchedDecisions:
    """`rows`: the run's and the closed stays (PLACE, hospital, stay_no, name_key, person, period, status, blocking),
    numbered by `_at`.

    Raises `CannotRun` naming every line that means no stay, several, contradicts another, or says too little.
    """
    said = as_the_house_says(decisions.lines, names)
    again = _carried_out(said, as_the_house_says(decisions.earlier, names))
    fresh = said.join(again, on="line", how="anti", maintain_order="left")
    fresh = with_usable_ids(fresh).with_columns(name_key=name_key(pl.col("name")))
    found = _only_one(_candidates(fresh, rows), fresh, told)
    lines = fresh.join(found, on="line", how="left", maintain_order="left").drop("name_key")
    problems = [
        *_unknown(lines, decisions.file),
        *incomplete(fresh, decisions.file, categories),
        *contradictions(lines, decisions.file),
    ]
    if problems:
        raise CannotRun(sorted(problems, key=lambda problem: problem.row or 0))
    return MatchedDecisions(
        lines, dict(again["carried_out"].value_counts().sort("carried_out").iter_rows())
    )


def as_the_house_says(lines: pl.DataFrame, names: NameLookup) -> pl.DataFrame:
    """Hospitals and categories as they are called now, also in what was decided under an earlier name."""
    return lines.with_columns(
        pl.coalesce(named(lines[column], mapper), column)
        for column, mapper in (("hospital", names.hospital), ("category", names.category))
    )


def with_usable_ids(lines: pl.DataFrame) -> pl.DataFrame:
    """`lines` with recognised numbers as the house writes them; one that is unusable stays as it is."""
    return lines.with_columns(id_no=pl.coalesce(usable_ids(lines["id_no"]), "id_no"))


def _carried_out(lines: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """(line, carried_out) of decisions that a closed run has carried out; books of an earlier version keep no names."""
    words = [name for name in DECISIONS if name not in ("line", "name", "id_no")]
    earlier = earlier.select(*words, "carried_out").unique(words, keep="first")
    return lines.join(earlier, on=words, nulls_equal=True).select("line", "carried_out")


def _candidates(lines: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """(line, stay, …) of every stay a line can mean: the row at its place, if it still is that stay; else all of its
    hospital, number and name, those of this run before closed ones."""
    known = rows.rename({"_at": "stay"})
    placed = lines.filter(pl.col("row").is_not_null()).join(
        known, on=[*PLACE], nulls_equal=True, suffix="_there"
    )
    placed = placed.filter(_same("stay_no"), _same("hospital"), _same("name_key"))
    moved = lines.join(placed.select("line"), on="line", how="anti").filter(
        pl.coalesce("stay_no", "name_key").is_not_null()
    )
    numbered = moved.join(
        known, on=["hospital", "stay_no"], nulls_equal=True, suffix="_there"
    ).filter(_same("name_key"))
    wanted = ["line", "stay", "period", "period_there", "person", "status", "blocking"]
    places = [f"{name}_there" for name in PLACE]
    at = pl.concat(
        [
            placed.select(*wanted, *(pl.col(n).alias(f"{n}_there") for n in PLACE)),
            numbered.select(*wanted, *places),
        ]
    )
    asked = pl.col("period").is_null() | (pl.col("period") == pl.col("period_there"))
    here = pl.col("period_there").is_null()
    return at.filter(asked.fill_null(False)).filter(here | ~here.any().over("line"))


def _same(column: str) -> pl.Expr:
    """What both sides say is the same; a blank says nothing."""
    return (pl.col(column) == pl.col(f"{column}_there")).fill_null(True)


def _only_one(found: pl.DataFrame, lines: pl.DataFrame, told: Told) -> pl.DataFrame:
    """(line, stay); where several stays have a line's number and name, those that stand and have its code."""
    several = pl.len().over("line") > 1
    clear = found.filter(~several).select("line", "stay")
    torn = found.filter(several)
    if torn.is_empty():
        return clear
    now = told(torn["person"].unique()).select(
        *(pl.col(name).alias(f"{name}_there") for name in PLACE), now="status", codes="codes"
    )
    torn = torn.join(now, on=[f"{name}_there" for name in PLACE], how="left", nulls_equal=True)
    torn = torn.join(lines.select("line", "code"), on="line").with_columns(
        pl.coalesce("status", "now").alias("now"), pl.coalesce("blocking", "codes").alias("codes")
    )
    has = pl.col("codes").str.split(";").list.contains(pl.col("code")).fill_null(False)
    stands = torn.filter((pl.col("now") != "reversed").fill_null(False)).with_columns(has=has)
    best = stands.filter(pl.col("has") | ~pl.col("has").any().over("line"))
    return pl.concat([clear, best.select("line", "stay")])


_OLD = 2
"""So many lines may all have been copied wrong; of more, none of which finds a stay, the file is another period's."""


def _unknown(lines: pl.DataFrame, file: str) -> list[Problem]:
    """Lines that mean no stay, or more than one; a file that is likely of a period before."""
    lost = lines.filter(pl.col("stay").is_null())
    several = lines.group_by("line").len().filter(pl.col("len") > 1)["line"].sort()
    remedy = "请照差错清单原样保留文件、工作表、行、医疗机构、住院号、姓名和代码；前期的写明所属期"
    if len(lost) == len(lines) > _OLD:
        what = f"{len(lost)} 行处理意见没有一行对得上本期或台账中的住院，多半是以前一期的"
        return [Problem(what, f"以前一期的请移出县文件夹，再核对；确是本期的，{remedy}", file)]
    return [
        *(
            Problem(
                f"处理意见说的住院在本期和台账中都找不到：{hospital or ''} {stay_no or ''} {name or ''}",
                remedy,
                file,
                row=line,
            )
            for line, hospital, stay_no, name in lost.select(
                "line", "hospital", "stay_no", "name"
            ).iter_rows()
        ),
        *(Problem("这个住院号对应不止一笔住院", remedy, file, row=line) for line in several),
    ]
