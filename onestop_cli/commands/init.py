"""`onestop init`: a new county folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_RULES = "huangzhong-2009"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="新的县文件夹，不能已有内容")],
    name: Annotated[str | None, typer.Option("--name", help="县名，如 示例县")] = None,
    code: Annotated[str | None, typer.Option("--code", help="行政区划代码，4 位或 6 位")] = None,
    rules: Annotated[
        list[str] | None, typer.Option("--rules", help="适用的政策文件，可重复")
    ] = None,
    templates: Annotated[
        bool,
        typer.Option(
            "--templates",
            help="另写出 模板/：医院上报表、花名册、机构名册、参保名册、期初、处理意见；县文件夹已有的，只补模板",
        ),
    ] = False,
) -> None:
    """建一个县文件夹：带说明的 onestop.toml、空的定点机构名册、收件箱。"""
    if templates:
        from onestop_cli.batch.forms import FORMS, add_forms, is_county

        if is_county(folder):
            written = add_forms(folder)
            print(f"已写出 {folder / FORMS}：{'、'.join(written)}" if written else "模板已经都有了")
            return
    if sys.stdin.isatty():
        name = (
            typer.prompt("县名（可以以后再填）", "", show_default=False) if name is None else name
        )
        code = (
            typer.prompt("行政区划代码（可以以后再填）", "", show_default=False)
            if code is None
            else code
        )
    from onestop_cli.batch.init import REGISTER, Answers, start_county

    answers = Answers(name or "", code or "", rules or [DEFAULT_RULES])
    start_county(folder, answers, templates=templates)
    print(f"已建好 {folder}")
    print(f"接下来：填好 {REGISTER}，看一遍 onestop.toml，把报表和花名册放进收件箱；")
    print("步骤见 使用说明.txt。")
    if not rules:
        print(f"政策文件先写了 {DEFAULT_RULES}（新农合）；不用这一份的，用 onestop rules list 找，")
        print("再改 onestop.toml 里 [reconcile] 的 rules。")
