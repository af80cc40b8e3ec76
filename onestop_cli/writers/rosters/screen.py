"""A roster check and the changes of a roster on a screen of 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from onestop_cli.county.spelling import offered
from onestop_cli.rosters.changes import KINDS as CHANGE_KINDS
from onestop_cli.rosters.changes import RosterChanges
from onestop_cli.rosters.quality import KINDS, RosterCheck

_SHOWN = 5
"""How many rows of a kind stand on the screen; the workbook has all."""


def show_check(check: RosterCheck, console: Console) -> None:
    """The numbers, and of every kind of problem the first few."""
    say(
        console,
        f"花名册共 {check.entries:,} 行、{check.people:,} 人；"
        f"{check.day:%Y-%m-%d} 有效 {check.in_force:,} 人",
    )
    if check.issues.is_empty():
        say(console, "没有查出问题")
        return
    found = check.kinds.filter(pl.col("entries") > 0)
    table(console, ("问题", "条数>", "怎么办"), found.select("title", "entries", "remedy").rows())
    for kind, (title, _) in KINDS.items():
        rows = check.issues.filter(pl.col("kind") == kind)
        place = pl.format("{} 第{}行", pl.col("source").str.split("/").list.last(), "row")
        shown = rows.select(place, pl.col("name").fill_null("—"), "message")
        _some(console, title, ("位置", "姓名", "说明"), shown)
    for sentence in offered(check.spellings, "地名"):
        say(console, f"\n{sentence}")


def show_changes(changes: RosterChanges, console: Console) -> None:
    """The numbers by township, and of every kind of change the first few."""
    say(console, f"上期 {changes.people_before:,} 人，本期 {changes.people_after:,} 人")
    if changes.changes.is_empty():
        say(console, "两期花名册没有变动")
        return
    columns = ["before", "after", *CHANGE_KINDS]
    towns = (
        changes.places.group_by(pl.col("township").fill_null("（空）"), maintain_order=True)
        .agg(pl.col(columns).sum())
        .sort("township")
    )
    total = [("合计", *(towns[column].sum() for column in columns))]
    heads = ("乡镇", "上期>", "本期>", *(f"{name}>" for name in CHANGE_KINDS.values()))
    table(console, heads, [*towns.rows(), *total])
    for kind, title in CHANGE_KINDS.items():
        rows = changes.changes.filter(pl.col("kind") == kind)
        home = pl.concat_str(["township", "village"], ignore_nulls=True)
        shown = rows.select(pl.col("name").fill_null("—"), home, *_before_and_after(kind))
        _some(console, title, ("姓名", "乡镇村", *_heads(kind)), shown)


def _before_and_after(kind: str) -> list[str]:
    return {"new": ["after"], "left": ["before"]}.get(kind, ["before", "after"])


def _heads(kind: str) -> list[str]:
    return [{"before": "上期", "after": "本期"}[side] for side in _before_and_after(kind)]


def _some(console: Console, title: str, heads: Sequence[str], rows: pl.DataFrame) -> None:
    """The first few rows under a heading, and how many more there are; nothing when there are none."""
    if rows.is_empty():
        return
    say(console, f"\n【{title}】{rows.height:,} 条")
    table(console, heads, rows.head(_SHOWN).rows())
    if rows.height > _SHOWN:
        say(console, f"……还有 {rows.height - _SHOWN:,} 条，用 --out 写出完整清单")


def table(console: Console, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A plain table; a heading that ends in > is a column of numbers. Texts are shown as they are."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for head in heads:
        number = head.endswith(">")
        shown.add_column(
            head.removesuffix(">"),
            justify="right" if number else "left",
            no_wrap=number,
            overflow="fold",
        )
    for row in rows:
        shown.add_row(*(Text(f"{v:,}" if isinstance(v, int) else str(v or "")) for v in row))
    console.print(shown)


def say(console: Console, text: str) -> None:
    """A line as it is, whatever it holds."""
    console.print(Text(text))
