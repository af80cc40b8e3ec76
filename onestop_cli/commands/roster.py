"""`onestop roster check|diff|premium`: the quality of a roster, what changed since the last one, who is paid for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

roster = typer.Typer(
    help="花名册：查问题、比变动（动态管理）、资助参合。",
    no_args_is_help=True,
    rich_markup_mode=None,
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
    save: Annotated[
        bool, typer.Option("--save", help="把看得准的地名写法写进 onestop.toml 的 synonyms")
    ] = False,
) -> None:
    """查花名册：证号无效、重复登记、同证异名、一人多类、死亡或停保仍在册、同名同生日、地名写法不一。"""
    from datetime import date

    from onestop_cli.batch.roster import check as run

    run(paths or [], _day(day) or date.today(), out, save=save)  # noqa: DTZ011


@roster.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="上期花名册：文件或文件夹")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="本期花名册：文件或文件夹")],
    out: Out = None,
) -> None:
    """比两期花名册：新增、退出，类别、待遇期、姓名变化，按乡镇和村汇总。"""
    from onestop_cli.batch.roster import diff as run

    run([old], [new], out)


@roster.command()
def boards(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="拟救助对象名单，格式同花名册")
    ],
    stage: Annotated[str, typer.Option("--stage", help="哪一榜：评议、审核、审批")],
    first: Annotated[str, typer.Option("--from", help="公示从哪一天起")],
    out: Annotated[Path, typer.Option("--out", help="公示写到这个新文件夹")],
) -> None:
    """三榜公示：评议（按村）、审核和审批（按乡镇）的拟救助对象名单，写明公示期、举报箱和电话。"""
    from onestop_cli.batch.roster_review import write_boards

    write_boards(paths, stage, first, out)


@roster.command()
def due(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="花名册文件或文件夹；不写则按 onestop.toml"),
    ] = None,
    day: Annotated[str | None, typer.Option("--day", help="按哪一天看，默认今天")] = None,
    within: Annotated[
        int, typer.Option("--within", help="几天以内到期的也列出", min=0, max=366)
    ] = 30,
    out: Out = None,
) -> None:
    """要清退的（死亡、待遇期已过）、该复核的（按 onestop.toml 的 [review]）、即将到期的。"""
    from datetime import date

    from onestop_cli.batch.roster_review import list_due

    list_due(paths or [], _day(day) or date.today(), within, out)  # noqa: DTZ011


@roster.command()
def premium(
    enrolled: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="参合（参保）名册：文件或文件夹")
    ],
    year: Annotated[int, typer.Option("--year", help="资助哪一年，如 2011")],
    rosters: Annotated[
        list[Path] | None,
        typer.Option("--roster", help="花名册文件或文件夹，可重复；不写则按 onestop.toml"),
    ] = None,
    day: Annotated[
        str | None, typer.Option("--day", help="按哪一天的待遇期看；默认当年 1 月 1 日")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="工作清单写到这个 .xlsx 文件（含证号，内部使用）")
    ] = None,
    board: Annotated[
        Path | None, typer.Option("--board", help="公示名单写到这个 .xlsx 文件（隐名，没有证号）")
    ] = None,
) -> None:
    """资助参合：花名册与参合名册对照，列出资助谁、谁在册未参合、谁标为资助而不在册。"""
    from onestop_cli.batch.premium import PremiumOptions, premium_list

    if not 1990 <= year <= 2100:
        raise typer.BadParameter("请写四位年份，如 2011", param_hint="--year")
    premium_list(PremiumOptions(enrolled, year, rosters or (), _day(day), out, board))


def _day(text: str | None) -> date | None:
    """The day of `--day`."""
    from onestop_cli.batch.typed_days import typed_day

    return typed_day(text, "--day") if text else None
