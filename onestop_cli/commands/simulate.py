"""`onestop simulate`: a rule tried on real stays before it is signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def simulate(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="结算结果文件夹，可写几个")],
    rules: Annotated[
        list[str] | None,
        typer.Option("--rules", help="要测算的政策文件：编号或文件；可重复，各为一个方案"),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--change", help="改一个数再测算，如 assistance.cap=8000；可重复，一起生效"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="结果文件夹，整体出现，不覆盖已有的；不写则只显示")
    ] = None,
    by_date: Annotated[
        bool, typer.Option("--by-date", help="方案按文件的施行日期适用；不写则全部住院都按方案计")
    ] = False,
    volume: Annotated[
        list[str] | None,
        typer.Option("--volume", help="假定住院量变化：+10%，或 county=+10%；可重复"),
    ] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", help="预算（元）：求 --find 那个数取多少恰好用完")
    ] = None,
    find: Annotated[
        str | None, typer.Option("--find", help="要求解的数，如 assistance.cap；与 --budget 同用")
    ] = None,
    heavy: Annotated[
        str, typer.Option("--heavy", help="重负界线（元）：一人一年自付超过它就算重负")
    ] = "3000",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示进度和结果")] = False,
) -> None:
    """政策测算：同样的住院换一份政策，基金多支少支、谁多得谁少得。

    例：onestop simulate 2010Q1 2010Q2 2010Q3 2010Q4 --change assistance.cap=8000 --out 测算
    """
    from onestop_cli.batch.simulate import SimulateOptions, simulate_runs

    asked = SimulateOptions(
        runs, rules or (), change or (), by_date, volume or (), budget, find, heavy
    )
    simulate_runs(asked, out, quiet=quiet)
