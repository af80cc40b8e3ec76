"""An explanation on a screen of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onestop_cli.explaining import Explanation, Part
from onestop_cli.working import Basis, Group, Line
from onestop_cli.writers.columns import text_width
from onestop_cli.writers.screen import clean

_LABEL = 20


def show(explanation: Explanation, console: Console) -> None:
    """The whole explanation, part after part."""
    console.print(Text(clean(explanation.title), style="bold"))
    console.print(Text(clean(explanation.subtitle), style="dim"))
    for part in explanation.parts:
        console.print()
        console.print(Text(f"【{clean(part.title)}】", style="bold"))
        for group in part.groups:
            _show_group(console, part, group)


def _show_group(console: Console, part: Part, group: Group) -> None:
    widest = max(text_width(line.label) for g in part.groups for line in g.lines)
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=min(widest, _LABEL), overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    for line in group.lines:
        table.add_row(*_cells(line))
    console.print(Padding(table, (0, 0, 0, 2)))
    for basis in group.basis:
        console.print(Padding(Text(clean(basis_text(basis)), style="dim"), (0, 0, 0, 4)))


def _cells(line: Line) -> Iterator[Text]:
    style = "bold" if line.strong else ""
    yield Text(clean(line.label), style=style)
    yield Text(clean(line.working))
    yield Text(line.amount, style=style)


def basis_text(basis: Basis) -> str:
    """`依据 补偿比例 80%：“原文”（第三条）；读作：…（推定）`."""
    said = f"“{basis.quote}”" if basis.quote else "文件没有原文"
    where = f"（{basis.cite}）" if basis.cite else ""
    read = f"；读作：{basis.reading}" if basis.reading else ""
    mark = "（推定）" if basis.assumed else ""
    what = f"{basis.what} {basis.terms}".strip()
    return f"依据 {what}：{said}{where}{read}{mark}"
