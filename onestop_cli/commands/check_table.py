"""`onestop check-table`: a summary table against its own sums and rates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def check_table(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="汇总表，可以几份")],
    equations: Annotated[
        str, typer.Option("--equations", help="表上印的核对公式，如 3=4+5；合计=门诊+住院")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="结果另存为这个 xlsx")] = None,
) -> None:
    """核对汇总表自身：合计、其中、比例、人均、到位率，几份报告有没有照抄；不用先结算。"""
    from onestop_cli.batch.check_table import check_summary_tables

    check_summary_tables(files, equations, out)
