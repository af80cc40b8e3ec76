"""An explanation as a page to print and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from onestop_cli.explain.explanation import Explanation
from onestop_cli.working import Group
from onestop_cli.writers.explain.screen import basis_text
from onestop_cli.writers.notices.html import templates
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

COLUMNS = (
    Column("label", "项目", width=20),
    Column("working", "算式或说明", width=64),
    Column("grains", "金额（元）", "exact", width=14),
)


def page(explanation: Explanation, foot: str) -> str:
    """The HTML of an explanation; `foot` stands below it."""
    template = templates().get_template("explain/explanation.html.j2")
    return template.render(about=explanation, foot=foot, basis_text=basis_text)


def write_book(explanation: Explanation, path: Path) -> None:
    """The same as one sheet, a table for each part."""
    with Book(path, title=explanation.title) as book:
        widths = [column.chars for column in COLUMNS]
        sheet = book.sheet("逐笔说明", widths, portrait=True)
        sheet.title(explanation.title)
        sheet.line(explanation.subtitle, "单位：元")
        for part in explanation.parts:
            sheet.heading(part.title)
            rows = [row for group in part.groups for row in step_rows(group)]
            sheet.table(COLUMNS, rows, totals=False)
            sheet.skip()


def step_rows(group: Group) -> Iterator[dict[str, Any]]:
    """The lines, then the sentences they follow."""
    yield from (asdict(line) for line in group.lines)
    for basis in group.basis:
        yield {"label": "依据", "working": basis_text(basis).removeprefix("依据 ")}
