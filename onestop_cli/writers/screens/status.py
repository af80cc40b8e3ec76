"""Where a period stands, on the screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from onestop_cli.county.progress import InboxSummary, LastRun, Progress, next_step
from onestop_cli.writers.toolkit.console import clean, console_for, folded, noted, print_folded

_SHOWN = 5
_NAMES = 10
"""Columns that the names of the lines take, with what stands between."""


def show_standing(standing: Progress) -> None:
    """The inbox, the last run, papers and books, and the next step."""
    console = console_for(sys.stdout)
    title = " ".join(
        [standing.county or "××县", standing.period.chinese if standing.period else ""]
    )
    console.print(f"{clean(title.strip())} 一站式结算", style="bold")
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, words in _lines(standing):
        table.add_row(name, Text("\n".join(folded(clean(words), console.width - _NAMES, ""))))
    console.print(table)
    for problem in standing.inbox.problems[:_SHOWN]:
        place = f"{problem.place}：" if problem.place else ""
        print_folded(console, f"! {place}{problem.what}", "yellow", "  ")
        print_folded(console, f"  → {problem.remedy}", "dim", "    ")
    if more := standing.inbox.problems[_SHOWN:]:
        console.print(f"  还有 {len(more)} 个问题")
    for note in standing.inbox.notes:
        noted(console, note)
    if standing.astray:
        folder, other = standing.astray
        said = f"{folder} 核对的是 {other}，收件箱里多数住院不属于那一期；结算期写错了的，请移走那个文件夹"
        noted(console, said, "! ")
    step = next_step(standing)
    console.print(f"\n下一步：{clean(step.what)}", style="bold")
    for command in step.commands:
        console.print(f"  {clean(command)}", soft_wrap=True)


def _lines(standing: Progress) -> Iterator[tuple[str, str]]:
    inbox = standing.inbox
    yield "住院报表", _stays(inbox)
    yield (
        "花名册",
        f"{inbox.roster_files} 个文件，{inbox.people:,} 行" if inbox.people else "还没有",
    )
    yield "定点机构", _hospitals(inbox)
    yield "核对", _run(standing.run) if standing.run else "还没有"
    yield "公示", standing.published or "还没有"
    yield "检查", standing.inspected or "还没有"
    yield "关账", _closed(standing)


def _stays(inbox: InboxSummary) -> str:
    if not inbox.stays:
        return "还没有"
    days = f"，结算日期 {inbox.first} 至 {inbox.last}" if inbox.first else ""
    return f"{inbox.stay_files} 个文件，{inbox.stays:,} 笔{days}"


def _hospitals(inbox: InboxSummary) -> str:
    if not inbox.hospitals:
        return "名册还没有填"
    if not inbox.stays:
        return f"名册里 {inbox.hospitals} 家"
    if not inbox.silent:
        return f"名册里 {inbox.hospitals} 家，都有报表"
    shown = "、".join(inbox.silent[:_SHOWN])
    more = " 等" if len(inbox.silent) > _SHOWN else ""
    return f"名册里 {inbox.hospitals} 家，{len(inbox.silent)} 家没有报表：{shown}{more}"


def _run(run: LastRun) -> str:
    since = f"此后 {run.changed} 个文件有变动" if run.changed else "此后收件没有变动"
    return f"{run.folder}（{run.made}），待核 {run.held:,} 笔，拒付 {run.rejected:,} 笔；{since}"


def _closed(standing: Progress) -> str:
    if standing.done:
        return "本期已关账"
    return f"本期还没有，上次关的是 {standing.closed[0]}" if standing.closed else "还没有"
