"""`onestop findings [CODE]`: the catalogue."""

from __future__ import annotations

import re
from typing import Annotated

import typer


def findings(
    code: Annotated[str | None, typer.Argument(help="差错代码，例如 ID03；不写则列出全部")] = None,
) -> None:
    """差错代码是什么意思、有什么影响、怎么办。"""
    from onestop_cli.core.findings.catalogue import CATALOGUE, SEVERITIES
    from onestop_cli.errors import stop

    if code is None:
        for finding in CATALOGUE.values():
            typer.echo(f"{finding.code}  {SEVERITIES[finding.severity]}  {finding.title}")
        return
    found = CATALOGUE.get(re.sub(r"^([A-Z]{2})(\d)$", r"\g<1>0\2", code.upper()))
    if found is None:
        raise stop(f"没有差错代码“{code}”", "运行 onestop findings 看全部代码")
    typer.echo(f"{found.code}  {found.title}（{SEVERITIES[found.severity]}）")
    typer.echo(f"含义：{found.meaning}\n影响：{found.effect}\n怎么办：{found.remedy}")
    if found.code in ("AM01", "AM02"):
        from onestop_cli.core.findings.causes import explained_tokens

        typer.echo("原因（cause 一列）：")
        for token, words in explained_tokens():
            typer.echo(f"  {token}  {words}")
