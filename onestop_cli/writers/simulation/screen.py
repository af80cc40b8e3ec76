"""A simulation on a screen of 80 columns."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onestop_cli.money import percent, yuan
from onestop_cli.simulation.study import Study, Trial
from onestop_cli.writers.explain.screen import wrapped
from onestop_cli.writers.toolkit.console import clean, console_for

_CHANGES, _NAME = 6, 28


def show_study(study: Study, files: Sequence[Path]) -> None:
    """Today's rules, every variant beside them, and what must be known; `files`: the papers written."""
    console = console_for(sys.stdout)
    _say(console, f"{study.county} {study.periods} 政策测算", bold=True)
    _say(console, f"现行：{study.today}")
    if study.found:
        console.print()
        _say(
            console,
            f"【求解】{study.found.fund}恰好用完 {yuan(study.found.search.budget_fen)} 元",
            bold=True,
        )
        _say(console, study.found.sentence, indent=2)
    if len(study.tried) > 1:
        console.print()
        console.print(_overview(study.tried))
    for number, tried in enumerate(study.tried, 1):
        console.print()
        title = f"方案 {number}" if len(study.tried) > 1 else "方案"
        _say(console, f"【{title}】{tried.name}", bold=True)
        _variant(console, tried, alone=len(study.tried) == 1)
    console.print()
    _say(console, "说明", bold=True)
    _bullets(console, study.caveats)
    if files:
        console.print()
        _say(console, "文件", bold=True)
        for file in files:
            console.print(f"  {clean(str(file))}", soft_wrap=True)


def _overview(tried: Sequence[Trial]) -> Table:
    table = _table("各方案", ["方案"], ["基金支出（元）", "增减（元）", "多得", "少得"])
    table.columns[0].width = _NAME
    for number, one in enumerate(tried, 1):
        table.add_row(
            clean(f"{number} {one.name}"),
            yuan(one.total["after_fen"]),
            _signed(one.total["change_fen"]),
            f"{one.people.gain:,} 人",
            f"{one.people.lose:,} 人",
        )
    return table


def _variant(console: Console, tried: Trial, *, alone: bool) -> None:
    changes = tried.comparison.variant.changes
    for change in changes[:_CHANGES]:
        _say(console, f"{change.group} · {change.sentence}", indent=2)
    if len(changes) > _CHANGES:
        _say(console, f"……共改动 {len(changes)} 处", indent=2)
    table = _table("", ["基金支出（元）"], ["现行", "方案", "增减", "增减比例"])
    for row in tried.money.iter_rows(named=True):
        amounts = [yuan(row["before_fen"]), yuan(row["after_fen"]), _signed(row["change_fen"])]
        rate = percent(row["change_fen"], row["before_fen"])
        table.add_row(
            clean(row["name"]), *amounts, rate, style="bold" if row["name"] == "合计" else ""
        )
    console.print(Padding(table, (0, 0, 0, 1), expand=False))
    for sentence in tried.sentences:
        _say(console, sentence, indent=2)
    if alone and not tried.largest.is_empty():
        console.print()
        console.print(_largest(tried))
    if tried.caveats:
        console.print()
        _bullets(console, tried.caveats)


def _largest(tried: Trial) -> Table:
    table = _table(
        f"变化最大的 {tried.largest.height} 笔（元）",
        ["医疗机构", "住院号"],
        ["现行", "方案", "增减"],
    )
    for row in tried.largest.iter_rows(named=True):
        table.add_row(
            clean(row["hospital"]),
            clean(row["stay_no"] or ""),
            yuan(row["before_fen"]),
            yuan(row["after_fen"]),
            _signed(row["change_fen"]),
        )
    return table


def _table(title: str, left: Sequence[str], right: Sequence[str]) -> Table:
    heading = Text(title, style="bold") if title else None
    table = Table(title=heading, title_justify="left", box=None, padding=(0, 1))
    for name in left:
        table.add_column(name, no_wrap=True, overflow="ellipsis")
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _signed(fen: int) -> str:
    return f"+{yuan(fen)}" if fen > 0 else yuan(fen)


def _bullets(console: Console, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        inner = sentence.startswith("　")
        mark = "  – " if inner else "· "
        text = wrapped(sentence.strip("　"), 80 - 2 - len(mark) - 1)
        console.print(
            Padding(Text(mark + text.replace("\n", "\n" + " " * len(mark))), (0, 0, 0, 1))
        )


def _say(console: Console, text: str, indent: int = 0, *, bold: bool = False) -> None:
    shown = Text(wrapped(text, 80 - indent), style="bold" if bold else "")
    console.print(Padding(shown, (0, 0, 0, indent), expand=False))
