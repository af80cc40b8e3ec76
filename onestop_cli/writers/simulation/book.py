"""政策测算.xlsx: every table of a simulation, variant after variant, and the largest changes step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.explain.explanation import ExplanationPart
from onestop_cli.money import yuan
from onestop_cli.simulation.budget import shown
from onestop_cli.simulation.impact import GROUPS
from onestop_cli.simulation.study import Retraced, Study, Trial
from onestop_cli.tables.schema import LEVELS
from onestop_cli.writers.explain.page import COLUMNS as STEPS
from onestop_cli.writers.explain.page import step_rows
from onestop_cli.writers.toolkit.columns import Column, round_ratio
from onestop_cli.writers.toolkit.workbook import Book, Sheet

_OVERVIEW = (
    Column("name", "方案", width=28),
    Column("before_fen", "现行", "yuan", group="基金支出"),
    Column("after_fen", "方案", "yuan", group="基金支出"),
    Column("change_fen", "增减", "yuan", group="基金支出"),
    Column("gain", "人数", "int", group="多得"),
    Column("gain_fen", "金额", "yuan", group="多得"),
    Column("lose", "人数", "int", group="少得"),
    Column("lose_fen", "金额", "yuan", group="少得"),
    Column("same", "不变", "int", group="人数"),
    Column("unclear", "说不准", "int", group="人数"),
    Column("before_ratio", "现行", "percent", group="实际补偿比"),
    Column("after_ratio", "方案", "percent", group="实际补偿比"),
    Column("before_heavy", "现行", "int", group="重负人数"),
    Column("after_heavy", "方案", "int", group="重负人数"),
)
_LAYERS = (
    Column("name", "项目", width=16),
    Column("before_fen", "现行", "yuan", total=True, group="应得"),
    Column("after_fen", "方案", "yuan", total=True, group="应得"),
    Column("change_fen", "增减", "yuan", total=True, less=("after_fen", "before_fen")),
    Column("before_reached", "现行", "int", group="到封顶人数"),
    Column("after_reached", "方案", "int", group="到封顶人数"),
    Column("before_cut_fen", "现行", "yuan", group="封顶减付"),
    Column("after_cut_fen", "方案", "yuan", group="封顶减付"),
    Column("bound_stays", "笔数", "int", group="只能比上限"),
    Column("before_bound_fen", "现行", "yuan", group="只能比上限"),
    Column("after_bound_fen", "方案", "yuan", group="只能比上限"),
    Column("unclear_stays", "笔数", "int", group="无法比较"),
    Column("uncovered_stays", "笔数", "int", group="不适用"),
)
_CLASSES = (
    Column("name", "档次", width=20),
    Column("before", "现行", "int", total=True),
    Column("after", "方案", "int", total=True),
)
_LARGEST = (
    Column("number", "序号", "int"),
    Column("period", "结算期", width=9),
    Column("hospital", "医疗机构", width=26),
    Column("stay_no", "住院号", width=16),
    Column("category", "对象类别", width=22),
    Column("total_fen", "总费用", "yuan"),
    Column("before_fen", "现行应得", "yuan"),
    Column("after_fen", "方案应得", "yuan"),
    Column("change_fen", "增减", "yuan", less=("after_fen", "before_fen")),
)
_UNCOVERED = (
    Column("why", "原因", width=56),
    Column("level", "机构级别", width=10),
    Column("stays", "人次", "int", total=True),
    Column("people", "人数", "int"),
    Column("before_fen", "现行应得", "yuan", total=True),
)
_GROWN = (
    Column("name", "机构级别", width=12),
    Column("growth", "假定增幅", "percent"),
    Column("after_fen", "方案支出", "yuan", total=True),
    Column("grown_fen", "假定后支出", "yuan", total=True),
)
_CURVE = (
    Column("setting", "取值", width=20, align="right"),
    Column("cost_fen", "基金支出", "yuan", width=18),
    Column("left_fen", "预算结余", "yuan", width=18),
    Column("mark", "", width=12),
)


def write_simulate_book(study: Study, path: Path) -> None:
    """Write the workbook of `study`."""
    with Book(path, title="政策测算") as book:
        _overview(book, study)
        if study.found:
            _curve(book, study)
        _each(book, study, "分项支出", _LAYERS, lambda tried: tried.layers.with_columns(_change()))
        for group, (title, _) in GROUPS.items():
            _each(book, study, f"按{title}", *_by(study, group, title), chart=f"基金支出按{title}")
        _classes(book, study)
        _each(book, study, "变化最大的住院", _LARGEST, _largest, totals=False)
        _steps(book, study)
        if any(tried.uncovered.height for tried in study.tried):
            _each(book, study, "不适用的住院", _UNCOVERED, lambda tried: tried.uncovered)
        if any(tried.growth for tried in study.tried):
            _each(book, study, "住院量假定", _GROWN, lambda tried: tried.grown)


def _change() -> pl.Expr:
    return (pl.col("after_fen") - pl.col("before_fen")).alias("change_fen")


def _overview(book: Book, study: Study) -> None:
    sheet = book.sheet("总览", [column.chars for column in _OVERVIEW])
    sheet.title(f"{study.county}{study.periods}政策测算")
    sheet.line(f"编号：{study.number}", "单位：元")
    sheet.paragraph(f"现行：{study.today}")
    if study.found:
        sheet.paragraph(f"求解：{study.found.sentence}", bold=True)
    if study.tried:
        sheet.table(_OVERVIEW, [_overview_row(tried) for tried in study.tried], totals=False)
    sheet.skip()
    for tried in study.tried:
        sheet.heading(f"方案：{tried.name}")
        for change in tried.comparison.variant.changes:
            sheet.paragraph(f"· {change.group} · {change.sentence}")
        for sentence in tried.sentences:
            sheet.paragraph(sentence)
        for caveat in tried.caveats:
            sheet.paragraph(f"注：{caveat}" if not caveat.startswith("　") else f"　{caveat}")
        sheet.skip()
    sheet.heading("说明")
    for number, caveat in enumerate(study.caveats, 1):
        sheet.paragraph(f"{number}. {caveat}")


def _overview_row(tried: Trial) -> dict[str, Any]:
    total, people = tried.total, tried.people
    cost = total["total_fen"]
    return {
        "name": tried.name,
        **{key: total[key] for key in ("before_fen", "after_fen", "change_fen")},
        "gain": people.gain,
        "gain_fen": people.gain_fen,
        "lose": people.lose,
        "lose_fen": people.lose_fen,
        "same": people.same,
        "unclear": people.unclear,
        "before_ratio": round_ratio(cost - total["before_self_fen"], cost, "percent"),
        "after_ratio": round_ratio(cost - total["after_self_fen"], cost, "percent"),
        "before_heavy": tried.burden.heavy[0],
        "after_heavy": tried.burden.heavy[1],
    }


def _each(
    book: Book,
    study: Study,
    name: str,
    columns: Sequence[Column],
    rows: Callable[[Trial], pl.DataFrame],
    *,
    totals: bool = True,
    chart: str = "",
) -> None:
    """A sheet with the same table for every variant, and a chart of both sides where it has a title."""
    if not study.tried:
        return
    sheet = book.sheet(name, [column.chars for column in columns])
    sheet.title(f"{study.county}{study.periods}政策测算：{name}")
    sheet.line("", "单位：元")
    for tried in study.tried:
        sheet.heading(f"方案：{tried.name}")
        table = rows(tried)
        sheet.table(columns, table, totals=totals)
        end = sheet.row - int(totals)
        sheet.skip()
        if chart and not table.is_empty():
            sheet.bars(chart, range(end - table.height, end), 0, _both_sides(columns))


def _both_sides(columns: Sequence[Column]) -> dict[str, int]:
    """Where the sums of today and of the variant stand."""
    keys = [column.key for column in columns]
    return {"现行": keys.index("before_fen"), "方案": keys.index("after_fen")}


def _by(
    study: Study, group: str, title: str
) -> tuple[tuple[Column, ...], Callable[[Trial], pl.DataFrame]]:
    """Columns and rows of one breakdown: every layer of any variant, both sides."""
    layers = {la: name for tried in study.tried for la, name in tried.comparison.layers.items()}
    columns = (
        Column("name", title, width=18),
        Column("stays", "人次", "int", total=True),
        Column("people", "人数", "int"),
        *(column for layer, name in layers.items() for column in _sides(layer, name)),
        Column("before_fen", "现行", "yuan", total=True, group="基金合计"),
        Column("after_fen", "方案", "yuan", total=True, group="基金合计"),
        Column("change_fen", "增减", "yuan", total=True, less=("after_fen", "before_fen"), group="基金合计"),
        Column("before_self_fen", "现行", "yuan", total=True, group="个人自付（能算准的）"),
        Column("after_self_fen", "方案", "yuan", total=True, group="个人自付（能算准的）"),
    )  # fmt: skip

    def rows(tried: Trial) -> pl.DataFrame:
        table = tried.groups[group]
        absent = [c.key for c in columns if c.key not in table.columns]
        return table.with_columns(pl.lit(0, pl.Int64).alias(key) for key in absent)

    return columns, rows


def _sides(layer: str, name: str) -> Iterator[Column]:
    for side, title in (("before", "现行"), ("after", "方案")):
        yield Column(f"{layer}_{side}_fen", title, "yuan", total=True, group=name)


def _classes(book: Book, study: Study) -> None:
    """How own shares and paid shares are spread."""
    if not study.tried:
        return
    sheet = book.sheet("自付与补偿比分布", [column.chars for column in _CLASSES], portrait=True)
    sheet.title("自付与补偿比分布")
    for tried in study.tried:
        sheet.heading(f"方案：{tried.name}")
        sheet.paragraph("一人一年个人自付（人数）")
        sheet.table(_CLASSES, tried.own_shares)
        sheet.paragraph("单次住院实际补偿比（人次）")
        sheet.table(_CLASSES, tried.ratios)
        sheet.skip()


def _largest(tried: Trial) -> pl.DataFrame:
    return tried.largest.with_columns(number=pl.int_range(1, pl.len() + 1))


def _steps(book: Book, study: Study) -> None:
    """The largest changes, worked out under both rules."""
    sheet = book.sheet("逐笔说明", [column.chars for column in STEPS], portrait=True)
    sheet.title("变化最大的住院：逐笔说明")
    for tried in study.tried:
        sheet.heading(f"方案：{tried.name}")
        for number, retraced in enumerate(tried.retraced, 1):
            _one(sheet, number, retraced)


def _one(sheet: Sheet, number: int, retraced: Retraced) -> None:
    row = retraced.row
    about = f"{row['hospital']} · 住院号 {row['stay_no'] or '（空）'} · {LEVELS[row['level']]}"
    sums = f"现行 {yuan(row['before_fen'])} → 方案 {yuan(row['after_fen'])}"
    for title, parts in (("现行", retraced.before), ("方案", retraced.after)):
        sheet.heading(f"{number}. {about}　{sums}　按{title}")
        sheet.table(STEPS, list(_lines(parts)), totals=False)
    sheet.skip()


def _lines(parts: Sequence[ExplanationPart]) -> Iterator[dict[str, Any]]:
    """Every step under the name of its part."""
    for part in parts:
        yield {"label": f"【{part.title}】"}
        for group in part.groups:
            yield from step_rows(group)


def _curve(book: Book, study: Study) -> None:
    """Every setting that was tried for the budget."""
    found = study.found
    assert found is not None
    search = found.search
    marks = {found.current: "现行", search.found: "求得"}
    rows = [
        {
            "setting": shown(setting, found.unit),
            "cost_fen": cost,
            "left_fen": search.budget_fen - cost,
            "mark": marks.get(setting, ""),
        }
        for setting, cost in search.curve
    ]
    book.table_sheet(
        "求解",
        f"{found.what}：取值与{found.fund}支出",
        _CURVE,
        rows,
        left=f"预算 {yuan(search.budget_fen)} 元",
        notes=[found.sentence],
        totals=False,
    )
