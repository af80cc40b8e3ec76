"""`onestop ledger open|reopen|show|advance|income|month|pay|hospital|payout|second|report|verify|export`: the books."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ledger = typer.Typer(
    help="台账：开账、撤销关账、各期、资金账户、预拨、应补、机构往来、决算表、核验、导出。",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Ledger = Annotated[Path | None, typer.Option("--ledger", help="台账文件；默认按 onestop.toml")]


@ledger.command("open")
def open_(
    first_day: Annotated[
        str, typer.Option("--from", help="起始日：第一个结算期的第一天；之前的住院不归这本台账")
    ],
    file: Annotated[
        Path | None, typer.Argument(metavar="[LEDGER]", help="新台账文件；默认按 onestop.toml")
    ] = None,
    before: Annotated[
        Path | None,
        typer.Option("--before", help="期初.xlsx：起始日以前本年已经补偿的，每人每年度每种一行"),
    ] = None,
    balance: Annotated[
        list[str] | None,
        typer.Option("--balance", metavar="FUND=YUAN", help="基金的期初结余（元），可重复"),
    ] = None,
    ledger: Ledger = None,
) -> None:
    """开账：新建台账，写明起始日、期初和各基金的期初结余；不覆盖已有的。"""
    from datetime import datetime

    from onestop_cli.batch.ledger_open import OpeningOptions, open_ledger

    typed = OpeningOptions(first_day, before, balance or [])
    open_ledger(file or ledger, typed, datetime.now().astimezone())


@ledger.command()
def reopen(
    ledger: Ledger = None,
    reason: Annotated[str, typer.Option("--reason", help="为什么撤销，记入台账")] = "",
) -> None:
    """撤销最近一次关账（只能是最近的一期），然后可以重新核对、重新关账。"""
    from datetime import datetime

    from onestop_cli.batch.ledger_reopen import reopen_last
    from onestop_cli.commands.streams import agreed

    def ask() -> bool:
        return agreed("确定撤销这次关账请输入 是：")

    if not reopen_last(ledger, reason, datetime.now().astimezone(), ask):
        raise typer.Abort


@ledger.command()
def show(ledger: Ledger = None) -> None:
    """列出已关账各期、各基金的收支结余、试算平衡、待核和应补未补。"""
    from onestop_cli.batch.ledger import show as run

    run(ledger)


@ledger.command()
def advance(
    fund: Annotated[str | None, typer.Option("--fund", help="基金名称，如 医疗救助资金")] = None,
    period: Annotated[str | None, typer.Option("--period", help="记入哪一期，如 2010Q4")] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", help="金额（元）；收回写负数并用 --note 说明")
    ] = None,
    day: Annotated[str | None, typer.Option("--date", help="到账日期，默认今天")] = None,
    note: Annotated[str, typer.Option("--note", help="说明，如拨款文号")] = "",
    listed: Annotated[bool, typer.Option("--list", help="列出各笔预拨和序号")] = False,
    undo: Annotated[
        int | None, typer.Option("--undo", help="冲销记错的一笔：写它的序号，并用 --note 说明")
    ] = None,
    ledger: Ledger = None,
) -> None:
    """记一笔预拨（民政局、财政局预先拨来的资金），列出或冲销记错的。"""
    from datetime import datetime

    from onestop_cli.batch.ledger import AdvanceTyped, list_advances
    from onestop_cli.batch.ledger import advance as run

    if listed:
        list_advances(ledger)
        return
    typed = AdvanceTyped(fund, period, amount, day, note, undo)
    run(ledger, typed, datetime.now().astimezone())


@ledger.command()
def income(
    fund: Annotated[str | None, typer.Option("--fund", help="基金名称，如 新农合基金")] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="来源，如 中央财政、个人缴费")
    ] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", help="金额（元）；收回写负数并用 --note 说明")
    ] = None,
    day: Annotated[str | None, typer.Option("--date", help="到账日期，默认今天")] = None,
    year: Annotated[
        int | None,
        typer.Option("--year", help="哪一年度的筹资，默认到账的年份", min=1950, max=2200),
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="记入哪一期，默认到账的月份；那个月已关账的要写")
    ] = None,
    note: Annotated[str, typer.Option("--note", help="说明，如凭证号")] = "",
    listed: Annotated[bool, typer.Option("--list", help="列出各笔收入和序号")] = False,
    undo: Annotated[
        int | None, typer.Option("--undo", help="冲销记错的一笔：写它的序号，并用 --note 说明")
    ] = None,
    ledger: Ledger = None,
) -> None:
    """记一笔基金收入和它的来源（同一笔钱不再记预拨），列出或冲销记错的。"""
    from datetime import datetime

    from onestop_cli.batch.ledger_income import IncomeTyped, list_incomes
    from onestop_cli.batch.ledger_income import income as run

    if listed:
        list_incomes(ledger)
        return
    typed = IncomeTyped(fund, source, amount, day, year, period, note, undo)
    run(ledger, typed, datetime.now().astimezone())


@ledger.command()
def month(
    period: Annotated[str, typer.Option("--period", help="哪个月，如 2010-11；按季关账的也可以")],
    run: Annotated[
        Path | None,
        typer.Argument(metavar="[RUN]", help="还没有关账的：结算结果文件夹，默认最近一次核对"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="清算表、基金收支公示表写到这个 .xlsx，不覆盖已有的"),
    ] = None,
    on: Annotated[str | None, typer.Option("--on", help="按哪一天看期限，默认今天")] = None,
    ledger: Ledger = None,
) -> None:
    """月度清算表、基金收支公示表、未报送机构和期限；按季关账的县也可以逐月出。"""
    from datetime import datetime

    from onestop_cli.batch.ledger_month import show_of_month

    show_of_month(ledger, run, period, out, on, datetime.now().astimezone().date())


@ledger.command()
def pay(
    book: Annotated[
        Path | None, typer.Argument(metavar="[LEDGER]", help="台账文件；默认按 onestop.toml")
    ] = None,
    file: Annotated[
        Path | None, typer.Argument(metavar="应补名单", help="付过、签收过的应补名单.xlsx")
    ] = None,
    day: Annotated[
        str | None, typer.Option("--on", help="支付日期；名单上填了支付日期的行按名单")
    ] = None,
    listed: Annotated[
        Path | None, typer.Option("--list", help="把应补未补的人写成名单，不覆盖已有的")
    ] = None,
    ledger: Ledger = None,
) -> None:
    """应补未补：写出应补名单（--list），付过签收以后记入台账（--on）。"""
    from datetime import datetime

    from onestop_cli.batch.ledger_pay import book_paid, list_owed
    from onestop_cli.errors import stop

    if listed is not None:
        list_owed(book or ledger, listed)
        return
    if book is not None and file is None and book.suffix.lower() == ".xlsx":
        book, file = None, book
    if file is None or not day:
        raise stop(
            "没有给出应补名单或支付日期",
            "写名单用 onestop ledger pay --list 应补名单.xlsx；"
            "记支付用 onestop ledger pay 台账.sqlite 应补名单.xlsx --on 2011-01-20",
        )
    book_paid(book or ledger, file, day, datetime.now().astimezone())


@ledger.command("hospital")
def hospital_(
    what: Annotated[
        str | None,
        typer.Argument(metavar="已付|不予支付|退还保证金", help="不写则列出各机构的往来账"),
    ] = None,
    period: Annotated[str | None, typer.Option("--period", help="关过账的结算期")] = None,
    hospital: Annotated[
        str | None, typer.Option("--hospital", help="哪家机构；不写则全部未付的")
    ] = None,
    fund: Annotated[str | None, typer.Option("--fund", help="哪个基金；不写则各基金")] = None,
    amount: Annotated[
        str | None, typer.Option("--amount", help="金额（元）；不写则全部未付的（保证金：余额）")
    ] = None,
    day: Annotated[str | None, typer.Option("--on", help="支付日期")] = None,
    note: Annotated[str, typer.Option("--note", help="说明；不予支付和冲销必须写")] = "",
    listed: Annotated[bool, typer.Option("--list", help="列出各笔记账和序号")] = False,
    undo: Annotated[int | None, typer.Option("--undo", help="冲销记错的一笔：写它的序号")] = None,
    ledger: Ledger = None,
) -> None:
    """机构往来：已付和支付日期、不予支付、质量保证金和退还；县里在 onestop.toml 设了才记。"""
    from datetime import datetime

    from onestop_cli.batch.ledger_hospital import (
        HospitalTyped,
        hospital_money,
        list_hospital_postings,
    )

    if listed:
        list_hospital_postings(ledger)
        return
    typed = HospitalTyped(what, period, hospital, fund, amount, day, note, undo)
    hospital_money(ledger, typed, datetime.now().astimezone())


@ledger.command()
def payout(
    file: Annotated[
        Path | None, typer.Argument(metavar="发放名单", help="填好退回原因的发放名单.xlsx")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="新文件夹：银行文件、发放名单、各乡镇签收表")
    ] = None,
    done: Annotated[
        int | None, typer.Option("--done", help="银行办完的是第几批：记到账和退回", min=1)
    ] = None,
    day: Annotated[str | None, typer.Option("--on", help="到账日期")] = None,
    listed: Annotated[bool, typer.Option("--list", help="列出各批和结果")] = False,
    second: Annotated[
        int | None, typer.Option("--second", help="发放这一年记过账的二次补偿，而不是应补未补")
    ] = None,
    ledger: Ledger = None,
) -> None:
    """一卡通发放：应补未补按账户写成银行文件（--out），银行办完后记到账和退回（--done）。"""
    from datetime import datetime

    from onestop_cli.batch.ledger_payout import finish_payout, list_payouts, make_payout
    from onestop_cli.errors import stop

    now = datetime.now().astimezone()
    if listed:
        list_payouts(ledger)
    elif done is not None and file is not None and day:
        finish_payout(ledger, done, file, day, now)
    elif out is not None and done is None and file is None:
        make_payout(ledger, out, now, second)
    else:
        raise stop(
            "没有说要发放还是记结果",
            "发放用 onestop ledger payout --out 发放/1；"
            "银行办完后用 onestop ledger payout --done 1 发放/1/发放名单.xlsx --on 2011-03-01",
        )


@ledger.command()
def second(
    year: Annotated[int, typer.Option("--year", help="哪一年度")],
    out: Annotated[
        Path | None, typer.Option("--out", help="新文件夹：测算、名单、各乡镇公示")
    ] = None,
    book: Annotated[bool, typer.Option("--book", help="定了：记入台账；不写只测算")] = False,
    day: Annotated[str | None, typer.Option("--on", help="记账日期，默认今天")] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="记入哪一期，默认记账日期的月份")
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="冲销记过账的这一年，并用 --note 说明")
    ] = False,
    note: Annotated[str, typer.Option("--note", help="冲销的原因")] = "",
    ledger: Ledger = None,
) -> None:
    """大病二次补偿：按全年个人负担分段、限额压缩，先测算对基金的影响，定了再记账。"""
    from datetime import datetime

    from onestop_cli.batch.ledger_second import second as run
    from onestop_cli.batch.ledger_second import undo_second
    from onestop_cli.errors import stop

    now = datetime.now().astimezone()
    if undo:
        undo_second(ledger, year, period, note, now)
    elif out is None:
        raise stop("没有给出 --out", "请写一个新文件夹，例如 --out 二次补偿/2010")
    else:
        run(ledger, year, out, now, book=book, day=day, period=period)


@ledger.command()
def report(
    period: Annotated[
        str, typer.Option("--period", help="哪一段：2010（全年决算）、2010H2、2010Q4、2010-11")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="全部表格写到这个 .xlsx 文件，不覆盖已有的")
    ] = None,
    ledger: Ledger = None,
) -> None:
    """月报、季报、年度决算：已关账各期按期、机构、级别、类别、乡镇汇总，各基金收支和指标。"""
    from onestop_cli.batch.ledger_report import report_period

    report_period(ledger, period, out)


@ledger.command()
def verify(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[RUN]...", help="结算结果文件夹：同时核对是否就是关账的那一份"),
    ] = None,
    ledger: Ledger = None,
) -> None:
    """核验台账：文件完整，余额、控制数、待核与分录逐项重算相符；不符以 2 退出。"""
    from onestop_cli.batch.ledger import check

    if not check(ledger, runs or []):
        raise typer.Exit(2)


@ledger.command()
def export(
    out: Annotated[
        Path, typer.Option("--out", help="写到 .xlsx 工作簿，或一个新文件夹（CSV），不覆盖已有的")
    ],
    ledger: Ledger = None,
) -> None:
    """导出全部分录和账目，供审计使用；证号只留后四位。"""
    from onestop_cli.batch.ledger import export as run

    run(ledger, out)
    typer.echo(f"台账已导出到 {out}")
