"""县级结算汇总.xlsx: what the county signs, by hospital, category, township and fund."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from onestop_cli.statements.capped import capped_people, counted, with_capped
from onestop_cli.statements.care import level_lines
from onestop_cli.statements.indicators import aided_line, figures, of_figures
from onestop_cli.statements.numbers import APPLICATION, COUNTY, number_of
from onestop_cli.statements.pending import reported_again, still_waiting
from onestop_cli.statements.remarks import cover_lines
from onestop_cli.statements.statement import Statement, numbered
from onestop_cli.writers.statements.aid_account_sheet import aid_account_sheet
from onestop_cli.writers.statements.columns import (
    BELOW_ZERO,
    BY_CARE,
    BY_CARE_NOTE,
    HOSPITAL,
    NUMBER,
    SUM,
    benefit_columns,
    care_rows,
    claim_columns,
    decision_columns,
    decision_rows,
    payment_lines,
    payment_pairs,
    say_left_out,
)
from onestop_cli.writers.statements.earlier_sheets import (
    account_sheet,
    adjustment_sheet,
    waiting_sheet,
)
from onestop_cli.writers.statements.money_sheet import kept_back_line, money_sheet
from onestop_cli.writers.statements.unaided_sheet import unaided_sheet
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book, Sheet

_DOCUMENT = Column("title", "政策文件", width=34)
_HOSPITAL = (NUMBER, HOSPITAL, Column("level_name", "级别", width=7, align="center"))


def write_county_book(statement: Statement, path: Path) -> None:
    """Write the county's settlement of `statement` to `path`."""
    county = _CountyBook(statement)
    with Book(path, title=f"{county.heading}结算汇总") as book:
        cover = county.cover(book)
        county.benefits(book)
        county.payments(book)
        county.groups(book)
        county.cares(book)
        aid_account_sheet(book, county.heading, county.period, statement)
        county.indicators(book)
        county.owed(book)
        county.equations(book)
        county.beside_books(book)
        unaided_sheet(book, f"{county.heading}未救助名单", county.period, statement)
        money_sheet(book, f"{county.heading}医疗机构往来", county.period, statement)
        county.decisions(book)
        county.application(book)
        say_left_out(cover, book)


class _CountyBook:
    """The sheets of the book, each a method."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        run = statement.run
        self.heading = f"{run.county}{run.period.chinese}"
        self.period = f"结算期：{run.period.first} 至 {run.period.last}"

    @property
    def _people(self) -> dict[str, int]:
        """Counts of people, who may stand in several rows."""
        people = capped_people(self.statement)
        return {"people": self.statement.total["people"], "capped": people}

    def _number(self, kind: str) -> str:
        return f"编号：{number_of(self.statement.run, kind)}"

    def cover(self, book: Book) -> Sheet:
        """说明: what the sheets stand on, and the sums to be paid."""
        sheet = book.sheet("说明", [26, 30, 30, 30])
        sheet.title(f"{self.heading}一站式结算汇总")
        sheet.line(self._number(COUNTY))
        sheet.pairs((label, text, "text") for label, text in cover_lines(self.statement))
        sheet.skip()
        sheet.pairs(payment_pairs(self.statement.funds, self.statement.total))
        sheet.signature(SIGNERS)
        return sheet

    def benefits(self, book: Book) -> None:
        """表一: what was spent and what each layer paid, by hospital."""
        self._table(
            book,
            "表一 按医疗机构",
            f"{self.heading}定点医疗机构{self.statement.benefits}汇总表",
            [*_HOSPITAL, *benefit_columns(self.statement), *self._changed_columns()],
            self.statement.hospitals,
            notes=(
                f"本表为已核定（已结算）的{'门诊和住院' if self.statement.has_outpatients else '住院'}；"
                "待核、拒付的见表二。人数合计按人去重。",
                *(
                    f"个人自付按应减免的{la.name}算，少减免、多减免的见各机构结算表。"
                    for la in self.statement.waivers
                ),
            ),
        )

    def payments(self, book: Book) -> None:
        """表二: what hospitals claimed and what each fund pays, together and fund by fund."""
        self._table(
            book,
            "表二 应拨资金",
            f"{self.heading}定点医疗机构垫付资金结算表",
            [*_HOSPITAL, *claim_columns("all"), *self._fund_columns()],
            self.statement.hospitals,
            notes=(SUM, *payment_lines(self.statement.funds, self.statement.total)),
        )
        if len(self.statement.documents):
            self._table(
                book,
                "表二 按政策文件",
                f"{self.heading}垫付资金结算表（按政策文件）",
                [_DOCUMENT, *claim_columns("all"), *self._fund_columns()],
                self.statement.documents,
                notes=("几种险种合在一栏的基金，各险种的钱按适用的文件在这里分开。",),
            )
        if len(self.statement.funds) < 2:
            return
        for index, fund in enumerate(self.statement.funds, 1):
            self._table(
                book,
                f"表二之{index} {fund.name}",
                f"{self.heading}{fund.name}结算表",
                [
                    *_HOSPITAL,
                    *claim_columns(fund.key),
                    Column(f"{fund.key}_payment_fen", "核定应拨", "yuan", total=True),
                ],
                self.statement.hospitals,
                notes=payment_lines((fund,), self.statement.total),
            )

    def groups(self, book: Book) -> None:
        """表三 to 表五: by category, by township, by level of hospital with the people who reached a limit."""
        levels = with_capped(self.statement, self.statement.levels, "level_name")
        kinds = (
            ("表三 按救助类别", "救助类别", "category", 22, self.statement.categories),
            ("表四 按乡镇", "乡镇", "township", 22, self.statement.townships),
            ("表五 按机构级别", "机构级别", "level_name", 12, levels),
        )
        capped = Column("capped", "封顶人数", "int", total=True)
        for name, title, key, width, rows in kinds:
            columns = [
                NUMBER,
                Column(key, title, width=width),
                *benefit_columns(self.statement, classes=key != "category"),
                *self._changed_columns(),
                *([capped] if key == "level_name" else []),
            ]
            self._table(
                book,
                name,
                f"{self.heading}{self.statement.benefits}汇总表（按{title}）",
                columns,
                rows,
            )

    def cares(self, book: Book) -> None:
        """表五 门诊和住院, where anybody was treated without a bed: by level, with the people who reached a limit."""
        if not self.statement.has_outpatients:
            return
        book.table_sheet(
            "表五 门诊和住院",
            f"{self.heading}门诊、住院补偿汇总表（按机构级别）",
            BY_CARE,
            care_rows(level_lines(counted(self.statement))),
            left=self.period,
            notes=(BY_CARE_NOTE,),
            signers=SIGNERS,
            totals=False,
        )

    def _changed_columns(self) -> list[Column]:
        """上期调整 and what is paid with it, beside what the period's own stays were paid."""
        if self.statement.run.info.ledger is None:
            return []
        return [
            Column("all_adjusted_fen", "上期调整", "yuan", total=True),
            Column("all_payment_fen", "核定应拨合计", "yuan", total=True),
        ]

    def indicators(self, book: Book) -> None:
        """表七: 指标, each with its definition."""
        sheet = book.sheet("表七 指标", [26, 18, 60])
        sheet.title(f"{self.heading}主要指标")
        sheet.line(self.period)
        made = figures(self.statement)
        sheet.paragraph(aided_line(made), bold=True)
        sheet.facts(("指标", "数值", "计算方法"), of_figures(made))

    def owed(self, book: Book) -> None:
        """表八: what patients are still owed, by village."""
        self._table(
            book,
            "表八 应补未补",
            f"{self.heading}应补未补名单",
            [
                NUMBER,
                Column("township", "乡镇", width=14),
                Column("village", "村", width=14),
                Column("name", "姓名", width=12),
                Column("id_shown", "证号后四位", width=11),
                Column("category", "救助类别", width=19),
                Column("hospital", "医疗机构", width=24),
                Column("stay_no", "住院号", width=14),
                Column("discharged_on", "出院日期", "date"),
                Column("total_fen", self.statement.bill, "yuan", total=True),
                Column("patient_owed_fen", "应补未补", "yuan", total=True),
            ],
            self.statement.owed,
            notes=("医疗机构少付、又没有被同一笔住院多付部分抵消的金额，应补给患者本人。",),
            optional=True,
        )

    def equations(self, book: Book) -> None:
        """表九: the check that nothing was lost, printed for everyone to follow."""
        self._table(
            book,
            "表九 勾稽",
            f"{self.heading}勾稽关系核对表",
            [
                NUMBER,
                Column("hospital", "医疗机构", width=24),
                Column("layer", "补偿种类", width=14),
                Column("claimed", "申报①", "yuan", total=True),
                Column("payable", "核付②", "yuan", total=True),
                Column("deducted", "扣减③", "yuan", total=True),
                Column("held", "待核④", "yuan", total=True),
                Column(
                    "gap",
                    "①−②−③−④",
                    "yuan",
                    12,
                    total=True,
                    less=("claimed", "payable", "deducted", "held"),
                ),
            ],
            numbered(self.statement.equations.drop("number")),
            notes=(
                "申报 = 核付 + 扣减 + 待核；末列应全部为 0。已冲销的住院不计入。",
                *(
                    f"{la.name}由医疗机构承担，不是基金支付，不列入。"
                    for la in self.statement.waivers
                ),
            ),
        )

    def beside_books(self, book: Book) -> None:
        """表十 to 表十二, beside a ledger: what changes for closed periods, what of them waits, the accounts."""
        if self.statement.run.info.ledger is None:
            return
        own = self.statement
        rows, title = (own.adjustments, own.late), f"{self.heading}上期调整明细表"
        adjustment_sheet(book, "表十 上期调整", title, self.period, own, rows, county=True)
        waiting, title = still_waiting(own.run), f"{self.heading}前期待核住院表"
        again = len(reported_again(own.run))
        waiting_sheet(book, "表十一 前期待核", title, self.period, waiting, again=again)
        account_sheet(book, "表十二 基金账户", f"{self.heading}各基金账户", self.period, own)

    def decisions(self, book: Book) -> None:
        """处理意见: what people decided, with their names."""
        if self.statement.run.info.decisions is not None:
            rows = decision_rows(self.statement.run)
            self._table(
                book,
                "处理意见",
                f"{self.heading}已执行的处理意见",
                decision_columns(),
                rows,
                optional=True,
            )

    def application(self, book: Book) -> None:
        """拨款申请表: what 县财政局 is asked to pay to whom, fund by fund."""
        office, _ = self.statement.run.info.offices
        unknown = self.statement.hospitals["account"].is_null().all()
        columns = [
            NUMBER,
            HOSPITAL,
            Column("payee", "收款单位", width=24),
            Column("bank", "开户银行", width=30, fill=unknown),
            Column("account", "账号", width=22, fill=unknown),
            *self._fund_columns(),
        ]
        sheet = book.wide_sheet("拨款申请表", columns)
        sheet.title(f"{self.heading}垫付资金拨款申请表")
        sheet.line(self._number(APPLICATION))
        sheet.line(self.period, "单位：元")
        sheet.paragraph(
            "县财政局：本期定点医疗机构垫付的补偿资金已经审核，核定应拨金额如下，请从各基金专户分别拨付。"
        )
        due = self.statement.hospitals.filter(pl.col("all_payment_fen") != 0)
        sheet.table(columns, numbered(due), main=True)
        for line in payment_lines(self.statement.funds, self.statement.total):
            sheet.paragraph(line)
        for line in kept_back_line(self.statement):
            sheet.paragraph(line)
        funds = [f"{fund.key}_payment_fen" for fund in self.statement.funds]
        if due.select(pl.any_horizontal(pl.col(funds) < 0).any()).item():
            sheet.paragraph(BELOW_ZERO)
        sheet.paragraph(f"申请单位（盖章）：{office}")
        sheet.signature(("经办", "单位负责人", "财政审核"))

    def _fund_columns(self) -> list[Column]:
        many = len(self.statement.funds) > 1
        funds = [
            Column(f"{fund.key}_payment_fen", fund.name, "yuan", total=True, group="核定应拨")
            for fund in self.statement.funds
        ]
        both = Column("all_payment_fen", "合计", "yuan", 14, total=True, group="核定应拨")
        return [*funds, both] if many else funds

    def _table(
        self,
        book: Book,
        name: str,
        title: str,
        columns: Sequence[Column],
        rows: pl.DataFrame,
        *,
        notes: Sequence[str] = (),
        optional: bool = False,
    ) -> None:
        book.table_sheet(
            name,
            title,
            columns,
            rows,
            left=self.period,
            notes=notes,
            signers=SIGNERS,
            known=self._people,
            optional=optional,
        )
