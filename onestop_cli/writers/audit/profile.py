"""Hospitals beside their peers in the working paper: one overview, and a page with a picture for each."""

from __future__ import annotations

from typing import Any

import polars as pl

from onestop_cli.audit.papers import Papers, level_name
from onestop_cli.audit.profiles import Indicator
from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.money import yuan
from onestop_cli.tables.schema import LEVELS
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book, Sheet


def write_profiles(book: Book, papers: Papers) -> None:
    """The overview sheet, then a sheet for each hospital."""
    hospitals = papers.profile.unique("hospital", maintain_order=True).sort(
        pl.col("level").replace_strict(_ORDER, default=len(_ORDER)), "hospital"
    )
    _overview(book, papers, hospitals)
    for number, (hospital, level) in enumerate(hospitals.select("hospital", "level").rows(), 1):
        _page(book, papers, number, hospital, level)


_ORDER = {level: rank for rank, level in enumerate(LEVELS)}


def _overview(book: Book, papers: Papers, hospitals: pl.DataFrame) -> None:
    """Every hospital a row, every indicator a column; ▲ marks one far above the peers."""
    columns = [
        Column("hospital", "医疗机构", width=20),
        Column("level", "级别", width=6),
        Column("stays", "住院", "int", 6, total=True),
        *(
            Column(
                item.id,
                _heading(item),
                width=11 if item.kind == "yuan" else 8,
                align="center",
            )
            for item in papers.indicators
        ),
        Column("leads", "线索", "int", 6, total=True),
    ]
    leads = dict(papers.leads.group_by("hospital").len().iter_rows())
    rows = [_line(papers, row, leads) for row in hospitals.iter_rows(named=True)]
    ratio = papers.thresholds["drift_ratio"][1]
    book.table_sheet(
        "机构一览",
        f"{papers.county}{papers.period}机构指标一览",
        columns,
        rows,
        right="",
        notes=(
            f"▲：达到同级其他机构中位数的 {ratio}% 以上。只比较本期至少有 "
            f"{papers.thresholds['peer_stays'][1]} 例住院的机构。指标偏高只是线索。",
        ),
    )


def _line(papers: Papers, row: dict[str, Any], leads: dict[str, int]) -> dict[str, Any]:
    """One hospital of the overview."""
    line = {
        "hospital": row["hospital"],
        "level": level_name(row["level"]),
        "stays": row["stays"],
        "leads": leads.get(row["hospital"], 0),
    }
    for values in _rows_of(papers, row["hospital"]):
        item = values["item"]
        mark = "▲" if _far(papers, values) else ""
        line[item.id] = f"{mark}{yuan(values['value'])}"
    return line


def _rows_of(papers: Papers, hospital: str) -> list[dict[str, Any]]:
    """The hospital's indicators in their order, each with its `Indicator` as `item`."""
    by_id = {item.id: item for item in papers.indicators}
    rows = papers.profile.filter(pl.col("hospital") == hospital).iter_rows(named=True)
    return [row | {"item": by_id[row["indicator"]]} for row in rows]


def _far(papers: Papers, row: dict[str, Any]) -> bool:
    """Whether an indicator stands far above the peers, as the rule of the leads says."""
    item, median = row["item"], row["peer_median"]
    if not item.high or median is None or row["value"] is None:
        return False
    limits = papers.thresholds
    return bool(
        row["stays"] >= limits["peer_stays"][1]
        and row["peers"] >= limits["peer_hospitals"][1]
        and row["value"] * 100 >= limits["drift_ratio"][1] * median
        and row["value"] - median >= item.least
    )


def _heading(item: Indicator) -> str:
    return f"{item.title}（{ {'yuan': '元', 'days': '天', 'percent': '%'}[item.kind] }）"


def _page(book: Book, papers: Papers, number: int, hospital: str, level: str | None) -> None:
    """One hospital on one page: indicators beside peers, bars, causes of errors, months."""
    sheet = book.sheet(f"{number:02d} {hospital}", [42, 11, 13, 13, 11, 12], portrait=True)
    sheet.title(hospital)
    rows = _rows_of(papers, hospital)
    sheet.line(
        f"{level_name(level)}　{papers.period}　{rows[0]['stays']} 例住院",
        f"同级其他机构 {rows[0]['peers']} 家",
    )
    columns = [
        Column("title", "指标", width=42),
        Column("value", "本机构", width=11, align="center"),
        Column("median", "同级中位数", width=13, align="center"),
        Column("past", "本机构往期", width=13, align="center"),
        Column("index", "同级=100", "int", 11),
        Column("mark", "提示", width=12),
    ]
    top = sheet.row + 1
    sheet.table(columns, [_indicator_line(papers, row) for row in rows])
    sheet.bars(
        "与同级中位数相比（同级中位数 = 100）",
        range(top, top + len(rows)),
        0,
        {"本机构": 4},
        points=160,
    )
    _causes(sheet, papers, hospital)
    _months(sheet, papers, hospital)
    sheet.print_nothing()


def _indicator_line(papers: Papers, row: dict[str, Any]) -> dict[str, Any]:
    item, median = row["item"], row["peer_median"]
    index = row["value"] * 100 // median if median and row["value"] is not None else None
    return {
        "title": _heading(item),
        "value": yuan(row["value"]),
        "median": yuan(median),
        "past": yuan(row["past"]),
        "index": index,
        "mark": "▲ 明显偏高" if _far(papers, row) else "",
    }


def _causes(sheet: Sheet, papers: Papers, hospital: str) -> None:
    """Findings by code and likeliest cause, most money first."""
    titles = {code: f"{code} {item.title}" for code, item in CATALOGUE.items()}
    title = pl.col("code").replace_strict(titles, default=pl.col("code"))
    rows = papers.causes.filter(pl.col("hospital") == hospital).with_columns(
        title=pl.concat_str(
            title, pl.col("cause").replace("", None), separator="：", ignore_nulls=True
        )
    )
    columns = [
        Column("title", "差错及原因", width=42),
        Column("number", "条数", "int", 11),
        Column("diff_fen", "涉及金额", "yuan"),
    ]
    sheet.heading("差错及原因（金额大的前 8 种；全部见差错清单）")
    sheet.table(columns, rows.head(8))


def _months(sheet: Sheet, papers: Papers, hospital: str) -> None:
    """Discharges by month, closed periods included, and their bars."""
    rows = papers.months.filter(pl.col("hospital") == hospital).tail(12)
    columns = [
        Column("month", "出院月份", width=42),
        Column("stays", "住院", "int", 11),
        Column("mean_total_fen", "次均费用", "yuan"),
        Column("amount", "申报补偿", "yuan"),
    ]
    sheet.skip()
    sheet.heading("按月趋势")
    first = sheet.row + 1
    sheet.table(columns, rows)
    if rows.height:
        sheet.bars("每月住院人次", range(first, first + rows.height), 0, {"住院": 1}, points=110)
