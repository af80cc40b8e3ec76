"""`onestop papers`: the papers of one stay, of a hospital, or of all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def papers(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="结算结果文件夹")],
    out: Annotated[Path, typer.Option("--out", help="写到这个新文件夹")],
    stay: Annotated[
        str | None,
        typer.Argument(metavar="[STAY]", help="住院号、证号末尾（四位以上），或 文件:行号"),
    ] = None,
    hospital: Annotated[
        str | None,
        typer.Option(
            "--hospital",
            help="一家医疗机构的全部，名称与结算表一致；不写住院号也不写这一项的，每家一个文件夹",
        ),
    ] = None,
) -> None:
    """医疗救助结算单和垫付审批表（一式三份），可直接打印；版式为拟定。"""
    from onestop_cli.batch.stay_papers import write_stay_papers

    count = write_stay_papers(run, stay, hospital, out)
    typer.echo(f"已写出 {count:,} 笔住院的医疗救助结算单和垫付审批表（一式三份）：{out}")
