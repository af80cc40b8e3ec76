"""`onestop doctor`: is everything fit for work."""

from __future__ import annotations

import typer


def doctor() -> None:
    """体检：程序、组件、字体、屏幕、文件夹、设置、台账和时钟；有不行的以 2 退出。"""
    from onestop_cli.batch.doctor import examine

    if not examine():
        raise typer.Exit(2)
