"""What does not add up in summary tables: a sheet, and the screen of `onestop check-table`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import indent

from onestop_cli.audit.aggregates.model import KINDS, PrintedTable, Slip, shown
from onestop_cli.writers.explain.screen import wrapped
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.console import clean
from onestop_cli.writers.toolkit.workbook import Book

NAME = "汇总表核对"
_WIDTH, _NAMED = 80, 3
_COLUMNS = (
    Column("table", "表", width=24),
    Column("place", "行", "int", 6),
    Column("label", "项目", width=16),
    Column("title", "栏目", width=14),
    Column("kind", "情形", width=16),
    Column("stated", "表上所列", width=16),
    Column("expected", "应为", width=16),
    Column("sentence", "说明", width=60),
)


def slips_book(path: Path, slips: Sequence[tuple[str, Slip]]) -> None:
    """Write the slips as a workbook of their own."""
    with Book(path, title=NAME) as book:
        slips_sheet(book, "", slips)


def slips_sheet(book: Book, heading: str, slips: Sequence[tuple[str, Slip]]) -> None:
    """The slips by table, gravest first. `slips`: (table, slip)."""
    rows = [
        {
            "table": name,
            "place": slip.place,
            "label": slip.label.strip(),
            "title": slip.title,
            "kind": KINDS[slip.kind],
            "stated": shown(slip.stated),
            "expected": shown(slip.expected),
            "sentence": slip.sentence,
        }
        for name, slip in ranked(slips)
    ]
    book.table_sheet(
        NAME,
        f"{heading}报送汇总表核对",
        list(_COLUMNS),
        rows,
        left="金额单位：元；“万”照表上所印；差异是线索，请与制表单位核实",
        right="",
        filters=True,
        totals=False,
    )


def ranked(slips: Sequence[tuple[str, Slip]]) -> list[tuple[str, Slip]]:
    order = list(KINDS)
    return sorted(slips, key=lambda item: (item[0], order.index(item[1].kind), item[1].place))


def show_slips(tables: Sequence[PrintedTable], slips: Sequence[tuple[str, Slip]]) -> Iterator[str]:
    """The lines of a screen: every table with how it was understood, what was not read, and what does not add up."""
    for name in dict.fromkeys(table.name for table in tables):
        yield clean(name)
        for table in tables:
            if table.name == name:
                yield from (_set_in(line, 2) for line in _understood(table))
        found = [slip for table_name, slip in ranked(slips) if table_name == name]
        for number, slip in enumerate(found, 1):
            where = f"第 {slip.place} 行“{slip.label.strip()}”{slip.title}"
            yield clean(f"{number}. {where}：{KINDS[slip.kind]}")
            yield _set_in(slip.sentence, 3)
        if not found:
            yield "  没有发现不符"


def _set_in(text: str, blanks: int) -> str:
    return indent(wrapped(clean(text), _WIDTH - blanks), " " * blanks)


def _understood(table: PrintedTable) -> Iterator[str]:
    known = [column.title for column in table.columns if column.part or not column.adds_up]
    others = [column.title for column in table.columns if column.title not in known]
    yield f"{len(table.rows)} 行；读懂的栏：{'、'.join(known) or '无'}"
    if others:
        yield f"只核对合计的栏：{'、'.join(others)}"
    if table.words:
        yield f"不是数字的栏：{'、'.join(table.words)}"
    for title in dict.fromkeys(cell.title for cell in table.unread):
        cells = [cell for cell in table.unread if cell.title == title]
        first = "、".join(f"第 {cell.place} 行“{cell.text}”" for cell in cells[:_NAMED])
        many = f" 等 {len(cells)} 格" if len(cells) > _NAMED else ""
        yield f"“{title}”里不是数字、没有核对的：{first}{many}"
