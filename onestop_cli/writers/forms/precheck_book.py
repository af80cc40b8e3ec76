"""自查清单.xlsx: one line per thing to mend."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.writers.screens.precheck import CheckedList
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

_COLUMNS = (
    Column("source", "文件", width=22),
    Column("sheet", "工作表", width=9),
    Column("row", "行", "int", 6, align="center"),
    Column("stay_no", "住院号", width=13),
    Column("name", "姓名", width=9),
    Column("id_shown", "证号（后四位）", width=9, align="center"),
    Column("code", "代码", width=7, align="center"),
    Column("title", "问题", width=16),
    Column("message", "说明", width=34),
    Column("claimed_fen", "写的", "yuan", 12),
    Column("due_fen", "应为", "yuan", 12),
    Column("remedy", "怎么改", width=34),
)


def write_precheck_book(checked: CheckedList, path: Path) -> None:
    """Write the lines, and above them what was looked at."""
    notes = [*checked.notes, "证号只显示后四位；按文件和行号找到原行改正。"]
    with Book(path, title="报送前自查清单") as book:
        book.table_sheet(
            "要改的",
            "报送前自查清单",
            _COLUMNS,
            checked.issues,
            left=f"{'、'.join(checked.files)}，{checked.stays:,} 笔",
            right=f"共 {len(checked.issues):,} 处，其中必须改 {checked.must:,} 处",
            notes=notes,
            filters=True,
            totals=False,
        )
