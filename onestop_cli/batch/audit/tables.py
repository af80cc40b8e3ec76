"""Summary tables that were handed in or published, held to their own sums, and to a run where that is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from onestop_cli.audit.aggregates import check
from onestop_cli.audit.aggregates.copied import copied
from onestop_cli.audit.aggregates.details import Details
from onestop_cli.audit.aggregates.model import PrintedTable, Slip
from onestop_cli.audit.equations import NoSuchColumn, check_equation, equations_in
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.readers.containers.grid import Unreadable
from onestop_cli.readers.containers.inbox import open_one
from onestop_cli.readers.summary_tables import tables_in
from onestop_cli.run import Run


@dataclass(frozen=True)
class CheckedTables:
    """The tables that were read, and every slip with the name of its table."""

    tables: tuple[PrintedTable, ...] = ()
    slips: tuple[tuple[str, Slip], ...] = ()


def check_tables(
    files: Sequence[Path], equations: str = "", run: Run | None = None
) -> CheckedTables:
    """Every slip of every table in `files`; against the details only of a `run` that is given.

    Raises `CannotRun` naming every file that cannot be read or has no table, and every equation that is none or names
    a column that no table has.
    """
    tables = _read(files)
    views = views_of(run) if run else {}
    slips = [(table.name, slip) for table in tables for slip in check(table, views)]
    return CheckedTables(tables, (*slips, *copied(tables), *_by_equations(tables, equations)))


def _read(files: Sequence[Path]) -> tuple[PrintedTable, ...]:
    tables: list[PrintedTable] = []
    problems = []
    for file in files:
        try:
            found = [table for grid in open_one(file).grids for table in tables_in(grid)]
        except Unreadable as error:
            problems.append(error.problem(file.name))
            continue
        if not found:
            what = "没有找到汇总表：应有一行表头（如 机构、人次、总费用、新农合补偿），下面是数字"
            problems.append(Problem(what, "请核对文件内容", file.name))
        tables += found
    if problems:
        raise CannotRun(problems)
    return tuple(tables)


def _by_equations(tables: Sequence[PrintedTable], text: str) -> list[tuple[str, Slip]]:
    """What the equations find on the tables that have their columns; one that no table has is refused."""
    try:
        wanted = equations_in(text)
    except ValueError as error:
        remedy = "请写成 3=4+5、37≤36、合计=门诊+住院 或 到位率=到位资金/应收资金 这样的公式"
        raise stop(f"看不懂核对公式“{error}”", remedy) from error
    problems, slips = [], []
    for equation in wanted if tables else ():
        missing: list[NoSuchColumn] = []
        for table in tables:
            try:
                slips += [(table.name, slip) for slip in check_equation(table, equation)]
            except NoSuchColumn as error:
                missing.append(error)
        if len(missing) == len(tables):
            problems.append(_no_column(missing[0], tables[0]))
    if problems:
        raise CannotRun(problems)
    return slips


def _no_column(error: NoSuchColumn, table: PrintedTable) -> Problem:
    there = "、".join(
        f"{at if column.number is None else column.number} {column.title}"
        for at, column in enumerate(table.columns, 1)
    )
    if error.name.isdecimal():
        what = f"核对公式“{error.equation}”：表上没有第 {error.name} 栏"
        remedy = f"{error.name} 若是数值，请带上单位，如 {error.name}元；表上的栏目：{there}"
    else:
        what = f"核对公式“{error.equation}”：表上没有“{error.name}”这一栏，或不止一栏"
        remedy = f"请照表头写栏名，或写栏号；表上的栏目：{there}"
    return Problem(what, remedy, table.name)


def views_of(run: Run) -> Mapping[str, Details]:
    """What the run has per hospital, township and category, and in all: as claimed, and as approved."""
    layers = [layer.id for layer in run.layers]
    claimed = run.stays.filter(pl.col("status") != "reversed")
    approved = run.stays.filter(pl.col("status") == "settled")
    paid = {
        layer: pl.col(f"{layer}_payable_fen") + pl.col(f"{layer}_offset_fen") for layer in layers
    }
    return {
        "申报": _details(claimed, {layer: pl.col(f"{layer}_claimed_fen") for layer in layers}),
        "核定": _details(approved, paid),
    }


def _details(stays: pl.DataFrame, layers: Mapping[str, pl.Expr]) -> Details:
    sums = {
        "cases": pl.len().cast(pl.Int64),
        "total": pl.col("total_fen").sum(),
        "eligible": pl.col("eligible_fen").sum(),
        **{layer: amount.sum() for layer, amount in layers.items()},
    }
    found: dict[str, Mapping[str, int]] = {}
    for key in ("hospital", "township", "category"):
        for row in stays.group_by(key).agg(**sums).iter_rows(named=True):
            if row[key]:
                found[row[key]] = {part: row[part] for part in sums}
    whole = stays.select(**sums).row(0, named=True)
    return {**found, "合计": whole}
