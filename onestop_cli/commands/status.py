"""`onestop` alone: in a county folder where the quarter stands, elsewhere help."""

from __future__ import annotations

from pathlib import Path

import typer


def status(context: typer.Context) -> None:
    if context.invoked_subcommand is not None:
        return
    if not Path("onestop.toml").is_file():
        from onestop_cli.batch.misnamed import county_nearby

        typer.echo(context.get_help())
        first = "第一次用：onestop init 结算        建一个县文件夹，名字自己取"
        typer.echo(f"\n{county_nearby(Path()) or first}")
        return
    from onestop_cli.batch.status import show_status

    show_status()
