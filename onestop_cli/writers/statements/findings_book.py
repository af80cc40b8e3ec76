"""差错清单.xlsx: every finding, by hospital and by code, with the columns of 处理意见 ready to fill."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from onestop_cli.core.findings.catalogue import SEVERITIES
from onestop_cli.run import Run
from onestop_cli.statements.patterns import by_code, by_hospital, patterns, patterns_by_month
from onestop_cli.statements.pending import waiting_findings
from onestop_cli.statements.statement import Statement, numbered
from onestop_cli.statements.undecided import undecided
from onestop_cli.tables.decisions import KINDS
from onestop_cli.writers.statements.columns import NUMBER, say_left_out
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book, Sheet

_PLACE = (
    Column("source", "文件", width=24),
    Column("sheet", "工作表", width=12),
    Column("row", "行", "int", 7, align="center"),
)
_TO_FILL = (
    Column("decision", "处理决定", width=10, choices=KINDS, fill=True),
    Column("amount", "金额", "yuan", fill=True),
    Column("recognised", "认定类别为", width=14, fill=True),
    Column("recognised_id", "认定证号为", width=20, fill=True),
    Column("grounds", "理由", width=20, fill=True),
    Column("evidence", "依据", width=16, fill=True),
    Column("handled_by", "经办人", width=9, fill=True),
    Column("checked_by", "复核人", width=9, fill=True),
    Column("decided_on", "日期", "date", fill=True),
)
_EXPLAINED = (
    ("怎么用", "“全部差错”是完整清单，可按机构、代码筛选。需要处理的，在黄色各列填写后另存为“处理意见.xlsx”，"
     "下次运行时用 --decisions 交回；不处理的留空。"),
    ("暂停结算", "整笔住院暂不拨付，所报金额列入待核，等改正或处理意见。"),
    ("影响金额", "多报的核减，少报的列入层间调整或应补未补，其余照拨。"),
    ("提示", "不影响金额，请医疗机构或民政留意。"),
    ("放行", "视同没有这条差错，照政策结算；同证异名（ID04）放行，就是认定患者即花名册上的那个人。"),
    ("拒付", "整笔不予拨付。"),
    ("认定类别", "按“认定类别为”一列写明的救助类别结算，须附民政依据。"),
    ("认定证号", "患者就是“认定证号为”一列写明的人（18 位），用于 ID01、ID03、ID04、RO06、RO10，须附身份证件。"),
    ("受理冲红", "写在部分退费那一行（ST06）：退费并入原来那一笔，按净额结算。"),
    ("扣款", "按“金额”扣减。"),
    ("补发", "按“金额”补给患者或医疗机构。"),
)  # fmt: skip


def write_findings_book(statement: Statement, findings: pl.DataFrame, path: Path) -> None:
    """Write all of `findings` (see `patterns.shown_findings`) to `path`."""
    run = statement.run
    heading = f"{run.county}{run.period.chinese}"
    with Book(path, title=f"{heading}差错清单") as book:
        said = _explain(book, heading)
        _hospitals(book, heading, by_hospital(statement, findings))
        _codes(book, heading, by_code(statement, findings))
        _patterns(book, heading, findings)
        _everything(book, heading, findings, run)
        _undecided(book, heading, run)
        _quarantine(book, heading, run.quarantine)
        _false_totals(book, heading, findings)
        say_left_out(said, book)


def _explain(book: Book, heading: str) -> Sheet:
    sheet = book.sheet("说明", [16, 100])
    sheet.title(f"{heading}差错清单")
    sheet.pairs((label, text, "text") for label, text in _EXPLAINED)
    return sheet


def _hospitals(book: Book, heading: str, rows: pl.DataFrame) -> None:
    columns = [
        NUMBER,
        Column("hospital", "医疗机构", width=26),
        Column("claims", "申报人次", "int", total=True),
        *(
            Column(key, name, "int", 9, total=True, group="差错条数")
            for key, name in SEVERITIES.items()
        ),
        Column("over_fen", "多报", "yuan", total=True, group="差异金额"),
        Column("under_fen", "少报", "yuan", total=True, group="差异金额"),
        Column("all_deducted_fen", "审核扣减", "yuan", total=True),
        Column("all_held_fen", "待核", "yuan", total=True),
        Column("patient_owed_fen", "应补未补", "yuan", total=True),
    ]
    book.table_sheet("按机构", f"{heading}差错汇总（按机构）", columns, rows)


def _codes(book: Book, heading: str, rows: pl.DataFrame) -> None:
    columns = [
        Column("code", "代码", width=7, align="center"),
        Column("title", "问题", width=28),
        Column("severity_name", "后果", width=10, align="center"),
        Column("cases", "条数", "int", total=True),
        Column("over_fen", "多报", "yuan", total=True),
        Column("under_fen", "少报", "yuan", total=True),
        Column("held_fen", "待核金额", "yuan"),
        Column("remedy", "怎么办", width=60),
    ]
    notes = ("同一笔待核住院有几种差错时，待核金额在各代码下都列出，所以不作合计。",)
    book.table_sheet("按代码", f"{heading}差错汇总（按代码）", columns, rows, notes=notes)


def _patterns(book: Book, heading: str, findings: pl.DataFrame) -> None:
    """What happens again and again: in a sentence each, then month by month."""
    money = (
        Column("cases", "例数", "int", 7, total=True),
        Column("amount_fen", "金额", "yuan", total=True),
    )
    told = (NUMBER, Column("sentence", "规律", width=90), *money)
    book.table_sheet(
        "规律", f"{heading}差错规律", told, numbered(patterns(findings)), optional=True
    )
    columns = [
        Column("hospital", "医疗机构", width=24),
        Column("layer_name", "补偿种类", width=14),
        Column("way", "多付/少付", width=10, align="center"),
        Column("code", "代码", width=7, align="center"),
        Column("title", "问题", width=22),
        Column("likeliest", "最可能的原因", width=40),
        Column("month_name", "月份", width=10, align="center"),
        *money,
    ]
    months = patterns_by_month(findings).with_columns(
        month_name=pl.col("month").dt.to_string("%Y-%m")
    )
    book.table_sheet(
        "规律按月", f"{heading}差错规律（按月）", columns, months, filters=True, optional=True
    )


def _everything(book: Book, heading: str, findings: pl.DataFrame, run: Run) -> None:
    """The complete list, filterable, with empty columns to decide in; beside a ledger also what still waits of closed
    periods."""
    beside = run.info.ledger is not None
    if beside:
        findings = numbered(pl.concat([findings, waiting_findings(run)], how="diagonal_relaxed"))
    columns = [
        NUMBER,
        Column("code", "代码", width=7, align="center"),
        Column("hospital", "医疗机构", width=20),
        Column("stay_no", "住院号", width=14),
        Column("name", "姓名", width=9),
        Column("diff_fen", "相差", "yuan", 12),
        Column("waits_fen", "待核金额", "yuan", 12),
        Column("message", "说明", width=44),
    ]
    aside = [
        Column("severity_name", "后果", width=9, align="center"),
        Column("id_shown", "证号后四位", width=11),
        Column("layer_name", "补偿种类", width=11),
        Column("claimed_fen", "申报", "yuan", 12),
        Column("due_fen", "应为", "yuan", 12),
        Column("title", "问题", width=24),
        Column("cause_name", "可能的原因", width=28),
        *([Column("period", "所属期", width=9, align="center")] if beside else []),
        *_PLACE,
        *_TO_FILL,
    ]
    book.table_sheet(
        "全部差错",
        f"{heading}差错清单",
        [*columns, *aside],
        findings,
        filters=True,
        printed=len(columns),
    )


def _undecided(book: Book, heading: str, run: Run) -> None:
    """Every stay that waits, once, the oldest first."""
    columns = [
        NUMBER,
        Column("period", "所属期", width=9, align="center"),
        Column("hospital", "医疗机构", width=22),
        Column("stay_no", "住院号", width=13),
        Column("name", "姓名", width=9),
        Column("id_shown", "证号后四位", width=10),
        Column("days", "天数", "int", 6),
        Column("held_fen", "待核金额", "yuan", 12, total=True),
        Column("reason", "原因", width=28),
        Column("remedy", "怎么办", width=46),
        *_PLACE,
    ]
    notes = (
        "本期的天数从结算（出院）日算到本期末，以前各期的从所属期末算起。处理意见仍填在“全部差错”里。",
    )
    book.table_sheet(
        "未决清单",
        f"{heading}未决清单（本期和以前各期待核）",
        columns,
        undecided(run),
        notes=notes,
        filters=True,
        printed=len(columns) - len(_PLACE),
    )


def _quarantine(book: Book, heading: str, rows: pl.DataFrame) -> None:
    """Rows that could not be understood: nothing is dropped in silence."""
    kinds = {"stay": "住院", "roster": "花名册"}
    columns = [
        *_PLACE,
        Column("kind_name", "种类", width=8, align="center"),
        Column("reason", "看不懂的原因", width=40),
        Column("text", "原文（证号已遮盖）", width=70),
    ]
    shown = rows.with_columns(kind_name=pl.col("kind").replace(kinds))
    book.table_sheet(
        "隔离行", f"{heading}无法识别的行", columns, shown, right="", filters=True, optional=True
    )


def _false_totals(book: Book, heading: str, findings: pl.DataFrame) -> None:
    """合计 rows of the files that do not agree with the rows they total."""
    columns = [*_PLACE, Column("message", "说明", width=90)]
    wrong = findings.filter(pl.col("code") == "FI01")
    book.table_sheet(
        "合计不符", f"{heading}合计行与明细不符", columns, wrong, right="", optional=True
    )
