"""`onestop publish`: 三级公示."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from onestop_cli.batch.publish import Published


def publish(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="结算结果文件夹")],
    out: Annotated[Path, typer.Option("--out", help="公示文件写到这个新文件夹")],
    start: Annotated[
        str | None, typer.Option("--from", help="公示第一天，如 2011-01-06；不给则留空手写")
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", help="公示几个工作日，不给则按 onestop.toml（默认 7）")
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="县级和机构的张贴版也用全名；网站始终隐名")
    ] = False,
    ledger: Annotated[
        Path | None, typer.Option("--ledger", help="台账：县级名单另附基金收支，须先关账")
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option("--since", help="上期的结算结果文件夹：另公示救助对象的新增和退出"),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="张贴版另存 PDF（需要 [pdf] 组件）")] = False,
    paper: Annotated[Literal["A4", "A3"], typer.Option("--paper", help="张贴用纸")] = "A4",
    large: Annotated[bool, typer.Option("--large", help="大字版")] = False,
) -> None:
    """三级公示：村级、乡级、县级和各医疗机构的名单，张贴版与网站版。"""
    from onestop_cli.batch.publish import Choices, publish_folder
    from onestop_cli.writers.notices.words import Look

    choices = Choices(Look(paper, large), names=names, pdf=pdf)
    done = publish_folder(run, out, choices, start=start, days=days, since=since, ledger=ledger)
    _tell(done, out)


def _tell(done: Published, out: Path) -> None:
    """What was written, and what to see to before it is posted."""
    from onestop_cli.money import yuan

    kinds = {
        "county": "县级",
        "township": "乡级",
        "village": "村级",
        "hospital": "医疗机构",
        "roll": "对象变动",
    }
    counts = [
        f"{kind} {done.lists[level]} 份" for level, kind in kinds.items() if done.lists[level]
    ]
    typer.echo(f"公示已写到 {out}：{'、'.join(counts)}")
    sums = done.sums
    typer.echo(f"共 {sums['rows']:,} 人次，补偿合计 {yuan(done.paid_fen)} 元")
    typer.echo("张贴 文件夹用于打印上墙，不要上传；网站 文件夹可以整体上传，姓名已全部隐去")
    for hint in done.hints:
        typer.echo(f"提示：{hint}")
