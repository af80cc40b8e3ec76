"""What `onestop doctor` found, on the screen."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from onestop_cli.writers.toolkit.console import clean, console_for

_STYLES = {"正常": "green", "注意": "yellow", "不行": "bold red"}


def show_checks(found: Sequence[tuple[str, str, str, str]]) -> None:
    """A line per check: name, state, what was seen; below it what to do."""
    console = console_for(sys.stdout)
    for name, state, said, remedy in found:
        console.print(f"[{state}] {name}：{clean(said)}", style=_STYLES[state], soft_wrap=True)
        if remedy:
            console.print(f"       → {clean(remedy)}", style="dim", soft_wrap=True)
    bad = sum(state == "不行" for _, state, _, _ in found)
    notes = sum(state == "注意" for _, state, _, _ in found)
    said = f"有 {bad} 处不行，请先处理" if bad else "可以使用"
    console.print(said + (f"；另有 {notes} 处请留意。" if notes else "。"), style="bold")
