"""`onestop close`: post a reconciled period to the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def close(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="结算结果文件夹")],
    ledger: Annotated[
        Path | None, typer.Option("--ledger", help="台账文件；默认按 onestop.toml")
    ] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="有疑点（空的、多半不属本期、已过时、少处理意见）也关")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="为什么这样关，记入台账")] = "",
) -> None:
    """关账：把核对好的一期记入台账，不能重复，不能改动；以后的更正走上期调整。"""
    from datetime import datetime

    from onestop_cli.batch.close import close_planned, planned
    from onestop_cli.commands.streams import agreed
    from onestop_cli.writers.ledger.screen import show_closed, show_plan

    plan = planned(run, ledger, anyway=anyway, reason=reason.strip())
    show_plan(plan.run, plan.ledger, plan.notes, plan.why)
    if not agreed("关账后这一期不能再改。确定关账请输入 是："):
        raise typer.Abort
    show_closed(close_planned(plan, datetime.now().astimezone()))
