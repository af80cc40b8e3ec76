"""How files were understood, on a screen of 80 columns."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from onestop_cli.tables.inspection import SheetInfo
from onestop_cli.tables.reading import SheetAccount
from onestop_cli.writers.toolkit.console import clean, console_for, noted, print_folded

_LEFT = {
    "title": "标题",
    "header": "表头",
    "blank": "空行",
    "total": "合计",
    "footer": "签名备注",
    "other": "其他",
    "copy": "重复",
}
_CONTAINERS = {
    "text": "文本文件",
    "html": "网页表格",
    "mhtml": "网页存档",
    "spreadsheetml": "XML 表格",
}
_MOST_PROBLEMS = 8


def show(seen: Sequence[SheetInfo], notes: Sequence[str] = ()) -> None:
    """Every sheet: what it was taken for, its columns, where its rows went, and what is doubtful; first `notes`."""
    console = console_for(sys.stdout)
    for note in notes:
        noted(console, note)
    for sheet in seen:
        _show_sheet(console, sheet)
        console.print()


def say(text: str) -> None:
    """One line on the screen."""
    console_for(sys.stdout).print(Text(clean(text)))


def _show_sheet(console: Console, sheet: SheetInfo) -> None:
    account = sheet.account
    place = f"{account.source} · 工作表“{account.sheet}”" if account.sheet else account.source
    console.print(Text(clean(place), style="bold"), soft_wrap=True)
    if sheet.what is None:
        _line(console, "、".join([*account.notes, f"共 {account.rows_read} 行"]))
    else:
        _line(console, "，".join(_facts(sheet)))
        console.print(_columns(sheet))
        if account.unused:
            _line(console, "没有用到的列：" + "、".join(account.unused))
    if sheet.what and sheet.read:
        _line(console, rows_line(account))
    for problem in sheet.problems[:_MOST_PROBLEMS]:
        row = f"第 {problem.row} 行：" if problem.row else ""
        _line(console, f"要解决：{row}{problem.what}", "bold red")
        _line(console, f"→ {problem.remedy}", "dim", 4)
    for proof in sheet.proofs:
        _line(console, f"验算 {proof}", "green")
    for doubt in sheet.doubts:
        first, *ready = doubt.split("\n")
        _line(console, f"请留意：{first}", "yellow")
        for line in ready:
            console.print(f"    {clean(line)}", style="yellow", soft_wrap=True)
    if sheet.read and not sheet.doubts:
        _line(console, "没有疑问", "green")


def _facts(sheet: SheetInfo) -> list[str]:
    """What it is, where its header stands, whose it is, in what unit."""
    account = sheet.account
    facts = [f"按{sheet.what}读（{_CONTAINERS.get(sheet.container, sheet.container)}）"]
    if account.header:
        first, last = account.header
        facts.append(f"表头第 {first} 行" if first == last else f"表头第 {first}–{last} 行")
    if account.hospital:
        facts.append(f"医疗机构“{account.hospital}”（设置、标题或文件名）")
    return [*facts, f"金额单位{account.unit}"] if sheet.what == "住院明细" else facts


def _columns(sheet: SheetInfo) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="bold")
    table.add_column("列", no_wrap=True)
    table.add_column("读成", no_wrap=True)
    table.add_column("表头", overflow="fold")
    table.add_column("写法", overflow="fold")
    table.add_column("样例", overflow="fold")
    for column in sheet.columns:
        cells = (column.letter, column.title, column.header, column.style, column.sample)
        table.add_row(*(Text(clean(cell)) for cell in cells))
    return table


def rows_line(account: SheetAccount) -> str:
    """`读到 80 行 = 数据 77 + 标题 1 + 表头 1 + 合计 1`."""
    parts = [f"数据 {account.taken}"]
    parts += [f"看不懂 {account.quarantined}"] if account.quarantined else []
    parts += [f"{_LEFT[kind]} {count}" for kind, count in account.left.items()]
    return f"读到 {account.rows_read} 行 = " + " + ".join(parts)


def _line(console: Console, text: str, style: str = "", indent: int = 2) -> None:
    """A sentence, folded under its indent."""
    print_folded(console, " " * indent + text, style, " " * indent)
