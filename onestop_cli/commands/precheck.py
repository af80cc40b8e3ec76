"""`onestop precheck`: a hospital checks its own list before handing it in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def precheck(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="要报送的出院结算表")],
    rules: Annotated[
        list[str] | None,
        typer.Option(
            "--rules", help="县里适用的政策文件；在县文件夹里不用写；不写只查不涉及政策的"
        ),
    ] = None,
    hospital: Annotated[
        str | None, typer.Option("--hospital", help="表里没有机构一列时，是哪家医院")
    ] = None,
    level: Annotated[
        str | None, typer.Option("--level", help="表里没有机构级别一列时，如 乡级")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="要改的逐处写到这个 .xlsx 文件，不覆盖已有的")
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option("--save", help="没有必须改的时，把表按标准列名写到这个 .xlsx，带自查校验码"),
    ] = None,
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="加密工作簿的密码，每行一个")
    ] = None,
) -> None:
    """医院报送前自查：列读懂没有，证号、日期、合计、重复、红冲，按政策试算各项补偿，逐处说怎么改。"""
    from onestop_cli.batch.precheck import PrecheckOptions, precheck
    from onestop_cli.readers.containers.locked import passwords_in

    passwords = passwords_in(password_file)
    precheck(PrecheckOptions(files, rules or (), hospital, level, out, save, passwords))
