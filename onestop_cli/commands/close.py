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
) -> None:
    """关账：把核对好的一期记入台账，不能重复，不能改动；以后的更正走上期调整。"""
    from datetime import datetime

    from onestop_cli.batch.close import close_run
    from onestop_cli.writers.ledger.screen import show_closed

    show_closed(close_run(run, ledger, datetime.now().astimezone()))
