"""`onestop checklists`, `onestop registers`: inspection in the county's words, and what became of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def checklists(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="结算结果文件夹")],
    out: Annotated[Path, typer.Option("--out", help="检查表和登记簿写到这个新文件夹")],
    on: Annotated[str | None, typer.Option("--on", help="整改通知的日期，默认今天")] = None,
) -> None:
    """每家机构的检查表（五核查、七公开、十不准）、整改台账、举报异议登记簿、民主测评表。"""
    from datetime import datetime

    from onestop_cli.batch.checklists import make_checklists

    make_checklists(run, out, on, datetime.now().astimezone().date())


def registers(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="填过的整改台账、举报异议登记簿、民主测评表"),
    ],
    on: Annotated[str | None, typer.Option("--on", help="按哪一天看到期、逾期，默认今天")] = None,
) -> None:
    """看填过的整改台账、举报异议登记簿：哪些没有办结、到期、逾期，哪个部门核扣了多少；民主测评表汇总票数。"""
    from datetime import datetime

    from onestop_cli.batch.checklists import look_at_registers

    look_at_registers(files, on, datetime.now().astimezone().date())
