"""What a clerk sees in the terminal: progress, the summary of a run, and problems."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import polars as pl
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onestop_cli.errors import Problem
from onestop_cli.money import yuan
from onestop_cli.run import Run
from onestop_cli.statements.effects import effect_lines
from onestop_cli.statements.patterns import by_code, pattern_lines, shown_findings
from onestop_cli.statements.pending import still_waiting
from onestop_cli.statements.remarks import equation
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.toolkit.run_folder import (
    COUNTY_BOOK,
    FINDINGS_BOOK,
    HOSPITALS,
    PERSON_BOOK,
    REPORT,
    STATEMENTS,
)

_WIDTH = 80
_TOP, _TOP_PATTERNS = 8, 5
_NO_START = "，。、；：？！）》”"
"""Signs that begin no line."""


def console_for(stream: TextIO) -> Console:
    """A console of at most 80 columns; what an old code page cannot show becomes a question mark."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    console.width = min(console.width, _WIDTH) if console.is_terminal else _WIDTH
    return console


def clean(text: str) -> str:
    """A text from a file without anything a terminal would obey."""
    return "".join(char for char in text if unicodedata.category(char)[0] != "C")


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Yields a function that is told each stage; shown on stderr, as it goes or line by line."""
    console = console_for(sys.stderr)
    if quiet:
        yield lambda stage: None
    elif console.is_terminal:
        with console.status("准备") as status:
            yield lambda stage: status.update(clean(stage) + "…")
    else:
        yield lambda stage: console.print(f"{clean(stage)}…")


def folded(text: str, width: int, indent: str) -> list[str]:
    """A text in lines of at most `width` columns, broken between any two Chinese characters but not inside a word;
    all lines but the first begin with `indent`."""
    lines = [""]
    for piece in re.findall(r"[!-~]+|.", text):
        if cell_len(lines[-1] + piece) > width and lines[-1].strip() and piece not in _NO_START:
            lines.append(indent)
        if piece != " " or lines[-1].strip() or len(lines) == 1:
            lines[-1] += piece
    return lines


def noted(console: Console, text: str, mark: str = "注意：") -> None:
    """A sentence to be heeded, broken between characters."""
    for line in folded(f"{mark}{clean(text)}", console.width, ""):
        console.print(line, style="yellow", soft_wrap=True)


def problems(found: Sequence[Problem], stands: Sequence[str] = ()) -> None:
    """Why a run cannot be done: every problem with its place and its remedy, on stderr; `stands`: what was done all
    the same."""
    console = console_for(sys.stderr)
    head = f"没有运行：发现 {len(found)} 个问题，没有写出任何结果。"
    for line in stands or [head]:
        console.print(clean(line), style="bold red")
    for number, problem in enumerate(found, 1):
        place = f"{clean(problem.place)}：" if problem.place else ""
        for line in folded(f"{number}. {place}{clean(problem.what)}", console.width, "   "):
            console.print(line, soft_wrap=True)
        for line in folded(f"   → {clean(problem.remedy)}", console.width, "     "):
            console.print(line, style="dim", soft_wrap=True)


def summary(run: Run, out: Path) -> None:
    """The run at a glance on stdout: funds, equation, findings, patterns, files."""
    console = console_for(sys.stdout)
    statement = Statement(run)
    total = statement.total
    console.print(f"{clean(run.county)} {run.period.chinese} 一站式结算", style="bold")
    console.print(
        f"申报 {total['claims']:,} 笔：核定 {total['stays']:,}（{total['people']:,} 人），"
        f"待核 {total['held_stays']:,}，拒付 {total['rejected_stays']:,}"
    )
    if struck := statement.stays.filter(pl.col("status") == "reversed").height:
        console.print(f"另有已冲销 {struck:,} 行，不计入申报；共读入住院 {run.stays.height:,} 行")
    if waiting := still_waiting(run).height:
        console.print(f"前期待核 {waiting:,} 笔还没有定，见县级结算汇总“表十一”")
    for warning in run.info.warnings:
        _warning(console, str(warning))
    _decisions(console, run)
    console.print()
    console.print(_funds(statement))
    console.print(equation(statement))
    if total["all_adjusted_fen"]:
        console.print(f"应拨中含上期调整 {yuan(total['all_adjusted_fen'])} 元")
    people = statement.to_people
    if people.get("all_payment_fen"):
        console.print(
            f"应拨中含零星报销付本人 {people['stays']:,} 笔 {yuan(people['all_payment_fen'])} 元，"
            f"见 结算/{PERSON_BOOK}"
        )
    if total["patient_owed_fen"]:
        owed = statement.owed.height
        console.print(f"应补未补 {owed:,} 笔，{yuan(total['patient_owed_fen'])} 元，应补给患者")
    console.print()
    findings = shown_findings(run)
    console.print("没有发现差错" if findings.is_empty() else _findings(statement, findings))
    _patterns(console, findings)
    _files(console, out)


def _decisions(console: Console, run: Run) -> None:
    """What every decision changes, the first of them on the screen."""
    lines = effect_lines(run.info.decisions.lines) if run.info.decisions else []
    if not lines:
        return
    more = f"（前 {_TOP} 条，共 {len(lines):,} 条，全部在县级结算汇总的“处理意见”）"
    console.print(f"\n处理意见改变了什么{more if len(lines) > _TOP else ''}", style="bold")
    for line in lines[:_TOP]:
        for part in folded(f"· {clean(line)}", console.width, "  "):
            console.print(part, soft_wrap=True)


def _warning(console: Console, text: str) -> None:
    """What to know first; lines for onestop.toml stand by themselves, and a sum that holds is no warning."""
    first, *more = text.split("\n")
    if first.endswith("都相符"):
        console.print(clean(first), style="green")
        return
    noted(console, first)
    for line in more:
        console.print(f"  {clean(line)}", style="yellow", soft_wrap=True)


def new_table(title: str, left: Sequence[str], right: Sequence[str]) -> Table:
    """A table of the screen: columns of words, folded where it grows too wide, then columns of numbers, never cut."""
    table = Table(title=Text(title, style="bold"), title_justify="left", box=None, padding=(0, 1))
    for name in left:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _funds(statement: Statement) -> Table:
    """Per fund from claim to payment."""
    sides = {
        "申报": "claimed",
        "扣减": "deducted",
        "待核": "held",
        "层间调整": "offset",
        "应拨": "payment",
    }
    table = new_table("资金（元）", ["基金"], list(sides))
    lines = [(fund.name, fund.key) for fund in statement.funds]
    for name, key in [*lines, ("合计", "all")] if len(lines) > 1 else lines:
        amounts = [yuan(statement.total[f"{key}_{side}_fen"]) for side in sides.values()]
        table.add_row(clean(name), *amounts, style="bold" if key == "all" else "")
    return table


def _findings(statement: Statement, findings: pl.DataFrame) -> Table:
    """The findings with the largest amounts."""
    codes = by_code(statement, findings)
    amount = codes["over_fen"] + codes["under_fen"] + codes["held_fen"]
    top = codes.with_columns(amount_fen=amount).sort("amount_fen", "cases", descending=True)
    more = f"（前 {_TOP} 种，共 {len(top)} 种）" if len(top) > _TOP else ""
    table = new_table(f"差错{more}", ["代码", "问题", "后果"], ["条数", "涉及金额（元）"])
    for row in top.head(_TOP).iter_rows(named=True):
        table.add_row(
            row["code"],
            row["title"],
            row["severity_name"],
            f"{row['cases']:,}",
            yuan(row["amount_fen"]),
        )
    return table


def _patterns(console: Console, findings: pl.DataFrame) -> None:
    """What happens again and again."""
    if lines := pattern_lines(findings, _TOP_PATTERNS):
        console.print("\n最常见的问题", style="bold")
    for line in lines:
        console.print(Padding(Text(f"· {clean(line)}"), (0, 0, 0, 1)))


def _files(console: Console, out: Path) -> None:
    """Where the papers are."""
    console.print("\n文件", style="bold")
    for paper in (
        out / REPORT,
        out / FINDINGS_BOOK,
        out / STATEMENTS / COUNTY_BOOK,
        out / STATEMENTS / HOSPITALS,
    ):
        console.print(f"  {clean(str(paper))}", soft_wrap=True)
