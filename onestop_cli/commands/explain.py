"""`onestop explain`: one stay, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def explain(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="结算结果文件夹")],
    stay: Annotated[
        str,
        typer.Argument(
            metavar="STAY",
            help="住院号、证号末尾（四位以上），或 文件:行号；已关账的前面写所属期，如 2010Q3:12345",
        ),
    ],
    html: Annotated[Path | None, typer.Option("--html", help="另存为网页，可打印")] = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="另存为工作簿")] = None,
    ledger: Annotated[
        Path | None, typer.Option("--ledger", help="台账文件；默认按 onestop.toml")
    ] = None,
) -> None:
    """逐步说明一笔住院：出处、身份、政策原文、每一步算式、年度累计、申报与核定、差错原因；上期调整和已关账的也能说明。"""
    from onestop_cli.batch.explain import explain_stay

    explain_stay(run, stay, html, xlsx, ledger)
