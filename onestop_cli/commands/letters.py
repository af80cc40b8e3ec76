"""`onestop letters`: letters to hospitals and to 民政."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def letters(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="结算结果文件夹")],
    out: Annotated[Path, typer.Option("--out", help="信函写到这个新文件夹")],
    days: Annotated[
        int | None,
        typer.Option("--days", min=1, max=60, help="整改期限（工作日）；不写则留空手填"),
    ] = None,
) -> None:
    """信函：每家医疗机构的整改通知（附清单），给民政的漏救人员告知函（按乡镇、村）。"""
    from onestop_cli.batch.letters import HOSPITALS, MISSED, write_letters
    from onestop_cli.money import yuan

    done = write_letters(run, out, days)
    typer.echo(
        f"整改通知 {done.hospitals} 份，{done.cases:,} 例，多付 {yuan(done.over_fen)} 元：{out / HOSPITALS}"
    )
    typer.echo(
        f"漏救 {done.missed_people:,} 人，应补未补 {yuan(done.owed_fen)} 元：{out / MISSED}.html、.xlsx"
    )
