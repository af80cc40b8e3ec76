"""联合检查报告.xlsx: results, deductions ready to be decided on, every stay that was looked at, households."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.audit.papers import OUTCOMES, confirmed
from onestop_cli.audit.report import AuditReport
from onestop_cli.audit.sampling import STRATA
from onestop_cli.money import yuan
from onestop_cli.writers.audit.columns import PLACE_COLUMNS
from onestop_cli.writers.audit.words import conclusion, evaluation_text, facts, method_text
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

_RESULT = [
    Column("title", "层", width=14),
    Column("rows", "总笔数", "int", 8),
    Column("amount", "应付金额", "yuan", 14),
    Column("looked", "抽查", "int", 7),
    Column("errors", "有差错", "int", 7),
    Column("over", "样本多付", "yuan", 12),
    Column("projected", "推断多付", "yuan", 13),
    Column("upper", "多付上限", "yuan", 13),
    Column("under", "样本少付", "yuan", 12),
    Column("projected_under", "推断少付", "yuan", 12),
    Column("upper_rows", "差错笔数上限", "int", 10),
]
_HOSPITALS = [
    Column("hospital", "医疗机构", width=26),
    Column("looked", "核查笔数", "int", 9, total=True),
    Column("looked_fen", "核查金额", "yuan", 14, total=True),
    Column("wrong", "有多付的笔数", "int", 9, total=True),
    Column("deduct_fen", "建议扣款", "yuan", 14, total=True),
]
_DECISION_PRINTED = [
    Column("hospital", "医疗机构", width=15),
    Column("stay_no", "住院号", width=12),
    Column("name", "姓名", width=8),
    Column("decision", "处理决定", width=8, choices=("扣款",), fill=True),
    Column("layer_name", "补偿种类", width=10),
    Column("amount_fen", "金额", "yuan", 11),
    Column("reason", "理由", width=20),
    Column("evidence", "依据", width=14),
    Column("made_by", "经办人", width=7, fill=True),
    Column("checked_by", "复核人", width=7, fill=True),
    Column("decided_on", "日期", "date", 10, fill=True),
]
_DECISION = [*_DECISION_PRINTED, *PLACE_COLUMNS]
_BY_HAND = [column for column in _DECISION if not column.fill]
_LOOKED_PRINTED = [
    Column("number", "编号", "int", 5, align="center"),
    Column("hospital", "医疗机构", width=16),
    Column("stay_no", "住院号", width=11),
    Column("name", "姓名", width=8),
    Column("amount", "应付金额", "yuan", 11, total=True),
    Column("outcome", "核查结果", width=8),
    Column("confirmed_fen", "核实应付", "yuan", 11, total=True),
    Column("over_fen", "多付", "yuan", 10, total=True),
    Column("under_fen", "少付", "yuan", 10, total=True),
    Column("cause", "差错原因", width=10),
    Column("note", "情况说明", width=18),
]
_LOOKED_MORE = [
    Column("reason_name", "来由", width=9),
    Column("stratum_name", "层", width=11),
    Column("id_tail", "证号后四位", width=7, align="center"),
    Column("township", "乡镇", width=11),
    Column("village", "村", width=11),
    Column("by_health", "检查人（卫生）", width=9),
    Column("by_civil", "检查人（民政）", width=9),
    Column("checked_on", "核查日期", "date"),
]
_UNPAID = [
    Column("number", "编号", "int", 6),
    Column("hospital", "医疗机构", width=20),
    Column("stay_no", "住院号", width=13),
    Column("name", "姓名", width=9),
    Column("amount", "申报待核", "yuan", 12),
    Column("outcome", "核查结果", width=10),
    Column("confirmed_fen", "核实应付", "yuan", 12),
    Column("cause", "差错原因", width=12),
    Column("note", "情况说明", width=24),
]
_SLIPS = [
    Column("patient", "页号", "int", 6),
    Column("name", "姓名", width=10),
    Column("township", "乡镇", width=12),
    Column("village", "村", width=12),
    Column("hospital", "医疗机构", width=22),
    Column("claimed_fen", "医院所报自付", "yuan", 13, total=True),
    Column("paper_fen", "单据所载自付", "yuan", 13, total=True),
    Column("more_fen", "单据多出", "yuan", 12, total=True),
]
_HOUSEHOLDS = [
    Column("township", "乡镇", width=14),
    Column("households", "户数", "int"),
    Column("family", "人口", "int"),
    Column("insured", "参合", "int"),
    Column("income", "户均收入", "yuan"),
    Column("outpatient", "户均门诊自付", "yuan"),
    Column("inpatient", "户均住院自付", "yuan"),
    Column("travel", "路费", "yuan", group="户均间接费用（本次住院）"),
    Column("board", "食宿", "yuan", group="户均间接费用（本次住院）"),
    Column("lost", "误工", "yuan", group="户均间接费用（本次住院）"),
    Column("further", "其他", "yuan", group="户均间接费用（本次住院）"),
    Column("indirect", "合计", "yuan", group="户均间接费用（本次住院）"),
    Column("deposit", "收过押金", "percent"),
    Column("informed", "知道政策", "percent"),
    Column("satisfaction", "满意", "percent"),
]


def write_report(path: Path, report: AuditReport) -> None:
    """Write the report."""
    heading = f"{report.county}{report.period}联合检查"
    with Book(path, title=f"{heading}报告") as book:
        _results(book, report, heading)
        book.table_sheet("机构扣款", f"{heading}扣款建议（按机构）", _HOSPITALS, report.hospitals)
        book.table_sheet(
            "扣款建议",
            f"{heading}扣款建议明细",
            _DECISION,
            [_decision(line) for line in report.lines if line["decided"]],
            left="两部门研究确定后补齐黄色各列，另存为处理意见.xlsx，下次结算用 --decisions 交回；不扣的删去该行",
            right=f"合计 {yuan(sum(line['amount_fen'] for line in report.lines if line['decided']))} 元",
            printed=len(_DECISION_PRINTED),
        )
        by_hand = [_decision(line) for line in report.lines if not line["decided"]]
        if by_hand:
            book.table_sheet(
                "另行追回",
                f"{heading}不能用扣款决定执行的多付",
                _BY_HAND,
                by_hand,
                left="层间调整付的部分，请两部门与医疗机构另行追回",
            )
        book.table_sheet(
            "全部核查",
            f"{heading}核查结果",
            _looked(report),
            report.rows,
            filters=True,
            printed=len(_LOOKED_PRINTED),
        )
        if report.unpaid.height:
            book.table_sheet(
                "待核拒付",
                f"{heading}待核、拒付住院的核查结果",
                _UNPAID,
                report.unpaid,
                left="没有付钱，不扣款；供放行或拒付时用",
            )
        if report.households.height:
            book.table_sheet(
                "入户问卷",
                f"{heading}入户问卷汇总",
                _HOUSEHOLDS,
                report.households,
                right="金额单位：元",
            )
        if report.slips.height:
            book.table_sheet("单据不符", f"{heading}单据与所报自付不同", _SLIPS, report.slips)


def _looked(report: AuditReport) -> list[Column]:
    """Every sampled stay; beyond what is printed, what each fund should have paid where inspectors said so."""
    parts = [
        Column(confirmed(layer), f"核实{name}", "yuan", 11) for layer, name in report.layers.items()
    ]
    return [*_LOOKED_PRINTED, *parts, *_LOOKED_MORE]


def _decision(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of 处理意见: everything but who decides. No row of such a table may be anything else, no total either."""
    reason = "：".join(text for text in (line["cause"], line["note"]) if text)
    how = f"；{line['note_fund']}" if line["note_fund"] else ""
    inspectors = f"{line['by_health']}、{line['by_civil']}"
    return {
        **line,
        "decision": "扣款",
        "reason": f"联合检查核实应付不足，{reason}{how}",
        "evidence": f"检查工作底稿编号 {line['number']}，检查人 {inspectors}",
        "made_by": "",
        "checked_by": "",
        "decided_on": None,
    }


def _results(book: Book, report: AuditReport, heading: str) -> None:
    """What the sample allows to say, by stratum, with the method."""
    sheet = book.sheet("结论", [column.chars for column in _RESULT])
    sheet.title(f"{heading}报告" + ("" if report.evaluation else "（中期）"))
    sheet.paragraph(conclusion(report), bold=True)
    sheet.paragraph(
        f"查到多付 {yuan(report.over_fen)} 元（{report.over.height} 笔），"
        f"少付 {yuan(report.owed_fen)} 元（{report.owed.height} 笔）。"
    )
    sheet.skip()
    if report.evaluation:
        results = [*report.evaluation.strata, report.evaluation.total]
        titles = STRATA | {"total": "合计"}
        sheet.table(_RESULT, [asdict(part) | {"title": titles[part.id]} for part in results])
        sheet.skip()
    counted = [
        Column("reason_name", "来由", width=14),
        Column("stays", "已核查笔数", "int", total=True),
        *(Column(outcome, outcome, "int", total=True) for outcome in OUTCOMES),
    ]
    sheet.table(counted, report.outcomes.with_columns(pl.col("reason_name").fill_null("")))
    sheet.skip()
    for text in (*method_text(report.plan), *evaluation_text(report.plan)):
        sheet.paragraph(text)
    sheet.skip()
    sheet.pairs((label, text, "text") for label, text in facts(report.plan))
    sheet.signature(("检查组长（卫生）", "检查组长（民政）"))
