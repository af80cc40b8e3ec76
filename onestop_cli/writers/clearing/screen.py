"""The clearing statements beside the stays, on a screen of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from rich.console import Console

from onestop_cli.core.clearing import AGREES, EXTRA, MISSING, OTHER, VERDICTS
from onestop_cli.county.platform import first_word
from onestop_cli.money import yuan
from onestop_cli.readers.layout.clearing import ClearingStatement
from onestop_cli.writers.rosters.screen import say, table

_FEW = 10
_REMEDY = {
    MISSING: "平台已结算而没有报来：请医院补报，或不是本期",
    EXTRA: "报来而平台没有：请医院核对是否真的结算成功",
    OTHER: "两边金额不一：以平台为准，请医院核对",
}


@dataclass(frozen=True)
class Clearing:
    """What `core.clearing` found of details and sums, the statements, and how many stays there are, in all and
    without a 结算ID."""

    details: pl.DataFrame
    sums: pl.DataFrame
    statements: Sequence[ClearingStatement]
    stays: int
    unnumbered: int

    @property
    def refused(self) -> pl.DataFrame:
        """Lines whose 对账结果 is not that they agree."""
        return self.details.filter(pl.col("result").is_not_null() & (pl.col("result") != ""))


def show_clearing(found: Clearing, console: Console) -> None:
    """How many agree, the first of those that do not, and the sums."""
    names = "、".join(dict.fromkeys(one.source for one in found.statements))
    say(console, f"{names} 与住院表（{found.stays:,} 行）按结算ID对账")
    if found.unnumbered:
        say(console, f"住院表有 {found.unnumbered:,} 行没有结算ID，无法对账")
    if any(one.kind != "sums" for one in found.statements):
        _verdicts(found, console)
    if len(refused := found.refused):
        codes = "、".join(refused["result"].unique().sort())
        say(
            console,
            f"\n平台对账结果不是 000000 的有 {len(refused):,} 笔（{codes}），见 --out 的清单",
        )
    if len(found.sums):
        _sums(found.sums, console)


def _verdicts(found: Clearing, console: Console) -> None:
    heads = ("", "笔数>", "住院表费用>", "对账费用>", "住院表基金>", "对账基金>")
    names = ("ours_fen", "theirs_fen", "ours_fund_fen", "theirs_fund_fen")
    lines = []
    for verdict in VERDICTS:
        rows = found.details.filter(verdict=verdict)
        amounts = [int(rows[name].sum()) for name in names]
        lines.append((verdict, len(rows), *map(yuan, amounts)))
    table(console, heads, lines)
    for verdict, remedy in _REMEDY.items():
        rows = found.details.filter(verdict=verdict)
        if rows.is_empty():
            continue
        say(console, f"\n{verdict}：{remedy}")
        few = rows.head(_FEW)
        table(
            console,
            ("结算ID", "住院表>", "对账文件>", "在哪里"),
            [_line(r) for r in few.to_dicts()],
        )
        if len(rows) > _FEW:
            say(console, f"…… 共 {len(rows):,} 笔，全部见 --out 的清单")


def _line(row: dict[str, object]) -> tuple[str, ...]:
    place = f"{row['source']} 第 {row['row']} 行" if row["source"] else str(row["told"])
    same = row["ours_fen"] == row["theirs_fen"]
    names = ("ours_fund_fen", "theirs_fund_fen") if same else ("ours_fen", "theirs_fen")
    told = f"{place}（费用相同，基金不同）" if same else place
    return (f"…{str(row['settlement_no'])[-8:]}", *(_amount(row[name]) for name in names), told)


def _amount(fen: object) -> str:
    return yuan(fen) if isinstance(fen, int) else "—"


def _sums(sums: pl.DataFrame, console: Console) -> None:
    say(console, "\n3201 汇总")
    lines = []
    for row in sums.to_dicts():
        what = "、".join(
            first_word(kind, row[kind]) or "" for kind in ("insutype", "clr_type") if row[kind]
        )
        days = f"{row['first']} 至 {row['last']}"
        lines.append(
            (f"{what or '全部'} {days}", row["count"], yuan(row["fund_fen"]), row["verdict"])
        )
        if row["verdict"] != AGREES:
            lines.append(("  住院表", row["ours_count"], yuan(row["ours_fund_fen"]), ""))
    table(console, ("", "笔数>", "基金支付（元）>", ""), lines)
