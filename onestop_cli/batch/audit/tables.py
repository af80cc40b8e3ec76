"""Summary tables that were handed in or published, read and held to their own sums and the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import polars as pl

from onestop_cli.audit.aggregates import (
    Column,
    Details,
    Row,
    Slip,
    Table,
    check,
    copied,
    part_of,
)
from onestop_cli.audit.equations import check_equations
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.readers.containers.grid import Grid, Unreadable
from onestop_cli.readers.containers.inbox import open_one
from onestop_cli.readers.layout.aliases import unit_of
from onestop_cli.readers.layout.cells import cell_text
from onestop_cli.run import Run

_POWERS = {"元": 0, "百元": 2, "千元": 3, "万元": 4}
_ORDINALS = ("序号", "编号", "行次")


def check_tables(run: Run, files: Sequence[Path], equations: str) -> list[tuple[str, Slip]]:
    """Every slip of every table in `files`, with the table's name. Raises `CannotRun` naming every file that
    cannot be read or has no table, and an equation that is none."""
    tables, problems = [], []
    for file in files:
        try:
            found = list(read_tables(file))
        except Unreadable as error:
            problems.append(error.problem(file.name))
            continue
        except OSError:
            problems.append(Problem("文件读不出来", "请检查路径", str(file)))
            continue
        if not found:
            what = "没有找到汇总表：应有一行表头（如 机构、人次、总费用、新农合补偿），下面是数字"
            problems.append(Problem(what, "请核对文件内容", file.name))
        tables += found
    if problems:
        raise CannotRun(problems)
    views = views_of(run)
    slips = [(table.name, slip) for table in tables for slip in check(table, views)]
    slips += [("（各表之间）", slip) for slip in copied(tables)]
    try:
        slips += [
            (table.name, slip) for table in tables for slip in check_equations(table, equations)
        ]
    except ValueError as error:
        raise stop(f"看不懂核对公式“{error}”", "请写成 3=4+5；37≤36 这样的栏号公式") from error
    return slips


def read_tables(file: Path) -> Iterator[Table]:
    """The tables in a workbook or text file: a row of titles of which two at least are understood, numbers below."""
    for grid in open_one(file).grids:
        table = _table(grid)
        if table:
            yield table


def _table(grid: Grid) -> Table | None:
    texts = [[cell_text(cell).strip() for cell in row] for row in grid.rows]
    top = next((at for at, row in enumerate(texts) if _titles(row) >= 2), None)
    if top is None:
        return None
    above = " ".join(text for row in texts[:top] for text in row)
    label = next((at for at, text in enumerate(texts[top]) if text and text not in _ORDINALS), 0)
    kept = [at for at in range(label + 1, grid.width) if texts[top][at]]
    columns = tuple(Column(texts[top][at], part_of(texts[top][at])) for at in kept)
    powers = [_power(column, above) for column in columns]
    rows = []
    for place, row in enumerate(texts[top + 1 :], start=top + 2):
        cells = (_number(row[at], power) for at, power in zip(kept, powers, strict=True))
        values = tuple(cells)
        if row[label] and any(value is not None for value in values):
            rows.append(Row(row[label], values, place))
    name = grid.source if grid.sheet is None else f"{grid.source} · {grid.sheet}"
    return Table(name, columns, tuple(rows)) if rows else None


def _titles(row: Sequence[str]) -> int:
    """How many different parts the titles of a row name."""
    return len({part for text in row if (part := part_of(text))})


def _power(column: Column, above: str) -> int:
    """Powers of ten from the printed unit to yuan; cases have none."""
    if column.part in (None, "cases"):
        return 0
    unit = unit_of(column.title) or next(
        (name for name in ("万元", "千元", "百元") if name in above), "元"
    )
    return _POWERS.get(unit, 0)


def _number(text: str, power: int) -> Decimal | None:
    """The printed number; None for blanks and words."""
    plain = text.replace(",", "").replace("，", "").rstrip("%元")
    try:
        number = Decimal(plain) if plain and plain[0] in "-.0123456789" else None
    except InvalidOperation:
        return None
    return number.scaleb(power) if number is not None else None


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
