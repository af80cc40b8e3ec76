"""`onestop ledger payout`: what patients are owed, credited to their accounts by the bank, and what became of it."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl

from onestop_cli.batch.books import operator, the_ledger
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_days import typed_day
from onestop_cli.county.sections import PAYOUT_FIELDS
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.ledger.chain import end_of
from onestop_cli.ledger.payouts import (
    PayoutLine,
    batch_under_way,
    batches,
    book_result,
    next_batch,
    send,
    sendable,
    sendable_second,
)
from onestop_cli.ledger.store import opened, snapshot
from onestop_cli.money import yuan
from onestop_cli.readers.account_list import read_accounts
from onestop_cli.readers.payout_list import read_returned
from onestop_cli.writers.ledger.payout_book import (
    LIST,
    BankForm,
    PayoutPaper,
    rows_by_person,
    write_payout,
)
from onestop_cli.writers.ledger.screen import plain_table
from onestop_cli.writers.toolkit.console import clean, console_for, heed
from onestop_cli.writers.toolkit.folder import refuse_existing, staged


def make_payout(ledger: Path | None, out: Path, now: datetime, second: int | None = None) -> None:
    """Write a batch of everything that is owed and not on its way, or of the 二次补偿 of the year `second`, and book
    that it was sent.

    Raises `CannotRun` for a bank's file that cannot be made, accounts that cannot be read, or nothing to send.
    """
    settings = county_settings()
    refuse_existing(out)
    form = _bank_form(settings)
    notes = list[str]()
    accounts = read_accounts(_account_files(settings), notes)
    with opened(the_ledger(ledger)) as books:
        seen, number = end_of(books)[0], next_batch(books)
        lines = sendable(books) if second is None else sendable_second(books, second)
        if lines.is_empty():
            what = (
                "应补未补"
                if second is None
                else f" {second} 年的二次补偿（先用 ledger second --book 记账）"
            )
            raise stop(f"台账里没有要发放的{what}", "在途的批次用 onestop ledger payout --list 看")
        if second is not None:
            form = replace(
                form, note=settings.second[second].name if second in settings.second else "二次补偿"
            )
        joined = lines.join(
            accounts.rename({"name": "named"}), on="id_no", how="left", maintain_order="left"
        )
        _refuse_other_names(joined)
        has = pl.col("account").is_not_null()
        rows, parts = rows_by_person(joined.filter(has), number)
        without = joined.filter(~has)
        paper = PayoutPaper(settings.county.name, number, rows, without, form)
        if rows.is_empty():
            raise stop(
                f"{len(without):,} 笔都没有账户",
                "请把账户填进账户名册（[payout] accounts）"
                + ("，或用 onestop ledger pay 付现、签收" if second is None else ""),
            )
        credits = [
            PayoutLine(at, row["name"], row["fund"], tuple(part))
            for at, (row, part) in enumerate(zip(rows.iter_rows(named=True), parts, strict=True), 1)
        ]
        with staged(out) as folder:
            write_payout(paper, folder)
            send(books, credits, operator(), now, seen)
    _show_sent(paper, out)
    heed(notes)


def _account_files(settings: Settings) -> list[Path]:
    files = [settings.folder / path for path in settings.payout.accounts]
    if not files:
        raise stop(
            "onestop.toml 没有写账户名册", '请在 [payout] 加一行 accounts = ["账户名册.xlsx"]'
        )
    return files


def _bank_form(settings: Settings) -> BankForm:
    """The bank's form; raises `CannotRun` naming columns nobody knows."""
    chosen = settings.payout
    strange = [v for v in chosen.columns.values() if v not in PAYOUT_FIELDS and v[:1] != "="]
    if strange:
        raise CannotRun(
            [
                Problem(
                    f"[payout.columns] 里的“{value}”不是能填的内容",
                    f'可写：{"、".join(PAYOUT_FIELDS)}；固定的文字前面加等号，如 "={value}"',
                )
                for value in strange
            ]
        )
    return BankForm(chosen.columns, chosen.note, chosen.encoding, chosen.header, chosen.separator)


def _refuse_other_names(joined: pl.DataFrame) -> None:
    """An account of that ID under another name is nobody's to pay to."""
    other = joined.filter(pl.col("named").is_not_null() & (pl.col("named") != pl.col("name")))
    if len(other):
        raise CannotRun(
            [
                Problem(
                    f"账户名册里证号尾号 {row['id_no'][-4:]} 的姓名是“{row['named']}”，台账上是“{row['name']}”",
                    "请核对是谁的证号，改正账户名册",
                )
                for row in other.unique("id_no", maintain_order=True).iter_rows(named=True)
            ]
        )


def _show_sent(paper: PayoutPaper, out: Path) -> None:
    console = console_for(sys.stdout)
    console.print(clean(f"{paper.title}已写到 {out}，记为在途"), style="bold", soft_wrap=True)
    for fund in paper.rows["fund"].unique(maintain_order=True):
        rows = paper.rows.filter(pl.col("fund") == fund)
        console.print(clean(f"{fund}：{len(rows):,} 笔，{yuan(int(rows['fen'].sum()))} 元"))
    again = int((paper.rows["tries"] > 0).sum())
    if again:
        console.print(f"其中以前退回过的 {again:,} 笔，请看发放名单的上次退回原因")
    shared = paper.rows.filter(pl.col("id_no").n_unique().over("account") > 1)
    if len(shared):
        console.print(f"有 {len(shared):,} 笔几人共用一个账号，请核对")
    if len(paper.without):
        fen = yuan(int(paper.without["fen"].sum()))
        console.print(f"没有账户的 {len(paper.without):,} 笔、{fen} 元没有发，列在“缺账户”")
    console.print("银行文件含完整账号和证号，只交银行，不要外传")
    console.print(
        f"银行办完以后：onestop ledger payout --done {paper.batch} {LIST} --on 日期", soft_wrap=True
    )


def finish_payout(ledger: Path | None, number: int, file: Path, day: str, now: datetime) -> None:
    """Book a batch's result out of the filled list: rows with a reason came back, the others were credited."""
    on = typed_day(day, "--on")
    if on > now.date():
        raise stop(f"到账日期 {on} 还没有到", "请核对 --on")
    notes = list[str]()
    with opened(the_ledger(ledger)) as books:
        batch = batch_under_way(books, number)
        if on.isoformat() < batch.sent_at[:10]:
            raise stop(f"到账日期 {on} 在发出的 {batch.sent_at[:10]} 之前", "请核对 --on")
        returned = read_returned(file, batch, notes)
        about = {"path": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        book_result(books, batch, returned, about, on, operator(), now)
    back = sum(line.fen for line in batch.lines if line.line in returned)
    console = console_for(sys.stdout)
    console.print(
        f"第 {number} 批：到账 {len(batch.lines) - len(returned):,} 笔，{yuan(batch.fen - back)} 元，"
        + ("二次补偿记账时已列支" if batch.of_second else "已记支付；下次核对作为“补发”列入结算表")
    )
    if returned:
        console.print(
            f"退回 {len(returned):,} 笔，{yuan(back)} 元，"
            + ("还没有发到" if batch.of_second else "仍是应补未补")
            + "，改好账户后下一批再发"
        )
    heed(notes)


def list_payouts(ledger: Path | None) -> None:
    """Show every batch and what became of it."""
    with opened(the_ledger(ledger)) as books, snapshot(books):
        found = batches(books)
    console = console_for(sys.stdout)
    if not found:
        console.print("还没有发放过")
        return
    table = plain_table("一卡通发放（元）", ["批次", "发出", "结果"], ["笔数", "金额", "退回"])
    for one in found:
        state = f"{one.on} 到账" if one.on else "在途"
        amounts = (f"{len(one.lines):,}", yuan(one.fen), yuan(one.returned_fen))
        table.add_row(str(one.number), one.sent_at[:10], state, *amounts)
    console.print(table)
