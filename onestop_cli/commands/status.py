"""`onestop` alone: in a county folder where the quarter stands, elsewhere help."""

from __future__ import annotations

from pathlib import Path

import typer


def status(context: typer.Context) -> None:
    if context.invoked_subcommand is not None:
        return
    if not Path("onestop.toml").is_file():
        typer.echo(context.get_help())
        return
    from onestop_cli.batch.status import show_status

    show_status()
