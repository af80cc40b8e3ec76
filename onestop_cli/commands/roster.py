"""`onestop roster check|diff`: the quality of a roster, and what changed since the last one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

roster = typer.Typer(
    help="花名册：查问题、比变动（动态管理）。", no_args_is_help=True, rich_markup_mode=None
)

Out = Annotated[
    Path | None, typer.Option("--out", help="完整清单写到这个 .xlsx 文件，不覆盖已有的")
]


@roster.command()
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="花名册文件或文件夹；不写则按 onestop.toml"),
    ] = None,
    day: Annotated[
        str | None, typer.Option("--day", help="按哪一天的待遇期看，如 2010-12-31；默认今天")
    ] = None,
    out: Out = None,
) -> None:
    """查花名册：证号无效、重复登记、同证异名、一人多类、死亡或停保仍在册、同名同生日。"""
    from datetime import date

    from onestop_cli.batch.roster import check as run

    try:
        chosen = date.fromisoformat(day) if day else date.today()  # noqa: DTZ011
    except ValueError as error:
        raise typer.BadParameter("请写成 2010-12-31 的样子", param_hint="--day") from error
    run(paths or [], chosen, out)


@roster.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="上期花名册：文件或文件夹")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="本期花名册：文件或文件夹")],
    out: Out = None,
) -> None:
    """比两期花名册：新增、退出，类别、待遇期、姓名变化，按乡镇和村汇总。"""
    from onestop_cli.batch.roster import diff as run

    run([old], [new], out)
