"""An explanation as a page to print and as a workbook."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from onestop_cli.explaining import Explanation
from onestop_cli.writers.columns import Column
from onestop_cli.writers.explanation_screen import basis_text
from onestop_cli.writers.notice_html import templates
from onestop_cli.writers.workbook import Book

_COLUMNS = (
    Column("label", "项目", width=22),
    Column("working", "算式或说明", width=76),
    Column("grains", "金额（元）", "exact", width=16),
)


def page(explanation: Explanation, made_by: str) -> str:
    """The HTML of an explanation; `made_by` stands at the foot."""
    template = templates().get_template("explanation.html.j2")
    return template.render(about=explanation, made_by=made_by, basis_text=basis_text)


def write_book(explanation: Explanation, path: Path) -> None:
    """The same as one sheet, a table for each part."""
    with Book(path, title=explanation.title) as book:
        sheet = book.sheet("逐笔说明", [column.chars for column in _COLUMNS])
        sheet.title(explanation.title)
        sheet.line(explanation.subtitle, "单位：元")
        for part in explanation.parts:
            sheet.heading(part.title)
            for group in part.groups:
                sheet.table(_COLUMNS, [asdict(line) for line in group.lines], totals=False)
                for basis in group.basis:
                    sheet.paragraph(basis_text(basis))
            sheet.skip()
