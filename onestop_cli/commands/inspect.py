"""`onestop inspect`: how a file was understood, and a mapping fixed once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

KINDS = ("stays", "roster", "register", "enrolment")


def inspect(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="要看的文件或文件夹")],
    kind: Annotated[
        str | None,
        typer.Option(
            "--as",
            help="按什么读：stays、roster、register、enrolment（参合名册）；不写则在前三种里判断",
        ),
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", help="指定列，如 总费用=医药费合计，可重复")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="不用读的列（表头文字），可重复")
    ] = None,
    header_row: Annotated[
        int | None, typer.Option("--header-row", min=1, help="表头在第几行（多行时写第一行）")
    ] = None,
    hospital: Annotated[
        str | None, typer.Option("--hospital", help="表里没有机构列时，是哪家医院")
    ] = None,
    level: Annotated[str | None, typer.Option("--level", help="机构级别，如 乡级")] = None,
    category: Annotated[
        str | None, typer.Option("--category", help="花名册没有类别列时，是哪一类")
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="金额单位：元、角、分、百元、千元、万元")
    ] = None,
    date_order: Annotated[
        str | None, typer.Option("--date-order", help="3/5/2010 这样的日期怎么念：ymd、mdy、dmy")
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="只说这个工作表")] = None,
    skip: Annotated[bool, typer.Option("--skip", help="不读这个文件或工作表")] = False,
    save: Annotated[
        bool, typer.Option("--save", help="把读法写进 onestop.toml，以后照此读")
    ] = False,
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="加密工作簿的密码，每行一个")
    ] = None,
) -> None:
    """看一份文件是怎么读懂的：工作表、表头、各列含义和写法、行的去向、疑问；可保存读法。"""
    from onestop_cli.batch.inspect import InspectOptions, inspect, layout_by_hand
    from onestop_cli.readers.containers.locked import passwords_in

    if kind is not None and kind not in KINDS:
        raise typer.BadParameter("只能是 stays、roster、register 或 enrolment", param_hint="--as")
    layout = layout_by_hand(
        {
            "columns": _pairs(column or []),
            "ignore": tuple(ignore or ()),
            "header_row": header_row,
            "hospital": hospital,
            "level": level,
            "category": category,
            "unit": unit,
            "date_order": date_order,
            "sheet": sheet,
            "skip": skip,
        }
    )
    inspect(InspectOptions(files, kind, layout, passwords_in(password_file), save))


def _pairs(texts: list[str]) -> dict[str, str]:
    """`总费用=医药费合计` as field and header."""
    found = {}
    for text in texts:
        field, mark, header = text.partition("=")
        if not (mark and field.strip() and header.strip()):
            raise typer.BadParameter(f"“{text}”应写成 字段=表头文字", param_hint="--column")
        found[field.strip()] = header.strip()
    return found
