"""What changed between two runs, on the screen."""

from __future__ import annotations

import sys

from rich.console import Console

from onestop_cli.money import yuan
from onestop_cli.statements.comparison import RunComparison
from onestop_cli.writers.toolkit.console import clean, console_for, folded
from onestop_cli.writers.toolkit.screen import new_table

_TOP = 10


def show_comparison(found: RunComparison, names: tuple[str, str]) -> None:
    """What went in otherwise, totals, causes and the first stays."""
    console = console_for(sys.stdout)
    console.print(f"{clean(names[0])} → {clean(names[1])}", style="bold")
    _inputs(console, found)
    if found.same:
        console.print("\n结果没有不同。", style="green")
        return
    _totals(console, found)
    _codes(console, found)
    _stays(console, found)


def _inputs(console: Console, found: RunComparison) -> None:
    if not found.inputs:
        console.print("所用的文件、花名册、政策、处理意见和设置都相同。")
    for kind, text in found.inputs:
        for line in folded(f"· {kind}  {clean(text)}", console.width, "  "):
            console.print(line, soft_wrap=True)


def _totals(console: Console, found: RunComparison) -> None:
    table = new_table("合计（金额为元）", ["项目"], ["前次", "本次", "增减"])
    for title, before, after in found.totals:
        if before != after:
            table.add_row(clean(title), yuan(before), yuan(after), signed(after - before))
    for title, before, after in found.counted:
        if before != after:
            table.add_row(title, f"{before:,}", f"{after:,}", f"{after - before:+,}")
    console.print()
    console.print(table if table.rows else "合计没有不同。")


def _codes(console: Console, found: RunComparison) -> None:
    if found.codes.is_empty():
        return
    table = new_table("差错条数", ["代码", "问题"], ["前次", "本次"])
    for row in found.codes.iter_rows(named=True):
        table.add_row(row["code"], row["title"], f"{row['before']:,}", f"{row['after']:,}")
    console.print()
    console.print(table)


def _stays(console: Console, found: RunComparison) -> None:
    """Causes, then the stays with the largest change."""
    if found.stays.is_empty():
        return
    table = new_table("不同的住院", ["原因"], ["笔数", "应付增减（元）"])
    for row in found.causes.iter_rows(named=True):
        table.add_row(row["why"], f"{row['stays']:,}", signed(row["change_fen"]))
    console.print()
    console.print(table)
    largest = found.stays.sort(found.stays["change_fen"].abs(), descending=True)
    more = f"（变动最大的 {_TOP} 笔，共 {len(largest):,} 笔）" if len(largest) > _TOP else ""
    console.print(f"\n逐笔{more}", style="bold")
    for row in largest.head(_TOP).iter_rows(named=True):
        for line in folded(stay_line(row), console.width, "  "):
            console.print(line, soft_wrap=True)


def stay_line(row: dict[str, object]) -> str:
    """A changed stay as a sentence."""
    status = f"{row['status_before']} → {row['status_after']}"
    amounts = f"应付 {yuan(_fen(row, 'paid_before_fen'))} → {yuan(_fen(row, 'paid_after_fen'))}"
    who = " ".join(clean(str(row[key])) for key in ("hospital", "stay_no", "name") if row[key])
    return f"· {who}：{status}，{amounts}；{row['why']}：{clean(str(row['what']))}"


def _fen(row: dict[str, object], key: str) -> int:
    return int(str(row[key]))


def signed(fen: int) -> str:
    """A difference in yuan with its sign; nothing for none."""
    return f"+{yuan(fen)}" if fen > 0 else yuan(fen) if fen else "0.00"
