"""An explanation on a screen of 80 columns."""

from __future__ import annotations

import re

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onestop_cli.explain.explanation import Explanation, ExplanationPart
from onestop_cli.rulebook.words import quoted
from onestop_cli.working import Group, RuleSentence
from onestop_cli.writers.toolkit.columns import text_width
from onestop_cli.writers.toolkit.console import clean

_INDENT, _GAP = 2, 2
_LABEL = 20
"""The widest a label may be, in half-width characters."""
_PIECES = re.compile(r"(?:[^\s−+×]{1,14} [\d,]+\.\d+|[\x21-\x7e]+|.)[，。；：、”）]*")
"""What is not broken: an amount under its name, a word or number of ASCII, else one character; with the marks that
close it."""


def show(explanation: Explanation, console: Console) -> None:
    """The whole explanation, part after part."""
    console.print(Text(clean(explanation.title), style="bold"))
    console.print(Text(clean(explanation.subtitle), style="dim"))
    for part in explanation.parts:
        console.print()
        console.print(Text(f"【{clean(part.title)}】", style="bold"))
        for group in part.groups:
            _show_group(console, part, group)


def _show_group(console: Console, part: ExplanationPart, group: Group) -> None:
    lines = [line for g in part.groups for line in g.lines]
    label = min(max(text_width(line.label) for line in lines), _LABEL)
    amount = max(text_width(line.amount) for line in lines)
    room = console.width - _INDENT - label - amount - 2 * _GAP
    table = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
    table.add_column(width=label)
    table.add_column(width=room)
    table.add_column(width=amount, justify="right")
    for line in group.lines:
        style = "bold" if line.strong else ""
        table.add_row(
            Text(wrapped(line.label, label), style=style),
            Text(wrapped(line.working, room)),
            Text(line.amount, style=style),
        )
    console.print(Padding(table, (0, 0, 0, _INDENT)))
    for basis in group.basis:
        text = wrapped(basis_text(basis), console.width - 2 * _INDENT)
        console.print(Padding(Text(text, style="dim"), (0, 0, 0, 2 * _INDENT)))


def wrapped(text: str, width: int) -> str:
    """`text` in lines of at most `width` half-width characters; numbers and words stay whole, as long as they fit."""
    lines = [""]
    for piece in _PIECES.findall(clean(text)):
        if text_width(lines[-1] + piece.rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return "\n".join(line.rstrip() for line in lines)


def basis_text(basis: RuleSentence) -> str:
    """`依据 补偿比例 80%：“原文”（第三条）；读作：…（推定）`; a summary stands without quotation marks."""
    summary = f"摘要：{basis.summary}" if basis.summary else "文件没有原文"
    said = quoted(basis.quote) if basis.quote else summary
    where = f"（{basis.cite}）" if basis.cite else ""
    read = f"；读作：{basis.reading}" if basis.reading else ""
    mark = "（推定）" if basis.assumed else ""
    what = f"{basis.what} {basis.terms}".strip()
    return f"依据 {what}：{said}{where}{read}{mark}"
