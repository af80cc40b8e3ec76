"""`onestop publish`: 三级公示."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from onestop_cli.batch.publish import Published
    from onestop_cli.batch.publish_hints import ListExposure

_NAMES = {"full": "全名", "masked": "隐名", "none": "只有合计"}


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
        bool, typer.Option("--names", help="各级张贴版都用全名；网站按 onestop.toml，不受影响")
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
    end: Annotated[
        bool, typer.Option("--end", help="公示期满：写出代替网站名单的页面和公示结果")
    ] = False,
    objections: Annotated[
        int | None, typer.Option("--objections", help="--end 时写明收到几件异议，没有写 0")
    ] = None,
) -> None:
    """三级公示：村级、乡级、县级和各医疗机构的名单，张贴版与网站版。"""
    from onestop_cli.batch.publish import PublishOptions, end_folder, publish_folder
    from onestop_cli.writers.notices.layout import Look

    if end:
        end_folder(run, out, objections, start=start, days=days, since=since)
        typer.echo(
            f"公示结果已写到 {out}：用其中的 网站 文件夹整体替换网上的名单，公示结果可以张贴"
        )
        return
    choices = PublishOptions(Look(paper, large), names=names, pdf=pdf)
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
    typer.echo(f"公示已写到 {out}：{'、'.join(counts)}，张贴回执 1 份")
    sums, proof = done.sums, done.proof
    typer.echo(f"共 {sums['visits']:,} 人次，补偿合计 {yuan(proof.paid_fen)} 元")
    typer.echo(
        f"核付 {yuan(proof.payable_fen)} + 层间调整 {yuan(proof.offset_fen)}"
        f" + 上期调整 {yuan(proof.adjusted_fen)} = 应拨 {yuan(proof.paid_fen)}，"
        "与各级名单的合计相等"
    )
    typer.echo("姓名能被认出多少（凭名单所示，在花名册上只对得上本人的）")
    for shown in done.shown:
        typer.echo(f"  {_told(shown)}")
    typer.echo("张贴 文件夹用于打印上墙，不要上传；网站 文件夹可以整体上传")
    for hint in done.hints:
        typer.echo(f"提示：{hint}")


def _told(shown: ListExposure) -> str:
    """One level in words."""
    from onestop_cli.money import percent

    people, listed, alone = shown.exposed.people, shown.exposed.listed, shown.exposed.alone
    name = f"{shown.where}（{_NAMES[shown.names]}）"
    if shown.names == "none" or not people:
        return f"{name}：没有列出个人"
    rate = percent(alone, listed)
    advice = ""
    if shown.where == "网站" and alone:
        advice = '；要少一些，可在 onestop.toml 的 [publicity.site] 写 k = 3 或 names = "none"'
    return f"{name}：{people:,} 人，在册 {listed:,} 人，其中 {alone:,} 人（{rate}）{advice}"
