"""`onestop archive`: files of assisted stays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def archive(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="结算结果文件夹")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="卷内目录（或缺件清单）写到这个 .xlsx，不覆盖已有的"),
    ] = None,
    checked: Annotated[
        Path | None, typer.Option("--checked", help="逐件查过的卷内目录：看各机构缺什么")
    ] = None,
) -> None:
    """立卷归档：按类别编案卷号的卷内目录和材料清单；查过以后看各机构缺什么。"""
    from onestop_cli.batch.archive import archive as do

    do(run, out, checked)
