"""What a hospital sees of its own list."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import polars as pl

from onestop_cli.money import yuan
from onestop_cli.writers.toolkit.console import clean, console_for, folded
from onestop_cli.writers.toolkit.screen import new_table

_TOP = 15


@dataclass(frozen=True)
class CheckedList:
    """A list that was checked: its files, stays and total (fen), the documents it was held against, field → heading as
    understood, what could not be looked at, every line to mend (`ISSUES`), and how many of them must be mended."""

    files: tuple[str, ...]
    stays: int
    total_fen: int
    documents: tuple[str, ...]
    understood: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    issues: pl.DataFrame
    must: int


def show_checked(checked: CheckedList) -> None:
    """How the list was understood, what to mend by kind, the first lines, and whether it may be handed in."""
    console = console_for(sys.stdout)

    def say(text: str, style: str = "") -> None:
        for line in folded(clean(text), console.width, "  "):
            console.print(line, style=style, soft_wrap=True)

    say(
        f"{'、'.join(checked.files)}：{checked.stays:,} 笔，总费用 {yuan(checked.total_fen)} 元",
        "bold",
    )
    read = "、".join(t if t == head else f"{t}（{head}）" for t, head in checked.understood)
    say(f"读懂的列：{read}")
    if checked.documents:
        say(f"按 {'、'.join(checked.documents)} 核")
    for note in checked.notes:
        say(f"注意：{note}", "yellow")
    if checked.issues.is_empty():
        say("没有要改的，可以报送。", "green")
        return
    table = new_table("要改的", ["代码", "问题", "不改会怎样"], ["处数"])
    kinds = checked.issues.group_by("code", "title", "severity", maintain_order=True).len()
    for code, title, severity, count in kinds.iter_rows():
        table.add_row(code, title, _EFFECTS[severity], f"{count:,}")
    console.print()
    console.print(table)
    more = f"（前 {_TOP} 处，共 {len(checked.issues):,} 处；--out 清单.xlsx 写出全部）"
    console.print(f"\n逐处{more if len(checked.issues) > _TOP else ''}", style="bold")
    for row in checked.issues.head(_TOP).iter_rows(named=True):
        say(issue_line(row))
    must = f"有 {checked.must:,} 处要改好再报；" if checked.must else "没有必须改的，可以报送；"
    say(f"\n{must}其余 {len(checked.issues) - checked.must:,} 处请留意。", "bold")


_EFFECTS = {"blocks": "县里会暂停结算", "differs": "县里会改金额", "notes": "不影响金额"}


def issue_line(row: dict[str, object]) -> str:
    """One thing to mend, as a sentence."""
    place = f"{row['sheet']} " if row["sheet"] else ""
    place += f"第 {row['row']} 行" if row["row"] else str(row["source"] or "")
    who = " ".join(str(row[key]) for key in ("stay_no", "name") if row[key])
    return (
        f"· {place}{f' {who}' if who else ''}：{row['title']}（{row['message']}）→ {row['remedy']}"
    )
