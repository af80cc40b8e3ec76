"""Books on a screen of 80 columns: what a closing did, how the accounts stand, whether everything agrees."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onestop_cli.core.pending import REPORTED_AGAIN
from onestop_cli.ledger.accounts import AccountLine
from onestop_cli.ledger.books import Closing
from onestop_cli.ledger.closing import Closed, Why
from onestop_cli.ledger.opening import Opening
from onestop_cli.ledger.trial_balance import AccountBalance
from onestop_cli.money import yuan
from onestop_cli.run import Run
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.toolkit.console import clean, console_for, noted


def show_opened(path: Path, opening: Opening) -> None:
    """What new books begin with."""
    console = console_for(sys.stdout)
    console.print(f"已开账：{clean(str(path))}", style="bold", soft_wrap=True)
    console.print(f"起始日 {opening.first_day}；这一天以前结算的住院不归这本台账（ST04），不作补报")
    if rows := len(opening.brought):
        people, paid = (
            opening.brought["id_no"].n_unique(),
            yuan(int(opening.brought["paid_fen"].sum())),
        )
        console.print(f"期初 {rows:,} 行，{people:,} 人，已补偿 {paid} 元，计入当年的累计")
    for fund, fen in opening.balances.items():
        console.print(f"{clean(fund)}期初结余 {yuan(fen)} 元")


def show_plan(run: Run, ledger: Path, notes: Sequence[str], why: Why) -> None:
    """What is about to be posted."""
    console, statement = console_for(sys.stdout), Statement(run)
    total = statement.total
    console.print(f"{clean(run.county)} {run.period.chinese} 将要关账", style="bold")
    console.print(
        f"核定 {total['stays']:,} 笔，待核 {total['held_stays']:,}，拒付 {total['rejected_stays']:,}；"
        f"上期调整 {len(run.adjustments):,} 笔；记入 {clean(str(ledger))}",
        soft_wrap=True,
    )
    for fund in statement.funds:
        payment, extra = (total[f"{fund.key}_{side}_fen"] for side in ("payment", "supplement"))
        person = statement.to_people.get(f"{fund.key}_payment_fen", 0)
        more = f"，零星报销付本人 {yuan(person)} 元" if person else ""
        more += f"，补发患者 {yuan(extra)} 元" if extra else ""
        console.print(f"{clean(fund.name)}应拨医疗机构 {yuan(payment - person)} 元{more}")
    for note in notes:
        noted(console, note)
    for doubt in why.doubts:
        console.print(f"有疑点仍然关账：{clean(doubt)}；原因：{clean(why.reason)}", style="yellow")
    console.print()


def show_reopening(closing: Closing) -> None:
    """Which closing would be taken back."""
    console = console_for(sys.stdout)
    when = closing.entry.booked_at[:16].replace("T", " ")
    console.print(
        f"将要撤销：{closing.period.chinese}的关账（{when}，经办 {clean(closing.entry.operator)}），"
        f"住院 {closing.stays:,} 笔，上期调整 {closing.changes:,} 笔"
    )


def show_reopened(closing: Closing, path: Path) -> None:
    """That it was, and what comes next."""
    console = console_for(sys.stdout)
    console.print(
        f"{closing.period.chinese}的关账已撤销，撤销也记在台账里：{clean(str(path))}",
        soft_wrap=True,
    )
    console.print(f"请重新核对（onestop reconcile --period {closing.period.id}），再关账")


def show_closed(done: Closed) -> None:
    """What was posted, and what each fund owes by it."""
    console = console_for(sys.stdout)
    period = done.run.period
    console.print(f"{clean(done.run.county)} {period.chinese} 已关账", style="bold")
    posted = done.posted
    console.print(
        f"记入台账：住院 {posted.stays:,} 笔，上期调整 {posted.adjustments:,} 笔，分录 {posted.lines:,} 行"
    )
    if posted.outside:
        console.print(f"另有 {posted.outside:,} 行不属本期（ST04），未入账，留给所属的那一期")
    console.print()
    console.print(account_table(f"{period.chinese}资金（元）", done.accounts, name="fund"))
    if posted.outdated:
        console.print("\n核对之后又记了预拨：结算表上的预拨和结余是核对时的，以上表（台账）为准")
    if done.waiting:
        console.print(f"\n历期待核住院共 {done.waiting:,} 笔，在下期结算表中继续列出")
    console.print(f"台账：{clean(str(done.ledger))}", soft_wrap=True)
    console.print("本期不能再改；更正、红冲、补报在下期作为上期调整。请把台账文件另存一份备份。")


def show_books(
    closings: pl.DataFrame,
    accounts: Sequence[AccountLine],
    trial: Sequence[AccountBalance],
    pending: pl.DataFrame,
    owed: int,
    digest: str,
) -> None:
    """Closed periods, each fund's account period by period, the trial balance, what still waits, the last digest."""
    console = console_for(sys.stdout)
    _closings(console, closings)
    for fund in dict.fromkeys(line.fund for line in accounts):
        lines = [line for line in accounts if line.fund == fund]
        console.print()
        console.print(account_table(f"{fund}（元）", lines, name="period"))
    console.print()
    _trial(console, trial)
    waiting = pending.filter(~REPORTED_AGAIN)
    if len(waiting):
        held, first = yuan(int(waiting["held_fen"].sum())), str(waiting["period"].min())
        console.print(f"待核住院 {len(waiting):,} 笔，{held} 元；最早的属 {first}")
    if again := len(pending) - len(waiting):
        console.print(f"另有前期已结算又报来的 {again:,} 行（ST07），不必处理")
    if owed:
        console.print(f"应补未补 {yuan(owed)} 元，尚未补给患者")
    console.print(f"台账校验值：{digest}", soft_wrap=True)


def show_advance(lines: Sequence[AccountLine], fund: str, what: str = "预拨") -> None:
    """A fund's account after an advance or an income (`what`) was booked."""
    console = console_for(sys.stdout)
    console.print(f"{what}已记入台账")
    console.print(account_table(f"{fund}（元）", lines, name="period"))


def show_advances(rows: pl.DataFrame) -> None:
    """Every advance with its number, and which was taken back."""
    console = console_for(sys.stdout)
    if rows.is_empty():
        console.print("台账里还没有预拨")
        return
    table = plain_table("预拨（元）", ["序号", "基金", "结算期", "到账日期", "说明"], ["金额"])
    for row in rows.iter_rows(named=True):
        note = f"冲销第 {row['corrects']} 号；{row['note']}" if row["corrects"] else row["note"]
        cells = (str(row["number"]), row["fund"], row["period"], row["booked_on"], note)
        table.add_row(*(clean(cell) for cell in cells), yuan(row["fen"]))
    console.print(table)


def show_owed(rows: pl.DataFrame, out: Path) -> None:
    """How much is owed to how many, and where the list is."""
    people, total = rows["number"].n_unique(), yuan(int(rows["fen"].sum()))
    console_for(sys.stdout).print(
        f"应补未补 {people:,} 笔住院，{total} 元，名单写到 {clean(str(out))}", soft_wrap=True
    )


def show_paid(rows: int, fen: int, unsigned: int, left: int) -> None:
    """What was booked as paid, and what is still owed."""
    console = console_for(sys.stdout)
    console.print(f"已记支付 {rows:,} 行，{yuan(fen)} 元；下次核对作为“补发”列入结算表，随关账入账")
    if unsigned:
        console.print(f"另有 {unsigned:,} 行没有签收，没有记")
    console.print(f"还没有补的 {yuan(left)} 元")


def show_verified(complaints: Sequence[str]) -> None:
    """Whether everything agrees, and what does not."""
    console = console_for(sys.stdout)
    if not complaints:
        console.print("台账完整，账目平衡：余额、控制数、待核和试算都相符", style="bold")
        return
    console.print(f"台账有 {len(complaints)} 处不符：", style="bold red")
    for number, complaint in enumerate(complaints, 1):
        console.print(f"{number}. {clean(complaint)}")
    console.print("请不要继续在这个文件上记账，换用最近一次的备份，并查明原因", style="dim")


def plain_table(title: str, left: Sequence[str], right: Sequence[str]) -> Table:
    """An empty table with a title: columns of texts, then of numbers."""
    table = Table(
        title=Text(clean(title), style="bold"), title_justify="left", box=None, padding=(0, 1)
    )
    for name in left:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _closings(console: Console, closings: pl.DataFrame) -> None:
    if closings.is_empty():
        console.print("台账里还没有关过账的结算期")
        return
    table = plain_table("已关账", ["结算期", "关账时间", "经办"], ["住院", "其中待核", "上期调整"])
    for row in closings.iter_rows(named=True):
        counts = (f"{row[name]:,}" for name in ("stays", "held", "changed"))
        when = row["closed_at"][:16].replace("T", " ")
        table.add_row(row["period"], when, clean(row["operator"]), *counts)
    console.print(table)


def account_table(title: str, lines: Sequence[AccountLine], *, name: str) -> Table:
    """上期结余 + 预拨 − 核定 = 期末结余, a row per period of a fund or per fund of a period."""
    heading = {"period": "结算期", "fund": "基金"}[name]
    second = any(line.second for line in lines)
    more = ["二次补偿"] if second else []
    table = plain_table(title, [heading], ["上期结余", "本期预拨", "本期核定", *more, "期末结余"])
    for line in lines:
        beside = (line.second,) if second else ()
        amounts = (line.opening, line.advanced, line.approved, *beside, line.balance)
        table.add_row(clean(getattr(line, name)), *(yuan(fen) for fen in amounts))
    return table


def _trial(console: Console, entries: Sequence[AccountBalance]) -> None:
    """Both sides, and whether they agree."""
    if not entries:
        return
    table = plain_table("试算平衡（元）", ["基金", "科目"], ["借方", "贷方"])
    shown = ""
    for entry in entries:
        fund, shown = ("" if entry.fund == shown else entry.fund), entry.fund
        sides = (yuan(fen) if fen else "" for fen in (entry.debit, entry.credit))
        table.add_row(clean(fund), entry.account, *sides)
    debit, credit = (sum(getattr(e, side) for e in entries) for side in ("debit", "credit"))
    table.add_row("合计", "", yuan(debit), yuan(credit), style="bold")
    console.print(table)
    console.print("借贷相等" if debit == credit else "借贷不等，请运行 onestop ledger verify")
