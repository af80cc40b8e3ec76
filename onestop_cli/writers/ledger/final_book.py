"""决算表.xlsx: a stretch of closed periods, by period, hospital, level, category and township, with funds and 指标."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from onestop_cli.ledger.events import SIDES
from onestop_cli.ledger.final_account import FinalAccount
from onestop_cli.money import capital
from onestop_cli.statements.funds import whole_of
from onestop_cli.statements.indicators import Indicator
from onestop_cli.statements.numbers import FINAL, paper_number
from onestop_cli.writers.ledger.hospital_screen import ACCOUNT_COLUMNS
from onestop_cli.writers.ledger.income_sheets import IncomePaper, income_sheets
from onestop_cli.writers.statements.columns import BY_CARE, BY_CARE_NOTE, care_rows
from onestop_cli.writers.toolkit.columns import Column, Kind, round_ratio
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book

_NUMBER = Column("number", "序号", "int", 5, align="center")
_NET = (
    "人次、费用和金额都含上期调整，记在入账的那一期：后来放行的加，红冲、拒付的减。"
    "各期相加等于合计；人数合计按人去重。"
)
_USED = (
    "期末结余 = 上期结余 + 本期预拨 − 本期核定 − 大病二次补偿，负数为应补拨。"
    "使用率 = 本期核定 ÷（上期结余 + 本期预拨）。"
)


@dataclass(frozen=True)
class PeriodPaper:
    """A report, whose it is (name and `code`), its indicators, 救助对象 in one line, and when it is due.
    `second`: people and fen of 大病二次补偿 in it."""

    county: str
    report: FinalAccount
    indicators: Sequence[Indicator]
    aided: str
    money: IncomePaper
    due: str = ""
    code: str = ""
    second: tuple[int, int] = (0, 0)

    @property
    def heading(self) -> str:
        """`示例县2010年度`."""
        return f"{self.county or '××县'}{self.report.period.chinese}"

    @property
    def number(self) -> str:
        """Its 编号."""
        return paper_number(self.code, self.report.period.id, FINAL)

    @property
    def name(self) -> str:
        """决算 of a whole year, else 汇总."""
        return "决算" if self.report.period.is_year else "汇总"

    @property
    def title(self) -> str:
        """`示例县2010年度一站式决算`, `示例县2010年第4季度一站式结算汇总`."""
        return f"{self.heading}一站式{'决算' if self.name == '决算' else '结算汇总'}"

    @property
    def basis(self) -> str:
        """Which closed periods it stands on."""
        runs = "、".join(run.id for run in self.report.runs)
        return f"已关账：{runs}" + ("" if self.report.complete else "；其余还没有关账，不在本表内")


def write_period_book(paper: PeriodPaper, path: Path) -> None:
    """Write the report to `path`."""
    found = paper.report
    with Book(path, title=paper.title) as book:
        _cover(book, paper)
        tables = (
            ("表一 按结算期", "结算期", "period", 12, found.periods),
            ("表二 按医疗机构", "医疗机构", "hospital", 24, found.hospitals),
            ("表三 按机构级别", "机构级别", "level_name", 12, found.levels),
            ("表四 按救助类别", "救助类别", "category", 22, found.categories),
            ("表五 按乡镇", "乡镇", "township", 16, found.townships),
        )
        for name, title, key, width, rows in tables:
            first = [_NUMBER, Column(key, title, width=width)]
            heading = f"{paper.heading}{found.benefits}{paper.name}表（按{title}）"
            _table(book, paper, name, heading, [*first, *_benefits(found)], rows)
        _cares(book, paper)
        _claims(book, paper)
        _accounts(book, paper)
        sheet = book.sheet("表八 指标", [26, 18, 66])
        sheet.title(f"{paper.heading}主要指标")
        sheet.line(paper.basis)
        sheet.paragraph(paper.aided, bold=True)
        sheet.facts(("指标", "数值", "计算方法"), paper.indicators)
        if len(found.hospital_money):
            heading = f"{paper.heading}医疗机构往来{paper.name}表"
            rows = found.hospital_money
            _table(book, paper, "表九 机构往来", heading, ACCOUNT_COLUMNS, rows, ())
        income_sheets(book, paper.heading, paper.basis, found, paper.money)


def _cover(book: Book, paper: PeriodPaper) -> None:
    """说明: what it stands on, and the sums."""
    found, total = paper.report, paper.report.total
    sheet = book.sheet("说明", [26, 30, 30, 30])
    sheet.title(paper.title)
    sheet.line(f"编号：{paper.number}")
    period = found.period
    due: list[tuple[str, str | int, Kind]] = [("办理期限", paper.due, "text")] if paper.due else []
    sheet.pairs(
        [
            ("期间", f"{period.chinese}（{period.first} 至 {period.last}）", "text"),
            ("依据", f"台账。{paper.basis}", "text"),
            ("口径", _NET, "text"),
            *due,
            ("核定人次", total["visits"], "int"),
            ("　其中：上期调整", total["changed"], "int"),
            (found.bill, total["total_fen"], "yuan"),
        ]
    )
    sheet.skip()
    for fund in found.funds:
        approved, _ = found.used(fund.name)
        sheet.pairs(
            [
                (f"{fund.name}核定", approved, "yuan"),
                ("大写", capital(approved), "text"),
            ]
        )
    sheet.signature(SIGNERS)


def _benefits(found: FinalAccount) -> list[Column]:
    """Visits, people, costs, what each layer paid, what of it are adjustments, own share and rate."""
    paid = [f"{layer.id}_paid_fen" for layer in found.layers]
    of_funds = [f"{layer}_paid_fen" for layer in whole_of(found.funds).layers]
    changed = "其中：上期调整"
    return [
        Column("visits", "人次", "int", total=True),
        Column("people", "人数", "int", total=True),
        Column("total_fen", found.bill, "yuan", total=True),
        Column("eligible_fen", "可补偿费用", "yuan", total=True),
        *(
            Column(name, layer.name, "yuan", total=True)
            for name, layer in zip(paid, found.layers, strict=True)
        ),
        Column("all_payment_fen", "核定应拨合计", "yuan", total=True),
        Column("changed", "人次", "int", total=True, group=changed),
        Column("all_adjusted_fen", "应拨", "yuan", 12, total=True, group=changed),
        Column("own_fen", "个人自付", "yuan", total=True),
        Column("rate", "实际补偿比", "percent", ratio=(*of_funds, "total_fen")),
    ]


def _cares(book: Book, paper: PeriodPaper) -> None:
    """表三 门诊和住院, where anybody was treated without a bed."""
    if paper.report.has_outpatients:
        heading = f"{paper.heading}门诊、住院补偿{paper.name}表（按机构级别）"
        rows = care_rows(paper.report.by_care(paper.second))
        book.table_sheet(
            "表三 门诊和住院", heading, BY_CARE, rows, left=paper.basis, notes=(BY_CARE_NOTE,),
            signers=SIGNERS, totals=False,
        )  # fmt: skip


def _claims(book: Book, paper: PeriodPaper) -> None:
    """表六: from claim to payment, by hospital, fund by fund and together."""
    found = paper.report
    columns = [
        _NUMBER,
        Column("hospital", "医疗机构", width=24),
        Column("level_name", "级别", width=7, align="center"),
    ]
    for index, (key, name) in enumerate([*((f.key, f.name) for f in found.funds), ("all", "合计")]):
        sides = [
            Column(f"{key}_{side}_fen", title, "yuan", total=True) for side, title in SIDES.items()
        ]
        number = f"表六之{index + 1} {name}"
        heading = f"{paper.heading}{name}垫付资金{paper.name}表"
        _table(book, paper, number, heading, [*columns, *sides], found.hospitals)


def _accounts(book: Book, paper: PeriodPaper) -> None:
    """表七: both funds' accounts by period, and how much of each was used."""
    columns = (
        Column("fund", "基金", width=18),
        Column("period", "结算期", width=10),
        Column("opening", "上期结余", "yuan", 16),
        Column("advanced", "本期预拨", "yuan", 16),
        Column("approved", "本期核定", "yuan", 16),
        Column("adjusted", "其中：属前期", "yuan", 14),
        Column("paid_out", "其中：补发患者", "yuan", 14),
        Column("second", "二次补偿", "yuan", 14),
        Column("balance", "期末结余", "yuan", 16),
        Column("used", "使用率", "percent"),
    )
    rows = pl.DataFrame(
        [
            {**asdict(line), "balance": line.balance}
            | {"used": _used(line.approved, line.opening + line.advanced)}
            for line in paper.report.accounts
        ],
        schema_overrides={"used": pl.Int64},
    )
    heading = f"{paper.heading}基金收支{paper.name}表"
    _table(book, paper, "表七 基金账户", heading, columns, rows, (_USED,))


def _used(approved: int, available: int) -> int | None:
    return round_ratio(approved, available, "percent") if available > 0 else None


def _table(
    book: Book,
    paper: PeriodPaper,
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: pl.DataFrame,
    notes: Sequence[str] = (_NET,),
) -> None:
    book.table_sheet(
        name, title, columns, rows, left=paper.basis, notes=notes, signers=SIGNERS,
        known={"people": paper.report.total["people"]},
    )  # fmt: skip
