"""Columns, lines and small tables that the county's book and the hospitals' books share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from onestop_cli.money import capital
from onestop_cli.run import Run
from onestop_cli.statements.care import LevelLine, line_rows
from onestop_cli.statements.effects import EFFECT
from onestop_cli.statements.funds import Fund, whole_of
from onestop_cli.statements.lines import BORNE
from onestop_cli.statements.statement import STATUS, Statement, numbered
from onestop_cli.tables.decisions import DECISIONS
from onestop_cli.writers.toolkit.columns import Column, Kind, round_ratio
from onestop_cli.writers.toolkit.workbook import Book, Sheet

BLANK = "　"
"""An empty value to be filled in by hand."""

NUMBER = Column("number", "序号", "int", 5, align="center")
WHO = (
    NUMBER,
    Column("stay_no", "住院号", width=14),
    Column("name", "姓名", width=10),
    Column("id_shown", "证号后四位", width=11),
    Column("category", "救助类别", width=19),
)
HOSPITAL = Column("hospital", "医疗机构", width=20)
CLAIM_TO_PAYMENT = {
    "claimed": "申报垫付额",
    "deducted": "审核扣减",
    "held": "待核",
    "offset": "层间调整",
    "adjusted": "上期调整",
}
"""From what was claimed to what is paid, by side."""
BELOW_ZERO = "应拨为负数的，由医疗机构退回，或从下期拨款中抵扣。"
SUM = "核定应拨 = 申报 − 审核扣减 − 待核 + 层间调整 + 上期调整。"


def say_left_out(sheet: Sheet, book: Book) -> None:
    """On the first sheet: which tables are not there because nothing belongs in them."""
    if book.left_out:
        sheet.paragraph(f"没有内容、不附的表：{'、'.join(book.left_out)}。")


def benefit_columns(statement: Statement, *, classes: bool = True) -> list[Column]:
    """Visits, people, costs, what each layer paid, assistance by class, own share and rate."""
    columns = [
        Column("stays", "人次", "int", total=True),
        Column("people", "人数", "int", total=True),
        Column("total_fen", statement.bill, "yuan", total=True),
        Column("eligible_fen", "可补偿费用", "yuan", total=True),
        *(Column(f"{la.id}_paid_fen", la.name, "yuan", total=True) for la in statement.layers),
    ]
    for group in statement.classes if classes else ():
        heading = f"救助中：{group.label}"
        columns += [
            Column(f"{group.key}_stays", "人次", "int", 6, total=True, group=heading),
            Column(f"{group.key}_fen", "金额", "yuan", 12, total=True, group=heading),
        ]
    by_funds = [f"{layer}_paid_fen" for layer in whole_of(statement.funds).layers]
    borne = Column(BORNE, "医院承担", "yuan", 12, total=True)
    ratio = Column("rate", "实际补偿比", "percent", ratio=(*by_funds, "total_fen"))
    return [
        *columns,
        Column("patient_owed_fen", "应补未补", "yuan", 12, total=True),
        *([borne] if statement.bears else []),
        Column("self_fen", "个人自付", "yuan", total=True),
        ratio,
    ]


BY_CARE = (
    Column("item", "就诊方式、机构级别", width=30),
    Column("visits", "就诊人次", "int", 12),
    Column("people", "人数", "int", 12),
    Column("total_fen", "总费用", "yuan", 18),
    Column("paid_fen", "补偿", "yuan", 18),
    Column("rate", "实际补偿比", "percent", 12, ratio=("paid_fen", "total_fen")),
    Column("capped", "封顶人数", "int", 12),
)
"""门诊 and 住院 by level, the lines of `statements.care.level_lines`; a line's parts stand below it."""

BY_CARE_NOTE = (
    "合计 = 门诊 + 特殊病、慢性病 + 住院；往里缩一格的是其中。人次、费用和补偿都含上期调整；"
    "同一人在几行里各算一人，合计里只算一人；封顶的是用完年度限额的人。"
)


def care_rows(lines: Sequence[LevelLine]) -> list[dict[str, Any]]:
    """The lines as rows of `BY_CARE`."""
    return [
        {**row, "rate": round_ratio(row["paid_fen"], row["total_fen"], "percent")}
        if row["total_fen"] > 0
        else {**row, "rate": None}
        for row in line_rows(lines)
    ]


def claim_columns(key: str) -> list[Column]:
    """From what was claimed to what is paid, of the fund `key`."""
    counts = [
        Column("claims", "申报人次", "int", total=True),
        Column("stays", "核定人次", "int", total=True),
    ]
    return counts + [
        Column(f"{key}_{side}_fen", title, "yuan", total=True)
        for side, title in CLAIM_TO_PAYMENT.items()
    ]


def adjustment_columns(statement: Statement) -> list[Column]:
    """上期调整: which closed stay changes, why, and what that means for each fund."""
    funds = [
        Column(f"{fund.key}_adjusted_fen", fund.name, "yuan", 12, total=True, group="应拨增减")
        for fund in statement.funds
    ]
    return [
        *WHO,
        Column("period", "所属期", width=9, align="center"),
        Column("kind", "原因", width=8, align="center"),
        *funds,
        Column("all_adjusted_fen", "合计", "yuan", 12, total=True, group="应拨增减"),
        Column("changed_deducted_fen", "扣减增减", "yuan", 12, total=True),
        Column("changed_held_fen", "待核增减", "yuan", 12, total=True),
        Column("changed_owed_fen", "应补未补增减", "yuan", 12, total=True),
        Column("because", "缘由", width=36),
    ]


def late_columns(statement: Statement) -> list[Column]:
    """补报: stays of earlier periods reported now."""
    funds = [
        Column(f"{fund.key}_paid_fen", fund.name, "yuan", 12, total=True, group="应拨")
        for fund in statement.funds
    ]
    return [
        *WHO,
        Column("belongs_to", "所属期", width=9, align="center"),
        Column("status_name", "状态", width=8, align="center"),
        *funds,
        Column("all_paid_fen", "合计", "yuan", 12, total=True, group="应拨"),
        Column("all_claimed_fen", "申报", "yuan", 12, total=True),
    ]


def decision_columns() -> list[Column]:
    """处理意见 that were applied."""
    return [
        NUMBER,
        HOSPITAL,
        Column("stay_no", "住院号", width=14),
        Column("code", "代码", width=7, align="center"),
        Column("decision", "决定", width=9, align="center"),
        Column("layer_name", "补偿种类", width=12),
        Column("amount_fen", "金额", "yuan", 12),
        Column("category", "认定类别", width=14),
        Column("was", "没有意见时", width=9, align="center", group="结论"),
        Column("is", "执行以后", width=9, align="center", group="结论"),
        Column("paid_before_fen", "没有意见时", "yuan", 12, group="应付"),
        Column("paid_after_fen", "执行以后", "yuan", 12, group="应付"),
        Column("reason", "理由", width=26),
        Column("evidence", "依据", width=20),
        Column("made_by", "经办人", width=9),
        Column("checked_by", "复核人", width=9),
        Column("decided_on", "日期", "date"),
    ]


def decision_rows(run: Run) -> pl.DataFrame:
    """The decisions of `run.json`, numbered."""
    lines = run.info.decisions.lines if run.info.decisions else ()
    names = {layer.id: layer.name for layer in run.layers}
    rows = pl.DataFrame(
        [dict.fromkeys(EFFECT) | {**line, "decided_on": None} for line in lines],
        schema={**DECISIONS, **EFFECT},
    ).with_columns(
        was=pl.col("status_before").replace(STATUS),
        **{"is": pl.col("status_after").replace(STATUS)},
        layer_name=pl.col("layer").replace(names),
        decided_on=pl.Series([line["decided_on"] for line in lines], dtype=pl.String).str.to_date(),
    )
    return numbered(rows)


def payment_pairs(
    funds: Sequence[Fund], line: Mapping[str, Any]
) -> Iterator[tuple[str, str | int, Kind]]:
    """Per fund the payment in figures and in 大写, and both together; `line` as `Statement.by` gives it."""
    for name, amount in _payments(funds, line):
        yield f"{name}应拨（元）", amount, "yuan"
        yield "大写", capital(amount), "text"


def payment_lines(funds: Sequence[Fund], line: Mapping[str, Any]) -> list[str]:
    """`新农合基金核定应拨（大写）：…` per fund and for all."""
    return [f"{name}核定应拨（大写）：{capital(fen)}" for name, fen in _payments(funds, line)]


def _payments(funds: Sequence[Fund], line: Mapping[str, Any]) -> list[tuple[str, int]]:
    lines = [(fund.name, int(line[f"{fund.key}_payment_fen"])) for fund in funds]
    return [*lines, ("合计", int(line["all_payment_fen"]))] if len(lines) > 1 else lines
