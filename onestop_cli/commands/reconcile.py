"""`onestop reconcile`: a period's files in, a run folder out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FAIL_ON = ("blocks", "differs", "any")
ENGINES = ("local", "ray")


def reconcile(
    period: Annotated[str, typer.Option("--period", help="结算期：2010、2010H2、2010Q4、2010-11")],
    stays: Annotated[
        list[Path] | None, typer.Option("--stays", help="医院出院结算表：文件或文件夹，可重复")
    ] = None,
    roster: Annotated[
        list[Path] | None, typer.Option("--roster", help="民政花名册：文件或文件夹，可重复")
    ] = None,
    register: Annotated[
        Path | None, typer.Option("--register", help="定点机构名册：名称和级别")
    ] = None,
    rules: Annotated[
        list[str] | None, typer.Option("--rules", help="政策文件：编号、地区或文件，可重复")
    ] = None,
    ledger: Annotated[
        Path | None, typer.Option("--ledger", help="台账：计入已关账各期的累计和上期调整")
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option("--decisions", help="处理意见.xlsx：放行、拒付、认定类别、扣款、补发"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="结果文件夹，整体出现，不覆盖已有的")
    ] = None,
    fail_on: Annotated[
        str | None, typer.Option("--fail-on", help="有此类差错时以 1 退出：blocks、differs 或 any")
    ] = None,
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="加密工作簿的密码，每行一个")
    ] = None,
    buckets: Annotated[
        int | None,
        typer.Option("--buckets", min=1, help="分批核对：契约列名的 parquet 或 csv，按人分成几批"),
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", help="分批时由谁计算：local 或 ray（需另装 Ray）")
    ] = "local",
    recompute: Annotated[
        list[str] | None,
        typer.Option(
            "--recompute", help="已关账的哪一期发现有误，按现在的资料重算，差额作上期调整，可重复"
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="不显示进度和摘要")] = False,
) -> None:
    """核对一个结算期：读医院报表和花名册，逐笔重算，写出结算表和差错清单。"""
    from datetime import datetime

    if engine not in ENGINES:
        raise typer.BadParameter("只能是 local 或 ray", param_hint="--engine")
    if fail_on is not None and fail_on not in FAIL_ON:
        raise typer.BadParameter("只能是 blocks、differs 或 any", param_hint="--fail-on")
    if buckets is None:
        from onestop_cli.readers.containers.early import bring_up_readers

        bring_up_readers()
    from onestop_cli.batch.start import ReconcileOptions, asked, run_and_write

    options = ReconcileOptions(
        period, stays, roster, register, rules, ledger, decisions, out, password_file, recompute,
        in_parts=buckets is not None,
    )  # fmt: skip
    request, folder = asked(options, datetime.now().astimezone())
    if buckets is None:
        severities = set(run_and_write(request, folder, quiet=quiet).findings["severity"])
    else:
        from onestop_cli.batch.buckets import run_parts_and_write

        severities = run_parts_and_write(request, folder, buckets, engine, quiet=quiet)
    if fail_on and _fails(severities, fail_on):
        raise typer.Exit(1)


def _fails(severities: set[str], fail_on: str) -> bool:
    """Whether findings of the asked severity are there."""
    return bool(severities if fail_on == "any" else severities & {fail_on})
