"""`onestop rules list|show|check|diff|test|copy`: the policy documents by themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

rules = typer.Typer(
    help="规则文件：列出、查看、检查、比较、试算、复制到县里改。",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME]...", help="规则编号、文件、文件夹或地区名；不写则全部"),
]


@rules.command("list")
def list_(names: Names = None) -> None:
    """列出现有的规则文件：编号、起止日期、状态、标题。"""
    from onestop_cli.batch.rules import listing

    listing(names or [])


@rules.command()
def show(
    what: Annotated[str, typer.Argument(metavar="DATE|ID", help="日期（2010-10-01）或规则编号")],
    names: Annotated[
        list[str] | None, typer.Option("--rules", help="只看这些规则（编号、文件或地区名）")
    ] = None,
) -> None:
    """把一份文件的条款列成表，每个数字旁边是原文；写日期则看那一天哪份文件有效。"""
    from onestop_cli.batch.rules import show as run

    run(what, names or [])


@rules.command()
def check(
    names: Names = None,
    sources: Annotated[
        Path | None,
        typer.Option(
            "--sources", metavar="DIR", help="存放原文（.txt）的文件夹：引文与原文逐字核对"
        ),
    ] = None,
) -> None:
    """证明文件可用：不缺不重，数字有出处，前后文件相接；列出还要填写的数。"""
    from onestop_cli.batch.rules import check as run

    run(names or [], sources)


@rules.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="A", help="原来的文件：规则编号或文件")],
    new: Annotated[str, typer.Argument(metavar="B", help="新的文件：规则编号或文件")],
) -> None:
    """两份文件有什么不同，用文字说（县级补偿比例 55% → 60%）。"""
    from onestop_cli.batch.rules import diff as run

    run(old, new)


@rules.command()
def test(names: Names = None) -> None:
    """试算文件旁边的算例（编号.cases.toml），与预期逐一核对。"""
    from onestop_cli.batch.rules import test as run

    run(names or [])


@rules.command()
def copy(
    name: Annotated[str, typer.Argument(metavar="NAME", help="规则编号，如 huangzhong-2009")],
    to: Annotated[
        Path | None, typer.Option("--to", help="复制到这个文件夹；默认县文件夹的 rules/")
    ] = None,
) -> None:
    """把程序自带的一份文件复制到县文件夹的 rules/，在那里改；同一编号以县里的为准。"""
    from onestop_cli.batch.rules_copy import OWN, copy_rules

    written = copy_rules(name, to)
    typer.echo(f"已复制：{'、'.join(map(str, written))}")
    if to is None:
        typer.echo(f"从现在起，{name} 以 {OWN}/ 里的为准；改好后用 onestop rules check {name} 检查")
    else:
        typer.echo("不在县文件夹的 rules/ 里，运行时要写出文件：--rules 文件路径")
