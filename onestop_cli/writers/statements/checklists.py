"""机构检查表 (五核查, 七公开, 十不准) per hospital, 整改台账 and 举报、异议登记簿: forms to fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from onestop_cli.tables.registers import COMPLAINT_KINDS, ORIGINS, RESULTS, VOTERS, VOTES
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

INSPECTORS = ("检查人（卫生）", "检查人（民政）", "医疗机构负责人")
_YES, _NO = ("是", "否"), ("有", "没有")


@dataclass(frozen=True)
class ChecklistPaper:
    """What is looked at: `five`, `seven`, `ten` in the county's words; hospital → the lines of its letter."""

    heading: str
    five: Sequence[str]
    seven: Sequence[str]
    ten: Sequence[str]
    hospitals: Mapping[str, Sequence[Mapping[str, Any]]]


def write_checklists(paper: ChecklistPaper, folder: Path, names: Mapping[str, str]) -> None:
    """A workbook per hospital in `folder`; `names`: hospital → a name that is safe on every disk."""
    for hospital, points in paper.hospitals.items():
        _write_hospital(paper, hospital, points, folder / f"{names[hospital]}.xlsx")


def _write_hospital(
    paper: ChecklistPaper, hospital: str, points: Sequence[Mapping[str, Any]], path: Path
) -> None:
    with Book(path, title=f"{hospital}检查表") as book:
        sheet = book.sheet("检查表", [6, 52, 12, 52])
        sheet.title(f"{hospital}检查表")
        sheet.line(paper.heading, "检查日期：　　　　年　　月　　日")
        groups = (
            ("五核查", paper.five, "一查、二查 … 抽病历逐份核，写明抽了几份", _YES),
            ("七公开", paper.seven, "看公示栏、收费窗口，问病人", _YES),
            ("十不准", paper.ten, "发现的写明病人和金额", _NO),
        )
        for name, items, how, choices in groups:
            sheet.heading(f"{name}（{how}）")
            columns = (
                Column("number", "序号", "int", 6, align="center"),
                Column("item", name, width=52),
                Column("found", "、".join(choices), width=12, fill=True, choices=choices),
                Column("detail", "情况（份数、病人、金额）", width=52, fill=True),
            )
            rows = [{"number": at, "item": text} for at, text in enumerate(items, 1)]
            sheet.table(columns, rows)
            sheet.skip()
        if points:
            sheet.heading("本期结算审核已发现的问题（请当面核实）")
            columns = (
                Column("number", "序号", "int", 6, align="center"),
                Column("what", "问题", width=52),
                Column("cases", "例数", "int", 12),
                Column("answer", "医疗机构说明", width=52, fill=True),
            )
            sheet.table(columns, [{**point, "number": at} for at, point in enumerate(points, 1)])
        sheet.paragraph("检查须两人以上，两部门各一人以上；只记录事实，不当场作处理。")
        sheet.signature(INSPECTORS)


def write_rectify(
    heading: str,
    hospitals: Mapping[str, Sequence[Mapping[str, Any]]],
    told: date,
    due: date,
    path: Path,
) -> None:
    """整改台账: a line per point of each hospital's letter, and room for what inspections find."""
    points = [
        {**point, "hospital": hospital, "origin": ORIGINS[0], "told_on": told, "due_on": due}
        for hospital, lines in hospitals.items()
        for point in lines
    ]
    rows = [{"number": at, **point} for at, point in enumerate([*points, *([{}] * _ROOM)], 1)]
    columns = (
        Column("number", "编号", "int", 5, align="center"),
        Column("hospital", "医疗机构", width=15, fill=True),
        Column("origin", "来源", width=9, fill=True, choices=ORIGINS),
        Column("what", "问题", width=25, fill=True),
        Column("cases", "涉及例数", "int", 5, fill=True),
        Column("fen", "涉及金额", "yuan", 11, fill=True),
        Column("told_on", "通知日期", "date", 11, fill=True),
        Column("due_on", "整改期限", "date", 11, fill=True),
        Column("checked_on", "复查日期", "date", 11, fill=True),
        Column("result", "复查结果", width=9, fill=True, choices=RESULTS),
        Column("deducted", "核扣金额", "yuan", 10, fill=True),
        Column("office", "核扣部门", width=9, fill=True),
        Column("note", "备注", width=8, fill=True),
    )
    with Book(path, title=f"{heading}整改台账", paper="A3", result=False) as book:
        book.table_sheet(
            "整改台账",
            f"{heading}整改台账",
            columns,
            rows,
            notes=(
                f"复查结果写 {'、'.join(RESULTS)}；有核扣的写明由哪个部门核扣。"
                "填好后用 onestop registers 看哪些到期、逾期。",
            ),
        )


_ROOM = 15
"""Empty lines of a form."""


def write_complaints(heading: str, reply_days: int, path: Path) -> None:
    """举报、异议登记簿: an empty register."""
    columns = (
        Column("number", "编号", "int", 5, align="center"),
        Column("kind", "类型", width=7, fill=True, choices=COMPLAINT_KINDS),
        Column("received_on", "收到日期", "date", 11, fill=True),
        Column("who", "反映人", width=10, fill=True),
        Column("what", "反映内容", width=30, fill=True),
        Column("hospital", "涉及机构或对象", width=16, fill=True),
        Column("due_on", "答复期限", "date", 11, fill=True),
        Column("handler", "承办人", width=8, fill=True),
        Column("result", "核实情况和处理", width=28, fill=True),
        Column("answered_on", "答复日期", "date", 11, fill=True),
        Column("note", "备注", width=8, fill=True),
    )
    with Book(path, title=f"{heading}举报、异议登记簿", paper="A3", result=False) as book:
        book.table_sheet(
            "登记簿",
            f"{heading}举报、异议登记簿",
            columns,
            [{"number": at} for at in range(1, _ROOM + 1)],
            right="",
            notes=(
                f"举报箱、举报电话、来信来访和公示期内的异议都登记；反映人可以匿名，"
                f"对反映人保密。答复期限不填的，按收到后 {reply_days} 个工作日算。",
            ),
        )


_MORE = 8
"""Empty lines for other offices or delegates, as many as stay on the page."""

OFFICE = "“一站式”服务"
"""What is appraised where nobody writes another office or hospital."""


def write_appraisal(heading: str, items: Sequence[str], path: Path) -> None:
    """民主测评: a ballot to copy, and the table into which the counts of the ballots are entered."""
    with Book(path, title=f"{heading}民主测评", result=False) as book:
        _ballot(book, heading, items)
        rows = [{"office": OFFICE, "what": item, "who": who} for item in items for who in VOTERS]
        columns = (
            Column("number", "编号", "int", 5, align="center"),
            Column("office", "测评对象", width=16, fill=True),
            Column("what", "测评内容", width=30, fill=True),
            Column("who", "参加人", width=10, fill=True, choices=VOTERS),
            Column("ballots", "收回票数", "int", 8, fill=True),
            *(Column(key, title, "int", 8, fill=True) for key, title in VOTES.items()),
            Column("note", "意见建议", width=20, fill=True),
        )
        book.table_sheet(
            "测评汇总",
            f"{heading}民主测评汇总表",
            columns,
            [{**row, "number": at} for at, row in enumerate([*rows, *([{}] * _MORE)], 1)],
            right="测评日期：　　　　年　　月　　日",
            notes=(
                "每行：收回票数 = 满意 + 基本满意 + 不满意 + 弃权；没有的填 0。"
                "填好后用 onestop registers 汇总，满意率 =（满意 + 基本满意）÷（收回 − 弃权）。",
            ),
            signers=("监票", "计票", "负责人"),
            totals=False,
        )


def _ballot(book: Book, heading: str, items: Sequence[str]) -> None:
    """测评票: one page without a name on it."""
    sheet = book.sheet("测评票", [6, 46, *[10] * len(VOTES)], portrait=True)
    sheet.title(f"{heading}“一站式”服务民主测评票")
    sheet.line("测评对象：", "测评日期：　　　　年　　月　　日")
    sheet.paragraph(f"参加人（在一项上打√）：　{'　'.join(f'□{who}' for who in VOTERS)}　□其他")
    columns = (
        Column("number", "序号", "int", 6, align="center"),
        Column("what", "测评内容", width=46),
        *(Column(key, title, width=10, fill=True) for key, title in VOTES.items()),
    )
    sheet.table(columns, [{"number": at, "what": item} for at, item in enumerate(items, 1)])
    sheet.paragraph("每项只在一格打√；多打、不打的算弃权。不写姓名，当场投入票箱。")
    sheet.paragraph("意见建议：")
