"""检查工作底稿.xlsx: cover, sample to fill in, household questionnaire, record of the visit, leads with evidence,
hospitals beside their peers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.audit.aggregates.model import Slip
from onestop_cli.audit.leads import RULES
from onestop_cli.audit.papers import Papers
from onestop_cli.audit.sampling import METHODS
from onestop_cli.writers.audit.columns import (
    HOUSEHOLD_COLUMNS,
    HOUSEHOLD_FILL,
    HOUSEHOLD_SHEET,
    PLACE_COLUMNS,
    PLAN_SHEET,
    RECORD_COLUMNS,
    SAMPLE_PRINTED,
    SAMPLE_SHEET,
    WHO_COLUMNS,
    fill_columns,
    sample_columns,
)
from onestop_cli.writers.audit.profile import write_profiles
from onestop_cli.writers.audit.slips import slips_sheet
from onestop_cli.writers.audit.words import facts, method_text
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book, Sheet


def write_book(path: Path, papers: Papers, slips: Sequence[tuple[str, Slip]] = ()) -> None:
    """Write the working paper. `slips`: (table, slip) of the summary tables that were checked."""
    heading = f"{papers.county}{papers.period}"
    with Book(path, title=f"{heading}检查工作底稿") as book:
        _cover(book, papers, heading)
        _sample(book, papers, heading)
        _households(book, papers, heading)
        _record(book, papers, heading)
        _leads(book, papers, heading)
        _rules(book, papers)
        if slips:
            slips_sheet(book, heading, slips)
        _plan(book, papers)
        write_profiles(book, papers)


_COVER = (11, 17, 14, 8, 9, 16, 13)
"""Widths of its columns: a page upright, at 8 points."""


def _cover(book: Book, papers: Papers, heading: str) -> None:
    """What was drawn and how, every earlier draw, and who is in charge."""
    sheet = book.sheet("封面", _COVER, portrait=True)
    sheet.title(f"{heading}联合检查工作底稿")
    sheet.line("卫生、民政联合检查组", f"onestop {papers.plan['version']}")
    sheet.pairs((label, text, "text") for label, text in facts(papers.plan))
    sheet.skip()
    sheet.heading("怎样抽的")
    for text in method_text(papers.plan):
        sheet.paragraph(text)
    sheet.skip()
    _earlier(sheet, papers)
    sheet.heading("怎样填")
    for text in _HOW_TO:
        sheet.paragraph(text)
    sheet.signature(("检查组长（卫生）", "检查组长（民政）"))


_HOW_TO = (
    "1. “抽样核查”：黄色各列逐行填写。属实的只选“属实”；不属实、部分属实的填核实应付（元，0 到总费用之间）和差错原因，"
    "知道是哪个基金的再分别填；原因选“其他”的要写情况说明；确实查不到的选“无法核查”并说明。"
    "每行两个部门各一人签名，写明日期；与上一行相同的可写“同上”或合并单元格。",
    "2. “入户问卷”：照入户核查表的回答录入，一户一行，没有走访的留空。",
    "3. 不要增删行、改动白色各列或“抽样计划”表。分组填的，各填一份另存，"
    "用 onestop audit RUN --returned 文件或文件夹 合并汇总；还没有查完的也可以先汇总，出中期结果。",
    "4. 本底稿列出的都是线索，不是结论。检查人员只记录事实，发现的问题写成书面报告，不得自行处理。",
    "5. 打印整本时只印封面、抽样核查、监管记录、前几十条线索和机构一览；"
    "入户问卷照入户核查表在电脑上录入，各基金的应付和核实、线索证据、机构画像、规则和计划也在电脑上看。",
)


def _earlier(sheet: Sheet, papers: Papers) -> None:
    """Every earlier draw from the same run."""
    earlier = papers.plan["earlier"]
    sheet.heading(f"本期此前抽样 {len(earlier)} 次")
    if not earlier:
        sheet.paragraph("本次是第一次抽样。")
        return
    titles = {
        "number": "次序",
        "drawn_at": "抽样时间",
        "method": "方法",
        "size": "样本量",
        "leads": "附加线索",
        "seeds": "种子",
        "state": "记录",
    }
    columns = [
        Column(key, title, width=width)
        for (key, title), width in zip(titles.items(), _COVER, strict=True)
    ]
    sheet.table(columns, [_draw(record) for record in earlier])
    sheet.skip()


def _draw(record: dict[str, Any]) -> dict[str, str]:
    """A line of the list of draws; a damaged record is said to be one."""
    seeds = record.get("seeds", [])
    return {
        "number": f"{'台账 ' if record.get('where') else ''}{record['number']}",
        "drawn_at": str(record.get("drawn_at", "不详")),
        "method": METHODS.get(str(record.get("method")), "不详"),
        "size": str(record.get("size", "不详")),
        "leads": str(record.get("leads", "不详")),
        "seeds": "、".join(map(str, seeds)) if seeds else "不详",
        "state": "完整" if record["whole"] else "缺失或被改动",
    }


def _sample(book: Book, papers: Papers, heading: str) -> None:
    blank = (_blank(column) for column in fill_columns(papers.layers))
    where = pl.concat_str("township", "village", separator=" ", ignore_nulls=True)
    rows = papers.sample.with_columns(blank).with_columns(where=where)
    book.table_sheet(
        SAMPLE_SHEET,
        f"{heading}抽样核查表",
        sample_columns(papers.layers),
        rows,
        left="按走访路线排列（乡镇、村、姓名）；黄色各列填写",
        printed=SAMPLE_PRINTED,
    )


def _blank(column: Column) -> pl.Expr:
    """An empty column to fill in."""
    kinds = {"text": pl.String, "date": pl.Date}
    return pl.lit(None, dtype=kinds.get(column.kind, pl.Int64)).alias(column.key)


def _households(book: Book, papers: Papers, heading: str) -> None:
    """One row a patient who can be asked, to enter what the household pages say."""
    people = papers.sample.group_by("patient", maintain_order=True).agg(
        pl.col("name", "township", "village", "died_on").first(),
        own_claimed=pl.col("self_claimed_fen").sum(),
    )
    rows = people.with_columns(_blank(column) for column in HOUSEHOLD_FILL)
    book.table_sheet(
        HOUSEHOLD_SHEET,
        f"{heading}入户问卷录入表",
        HOUSEHOLD_COLUMNS,
        rows.filter(pl.col("died_on").is_null()).with_columns(number=pl.col("patient")),
        left="页号与入户核查表一致；没有走访的留空；花名册载明已去世的不列",
        on_paper=False,
    )


def _record(book: Book, papers: Papers, heading: str) -> None:
    """监管记录表: one line a hospital, two inspectors at least."""
    rows = (
        papers.sample.group_by("hospital")
        .agg(stays=pl.len().cast(pl.Int64))
        .join(
            papers.leads.group_by("hospital").agg(leads=pl.len().cast(pl.Int64)),
            on="hospital",
            how="full",
            coalesce=True,
        )
        .filter(pl.col("hospital").is_not_null())
        .sort("hospital")
        .with_columns(_blank(column) for column in RECORD_COLUMNS if column.fill)
        .with_columns(seen=pl.lit("\n\n"))
    )
    book.table_sheet(
        "监管记录表",
        f"{heading}联合检查监管记录表",
        RECORD_COLUMNS,
        rows,
        left="检查人员不少于两人，两部门各一人以上；只记录事实，不当场处理",
        right="",
        signers=("检查人（卫生）", "检查人（民政）", "记录人"),
    )


_ON_PAPER = 40
"""Leads that go on paper; the others stay in the file."""


def _leads(book: Book, papers: Papers, heading: str) -> None:
    columns = [
        Column("number", "序号", "int", 5, align="center"),
        Column("title", "线索", width=15),
        Column("hospital", "医疗机构", width=18),
        Column("village", "村", width=9),
        Column("amount", "可能不该付", "yuan", 11),
        Column("why", "为什么值得看", width=66),
    ]
    aside = [
        Column("cases", "住院", "int", 6),
        Column("score", "分数", "int", 6),
        Column("explained", "分数由来", width=34),
        Column("basis", "依据", width=40),
        Column("fetch", "到现场查什么", width=50),
    ]
    book.table_sheet(
        "线索",
        f"{heading}检查线索",
        [*columns, *aside],
        papers.leads,
        left="线索不是结论，须到现场核实",
        right=f"只打印前 {_ON_PAPER} 条；全部线索和证据在电脑上看",
        filters=True,
        totals=False,
        printed=len(columns),
        printed_rows=_ON_PAPER,
    )
    proof = [
        Column("number", "线索序号", "int", 6),
        Column("title", "线索", width=14),
        *WHO_COLUMNS,
        Column("days", "天数", "int", 6),
        Column("disease", "病种", width=12),
        Column("amount", "申报补偿", "yuan", 12),
        Column("paid_fen", "基金应付", "yuan", 12),
        Column("status_name", "状态", width=8),
        Column("when", "结算期", width=8),
        *PLACE_COLUMNS,
    ]
    book.table_sheet(
        "线索证据",
        f"{heading}检查线索所依据的住院",
        proof,
        papers.evidence,
        filters=True,
        on_paper=False,
    )


def _rules(book: Book, papers: Papers) -> None:
    """What each rule looks for, on which basis, and the thresholds in force."""
    columns = [
        Column("title", "线索", width=16),
        Column("meaning", "看什么，为什么", width=44),
        Column("basis", "依据", width=34),
        Column("fetch", "到现场查什么", width=40),
        Column("limits", "本次阈值", width=28),
    ]
    rows = [
        {
            "title": rule.title,
            "meaning": rule.meaning,
            "basis": rule.basis,
            "fetch": rule.fetch,
            "limits": "\n".join(_limit(papers, name) for name in rule.thresholds) or "—",
        }
        for rule in RULES
    ]
    book.table_sheet(
        "线索规则",
        "线索规则说明",
        columns,
        rows,
        left="条例：《医疗保障基金使用监督管理条例》；十不准：新农合定点机构十不准。依据供核实后对照，不是对本条线索的认定",
        right="",
        totals=False,
        on_paper=False,
    )


def _limit(papers: Papers, name: str) -> str:
    title, value, unit = papers.thresholds[name]
    return f"{title} {value} {unit}"


def _plan(book: Book, papers: Papers) -> None:
    """The plan, so that a filled paper can be redrawn without another file."""
    columns = [Column("key", "项目", width=16), Column("value", "内容", width=100)]
    rows = [{"key": key, "value": text} for key, text in _plan_lines(papers)]
    book.table_sheet(PLAN_SHEET, "抽样计划", columns, rows, right="", totals=False, on_paper=False)


def _plan_lines(papers: Papers) -> Iterator[tuple[str, str]]:
    for key, value in papers.plan.items():
        if key != "earlier":
            yield key, json.dumps(value, ensure_ascii=False)
