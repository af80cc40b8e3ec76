"""`onestop clearing`: the platform's statements beside the lists of stays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def clearing(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="平台的 3202 对账明细或结果、3201 汇总（zip 也可以）"
        ),
    ],
    stays: Annotated[
        list[Path] | None,
        typer.Option("--stays", help="住院表：文件或文件夹，可重复；不写则按 onestop.toml"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="完整清单写到这个 .xlsx 文件，不覆盖已有的")
    ] = None,
) -> None:
    """平台对账：3202 按结算ID、3201 按险种和日期，与医院报来的住院表核对。"""
    from onestop_cli.batch.clearing import clearing as run

    run(files, stays or [], out)
