"""Sheets beside the books: what changes for earlier periods, what of them still waits, and both funds' accounts."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from onestop_cli.money import yuan
from onestop_cli.statements.funds import Fund
from onestop_cli.statements.statement import Statement, numbered
from onestop_cli.writers.statements.columns import HOSPITAL, WHO, adjustment_columns, late_columns
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book

_WAITING = (
    Column("period", "所属期", width=9, align="center"),
    Column("days", "待核天数", "int", 9),
    Column("reason", "原因", width=40),
    Column("held_fen", "待核金额", "yuan", total=True),
)


EarlierRows = tuple[pl.DataFrame, pl.DataFrame]
"""Lines that set closed stays right, and late stays of earlier periods."""
NOTHING_EARLIER: EarlierRows = (pl.DataFrame(), pl.DataFrame())


def earlier_of(statement: Statement, hospital: str) -> EarlierRows:
    """Those of one hospital."""
    changes, late = statement.adjustments, statement.late
    return numbered(changes.filter(hospital=hospital)), numbered(late.filter(hospital=hospital))


def adjustment_sheet(
    book: Book,
    name: str,
    title: str,
    left: str,
    statement: Statement,
    rows: EarlierRows,
    *,
    county: bool = False,
) -> None:
    """上期调整: lines that set closed stays right, and late stays of earlier periods; with their hospitals in the book
    of the `county`."""
    changes, late = rows
    columns, more = adjustment_columns(statement), late_columns(statement)
    if county:
        columns.insert(1, HOSPITAL)
        more.insert(1, HOSPITAL)
    if changes.is_empty() and late.is_empty():
        book.left_out.append(name)
        return
    sheet = book.wide_sheet(name, columns)
    sheet.title(title)
    sheet.line(left, "单位：元")
    sheet.table(columns, numbered(changes.filter(~pl.col("again") & _moved(columns))), main=True)
    again = changes.filter("again")
    if len(again):
        held = yuan(int(again["changed_held_fen"].sum()))
        sheet.paragraph(
            f"前期已结算又报来的（ST07）有 {len(again):,} 行这次再次报来，待核增减 {held}，不涉及应拨，不逐笔列出。"
        )
    sheet.heading("补报的上期住院（已在本期申报和应拨之内）")
    sheet.table(more, late)
    for text in _earlier(statement.funds, pl.concat([changes, late], how="diagonal")):
        sheet.paragraph(text)
    sheet.signature(SIGNERS)


def _moved(columns: Sequence[Column]) -> pl.Expr:
    """Lines that change an amount; others only keep what was decided or put right."""
    return pl.any_horizontal(pl.col(c.key).fill_null(0) != 0 for c in columns if c.kind == "yuan")


def _earlier(funds: Sequence[Fund], lines: pl.DataFrame) -> list[str]:
    """属前期 of every fund in a sentence: the figure the books have too."""
    texts = []
    for fund in funds:
        adjusted, late, extra = (
            int(lines[f"{fund.key}_{side}_fen"].fill_null(0).sum())
            for side in ("adjusted", "paid", "supplement")
        )
        texts.append(
            f"{fund.name}本期核定中属前期的：上期调整 {yuan(adjusted)} + 补报 {yuan(late)}"
            f" + 补发患者 {yuan(extra)} = {yuan(adjusted + late + extra)}"
        )
    return texts


def waiting_sheet(
    book: Book,
    name: str,
    title: str,
    left: str,
    waiting: pl.DataFrame,
    *,
    again: int,
    county: bool = True,
) -> None:
    """前期待核: stays of closed periods that still wait, oldest first. `again`: rows left out, since they only report a
    settled stay once more."""
    left_out = (
        [f"另有 {again:,} 行是前期已结算又报来的（ST07），不必处理，不逐笔列出。"] if again else []
    )
    who = [column for column in WHO if column.key != "category"]
    if county:
        who.insert(1, HOSPITAL)
    book.table_sheet(
        name,
        title,
        [*who, *_WAITING],
        waiting,
        left=left,
        notes=(
            "前期关账时待核或后来转为待核、至今还没有定的住院；天数从所属期末算到本期末。要处理的，在差错清单.xlsx 的"
            "“全部差错”里照所属期填写处理意见。",
            *left_out,
        ),
        signers=SIGNERS,
        optional=not again,
    )


_BY_HAND = Column("person_fen", "零星报销付本人", "yuan", 16, group="其中")


def account_sheet(book: Book, name: str, title: str, left: str, statement: Statement) -> None:
    """基金账户: every fund's account by itself, from the opening to the closing balance."""
    columns = [
        Column("fund", "基金", width=22),
        Column("opening_fen", "上期结余①", "yuan", 16),
        Column("advanced_fen", "本期预拨②", "yuan", 16),
        Column("approved_fen", "本期核定③", "yuan", 16),
        Column("payment_fen", "拨付医疗机构", "yuan", 16, group="其中"),
        *([_BY_HAND] if statement.to_people else ()),
        Column("supplement_fen", "补发患者", "yuan", 14, group="其中"),
        Column("earlier_fen", "属前期", "yuan", 14, group="其中"),
        Column("deducted_fen", "审核扣减", "yuan", 14),
        Column("balance_fen", "期末结余①+②−③", "yuan", 17),
    ]
    rows = [_account(statement, fund) for fund in statement.funds]
    schema = {c.key: pl.String if c.key == "fund" else pl.Int64 for c in columns}
    book.table_sheet(
        name,
        title,
        columns,
        pl.DataFrame(rows, schema=schema),
        left=left,
        totals=False,
        notes=(
            "各基金分别建账，互不相抵。期末结余为负数的是应补拨。第一期没有往期账目，结余由经办人填写。",
        ),
        signers=SIGNERS,
    )


def _account(statement: Statement, fund: Fund) -> dict[str, int | str | None]:
    sides = ("payment", "supplement", "earlier", "deducted")
    row = {f"{side}_fen": statement.total[f"{fund.key}_{side}_fen"] for side in sides}
    approved = row["payment_fen"] + row["supplement_fen"]
    row["person_fen"] = statement.to_people.get(f"{fund.key}_payment_fen", 0)
    row["payment_fen"] -= row["person_fen"]
    known = statement.run.info.accounts.get(fund.name)
    if not known:
        return {**row, "fund": fund.name, "approved_fen": approved}
    left = known.opening_fen + known.advanced_fen - approved
    return {
        **row,
        **known.model_dump(),
        "fund": fund.name,
        "approved_fen": approved,
        "balance_fen": left,
    }
