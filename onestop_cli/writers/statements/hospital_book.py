"""结算/机构/<hospital>.xlsx: the payment notice of one hospital, its stays, and every deduction with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.money import yuan
from onestop_cli.statements.care import OUTPATIENT, bill_of
from onestop_cli.statements.lines import BORNE, LIVE
from onestop_cli.statements.numbers import CLAIM, NOTICE, number_of
from onestop_cli.statements.patterns import patterns
from onestop_cli.statements.statement import Statement, numbered
from onestop_cli.writers.statements.claim_sheet import claim_sheet
from onestop_cli.writers.statements.columns import (
    BELOW_ZERO,
    BLANK,
    CLAIM_TO_PAYMENT,
    NUMBER,
    SUM,
    WHO,
    payment_pairs,
    say_left_out,
)
from onestop_cli.writers.statements.earlier_sheets import (
    NOTHING_EARLIER,
    EarlierRows,
    adjustment_sheet,
    waiting_sheet,
)
from onestop_cli.writers.statements.money_sheet import kept_back
from onestop_cli.writers.toolkit.columns import Column, Kind
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book, Sheet

_REASON = Column("reason", "原因", width=44)
_ROW = Column("row", "表内行号", "int", 6, align="center")


_CLAIMED = {"claimed": "申报", "paid": "应拨"}
_GIVEN = {"claimed": "已减免", "due": "应减免"}
"""What stands under a layer of a fund, and under what the hospital gives itself."""

_NOT_WAIVED = (
    "医院减免少于应减的（应减免未减免），由医疗机构退给患者，基金不支付，不计入应补未补；"
    "已由同一笔其他层多减的部分抵过的除外。"
)


@dataclass(frozen=True)
class HospitalAccount:
    """One hospital: its line of the county's table, its stays with reasons, its findings, its `number` among the
    hospitals; beside a ledger what changes for its closed stays and its late ones (`earlier`), those of its closed
    stays that still wait, and how many were only reported again."""

    line: Mapping[str, Any]
    stays: pl.DataFrame
    findings: pl.DataFrame
    number: int
    earlier: EarlierRows = NOTHING_EARLIER
    waiting: pl.DataFrame = field(default_factory=pl.DataFrame)
    again: int = 0


def write_hospital_book(statement: Statement, account: HospitalAccount, path: Path) -> None:
    """Write the statement of one hospital to `path`."""
    hospital = _HospitalBook(statement, account)
    with Book(path, title=hospital.heading) as book:
        notice = hospital.notice(book)
        hospital.claims(book)
        hospital.stay_list(book)
        hospital.deductions(book)
        hospital.held(book)
        hospital.taken_back(book)
        hospital.owed(book)
        hospital.causes(book)
        hospital.beside_books(book)
        say_left_out(notice, book)


class _HospitalBook:
    """The sheets of the book, each a method."""

    def __init__(self, statement: Statement, account: HospitalAccount) -> None:
        self.statement, self.account = statement, account
        run = statement.run
        self.name = str(account.line["hospital"])
        self.heading = f"{run.county}{run.period.chinese}"
        self.left = f"医疗机构：{self.name}　　结算期：{run.period.first} 至 {run.period.last}"

    def notice(self, book: Book) -> Sheet:
        """拨付通知单: what each fund pays, in figures and in 大写."""
        line = self.account.line
        sheet = book.sheet("拨付通知单", [26, 18, 18, 18], portrait=True)
        sheet.title(f"{self.heading}垫付资金拨付通知单")
        sheet.line(f"编号：{self._number(NOTICE)}", "单位：元")
        sheet.pairs(
            [
                ("医疗机构", self.name, "text"),
                ("收款单位", line["payee"], "text"),
                ("开户银行", line["bank"] or BLANK, "text"),
                ("账号", line["account"] or BLANK, "text"),
                ("机构级别", str(line["level_name"]), "text"),
                ("结算期", self.statement.run.period.chinese, "text"),
                ("申报人次", line["claims"], "int"),
                ("核定人次", line["stays"], "int"),
                *self._cares(),
                *self._from_claim_to_payment(),
                *payment_pairs(self.statement.funds, line),
                *kept_back(self.statement, line),
            ]
        )
        sheet.paragraph(f"{SUM}各项明细见后附各表。")
        if any(line[f"{fund.key}_payment_fen"] < 0 for fund in self.statement.funds):
            sheet.paragraph(BELOW_ZERO)
        if line["patient_owed_fen"]:
            sheet.paragraph("另有应补给患者的金额，见“应补与调整”表，不在应拨之内。")
        sheet.signature(SIGNERS)
        sheet.paragraph("经办机构（盖章）：")
        return sheet

    def _cares(self) -> list[tuple[str, str | int, Kind]]:
        """门诊 and 住院, where the hospital has both or visits only."""
        if not self._has_visits:
            return []
        settled = self.account.stays.filter("settled").sort(pl.col("care") != OUTPATIENT)
        rows = settled.group_by("care", maintain_order=True).agg(
            pl.len().alias("stays"), pl.col("total_fen", "all_paid_fen").sum()
        )
        return [
            (
                f"　其中：{row['care']}",
                f"{row['stays']:,} 人次，费用 {yuan(row['total_fen'])} 元，补偿 {yuan(row['all_paid_fen'])} 元",
                "text",
            )
            for row in rows.iter_rows(named=True)
        ]

    @property
    def _has_visits(self) -> bool:
        """Whether anybody was treated here without a bed (门诊)."""
        return bool((self.account.stays["care"] == OUTPATIENT).any())

    def _from_claim_to_payment(self) -> list[tuple[str, str | int, Kind]]:
        line = self.account.line
        return [
            (title, line[f"all_{side}_fen"], "yuan") for side, title in CLAIM_TO_PAYMENT.items()
        ]

    def claims(self, book: Book) -> None:
        """结算申报表, to be signed by the hospital."""
        stays = self.account.stays
        left = f"编号：{self._number(CLAIM)}　　{self.left}"
        claim_sheet(book, f"{self.heading}定点医疗机构结算申报表", left, self.statement, stays)

    def stay_list(self, book: Book) -> None:
        """垫付明细花名册: every stay of the hospital, in the order of its file."""
        amounts = [
            Column(f"{layer.id}_{side}_fen", title, "yuan", 12, total=True, group=layer.name)
            for layer in self.statement.layers
            for side, title in (_GIVEN if layer.kind == "waiver" else _CLAIMED).items()
        ]
        columns = [
            *WHO,
            *self._kind_of_care(),
            Column("admitted_on", "入院日期", "date"),
            Column("discharged_on", "出院日期", "date"),
            Column("total_fen", bill_of(self._has_visits), "yuan", total=True),
            Column("eligible_fen", "可补偿费用", "yuan", total=True),
            *amounts,
            *self._borne(),
            Column("self_fen", "个人自付", "yuan", 12, total=True),
            Column("status_name", "状态", width=8, align="center"),
            *self._late(),
            _ROW,
        ]
        live = self.account.stays.filter(LIVE)
        kept = bool((self.account.stays[BORNE].fill_null(0) < 0).any())
        notes = ("医院承担为负数的，是费用低于结算价的结余，归医疗机构。",) if kept else ()
        self._table(book, "垫付明细花名册", columns, live, notes)

    def _borne(self) -> list[Column]:
        """What the hospital bears itself, where it does: above the price of a 单病种, or of the days in bed."""
        some = self.account.stays[BORNE].fill_null(0).abs().sum()
        return [Column(BORNE, "医院承担", "yuan", 12, total=True)] if some else []

    def _kind_of_care(self) -> list[Column]:
        """门诊 or 住院, where there is a choice."""
        kind = Column("care", "就诊方式", width=8, align="center")
        return [kind] if self._has_visits else []

    def _late(self) -> list[Column]:
        """The period a stay belongs to, where a ledger can tell."""
        known = self.statement.run.info.ledger is not None
        return [Column("belongs_to", "所属期", width=9, align="center")] if known else []

    def deductions(self, book: Book) -> None:
        """扣减明细: per layer what was claimed, what is due and what is taken off, and why."""
        amounts = [
            Column(f"{layer.id}_{side}_fen", title, "yuan", 12, total=True, group=layer.name)
            for layer in self.statement.paying
            for side, title in (("claimed", "申报"), ("due", "应为"), ("deducted", "扣减"))
        ]
        whole = Column("all_deducted_fen", "扣减合计", "yuan", 12, total=True)
        columns = [*WHO, *amounts, whole, _ROW, _REASON]
        self._chosen(book, "扣减明细", columns, pl.col("all_deducted_fen") > 0)

    def held(self, book: Book) -> None:
        """待核: stays that wait for an answer, with what they wait for."""
        amounts = [
            Column(f"{layer.id}_held_fen", layer.name, "yuan", 12, total=True, group="待核金额")
            for layer in self.statement.paying
        ]
        days = [
            Column("admitted_on", "入院日期", "date"),
            Column("discharged_on", "出院日期", "date"),
        ]
        columns = [*WHO, *days, *amounts, _ROW, _REASON]
        self._chosen(
            book,
            "待核",
            columns,
            (pl.col("status") == "held") | (pl.col("all_held_fen") > 0),
            notes=("待核的住院本期不拨付。请按原因改正后重新报送，或提交书面处理意见。",),
        )

    def taken_back(self, book: Book) -> None:
        """已冲销: rows that were taken back, and those that take them back; where there are any."""
        rows = self.account.stays.filter(pl.col("status") == "reversed")
        if rows.is_empty():
            return
        columns = [
            *WHO,
            Column("admitted_on", "入院日期", "date"),
            Column("discharged_on", "出院日期", "date"),
            Column("settled_on", "结算日期", "date"),
            Column("total_fen", "住院总费用", "yuan", total=True),
            Column("all_claimed_fen", "申报", "yuan", total=True),
            _ROW,
        ]
        paired = rows.sort("stay_no", "admitted_on", "settled_on", "row")
        note = "一正一负相抵，各行都不计入申报和应拨；冲的是前期住院的，见“上期调整”。"
        self._table(book, "已冲销", columns, paired, (note,))

    def owed(self, book: Book) -> None:
        """应补与调整: layers paid too low, made up from the same stay or owed to the patient."""
        amounts = [
            Column(f"{layer.id}_{side}_fen", title, "yuan", 12, total=True, group=layer.name)
            for layer in self.statement.layers
            for side, title in (
                ("shortfall", "少减免" if layer.kind == "waiver" else "少付"),
                ("offset", "层间调整"),
            )
        ]
        owed = Column("patient_owed_fen", "应补未补", "yuan", 12, total=True)
        columns = [*WHO, *amounts, owed, _ROW, _REASON]
        short = pl.sum_horizontal(f"{la.id}_shortfall_fen" for la in self.statement.layers)
        self._chosen(
            book,
            "应补与调整",
            columns,
            short > 0,
            notes=(
                "同一笔住院一项多付、另一项少付的，可以相抵的部分作层间调整，由少付的基金拨给医疗机构；"
                "抵不掉的少付部分应补给患者。",
                *((_NOT_WAIVED,) if self.statement.waivers else ()),
            ),
        )

    def causes(self, book: Book) -> None:
        """主要原因: what happens again and again, largest amounts first."""
        columns = [
            NUMBER,
            Column("layer_name", "补偿种类", width=14),
            Column("way", "多付/少付", width=10, align="center"),
            Column("code", "代码", width=7, align="center"),
            Column("title", "问题", width=20),
            Column("likeliest", "最可能的原因", width=35),
            Column("when", "月份", width=12, align="center"),
            Column("cases", "例数", "int", total=True),
            Column("amount_fen", "金额", "yuan", total=True),
        ]
        self._table(book, "主要原因", columns, patterns(self.account.findings))

    def beside_books(self, book: Book) -> None:
        """上期调整 and 前期待核: what changes for stays of closed periods, and which of them still wait."""
        if self.statement.run.info.ledger is None:
            return
        own, left = self.account, self.left
        title = f"{self.heading}上期调整"
        adjustment_sheet(book, "上期调整", title, left, self.statement, own.earlier)
        title = f"{self.heading}前期待核"
        waiting_sheet(book, "前期待核", title, left, own.waiting, again=own.again, county=False)

    def _number(self, kind: str) -> str:
        return number_of(self.statement.run, kind, self.account.number)

    def _chosen(
        self,
        book: Book,
        name: str,
        columns: Sequence[Column],
        which: pl.Expr,
        notes: Sequence[str] = (),
    ) -> None:
        self._table(book, name, columns, self.account.stays.filter(which), notes)

    def _table(
        self,
        book: Book,
        name: str,
        columns: Sequence[Column],
        rows: pl.DataFrame,
        notes: Sequence[str] = (),
    ) -> None:
        book.table_sheet(
            name,
            f"{self.heading}{name}",
            columns,
            numbered(rows),
            left=self.left,
            notes=notes,
            signers=SIGNERS,
            optional=True,
        )
