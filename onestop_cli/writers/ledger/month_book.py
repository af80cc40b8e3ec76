"""月度清算表.xlsx: a month as the county hands it in, with the fund notice and who has not reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.county.deadlines import Due
from onestop_cli.ledger.months import MonthReport
from onestop_cli.money import capital
from onestop_cli.statements.care import LevelLine
from onestop_cli.writers.statements.columns import BY_CARE_NOTE, care_rows
from onestop_cli.writers.toolkit.columns import Column, Kind
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book

_SIDES = {
    "claimed": "本月申报",
    "deducted": "不予支付",
    "held": "待核",
    "offset": "层间调整",
    "payment": "核定应拨",
}
_UNTIL = {"payment": "核定应拨累计", "deducted": "不予支付累计"}
_DEPOSITS = {"month_deposit": "本月预留", "year_deposit": "本年累计", "kept": "余额"}
_DEPOSIT_NOTE = (
    "预留考核保证金按台账：结算期关账时从应拨里预留，记在那一期的最后一个月；余额是历年预留减去已经退还的。"
    "还没有关账的不含。"
)
_EQUATION = (
    "月末结余 = 上月结余 + 本月收入 − 本月支出，负数为应补拨。收入记在到账的月份；支出是核定数，住院按结算的月份，"
    "上期调整和补报记在结算期的最后一个月，所以各月相加等于那一期。"
)


@dataclass(frozen=True)
class MonthPaper:
    """A month's report, whose it is, what it stands on, what is due and on which day it is looked at, and the hospitals
    of the register without a stay in it."""

    county: str
    report: MonthReport
    source: str
    dues: Sequence[Due]
    today: date
    silent: Sequence[str]

    @property
    def heading(self) -> str:
        """`示例县2010年11月`."""
        return f"{self.county or '××县'}{self.report.month.period.chinese}"

    @property
    def basis(self) -> str:
        """Which books, or which run that is not closed yet."""
        holder = self.report.holder.id
        gap = "；本年此前有的月份还没有关账，累计和上月结余不含" if self.report.missing else ""
        if self.report.closed:
            return f"按台账，{holder} 已关账{gap}"
        return f"按{self.source}，{holder} 还没有关账，以关账的数为准{gap}"

    @property
    def late(self) -> bool:
        """Whether the day by which hospitals report has passed."""
        return any(due.what == "报出结算表" and due.day < self.today for due in self.dues)

    def missing_line(self) -> str:
        """Who has not reported, in a sentence."""
        if not self.silent:
            return "名册上的机构都报来了。"
        late = "，已经逾期" if self.late else ""
        names = "、".join(self.silent)
        return f"名册上有 {len(self.silent)} 家机构没有报来本月的住院{late}：{names}。确实没有住院的，请报零。"


def write_month_book(paper: MonthPaper, path: Path) -> None:
    """Write the month to `path`."""
    with Book(path, title=f"{paper.heading}清算表") as book:
        _cover(book, paper)
        _settlement(book, paper)
        _by_level(book, paper)
        _notice(book, paper)
        rows = [{"number": at, "hospital": name} for at, name in enumerate(paper.silent, 1)]
        book.table_sheet(
            "未报送机构",
            f"{paper.heading}未报送机构",
            (
                Column("number", "序号", "int", 8, align="center"),
                Column("hospital", "医疗机构", width=34),
                Column("reason", "原因（没有住院、迟报）", width=34, fill=True),
                Column("handed_in", "补报日期", width=18, fill=True),
            ),
            rows,
            left=paper.basis,
            right=f"截至 {paper.today}",
            totals=False,
            optional=True,
        )


def _cover(book: Book, paper: MonthPaper) -> None:
    total = paper.report.month.total
    sheet = book.sheet("说明", [26, 30, 30, 30])
    sheet.title(f"{paper.heading}一站式月度清算")
    dues: list[tuple[str, str | int, Kind]] = [
        ("办理期限", due.said(paper.today), "text") for due in paper.dues
    ]
    sheet.pairs(
        [
            ("依据", paper.basis, "text"),
            *dues,
            ("报送", paper.missing_line(), "text"),
            ("核定人次", total["visits"], "int"),
            ("　其中：上期调整", total["changed"], "int"),
            (paper.report.year.bill, total["total_fen"], "yuan"),
        ]
    )
    sheet.skip()
    people = paper.report.month.to_people
    for fund in paper.report.month.funds:
        person = people.get(f"{fund.key}_payment_fen", 0)
        fen = total[f"{fund.key}_payment_fen"] - person
        sheet.pairs([(f"{fund.name}应拨医疗机构", fen, "yuan"), ("大写", capital(fen), "text")])
        if person:
            sheet.pairs([(f"{fund.name}零星报销付本人", person, "yuan")])
    sheet.signature(SIGNERS)


def _settlement(book: Book, paper: MonthPaper) -> None:
    """月度清算表: a row per hospital, what it claimed and gets of every fund, and the year so far."""
    month, year = paper.report.month, paper.report.year
    until = year.hospitals.select(
        "hospital", *(pl.col(f"all_{side}_fen").alias(f"year_{side}") for side in _UNTIL)
    )
    listed = until.join(month.hospitals, on="hospital", how="left", maintain_order="left")
    levels = year.hospitals.select("hospital", now="level_name")
    rows = (
        listed.join(levels, on="hospital", maintain_order="left")
        .join(paper.report.deposits, on="hospital", how="left", maintain_order="left")
        .with_columns(pl.col(pl.Int64).fill_null(0), level_name=pl.coalesce("level_name", "now"))
        .with_columns(number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    )
    basic = "基本情况"
    columns = [
        Column("number", "序号", "int", 5, align="center"),
        Column("hospital", "医疗机构", width=24),
        Column("level_name", "级别", width=7, align="center"),
        Column("visits", "人次", "int", total=True, group=basic),
        Column("people", "人数", "int", total=True, group=basic),
        Column("total_fen", "总费用", "yuan", total=True, group=basic),
        Column("eligible_fen", "可补偿费用", "yuan", total=True, group=basic),
        Column("own_fen", "个人自付", "yuan", total=True, group=basic),
        *(
            Column(f"{fund.key}_{side}_fen", title, "yuan", 12, total=True, group=fund.name)
            for fund in month.funds
            for side, title in _SIDES.items()
        ),
        Column("all_payment_fen", "应拨合计", "yuan", total=True),
        *(
            Column(f"year_{side}", title, "yuan", 14, total=True, group="本年累计（各基金）")
            for side, title in _UNTIL.items()
        ),
        *(
            Column(name, title, "yuan", 13, total=True, group="预留考核保证金（各基金）")
            for name, title in _DEPOSITS.items()
            if len(paper.report.deposits)
        ),
    ]
    book.table_sheet(
        "月度清算表",
        f"{paper.heading}定点医疗机构清算表",
        columns,
        rows,
        left=paper.basis,
        notes=(
            "核定应拨 = 申报 − 不予支付 − 待核 + 层间调整。人次、费用和金额都含上期调整；人数合计按人去重。",
            *([_DEPOSIT_NOTE] if len(paper.report.deposits) else []),
        ),
        signers=SIGNERS,
        known={"people": month.total["people"]},
    )


def _by_level(book: Book, paper: MonthPaper) -> None:
    """分级月报表: 门诊 and 住院 by level, in the month and in the year so far."""
    found = paper.report
    month = {line.key: row for line, row in _lines(found.month.by_care(found.second))}
    rows = [
        {**{f"month_{key}": month.get(line.key, {}).get(key, 0) for key in _COUNTS}, **row}
        for line, row in _lines(found.year.by_care(found.second_year))
    ]
    titles = {"visits": "就诊人次", "total_fen": "总费用", "paid_fen": "补偿", "capped": "封顶人数"}
    columns = [
        Column("item", "就诊方式、机构级别", width=30),
        *(
            Column(f"{prefix}{key}", title, _COUNTS[key], group=group)
            for prefix, group in (("month_", "本月"), ("", "本年累计"))
            for key, title in titles.items()
        ),
        Column("rate", "累计补偿比", "percent", 12, ratio=("paid_fen", "total_fen")),
    ]
    book.table_sheet(
        "分级月报表",
        f"{paper.heading}门诊、住院补偿月报表（按机构级别）",
        columns,
        rows,
        left=paper.basis,
        notes=(BY_CARE_NOTE,),
        signers=SIGNERS,
        totals=False,
    )


_COUNTS: dict[str, Kind] = {
    "visits": "int",
    "total_fen": "yuan",
    "paid_fen": "yuan",
    "capped": "int",
}


def _lines(lines: Sequence[LevelLine]) -> list[tuple[LevelLine, dict[str, Any]]]:
    return [*zip(lines, care_rows(lines), strict=True)]


def _notice(book: Book, paper: MonthPaper) -> None:
    """基金收支公示表: what goes on the wall by the 5th."""
    sources = dict.fromkeys(source for line in paper.report.accounts for source in line.income)
    names = {source: f"source{at}" for at, source in enumerate(sources)}
    rows = [
        {
            "fund": line.fund,
            "opening": line.opening,
            **{key: line.income.get(source, 0) for source, key in names.items()},
            "received": line.received,
            "outlay": line.outlay,
            "balance": line.balance,
        }
        for line in paper.report.accounts
    ]
    columns = [
        Column("fund", "基金", width=20),
        Column("opening", "上月结余", "yuan", 16, total=True),
        *(
            Column(key, source, "yuan", 15, total=True, group="本月收入")
            for source, key in names.items()
        ),
        Column("received", "收入合计", "yuan", 16, total=True, group="本月收入"),
        Column("outlay", "本月支出", "yuan", 16, total=True),
        Column("balance", "月末结余", "yuan", 16, total=True),
    ]
    book.table_sheet(
        "基金收支公示表",
        f"{paper.heading}基金收支公示表",
        columns,
        rows,
        left=paper.basis,
        notes=(_EQUATION,),
        signers=SIGNERS,
    )
