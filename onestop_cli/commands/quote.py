"""`onestop quote`: pre-settlement at the bedside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Levels = typer.Option(
    "--level", help="机构级别：village、township、county、city、province，或 村级、乡级、县级…"
)
On = typer.Option("--on", help="出院日期，如 2010-11-03；默认今天")
Admitted = typer.Option("--admitted", help="入院日期；政策按床日计的要写")
Used = typer.Option("--used", help="本年此前已补，如 assistance=5500 或 医疗救助=5500；可重复")
Charged = typer.Option("--charged", help="本年此前已扣起付线，如 basic=200；可重复")
Cost = typer.Option("--cost", help="本年此前已计入的费用（按年分段或限额时），如 critical=8000")
Person = typer.Option("--id", help="身份证号：本年累计从台账取，不必再写 --used 等")
Household = typer.Option(
    "--household", help="全户限额：全户（含本人）本年此前已补，如 医疗救助=3000；可重复"
)
Paid = typer.Option("--given", help="政策文件不计算的项目付了多少，如 basic=1200；可重复")
Further = typer.Option(
    "--with", help="政策文件另外要看的，如 目录外自费=300、就诊类型=住院；可重复"
)
Rules = typer.Option("--rules", help="政策文件：编号、地区或文件，可重复")
Eligible = typer.Option("--eligible", help="可补偿费用（元）；不写则只能给出上限")
Category = typer.Option("--category", help="救助类别，如 五保户；可重复；没有就不写")


def quote(
    level: Annotated[str, Levels],
    total: Annotated[str | None, typer.Option("--total", help="总费用（元）")] = None,
    days: Annotated[
        Path | None,
        typer.Option("--days", help="每天费用表（日期、总费用、可补偿费用），逐日累计预结算"),
    ] = None,
    rules: Annotated[list[str] | None, Rules] = None,
    eligible: Annotated[str | None, Eligible] = None,
    category: Annotated[list[str] | None, Category] = None,
    on: Annotated[str | None, On] = None,
    admitted: Annotated[str | None, Admitted] = None,
    disease: Annotated[str, typer.Option("--disease", help="病种（单病种结算时）")] = "",
    used: Annotated[list[str] | None, Used] = None,
    nth: Annotated[int, typer.Option("--nth", min=1, help="本年第几次住院")] = 1,
    charged: Annotated[list[str] | None, Charged] = None,
    cost: Annotated[list[str] | None, Cost] = None,
    household: Annotated[list[str] | None, Household] = None,
    person: Annotated[str, Person] = "",
    ledger: Annotated[
        Path | None, typer.Option("--ledger", help="台账文件；默认取自 onestop.toml")
    ] = None,
    given: Annotated[list[str] | None, Paid] = None,
    further: Annotated[list[str] | None, Further] = None,
    html: Annotated[Path | None, typer.Option("--html", help="另存为网页，可打印")] = None,
) -> None:
    """预结算：床边测算一笔住院各项补偿和个人自付，并逐步说明。

    例：onestop quote --rules huangzhong-2009 --level county --category 五保户 --total 3000 --eligible 2400
    """
    from datetime import date

    from onestop_cli.batch.quote import QuoteOptions, quote_stay
    from onestop_cli.batch.typed_days import typed_day

    asked = QuoteOptions(
        day=typed_day(on, "--on") if on else date.today(),  # noqa: DTZ011
        admitted=typed_day(admitted, "--admitted") if admitted else None,
        level=level,
        total=total,
        eligible=eligible,
        categories=category or (),
        disease=disease,
        used=used or (),
        charged=charged or (),
        cost=cost or (),
        household=household or (),
        given=given or (),
        further=further or (),
        nth=nth,
        ledger=ledger,
        person=person,
        days=days,
    )
    quote_stay(rules or (), asked, html)
