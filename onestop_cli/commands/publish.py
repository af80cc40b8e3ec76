"""`onestop publish`: 三级公示."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer


def publish(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="结算结果文件夹")],
    out: Annotated[Path, typer.Option(help="公示文件写到这个新文件夹")],
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="公示第一天，如 2011-01-06；不给则留空"),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, help="公示几个工作日（默认 7）")] = None,
    names: Annotated[bool, typer.Option(help="县级和机构的张贴版也用全名；网站始终隐名")] = False,
    pdf: Annotated[bool, typer.Option(help="张贴版另存 PDF（需要安装 [pdf] 组件）")] = False,
    paper: Annotated[Literal["A4", "A3"], typer.Option(help="张贴用纸")] = "A4",
    large: Annotated[bool, typer.Option(help="大字版")] = False,
) -> None:
    """三级公示：村级、乡级、县级和各医疗机构的名单，张贴版与网站版。"""
    from onestop_cli.batch.publish import Choices, Published
    from onestop_cli.batch.publish import publish as write
    from onestop_cli.money import yuan
    from onestop_cli.posting import Wall
    from onestop_cli.run import load_run
    from onestop_cli.settings import FILE_NAME, load_settings
    from onestop_cli.writers.notice_words import Look

    file = Path(FILE_NAME)
    settings = load_settings(file if file.is_file() else None)
    wall = Wall(
        first=start.date() if start else None,
        days=days or settings.publish.days,
        holidays=frozenset(settings.holidays),
        basis=settings.publish.basis,
        made_by=settings.publish.made_by,
        checked_by=settings.publish.checked_by,
    )
    done: Published = write(load_run(run), out, Choices(wall, Look(paper, large), names, pdf))
    kinds = {"village": "村", "township": "乡镇", "hospital": "医疗机构"}
    counts = "、".join(
        f"{kinds[level]} {n} 份" for level, n in done.lists.items() if level in kinds
    )
    typer.echo(f"公示已写到 {out}：县级 1 份、{counts}")
    typer.echo(f"共 {done.sums['rows']:,} 人次，总费用 {yuan(done.sums['total_fen'])} 元")
    for hint in done.hints:
        typer.echo(f"提示：{hint}")
