"""What a clerk sees after a run in parts that is too large for workbooks: the sums, and where the data lies."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.table import Table
from rich.text import Text

from onestop_cli.core.findings.catalogue import SEVERITIES
from onestop_cli.county.periods import parse_period
from onestop_cli.money import yuan
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.writers.toolkit.console import clean, console_for, noted

_STATUS = {"settled": "核定", "held": "待核", "rejected": "拒付", "reversed": "冲红"}
_SIDES = {
    "申报": "claimed",
    "核付": "payable",
    "扣减": "deducted",
    "待核": "held",
    "层间调整": "offset",
}


def sums(info: RunInfo, out: Path) -> None:
    """`run.json` of a run in parts at a glance, on stdout."""
    console = console_for(sys.stdout)
    county = info.county.name or "××县"
    console.print(f"{clean(county)} {parse_period(info.period).chinese} 一站式结算", style="bold")
    status = info.counts.status
    each = "，".join(f"{name} {status[key]:,}" for key, name in _STATUS.items() if key in status)
    buckets = info.parts.buckets if info.parts else 1
    console.print(f"申报 {info.counts.stays:,} 笔，分 {buckets} 批核对：{each}")
    console.print()
    console.print(_funds(info))
    found = [f"{SEVERITIES[key]} {count:,} 条" for key, count in sorted(info.severity.items())]
    console.print(f"差错：{'，'.join(found) or '无'}")
    console.print()
    noted(
        console,
        "超过 100 万行，一张工作表放不下，所以只有数据，没有表格；要表格请按季或按月核对",
    )
    console.print(f"结果：{clean(str(out))}/data")


def _funds(info: RunInfo) -> Table:
    table = Table(
        title=Text("资金（元）", style="bold"), title_justify="left", box=None, padding=(0, 1)
    )
    table.add_column("基金", no_wrap=True, overflow="ellipsis")
    for side in _SIDES:
        table.add_column(side, justify="right", no_wrap=True)
    for layer in info.layers:
        totals = info.control.layers[layer.id]
        amounts = [yuan(totals[f"{side}_fen"]) for side in _SIDES.values()]
        table.add_row(clean(layer.fund), *amounts)
    return table
