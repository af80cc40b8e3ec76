"""`onestop compare`: what changed between two runs of one period."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def compare(
    before: Annotated[Path, typer.Argument(metavar="RUN", help="前一次的结算结果文件夹")],
    after: Annotated[Path, typer.Argument(metavar="RUN", help="后一次的结算结果文件夹")],
    out: Annotated[
        Path | None, typer.Option("--out", help="完整比较写到这个 .xlsx 文件，不覆盖已有的")
    ] = None,
) -> None:
    """比较同一期的两次核对：材料有什么不同，合计、差错、逐笔住院变了多少，为什么。"""
    from onestop_cli.batch.compare import compare_runs

    compare_runs(before, after, out)
